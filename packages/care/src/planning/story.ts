import {
  define,
  type Fact,
  type FactDefinition,
  type FactValue,
  isKnown,
  type PatientCase,
  type Vocabulary,
  valueText,
} from '@secondwind/core'

/**
 * The one-line summary a colleague would say aloud. Only what is known is said, and what decides but is unknown: of what nothing in the plan asks (`asked`), as of
 * PD-L1 in small-cell cancer, it is not said that it is missing. Without `asked` nobody has looked at what decides.
 */
export function story(patientCase: PatientCase, words: Vocabulary, asked?: ReadonlySet<string>): string {
  const isMissed = (isOne: (id: string) => boolean): boolean => asked === undefined || [...asked].some(isOne)
  const value = (id: string): FactValue | undefined => {
    const fact = patientCase.facts[id]
    return isKnown(fact) ? fact.value : undefined
  }
  const say = (id: string): string => {
    const v = value(id)
    return v === undefined ? '' : valueText(v, define(words, id))
  }
  const list = (id: string): readonly string[] => {
    const v = value(id)
    return Array.isArray(v) ? (v as readonly string[]) : []
  }

  const age = value('age')
  const sex = value('sex')
  const who = `${age === undefined ? 'Adult of unknown age' : `${age}-year-old`} ${sex === 'female' ? 'woman' : sex === 'male' ? 'man' : 'patient'}`
  const smoking = value('smoking-status') === undefined ? '' : say('smoking-status')
  const parts = [[who, smoking].filter(Boolean).join(', ')]

  const decides = STATES.filter((id) => value(id) === true).map((id) => spoken(define(words, id).label))
  if (list('organ-transplant').length > 0) decides.push(`${spoken(define(words, 'organ-transplant').label)}: ${say('organ-transplant')}`)
  if (decides.length > 0) parts.push(decides.join(', '))

  const histology = value('histology') === undefined ? 'lung tumour of unknown type' : say('histology')
  const stage = value('stage-group') === undefined ? '' : say('stage-group')
  const sites = list('metastatic-sites')
  const where = sites.length > 0 ? ` (${say('metastatic-sites')})` : ''
  const recurrence = value('metastatic-recurrence') === true ? ', metastases found later' : ''
  const changed = value('transformed-histology')
  const change = changed === undefined || changed === 'none' ? '' : `, now ${say('transformed-histology')} at a later biopsy`
  parts.push(`${histology}${change}${stage ? `, ${stage}` : ''}${recurrence}${where}`)

  const found = markersFound(patientCase.facts, words).map(({ id, label }) =>
    isDisputed(patientCase.facts[id]) ? `${label} (denied by another sample)` : label,
  )
  const driver = value('driver-known')
  if (found.length > 0) parts.push(found.join(', '))
  else if (driver === false) parts.push('no targetable driver')
  else if (isMissed((id) => id !== PD_L1 && groupOf(id, words) === 'biomarkers')) parts.push('molecular tests incomplete')
  const tps = value(PD_L1)
  if (tps !== undefined) parts.push(`PD-L1 ${tps} %`)
  else if (isMissed((id) => id === PD_L1)) parts.push('PD-L1 unknown')
  parts.push(value('ecog') === undefined ? 'ECOG unknown' : `ECOG ${value('ecog')}`)

  const lines = value('palliative-lines')
  const current = list('current-drugs')
  const treated =
    typeof lines === 'number' && lines > 0 ? `${lines} line${lines > 1 ? 's' : ''} for advanced disease` : 'untreated for advanced disease'
  const running = current.length > 0 ? `, now on ${current.join(' + ')}` : ''
  const growth = value('progressing-now') === true ? ', progressing' : ''
  parts.push(`${treated}${running}${growth}`)
  return `${parts.join('; ')}.`
}

const PD_L1 = 'pd-l1-tps'
const groupOf = (id: string, { facts, position }: Vocabulary): FactDefinition['group'] | undefined => facts[position.get(id) ?? -1]?.group

/** States that decide the case whatever the tumour is, in the order they are said; only when known to be true, in the words of the registry. */
const STATES: readonly string[] = ['pregnancy', 'in-hospice', 'dialysis', 'ild', 'autoimmune-active']

/** A label as part of a sentence: "On dialysis" is said "on dialysis". */
const spoken = (label: string): string => label.charAt(0).toLowerCase() + label.slice(1)

/** What says how a tumour was tested, not what was found in it. */
const ABOUT_TESTING: ReadonlySet<string> = new Set([
  'driver-known',
  'rna-tested',
  'tissue-tested',
  'tested-after-progression',
  'egfr-unclassified',
])

/** Whether another sample denies what is taken for known. */
export const isDisputed = (fact: Fact | undefined): boolean => isKnown(fact) && fact.disputed === true

const MARKERS = new WeakMap<readonly FactDefinition[], readonly FactDefinition[]>()

/** The markers that the tumour is known to carry, in the order of the registry. */
export function markersFound(
  facts: { readonly [factId: string]: Fact | undefined },
  { facts: registry }: Pick<Vocabulary, 'facts'>,
): readonly FactDefinition[] {
  let markers = MARKERS.get(registry)
  if (markers === undefined) {
    markers = registry.filter(({ id, group, type }) => group === 'biomarkers' && type === 'truth' && !ABOUT_TESTING.has(id))
    MARKERS.set(registry, markers)
  }
  return markers.filter(({ id }) => {
    const fact = facts[id]
    return isKnown(fact) && fact.value === true
  })
}
