import { randomUUID } from 'node:crypto'
import { err, ok, type Result } from '@secondwind/core'
import type { BoardInterest, BoardMeeting, BoardMember, BoardPresence, Specialty } from '../contract/board.ts'
import { refusal, type ServerIssue } from '../issue.ts'
import type { Author, Queries } from '../store/index.ts'
import { tellEvent } from './events.ts'

/** How long before a meeting its members may read the charts on its agenda where nobody says otherwise, and how long it may run over. Our own choice. */
export const READING_HOURS = 48
export const OVERRUN_MINUTES = 60
/** Seconds without a sign of life after which somebody counts as gone. */
const GONE_AFTER = 15

export interface MeetingRow {
  readonly id: string
  readonly title: string
  readonly starts_at: string
  readonly minutes: number
  readonly opens_at: string
  readonly ends_at: string
  readonly site: string
  readonly sites: readonly string[]
  readonly chair: string
  readonly state: 'planned' | 'closed'
  readonly version: number
}

type Outcome<T> = Promise<Result<T, readonly ServerIssue[]>>

export const versionClash = (what: string): readonly ServerIssue[] => [
  refusal(
    'version-conflict',
    'version',
    `${what} was changed by somebody else meanwhile`,
    'look at what stands there now beside what you sent, and choose',
  ),
]

const absent = (what: string): readonly ServerIssue[] => [
  refusal('not-found', what, `there is no such ${what} here`, 'read the list again'),
]

export interface MeetingAsked {
  readonly title: string
  readonly startsAt: string
  readonly minutes: number
  readonly readingHours: number
  readonly sites: readonly string[]
  readonly chair: string
}

const times = ({ startsAt, minutes, readingHours }: MeetingAsked): readonly [opens: string, ends: string] => {
  const starts = Date.parse(startsAt)
  return [new Date(starts - readingHours * 3_600_000).toISOString(), new Date(starts + (minutes + OVERRUN_MINUTES) * 60_000).toISOString()]
}

export async function createMeeting(
  db: Queries,
  author: Author,
  at: Date,
  asked: MeetingAsked,
  chair: { readonly name: string; readonly specialty: Specialty },
): Promise<string> {
  const id = randomUUID()
  const [opens, ends] = times(asked)
  await db.query(
    `insert into board_meeting (id, title, starts_at, minutes, opens_at, ends_at, site, sites, chair, state, version)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'planned', 1)`,
    [id, asked.title, asked.startsAt, asked.minutes, opens, ends, author.site, JSON.stringify(asked.sites), asked.chair],
  )
  await addMember(db, author, at, id, { who: asked.chair, ...chair })
  await tellEvent(db, author, at, { kind: 'meeting-made', meeting: id, body: { ...asked } })
  return id
}

export async function changeMeeting(
  db: Queries,
  author: Author,
  at: Date,
  id: string,
  version: number,
  asked: MeetingAsked & { readonly state: MeetingRow['state'] },
): Outcome<number> {
  const before = await meetingRow(db, id)
  if (before === undefined) return err(absent('meeting'))
  if (before.version !== version) return err(versionClash('the meeting'))
  // its charts were open for the time of it: another time would open them again
  if (Date.parse(before.ends_at) < at.getTime() && Date.parse(asked.startsAt) !== Date.parse(before.starts_at))
    return err([refusal('invalid-request', 'startsAt', 'the meeting is over', 'make a new meeting, and put the open cases on its agenda')])
  const [opens, ends] = times(asked)
  await db.query(
    `update board_meeting set title = $2, starts_at = $3, minutes = $4, opens_at = $5, ends_at = $6, sites = $7, chair = $8, state = $9,
       version = version + 1 where id = $1`,
    [id, asked.title, asked.startsAt, asked.minutes, opens, ends, JSON.stringify(asked.sites), asked.chair, asked.state],
  )
  await tellEvent(db, author, at, {
    kind: asked.state === 'closed' ? 'meeting-closed' : 'meeting-changed',
    meeting: id,
    body: { before, now: asked },
  })
  return ok(version + 1)
}

/** The row of a meeting, held until the transaction ends where one is open, so that two who change it take turns. */
export async function meetingRow(db: Queries, id: string): Promise<MeetingRow | undefined> {
  const [row] = await db.query<MeetingRow>('select * from board_meeting where id = $1 for update', [id])
  return row
}

/** Somebody who takes a seat; the same again changes name and specialty. */
export async function addMember(
  db: Queries,
  author: Author,
  at: Date,
  meeting: string,
  { who, name, specialty }: BoardMember,
): Promise<void> {
  await db.query(
    `insert into board_member (meeting, who, name, specialty, since) values ($1, $2, $3, $4, $5)
     on conflict (meeting, who) do update set name = excluded.name, specialty = excluded.specialty`,
    [meeting, who, name, specialty, at.toISOString()],
  )
  await tellEvent(db, author, at, { kind: 'member-added', meeting, body: { who, name, specialty } })
}

