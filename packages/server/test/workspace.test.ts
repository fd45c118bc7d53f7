import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditSearchRoutes } from '../src/access/audit/search.ts'
import { auditHooks, openAccess, ROLES } from '../src/access/index.ts'
import { type Access, buildServer } from '../src/api/index.ts'
import { openKnowledge } from '../src/compose.ts'
import type { AuditFound, NetworkOverview, WorkspacePage } from '../src/contract/index.ts'
import { type Jobs, startJobs } from '../src/jobs/index.ts'
import { networkCounts, networkRoutes } from '../src/network/index.ts'
import { planMaker } from '../src/plans/index.ts'
import { type FhirResource, openStore, type Store } from '../src/store/index.ts'
import { startWorkspace, workspaceRoutes } from '../src/workspace/index.ts'
import { NEEDS, needsFor } from '../src/workspace/needs.ts'
import { recordChart } from './store/charts.ts'

const { knowledge } = openKnowledge()
const TODAY = '2026-11-23'
const now = () => new Date(`${TODAY}T10:00:00Z`)
const maker = planMaker(knowledge)

/** A sign-in as the provider's token would give it: `role;who;site`. */
const identify: Access['identify'] = ({ headers, requestId }) => {
  const [role, who, site] = (headers.authorization ?? '').replace('Bearer ', '').split(';')
  return Promise.resolve(role ? { requestId, role, who: who!, site: site!, purpose: 'TREAT' } : undefined)
}

let store: Store
let jobs: Jobs
let server: FastifyInstance
const counts = () =>
  networkCounts(
    store.database,
    () => knowledge,
    () => TODAY,
    now,
  )
const EGFR = 'egfr-exon19-brain-mets-fit'
const CORD = 'cord-compression-suspected'
const RENAL = 'egfr-renal-impairment'

const put = async (site: string, ...resources: readonly (FhirResource & { readonly id: string })[]): Promise<void> => {
  const result = await store.commit(
    { who: 'Device/test', site },
    resources.map((resource) => ({ kind: 'update', resource })),
  )
  if (!result.ok) throw new Error(result.error[0]!.message)
}
const order = (id: string, patient: string, more: object = {}) => ({
  resourceType: 'ServiceRequest',
  id,
  status: 'active',
  intent: 'order',
  code: { text: 'Sequencing panel' },
  subject: { reference: `Patient/${patient}` },
  authoredOn: '2026-11-01',
  ...more,
})

beforeAll(async () => {
  store = await openStore({ database: { memory: true }, hooks: auditHooks, clock: now })
  jobs = await startJobs({ store, maker: () => maker, today: () => TODAY, now, tell: () => {}, pollMilliseconds: 20 })
  for (const name of [EGFR, CORD, RENAL]) await recordChart(store, name, 'north')
  await recordChart(store, 'ros1-first-line', 'south')
  await put(
    'north',
    order('panel', EGFR),
    order('mind', EGFR, {
      code: { text: 'Psychotherapy' },
      meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'PSY' }] },
    }),
    order('due', CORD, { code: { text: 'MRI of the spine' }, occurrenceDateTime: '2026-11-20' }),
    {
      resourceType: 'Appointment',
      id: 'past',
      status: 'booked',
      start: '2026-11-19T09:00:00Z',
      participant: [{ actor: { reference: `Patient/${EGFR}` }, status: 'accepted' }],
    },
    {
      resourceType: 'CareTeam',
      id: 'team',
      status: 'active',
      subject: { reference: `Patient/${RENAL}` },
      participant: [{ member: { reference: 'Practitioner/dietitian' } }],
    },
  )
  await jobs.idle()
  server = buildServer({
    routes: [
      ...workspaceRoutes({ store, knowledge: () => knowledge, today: () => TODAY, now }),
      ...networkRoutes(counts()),
      ...auditSearchRoutes(store.database),
    ],
    access: openAccess({ database: store.database, identify, now }),
  })
}, 120_000)
afterAll(async () => {
  await server.close()
  await jobs.stop()
  await store.close()
})

const headersOf = (role: string, site = 'north') => ({ authorization: `Bearer ${role};Practitioner/${role};${site}` })
const ask = async (role: string, query: { [name: string]: string } = {}) => {
  const answer = await server.inject({ method: 'POST', url: '/workspace/patients/search', headers: headersOf(role), payload: query })
  return { status: answer.statusCode, page: answer.json() as WorkspacePage }
}
const idsOf = async (role: string, query: { [name: string]: string } = {}) =>
  (await ask(role, query)).page.items.map(({ patient }) => patient.slice('Patient/'.length))
