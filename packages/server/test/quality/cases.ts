import {
  absentFact,
  caseView,
  compileRow,
  criteriaCompiler,
  deriveFacts,
  type Fact,
  type FactDefinition,
  type FactValue,
  isKnown,
  type KnowledgeBase,
  type ListItem,
  latestDay,
  type MeasureOutcome,
  measureCriteria,
  measureOutcome,
  type QualityMeasure,
  type Truth,
  vocabulary,
} from '@secondwind/core'

export const AS_OF = '2026-11-23'

type Facts = { readonly [id: string]: Fact }

/** A small random generator with a seed: the same cases in every run. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const DAYS = [
  '2025-06-01',
  '2025-12-15',
  '2026-01-01',
  '2026-01-10',
  '2026-02-01',
  '2026-02-14',
  '2026-03',
  '2026-03-01',
  '2026-04-20',
  '2026-10-20',
  'never',
]

/** Random patients over the facts that measures ask, intervals derived as for a chart. About one fact in six is unknown. */
export function randomCases(asked: readonly FactDefinition[], knowledge: KnowledgeBase, size: number, seed: number): readonly Facts[] {
  const random = randomFrom(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const mentioned = valuesMentioned(knowledge.quality ?? [])
  const randomValue = (definition: FactDefinition): FactValue | undefined => {
    if (random() < 0.16) return undefined
    const own = mentioned.get(definition.id) ?? []
    switch (definition.type) {
      case 'truth':
        return random() < 0.6
      case 'code':
        return definition.id === 'care-site'
          ? pick(['North', 'South', 'West'])
          : pick([...own, ...Object.keys(definition.values ?? {}).slice(0, 3), 'none'])
      case 'codes':
        return [...new Set([...own, 'other'].filter(() => random() < 0.4))].sort()
      case 'date':
        return definition.id === 'birth-date' ? pick(['1955-02-03', '1948-07-30', '2012-05-05']) : pick(DAYS)
      case 'integer':
        return definition.id === 'age' ? pick([16, 64, 70]) : Math.floor(random() * 4)
      case 'quantity':
        return Math.floor(random() * 60)
      case 'list':
        return Array.from({ length: Math.floor(random() * 4) }, () => itemOf(definition))
      case 'text':
        return 'x'
    }
  }
  const itemOf = (definition: FactDefinition): ListItem =>
    Object.fromEntries(
      Object.entries(definition.fields ?? {}).map(([field, type]) => [
        field,
        random() < 0.15
          ? null
          : type === 'number'
            ? pick<number | 'never'>([0, 1, 2, 3, 7, 20, 30, 31, 'never'])
            : type === 'truth'
              ? random() < 0.5
              : type === 'date'
                ? pick(DAYS.slice(0, -1))
                : pick(['North', 'South']),
      ]),
    )
  return Array.from({ length: size }, () => {
    const facts: Record<string, Fact> = {}
    for (const definition of asked) {
      const value = definition.daysBetween ? undefined : randomValue(definition)
      facts[definition.id] = definition.daysBetween
        ? absentFact(definition)
        : value === undefined
          ? { unknown: 'not-recorded' }
          : { value, sources: [], enteredByHand: true }
    }
    return deriveFacts(facts, AS_OF, asked)
  })
}

function valuesMentioned(measures: readonly QualityMeasure[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(walk)
    else if (typeof node === 'object' && node !== null) {
      const { op, fact, values } = node as { readonly op?: string; readonly fact?: string; readonly values?: readonly string[] }
      if (op === 'is' && fact !== undefined) found.set(fact, [...new Set([...(found.get(fact) ?? []), ...values!])])
      Object.values(node).forEach(walk)
    }
  }
  walk(measures)
  return found
}

/** The outcome of every patient (or of every item of every patient) one by one, by closures: the meaning that the columns must have. */
export function outcomesByClosures(measure: QualityMeasure, cases: readonly Facts[], knowledge: KnowledgeBase): readonly MeasureOutcome[] {
  const words = vocabulary(knowledge.facts, knowledge.criteria)
  const compiler = criteriaCompiler(words)
  const { population, excluded, numerator, excepted } = measureCriteria(measure)
  const gate = measure.patients && compiler.compile(measure.patients.when)
  const day = latestDay(AS_OF)!
  if (measure.each === undefined) {
    const parts = [population, excluded, numerator, excepted].map((one) => compiler.compile(one))
    return cases.map((facts) => {
      const view = caseView(words, facts, AS_OF, compiler.program)
      const [p, x, n, e] = parts.map((decide) => decide(view)) as [Truth, Truth, Truth, Truth]
      return measureOutcome({ population: p, excluded: x, numerator: n, excepted: e })
    })
  }
  const parts = [population, excluded, numerator, excepted].map(compileRow)
  return cases.flatMap((facts) => {
    const list = facts[measure.each!]
    const mine = gate!(caseView(words, facts, AS_OF, compiler.program))
    return (isKnown(list) ? (list.value as readonly ListItem[]) : []).map((item) => {
      const [p, x, n, e] = parts.map((decide) => decide(item, day)) as [Truth, Truth, Truth, Truth]
      const population = mine === 'false' || p === 'false' ? 'false' : mine === 'true' && p === 'true' ? 'true' : 'unknown'
      return measureOutcome({ population, excluded: x, numerator: n, excepted: e })
    })
  })
}
