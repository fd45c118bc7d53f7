import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditHooks, openAccess } from '../src/access/index.ts'
import { buildServer } from '../src/api/index.ts'
import { openKnowledge } from '../src/compose.ts'
import type { OwnPlan, OwnPlans } from '../src/contract/own-plan.ts'
import { ownPlanRoutes, phonesIn } from '../src/own-plan/index.ts'
import { planMaker } from '../src/plans/index.ts'
import { openStore, type Store } from '../src/store/index.ts'
import { recordChart } from './store/charts.ts'

const { knowledge } = openKnowledge()
const TODAY = '2026-11-23'
const NOW = new Date(`${TODAY}T12:00:00Z`)
const OWN = 'no-driver-pdl1-80-fit'
const OTHER = 'egfr-exon19-brain-mets-fit'
const NUMBERS = { day: '+49 30 555 1', night: '+49 30 555 2' }
const maker = planMaker(knowledge)

let store: Store
let server: FastifyInstance
beforeAll(async () => {
  store = await openStore({ database: { memory: true }, hooks: auditHooks, clock: () => NOW })
  for (const name of [OWN, OTHER]) await recordChart(store, name, 'north')
  const subject = { reference: `Patient/${OWN}` }
  const resources = [
    { resourceType: 'RelatedPerson', id: 'daughter', active: true, patient: subject },
    { resourceType: 'RelatedPerson', id: 'former', active: false, patient: subject },
    {
      resourceType: 'Practitioner',
      id: 'ada',
      name: [{ family: 'Lungwell', given: ['Ada'] }],
      telecom: [{ system: 'phone', value: '+49 30 1234' }],
    },
    {
      resourceType: 'CareTeam',
      id: 'team',
      status: 'active',
      subject,
      participant: [{ member: { reference: 'Practitioner/ada' }, role: [{ text: 'Lung nurse' }] }],
    },
    ...[
      ['soon', '2026-12-01T09:30:00Z', 'booked'],
      ['past', '2026-11-01T09:30:00Z', 'booked'],
      ['off', '2026-12-02T09:30:00Z', 'cancelled'],
    ].map(([id, start, status]) => ({
      resourceType: 'Appointment',
      id: id!,
      status,
      start,
      description: 'Scan of the chest',
      participant: [{ actor: subject, status: 'accepted' }],
    })),
    {
      resourceType: 'ServiceRequest',
      id: 'panel',
      status: 'active',
      intent: 'order',
      code: { text: 'Gene panel' },
      subject,
      authoredOn: '2026-11-20',
    },
  ]
  const kept = await store.commit(
    { who: 'Device/test', site: 'north' },
    resources.map((resource) => ({ kind: 'update', resource })),
  )
  if (!kept.ok) throw new Error(kept.error[0]!.message)
  const identify = ({ requestId, headers }: { requestId: string; headers: { readonly authorization?: string | undefined } }) => {
    const [role, who] = (headers.authorization ?? '').replace('Bearer ', '').split(';')
    return Promise.resolve(
      role === undefined || who === undefined ? undefined : { requestId, who, role, site: 'north', purpose: 'PATRQT' as const },
    )
  }
  server = buildServer({
    routes: ownPlanRoutes({ store, maker: () => maker, today: () => TODAY, now: () => NOW, phones: new Map([['north', NUMBERS]]) }),
    access: openAccess({ database: store.database, identify: identify as never, now: () => NOW }),
  })
}, 120_000)
afterAll(async () => {
  await server.close()
  await store.close()
})

const ask = (url: string, role: string, who: string) => server.inject({ url, headers: { authorization: `Bearer ${role};${who}` } })
const own = async (): Promise<OwnPlan> => (await ask(`/my-plan/${OWN}`, 'patient', `Patient/${OWN}`)).json()
const textOf = ({ sections }: OwnPlan): string => sections.flatMap(({ lines }) => lines.map(({ text }) => text)).join('\n')

test('oneself, and for whom one cares: nobody else, and nobody who works here', async () => {
  const people = async (role: string, who: string) =>
    ((await ask('/my-plan', role, who)).json() as OwnPlans).people.map(({ patient }) => patient)
  expect(await people('patient', `Patient/${OWN}`)).toEqual([OWN])
  expect(await people('carer', 'RelatedPerson/daughter')).toEqual([OWN])
  expect(await people('carer', 'RelatedPerson/former')).toEqual([])
  const status = async (patient: string, role: string, who: string) => (await ask(`/my-plan/${patient}`, role, who)).statusCode
  expect(await status(OWN, 'patient', `Patient/${OWN}`)).toBe(200)
  expect(await status(OTHER, 'patient', `Patient/${OWN}`)).toBe(403)
  expect(await status(OWN, 'carer', 'RelatedPerson/daughter')).toBe(200)
  expect(await status(OTHER, 'carer', 'RelatedPerson/daughter')).toBe(403)
  expect(await status(OWN, 'carer', 'RelatedPerson/former')).toBe(403)
  for (const role of ['oncologist', 'navigator', 'administrator', 'researcher', 'integration'])
    expect(await status(OWN, role, `Practitioner/${role}`), role).toBe(403)
})

