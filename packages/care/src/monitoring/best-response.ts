import type { ResponseCriteria } from '@secondwind/core'
import type { OverallResponse, Visit, VisitResponse } from './recist.ts'

interface Best {
  readonly result: { readonly best: OverallResponse; readonly bestConfirmed?: OverallResponse | 'not-decided' }
  readonly derivation: readonly string[]
}

const RANK: readonly OverallResponse[] = ['CR', 'PR', 'SD', 'non-CR/non-PD', 'PD', 'NE']

/**
 * Best overall response up to and with the first progression.
 *
 * Confirmation: the same response or a better one at least `confirmAfterDays` later (sc-recist-confirmation), asked for where response is the
 * primary endpoint of a trial without randomisation; computed beside the plain one wherever the days are known. A complete response followed
 * by a lesser one is not decided here: the first one is looked at again.
 */
export function bestResponse(
  criteria: ResponseCriteria,
  responses: readonly VisitResponse[],
  visits: readonly Visit[],
  stableFromDays: number | undefined,
): Best {
  const progressedAt = responses.findIndex((r) => r.overall === 'PD')
  const counted = progressedAt < 0 ? responses : responses.slice(0, progressedAt + 1)
  const before = progressedAt < 0 ? responses : responses.slice(0, progressedAt)
  const days = visits.map((v) => v.day)
  const hasDays = days.every((d) => d !== undefined)
  const stable = stableOr(before, days, stableFromDays, progressedAt >= 0)
  const highest = [...counted.map((r) => r.overall)].sort((a, b) => RANK.indexOf(a) - RANK.indexOf(b))[0] ?? 'NE'
  const best = isStable(highest) ? stable.response : highest
  const derivation = [`best overall response, confirmation not asked for: ${best}${isStable(highest) ? stable.note : ''}`]
  if (!hasDays) return { result: { best }, derivation: [...derivation, 'whether a response is confirmed needs the days of the visits'] }
  const confirmed = confirmedResponse(criteria, before, days as readonly number[])
  const bestConfirmed = confirmed ?? (highest === 'CR' || highest === 'PR' || isStable(highest) ? stable.response : highest)
  const why =
    confirmed === 'not-decided'
      ? 'not decided: a complete response is followed by a lesser one, look at the first again'
      : `${bestConfirmed}${confirmed === undefined && (highest === 'CR' || highest === 'PR') ? ` (${highest} is not confirmed)` : ''}`
  return {
    result: { best, bestConfirmed },
    derivation: [...derivation, `best overall response, confirmed after at least ${criteria.confirmAfterDays} days: ${why}`],
  }
}

const isStable = (response: OverallResponse): boolean => response === 'SD' || response === 'non-CR/non-PD'

/** Stable disease counts only from the protocol's day on; before that day it is progression if that came next, else not evaluable. */
function stableOr(
  before: readonly VisitResponse[],
  days: readonly (number | undefined)[],
  stableFromDays: number | undefined,
  hasProgressed: boolean,
): { readonly response: OverallResponse; readonly note: string } {
  const kept = before.filter((r) => r.overall !== 'NE')
  const response: OverallResponse = kept.some((r) => r.overall === 'non-CR/non-PD') ? 'non-CR/non-PD' : 'SD'
  if (stableFromDays === undefined) return { response, note: ' (the shortest time that counts as stable is the protocol’s: not judged)' }
  const isLongEnough = before.some((r, i) => r.overall !== 'NE' && (days[i] ?? 0) >= stableFromDays)
  if (isLongEnough) return { response, note: '' }
  return { response: hasProgressed ? 'PD' : 'NE', note: ` (stable disease before day ${stableFromDays} does not count)` }
}

function confirmedResponse(
  criteria: ResponseCriteria,
  before: readonly VisitResponse[],
  days: readonly number[],
): 'CR' | 'PR' | 'not-decided' | undefined {
  const codes = before.map((r) => r.visit)
  const holds = (allowed: readonly OverallResponse[]): boolean =>
    codes.some((first, i) => {
      if (!allowed.includes(first)) return false
      for (let j = i + 1; j < codes.length; j++) {
        if (codes[j] === 'NE') continue
        if (!allowed.includes(codes[j]!)) return false
        if (days[j]! - days[i]! >= criteria.confirmAfterDays) return true
      }
      return false
    })
  if (holds(['CR'])) return 'CR'
  const firstComplete = codes.indexOf('CR')
  if (firstComplete >= 0 && codes.slice(firstComplete + 1).some((c) => c !== 'CR' && c !== 'NE')) return 'not-decided'
  return holds(['CR', 'PR']) ? 'PR' : undefined
}
