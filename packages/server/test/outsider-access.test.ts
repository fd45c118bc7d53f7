import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditHooks, type Identify, isRole, openAccess } from '../src/access/index.ts'
import { buildServer } from '../src/api/index.ts'
import { openKnowledge } from '../src/compose.ts'
import { fhirRoutes } from '../src/fhir-api/index.ts'
import { planMaker, planRoutes } from '../src/plans/index.ts'
import { type FhirResource, openStore, type Store } from '../src/store/index.ts'

/** What somebody tries who has a sign-in, and wants to see or open more than it is for. Signed in as `role;who;site;scopes`. */
const identify: Identify = ({ headers, requestId }) => {
  const [role = '', who = '', site = '', scopes = ''] = (headers.authorization ?? '').replace('Bearer ', '').split(';')
  if (!isRole(role)) return Promise.resolve(undefined)
  return Promise.resolve({ requestId, role, who, site, purpose: 'TREAT', ...(scopes === '' ? {} : { scopes: scopes.split(' ') }) })
}
let instant = Date.parse('2026-11-23T10:00:00Z')
let store: Store
let server: FastifyInstance
const ask = async (
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  url: string,
  as: string,
  body?: unknown,
  headers: object = {},
) => {
  const answer = await server.inject({
    method,
    url,
    headers: { authorization: `Bearer ${as}`, ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }), ...headers },
    ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  return { status: answer.statusCode, text: answer.body, headers: answer.headers }
}
const put = async (site: string, ...resources: readonly (FhirResource & { readonly id: string })[]): Promise<void> => {
  const kept = await store.commit(
    { who: 'Device/test', site },
    resources.map((resource) => ({ kind: 'update', resource })),
  )
  if (!kept.ok) throw new Error(kept.error[0]!.message)
}
const patient = (id: string, more: object = {}) => ({ resourceType: 'Patient', id, name: [{ family: `Family-${id}` }], ...more })
const note = (id: string, of: string, more: object = {}) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { text: 'note' },
  subject: { reference: `Patient/${of}` },
  note: [{ text: 'the zebra affair' }],
  ...more,
})
const PSY = { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'PSY' }] }
const ONCOLOGIST = 'oncologist;Practitioner/onc;north'
const COUNSELLOR = 'counsellor;Practitioner/talk;north'

beforeAll(async () => {
  store = await openStore({ database: { memory: true }, hooks: auditHooks, clock: () => new Date(instant) })
  const now = () => new Date(instant)
  const maker = planMaker(openKnowledge().knowledge)
  const access = openAccess({ database: store.database, identify, now })
  const routes = [
    ...fhirRoutes({ store, software: 'test', startedAt: now().toISOString() }),
    ...planRoutes({ store, maker: () => maker, today: () => '2026-11-23', now }),
  ]
  server = buildServer({ routes, access, publicUrl: 'http://test' })
  await put('north', patient('near'), patient('other'), note('open', 'near'), note('psy', 'near', { meta: PSY }), {
    resourceType: 'CareTeam',
    id: 'near-team',
    status: 'active',
    subject: { reference: 'Patient/near' },
    participant: [{ member: { reference: 'Practitioner/talk' } }],
  })
  await put('south', patient('far'), note('far-1', 'far'))
}, 120_000)
afterAll(async () => {
  await server.close()
  await store.close()
}, 60_000)

