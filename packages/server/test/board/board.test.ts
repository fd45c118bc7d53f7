import fs from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditSearchRoutes } from '../../src/access/audit/search.ts'
import { accessRoutes, auditHooks, openAccess } from '../../src/access/index.ts'
import { type Access, buildServer } from '../../src/api/index.ts'
import { boardRoutes } from '../../src/board/index.ts'
import { openKnowledge } from '../../src/compose.ts'
import type {
  AuditFound,
  BoardCase,
  BoardDirectory,
  BoardDraft,
  BoardMeeting,
  BoardMeetingDetail,
  CareTeamView,
  DecisionMade,
  FollowUp,
} from '../../src/contract/board.ts'
import { type Jobs, startJobs } from '../../src/jobs/index.ts'
import { planMaker, planRoutes } from '../../src/plans/index.ts'
import { openStore, type Store } from '../../src/store/index.ts'
import { recordChart } from '../store/charts.ts'

const { knowledge } = openKnowledge()
const TODAY = '2026-11-23'
let instant = Date.parse(`${TODAY}T10:00:00Z`)
const now = () => new Date(instant)

/** `role;id;site` as a sign-in would give it. */
const identify: Access['identify'] = ({ headers, requestId }) => {
  const [role, id, site] = (headers.authorization ?? '').replace('Bearer ', '').split(';')
  if (!role) return Promise.resolve(undefined)
  return Promise.resolve({ requestId, role, who: `Practitioner/${id}`, site: site!, purpose: 'TREAT' })
}

let store: Store
let jobs: Jobs
let server: FastifyInstance
/** Of the north and of the south. */
let ours: string
let theirs: string
beforeAll(async () => {
  store = await openStore({ database: { memory: true }, hooks: auditHooks, clock: now })
  const maker = planMaker(knowledge)
  jobs = await startJobs({ store, maker: () => maker, today: () => TODAY, now, tell: () => {}, pollMilliseconds: 20 })
  ours = await recordChart(store, 'egfr-exon19-brain-mets-fit', 'north')
  theirs = await recordChart(store, 'squamous-pdl1-0', 'south')
  await jobs.idle()
  const config = { store, maker: () => maker, today: () => TODAY, now }
  const routes = [...planRoutes(config), ...accessRoutes(store.database, now), ...auditSearchRoutes(store.database), ...boardRoutes(config)]
  server = buildServer({ routes, access: openAccess({ database: store.database, identify, now }) })
}, 120_000)
afterAll(async () => {
  await server.close()
  await jobs.stop()
  await store.close()
})

const CHAIR = 'oncologist;chair;north'
const SURGEON = 'surgeon;sara;south'
const COORDINATOR = 'coordinator;cora;north'
const get = (who: string, url: string) => server.inject({ method: 'GET', url, headers: { authorization: `Bearer ${who}` } })
const post = (who: string, url: string, payload: object, key?: string) =>
  server.inject({
    method: 'POST',
    url,
    payload,
    headers: { authorization: `Bearer ${who}`, ...(key ? { 'idempotency-key': key } : {}) },
  })
const ask = (who: string, patient: string) =>
  post(who, `/board/patients/${patient}/cases`, { question: 'drug first, or the brain first?', urgency: 'soon' })
const detailOf = async (who: string, id: string): Promise<BoardMeetingDetail> =>
  (await get(who, `/board/meetings/${id}`)).json() as BoardMeetingDetail

let meeting: BoardMeeting
let ourCase: BoardCase
let theirCase: BoardCase

