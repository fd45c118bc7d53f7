import { err, latestDay, ok, type Result } from '@secondwind/core'
import { OVERRIDE_REASONS } from '../cds-hooks/words.ts'
import type { CodedReason, Handling, HandlingAsked } from '../contract/knowledge.ts'
import { refusal, type ServerIssue } from '../issue.ts'

/** Why a change or a release was handled so: one reason that agrees, and those for which clinicians do not follow a card. */
export const HANDLING_REASONS: readonly CodedReason[] = [
  { code: 'agreed', display: 'Looked at, and taken over' },
  ...OVERRIDE_REASONS.map(({ code, display }) => ({ code, display: display ?? code })),
]

/** Our own choice, not from a source: what sleeps longer is forgotten. */
export const MOST_SNOOZE_DAYS = 30
const MOST_COMMENT = 2000
const HANDLINGS: readonly Handling[] = ['approved', 'snoozed', 'dismissed', 'to-board']

type Json = { readonly [key: string]: unknown }
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The body of a review: what, a coded reason, words where one wants to add some, and for a snooze the day on which it comes back. */
export function handlingOf(body: unknown, today: string): Result<HandlingAsked, readonly ServerIssue[]> {
  const given: Json = isObject(body) ? body : {}
  const issues: ServerIssue[] = []
  const refuse = (path: string, message: string, remedy: string): void =>
    void issues.push(refusal('invalid-request', path, message, remedy))
  const as = HANDLINGS.find((one) => one === given.as)
  if (as === undefined) refuse('as', 'is none of approved, snoozed, dismissed, to-board', 'send one of them')
  const reason = HANDLING_REASONS.find(({ code }) => code === given.reason)?.code
  if (reason === undefined) refuse('reason', 'is no coded reason', `send one of ${HANDLING_REASONS.map(({ code }) => code).join(', ')}`)
  if (as === 'dismissed' && reason === 'agreed') refuse('reason', 'agrees, and dismissing does not', 'choose why it is not followed')
  const comment = typeof given.comment === 'string' && given.comment.trim() !== '' ? given.comment.trim() : undefined
  if (comment !== undefined && comment.length > MOST_COMMENT) refuse('comment', `is longer than ${MOST_COMMENT} characters`, 'shorten it')
  const until = typeof given.until === 'string' ? given.until : undefined
  if (as === 'snoozed') {
    const day = until === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(until) ? undefined : latestDay(until)
    const days = day === undefined ? undefined : day - latestDay(today)!
    if (days === undefined || days < 1 || days > MOST_SNOOZE_DAYS)
      refuse('until', `is no day within the next ${MOST_SNOOZE_DAYS}`, 'give the day on which it comes back, as 2026-12-01')
  } else if (until !== undefined) refuse('until', 'belongs to a snooze', 'leave it out')
  if (issues.length > 0 || as === undefined || reason === undefined) return err(issues)
  return ok({ as, reason, ...(comment === undefined ? {} : { comment }), ...(as === 'snoozed' && until !== undefined ? { until } : {}) })
}