const post = (role: string, url: string, payload: object) => server.inject({ method: 'POST', url, headers: headersOf(role), payload })

describe('finding', () => {
  test.each([
    ['the family name, whatever its case and accents', { search: 'FÍXTURE erna' }, [EGFR]],
    ['the record number', { search: 'fixture-egfr-exon19' }, [EGFR]],
    ['words of the story and a marker', { search: 'exon 19 brain' }, [EGFR]],
    ['nobody', { search: 'zebra' }, []],
    ['a wildcard is a letter like any other', { search: 'fix%ure' }, []],
  ])('%s', async (_name, query, found) => expect(await idsOf('oncologist', query)).toEqual(found))

  test('each by their own reach: a site, a team, the network without a clinical word', async () => {
    expect((await idsOf('oncologist')).toSorted()).toEqual([CORD, EGFR, RENAL].toSorted())
    // one of the care team, two of the site whose plan asks for nutrition: none of the south; and a group sees nobody whom nobody sent
    expect((await idsOf('dietitian')).toSorted()).toEqual([CORD, EGFR, RENAL].toSorted())
    expect(await idsOf('dietitian', { filter: 'referral' })).toContain(EGFR)
    expect(await idsOf('support-group')).toEqual([])
    expect(await idsOf('coordinator')).toHaveLength(4)
    expect((await ask('researcher')).status).toBe(403)
    const { page } = await ask('coordinator')
    expect(page.items.every(({ clinical, person }) => clinical === undefined && person?.name !== undefined)).toBe(true)
    expect(JSON.stringify(page)).not.toMatch(/adenocarcinoma|osimertinib|metasta/i)
    // a story that they may not read they cannot search either
    expect(await idsOf('coordinator', { search: 'adenocarcinoma' })).toEqual([])
    expect(page.summary!.sees).toEqual({ identity: true, clinical: false, mayHandle: false })
    expect((await ask('coordinator', { filter: 'emergency' })).status).toBe(400)
  })

  test('a record that is set apart is there, without a name for those who may not know it', async () => {
    const restricted = { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }
    const { body } = (await store.read('Patient', RENAL))!
    await put('north', { ...(JSON.parse(body!) as FhirResource), id: RENAL, meta: { security: [restricted] } })
    await jobs.idle()
    const [own] = (await ask('pharmacist', { filter: 'dose-question' })).page.items.filter(({ patient }) => patient.endsWith(RENAL))
    expect(own).toMatchObject({ patient: `Patient/${RENAL}` })
    expect(own!.person).toBeUndefined()
    expect(await idsOf('pharmacist', { search: 'fixture-egfr-renal' })).toEqual([])
    expect(await idsOf('oncologist', { search: 'fixture-egfr-renal' })).toEqual([RENAL])
  })

  test('what is no question is refused with a remedy', async () => {
    for (const query of [{ sort: 'age' }, { filter: 'nothing' }, { cursor: 'x' }, { count: '0' }, { colour: 'red' }, { closed: 'yes' }])
      expect({ query, status: (await ask('oncologist', query as never)).status }).toEqual({ query, status: 400 })
  })
})

