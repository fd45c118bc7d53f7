import type { CaseFact } from '@secondwind/server/contract'

export interface Sorted {
  /** There, measured, contradictory: a line each. */
  readonly lines: readonly CaseFact[]
  readonly absent: readonly CaseFact[]
  /** By reason. */
  readonly unknown: ReadonlyMap<string, readonly CaseFact[]>
}

/** What is there; what is not there; what is not known. The last two must never look alike. Contradictions come first. */
export function sortFacts(all: readonly CaseFact[]): Sorted {
  const lines: CaseFact[] = []
  const conflicts: CaseFact[] = []
  const absent: CaseFact[] = []
  const unknown = new Map<string, CaseFact[]>()
  for (const one of all) {
    const { fact } = one
    if (!('value' in fact)) {
      if (fact.unknown === 'conflicting') conflicts.push(one)
      else unknown.set(fact.unknown, [...(unknown.get(fact.unknown) ?? []), one])
    } else if (fact.value === false || (Array.isArray(fact.value) && fact.value.length === 0) || (fact.value === 0 && isAssumed(one)))
      absent.push(one)
    else lines.push(one)
  }
  return { lines: [...conflicts, ...lines], absent, unknown }
}

/** A no that only stands because no list names it: to be confirmed before treatment. */
export const isAssumed = ({ fact }: CaseFact): boolean => 'value' in fact && fact.absence === 'listed' && fact.sources.length === 0

/** The day that at least two of three dated facts share; undefined: there is none, and each says its own. */
export function commonDay(facts: readonly CaseFact[]): string | undefined {
  const days = facts.flatMap(({ fact }) => ('value' in fact && fact.on !== undefined ? [fact.on] : []))
  if (days.length < 2) return undefined
  const counts = new Map<string, number>()
  for (const day of days) counts.set(day, (counts.get(day) ?? 0) + 1)
  const [best, times] = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? 1 : -1))[0]!
  return times * 3 >= days.length * 2 ? best : undefined
}
