import { type Fact, type FactValue, isKnown } from '@secondwind/core'
import type { FactEntry } from '../contract/charts.ts'

/** What an entry by hand would do to a fact. */
export interface Change {
  readonly before: Fact | undefined
  /** Absent: what the chart says is only taken back. */
  readonly wanted: FactValue | undefined
  readonly because: FactEntry['because']
  /** Measured with a unit (weight, a laboratory value): a newer measurement is one more, whatever it says. */
  readonly isMeasured: boolean
  /** One more line of a list contradicts nothing. */
  readonly isAdded: boolean
}

/**
 * Whether the entry must say why. It must where it speaks against what the chart itself says: another value than the known one, a choice between contradictory
 * entries, an entry marked as wrong. What nobody had said (not recorded, not tested, on its way, counted as absent because no list names it) is only learned.
 */
export function needsReason({ before, wanted, because, isMeasured, isAdded }: Change): boolean {
  if (because === 'wrong') return true
  if (isAdded || before === undefined) return false
  if (isMeasured && isKnown(before)) return false
  if (!isKnown(before)) return before.unknown === 'conflicting'
  return before.sources.length > 0 && JSON.stringify(before.value) !== JSON.stringify(wanted)
}
