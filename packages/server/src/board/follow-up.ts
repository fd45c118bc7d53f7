import { err, ok, type Result } from '@secondwind/core'
import type { AgainstPlan, FollowUp, NotDoneReason } from '../contract/board.ts'
import { refusal, type ServerIssue } from '../issue.ts'
import { type Author, type ChartScope, patientsIn, type Queries } from '../store/index.ts'
import { tellEvent } from './events.ts'
import { versionClash } from './meetings.ts'

export interface TaskRow {
  readonly id: string
  readonly patient: string
  readonly site: string
  readonly decision: number
  readonly board_case: string | null
  readonly meeting: string | null
  readonly title: string
  readonly owner: string
  readonly owner_name: string
  readonly due_on: string
  readonly decided_by: string
  readonly decided_at: string
  readonly version: number
  readonly closed_at: string | null
  readonly closed_by: string | null
  readonly outcome: 'done' | 'not-done' | 'superseded' | null
  readonly reason: NotDoneReason | null
  readonly note: string | null
  /** What the plan said against the decision, from the journal; null: nothing. Absent where it was not asked for. */
  readonly against?: AgainstPlan | null
}

export interface Closing {
  readonly outcome: 'done' | 'not-done' | 'superseded'
  readonly reason?: NotDoneReason
  readonly note?: string
}

export const NOT_DONE: readonly NotDoneReason[] = [
  'patient-wish',
  'patient-declined',
  'new-finding',
  'patient-worse',
  'patient-died',
  'not-available',
  'done-elsewhere',
  'other',
]

type Outcome<T> = Promise<Result<T, readonly ServerIssue[]>>

const TOLD = `select *, (select d.body::json -> 'againstPlan' from decision_journal d
  where d.patient = board_task.patient and d.number = board_task.decision) as against from board_task`

/** Tasks in one answer at most. */
export const MOST_TASKS = 200

/**
 * What was decided and must happen. `owner`: of one person's list; without it those of the charts that the caller may see. Each open decision has one owner,
 * so that it stands in exactly one list. The longest overdue first.
 */
export function tasks(
  db: Queries,
  of: { readonly owner?: string; readonly within?: ChartScope; readonly isOpen: boolean; readonly patient?: string },
): Promise<readonly TaskRow[]> {
  const values: unknown[] = []
  const place = (value: unknown): string => `$${values.push(value)}`
  const where = [of.isOpen ? 'closed_at is null' : 'closed_at is not null']
  if (of.owner !== undefined) where.push(`owner = ${place(of.owner)}`)
  if (of.patient !== undefined) where.push(`patient = ${place(of.patient)}`)
  where.push(patientsIn(of.within, 'board_task.patient', place))
  return db.query<TaskRow>(
    `${TOLD} where ${where.join(' and ')} order by ${of.isOpen ? 'due_on' : 'closed_at desc'}, id limit ${MOST_TASKS}`,
    values,
  )
}

export const taskRow = async (db: Queries, id: string): Promise<TaskRow | undefined> =>
  (await db.query<TaskRow>(`${TOLD} where id = $1`, [id]))[0]

const locked = async (db: Queries, id: string, version: number): Outcome<TaskRow> => {
  const [row] = await db.query<TaskRow>('select * from board_task where id = $1 for update', [id])
  if (row === undefined) return err([refusal('not-found', 'id', 'there is no such decision to follow', 'read the list again')])
  return row.version === version ? ok(row) : err(versionClash('this'))
}

/** Says that it was done, or why not. */
export async function closeFollowUp(
  db: Queries,
  author: Author,
  at: Date,
  id: string,
  version: number,
  closing: Closing,
): Outcome<TaskRow> {
  const row = await locked(db, id, version)
  if (!row.ok) return row
  if (row.value.closed_at !== null)
    return err([refusal('invalid-request', 'id', 'is closed already', 'open it again first, if that was wrong')])
  await closeTask(db, author, at, row.value, closing)
  return ok((await taskRow(db, id))!)
}

export async function closeTask(db: Queries, author: Author, at: Date, row: TaskRow, { outcome, reason, note }: Closing): Promise<void> {
  await db.query(
    `update board_task set closed_at = $2, closed_by = $3, outcome = $4, reason = $5, note = $6, version = version + 1 where id = $1`,
    [row.id, at.toISOString(), author.who, outcome, reason ?? null, note ?? null],
  )
  await told(db, author, at, row, `follow-up-${outcome}`, { reason: reason ?? null, note: note ?? null })
}

/** Takes a closing back: it was a mistake. What was said stays in the events. */
export async function reopenFollowUp(db: Queries, author: Author, at: Date, id: string, version: number): Outcome<TaskRow> {
  const row = await locked(db, id, version)
  if (!row.ok) return row
  if (row.value.closed_at === null || row.value.outcome === 'superseded')
    return err([refusal('invalid-request', 'id', 'is open, or another decision stands in its place', 'read the list again')])
  await db.query(
    `update board_task set closed_at = null, closed_by = null, outcome = null, reason = null, note = null, version = version + 1 where id = $1`,
    [id],
  )
  await told(db, author, at, row.value, 'follow-up-reopened', { before: { outcome: row.value.outcome, reason: row.value.reason } })
  return ok((await taskRow(db, id))!)
}

/** Hands it to somebody else, or sets another day. */
export async function handOver(
  db: Queries,
  author: Author,
  at: Date,
  id: string,
  version: number,
  to: { readonly owner: string; readonly ownerName: string; readonly dueOn: string },
): Outcome<TaskRow> {
  const row = await locked(db, id, version)
  if (!row.ok) return row
  if (row.value.closed_at !== null) return err([refusal('invalid-request', 'id', 'is closed', 'open it again first')])
  await db.query('update board_task set owner = $2, owner_name = $3, due_on = $4, version = version + 1 where id = $1', [
    id,
    to.owner,
    to.ownerName,
    to.dueOn,
  ])
  const { owner, due_on } = row.value
  await told(db, author, at, row.value, 'follow-up-handed-over', { before: { owner, dueOn: due_on }, now: to })
  return ok((await taskRow(db, id))!)
}

const told = (db: Queries, author: Author, at: Date, row: TaskRow, kind: string, body: object): Promise<void> =>
  tellEvent(db, author, at, {
    kind,
    meeting: row.meeting,
    ...(row.board_case === null ? {} : { boardCase: row.board_case }),
    patient: row.patient,
    body: { followUp: row.id, ...body },
  })

/** `today`: the clinical day; a decision is overdue from the day after its date. */
export const followUpOf = (row: TaskRow, today: string, name: string | undefined): FollowUp => ({
  id: row.id,
  patient: `Patient/${row.patient}`,
  site: row.site,
  decision: row.decision,
  title: row.title,
  owner: row.owner,
  ownerName: row.owner_name,
  dueOn: row.due_on,
  isOverdue: row.closed_at === null && row.due_on < today,
  decidedBy: row.decided_by,
  decidedAt: row.decided_at,
  version: row.version,
  ...(name === undefined ? {} : { name }),
  ...(row.board_case === null ? {} : { case: row.board_case }),
  ...(row.meeting === null ? {} : { meeting: row.meeting }),
  ...(row.against == null ? {} : { againstPlan: row.against }),
  ...(row.closed_at === null
    ? {}
    : {
        closed: {
          at: row.closed_at,
          by: row.closed_by!,
          outcome: row.outcome!,
          ...(row.reason === null ? {} : { reason: row.reason }),
          ...(row.note === null ? {} : { note: row.note }),
        },
      }),
})
