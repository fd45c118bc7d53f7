import { randomUUID } from 'node:crypto'
import { err, ok, type Result } from '@secondwind/core'
import type { BoardCase, BoardUrgency } from '../contract/board.ts'
import { refusal, type ServerIssue } from '../issue.ts'
import { type Author, type ChartScope, patientsIn, type Queries } from '../store/index.ts'
import { tellEvent } from './events.ts'
import { type MeetingRow, meetingRow, versionClash } from './meetings.ts'
import type { Preparation } from './readiness.ts'

export interface CaseRow {
  readonly id: string
  readonly patient: string
  readonly site: string
  readonly question: string
  readonly urgency: BoardUrgency
  readonly asked_by: string
  readonly asked_at: string
  readonly state: BoardCase['state']
  readonly meeting: string | null
  readonly place: number | null
  readonly minutes: number
  readonly preparation: Preparation
  readonly version: number
}

type Outcome<T> = Promise<Result<T, readonly ServerIssue[]>>
const bad = (path: string, message: string, remedy: string): Result<never, readonly ServerIssue[]> =>
  err([refusal('invalid-request', path, message, remedy)])

/** Cases on one queue at most, and on one agenda. */
export const MOST_CASES = 200

/** Puts a case on the queue. A patient stands on it once: a second question belongs to the first. */
export async function askForBoard(
  db: Queries,
  author: Author,
  at: Date,
  patient: string,
  asked: { readonly question: string; readonly urgency: BoardUrgency; readonly minutes: number },
): Outcome<string> {
  const [site] = await db.query<{ site: string }>(
    `select site from resource_current where type = 'Patient' and id = $1 and not is_deleted`,
    [patient],
  )
  if (site === undefined)
    return err([refusal('not-found', 'patient', 'there is no such patient here', 'register the patient, or import the chart first')])
  await db.query('select pg_advisory_xact_lock(hashtextextended($1, 2))', [`board ${patient}`])
  const [standing] = await db.query<{ id: string }>(
    `select id from board_case where patient = $1 and state in ('waiting', 'on-agenda') limit 1`,
    [patient],
  )
  if (standing !== undefined)
    return err([
      refusal('already-exists', 'patient', 'this patient waits for the board already', 'add to the question of the case that stands there'),
    ])
  const id = randomUUID()
  await db.query(
    `insert into board_case (id, patient, site, question, urgency, asked_by, asked_at, state, minutes, preparation, version)
     values ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, '{}', 1)`,
    [id, patient, site.site, asked.question, asked.urgency, author.who, at.toISOString(), asked.minutes],
  )
  await tellEvent(db, author, at, { kind: 'case-asked', boardCase: id, patient, body: { ...asked } })
  return ok(id)
}

export async function caseRow(db: Queries, id: string): Promise<CaseRow | undefined> {
  const [row] = await db.query<CaseRow>('select * from board_case where id = $1', [id])
  return row
}

const lockedCase = async (db: Queries, id: string): Promise<CaseRow | undefined> =>
  (await db.query<CaseRow>('select * from board_case where id = $1 for update', [id]))[0]

/** Changes what is asked, how urgent it is and how long it may take. */
export async function changeCase(
  db: Queries,
  author: Author,
  at: Date,
  id: string,
  version: number,
  asked: { readonly question: string; readonly urgency: BoardUrgency; readonly minutes: number },
): Outcome<number> {
  const before = await lockedCase(db, id)
  if (before === undefined) return err([refusal('not-found', 'case', 'there is no such case', 'read the list again')])
  if (before.version !== version) return err(versionClash('the case'))
  if (before.state === 'decided') return bad('case', 'was decided already', 'ask the board anew')
  await db.query('update board_case set question = $2, urgency = $3, minutes = $4, version = version + 1 where id = $1', [
    id,
    asked.question,
    asked.urgency,
    asked.minutes,
  ])
  const { question, urgency, minutes } = before
  await tellEvent(db, author, at, {
    kind: 'case-changed',
    meeting: before.meeting,
    boardCase: id,
    patient: before.patient,
    body: { before: { question, urgency, minutes }, now: asked },
  })
  return ok(version + 1)
}

/** Takes a case off the queue and off the agenda, or puts it back on the queue. */
export async function withdrawCase(db: Queries, author: Author, at: Date, id: string, version: number, isBack: boolean): Outcome<number> {
  const before = await lockedCase(db, id)
  if (before === undefined) return err([refusal('not-found', 'case', 'there is no such case', 'read the list again')])
  if (before.version !== version) return err(versionClash('the case'))
  if (before.state === 'decided' || (before.state === 'withdrawn') !== isBack)
    return bad('case', isBack ? 'is not withdrawn' : 'was decided or withdrawn already', 'read the case again')
  await db.query('update board_case set state = $2, meeting = null, place = null, version = version + 1 where id = $1', [
    id,
    isBack ? 'waiting' : 'withdrawn',
  ])
  await tellEvent(db, author, at, {
    kind: isBack ? 'case-returned' : 'case-withdrawn',
    meeting: before.meeting,
    boardCase: id,
    patient: before.patient,
    body: {},
  })
  return ok(version + 1)
}