describe('what comes first', () => {
  test('an emergency, then what the role is there for', async () => {
    expect((await idsOf('oncologist'))[0]).toBe(CORD)
    const { page } = await ask('pharmacist')
    const needs = new Map(page.items.map((item) => [item.patient.slice(8), item.needs]))
    expect(needs.get(CORD)![0]).toBe('emergency')
    expect(needs.get(RENAL)).toContain('dose-question')
    expect(await idsOf('radiation-oncologist', { filter: 'local-option' })).toContain(EGFR)
  })

  test('a test decides where its result could change what stands first, though something can be done today; the list names it', async () => {
    const { page } = await ask('oncologist', { filter: 'test-decides' })
    const of = (id: string) => page.items.find(({ patient }) => patient === `Patient/${id}`)?.clinical
    // worked by hand: osimertinib is recommended and can begin; a QTc above 500 ms would take it away, and no ECG is recorded
    expect(of(EGFR)).toMatchObject({ first: { standing: 'recommended' } })
    expect(
      of(EGFR)!
        .tests.filter(({ decides }) => decides)
        .map(({ id }) => id),
    ).toEqual(['ecg-qtc'])
    // an emergency that a test would settle
    expect(of(CORD)!.tests.find(({ decides }) => decides)).toMatchObject({ urgency: 'emergency' })
  })

  test('whoever sees the plan sees emergencies and urgent alerts before anything else', () => {
    for (const role of Object.keys(ROLES)) {
      const needs = needsFor(role, true)
      if (needs.some((need) => NEEDS[need].isClinical))
        expect({ role, first: needs.slice(0, 2) }).toEqual({ role, first: ['emergency', 'urgent'] })
    }
  })

  test('the counts of the lists are what the lists hold', async () => {
    for (const role of ['oncologist', 'navigator', 'pharmacist', 'coordinator', 'dietitian']) {
      const { summary } = (await ask(role)).page
      for (const { need, count } of summary!.needs)
        expect({ role, need, count: (await idsOf(role, { filter: need })).length }).toEqual({ role, need, count })
    }
  })

  test('orders: late by their own day; waiting and nothing more where nobody knows how long they take; none that is set apart', async () => {
    const { page } = await ask('navigator')
    const of = (id: string) => page.items.find(({ patient }) => patient === `Patient/${id}`)!
    expect(of(CORD).orders).toEqual([
      {
        id: 'due',
        title: 'MRI of the spine',
        authoredOn: '2026-11-01',
        waitingDays: 22,
        expectedOn: '2026-11-20',
        expectedFrom: 'order',
        isLate: true,
      },
    ])
    expect(of(EGFR).orders).toEqual([{ id: 'panel', title: 'Sequencing panel', authoredOn: '2026-11-01', waitingDays: 22, isLate: false }])
    expect(of(EGFR)).toMatchObject({
      missedAppointmentOn: '2026-11-19',
      needs: expect.arrayContaining(['appointment-missed', 'order-waiting']),
    })
    expect(JSON.stringify(page)).not.toContain('Psychotherapy')
  })

  test('the clock of a kind of order is what nine of ten took in this network, once there are enough of them', async () => {
    await store.database.query(
      `insert into workspace_order (patient, order_id, key, title, authored_on, reported_on, is_open)
       select 'other', 'o' || i, 'sequencing panel', 'Sequencing panel', date '2026-09-01', date '2026-09-01' + i, false from generate_series(1, 20) i`,
    )
    const upkeep = startWorkspace({ store, maker: () => maker, today: () => TODAY, now, tell: () => {} })
    await upkeep.run()
    await upkeep.stop()
    const { page } = await ask('navigator', { filter: 'order-overdue' })
    const panel = page.items.find(({ patient }) => patient === `Patient/${EGFR}`)!.orders[0]
    expect(panel).toMatchObject({
      isLate: true,
      expectedOn: '2026-11-19',
      expectedFrom: 'network',
      usual: { orders: 20, medianDays: 10, ninetiethDays: 18 },
    })
  })
})

describe('a changed plan', () => {
  const changeOf = async () =>
    (await ask('oncologist', { filter: 'changed' })).page.items.find(({ patient }) => patient.endsWith(CORD))?.clinical?.change

  test('is approved, opened again, put off and dismissed, each with its reason', async () => {
    const change = (await changeOf())!
    const url = `/workspace/patients/${CORD}/changes`
    for (const wrong of [
      { upTo: change.seq, as: 'approved' },
      { upTo: change.seq, as: 'dismissed', code: 'agreed' },
      { upTo: change.seq, as: 'snoozed', code: 'next-visit' },
      { upTo: change.seq, as: 'snoozed', code: 'next-visit', until: TODAY },
    ])
      expect((await post('oncologist', url, wrong)).statusCode).toBe(400)
    expect((await post('pharmacist', url, { upTo: change.seq, as: 'approved', code: 'agreed' })).statusCode).toBe(403)

    const done = await post('oncologist', url, { upTo: change.seq, as: 'approved', code: 'agreed' })
    expect(done.json()).toEqual({ seqs: [change.seq] })
    expect(await changeOf()).toBeUndefined()
    expect((await post('oncologist', url, { upTo: change.seq, as: 'approved', code: 'agreed' })).statusCode).toBe(404)
    expect((await post('surgeon', `${url}/undo`, done.json() as object)).statusCode).toBe(404)
    expect((await post('oncologist', `${url}/undo`, done.json() as object)).statusCode).toBe(200)
    expect((await changeOf())?.seq).toBe(change.seq)

    await post('oncologist', url, { upTo: change.seq, as: 'snoozed', code: 'next-visit', until: '2026-11-30' })
    expect(await changeOf()).toBeUndefined()
    await post('oncologist', `${url}/undo`, { seqs: [change.seq] })
    await post('oncologist', url, { upTo: change.seq, as: 'dismissed', code: 'not-applicable', note: 'seen at the bedside' })
    const [kept] = await store.database.query('select handled_as, handled_reason, handled_comment from plan_change where seq = $1', [
      change.seq,
    ])
    expect(kept).toEqual({ handled_as: 'dismissed', handled_reason: 'not-applicable', handled_comment: 'seen at the bedside' })
  })

  test('a decision takes the patient from those who wait for one, and a weighty change brings them back', async () => {
    const isDue = async () => (await idsOf('oncologist', { filter: 'decision-due' })).includes(CORD)
    expect(await isDue()).toBe(true)
    const decided = await store.decisions.append(
      CORD,
      { optionsSeen: ['a'], chosen: 'a', reason: 'fits', dissent: [], planDigest: '', chartRevision: 1, knowledgeRelease: '', asOf: TODAY },
      { who: 'Practitioner/1', site: 'north' },
    )
    expect(decided.ok).toBe(true)
    expect(await isDue()).toBe(false)
    const at = new Date(now().getTime() + 60_000).toISOString()
    await store.database.query(
      `insert into plan_change (patient, site, at, revision, knowledge_digest, cause, priority, changes) values ($1, 'north', $2, 9, 'x', 'data', 1, '[]')`,
      [CORD, at],
    )
    expect(await isDue()).toBe(true)
  })
})

