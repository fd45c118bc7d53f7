import type { Resource } from '../../packages/server/src/synthetic/builders/chart.ts'
import type { SyntheticChart } from '../../packages/server/src/synthetic/network.ts'

/** What a chart says of its patient, taken from the resources alone: the figures are checked on what is shipped, not on what the generator meant. */
export interface Observed {
  readonly kind: 'adenocarcinoma' | 'squamous' | 'small' | 'neuroendocrine' | 'nsclc'
  readonly sex: string
  readonly race: string
  readonly age: number
  readonly hasSmoked: boolean | undefined
  readonly ecog: number | undefined
  readonly sites: ReadonlySet<string>
  readonly illnesses: ReadonlySet<string>
  readonly tps: number | undefined
  /** Genes looked at by the first tissue panel that worked, and those found altered. */
  readonly studied: ReadonlySet<string>
  readonly altered: ReadonlySet<string>
  readonly variants: readonly string[]
  readonly orders: readonly { readonly kind: string; readonly on: number; readonly reportedOn?: number }[]
  readonly isTissueFailed: boolean | undefined
  /** Days from the diagnosis. */
  readonly end: number
  readonly isDead: boolean
  readonly starts: readonly number[]
  readonly firstDrugs: ReadonlySet<string>
  readonly progressedOn: readonly number[]
  readonly lastChemotherapyOn: number | undefined
  readonly hospiceOn: number | undefined
  readonly palliativeOn: number | undefined
  readonly intensiveOn: readonly number[]
  readonly admittedOn: readonly number[]
}

const textOf = (concept: unknown): string => {
  const { text, coding } = (concept ?? {}) as {
    readonly text?: string
    readonly coding?: readonly { readonly display?: string; readonly code?: string }[]
  }
  return text ?? coding?.[0]?.display ?? coding?.[0]?.code ?? ''
}
const ms = (day: unknown): number => Date.parse(String(day).slice(0, 10))

const KINDS: readonly (readonly [RegExp, Observed['kind']])[] = [
  [/^Adenocarcinoma/, 'adenocarcinoma'],
  [/^Squamous/, 'squamous'],
  [/^Small cell/, 'small'],
  [/neuroendocrine/, 'neuroendocrine'],
]
const CHEMOTHERAPY = /carboplatin|cisplatin|pemetrexed|paclitaxel|docetaxel|gemcitabine|etoposide|topotecan/
export const CHECKPOINT = /pembrolizumab|cemiplimab|atezolizumab|durvalumab|nivolumab/

function siteOf(resource: Resource): string | undefined {
  const words = textOf(resource.code)
  return /brain|bone|liver|lung|adrenal|pleura/i.exec(/secondary/i.test(words) ? words : '')?.[0]?.toLowerCase()
}

interface Component {
  readonly code?: unknown
  readonly valueCodeableConcept?: unknown
}
const genesIn = (resource: Resource): readonly string[] =>
  ((resource.component ?? []) as readonly Component[])
    .filter(({ code }) => /Gene studied/.test(textOf(code)))
    .map(({ valueCodeableConcept }) => textOf(valueCodeableConcept))

