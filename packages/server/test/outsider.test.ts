import { createHmac } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { breakGlass } from '../src/access/break-glass.ts'
import { type Issuer, mountProvider, tokenIdentity } from '../src/access/identity/index.ts'
import { embeddedProvider } from '../src/access/identity/provider.ts'
import { auditHooks, openAccess } from '../src/access/index.ts'
import { buildServer } from '../src/api/index.ts'
import { openKnowledge } from '../src/compose.ts'
import { fhirRoutes } from '../src/fhir-api/index.ts'
import { planMaker, planRoutes, streamRoutes } from '../src/plans/index.ts'
import { recordChange } from '../src/plans/plan-state.ts'
import { type FhirResource, openStore, type Store } from '../src/store/index.ts'

/** What somebody from outside would try, with tokens as a provider signs them. */
const ISSUER = 'https://sign-in.example.org'
const AUDIENCE = 'https://hospital.example.org/fhir'
type Key = Awaited<ReturnType<typeof generateKeyPair>>

let keys: Key
let publicPem: string
let store: Store
let server: FastifyInstance
let base: string

interface Claims {
  readonly role?: unknown
  readonly site?: unknown
  readonly fhirUser?: unknown
  readonly scope?: string
  readonly patient?: string
}
const token = (claims: Claims = {}, { audience = AUDIENCE, ends = '5m', key = keys.privateKey, alg = 'ES256', issuer = ISSUER } = {}) =>
  new SignJWT({ role: 'oncologist', site: 'north', fhirUser: 'Practitioner/doc', ...claims })
    .setProtectedHeader({ alg })
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(ends)
    .sign(key)

