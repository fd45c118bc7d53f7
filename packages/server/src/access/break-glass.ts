import { err, ok, type Result } from '@secondwind/core'
import type { RequestContext } from '../api/index.ts'
import { refusal, type ServerIssue } from '../issue.ts'
import type { Queries } from '../store/index.ts'

/** How long a broken glass stays open. Our own choice: a shift's urgent question, not a standing permission. */
export const OPEN_MINUTES = 60
const MOST_REASON = 2000
const LEAST_REASON = 10

export interface BrokenGlass {
  readonly id: number
  readonly who: string
  readonly role: string
  readonly site: string
  readonly patient: string
  readonly reason: string
  readonly grantedAt: string
  readonly endsAt: string
  readonly review?: { readonly at: string; readonly by: string; readonly finding: string; readonly note: string }
}

/** Opens one chart for one person for an hour, with the reason. The privacy officer finds it on the list of those to be reviewed. */
export async function breakGlass(
  db: Queries,
  { who, role, site }: RequestContext,
  asked: { readonly patient?: unknown; readonly reason?: unknown },
  at: Date,
): Promise<Result<BrokenGlass, readonly ServerIssue[]>> {
  const { patient, reason } = asked
  const issues: ServerIssue[] = []
  if (typeof patient !== 'string' || !/^[A-Za-z0-9.-]{1,64}$/.test(patient))
    issues.push(refusal('invalid-request', 'patient', 'is no id of a patient', 'send the id, without Patient/'))
  if (typeof reason !== 'string' || reason.trim().length < LEAST_REASON || reason.length > MOST_REASON)
    issues.push(
      refusal('invalid-request', 'reason', `needs ${LEAST_REASON} to ${MOST_REASON} characters`, 'say why this chart must be seen now'),
    )
  if (issues.length > 0) return err(issues)
  const grantedAt = at.toISOString()
  const endsAt = new Date(at.getTime() + OPEN_MINUTES * 60_000).toISOString()
  const [row] = await db.query<{ seq: number }>(
    'insert into break_glass (who, role, site, patient, reason, granted_at, ends_at) values ($1, $2, $3, $4, $5, $6, $7) returning seq',
    [who, role, site, patient, reason, grantedAt, endsAt],
  )
  return ok({ id: row!.seq, who, role, site, patient: patient as string, reason: reason as string, grantedAt, endsAt })
}

/** The patients whose glass this person has broken and that is still open. */
export const openGlasses = async (db: Queries, who: string, at: Date): Promise<readonly string[]> =>
  (
    await db.query<{ patient: string }>('select distinct patient from break_glass where who = $1 and granted_at <= $2 and ends_at > $2', [
      who,
      at.toISOString(),
    ])
  ).map((row) => row.patient)

/** Every broken glass, those that nobody has reviewed first. */
export async function brokenGlasses(db: Queries): Promise<readonly BrokenGlass[]> {
  const rows = await db.query<{
    seq: number
    who: string
    role: string
    site: string
    patient: string
    reason: string
    granted_at: string
    ends_at: string
    reviewed_at: string | null
    reviewed_by: string | null
    finding: string | null
    note: string | null
  }>(
    `select b.*, r.reviewed_at, r.reviewed_by, r.finding, r.note from break_glass b left join break_glass_review r on r.break_glass = b.seq
     order by (r.break_glass is not null), b.seq desc limit 1000`,
  )
  return rows.map((row) => ({
    id: row.seq,
    who: row.who,
    role: row.role,
    site: row.site,
    patient: row.patient,
    reason: row.reason,
    grantedAt: row.granted_at,
    endsAt: row.ends_at,
    ...(row.reviewed_at ? { review: { at: row.reviewed_at, by: row.reviewed_by!, finding: row.finding!, note: row.note! } } : {}),
  }))
}

const FINDINGS = ['justified', 'not-justified', 'asked']

export async function reviewGlass(
  db: Queries,
  id: number,
  by: string,
  asked: { readonly finding?: unknown; readonly note?: unknown },
  at: Date,
): Promise<Result<true, readonly ServerIssue[]>> {
  const { finding, note = '' } = asked
  if (!FINDINGS.includes(finding as string) || typeof note !== 'string' || note.length > MOST_REASON)
    return err([
      refusal('invalid-request', 'finding', `is none of ${FINDINGS.join(', ')}, or the note is too long`, 'send finding and note'),
    ])
  const rows = await db.query(
    `insert into break_glass_review (break_glass, reviewed_at, reviewed_by, finding, note)
     select seq, $2, $3, $4, $5 from break_glass where seq = $1 on conflict do nothing returning break_glass`,
    [id, at.toISOString(), by, finding, note],
  )
  return rows.length > 0
    ? ok(true)
    : err([refusal('not-found', String(id), 'there is no such broken glass, or it was reviewed already', 'read the list again')])
}
