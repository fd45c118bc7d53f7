import { err, ok } from '@secondwind/core'
import { type ApiRequest, contextOf, json, orThrow, type Route } from '../api/index.ts'
import type { BoardDirectory, BoardMember, Specialty } from '../contract/board.ts'
import { refuse } from '../issue.ts'
import { instantIn, queryOf } from '../plans/requests.ts'
import type { StoreTransaction } from '../store/index.ts'
import { type Answer, answered, asked, type BoardConfig, foundMeeting, onlyArrangers, versionIn, written } from './answers.ts'
import { agendaOf, arrange, MOST_CASES } from './cases.ts'
import { newestEvent } from './events.ts'
import type { Fields } from './fields.ts'
import { meetingDetail } from './meeting-detail.ts'
import {
  addMember,
  changeMeeting,
  createMeeting,
  declareInterest,
  type MeetingAsked,
  type MeetingRow,
  markPresent,
  meetingRow,
  meetingsBetween,
  presentAt,
  READING_HOURS,
  removeMember,
} from './meetings.ts'
import { boardPeople, boardSites } from './people.ts'

export const SPECIALTIES: readonly Specialty[] = ['pathology', 'radiology', 'oncology', 'radiation', 'surgery', 'support']
const MOST_TEXT = 2000
const DAY = 86_400_000
/** Days of meetings in a list where nobody says otherwise. */
const SPAN = 60

const askedMeeting = (fields: Fields, who: string): MeetingAsked => ({
  title: fields.text('title', 200),
  startsAt: fields.instant('startsAt'),
  minutes: fields.whole('minutes', 5, 600),
  readingHours: fields.has('readingHours') ? fields.whole('readingHours', 0, 24 * 14) : READING_HOURS,
  sites: fields.texts('sites', 50),
  chair: fields.has('chair') ? fields.reference('chair') : who,
})

const askedMember = (fields: Fields): BoardMember => ({
  who: fields.reference('who'),
  name: fields.text('name', 200),
  specialty: fields.oneOf('specialty', SPECIALTIES),
})

