import { ecog, metastasis, primaryCancer, problem, smoking, stage } from '../builders/cancer.ts'
import { imagingReport, note, pathologyReport } from '../builders/reports.ts'
import { goal, homeMedicine } from '../builders/treatment.ts'
import type { Metastases } from '../life/tumour.ts'
import type { Writing } from './writing.ts'

const WORDS = {
  adenocarcinoma: ['Adenocarcinoma of lung', 'Adenocarcinoma, TTF-1 positive, p40 negative.'],
  squamous: ['Squamous cell carcinoma of lung', 'Squamous cell carcinoma, p40 positive, TTF-1 negative.'],
  nsclc: ['Non-small cell lung cancer', 'Non-small cell carcinoma, not otherwise specified.'],
  smallCell: ['Small cell carcinoma of lung', 'Small cell carcinoma, synaptophysin positive, Ki-67 90%.'],
  neuroendocrine: [
    'Large cell neuroendocrine carcinoma of lung',
    'Large cell neuroendocrine carcinoma, synaptophysin and CD56 positive, Ki-67 70%.',
  ],
} as const

const NUMBERS = ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight']
const SITE = { brain: 'brain', bone: 'bone', liver: 'liver', lung: 'lung', adrenal: 'adrenal', pleura: 'pleural' } as const

/** "Two liver metastases, the largest 18 mm." */
export function metastasisWords({ site, lesions, largestMm }: Metastases): string {
  return lesions === 1
    ? `One ${SITE[site]} metastasis, ${largestMm} mm.`
    : `${NUMBERS[lesions] ?? lesions} ${SITE[site]} metastases, the largest ${largestMm} mm.`
}

/** Biopsy, pathology, stage and first imaging: what made it stage IV lung cancer. Everything lies in the first ten days. */
export function writeDiagnosis({ chart, life, date, lastDay }: Writing): void {
  const { person, tumour, care } = life
  const [words, pathology] = WORDS[person.kind]
  primaryCancer(chart, person.kind, words, date(0), person.side)
  pathologyReport(chart, date(0), 'Core biopsy of the lung', pathology)
  if (lastDay < 6) return
  for (const found of tumour.metastases)
    metastasis(chart, found.site, date(3), `${found.lesions} lesion${found.lesions > 1 ? 's' : ''}; largest ${found.largestMm} mm`)
  const outside = tumour.metastases.filter(({ site }) => site !== 'brain')
  imagingReport(
    chart,
    date(3),
    'chestCt',
    [`${person.side === 'left' ? 'Left' : 'Right'} upper lobe mass, ${tumour.primaryMm} mm.`, ...outside.map(metastasisWords)].join(' '),
  )
  const brain = tumour.metastases.find(({ site }) => site === 'brain')
  if (brain !== undefined || care.hasBrainMri)
    imagingReport(chart, date(5), 'brainMri', brain === undefined ? 'No brain metastasis.' : metastasisWords(brain))
  if (life.messes.has('missing-stage')) return
  stage(chart, date(6), tumour.group, tumour.t, tumour.n, tumour.m, '8', person.kind === 'smallCell' ? 'Extensive stage' : undefined)
}

/** Smoking, other illnesses, medicines, the first note and what matters to the patient. */
export function writeBackground({ chart, life, date, lastDay }: Writing): void {
  const { person, messes, care } = life
  const first = care.visits[0]?.on ?? 2
  if (!messes.has('missing-smoking')) smoking(chart, date(Math.min(first, lastDay)), person.smoking, person.packYears)
  if (!messes.has('missing-problems'))
    for (const { of, yearsBefore } of person.illnesses) problem(chart, of.words, date(-365 * yearsBefore))
  for (const { yearsBefore, medicines } of person.illnesses)
    for (const { drug, dosage } of medicines) homeMedicine(chart, drug, dosage, date(-365 * yearsBefore + 30))
  if (first > lastDay) return
  const medicines = person.illnesses.flatMap((illness) => illness.medicines)
  const complaints = person.symptoms.map(({ words }) => words)
  const said = complaints.length === 0 ? 'No complaints; the tumour was found by chance.' : `Complains of ${complaints.join(', ')}.`
  const lost = person.weightLossKg > 0 ? ` Weight loss of ${person.weightLossKg} kg in three months.` : ''
  note(
    chart,
    date(first),
    `First visit. ${said}${lost} ${illnessWords(person.illnesses.length)}${medicines.length === 0 ? ' No regular medication.' : ''}`,
  )
  if (care.goal !== undefined && care.goal.on <= lastDay) goal(chart, date(care.goal.on), care.goal.words)
  // grades of later visits are written with the visits
  if (!messes.has('missing-ecog') && care.visits[0] !== undefined) ecog(chart, date(first), care.visits[0].ecog)
}

const illnessWords = (illnesses: number): string => (illnesses === 0 ? 'No other illness.' : 'Other illnesses as listed.')