describe('what was set apart later', () => {
  beforeAll(async () => {
    await put('north', note('late', 'near'))
    instant += 60_000
    await put('north', note('late', 'near', { meta: PSY }))
    instant += 60_000
  })
  test.each([
    '/fhir/Observation/late',
    '/fhir/Observation/late/_history/1',
    '/fhir/Observation/late/_history/2',
    '/fhir/Observation/late/_history',
    '/fhir/Observation/_history?_count=100',
    '/fhir/Observation?_count=100&_revinclude=Provenance:target',
    '/fhir/Patient/near/$everything',
  ])('%s shows none of its versions', async (url) => {
    const answer = await ask('GET', url, ONCOLOGIST)
    const text = answer.text
    expect([200, 404]).toContain(answer.status)
    const shown = answer.status === 404 ? [] : (text.match(/"id":"late"/g) ?? [])
    expect(shown).toEqual([])
  })
  test('the plan as it was known before quotes none of it', async () => {
    await put('north', {
      resourceType: 'Condition',
      id: 'grief',
      subject: { reference: 'Patient/near' },
      code: { text: 'grief after the zebra affair' },
    })
    const before = new Date(instant + 1000).toISOString()
    instant += 60_000
    const read = async () => (await ask('GET', `/plans/near?knownAt=${before}`, ONCOLOGIST)).text
    expect(await read()).toContain('zebra')
    await put('north', {
      resourceType: 'Condition',
      id: 'grief',
      meta: PSY,
      subject: { reference: 'Patient/near' },
      code: { text: 'grief after the zebra affair' },
    })
    expect(await read()).not.toContain('zebra')
  })
  test('nor does an older version in the chart that it was moved out of', async () => {
    await put('north', note('misfiled', 'near'))
    await put('south', note('misfiled', 'far'))
    for (const url of ['/fhir/Observation/misfiled/_history/1', '/fhir/Observation/misfiled', '/fhir/Observation/misfiled/_history'])
      expect([url, [403, 404].includes((await ask('GET', url, ONCOLOGIST)).status)]).toEqual([url, true])
    expect((await ask('GET', '/fhir/Observation/_history?_count=100', ONCOLOGIST)).text).not.toContain('"misfiled"')
    expect((await ask('GET', '/fhir/Observation/misfiled/_history/1', 'integration;Device/lab;north;system/*.cruds')).status).toBe(200)
  })
  test('its author and a counsellor still read every version', async () => {
    for (const url of ['/fhir/Observation/late/_history/1', '/fhir/Observation/late/_history/2'])
      expect((await ask('GET', url, COUNSELLOR)).status).toBe(200)
  })
})

const PATCH = { 'content-type': 'application/json-patch+json' }
describe('labels', () => {
  test('an update that leaves them out keeps them; they go when somebody who sees the note takes them away by name', async () => {
    await put('north', note('kept', 'near', { meta: PSY }))
    const plain = note('kept', 'near', { status: 'amended' })
    const program = 'integration;Device/lab;north;system/*.cruds'
    for (const write of [
      () => ask('PUT', '/fhir/Observation/kept', program, plain),
      () =>
        ask('POST', '/fhir', program, {
          resourceType: 'Bundle',
          type: 'transaction',
          entry: [{ resource: { ...plain, status: 'corrected' }, request: { method: 'PUT', url: 'Observation/kept' } }],
        }),
      () =>
        ask('POST', '/fhir/$import', program, `${JSON.stringify({ ...plain, status: 'final', meta: { tag: [{ code: 'x' }] } })}\n`, {
          'content-type': 'application/fhir+ndjson',
        }),
      () => ask('PATCH', '/fhir/Observation/kept', program, [{ op: 'replace', path: '/status', value: 'amended' }], PATCH),
    ]) {
      expect((await write()).status).toBe(200)
      expect(JSON.parse((await store.read('Observation', 'kept'))!.body!).meta.security).toEqual(PSY.security)
      expect((await ask('GET', '/fhir/Observation/kept', ONCOLOGIST)).status).toBe(404)
      expect((await ask('GET', '/fhir/Observation?_id=kept', ONCOLOGIST)).text).not.toContain('zebra')
    }
    expect((await store.read('Observation', 'kept'))!.version).toBe(5)
    expect((await ask('PATCH', '/fhir/Observation/kept', program, [{ op: 'remove', path: '/meta/security' }], PATCH)).status).toBe(200)
    expect((await ask('GET', '/fhir/Observation/kept', ONCOLOGIST)).status).toBe(200)
  })

  test.each([
    ['PUT', note('psy', 'near')],
    ['PATCH', [{ op: 'remove', path: '/meta/security' }]],
    ['DELETE', undefined],
  ] as const)('%s does not take them away for who cannot see the note', async (method, body) => {
    const headers = method === 'PATCH' ? { 'content-type': 'application/json-patch+json' } : {}
    expect([403, 404]).toContain((await ask(method, '/fhir/Observation/psy', ONCOLOGIST, body, headers)).status)
    expect((await store.read('Observation', 'psy'))!.version).toBe(1)
  })
})