/** Reads a chart as of a day. */
export function observe({ resources }: SyntheticChart, asOf: string): Observed {
  const patient = resources[0]!
  const of = (type: string): readonly Resource[] => resources.filter(({ resourceType }) => resourceType === type)
  const conditions = of('Condition')
  const primary = conditions.find((c) => /lung|non-small/i.test(textOf(c.code)) && siteOf(c) === undefined)!
  const zero = ms(primary.onsetDateTime)
  const day = (value: unknown): number => Math.round((ms(value) - zero) / 86_400_000)
  const observations = of('Observation')
  const named = (words: RegExp): readonly Resource[] => observations.filter(({ code }) => words.test(textOf(code)))
  const smoking = named(/^Tobacco smoking/)[0]
  const reports = of('DiagnosticReport')
  const answerOf = (order: Resource): Resource | undefined =>
    [...reports, ...observations].find(({ basedOn }) =>
      ((basedOn ?? []) as readonly { readonly reference: string }[]).some(({ reference }) => reference === `ServiceRequest/${order.id}`),
    )
  const orders = of('ServiceRequest').filter(({ code }) => /panel|PD-L1|tumour DNA/.test(textOf(code)))
  const panel = reports.find((r) => r.status === 'final' && /panel, DNA and RNA|Targeted molecular panel/.test(textOf(r.code)))
  const results = new Set(((panel?.result ?? []) as readonly { readonly reference: string }[]).map(({ reference }) => reference))
  const inPanel = observations.filter(({ id }) => results.has(`Observation/${id}`))
  const variants = inPanel.filter(({ code }) => /variant assessment/.test(textOf(code)))
  const given = of('MedicationAdministration').map((r) => ({ drug: textOf(r.medicationCodeableConcept), on: day(r.effectiveDateTime) }))
  const ordered = of('MedicationRequest').map((r) => ({
    drug: textOf(r.medicationCodeableConcept),
    on: day(r.authoredOn),
    note: JSON.stringify(r.note ?? ''),
  }))
  const starts = [...new Set(ordered.filter(({ note }) => !/renewed/.test(note)).map(({ on }) => on))].sort((a, b) => a - b)
  const chemotherapy = given.filter(({ drug }) => CHEMOTHERAPY.test(drug)).map(({ on }) => on)
  const encounters = of('Encounter')
  const when = (found: Resource | undefined, at: unknown): number | undefined => (found === undefined ? undefined : day(at))
  const hospice = of('EpisodeOfCare')[0]
  const palliative = encounters.find(({ type }) => /Palliative/.test(textOf((type as readonly unknown[])[0])))
  const startOf = (r: Resource): number => day((r.period as { readonly start: string }).start)
  const failed = reports.find((r) => /sequencing panel, DNA|molecular panel/.test(textOf(r.code)))
  const ecog = named(/^ECOG/).map((r) => ({ on: day(r.effectiveDateTime), grade: r.valueInteger as number }))
  return {
    kind:
      KINDS.find(([words]) => words.test(textOf(primary.code)))?.[1] ??
      (/neuroendocrine/i.test(textOf(primary.code)) ? 'neuroendocrine' : 'nsclc'),
    sex: String(patient.gender),
    race: textOf({
      coding: [
        (patient.extension as readonly { readonly extension: readonly { readonly valueCoding?: { readonly display: string } }[] }[])[0]!
          .extension[0]!.valueCoding ?? {},
      ],
    }),
    age: (zero - ms(patient.birthDate)) / 86_400_000 / 365.25,
    hasSmoked: smoking === undefined ? undefined : !/Never/.test(textOf(smoking.valueCodeableConcept)),
    ecog: ecog.filter(({ on }) => on < 30).sort((a, b) => a.on - b.on)[0]?.grade,
    sites: new Set(
      conditions
        .filter((c) => day(c.onsetDateTime) < 14)
        .map(siteOf)
        .filter((s) => s !== undefined),
    ),
    illnesses: new Set(conditions.filter((c) => c !== primary && siteOf(c) === undefined).map(({ code }) => textOf(code))),
    tps: named(/^PD-L1/).map(({ valueQuantity }) => (valueQuantity as { readonly value: number } | undefined)?.value)[0],
    studied: new Set(inPanel.filter(({ code }) => /region of interest/.test(textOf(code))).flatMap(genesIn)),
    altered: new Set(variants.flatMap(genesIn)),
    variants: variants.map((v) => JSON.stringify(v.component)),
    orders: orders.map((order) => {
      const answer = answerOf(order)
      const back = answer?.resourceType === 'DiagnosticReport' ? answer.issued : answer?.effectiveDateTime
      return { kind: textOf(order.code), on: day(order.authoredOn), ...(back === undefined ? {} : { reportedOn: day(back) }) }
    }),
    isTissueFailed: failed === undefined ? undefined : failed.status === 'cancelled',
    end: patient.deceasedDateTime === undefined ? day(asOf) : day(patient.deceasedDateTime),
    isDead: patient.deceasedDateTime !== undefined,
    starts,
    firstDrugs: new Set(ordered.filter(({ on }) => on === starts[0]).map(({ drug }) => drug)),
    progressedOn: observations
      .filter((r) => /Disease Progression/.test(textOf(r.code)) && /worsened/.test(JSON.stringify(r.valueCodeableConcept)))
      .map(({ effectiveDateTime }) => day(effectiveDateTime)),
    lastChemotherapyOn: chemotherapy.length === 0 ? undefined : Math.max(...chemotherapy),
    hospiceOn: hospice === undefined ? undefined : startOf(hospice),
    palliativeOn: when(palliative, (palliative?.period as { readonly start?: string } | undefined)?.start),
    intensiveOn: encounters.filter(({ location }) => JSON.stringify(location).includes('-icu')).map(startOf),
    admittedOn: encounters.filter((r) => (r.class as { readonly code: string }).code === 'IMP').map(startOf),
  }
}