describe('a meeting across sites', () => {
  test('a case is asked for by who treats the patient, once, and stands in the queue with what is missing', async () => {
    expect((await ask(CHAIR, theirs)).statusCode).toBe(403)
    ourCase = (await ask(CHAIR, ours)).json() as BoardCase
    theirCase = (await ask(SURGEON, theirs)).json() as BoardCase
    expect(ourCase).toMatchObject({ patient: `Patient/${ours}`, state: 'waiting', askedBy: 'Practitioner/chair', minutes: 10 })
    expect(ourCase.readiness.items.length).toBeGreaterThan(0)
    expect((await ask(CHAIR, ours)).statusCode).toBe(409)
    const { items } = (await get(CHAIR, '/board/queue')).json() as { items: BoardCase[] }
    expect(items.map(({ id }) => id)).toEqual([ourCase.id])
  })

  test('who makes agendas sees that cases wait and which tests are out, and nothing of the question', async () => {
    const { items } = (await get(COORDINATOR, '/board/queue')).json() as { items: BoardCase[] }
    expect(items.map(({ question, story }) => [question, story])).toEqual([
      [null, undefined],
      [null, undefined],
    ])
    expect(items.flatMap(({ readiness }) => readiness.items).every(({ kind }) => kind === 'test')).toBe(true)
  })

  test('a meeting is made; its agenda takes cases of its sites by who may put them there, and no chart is opened by a chair alone', async () => {
    const made = await post(CHAIR, '/board/meetings', {
      title: 'Thoracic board',
      startsAt: `${TODAY}T11:00:00Z`,
      minutes: 60,
      readingHours: 2,
      sites: ['north', 'south'],
      chairName: 'Dr Chair',
      chairSpecialty: 'oncology',
    })
    expect(made.statusCode).toBe(201)
    meeting = made.json() as BoardMeeting
    expect(meeting).toMatchObject({ opensAt: `${TODAY}T09:00:00.000Z`, endsAt: `${TODAY}T13:00:00.000Z`, version: 1 })
    const agenda = `/board/meetings/${meeting.id}/agenda`
    expect((await post(SURGEON, agenda, { version: 1, order: [] })).statusCode).toBe(403)
    expect((await post(CHAIR, agenda, { version: 1, order: [ourCase.id, theirCase.id] })).statusCode).toBe(400)
    const set = await post(COORDINATOR, agenda, { version: 1, order: [theirCase.id, ourCase.id] })
    expect((set.json() as BoardMeetingDetail).agenda.map(({ id, place }) => [id, place])).toEqual([
      [theirCase.id, 1],
      [ourCase.id, 2],
    ])
    // now that it stands on the agenda of a meeting that is open for reading, its members reach it
    expect((await get(CHAIR, `/plans/${theirs}`)).statusCode).toBe(200)
    expect((await get(SURGEON, `/plans/${ours}`)).statusCode).toBe(403)
    const seat = { who: 'Practitioner/sara', name: 'Dr Sara', specialty: 'surgery' }
    expect((await post(SURGEON, `/board/meetings/${meeting.id}/members`, seat)).statusCode).toBe(403)
    expect((await post(CHAIR, `/board/meetings/${meeting.id}/members`, seat)).statusCode).toBe(200)
    expect((await get(SURGEON, `/plans/${ours}`)).statusCode).toBe(200)
  })

  test('an agenda that was changed meanwhile is not written over: both versions are answered', async () => {
    const agenda = `/board/meetings/${meeting.id}/agenda`
    const late = await post(CHAIR, agenda, { version: 1, order: [ourCase.id] })
    expect(late.statusCode).toBe(412)
    const { theirs: stands, yours } = late.json() as { theirs: BoardMeetingDetail; yours: { order: string[] } }
    expect(stands.agenda.map(({ id }) => id)).toEqual([theirCase.id, ourCase.id])
    expect(yours.order).toEqual([ourCase.id])
  })

  test('what was sent before the connection broke is done once, and answered again', async () => {
    const agenda = `/board/meetings/${meeting.id}/agenda`
    const send = () => post(CHAIR, agenda, { version: 2, order: [ourCase.id, theirCase.id] }, 'key-of-this-order')
    const [first, again] = [await send(), await send()]
    expect([first.statusCode, again.statusCode]).toEqual([200, 200])
    expect((again.json() as BoardMeetingDetail).version).toBe(3)
    const other = await post(CHAIR, agenda, { version: 3, order: [ourCase.id, theirCase.id] }, 'key-of-this-order')
    expect(other.statusCode).toBe(422)
  })

  test('who sees to what is missing is kept beside it', async () => {
    const one = (await get(CHAIR, `/board/cases/${ourCase.id}`)).json() as BoardCase
    const item = one.readiness.items[0]!
    const owner = { owner: 'Practitioner/nina', ownerName: 'Nina', dueOn: '2026-11-25' }
    const done = await post(CHAIR, `/board/cases/${ourCase.id}/preparation`, { version: one.version, item: item.id, ...owner })
    expect((done.json() as BoardCase).readiness.items[0]).toMatchObject({ id: item.id, ...owner })
    const late = await post(SURGEON, `/board/cases/${ourCase.id}/preparation`, { version: one.version, item: item.id, ...owner })
    expect(late.statusCode).toBe(412)
  })

  test('those who are there see each other, for as long as they give signs of life', async () => {
    const here = (who: string) => post(who, `/board/meetings/${meeting.id}/presence`, { viewing: ourCase.id })
    await here(CHAIR)
    const both = (await here(SURGEON)).json() as { present: { name: string }[]; seq: number }
    expect(both.present.map(({ name }) => name)).toEqual(['Dr Chair', 'Dr Sara'])
    expect(both.seq).toBe((await detailOf(CHAIR, meeting.id)).seq)
    instant += 60_000
    expect(((await here(SURGEON)).json() as { present: unknown[] }).present).toHaveLength(1)
  })
})