interface Answer {
  readonly status: number
  readonly text: string
  readonly headers: Headers
}
async function ask(method: string, path: string, bearer?: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const answer = await fetch(`${base}${path}`, {
    method,
    headers: {
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  return { status: answer.status, text: await answer.text(), headers: answer.headers }
}
const patient = (id: string, more: object = {}) => ({ resourceType: 'Patient', id, name: [{ family: `Family-${id}` }], ...more })
const observation = (id: string, of: string, more: object = {}) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { text: `secret of ${of}` },
  subject: { reference: `Patient/${of}` },
  ...more,
})
const put = async (site: string, ...resources: readonly (FhirResource & { readonly id: string })[]): Promise<void> => {
  const kept = await store.commit(
    { who: 'Device/test', site },
    resources.map((resource) => ({ kind: 'update', resource })),
  )
  if (!kept.ok) throw new Error(kept.error[0]!.message)
}

beforeAll(async () => {
  keys = await generateKeyPair('ES256', { extractable: true })
  publicPem = await exportSPKI(keys.publicKey)
  store = await openStore({ database: { memory: true }, hooks: auditHooks })
  const colleague = { member: { reference: 'Practitioner/doc' } }
  await put('north', patient('near'), observation('near-1', 'near'))
  await put('south', patient('far'), observation('far-1', 'far'), observation('moved', 'far', { note: [{ text: 'words of far' }] }))
  await put('south', patient('shared'), observation('shared-1', 'shared'), {
    resourceType: 'CareTeam',
    id: 'team',
    status: 'active',
    subject: { reference: 'Patient/shared' },
    participant: [colleague],
  })
  // it had been filed under the wrong patient
  await put('south', observation('moved', 'near'))
  await put('south', { resourceType: 'Medication', id: 'drops', code: { text: 'one medicine' } })
  const believed: Issuer = {
    issuer: ISSUER,
    audience: AUDIENCE,
    keys: { keys: [{ ...(await exportJWK(keys.publicKey)), alg: 'ES256' }] },
    claims: { role: 'role', site: 'site', who: 'fhirUser' },
  }
  const now = () => new Date()
  const maker = planMaker(openKnowledge().knowledge)
  const access = openAccess({ database: store.database, identify: tokenIdentity([believed]), now })
  const routes = [
    ...fhirRoutes({ store, software: 'test', startedAt: now().toISOString() }),
    ...planRoutes({ store, maker: () => maker, today: () => '2026-11-23', now }),
    ...streamRoutes(store.database),
  ]
  server = buildServer({ routes, access, publicUrl: 'https://hospital.example.org' })
  const embedded = await embeddedProvider('https://hospital.example.org', [], 'north', store.database)
  mountProvider(server, embedded, 'north')
  base = await server.listen({ host: '127.0.0.1', port: 0 })
}, 120_000)
afterAll(async () => {
  await server.close()
  await store.close()
}, 60_000)

describe('tokens', () => {
  const unsigned = (header: object, claims: object): string =>
    `${[header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}`
  const claims = () => ({
    iss: ISSUER,
    aud: AUDIENCE,
    iat: now(),
    exp: now() + 300,
    role: 'oncologist',
    site: 'north',
    fhirUser: 'Practitioner/doc',
  })
  const now = () => Math.floor(Date.now() / 1000)

  test('the right one opens', async () => {
    expect((await ask('GET', '/fhir/Patient/near', await token())).status).toBe(200)
  })

  test.each<[string, () => Promise<string> | string]>([
    ['alg none', () => `${unsigned({ alg: 'none' }, claims())}.`],
    ['alg none with a signature', () => `${unsigned({ alg: 'none' }, claims())}.abc`],
    [
      'HS256 with the public key as secret',
      () => {
        const head = unsigned({ alg: 'HS256' }, claims())
        return `${head}.${createHmac('sha256', publicPem).update(head).digest('base64url')}`
      },
    ],
    ['another key', async () => token({}, { key: (await generateKeyPair('ES256')).privateKey })],
    ['another audience', () => token({}, { audience: 'https://elsewhere.example.org/fhir' })],
    ['another issuer', () => token({}, { issuer: 'https://evil.example.org' })],
    ['too old', () => token({}, { ends: '-5m' })],
    ['a role that is none', () => token({ role: 'constructor' })],
    ['a role in a list', () => token({ role: ['oncologist'] })],
    ['no site', () => token({ site: undefined })],
    ['a person that is no reference', () => token({ fhirUser: 'doc' })],
    [
      'claims changed after signing',
      async () => {
        const [head, , signature] = (await token({ role: 'support-group' })).split('.')
        return `${head}.${Buffer.from(JSON.stringify(claims())).toString('base64url')}.${signature}`
      },
    ],
  ])('%s is refused as broken, and says nothing of the chart', async (_name, make) => {
    const answer = await ask('GET', '/fhir/Patient/near', await make())
    expect(answer.status).toBe(401)
    expect(answer.text).not.toContain('Family-near')
  })

  test('a patient with scopes of a person reaches themselves; an app of a launch its patient, whatever else it holds', async () => {
    const self = await token({ role: 'patient', fhirUser: 'Patient/near', scope: 'user/*.cruds system/*.cruds' })
    expect((await ask('GET', '/fhir/Patient/near', self)).status).toBe(200)
    for (const path of ['/fhir/Patient/shared', '/plans/far', '/fhir/Patient/far/$everything'])
      expect((await ask('GET', path, self)).status, path).toBe(403)
    expect((await ask('GET', '/fhir/Observation/far-1', self)).status).toBe(404)
    expect((await ask('PUT', '/fhir/Observation/near-1', self, observation('near-1', 'near'))).status).toBe(403)
    // scopes of two kinds: what belongs to the launch does not widen to all because something else of the person was granted
    const app = await token({ scope: 'patient/*.rs user/Practitioner.rs', patient: 'near' })
    expect((await ask('GET', '/fhir/Observation/near-1', app)).status).toBe(200)
    for (const path of ['/fhir/Patient/shared', '/plans/shared']) expect((await ask('GET', path, app)).status, path).toBe(403)
    expect((await ask('GET', '/fhir/Observation/shared-1', app)).status).toBe(404)
    expect((await ask('GET', '/fhir/Observation', app)).text).not.toContain('secret of shared')
    // without the patient of the launch: nothing
    expect((await ask('GET', '/fhir/Observation/near-1', await token({ scope: 'patient/*.rs' }))).status).toBe(403)
    expect((await ask('GET', '/fhir/Observation/near-1', await token({ scope: 'openid profile' }))).status).toBe(403)
  })
})

describe('charts of strangers', () => {
  test.each([
    ['GET', '/fhir/Patient/far'],
    ['GET', '/fhir/Observation/far-1'],
    ['GET', '/fhir/Observation/far-1/_history'],
    ['GET', '/fhir/Observation/far-1/_history/1'],
    ['GET', '/fhir/Observation/moved/_history/1'],
    ['GET', '/fhir/Patient/far/$everything'],
    ['GET', '/fhir/Patient/far/$mcode-everything'],
    ['GET', '/fhir/Patient/far/Observation'],
    ['GET', '/fhir/Observation/far-1/$validate'],
    ['GET', '/plans/far'],
    ['GET', '/plans/far/decisions'],
    ['DELETE', '/fhir/Observation/far-1'],
    ['GET', '/fhir/$export'],
    ['GET', '/fhir/Patient/$export'],
    ['GET', '/fhir/_history'],
    ['GET', '/fhir?_type=Patient'],
  ])('%s %s is refused', async (method, path) => {
    const answer = await ask(method, path, await token(), undefined, { prefer: 'respond-async' })
    // a record by its id: as one that is not there
    expect(answer.status).toBe(method === 'GET' && path.startsWith('/fhir/Observation/') ? 404 : 403)
    expect(answer.text).not.toMatch(/secret of far|words of far|Family-far/)
  })

  test.each([
    '/fhir/Patient?_id=near,far',
    '/fhir/Patient?name=family',
    '/fhir/Observation?_id=far-1',
    '/fhir/Observation?subject=Patient/far',
    '/fhir/Patient?_id=near&_revinclude=Observation:subject&_include=Patient:link',
    '/fhir/Observation?_include=Observation:subject&_include:iterate=Patient:link',
    '/fhir/Observation/_history',
    '/fhir/Observation/moved/_history',
    '/fhir/Patient/near/$everything',
    '/fhir/Observation?_sort=-_lastUpdated&_count=1',
  ])('%s tells nothing of them', async (path) => {
    const answer = await ask('GET', path, await token())
    expect(answer.status).toBe(200)
    expect(answer.text).not.toMatch(/secret of far|words of far|Family-far|"far-1"/)
  })

  test('a colleague in the care team cannot hand the chart to their own site by writing to it', async () => {
    const mine = await token()
    expect((await ask('PATCH', '/fhir/Patient/shared', mine, [{ op: 'add', path: '/active', value: true }], JSON_PATCH)).status).toBe(200)
    expect((await ask('PUT', '/fhir/Patient/shared', mine, patient('shared', { active: true, gender: 'female' }))).status).toBe(200)
    const other = await token({ fhirUser: 'Practitioner/other' })
    for (const path of ['/fhir/Patient/shared', '/plans/shared']) expect((await ask('GET', path, other)).status, path).toBe(403)
    expect((await ask('GET', '/fhir/Observation/shared-1', other)).status).toBe(404)
    // of the site that registered the patient it is still one
    expect((await ask('GET', '/fhir/Patient/shared', await token({ site: 'south', fhirUser: 'Practitioner/south' }))).status).toBe(200)
    const { resources, charts } = await rebuilt()
    expect([resources > 0, charts > 0]).toEqual([true, true])
    expect((await ask('GET', '/fhir/Patient/shared', other)).status).toBe(403)
  })
  const JSON_PATCH = { 'content-type': 'application/json-patch+json' }
  const rebuilt = async () => (await import('../src/store/rebuild.ts')).rebuild(store.database, undefined)

  test('nobody lays a key beside a patient who will be registered later', async () => {
    const participant = [{ member: { reference: 'Practitioner/doc' } }]
    const team = { resourceType: 'CareTeam', id: 'planted', status: 'active', subject: { reference: 'Patient/later' }, participant }
    const relative = { resourceType: 'RelatedPerson', id: 'planted', active: true, patient: { reference: 'Patient/later' } }
    for (const one of [team, relative]) expect((await ask('PUT', `/fhir/${one.resourceType}/planted`, await token(), one)).status).toBe(403)
    const entry = [patient('own-new'), { ...team, id: 'own', subject: { reference: 'Patient/own-new' } }].map((resource) => ({
      resource,
      request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
    }))
    expect((await ask('POST', '/fhir', await token(), { resourceType: 'Bundle', type: 'transaction', entry })).status).toBe(200)
  })

  test('a broken glass is no key: behind it nobody writes what would reach the chart when the hour is over', async () => {
    const hour = { who: 'Practitioner/glass', role: 'surgeon', site: 'north', requestId: 'r', purpose: 'TREAT' }
    const broken = await breakGlass(store.database, hour, { patient: 'far', reason: 'bleeding, on call, no time' }, new Date())
    expect(broken.ok).toBe(true)
    const bearer = await token({ role: 'surgeon', fhirUser: 'Practitioner/glass' })
    expect((await ask('GET', '/fhir/Observation/far-1', bearer)).status).toBe(200)
    expect((await ask('PUT', '/fhir/Observation/behind-glass', bearer, observation('behind-glass', 'far'))).status).toBe(201)
    const own = { reference: 'Practitioner/glass' }
    const team = {
      resourceType: 'CareTeam',
      id: 'key',
      status: 'active',
      subject: { reference: 'Patient/far' },
      participant: [{ member: own }],
    }
    expect((await ask('PUT', '/fhir/CareTeam/key', bearer, team)).status).toBe(403)
    expect((await ask('PUT', '/fhir/Patient/far', bearer, patient('far', { generalPractitioner: [own] }))).status).toBe(403)
    const patch = [{ op: 'add', path: '/generalPractitioner', value: [own] }]
    expect((await ask('PATCH', '/fhir/Patient/far', bearer, patch, { 'content-type': 'application/json-patch+json' })).status).toBe(403)
    const relative = { resourceType: 'RelatedPerson', id: 'key', active: true, patient: { reference: 'Patient/far' } }
    expect((await ask('POST', '/fhir/RelatedPerson', bearer, relative)).status).toBe(403)
  })

  test('a medicine that charts of other sites name cannot be turned into another', async () => {
    const other = { resourceType: 'Medication', id: 'drops', code: { text: 'another medicine' } }
    expect((await ask('PUT', '/fhir/Medication/drops', await token(), other)).status).toBe(403)
    const own = await token({ site: 'south', fhirUser: 'Practitioner/south' })
    expect((await ask('PUT', '/fhir/Medication/drops', own, other)).status).toBe(200)
    expect((await ask('GET', '/fhir/Medication/drops', await token())).text).toContain('another medicine')
    // doctors and hospitals: new ones and those of one's own site
    const doctor = (name: string) => ({ resourceType: 'Practitioner', id: 'dr-new', name: [{ family: name }] })
    expect((await ask('PUT', '/fhir/Practitioner/dr-new', await token(), doctor('North'))).status).toBe(201)
    expect((await ask('PUT', '/fhir/Practitioner/dr-new', own, doctor('South'))).status).toBe(403)
    expect((await ask('PUT', '/fhir/Practitioner/dr-new', await token({ role: 'dietitian' }), doctor('None'))).status).toBe(403)
  })

  test('a transaction reads and writes no more than its parts may', async () => {
    for (const entry of [
      [{ request: { method: 'GET', url: 'Observation/far-1' } }],
      [{ request: { method: 'GET', url: 'Observation/moved/_history/1' } }],
      [{ resource: observation('x', 'far'), request: { method: 'POST', url: 'Observation' } }],
      [
        {
          resource: observation('x', 'near'),
          request: { method: 'POST', url: 'Observation', ifNoneExist: 'subject:Patient.name=family-far' },
        },
      ],
      [{ request: { method: 'DELETE', url: 'Patient/far' } }],
      [{ request: { method: 'GET', url: '../plans/far' } }],
    ])
      for (const type of ['batch', 'transaction']) {
        const answer = await ask('POST', '/fhir', await token(), { resourceType: 'Bundle', type, entry })
        expect(answer.text, JSON.stringify(entry)).not.toMatch(/secret of far|words of far|Family-far/)
      }
    expect((await store.read('Patient', 'far'))!.body).not.toBeNull()
  })
})

describe('bodies and headers', () => {
  test.each<[string, string, unknown, Record<string, string>, number]>([
    ['XML', '/fhir/Patient', '<Patient xmlns="http://hl7.org/fhir"/>', { 'content-type': 'application/fhir+xml' }, 415],
    [
      'an entity in XML',
      '/fhir/Patient',
      '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
      { 'content-type': 'text/xml' },
      415,
    ],
    ['a form where JSON is meant', '/fhir/Patient', 'name=x', { 'content-type': 'application/x-www-form-urlencoded' }, 400],
    ['multipart', '/fhir/Patient', '--x\r\n\r\n--x--', { 'content-type': 'multipart/form-data; boundary=x' }, 415],
    ['deep nesting', '/fhir/Patient', `${'['.repeat(5000)}${']'.repeat(5000)}`, {}, 400],
    ['__proto__', '/fhir/Patient', '{"resourceType":"Patient","__proto__":{"isAdmin":true}}', {}, 400],
    ['__proto__ in escapes', '/fhir/Patient', '{"resourceType":"Patient","\\u005f_proto__":{"isAdmin":true}}', {}, 400],
    ['a NUL', '/fhir/Patient', '{"resourceType":"Patient","language":"\\u0000"}', {}, 400],
    ['not JSON', '/fhir/Patient', '{"resourceType":', {}, 400],
  ])('%s is refused', async (_name, path, body, headers, status) => {
    const answer = await ask('POST', path, await token(), body, headers)
    expect([answer.status, answer.text.includes('OperationOutcome'), /at .*\.ts|node_modules/.test(answer.text)]).toEqual([
      status,
      true,
      false,
    ])
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
  })

  test('a body of seventeen megabytes is refused, and the server goes on', async () => {
    const answer = await ask('POST', '/fhir/Patient', await token(), `"${'a'.repeat(17 * 1024 * 1024)}"`).catch(() => undefined)
    expect([413, undefined]).toContain(answer?.status)
    expect((await ask('GET', '/fhir/Patient/near', await token())).status).toBe(200)
  })

  test.each<[string, unknown, Record<string, string>]>([
    [
      'JSON Patch into the prototype',
      [{ op: 'add', path: '/__proto__/isAdmin', value: true }],
      { 'content-type': 'application/json-patch+json' },
    ],
    [
      'JSON Patch by constructor',
      [{ op: 'add', path: '/constructor/prototype/isAdmin', value: true }],
      { 'content-type': 'application/json-patch+json' },
    ],
    ['JSON Patch copied from it', [{ op: 'copy', from: '/constructor', path: '/note' }], { 'content-type': 'application/json-patch+json' }],
    ['a patch of the id', [{ op: 'replace', path: '/id', value: 'far-1' }], { 'content-type': 'application/json-patch+json' }],
    ['an expression without end', fhirPath("Observation.where('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.matches('(a+)+$')).status"), {}],
    ['an expression over everything', fhirPath('Observation.repeat($this | children()).status'), {}],
    ['FHIRPath into the prototype', fhirPath('Observation.constructor.prototype'), {}],
  ])('%s is refused at once', async (_name, patch, headers) => {
    const answer = await ask('PATCH', '/fhir/Observation/near-1', await token(), patch, headers)
    expect(answer.status).toBe(400)
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
  })
  function fhirPath(path: string): object {
    const part = [
      { name: 'type', valueCode: 'replace' },
      { name: 'path', valueString: path },
      { name: 'value', valueCode: 'amended' },
    ]
    return { resourceType: 'Parameters', parameter: [{ name: 'operation', part }] }
  }

  test('a plain FHIRPath Patch works', async () => {
    expect((await ask('PATCH', '/fhir/Observation/near-1', await token(), fhirPath('Observation.status'))).status).toBe(200)
    expect((await ask('PATCH', '/fhir/Patient/near', await token(), fhirPatch())).status).toBe(200)
  })
  const fhirPatch = () => {
    const part = [
      { name: 'type', valueCode: 'replace' },
      { name: 'path', valueString: "Patient.name.where(family = 'Family-near').family" },
      { name: 'value', valueString: 'Family-renamed' },
    ]
    return { resourceType: 'Parameters', parameter: [{ name: 'operation', part }] }
  }

  test('what a sender puts into headers comes back in none', async () => {
    const bearer = await token()
    const odd = await ask('GET', '/fhir/Patient/near', bearer, undefined, {
      'x-request-id': 'short',
      'if-none-match': 'W/"x"',
      accept: 'application/fhir+json',
    })
    expect(odd.headers.get('x-request-id')).not.toBe('short')
    for (const path of [
      '/fhir/Patient?name=x%0d%0aset-cookie:%20a=b',
      '/fhir/Patient/a%0d%0ab',
      '/fhir/%2e%2e/%2e%2e/etc/passwd',
      '/fhir/Patient/..%2f..%2f..%2fetc%2fpasswd',
      '/fhir/$export-file/..%2f../0',
    ]) {
      const answer = await ask('GET', path, bearer)
      expect(answer.headers.get('set-cookie'), path).toBeNull()
      expect(answer.status, path).toBeLessThan(500)
      expect(answer.text).not.toContain('root:')
    }
    const created = await ask('POST', '/fhir/Observation', bearer, observation('x', 'near'), {
      host: 'evil.example.org',
      'x-forwarded-host': 'evil.example.org',
    })
    expect(created.headers.get('location')).toMatch(/^https:\/\/hospital\.example\.org\/fhir\/Observation\//)
  })

  test('a form of another page signs nobody in', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://evil.example.org' }
    for (const path of ['/oidc-login/abc', '/oidc-login/..%2f..%2fplans'])
      expect([400, 403, 404]).toContain((await ask('POST', path, undefined, 'role=administrator&site=north', form)).status)
  })

  test('ten at once with the same condition create one', async () => {
    const bearer = await token()
    const one = patient('x', { identifier: [{ system: 'urn:mrn', value: 'race' }] })
    const all = await Promise.all(
      Array.from({ length: 10 }, () => ask('POST', '/fhir/Patient', bearer, one, { 'if-none-exist': 'identifier=urn:mrn|race' })),
    )
    expect(all.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 200, 200, 201])
  })
})