describe('access that has ended, or has not begun', () => {
  const day = (offset: number): string => new Date(instant + offset * 86_400_000).toISOString().slice(0, 10)
  const CARER = 'carer;RelatedPerson/daughter;none'
  const relation = (period: object) => ({
    resourceType: 'RelatedPerson',
    id: 'daughter',
    active: true,
    patient: { reference: 'Patient/near' },
    period,
  })
  const VISITOR = 'oncologist;Practitioner/visitor;west'
  const member = (period?: object) => ({ member: { reference: 'Practitioner/visitor' }, ...(period ? { period } : {}) })
  const team = (participant: readonly object[], more: object = {}) => ({
    resourceType: 'CareTeam',
    id: 'visiting',
    status: 'active',
    subject: { reference: 'Patient/near' },
    participant,
    ...more,
  })
  const URLS = ['/fhir/Patient/near', '/plans/near', '/fhir/Patient/near/$everything']
  const statuses = async (as: string) => {
    const each = await Promise.all(URLS.map(async (url) => (await ask('GET', url, as)).status))
    const found = JSON.parse((await ask('GET', '/fhir/Patient?_id=near', as)).text).total as number
    return [...each, found]
  }
  const OPEN = [200, 200, 200, 1]
  const CLOSED = [403, 403, 403, 0]

  test.each([
    ['a carer for whom no end is said', () => relation({ start: day(-10) }), CARER, OPEN],
    ['a carer until today', () => relation({ end: day(0) }), CARER, OPEN],
    ['a carer until yesterday', () => relation({ end: day(-1) }), CARER, CLOSED],
    ['a carer from tomorrow on', () => relation({ start: day(1) }), CARER, CLOSED],
    ['a colleague in the team', () => team([member()]), VISITOR, OPEN],
    ['a colleague who left the team yesterday', () => team([member({ end: day(-1) })]), VISITOR, CLOSED],
    ['a colleague who left and came back', () => team([member({ end: day(-9) }), member({ start: day(-1) })]), VISITOR, OPEN],
    ['a colleague of a team that ended', () => team([member()], { period: { end: day(-1) } }), VISITOR, CLOSED],
  ])('%s', async (_name, resource, as, expected) => {
    await put('north', resource())
    expect(await statuses(as)).toEqual(expected)
  })
})

describe('who may say who cares for a patient', () => {
  const team = (who: string) => ({
    resourceType: 'CareTeam',
    id: `by-${who}`,
    status: 'active',
    subject: { reference: 'Patient/near' },
    participant: [{ member: { reference: 'Practitioner/friend' } }],
  })
  test.each([
    ['oncologist', 201],
    ['navigator', 201],
    ['infusion-nurse', 403],
    ['pharmacist', 403],
    ['counsellor', 403],
    ['coordinator', 403],
    ['support-group', 403],
    ['administrator', 403],
    ['patient', 403],
  ] as const)('%s: %i', async (role, status) => {
    // counsellor and leader of the group are in the team of the patient
    const who = role === 'patient' ? 'Patient/near' : 'Practitioner/talk'
    expect((await ask('PUT', `/fhir/CareTeam/by-${role}`, `${role};${who};north`, team(role))).status).toBe(status)
    const standing = { ...team('x'), id: 'near-team' }
    if (status === 403)
      expect([403, 404]).toContain((await ask('PUT', '/fhir/CareTeam/near-team', `${role};${who};north`, standing)).status)
  })
})