describe('decisions', () => {
  const planOf = async (who: string, patient: string) => {
    const answer = await get(who, `/plans/${patient}`)
    return { digest: String(answer.headers.etag).replaceAll('"', ''), first: (answer.json() as { options: { id: string }[] }).options[0]! }
  }
  const decision = (digest: string, chosen: string | null, more: object = {}) => ({
    planDigest: digest,
    asOf: TODAY,
    chosen,
    reason: 'fits, and she wants tablets',
    preference: 'at home with my dog',
    dissent: [{ who: 'Dr Sara', reason: 'brain first' }],
    owner: 'Practitioner/nina',
    ownerName: 'Nina',
    dueOn: '2026-11-27',
    after: 0,
    ...more,
  })
  const url = () => `/board/patients/${ours}/decisions`

  test.each([
    ['no owner', { owner: undefined }, 400],
    ['no such option', { chosen: 'no-such-option' }, 400],
    ['none of them, and not what instead', { chosen: null }, 400],
    ['no reason', { reason: ' ' }, 400],
    ['a due date that is no day', { dueOn: '2026-02-30' }, 400],
    ['a plan of another day', { asOf: '2026-11-24' }, 412],
    ['a field that nobody knows', { done: true }, 400],
  ])('is refused: %s', async (_name, more, status) => {
    const { digest, first } = await planOf(CHAIR, ours)
    expect((await post(CHAIR, url(), decision(digest, first.id, more))).statusCode).toBe(status)
  })

  test('whoever declared an interest in the case does not record its decision', async () => {
    const interests = `/board/meetings/${meeting.id}/interests`
    const { digest, first } = await planOf(SURGEON, ours)
    await post(SURGEON, interests, { case: ourCase.id, text: 'I am paid by the trial' })
    expect((await detailOf(CHAIR, meeting.id)).interests).toMatchObject([{ who: 'Practitioner/sara', case: ourCase.id }])
    expect((await post(SURGEON, url(), decision(digest, first.id, { case: ourCase.id }))).statusCode).toBe(403)
    await post(SURGEON, interests, { case: ourCase.id, text: null })
  })

  test('of two who decide the same case the second is told what the first decided, and loses nothing', async () => {
    const { digest, first } = await planOf(CHAIR, ours)
    const made = await post(CHAIR, url(), decision(digest, first.id, { case: ourCase.id }), 'the-decision')
    expect(made.statusCode).toBe(200)
    expect((await post(CHAIR, url(), decision(digest, first.id, { case: ourCase.id }), 'the-decision')).json()).toEqual(made.json())
    const second = await post(SURGEON, url(), decision(digest, null, { other: 'surgery', case: ourCase.id }))
    expect(second.statusCode).toBe(412)
    expect(second.json()).toMatchObject({ theirs: { number: 1, chosen: first.id }, yours: { other: 'surgery' } })
    expect(await store.decisions.list(ours)).toHaveLength(1)
    const [entry] = (await detailOf(SURGEON, meeting.id)).agenda
    expect(entry).toMatchObject({ state: 'decided', decision: { chosen: first.id, preference: 'at home with my dog' } })
  })

  test('another decision of the same case takes the place of the first; each open one stands in exactly one list', async () => {
    const { digest } = await planOf(SURGEON, ours)
    const made = await post(SURGEON, url(), decision(digest, null, { other: 'resect first', case: ourCase.id, after: 1 }))
    expect((made.json() as DecisionMade).decision).toMatchObject({ number: 2, title: 'resect first' })
    const { items } = (await get(CHAIR, '/board/follow-through?of=all')).json() as { items: FollowUp[] }
    expect(items.map(({ title, owner }) => [title, owner])).toEqual([['resect first', 'Practitioner/nina']])
    const closed = (await get(CHAIR, '/board/follow-through?of=all&state=closed')).json() as { items: FollowUp[] }
    expect(closed.items.map((one) => one.closed?.outcome)).toEqual(['superseded'])
  })

  test('the owner closes it with a reason, may take that back, and hands it over', async () => {
    const nina = 'navigator;nina;north'
    const list = async () => ((await get(nina, '/board/follow-through')).json() as { items: FollowUp[] }).items
    const [one] = await list()
    expect(one).toMatchObject({ title: 'resect first', isOverdue: false, ownerName: 'Nina' })
    const at = `/board/follow-through/${one!.id}`
    expect((await post('dietitian;dora;west', `${at}/closing`, { version: 1, outcome: 'done' })).statusCode).toBe(403)
    expect((await post(nina, `${at}/closing`, { version: 1, outcome: 'not-done' })).statusCode).toBe(400)
    const closed = await post(nina, `${at}/closing`, {
      version: 1,
      outcome: 'not-done',
      reason: 'patient-wish',
      note: 'wants no operation',
    })
    expect(closed.json()).toMatchObject({ closed: { outcome: 'not-done', reason: 'patient-wish' } })
    expect(await list()).toHaveLength(0)
    expect((await post(nina, `${at}/closing`, { version: 1, outcome: 'done' })).statusCode).toBe(412)
    expect((await post(nina, `${at}/reopening`, { version: 2 })).statusCode).toBe(200)
    const to = { owner: 'Practitioner/chair', ownerName: 'Dr Chair', dueOn: '2026-11-20' }
    expect((await post(nina, `${at}/owner`, { version: 3, ...to })).statusCode).toBe(200)
    expect(await list()).toHaveLength(0)
    const own = ((await get(CHAIR, '/board/follow-through')).json() as { items: FollowUp[] }).items
    expect(own).toMatchObject([{ id: one!.id, isOverdue: true }])
  })

  test('drafts say what was decided, and that they are drafts', async () => {
    const letter = (await get(CHAIR, `/board/patients/${ours}/drafts/general-practitioner`)).json() as BoardDraft
    expect(letter.notice).toContain('signs')
    const text = JSON.stringify(letter)
    for (const words of ['resect first', 'at home with my dog', 'brain first']) expect(text).toContain(words)
    const page = (await get(CHAIR, `/board/patients/${ours}/drafts/patient`)).json() as BoardDraft
    expect(page.sections.map(({ title }) => title)).toContain('What I have')
    expect((await get(CHAIR, `/board/patients/${ours}/drafts/insurer`)).statusCode).toBe(404)
  })

  test.each([
    ['the case', () => `/board/patients/${ours}/case.pdf`],
    ['the agenda', () => `/board/meetings/${meeting.id}/agenda.pdf`],
    ['the page for the patient', () => `/board/patients/${ours}/drafts/patient?format=pdf`],
  ])('%s on paper: a PDF whose name tells nobody', async (name, url) => {
    const answer = await get(CHAIR, url())
    expect(answer.statusCode).toBe(200)
    expect(answer.rawPayload.subarray(0, 5).toString()).toBe('%PDF-')
    expect(answer.headers['content-disposition']).not.toContain(ours)
    if (process.env.SHOTS) fs.writeFileSync(`${process.env.SHOTS}/${name.replaceAll(' ', '-')}.pdf`, answer.rawPayload)
  })

  test('when the meeting is over its members reach the charts of other sites no more', async () => {
    expect((await get(SURGEON, `/plans/${ours}`)).statusCode).toBe(200)
    const { version } = await detailOf(CHAIR, meeting.id)
    const { title, startsAt, minutes, sites } = meeting
    const closing = { version, title, startsAt, minutes, sites, readingHours: 2, state: 'closed' }
    expect((await post(SURGEON, `/board/meetings/${meeting.id}`, closing)).statusCode).toBe(403)
    expect((await post(CHAIR, `/board/meetings/${meeting.id}`, closing)).statusCode).toBe(200)
    expect((await get(SURGEON, `/plans/${ours}`)).statusCode).toBe(403)
    // of the agenda she sees that a case stood there
    expect((await detailOf(SURGEON, meeting.id)).agenda.map(({ patient }) => patient)).toEqual([null, `Patient/${theirs}`])
  })

  test('a seat is no way to the next one, and neither is a broken glass: who does not reach the chart asks for nothing and places nothing', async () => {
    const fresh = (await post(SURGEON, `/board/patients/${ours}/cases`, { question: 'again?', urgency: 'soon' })).statusCode
    expect(fresh).toBe(403)
    await post(SURGEON, '/break-glass', { patient: ours, reason: 'bleeding, on call, no time' })
    expect((await get(SURGEON, `/plans/${ours}`)).statusCode).toBe(200)
    expect((await post(SURGEON, `/board/patients/${ours}/cases`, { question: 'again?', urgency: 'soon' })).statusCode).toBe(403)
    const again = (await ask(CHAIR, ours)).json() as BoardCase
    const own = await post(SURGEON, '/board/meetings', {
      title: 'Mine',
      startsAt: `${TODAY}T12:00:00Z`,
      minutes: 60,
      sites: ['north', 'south'],
      chairName: 'Dr Sara',
      chairSpecialty: 'surgery',
    })
    const { id } = own.json() as BoardMeeting
    expect((await post(SURGEON, `/board/meetings/${id}/agenda`, { version: 1, order: [again.id] })).statusCode).toBe(400)
    await post(CHAIR, `/board/cases/${again.id}/withdrawal`, { version: again.version })
  })

  test('a meeting that is over is not moved: its charts would be open again', async () => {
    const before = instant
    instant += 24 * 3_600_000
    const { version, title, minutes, sites } = await detailOf(CHAIR, meeting.id)
    const moved = { version, title, minutes, sites, startsAt: new Date(instant).toISOString(), readingHours: 2, state: 'planned' }
    expect((await post(CHAIR, `/board/meetings/${meeting.id}`, moved)).statusCode).toBe(400)
    instant = before
  })

  test('what happened cannot be written over', async () => {
    await expect(store.database.query(`update board_event set body = '{}' where seq = 1`)).rejects.toThrow(/only grows/)
    const kinds = (await store.database.query<{ kind: string }>('select kind from board_event order by seq')).map(({ kind }) => kind)
    expect(kinds).toContain('agenda-set')
    expect(kinds.filter((kind) => kind === 'decided')).toHaveLength(2)
  })
})

