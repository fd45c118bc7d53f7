import type { KnowledgeBase } from '@secondwind/core'
import { criterionElm, elmScope, notInCql } from './elm.ts'
import { FACTS_LIBRARY, factsLibrary } from './elm-facts.ts'
import type { ElmDefinition, ElmLibrary } from './elm-tree.ts'
import { everyCriterion, type RuleCriterion, type RuleKind } from './rules.ts'

/** A criterion that CQL cannot say, with the reason. It is not printed, and nothing stands in for it. */
export interface NotPrinted {
  readonly rule: string
  readonly because: string
}

export interface CqlEdition {
  readonly version: string
  /** The facts first, then the named criteria, then one library for each kind of rule. */
  readonly libraries: readonly ElmLibrary[]
  readonly notPrinted: readonly NotPrinted[]
}

export const CRITERIA_LIBRARY = 'SecondWindCriteria'

const LIBRARIES: { readonly [kind in RuleKind]: readonly [id: string, about: string] } = {
  criteria: [CRITERIA_LIBRARY, 'Named criteria that the rules share.'],
  treatment: [
    'SecondWindTreatment',
    'For whom each option is a sound question, what raises or lowers its standing, and what speaks against it.',
  ],
  safety: ['SecondWindSafety', 'The harm that bars a treatment, or asks for caution, is present.'],
  tests: ['SecondWindTests', 'A test is due.'],
  alerts: ['SecondWindAlerts', 'An emergency is there, or may be.'],
  supportive: ['SecondWindSupportive', 'A service is due.'],
  interactions: ['SecondWindInteractions', 'Two treatments, or a treatment and an own medicine, clash.'],
  outlook: ['SecondWindOutlook', 'The population whose survival is quoted.'],
  dosing: ['SecondWindDosing', 'A dose is changed.'],
  trials: ['SecondWindTrials', 'The conditions of a trial.'],
  quality: ['SecondWindQuality', 'Populations, exclusions, numerators and exceptions of the quality measures that count patients.'],
}

export const libraryOf = (kind: RuleKind): string => LIBRARIES[kind][0]

/** The definition that holds a criterion: its entry, and the part of it. */
export const definitionOf = (rule: Pick<RuleCriterion, 'entry' | 'part'>): string =>
  rule.part === '' ? rule.entry : `${rule.entry}: ${rule.part}`

/** The whole base as CQL libraries. `version` is that of the knowledge. */
export function cqlEdition(knowledge: KnowledgeBase): CqlEdition {
  const { version } = knowledge
  const all = everyCriterion(knowledge)
  const notPrinted = all.flatMap((rule) => notInCql(rule.when).map((because) => ({ rule: rule.id, because })))
  const barred = new Set(notPrinted.map(({ rule }) => rule))
  const printed = all.filter((rule) => !barred.has(rule.id))
  const facts = factsLibrary(
    knowledge.facts,
    printed.map(({ when }) => when),
    version,
  )
  const libraries = (Object.keys(LIBRARIES) as RuleKind[]).map((kind): ElmLibrary => {
    const [id, about] = LIBRARIES[kind]
    const isShared = id === CRITERIA_LIBRARY
    const scope = elmScope(knowledge.facts, isShared ? undefined : 'Criteria')
    const rules = printed.filter((rule) => rule.kind === kind)
    return {
      id,
      version,
      about,
      includes: isShared ? [FACTS_LIBRARY] : [FACTS_LIBRARY, CRITERIA_LIBRARY],
      codes: [],
      hasAsOf: false,
      definitions: (isShared ? inOrderOfUse(rules) : rules).map(
        (rule): ElmDefinition => ({ name: definitionOf(rule), expression: criterionElm(rule.when, scope) }),
      ),
    }
  })
  return { version, libraries: [facts, ...libraries.filter((l) => l.definitions.length > 0)], notPrinted }
}

/** Named criteria so that each stands after those it refers to. */
function inOrderOfUse(rules: readonly RuleCriterion[]): readonly RuleCriterion[] {
  const byId = new Map(rules.map((rule) => [rule.entry, rule]))
  const placed = new Set<string>()
  const order: RuleCriterion[] = []
  const place = (rule: RuleCriterion): void => {
    if (placed.has(rule.entry)) return
    placed.add(rule.entry)
    for (const id of JSON.stringify(rule.when).matchAll(/"op":"ref","id":"([^"]+)"/g)) {
      const used = byId.get(id[1]!)
      if (used) place(used)
    }
    order.push(rule)
  }
  rules.forEach(place)
  return order
}
