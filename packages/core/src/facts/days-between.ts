import { earliestDay, latestDay } from '../time/index.ts'
import { type Fact, type FactValue, isKnown } from './fact.ts'

/**
 * Days from one date fact to another: positive when the second is later, negative when it came first.
 *
 * `never` where one of the two never was: endless, so below no limit and above every one. Ask such a fact only for what has an upper limit.
 * Undefined (unknown) where either is unknown, or given to the month or year only: a limit could fall between.
 */
export function daysBetweenFacts(
  facts: { readonly [id: string]: Fact },
  from: string | undefined,
  to: string | undefined,
): FactValue | undefined {
  const start = dateOf(facts, from)
  const end = dateOf(facts, to)
  if (start === undefined || end === undefined) return undefined
  if (start === 'never' || end === 'never') return 'never'
  const first = wholeDay(start)
  const last = wholeDay(end)
  return first === undefined || last === undefined ? undefined : last - first
}

function dateOf(facts: { readonly [id: string]: Fact }, id: string | undefined): string | undefined {
  const fact = id === undefined ? undefined : facts[id]
  return isKnown(fact) && typeof fact.value === 'string' ? fact.value : undefined
}

function wholeDay(iso: string): number | undefined {
  const first = earliestDay(iso)
  return first === latestDay(iso) ? first : undefined
}