describe('people', () => {
  const ADMIN = 'administrator;ada;north'
  test('an administrator opens and closes a chart by the care team, sees nothing of it, and a clash is told', async () => {
    const url = `/people/patients/${theirs}/care-team`
    expect((await get(CHAIR, url)).statusCode).toBe(403)
    const before = (await get(ADMIN, url)).json() as CareTeamView
    expect(before).toMatchObject({ version: 0, members: [] })
    const dora = { who: 'Practitioner/dora', name: 'Dora', role: 'Dietitian' }
    expect((await get('dietitian;dora;north', `/plans/${theirs}`)).statusCode).toBe(403)
    const after = (await post(ADMIN, url, { version: 0, members: [dora] })).json() as CareTeamView
    expect(after).toMatchObject({ version: 1, members: [dora] })
    expect((await get('dietitian;dora;north', `/plans/${theirs}`)).statusCode).toBe(200)
    const late = await post(ADMIN, url, { version: 0, members: [] })
    expect([late.statusCode, (late.json() as { theirs: CareTeamView }).theirs.members]).toEqual([412, [dora]])
    expect((await post(ADMIN, url, { version: 1, members: [] })).statusCode).toBe(200)
    expect((await get('dietitian;dora;north', `/plans/${theirs}`)).statusCode).toBe(403)
    expect((await get(ADMIN, `/plans/${theirs}`)).statusCode).toBe(403)
    const found = (await post(ADMIN, '/people/patients/search', { find: theirs })).json() as { items: { patient: string }[] }
    expect(found.items.map(({ patient }) => patient)).toEqual([`Patient/${theirs}`])
    expect((await post(ADMIN, '/people/patients/search', { find: '%' })).statusCode).toBe(400)
  })

  test('who has sat in a meeting can be asked again', async () => {
    const { items, sites } = (await get(CHAIR, '/board/people')).json() as BoardDirectory
    expect(items.map(({ name }) => name)).toContain('Dr Sara')
    // a site whose hospital nobody has recorded goes by its own name
    expect(sites).toContainEqual({ id: 'north', name: 'north' })
  })
})

