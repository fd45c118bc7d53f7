import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditSearchRoutes } from '../src/access/audit/search.ts'
import { OPEN_MINUTES } from '../src/access/break-glass.ts'
import {
  accessRoutes,
  auditHooks,
  isRole,
  KINDS,
  type Kind,
  kindOf,
  openAccess,
  POLICY,
  ROLES,
  type Role,
  reachesOf,
  servicesOf,
} from '../src/access/index.ts'
import { type Access, buildServer, type Route } from '../src/api/index.ts'
import { arrange, askForBoard } from '../src/board/cases.ts'
import { boardRoutes } from '../src/board/index.ts'
import { addMember, createMeeting } from '../src/board/meetings.ts'
import { cardLog, cdsRoutes } from '../src/cds-hooks/index.ts'
import { chartRoutes } from '../src/charts/index.ts'
import { openKnowledge, PROJECT } from '../src/compose.ts'
import { fhirRoutes } from '../src/fhir-api/index.ts'
import { healthRoutes } from '../src/health.ts'
import { knowledgePages } from '../src/knowledge-api/page-routes.ts'
import { knowledgeRoutes } from '../src/knowledge-api/routes.ts'
import { networkCounts, networkRoutes } from '../src/network/index.ts'
import { ownPlanRoutes } from '../src/own-plan/index.ts'
import { plannerRoutes } from '../src/planner-parts/index.ts'
import { planMaker, planRoutes, streamRoutes } from '../src/plans/index.ts'
import { type FhirResource, openStore, type Store } from '../src/store/index.ts'
import { timelineRoutes } from '../src/timeline/routes.ts'
import { workspaceRoutes } from '../src/workspace/index.ts'

const { knowledge } = openKnowledge()
let instant = Date.parse('2026-11-23T10:00:00Z')
const now = () => new Date(instant)

/** A sign-in as the provider's token would give it: `role;who;site;scopes;patient of the launch`. */
const identify: Access['identify'] = ({ headers, requestId }) => {
  const [role, who, site, scopes, patient] = (headers.authorization ?? '').replace('Bearer ', '').split(';')
  if (!role) return Promise.resolve(undefined)
  return Promise.resolve({
    requestId,
    role,
    who: who!,
    site: site!,
    purpose: 'TREAT',
    ...(scopes ? { scopes: scopes.split(' ') } : {}),
    ...(patient ? { grant: { patient } } : {}),
  })
}

let store: Store
let server: FastifyInstance
let routes: readonly Route[]
const put = async (site: string, ...resources: readonly (FhirResource & { readonly id: string })[]): Promise<void> => {
  const result = await store.commit(
    { who: 'Device/test', site },
    resources.map((resource) => ({ kind: 'update', resource })),
  )
  if (!result.ok) throw new Error(result.error[0]!.message)
}
const patientOf = (id: string) => ({
  resourceType: 'Patient',
  id,
  name: [{ family: 'Synthetic' }],
  gender: 'female',
  birthDate: '1960-01-01',
})
/** A meeting of the south with this patient on its agenda and a seat for every role. */
async function sitting(patient: string, startsAt: string): Promise<void> {
  const author = { who: 'Practitioner/chair', site: 'south' }
  const at = new Date(startsAt)
  const done = await store.transaction(author, async ({ sql }) => {
    const asked = { title: patient, startsAt, minutes: 60, readingHours: 1, sites: ['south', 'north'], chair: 'Practitioner/chair' }
    const meeting = await createMeeting(sql, author, at, asked, { name: 'Chair', specialty: 'oncology' })
    for (const role of Object.keys(ROLES))
      await addMember(sql, author, at, meeting, { who: `Practitioner/${role}`, name: role, specialty: 'oncology' })
    const id = await askForBoard(sql, author, at, patient, { question: 'what now?', urgency: 'soon', minutes: 10 })
    return id.ok ? arrange(sql, author, at, meeting, 1, [id.value], () => Promise.resolve(true)) : id
  })
  if (!done.ok) throw new Error(done.error[0]!.message)
}
const observation = (id: string, patient: string, security?: string) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { text: 'note' },
  subject: { reference: `Patient/${patient}` },
  ...(security ? { meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: security }] } } : {}),
})