describe('changes as events', () => {
  test('a stream that is open tells nothing any more of a patient whose team one has left', async () => {
    const team = (status: string) => ({
      resourceType: 'CareTeam',
      id: 'leaving',
      status,
      subject: { reference: 'Patient/left' },
      participant: [{ member: { reference: 'Practitioner/leaver' } }],
    })
    await put('south', patient('left'), team('active'))
    const change = (revision: number) =>
      recordChange(store.database, {
        patient: 'left',
        site: 'south',
        at: new Date().toISOString(),
        revision,
        knowledgeDigest: `d${revision}`,
        cause: 'data',
        priority: 1,
        changes: [],
      })
    await change(1)
    const open = ask('GET', '/changes?after=0', await token({ fhirUser: 'Practitioner/leaver', site: 'west' }, { ends: '4s' }))
    await new Promise((resolve) => setTimeout(resolve, 500))
    await put('south', team('inactive'))
    await change(2)
    const told = [...(await open).text.matchAll(/"Patient\/left".*?"revision":(\d+)/g)].map((match) => match[1])
    expect(told).toEqual(['1'])
  })

  test('name no patient out of reach, and end with the token', async () => {
    for (const [id, site] of [
      ['far', 'south'],
      ['near', 'north'],
      ['shared', 'south'],
    ] as const)
      await recordChange(store.database, {
        patient: id,
        site,
        at: new Date().toISOString(),
        revision: 1,
        knowledgeDigest: 'd',
        cause: 'data',
        priority: 1,
        changes: [],
      })
    // the clock of a token is believed with half a minute of grace; the stream ends when it says
    const answer = await ask('GET', '/changes?after=0', await token({}, { ends: '2s' }))
    expect(answer.text).toContain('Patient/near')
    expect(answer.text).toContain('Patient/shared')
    expect(answer.text).not.toContain('Patient/far')
    const bound = await ask('GET', '/changes?after=0', await token({ scope: 'patient/*.rs', patient: 'near' }, { ends: '2s' }))
    expect(bound.text).not.toMatch(/Patient\/(far|shared)/)
  })
})