test('pages hold while rows come and go: nothing is skipped, nothing is shown twice', async () => {
  const insert = (from: number, to: number) =>
    store.database.query(
      `insert into workspace_patient (patient, site, revision, status, is_closed, sort_name, identity_words, labels, clinical_words, markers, services, local_sites,
         emergencies, urgent_alerts, is_continuing, is_waiting_for_test, has_interaction, has_dose_question, has_surgery_option)
       select 'row-' || lpad(i::text, 4, '0'), 'west', 1, 'proposed', false, 'n' || lpad((i * 37 % 100)::text, 3, '0'), ' n', '', '', '{}', '{}', '{}', i % 3, 0, false, false, false, false, false
       from generate_series($1::int, $2::int) i`,
      [from, to],
    )
  await insert(1, 40)
  for (const sort of ['pressing', 'name']) {
    const seen: string[] = []
    const read = async (cursor?: string) => {
      const { page } = await ask('coordinator', { site: 'west', sort, count: '15', ...(cursor ? { cursor } : {}) })
      seen.push(...page.items.map(({ patient }) => patient))
      return page
    }
    const first = await read()
    expect(first.summary!.total).toBe(40)
    expect(JSON.stringify(first.next)).not.toContain('n0')
    await store.database.query(`delete from workspace_patient where patient = $1`, [seen[3]!.slice(8)])
    await insert(100, 104)
    const second = await read(first.next)
    await read(second.next)
    await store.database.query(`delete from workspace_patient where patient >= 'row-0100'`)
    const old = seen.filter((patient) => patient < 'Patient/row-0100')
    expect(new Set(seen).size).toBe(seen.length)
    expect(old).toHaveLength(40)
    await insert(Number(seen[3]!.slice(-4)), Number(seen[3]!.slice(-4)))
  }
  await store.database.query(`delete from workspace_patient where site = 'west'`)
})

test('rows of another form, and rows that are missing, are made again from the plans that stand', async () => {
  const read = () =>
    store.database.query<{ patient: string }>(
      'select patient, site, status, clinical_words, markers, form from workspace_patient order by patient',
    )
  const before = await read()
  expect(before.length).toBeGreaterThan(3)
  await store.database.query(`update workspace_patient set form = 0, clinical_words = '' where patient = $1`, [EGFR])
  await store.database.query('delete from workspace_patient where patient = $1', [CORD])
  const upkeep = startWorkspace({ store, maker: () => maker, today: () => TODAY, now, tell: () => {} })
  await upkeep.run()
  await upkeep.stop()
  expect(await read()).toEqual(before)
})