beforeAll(async () => {
  store = await openStore({ database: { memory: true }, hooks: auditHooks, clock: now })
  const maker = planMaker(knowledge)
  await put('north', patientOf('near'), observation('near-1', 'near'), observation('near-psy', 'near', 'PSY'))
  await put('south', patientOf('far'), observation('far-1', 'far'))
  // in the south, but cared for by people of the north as well
  const member = (who: string) => ({ member: { reference: who } })
  const everyone = Object.keys(ROLES)
    .filter((r) => r !== 'patient' && r !== 'carer')
    .map((role) => member(`Practitioner/${role}`))
  await put('south', patientOf('shared'), observation('shared-1', 'shared'), {
    resourceType: 'CareTeam',
    id: 'team',
    status: 'active',
    subject: { reference: 'Patient/shared' },
    participant: everyone,
  })
  await put('south', {
    resourceType: 'CareTeam',
    id: 'old',
    status: 'inactive',
    subject: { reference: 'Patient/far' },
    participant: everyone,
  })
  // two more of the south: on the agenda of a meeting that is sitting, and of one that has ended. Everybody sits in both
  for (const [patient, startsAt] of [
    ['boarded', '2026-11-23T10:00:00Z'],
    ['ended', '2026-11-20T10:00:00Z'],
  ] as const) {
    await put('south', patientOf(patient), observation(`${patient}-1`, patient))
    await sitting(patient, startsAt)
  }
  // of the south: sent to everybody here by name, with an order that is open, done, or only thought of
  for (const [patient, status, intent] of [
    ['referred', 'active', 'order'],
    ['treated', 'completed', 'order'],
    ['thought-of', 'active', 'proposal'],
  ] as const)
    await put('south', patientOf(patient), observation(`${patient}-1`, patient), {
      resourceType: 'ServiceRequest',
      id: `${patient}-order`,
      status,
      intent,
      code: { text: 'Consultation' },
      subject: { reference: `Patient/${patient}` },
      performer: everyone.map(({ member: who }) => who),
    })
  // their plans ask for every service: of the own site and of another, of the living and of the dead
  for (const [patient, site, isClosed] of [
    ['offered', 'north', false],
    ['offered-far', 'south', false],
    ['offered-dead', 'north', true],
  ] as const) {
    await put(site, patientOf(patient), observation(`${patient}-1`, patient))
    await store.database.query(
      `insert into workspace_patient (patient, site, revision, status, is_closed, sort_name, identity_words, labels, clinical_words, markers, services, local_sites,
         emergencies, urgent_alerts, is_continuing, is_waiting_for_test, has_interaction, has_dose_question, has_surgery_option)
       values ($1, $2, 1, 'proposed', $3, '', '', '', '', '{}', $4, '{}', 0, 0, false, false, false, false, false)`,
      [patient, site, isClosed, Object.keys(ROLES).flatMap(servicesOf)],
    )
  }
  await put('north', { resourceType: 'RelatedPerson', id: 'daughter', active: true, patient: { reference: 'Patient/far' } })
  await put('north', { resourceType: 'Organization', id: 'hospital', name: 'North' })
  routes = [
    ...healthRoutes(store),
    ...fhirRoutes({ store, software: 'test', startedAt: now().toISOString() }),
    ...planRoutes({ store, maker: () => maker, today: () => '2026-11-23', now }),
    ...plannerRoutes({ store, maker: () => maker, today: () => '2026-11-23' }),
    ...chartRoutes({
      store,
      maker: () => maker,
      today: () => '2026-11-23',
      now,
      smartServers: [{ server: 'https://elsewhere.example/fhir', clientId: 'us', signInAt: [] }],
    }),
    ...streamRoutes(store.database),
    ...workspaceRoutes({ store, knowledge: () => knowledge, today: () => '2026-11-23', now }),
    ...networkRoutes(
      networkCounts(
        store.database,
        () => knowledge,
        () => '2026-11-23',
        now,
      ),
    ),
    ...ownPlanRoutes({ store, maker: () => maker, today: () => '2026-11-23', now }),
    ...timelineRoutes({ store, maker: () => maker, today: () => '2026-11-23' }),
    ...knowledgeRoutes({ knowledge: () => knowledge, releases: `${PROJECT}/releases`, database: store.database }),
    ...knowledgePages({
      knowledge: () => knowledge,
      releases: `${PROJECT}/releases`,
      root: `${PROJECT}/knowledge`,
      database: store.database,
      today: () => '2026-11-23',
      now,
    }),
    ...cdsRoutes({
      surroundings: () => ({ knowledge, today: '2026-11-23' }),
      ownChart: () => Promise.resolve(undefined),
      log: cardLog(store.database),
      now,
    }),
    ...accessRoutes(store.database, now),
    ...auditSearchRoutes(store.database),
    ...boardRoutes({ store, maker: () => maker, today: () => '2026-11-23', now }),
  ]
  server = buildServer({ routes, access: openAccess({ database: store.database, identify, now }) })
}, 120_000)
afterAll(async () => {
  await server.close()
  await store.close()
})

