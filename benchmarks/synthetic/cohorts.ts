import fs from 'node:fs'
import path from 'node:path'

/** Two real cohorts (ODbL 1.0, not part of this repository), read for comparison only. */
export interface Tumour {
  readonly genes: ReadonlySet<string>
  readonly isEgfr: boolean
}
export interface RealPatient {
  readonly histology: string
  readonly isNever: boolean | undefined
  readonly months: number
  readonly isDead: boolean
  readonly pfsMonths?: number
  readonly isProgressed?: boolean
  readonly ioLine?: number
  readonly ecog?: number
  readonly isUntreated?: boolean
  readonly tumour?: Tumour
}

type Row = Readonly<Record<string, string>>

function table(file: string): readonly Row[] {
  const [head, ...rows] = fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split('\t'))
  return rows.map((row) => Object.fromEntries(head!.map((name, i) => [name, row[i] ?? ''])))
}

const ALTERING = /Missense|Nonsense|Frame_Shift|Splice_Site|In_Frame/

/** Altered genes of each patient's tissue (IMPACT panels): what changes the protein. Passengers are among them. */
function tumours(folder: string): ReadonlyMap<string, Tumour> {
  const samples = table(path.join(folder, 'data_clinical_sample.txt')).filter(
    ({ GENE_PANEL, SAMPLE_CLASS }) => GENE_PANEL!.startsWith('IMPACT') && SAMPLE_CLASS === 'Tumor',
  )
  const owner = new Map(samples.map(({ SAMPLE_ID, PATIENT_ID }) => [SAMPLE_ID!, PATIENT_ID!]))
  const found = new Map<string, { genes: Set<string>; isEgfr: boolean }>()
  for (const patient of owner.values()) found.set(patient, { genes: new Set(), isEgfr: false })
  for (const row of table(path.join(folder, 'data_mutations.txt'))) {
    const one = found.get(owner.get(row.Tumor_Sample_Barcode!) ?? '')
    if (one === undefined || !ALTERING.test(row.Variant_Classification!)) continue
    one.genes.add(row.Hugo_Symbol!)
    if (row.Hugo_Symbol === 'EGFR' && (row.HGVSp_Short === 'p.L858R' || row.Variant_Classification === 'In_Frame_Del')) one.isEgfr = true
  }
  return found
}

/** MSK MIND 2020: 247 patients with NSCLC from the start of a PD-(L)1 inhibitor. Vanguri et al., Nature Cancer 2022, PMID 36038778. */
export function mind(folder: string): readonly RealPatient[] {
  const tumour = tumours(folder)
  return table(path.join(folder, 'data_clinical_patient.txt'))
    .filter(({ DRUG_START, FOLLOW_UP_DATE }) => DRUG_START !== '' && FOLLOW_UP_DATE !== '')
    .map((row) => {
      const isDead = row.VITAL_STATUS === 'Yes'
      const end = Number(isDead && row.DEATH_DATE !== '' ? row.DEATH_DATE : row.FOLLOW_UP_DATE)
      const own = tumour.get(row.PATIENT_ID!)
      return {
        histology: row.HISTOLOGY!,
        isNever: row.SMOKING_STATUS === '' ? undefined : /Never/.test(row.SMOKING_STATUS!),
        months: Math.max(0, (end - Number(row.DRUG_START)) / 30.4375),
        isDead,
        pfsMonths: Number(row.PFS_MONTHS),
        isProgressed: row.PFS_STATUS!.startsWith('1'),
        ioLine: Number(row.IO_LINE),
        ...(row.ECOG === '' ? {} : { ecog: Number(row.ECOG) }),
        ...(own === undefined ? {} : { tumour: own }),
      }
    })
    .filter(({ months, pfsMonths }) => Number.isFinite(months) && Number.isFinite(pfsMonths))
}

/** MSK ctDx Lung 2022: 1,127 patients with NSCLC from the initial diagnosis, 992 of them with stage IV when blood was drawn. */
export function ctdx(folder: string): readonly RealPatient[] {
  const tumour = tumours(folder)
  return table(path.join(folder, 'data_clinical_patient.txt'))
    .filter(({ STAGE_AT_DRAW, OS_MONTHS }) => STAGE_AT_DRAW === '4' && Number(OS_MONTHS) > 0)
    .map((row) => {
      const own = tumour.get(row.PATIENT_ID!)
      return {
        histology: row.HISTOLOGY!,
        isNever: row.SMOKING_STATUS === '' ? undefined : row.SMOKING_STATUS !== 'True',
        months: Number(row.OS_MONTHS),
        isDead: row.OS_STATUS!.startsWith('1'),
        isUntreated: row.PRIOR_TREATMENT === 'False',
        ...(own === undefined ? {} : { tumour: own }),
      }
    })
}
