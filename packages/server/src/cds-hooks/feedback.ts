import type { Result } from '@secondwind/core'
import { refusal, type ServerIssue } from '../issue.ts'

/** What a clinician did with one card. */
export interface CardFeedback {
  readonly card: string
  readonly outcome: 'accepted' | 'overridden'
  readonly acceptedSuggestions: readonly string[]
  readonly reasonCode?: string
  readonly comment?: string
  /** Instant, as the client gave it. */
  readonly at: string
}

type Json = { readonly [key: string]: unknown }
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''
const MOST_COMMENT = 4000
const MOST_CODE = 200

/** Reads the body of a feedback call; one fault refuses all of it. */
export function readFeedback(body: unknown): Result<readonly CardFeedback[], readonly ServerIssue[]> {
  const items = isObject(body) ? body.feedback : undefined
  if (!Array.isArray(items) || items.length === 0)
    return {
      ok: false,
      error: [refusal('invalid-request', 'feedback', 'is no list with entries', 'send { "feedback": [ { "card", "outcome", … } ] }')],
    }
  const issues: ServerIssue[] = []
  const read = items.flatMap((item: unknown, i) => {
    const at = `feedback[${i}]`
    const before = issues.length
    const refuse = (path: string, message: string, remedy: string): void =>
      void issues.push(refusal('invalid-request', `${at}${path}`, message, remedy))
    if (!isObject(item)) {
      refuse('', 'is no object', 'send one object for each card')
      return []
    }
    if (!isText(item.card)) refuse('.card', 'is missing', 'name the card by its uuid')
    if (item.outcome !== 'accepted' && item.outcome !== 'overridden')
      refuse('.outcome', 'is neither accepted nor overridden', 'send one of the two')
    if (!isText(item.outcomeTimestamp) || Number.isNaN(Date.parse(item.outcomeTimestamp)))
      refuse('.outcomeTimestamp', 'is no instant', 'send it as 2026-11-23T08:00:00Z')
    const suggestions = Array.isArray(item.acceptedSuggestions) ? (item.acceptedSuggestions as readonly unknown[]) : []
    const accepted = suggestions.flatMap((one) => (isObject(one) && isText(one.id) ? [one.id] : []))
    if (item.outcome === 'accepted' && (accepted.length === 0 || accepted.length !== suggestions.length))
      refuse('.acceptedSuggestions', 'is missing, or names one without its id', 'name the accepted suggestions by their uuid')
    const override = item.overrideReason
    const reason = isObject(override) && isObject(override.reason) && isText(override.reason.code) ? override.reason.code : undefined
    const comment = isObject(override) && isText(override.userComment) ? override.userComment : undefined
    if (override !== undefined && reason === undefined && comment === undefined)
      refuse('.overrideReason', 'has neither a reason nor a comment', 'send one of them, or leave it out')
    if (reason !== undefined && reason.length > MOST_CODE)
      refuse('.overrideReason.reason.code', `is longer than ${MOST_CODE} characters`, 'send the code of one of the reasons on the card')
    if (comment !== undefined && comment.length > MOST_COMMENT)
      refuse('.overrideReason.userComment', `is longer than ${MOST_COMMENT} characters`, 'shorten it')
    if (issues.length > before) return []
    return [
      {
        card: item.card as string,
        outcome: item.outcome as CardFeedback['outcome'],
        acceptedSuggestions: accepted,
        ...(reason === undefined ? {} : { reasonCode: reason }),
        ...(comment === undefined ? {} : { comment }),
        at: item.outcomeTimestamp as string,
      },
    ]
  })
  return issues.length > 0 ? { ok: false, error: issues } : { ok: true, value: read }
}
