import type { Fact, FactDefinition } from '@secondwind/core'
import type { CaseSection } from '../contract/charts.ts'

/** What the chart itself says: silence that counts as a no is no finding. */
const isFound = (fact: Fact): boolean =>
  'value' in fact &&
  !(fact.absence === 'listed' && fact.sources.length === 0) &&
  fact.value !== false &&
  fact.value !== 0 &&
  !(Array.isArray(fact.value) && fact.value.length === 0)
const isOpen = (fact: Fact): boolean => !('value' in fact) && fact.unknown !== 'not-recorded' && fact.unknown !== 'not-tested'

/**
 * What the one-pager shows, in the order in which a colleague asks for it. `always`: shown whatever is known, so that what is missing is seen. `of` a group:
 * what was found, or is contradictory or on its way; the rest of a group of some sixty facts would hide it. All biomarkers stand there: what was not tested
 * must be told from what was not found.
 */
const SECTIONS: readonly {
  readonly id: CaseSection['id']
  readonly always: readonly string[]
  readonly of?: { readonly group: FactDefinition['group']; readonly all?: true }
}[] = [
  {
    id: 'tumour',
    always: [
      'histology',
      'transformed-histology',
      'stage-group',
      't-category',
      'n-category',
      'm-category',
      'stage-edition',
      'disease-status',
      'progression-kind',
      'progressing-sites',
    ],
  },
  {
    id: 'sites',
    always: [
      'metastatic-sites',
      'brain-metastases',
      'brain-metastasis-count',
      'brain-largest-mm',
      'brain-symptomatic',
      'brain-treated',
      'bone-metastases',
      'liver-metastases',
      'leptomeningeal-disease',
      'pleural-effusion',
      'pericardial-effusion',
    ],
  },
  { id: 'biomarkers', always: [], of: { group: 'biomarkers', all: true } },
  {
    id: 'fitness',
    always: [
      'ecog',
      'karnofsky',
      // they stand in the header too; here they are entered, and doses rest on them
      'weight',
      'height',
      'smoking-status',
      'pack-years',
      'weight-loss-percent',
      'clinical-frailty',
      'g8',
      'pregnancy',
      'swallowing-impaired',
    ],
  },
  {
    id: 'organs',
    always: [
      'creatinine',
      'creatinine-clearance',
      'bilirubin',
      'alt',
      'ast',
      'haemoglobin',
      'neutrophils',
      'platelets',
      'sodium',
      'potassium',
      'calcium-corrected',
      'albumin',
      'ldh',
      'qtc',
      'lvef',
      'spo2',
    ],
    of: { group: 'labs' },
  },
  { id: 'illnesses', always: ['comorbidities'], of: { group: 'conditions' } },
  { id: 'medicines', always: ['medicines', 'medicine-classes', 'prednisone-mg'] },
  {
    id: 'wishes',
    always: [
      'preferences',
      'declines',
      'wants-prognosis',
      'decision-capacity',
      'carer-at-home',
      'lives-alone',
      'travel-minutes',
      'drives',
      'palliative-care-involved',
    ],
  },
]

/** Worked out for rules, not for people: the value behind it stands beside. */
const HELPERS =
  /-xuln$|-earlier$|-rise$|-ideal$|^ici-drivers-open$|^tested-after-progression$|^biomarker-sample-on$|^driver-known$|^fusions-in-doubt$|^comorbidities$|^allergies$/
/** Shown only where they say something: an unknown of them is no gap. */
const WHERE_KNOWN: ReadonlySet<string> = new Set([
  'transformed-histology',
  'stage-edition',
  't-category',
  'n-category',
  'm-category',
  'disease-status',
  'progression-kind',
  'progressing-sites',
  'brain-treated',
  'pericardial-effusion',
  'swallowing-impaired',
  'karnofsky',
  'pack-years',
  'weight-loss-percent',
  'clinical-frailty',
  'g8',
  'pregnancy',
  'brain-metastasis-count',
  'brain-largest-mm',
  'brain-symptomatic',
  'ldh',
  'qtc',
  'lvef',
  'spo2',
  'medicine-classes',
  'prednisone-mg',
  'travel-minutes',
  'drives',
  'lives-alone',
  'decision-capacity',
  'palliative-care-involved',
])

export interface SectionFacts {
  readonly id: CaseSection['id']
  readonly facts: readonly string[]
  /** How many of them stand there whatever was found besides. */
  readonly main: number
}

/** Ids of the facts of each part of the one-pager for one case. */
export function sectionsOf(
  definitions: Iterable<FactDefinition>,
  facts: { readonly [id: string]: Fact },
  asked?: ReadonlySet<string>,
): readonly SectionFacts[] {
  const all = [...definitions]
  const isPregnancyAsked =
    'value' in (facts['pregnancy-possible'] ?? {}) && (facts['pregnancy-possible'] as { value: unknown }).value === true
  const isShown = (id: string): boolean => {
    const fact = facts[id]
    if (fact === undefined) return false
    if (id === 'pregnancy' && isPregnancyAsked) return true
    if (id === 'brain-symptomatic' || id === 'brain-metastasis-count') return 'value' in fact || isTrue(facts['brain-metastases'])
    return !WHERE_KNOWN.has(id) || 'value' in fact || isOpen(fact)
  }
  return SECTIONS.map(({ id, always, of }) => {
    const grouped =
      of === undefined ? [] : all.filter(({ group, id: fact }) => group === of.group && !HELPERS.test(fact)).map((one) => one.id)
    const found =
      of?.all === true ? grouped : grouped.filter((fact) => facts[fact] !== undefined && (isFound(facts[fact]) || isOpen(facts[fact])))
    // what is silent and nothing asks for, as most markers in small-cell cancer, stands behind what is known or wanted
    const isMain = (fact: string): boolean => asked === undefined || asked.has(fact) || 'value' in facts[fact]! || isOpen(facts[fact]!)
    const main = of?.all === true ? found.filter((fact) => facts[fact] !== undefined && isMain(fact)) : always.filter(isShown)
    return { id, facts: [...new Set([...main, ...found])], main: main.length }
  })
}

const isTrue = (fact: Fact | undefined): boolean => fact !== undefined && 'value' in fact && fact.value === true

export const HEADER: readonly string[] = ['ecog', 'weight', 'height', 'bsa', 'allergies', 'code-status']