describe('the audit log', () => {
  const PRIVACY = 'privacy-officer;petra;north'
  test('is searched by patient, by person, by refusal and by time, the newest first', async () => {
    const found = async (query: string) => (await get(PRIVACY, `/audit/events?${query}`)).json() as AuditFound
    const ofPatient = await found(`patient=${ours}&count=5`)
    expect(ofPatient.items).toHaveLength(5)
    expect(ofPatient.items.every(({ patient }) => patient === ours)).toBe(true)
    const next = await found(`patient=${ours}&count=5&cursor=${ofPatient.next}`)
    expect(next.items[0]!.seq).toBeLessThan(ofPatient.items.at(-1)!.seq)
    const refused = await found('who=Practitioner/sara&refused=yes')
    expect(refused.items.length).toBeGreaterThan(0)
    expect(refused.items.every(({ isRefused, who }) => isRefused && who === 'Practitioner/sara')).toBe(true)
    expect((await found('to=2020-01-01T00:00:00Z')).items).toHaveLength(0)
    expect((await get(CHAIR, '/audit/events')).statusCode).toBe(403)
    expect((await get(PRIVACY, '/audit/events?cursor=x')).statusCode).toBe(400)
    // she who looked stands in it herself
    expect((await found(`who=Practitioner/petra&patient=${ours}`)).items.length).toBeGreaterThan(0)
  })
})