test('before a clinician has decided no treatment of the plan is spoken of; days, results on their way and the team are', async () => {
  const plan = await own()
  expect(plan.decided).toBeUndefined()
  const made = maker.make(await store.chart(OWN), TODAY)
  if (!made.ok) throw new Error('invariant: the example has a plan')
  const drugs = new Set(made.value.document.options.flatMap((option) => option.drugs))
  expect(drugs.size).toBeGreaterThan(2)
  for (const drug of drugs) expect(textOf(plan).toLowerCase(), drug).not.toContain(drug)
  expect(plan.sections.map(({ id }) => id)).not.toContain('choices')
  expect(plan.sections.map(({ id }) => id)).toEqual(expect.arrayContaining(['have', 'next', 'support', 'team', 'questions', 'about']))
  expect(plan.appointments).toEqual([{ id: 'soon', at: '2026-12-01T09:30:00Z', what: 'Scan of the chest' }])
  expect(plan.waiting).toEqual([{ id: 'panel', title: 'Gene panel', orderedOn: '2026-11-20' }])
  expect(plan.team).toContainEqual({ name: 'Ada Lungwell', role: 'Lung nurse', phone: '+49 30 1234' })
})

test('the numbers of the site stand wherever the page says whom to call', async () => {
  const plan = await own()
  const numbers = plan.sections.map(({ id, lines }) => [id, lines.flatMap(({ number }) => number ?? [])] as const)
  expect(new Map(numbers).get('team')).toEqual([NUMBERS.day, NUMBERS.night])
  expect(new Map(numbers).get('side-effects')).toEqual(expect.arrayContaining([NUMBERS.day, NUMBERS.night]))
  expect(JSON.stringify(plan.sections)).not.toContain('the letter from your clinic')
})

describe('the file of numbers', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'phones-'))
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))
  const read = (text: string) => {
    fs.writeFileSync(path.join(folder, 'phones.json'), text)
    return phonesIn(path.join(folder, 'phones.json'))
  }
  test('is read by site', () => {
    expect(read(JSON.stringify({ north: NUMBERS }))).toEqual({ ok: true, value: new Map([['north', NUMBERS]]) })
    expect(phonesIn(undefined)).toEqual({ ok: true, value: new Map() })
  })
  test.each(['[]', '{', '{"north": {"day": "ask"}}', '{"north": {}, "south": {"day": "12345"}}'])('is refused whole: %s', (text) => {
    const refused = read(text)
    expect(refused.ok).toBe(false)
    if (!refused.ok) expect(refused.error[0]!.remedy).toContain('"day"')
  })
  test('that is not there is refused', () => expect(phonesIn(path.join(folder, 'none.json')).ok).toBe(false))
})

test('what was decided stands with its day and who signed it; nothing else of the plan does, and what has fallen since is not gone on with', async () => {
  const content = await store.chart(OWN)
  const made = maker.make(content, TODAY)
  if (!made.ok) throw new Error('invariant: the example has a plan')
  const { document, digest } = made.value
  const chosen = document.options.find(({ drugs, standing }) => drugs.length > 0 && standing !== 'needs-data')!
  const decide = (id: string, seen: readonly string[]) =>
    store.decisions.append(
      OWN,
      {
        optionsSeen: seen,
        chosen: id,
        reason: 'agreed at the board',
        dissent: [],
        planDigest: digest,
        chartRevision: content.revision,
        knowledgeRelease: 'test',
        asOf: TODAY,
      },
      { who: 'Practitioner/ada', site: 'north' },
    )
  const all = document.options.map(({ id }) => id)
  expect((await decide(chosen.id, all)).ok).toBe(true)
  const plan = await own()
  expect(plan.decided).toMatchObject({ by: 'Ada Lungwell', hasChanged: false })
  expect(plan.decided!.title).toBeDefined()
  for (const drug of chosen.drugs) expect(textOf(plan).toLowerCase()).toContain(drug.replaceAll('-', ' '))
  const others = new Set(document.options.flatMap(({ drugs }) => drugs).filter((drug) => !chosen.drugs.includes(drug)))
  for (const drug of others) expect(textOf(plan).toLowerCase(), drug).not.toContain(drug)
  // words of clinicians to one another are not for the page
  expect(JSON.stringify(plan)).not.toContain('agreed at the board')

  expect((await decide('an-option-that-is-gone', [...all, 'an-option-that-is-gone'])).ok).toBe(true)
  const later = await own()
  expect(later.decided).toMatchObject({ hasChanged: true })
  expect(later.decided!.title).toBeUndefined()
  expect(later.sections.map(({ id }) => id)).not.toContain('choices')
})

test('time is spoken of only to whoever has asked', async () => {
  expect((await own()).outlook).toBeUndefined()
  const asked = await store.commit({ who: 'Device/test', site: 'north' }, [
    {
      kind: 'update',
      resource: {
        resourceType: 'Goal',
        id: 'wish',
        lifecycleStatus: 'active',
        description: { text: 'Wants to know everything, all the figures' },
        subject: { reference: `Patient/${OWN}` },
        startDate: TODAY,
      },
    },
  ])
  if (!asked.ok) throw new Error(asked.error[0]!.message)
  const { outlook, sections } = await own()
  expect(sections.map(({ id }) => id)).not.toContain('outlook')
  expect(outlook?.lines[0]?.text).toBe('You asked to hear all we know.')
})