const ask = (
  role: string,
  url: string,
  more: { who?: string; site?: string; scopes?: string; launch?: string; method?: 'POST' | 'PUT' | 'DELETE'; payload?: object } = {},
) =>
  server.inject({
    method: more.method ?? 'GET',
    url,
    headers: {
      authorization: `Bearer ${role};${more.who ?? `Practitioner/${role}`};${more.site ?? 'north'};${more.scopes ?? ''};${more.launch ?? ''}`,
    },
    ...(more.payload ? { payload: more.payload } : {}),
  })
const idsIn = (answer: { json(): unknown }) =>
  ((answer.json() as { entry?: { resource: { id: string } }[] }).entry ?? []).map((e) => e.resource.id).sort()

describe('the table', () => {
  test('every route has a rule, and what it is about stands in the table', () => {
    for (const route of routes) {
      if ('open' in route.rule) expect(route.rule.open.length, route.id).toBeGreaterThan(20)
      else if (route.rule.about !== 'fhir') expect(kindOf(route.rule.about), route.id).toBeDefined()
    }
    expect(new Set(routes.map((r) => r.id)).size).toBe(routes.length)
  })

  test('every type of FHIR stands in one kind only', () => {
    const types = Object.values(KINDS).flat()
    expect(new Set(types).size).toBe(types.length)
  })

  /** Where a patient stands to somebody of the north, by the words of the table. */
  const RELATIONS: readonly { readonly patient: string; readonly fits: (role: Role) => readonly string[] }[] = [
    { patient: 'near', fits: () => ['site'] },
    { patient: 'far', fits: (role) => (role === 'carer' ? ['proxy'] : []) },
    // a seat at a board that sits reaches the charts on its agenda; one at a board that has ended reaches nothing
    { patient: 'boarded', fits: () => ['board'] },
    { patient: 'ended', fits: () => [] },
    // an order opens the chart to whom it names, while it is open
    { patient: 'referred', fits: () => ['referred'] },
    // a plan that asks for a service opens it to those who give that service where the patient is
    { patient: 'offered', fits: (role) => ['site', ...(servicesOf(role).length > 0 ? ['offered'] : [])] },
    { patient: 'offered-far', fits: () => [] },
    { patient: 'shared', fits: (role) => (role === 'patient' ? ['self'] : role === 'carer' ? [] : ['team']) },
  ]
  const whoIs = (role: Role): string =>
    role === 'patient' ? 'Patient/shared' : role === 'carer' ? 'RelatedPerson/daughter' : `Practitioner/${role}`
  const isOpenTo = (role: Role, kind: Kind, interaction: 'read', fits: readonly string[]): boolean =>
    reachesOf(role, kind, interaction).some((reach) => reach === 'network' || reach === 'none' || fits.includes(reach))
  const TYPES: readonly (readonly [string, string])[] = [
    ['Patient', ''],
    ['Observation', '-1'],
    ['plan', ''],
    ['plan', '/case'],
  ]

  test.each(Object.keys(ROLES).filter((r) => r !== 'integration') as Role[])(
    '%s: each patient, each site, as the table says',
    async (role) => {
      for (const { patient, fits } of RELATIONS) {
        for (const [type, suffix] of TYPES) {
          const url = type === 'plan' ? `/plans/${patient}${suffix}` : `/fhir/${type}/${patient}${suffix}`
          const { statusCode } = await ask(role, url, { who: whoIs(role) })
          const isOpen = isOpenTo(role, kindOf(type)!, 'read', fits(role))
          // a record in a chart out of reach is answered as one that is not there; its patient, and their plan, as refused
          expect({ url, isRefused: statusCode === 403 || (type === 'Observation' && statusCode === 404) }).toEqual({
            url,
            isRefused: !isOpen,
          })
        }
        const mayPlan = isOpenTo(role, 'plan-document', 'read', fits(role))
        const cases = await ask(role, `/charts/${patient}/case`, { who: whoIs(role) })
        expect({ patient, isRefused: cases.statusCode === 403 }).toEqual({ patient, isRefused: !mayPlan })
        // the same patients by searching: those who may not see them find nothing, and count nothing
        const found = await ask(role, `/fhir/Observation?subject=Patient/${patient}`, { who: whoIs(role) })
        const mayFind = isOpenTo(role, 'cancer', 'read', fits(role))
        if (found.statusCode === 200) expect(idsIn(found).some((id) => id.startsWith(patient))).toBe(mayFind)
        else expect([found.statusCode, mayFind]).toEqual([403, false])
      }
    },
  )

  test('without a role of the table, or without signing in, nothing is open but what says so', { timeout: 60_000 }, async () => {
    for (const route of routes) {
      const url = route.path
        .replace(':type', 'Observation')
        .replace(/:compartmentType\(.*\)$/, 'Observation')
        .replace(/:[a-z]*id\b/gi, 'near-1')
        .replace(':patient', 'near')
        .replace(/:[A-Za-z]+/g, '1')
      if (url.includes('*')) continue
      const method = route.method as 'GET' | 'POST'
      const nobody = await server.inject({ method, url, ...(method === 'GET' ? {} : { payload: {} }) })
      const stranger = await server.inject({
        method,
        url,
        headers: { authorization: 'Bearer janitor;Practitioner/x;north' },
        ...(method === 'GET' ? {} : { payload: {} }),
      })
      if ('open' in route.rule) expect([401, 403], route.id).not.toContain(nobody.statusCode)
      else expect([nobody.statusCode, stranger.statusCode], `${method} ${url}`).toEqual([401, 403])
    }
  })
})