describe('whether something is there', () => {
  const DOCTOR = 'oncologist;Practitioner/onc;north'
  test.each([
    ['GET', '/fhir/Observation/ID'],
    ['HEAD', '/fhir/Observation/ID'],
    ['GET', '/fhir/Observation/ID/_history'],
    ['GET', '/fhir/Observation/ID/_history/1'],
    ['GET', '/fhir/Observation/ID/$validate'],
    ['PATCH', '/fhir/Observation/ID'],
  ] as const)(
    '%s %s answers the same for what stands in a chart out of reach, what is set apart, and what never was',
    async (method, url) => {
      const body = method === 'PATCH' ? [{ op: 'replace', path: '/status', value: 'amended' }] : undefined
      const answers = await Promise.all(
        ['far-1', 'psy', 'never'].map(async (id) => {
          const { status, text, headers } = await ask(method, url.replace('ID', id), DOCTOR, body, body ? PATCH : {})
          return { status, text: text.replaceAll(id, 'ID'), etag: headers.etag, modified: headers['last-modified'] }
        }),
      )
      expect(answers[0]!.status).toBe(404)
      expect(answers[1]).toEqual(answers[0])
      expect(answers[2]).toEqual(answers[0])
    },
  )
  test('searches count, include and chain nothing of them', async () => {
    for (const query of [
      'Observation?_id=far-1,psy&_total=accurate',
      'Observation?_id=far-1,psy&_summary=count',
      'Patient?_has:Observation:patient:_id=far-1',
      'Patient?_has:Observation:patient:_id=psy',
      'Observation?patient.name=Family-far',
      'Observation?_id=far-1&_include=Observation:patient',
      'Patient?name=Family-far&_revinclude=Observation:patient',
    ]) {
      const { status, text } = await ask('GET', `/fhir/${query}`, DOCTOR)
      expect([query, status, status === 200 ? JSON.parse(text).total : 0]).toEqual([query, status, 0])
      expect([200, 403]).toContain(status)
    }
  })
  test('a conditional create says nothing of a chart out of reach: it creates, or refuses for everybody', async () => {
    const one = (identifier: string) =>
      ask(
        'POST',
        '/fhir/Patient',
        DOCTOR,
        { resourceType: 'Patient', identifier: [{ system: 'urn:x', value: identifier }] },
        { 'if-none-exist': `identifier=urn:x|${identifier}` },
      )
    await put('south', patient('far-known', { identifier: [{ system: 'urn:x', value: 'known' }] }))
    expect([(await one('known')).status, (await one('unknown')).status]).toEqual([201, 201])
  })
  test('the refusal behind it is in the audit log', async () => {
    await ask('GET', '/fhir/Observation/far-1', DOCTOR)
    await new Promise((resolve) => setTimeout(resolve, 50))
    const rows = await store.database
      .query<{ entry: string }>("select e::text as entry from audit_event e where e::text like '%far-1%' limit 5")
      .catch(() => [])
    expect(rows.length).toBeGreaterThan(0)
  })
})

test('a program that may have one type exports that type: all is what it may have, another is refused, and nothing of a part of a type', async () => {
  await put('north', patient('exported'), note('exported-note', 'exported'))
  const begin = (scopes: string, query = '') =>
    ask('GET', `/fhir/$export${query}`, `integration;Device/lab;north;${scopes}`, undefined, { prefer: 'respond-async' })
  const typesOf = async (scopes: string, query?: string) => {
    const begun = await begin(scopes, query)
    if (begun.status !== 202) return begun.status
    for (;;) {
      const { status, text } = await ask(
        'GET',
        String(begun.headers['content-location']).slice('http://test'.length),
        `integration;Device/lab;north;${scopes}`,
      )
      if (status === 200) return (JSON.parse(text) as { output: { type: string }[] }).output.map(({ type }) => type)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  expect(await typesOf('system/Patient.rs')).toEqual(['Patient'])
  expect(await typesOf('system/Patient.rs', '?_type=Patient')).toEqual(['Patient'])
  expect(await typesOf('system/Patient.rs', '?_type=Patient,Observation')).toBe(403)
  expect(await typesOf('system/*.rs')).toEqual(expect.arrayContaining(['Patient', 'Observation']))
  for (const scopes of ['system/Patient.r', 'system/Patient.s', 'user/Patient.rs', 'patient/Patient.rs', 'system/Patient.rs?gender=female'])
    expect([scopes, await typesOf(scopes)]).toEqual([scopes, 403])
  // an import is no export
  const line = `${JSON.stringify(patient('brought'))}\n`
  const brought = await ask('POST', '/fhir/$import', 'integration;Device/lab;north;system/Patient.cruds', line, {
    'content-type': 'application/fhir+ndjson',
  })
  expect(brought.status).toBe(403)
})