/** Meetings across sites: when, who, and the agenda. */
export function meetingRoutes(config: BoardConfig): readonly Route[] {
  const { store, now } = config
  const db = store.database

  const detail = (request: ApiRequest, id: string) => meetingDetail(config, request, id)
  const shown = (request: ApiRequest) => () => detail(request, request.params.meeting!)

  /** A write of one meeting, for those who set its agenda (`isOwn`: and for whom it is about). */
  const arranging = <T>(
    request: ApiRequest,
    work: (tx: StoreTransaction, row: MeetingRow) => Promise<Answer<T>>,
    isOwn = false,
  ): Promise<Answer<T>> =>
    written(config, request, async (tx) => {
      const row = await meetingRow(tx.sql, request.params.meeting!)
      if (row === undefined) return err(noMeeting())
      const refused = isOwn ? undefined : onlyArrangers(request, row)
      return refused ? err([refused]) : work(tx, row)
    })

  const list: Route = {
    id: 'board.meetings',
    method: 'GET',
    path: '/board/meetings',
    rule: { interaction: 'search', about: 'board' },
    summary: 'Meetings of the tumour boards in a span of time, the earliest first; of no patient',
    schema: { query: { from: { type: 'string', format: 'date-time' }, to: { type: 'string', format: 'date-time' } } },
    handle: async (request) => {
      const query = queryOf(request.query, ['from', 'to'])
      const at = now().getTime()
      const from = instantIn(query, 'from') ?? new Date(at - DAY).toISOString()
      const to = instantIn(query, 'to') ?? new Date(at + SPAN * DAY).toISOString()
      return json({ items: await meetingsBetween(db, from, to) })
    },
  }
  const create: Route = {
    id: 'board.meeting-create',
    method: 'POST',
    path: '/board/meetings',
    rule: { interaction: 'create', about: 'board' },
    summary:
      'A new meeting: when it begins, how long it is, which sites take part; who makes it takes the chair where nobody else is named',
    handle: async (request) => {
      const { meeting, chair } = asked(request, (fields) => ({
        meeting: askedMeeting(fields, contextOf(request).who),
        chair: { name: fields.text('chairName', 200), specialty: fields.oneOf('chairSpecialty', SPECIALTIES) },
      }))
      if (meeting.sites.length === 0) refuse('invalid-request', 'sites', 'names no site', 'name the sites that take part')
      const id = orThrow(await written(config, request, async (tx) => ok(await createMeeting(tx.sql, tx.author, now(), meeting, chair))))
      return json(await foundMeeting(store, id), 201)
    },
  }
  const read: Route = {
    id: 'board.meeting',
    method: 'GET',
    path: '/board/meetings/:meeting',
    rule: { interaction: 'read', about: 'board', idFrom: 'meeting' },
    summary: 'One meeting with its agenda, members, interests and who is there; of each case what the caller may see',
    handle: async (request) => {
      queryOf(request.query, [])
      return json(await detail(request, request.params.meeting!))
    },
  }
  const change: Route = {
    id: 'board.meeting-change',
    method: 'POST',
    path: '/board/meetings/:meeting',
    rule: { interaction: 'update', about: 'board', idFrom: 'meeting' },
    summary: 'Another time, length, chair or other sites; closes a meeting, or opens it again',
    handle: async (request) => {
      const { version, wanted } = asked(request, (fields) => ({
        version: versionIn(fields),
        wanted: { ...askedMeeting(fields, contextOf(request).who), state: fields.oneOf('state', ['planned', 'closed'] as const) },
      }))
      const result = await arranging(request, (tx, { id }) => changeMeeting(tx.sql, tx.author, now(), id, version, wanted))
      return answered(result, request, shown(request), shown(request))
    },
  }
  const order: Route = {
    id: 'board.agenda',
    method: 'POST',
    path: '/board/meetings/:meeting/agenda',
    rule: { interaction: 'update', about: 'board', idFrom: 'meeting' },
    summary: 'The agenda as it shall be: ids of cases in their order; what is left out goes back to the queue',
    handle: async (request) => {
      const { version, ids } = asked(request, (fields) => ({ version: versionIn(fields), ids: fields.texts('order', MOST_CASES) }))
      const { role } = contextOf(request)
      // a case comes on an agenda by somebody who could ask for it, or by who makes agendas: a chair does not open charts to a meeting
      const result = await arranging(request, (tx, { id }) =>
        arrange(tx.sql, tx.author, now(), id, version, ids, async ({ patient }) =>
          role === 'coordinator' ? true : (await request.decide({ interaction: 'create', type: 'board-case', patient }, tx.sql)).allowed,
        ),
      )
      return answered(result, request, shown(request), shown(request))
    },
  }
  const member: Route = {
    id: 'board.member',
    method: 'POST',
    path: '/board/meetings/:meeting/members',
    rule: { interaction: 'update', about: 'board', idFrom: 'meeting' },
    summary: 'Gives somebody a seat: from `opensAt` to `endsAt` this person may read the charts on the agenda',
    handle: async (request) => {
      const seat = asked(request, askedMember)
      orThrow(
        await arranging(request, async (tx, { id }) => {
          await addMember(tx.sql, tx.author, now(), id, seat)
          return ok(true)
        }),
      )
      return json(await detail(request, request.params.meeting!))
    },
  }
  const leave: Route = {
    id: 'board.member-remove',
    method: 'POST',
    path: '/board/meetings/:meeting/members/remove',
    rule: { interaction: 'update', about: 'board', idFrom: 'meeting' },
    summary: 'Takes a seat back; the charts are closed to this person at once',
    handle: async (request) => {
      const who = asked(request, (fields) => fields.reference('who'))
      const isOwn = who === contextOf(request).who
      orThrow(await arranging(request, (tx, row) => removeMember(tx.sql, tx.author, now(), row, who), isOwn))
      return json(await detail(request, request.params.meeting!))
    },
  }
  const interest: Route = {
    id: 'board.interest',
    method: 'POST',
    path: '/board/meetings/:meeting/interests',
    rule: { interaction: 'update', about: 'board', idFrom: 'meeting' },
    summary:
      'A conflict of interest, declared by oneself: for one case, or without `case` for the whole meeting; `text: null` takes it back',
    handle: async (request) => {
      const { boardCase, text } = asked(request, (fields) => ({
        boardCase: fields.optionalText('case', 64) ?? '',
        text: fields.textOrNull('text', MOST_TEXT),
      }))
      const id = request.params.meeting!
      const meeting = await foundMeeting(store, id)
      const { who } = contextOf(request)
      if (!meeting.members.some((one) => one.who === who))
        refuse('forbidden', 'meeting', 'only its members declare an interest here', 'ask the chair for a seat')
      if (boardCase !== '' && !(await agendaOf(db, id)).some((one) => one.id === boardCase))
        refuse('invalid-request', 'case', 'is not on this agenda', 'read the agenda again')
      orThrow(
        await written(config, request, async (tx) => {
          await declareInterest(tx.sql, tx.author, now(), id, boardCase, text)
          return ok(true)
        }),
      )
      return json(await detail(request, id))
    },
  }
  const presence: Route = {
    id: 'board.presence',
    method: 'POST',
    path: '/board/meetings/:meeting/presence',
    rule: { interaction: 'update', about: 'board', idFrom: 'meeting' },
    summary: 'A sign of life of somebody at the meeting; tells who else is there and the number of the newest change',
    handle: async (request) => {
      const viewing = asked(request, (fields) => fields.optionalText('viewing', 64) ?? '')
      const id = request.params.meeting!
      const { who } = contextOf(request)
      const seat = (await foundMeeting(store, id)).members.find((one) => one.who === who)
      // who has no seat looks on without being listed
      const present =
        seat === undefined ? await presentAt(db, now(), id) : await markPresent(db, now(), id, { who, name: seat.name, viewing })
      return json({ present, seq: await newestEvent(db, id), now: now().toISOString() })
    },
  }
  const people: Route = {
    id: 'board.people',
    method: 'GET',
    path: '/board/people',
    rule: { interaction: 'search', about: 'board' },
    summary: 'Who can be asked to a board or to see to something: names, roles and sites of the directory, and the sites of the network',
    handle: async (request) => {
      queryOf(request.query, [])
      const directory: BoardDirectory = { items: await boardPeople(db), sites: await boardSites(db) }
      return json(directory)
    },
  }
  return [list, create, read, change, order, member, leave, interest, presence, people]
}

const noMeeting = () => [
  {
    code: 'not-found' as const,
    severity: 'error' as const,
    path: 'meeting',
    message: 'there is no such meeting here',
    remedy: 'read the list again',
  },
]