describe('minimum necessary', () => {
  test('a scheduler sees who comes when, and no finding; nobody but those who treat the mind sees a note on it', async () => {
    expect((await ask('coordinator', '/fhir/Patient/near')).statusCode).toBe(200)
    expect((await ask('coordinator', '/fhir/Observation/near-1')).statusCode).toBe(403)
    expect(idsIn(await ask('oncologist', '/fhir/Observation?subject=Patient/near'))).toEqual(['near-1'])
    expect((await ask('oncologist', '/fhir/Observation/near-psy')).statusCode).toBe(404)
    expect((await ask('counsellor', '/fhir/Observation/near-psy')).statusCode).toBe(404)
    // a site is a condition of the search, not a list: of what it wrote itself, and of nobody else's patients
    const history = JSON.stringify((await ask('oncologist', '/fhir/Observation/_history')).json())
    expect([history.includes('"near-1"'), history.includes('"near-psy"'), history.includes('"far-1"')]).toEqual([true, false, false])
    expect(
      JSON.stringify((await ask('oncologist', '/fhir/Observation?_revinclude=Observation:subject&_include=Observation:subject')).json()),
    ).not.toMatch(/Patient\/far"|"far-1"/)
    const patient = await ask('patient', '/fhir/Observation/near-psy', { who: 'Patient/near' })
    expect(patient.statusCode).toBe(200)
  })

  test('of whom only a plan asks for a service, the plan and the name are seen; of whom an order sends, the chart', async () => {
    const statuses = async (role: string, patient: string) => [
      (await ask(role, `/fhir/Patient/${patient}`)).statusCode,
      (await ask(role, `/plans/${patient}`)).statusCode === 403 ? 403 : 200,
      (await ask(role, `/fhir/Observation/${patient}-1`)).statusCode,
    ]
    expect(await statuses('dietitian', 'offered')).toEqual([200, 200, 404])
    expect(await statuses('dietitian', 'referred')).toEqual([200, 200, 200])
    // a group meets who was sent to it, and knows nothing of what ails them
    expect(await statuses('support-group', 'offered')).toEqual([403, 403, 403])
    expect(await statuses('support-group', 'referred')).toEqual([200, 403, 403])
    // an order that is done or only thought of sends nobody; the dead are offered nothing
    for (const patient of ['treated', 'thought-of', 'offered-dead']) expect(await statuses('dietitian', patient)).toEqual([403, 403, 404])
    const listed = (await ask('dietitian', '/workspace/patients')).json() as { items: { patient: string }[] }
    expect(listed.items.map(({ patient }) => patient)).toEqual(['Patient/offered'])
  })

  test('nobody opens a chart that is not theirs by writing an order to a colleague, nor one that nobody has begun', async () => {
    const order = (id: string, patient: string, performer?: string) => ({
      resourceType: 'ServiceRequest',
      id,
      status: 'active',
      intent: 'order',
      code: { text: 'Consultation' },
      subject: { reference: `Patient/${patient}` },
      ...(performer ? { performer: [{ reference: performer }] } : {}),
    })
    const write = (resource: FhirResource & { readonly id: string }) =>
      ask('surgeon', `/fhir/ServiceRequest/${resource.id}`, { method: 'PUT', payload: resource })
    await ask('surgeon', '/break-glass', { method: 'POST', payload: { patient: 'treated', reason: 'bleeding, on call, no time' } })
    expect((await write(order('ct', 'treated'))).statusCode).toBe(201)
    expect((await write(order('key', 'treated', 'Practitioner/dietitian'))).statusCode).toBe(403)
    expect((await write(order('early', 'not-yet-born', 'Practitioner/dietitian'))).statusCode).toBe(403)
    expect((await write(order('own', 'near', 'Practitioner/dietitian'))).statusCode).toBe(201)
    expect((await ask('dietitian', '/fhir/Observation/near-1')).statusCode).toBe(200)
    instant += OPEN_MINUTES * 60_000
    await put('north', { ...order('own', 'near', 'Practitioner/dietitian'), status: 'revoked' })
    expect((await ask('dietitian', '/fhir/Observation/near-1')).statusCode).toBe(404)
  })

  test('an inactive care team opens nothing, an inactive relation neither', async () => {
    expect((await ask('dietitian', '/fhir/Observation/far-1')).statusCode).toBe(404)
    expect((await ask('carer', '/fhir/Observation/far-1', { who: 'RelatedPerson/daughter' })).statusCode).toBe(200)
    await put('north', { resourceType: 'RelatedPerson', id: 'daughter', active: false, patient: { reference: 'Patient/far' } })
    expect((await ask('carer', '/fhir/Observation/far-1', { who: 'RelatedPerson/daughter' })).statusCode).toBe(404)
    await put('north', { resourceType: 'RelatedPerson', id: 'daughter', active: true, patient: { reference: 'Patient/far' } })
  })

  test('writing reaches no further than reading, and no resource is moved into a chart out of reach', async () => {
    const write = (role: string, resource: FhirResource & { readonly id: string }) =>
      ask(role, `/fhir/Observation/${resource.id}`, { method: 'PUT', payload: resource })
    expect((await write('oncologist', observation('near-2', 'near'))).statusCode).toBe(201)
    expect((await write('oncologist', observation('far-2', 'far'))).statusCode).toBe(403)
    expect((await write('oncologist', observation('near-2', 'far'))).statusCode).toBe(403)
    expect((await write('researcher', observation('near-3', 'near'))).statusCode).toBe(403)
    expect((await write('patient', observation('near-3', 'near'))).statusCode).toBe(403)
    expect((await ask('oncologist', '/fhir/Observation/near-2', { method: 'DELETE' })).statusCode).toBe(403)
  })
})

describe('breaking the glass', () => {
  test('opens one chart for one person for an hour, with a reason, and is reviewed', async () => {
    const far = () => ask('surgeon', '/fhir/Observation/far-1')
    expect((await far()).statusCode).toBe(404)
    const without = await ask('surgeon', '/break-glass', { method: 'POST', payload: { patient: 'far', reason: 'urgent' } })
    expect(without.statusCode).toBe(400)
    const opened = await ask('surgeon', '/break-glass', {
      method: 'POST',
      payload: { patient: 'far', reason: 'bleeding, on call, no time' },
    })
    expect(opened.statusCode).toBe(201)
    expect((await far()).statusCode).toBe(200)
    expect(idsIn(await ask('surgeon', '/fhir/Observation?subject=Patient/far'))).toEqual(['far-1'])
    expect((await ask('oncologist', '/fhir/Observation/far-1')).statusCode).toBe(404)
    const list = await ask('privacy-officer', '/break-glass-reviews')
    const { items } = list.json() as { items: { id: number; patient: string; review?: unknown }[] }
    expect(items[0]).toMatchObject({ patient: 'far' })
    const review = { method: 'POST' as const, payload: { finding: 'justified', note: 'on call' } }
    expect((await ask('surgeon', `/break-glass-reviews/${items[0]!.id}`, review)).statusCode).toBe(403)
    expect((await ask('privacy-officer', `/break-glass-reviews/${items[0]!.id}`, review)).statusCode).toBe(204)
    expect((await ask('privacy-officer', `/break-glass-reviews/${items[0]!.id}`, review)).statusCode).toBe(404)
    instant += OPEN_MINUTES * 60_000
    expect((await far()).statusCode).toBe(404)
  })

  test.each(['coordinator', 'support-group', 'researcher', 'patient', 'privacy-officer'])('%s may not', async (role) => {
    const answer = await ask(role, '/break-glass', { method: 'POST', payload: { patient: 'far', reason: 'I would like to know' } })
    expect(answer.statusCode).toBe(403)
  })
})

describe('scopes', () => {
  test('scopes narrow what a role may, and never widen it', async () => {
    expect((await ask('oncologist', '/fhir/Observation/near-1', { scopes: 'user/Condition.rs' })).statusCode).toBe(403)
    expect((await ask('oncologist', '/fhir/Observation/near-1', { scopes: 'user/Observation.rs' })).statusCode).toBe(200)
    expect((await ask('coordinator', '/fhir/Observation/near-1', { scopes: 'user/*.cruds' })).statusCode).toBe(403)
    // a launch for one patient
    const launch = { scopes: 'patient/*.rs', launch: 'near' }
    expect((await ask('oncologist', '/fhir/Observation/near-1', launch)).statusCode).toBe(200)
    expect((await ask('oncologist', '/fhir/Observation/shared-1', launch)).statusCode).toBe(404)
    expect(idsIn(await ask('oncologist', '/fhir/Patient', launch))).toEqual(['near'])
    expect((await ask('oncologist', '/fhir/Observation/near-1', { scopes: 'patient/*.rs' })).statusCode).toBe(403)
  })

  test('another program has its scopes, and without them nothing', async () => {
    expect((await ask('integration', '/fhir/Observation/far-1', { who: 'Device/lab', scopes: 'system/*.rs' })).statusCode).toBe(200)
    expect((await ask('integration', '/fhir/Observation/far-1', { who: 'Device/lab' })).statusCode).toBe(403)
    expect((await ask('integration', '/fhir/Observation/far-1', { who: 'Device/lab', scopes: 'system/Patient.rs' })).statusCode).toBe(403)
    expect((await ask('integration', '/audit', { who: 'Device/lab', scopes: 'system/*.rs' })).statusCode).toBe(403)
  })
})

test('every read, write and refusal stands in the audit log, without a word of the chart', async () => {
  const events = async () => {
    const answer = await ask('privacy-officer', '/audit')
    return answer.body
      .trim()
      .split('\n')
      .map(
        (line) =>
          JSON.parse(line) as {
            action: string
            outcome: string
            agent: { who: { reference?: string } }[]
            entity: { what?: { reference: string } }[]
          },
      )
  }
  const before = (await events()).length
  await ask('radiation-oncologist', '/fhir/Observation/near-1')
  await ask('radiation-oncologist', '/fhir/Observation/far-1')
  await put('north', observation('near-9', 'near'))
  const fresh = (await events()).slice(before)
  const of = (who: string, outcome: string) => fresh.filter((e) => e.agent[0]!.who.reference === who && e.outcome === outcome)
  expect(of('Practitioner/radiation-oncologist', '0')[0]!.entity.map((e) => e.what?.reference)).toContain('Patient/near')
  expect(of('Practitioner/radiation-oncologist', '4')).toHaveLength(1)
  expect(fresh.filter((e) => ['C', 'U'].includes(e.action)).flatMap((e) => e.entity.map((x) => x.what?.reference))).toContain(
    'Observation/near-9/_history/1',
  )
  expect(JSON.stringify(fresh)).not.toContain('Synthetic')
  expect((await ask('oncologist', '/audit')).statusCode).toBe(403)
})

test('roles have titles, and every role of the table is one', () => {
  for (const role of Object.keys(POLICY)) expect(isRole(role)).toBe(true)
  expect(isRole('constructor')).toBe(false)
})
