import { OVERRIDE_REASONS } from '../cds-hooks/words.ts'
import type { WorkspaceAnswer } from '../contract/workspace.ts'
import { Refused, refusal } from '../issue.ts'

/** Why a change is handled as it is. Dismissing has the reasons for not following a card: one list for both. */
export const HANDLE_REASONS: { readonly [as in WorkspaceAnswer]: readonly string[] } = {
  approved: ['agreed', 'already-done'],
  snoozed: ['waiting-for-result', 'next-visit', 'wrong-moment'],
  dismissed: OVERRIDE_REASONS.map(({ code }) => code),
  'to-board': ['needs-discussion', 'disagreement'],
}

const MOST_NOTE = 1000
/** A change that is put off for longer is not put off but forgotten. */
const MOST_DAYS = 90
const DAY = 86_400_000

export interface AskedHandling {
  readonly upTo: number
  readonly as: WorkspaceAnswer
  readonly code: string
  readonly note: string
  readonly until: string | undefined
}

/** The body of a handling, or every fault of it. */
export function handlingOf(body: unknown, today: string): AskedHandling {
  const given = (typeof body === 'object' && body !== null ? body : {}) as { readonly [name: string]: unknown }
  const { upTo, as, code, note = '', until } = given
  const issues: ReturnType<typeof refusal>[] = []
  const refuse = (path: string, message: string, remedy: string): void =>
    void issues.push(refusal('invalid-request', path, message, remedy))
  if (!Number.isSafeInteger(upTo) || (upTo as number) < 1) refuse('upTo', 'is no change', 'send the seq of the newest change that was seen')
  const isAnswer = typeof as === 'string' && Object.hasOwn(HANDLE_REASONS, as)
  if (!isAnswer) refuse('as', 'is no way to handle a change', `send one of ${Object.keys(HANDLE_REASONS).join(', ')}`)
  else if (!HANDLE_REASONS[as as WorkspaceAnswer].includes(code as string))
    refuse('code', 'is no reason for that', `send one of ${HANDLE_REASONS[as as WorkspaceAnswer].join(', ')}`)
  if (typeof note !== 'string' || note.length > MOST_NOTE) refuse('note', 'is no text, or too long', 'a sentence is enough')
  if (as === 'snoozed' && !isComing(until, today))
    refuse('until', 'is no day to come within 90 days', 'send the day on which it should be looked at again')
  if (as !== 'snoozed' && until !== undefined) refuse('until', 'belongs to what is put off', 'leave it out')
  if (issues.length > 0) throw new Refused(issues)
  return {
    upTo: upTo as number,
    as: as as WorkspaceAnswer,
    code: code as string,
    note: (note as string).trim(),
    until: until as string | undefined,
  }
}

function isComing(day: unknown, today: string): boolean {
  if (typeof day !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(Date.parse(day))) return false
  const days = (Date.parse(day) - Date.parse(today)) / DAY
  return days >= 1 && days <= MOST_DAYS
}

export function seqsOf(body: unknown): readonly number[] {
  const { seqs } = (typeof body === 'object' && body !== null ? body : {}) as { readonly seqs?: unknown }
  if (!Array.isArray(seqs) || seqs.length === 0 || seqs.length > 500 || !seqs.every((seq) => Number.isSafeInteger(seq)))
    throw new Refused([refusal('invalid-request', 'seqs', 'is no list of changes', 'send the seqs that handling gave')])
  return seqs as readonly number[]
}