export async function removeMember(db: Queries, author: Author, at: Date, meeting: MeetingRow, who: string): Outcome<true> {
  if (who === meeting.chair)
    return err([refusal('invalid-request', 'who', 'the chair cannot leave the meeting', 'name another chair first')])
  const [gone] = await db.query<BoardMember>('delete from board_member where meeting = $1 and who = $2 returning who, name, specialty', [
    meeting.id,
    who,
  ])
  if (gone === undefined) return err(absent('member'))
  await tellEvent(db, author, at, { kind: 'member-removed', meeting: meeting.id, body: { ...gone } })
  return ok(true)
}

/** What a member declares of oneself; null takes it back. */
export async function declareInterest(
  db: Queries,
  author: Author,
  at: Date,
  meeting: string,
  boardCase: string,
  text: string | null,
): Promise<void> {
  if (text === null)
    await db.query('delete from board_interest where meeting = $1 and who = $2 and board_case = $3', [meeting, author.who, boardCase])
  else
    await db.query(
      `insert into board_interest (meeting, who, board_case, text, at) values ($1, $2, $3, $4, $5)
       on conflict (meeting, who, board_case) do update set text = excluded.text, at = excluded.at`,
      [meeting, author.who, boardCase, text, at.toISOString()],
    )
  await tellEvent(db, author, at, {
    kind: text === null ? 'interest-withdrawn' : 'interest-declared',
    meeting,
    ...(boardCase === '' ? {} : { boardCase }),
    body: { text },
  })
}

export const interestsOf = async (db: Queries, meeting: string): Promise<readonly BoardInterest[]> =>
  (
    await db.query<{ who: string; board_case: string; text: string; at: string }>(
      'select who, board_case, text, at from board_interest where meeting = $1 order by at',
      [meeting],
    )
  ).map(({ board_case, ...rest }) => ({ ...rest, ...(board_case === '' ? {} : { case: board_case }) }))

/** A sign of life; gives everybody who is there. */
export async function markPresent(
  db: Queries,
  at: Date,
  meeting: string,
  { who, name, viewing }: BoardPresence,
): Promise<readonly BoardPresence[]> {
  await db.query(
    `insert into board_presence (meeting, who, name, viewing, seen_at) values ($1, $2, $3, $4, $5)
     on conflict (meeting, who) do update set name = excluded.name, viewing = excluded.viewing, seen_at = excluded.seen_at`,
    [meeting, who, name, viewing, at.toISOString()],
  )
  return presentAt(db, at, meeting)
}

export const presentAt = (db: Queries, at: Date, meeting: string): Promise<readonly BoardPresence[]> =>
  db.query<BoardPresence>('select who, name, viewing from board_presence where meeting = $1 and seen_at > $2 order by name, who', [
    meeting,
    new Date(at.getTime() - GONE_AFTER * 1000).toISOString(),
  ])

const MOST_MEETINGS = 200

/** Meetings that begin in a span of time, the earliest first. */
export async function meetingsBetween(db: Queries, from: string, to: string): Promise<readonly BoardMeeting[]> {
  const rows = await db.query<MeetingRow>(
    `select * from board_meeting where starts_at >= $1 and starts_at < $2 order by starts_at, id limit ${MOST_MEETINGS}`,
    [from, to],
  )
  return withMembers(db, rows)
}

export async function meetingOf(db: Queries, id: string): Promise<BoardMeeting | undefined> {
  const rows = await db.query<MeetingRow>('select * from board_meeting where id = $1', [id])
  return (await withMembers(db, rows))[0]
}

async function withMembers(db: Queries, rows: readonly MeetingRow[]): Promise<readonly BoardMeeting[]> {
  const ids = rows.map(({ id }) => id)
  const members = await db.query<BoardMember & { meeting: string }>(
    'select meeting, who, name, specialty from board_member where meeting = any($1::text[]) order by since, who',
    [ids],
  )
  const counts = await db.query<{ meeting: string; cases: number; undecided: number }>(
    `select meeting, count(*) as cases, count(*) filter (where state = 'on-agenda') as undecided from board_case
     where meeting = any($1::text[]) group by meeting`,
    [ids],
  )
  return rows.map((row) => {
    const count = counts.find(({ meeting }) => meeting === row.id)
    return {
      id: row.id,
      title: row.title,
      startsAt: row.starts_at,
      minutes: row.minutes,
      opensAt: row.opens_at,
      endsAt: row.ends_at,
      site: row.site,
      sites: row.sites,
      chair: row.chair,
      state: row.state,
      version: row.version,
      members: members.filter(({ meeting }) => meeting === row.id).map(({ who, name, specialty }) => ({ who, name, specialty })),
      cases: count?.cases ?? 0,
      undecided: count?.undecided ?? 0,
    }
  })
}