test('a look at the list is one event of the audit log, by which each patient of the page is found', async () => {
  const last = async () => (await store.database.query<{ seq: number }>('select coalesce(max(seq), 0) as seq from audit_event'))[0]!.seq
  const before = await last()
  await ask('navigator')
  expect(await last()).toBe(before + 1)
  const seenBy = async (patient: string) => {
    const answer = await server.inject({ method: 'GET', url: `/audit/events?patient=${patient}`, headers: headersOf('privacy-officer') })
    return (answer.json() as AuditFound).items.find(({ seq }) => seq === before + 1)
  }
  for (const patient of [CORD, EGFR, RENAL])
    expect(await seenBy(patient)).toMatchObject({
      who: 'Practitioner/navigator',
      route: 'workspace.search',
      patient,
      patients: 3,
      what: expect.arrayContaining([expect.stringMatching(`^Patient/${patient}/_history/`)]),
    })
  expect(await seenBy('ros1-first-line')).toBeUndefined()
  const [kept] = await store.database.query<{ body: string }>('select body from audit_event where seq = $1', [before + 1])
  expect(kept!.body).not.toMatch(/Fixture/)
})

test('a patient who is deleted is in no list', async () => {
  const passing = await recordChart(store, 'alk-pregnant', 'north')
  await jobs.idle()
  expect(await idsOf('oncologist')).toContain(passing)
  await store.commit({ who: 'Device/test', site: 'north' }, [{ kind: 'delete', type: 'Patient', id: passing }])
  expect(await idsOf('oncologist')).not.toContain(passing)
  await jobs.idle()
  expect(await idsOf('oncologist')).not.toContain(passing)
})

describe('the network', () => {
  const overview = async (role: string) => {
    const answer = await server.inject({ method: 'GET', url: '/network/overview', headers: headersOf(role) })
    return { status: answer.statusCode, body: answer.json() as NetworkOverview, text: answer.body }
  }

  test('counts and capabilities, without a name, for those who may', async () => {
    await put(
      'south',
      { resourceType: 'Organization', id: 'south-hospital', name: 'South Hospital', address: [{ city: 'Southtown' }] },
      {
        resourceType: 'HealthcareService',
        id: 's1',
        active: true,
        name: 'Radiosurgery',
        providedBy: { reference: 'Organization/south-hospital' },
      },
      {
        resourceType: 'Location',
        id: 'l1',
        name: 'Main',
        position: { latitude: 40, longitude: -105 },
        managingOrganization: { reference: 'Organization/south-hospital' },
      },
    )
    const { body, text } = await overview('coordinator')
    expect(body.patients).toMatchObject({ living: 4, closed: 0 })
    expect(body.sites.find(({ site }) => site === 'south')).toMatchObject({
      name: 'South Hospital',
      city: 'Southtown',
      position: { latitude: 40, longitude: -105 },
      patients: 1,
      capabilities: [{ id: 's1', label: 'Radiosurgery' }],
    })
    expect(body.overdue).toMatchObject({ ordersOverdue: 2, appointmentsMissed: 1 })
    expect(text).not.toMatch(/Fixture|Patient\/|egfr/)
    for (const role of ['pharmacist', 'researcher', 'patient', 'administrator']) expect((await overview(role)).status).toBe(403)
  })

  test('waits and measures come when they have been counted, and say how old they are; small numbers are hidden', async () => {
    const own = counts()
    expect((await own.overview()).countedAt).toBeUndefined()
    await own.refresh()
    const { countedAt, waits, quality, suppressBelow } = await own.overview()
    expect(countedAt).toBe(now().toISOString())
    expect(suppressBelow).toBe(11)
    for (const wait of waits!.all) expect(wait.n + wait.reversed + wait.pending + wait.unknown).toBe(waits!.patients)
    expect(quality!.measures.length).toBe((knowledge.quality ?? []).length)
    const shown = quality!.measures.flatMap(({ whole, bySite, trend }) => [whole, ...bySite, ...trend])
    expect(shown.filter(({ counted }) => counted !== null && counted > 0 && counted < 11)).toEqual([])
  })
})

test('an option that waits for an emergency names it, and one that does not names none', async () => {
  const patient = await recordChart(store, 'squamous-pdl1-0', 'east')
  await put('east', {
    resourceType: 'Observation',
    id: 'calcium',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '29265-6' }] },
    subject: { reference: `Patient/${patient}` },
    effectiveDateTime: TODAY,
    valueQuantity: { value: 3.4, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
  })
  await jobs.idle()
  const answer = await server.inject({
    method: 'POST',
    url: '/workspace/patients/search',
    headers: headersOf('oncologist', 'east'),
    payload: {},
  })
  const { items } = answer.json() as WorkspacePage
  expect(items.map(({ clinical }) => clinical?.first)).toMatchObject([{ standing: 'conditional', waitsFor: ['hypercalcaemia'] }])
  const { page } = await ask('oncologist')
  expect(page.items.find(({ patient: id }) => id.endsWith(EGFR))!.clinical!.first).not.toHaveProperty('waitsFor')
})