/** Who sees to one missing thing; null: nobody yet. */
export async function prepareCase(
  db: Queries,
  author: Author,
  at: Date,
  id: string,
  version: number,
  item: string,
  who: Preparation[string] | null,
): Outcome<number> {
  const before = await lockedCase(db, id)
  if (before === undefined) return err([refusal('not-found', 'case', 'there is no such case', 'read the list again')])
  if (before.version !== version) return err(versionClash('the case'))
  const { [item]: was, ...rest } = before.preparation
  const now = who === null ? rest : { ...rest, [item]: who }
  if (Object.keys(now).length > MOST_CASES) return bad('item', 'too many are kept already', 'take some away first')
  await db.query('update board_case set preparation = $2, version = version + 1 where id = $1', [id, JSON.stringify(now)])
  await tellEvent(db, author, at, {
    kind: 'case-prepared',
    meeting: before.meeting,
    boardCase: id,
    patient: before.patient,
    body: { item, before: was ?? null, now: who },
  })
  return ok(version + 1)
}

export const agendaOf = (db: Queries, meeting: string): Promise<readonly CaseRow[]> =>
  db.query<CaseRow>(`select * from board_case where meeting = $1 order by place, id limit ${MOST_CASES}`, [meeting])

/** The cases that wait for an agenda, of these charts (absent: of all), the most urgent and longest waiting first. */
export function waitingCases(db: Queries, within: ChartScope | undefined): Promise<readonly CaseRow[]> {
  const values: unknown[] = []
  const reach = patientsIn(within, 'board_case.patient', (value) => `$${values.push(value)}`)
  return db.query<CaseRow>(
    `select * from board_case where state = 'waiting' and ${reach}
     order by case urgency when 'urgent' then 0 when 'soon' then 1 else 2 end, asked_at, id limit ${MOST_CASES}`,
    values,
  )
}

/**
 * Sets the agenda to these cases in this order. What is missing from it goes back to the queue; a case that was decided stays. Refuses an agenda that somebody
 * else has changed meanwhile, a case of a site that does not take part, and one that `mayPlace` does not let through.
 */
export async function arrange(
  db: Queries,
  author: Author,
  at: Date,
  meeting: string,
  version: number,
  order: readonly string[],
  mayPlace: (row: CaseRow) => Promise<boolean>,
): Outcome<number> {
  const row = await meetingRow(db, meeting)
  if (row === undefined) return err([refusal('not-found', 'meeting', 'there is no such meeting here', 'read the list again')])
  if (row.version !== version) return err(versionClash('the agenda'))
  if (row.state === 'closed') return bad('meeting', 'is closed', 'open it again first')
  const before = await agendaOf(db, meeting)
  const wanted = await db.query<CaseRow>('select * from board_case where id = any($1::text[]) for update', [order])
  const found = order.map((id) => wanted.find((one) => one.id === id))
  for (const [i, one] of found.entries()) {
    const refused = one === undefined ? 'is no case' : await cannotStand(one, row, mayPlace)
    if (refused !== undefined) return bad(`order[${i}]`, refused, 'read the agenda and the queue again')
  }
  const dropped = before.filter(({ id }) => !order.includes(id))
  if (dropped.some(({ state }) => state === 'decided')) return bad('order', 'leaves out a case that was decided', 'keep it on the agenda')
  await db.query(
    `update board_case set state = 'waiting', meeting = null, place = null, version = version + 1 where id = any($1::text[])`,
    [dropped.map(({ id }) => id)],
  )
  await db.query(
    `update board_case c set meeting = $1, place = o.place, state = case when c.state = 'waiting' then 'on-agenda' else c.state end
     from unnest($2::text[], $3::integer[]) as o(id, place) where c.id = o.id`,
    [meeting, order, order.map((_, i) => i + 1)],
  )
  await db.query('update board_meeting set version = version + 1 where id = $1', [meeting])
  await tellEvent(db, author, at, { kind: 'agenda-set', meeting, body: { before: before.map(({ id }) => id), now: order } })
  return ok(version + 1)
}

async function cannotStand(
  one: CaseRow,
  { id, sites }: MeetingRow,
  mayPlace: (row: CaseRow) => Promise<boolean>,
): Promise<string | undefined> {
  if (one.meeting === id) return undefined
  if (one.state !== 'waiting') return 'does not wait for an agenda'
  if (!sites.includes(one.site)) return `is of ${one.site}, which does not take part in this meeting`
  return (await mayPlace(one)) ? undefined : 'is not yours to put on an agenda'
}
