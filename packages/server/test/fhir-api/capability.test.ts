import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, clientOf, replacing } from './client.ts'

/** Every claim of the CapabilityStatement, held against the server itself. */
interface Statement {
  readonly format: readonly string[]
  readonly patchFormat: readonly string[]
  readonly rest: readonly {
    readonly security: { readonly cors: boolean; readonly service?: unknown }
    readonly interaction: readonly { readonly code: string }[]
    readonly operation: readonly { readonly name: string }[]
    readonly resource: readonly {
      readonly type: string
      readonly supportedProfile?: readonly string[]
      readonly interaction: readonly { readonly code: string }[]
      readonly searchParam: readonly { readonly name: string; readonly type: string; readonly definition?: string }[]
      readonly searchInclude?: readonly string[]
      readonly searchRevInclude?: readonly string[]
      readonly operation?: readonly { readonly name: string }[]
    }[]
  }[]
}

let fhir: Client
let statement: Statement
beforeAll(async () => {
  fhir = await clientOf({ memory: true })
  statement = (await fhir.get('/metadata')).body
  await fhir.load({ resourceType: 'Patient', id: 'ann' })
}, 60_000)
afterAll(() => fhir.server.close())

/** A value that fits each kind of parameter. */
const VALUES: { readonly [type: string]: string } = {
  token: 'x',
  reference: 'Patient/ann',
  date: '2026-01-01',
  string: 'x',
  quantity: '1',
  number: '1',
  uri: 'urn:x',
}

test('every search parameter of every type is taken, and each has its definition', async () => {
  const wrong: string[] = []
  for (const { type, searchParam } of statement.rest[0]!.resource) {
    for (const { name, definition } of searchParam) if (definition === undefined) wrong.push(`${type}.${name} has no definition`)
    // a search with all of them at once: each is read, none is unknown
    const query = searchParam.map(({ name, type: kind }) => `${encodeURIComponent(name)}=${encodeURIComponent(VALUES[kind] ?? kind)}`)
    for (let at = 0; at < query.length; at += 12) {
      const answer = await fhir.get(`/${type}?${query.slice(at, at + 12).join('&')}`)
      if (answer.status !== 200)
        wrong.push(`${type}?${query.slice(at, at + 12).join('&')}: ${answer.status} ${JSON.stringify(answer.body.issue?.[0]?.details)}`)
    }
  }
  expect(wrong).toEqual([])
}, 120_000)

test('every include, forwards and back, is taken', async () => {
  const wrong: string[] = []
  for (const { type, searchInclude = [], searchRevInclude = [] } of statement.rest[0]!.resource) {
    const ask = async (name: string, of: readonly string[]): Promise<void> => {
      for (let at = 0; at < of.length; at += 20) {
        const { status, body } = await fhir.get(
          `/${type}?${of
            .slice(at, at + 20)
            .map((one) => `${name}=${one}`)
            .join('&')}`,
        )
        if (status !== 200) wrong.push(`${type} ${name}: ${status} ${JSON.stringify(body.issue?.[0]?.details)}`)
      }
    }
    await ask('_include', searchInclude)
    // what every type may point at is asked once: the list is the same for all
    if (['Patient', 'Practitioner', 'Condition', 'Binary', 'Encounter'].includes(type)) await ask('_revinclude', searchRevInclude)
  }
  expect(wrong).toEqual([])
}, 120_000)

test('a profile that is named as supported is one of its type, and what contradicts it is refused', async () => {
  const all = statement.rest[0]!.resource.flatMap(({ type, supportedProfile = [] }) =>
    supportedProfile.map((profile) => ({ type, profile })),
  )
  expect(all.length).toBeGreaterThan(80)
  for (const { type, profile } of all) {
    const other = type === 'Patient' ? { resourceType: 'Basic', code: { text: 'x' } } : { resourceType: 'Patient' }
    const { body } = await fhir.send('POST', `/${other.resourceType}/$validate`, { ...other, meta: { profile: [profile] } })
    expect([profile, body.issue[0].severity]).toEqual([profile, 'error'])
  }
})

test.each([
  ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-smokingstatus', { effectivePeriod: { start: '2026-01-01' } }, 422],
  [
    'http://hl7.org/fhir/us/core/StructureDefinition/us-core-body-weight',
    { code: { coding: [{ system: 'http://loinc.org', code: '8302-2' }] } },
    422,
  ],
  [
    'http://hl7.org/fhir/us/core/StructureDefinition/us-core-body-weight|5.0.1',
    { code: { coding: [{ system: 'http://loinc.org', code: '8302-2' }] } },
    201,
  ],
  [
    'http://hl7.org/fhir/us/core/StructureDefinition/us-core-body-weight',
    { code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] } },
    201,
  ],
  ['http://hospital.example.org/own-profile', {}, 201],
])('an Observation that claims %s', async (profile, more, status) => {
  const resource = {
    resourceType: 'Observation',
    status: 'final',
    code: { text: 'x' },
    meta: { profile: [profile] },
    subject: { reference: 'Patient/ann' },
    ...more,
  }
  expect((await fhir.send('POST', '/Observation', resource)).status).toBe(status)
})

describe('interactions', () => {
  test('each that is claimed of a type answers', async () => {
    const claimed = new Set(statement.rest[0]!.resource.flatMap(({ interaction }) => interaction.map(({ code }) => code)))
    const tries: { readonly [code: string]: () => Promise<number> } = {
      create: async () => (await fhir.send('POST', '/Basic', { resourceType: 'Basic', code: { text: 'x' } })).status,
      update: async () => (await fhir.send('PUT', '/Basic/b', { resourceType: 'Basic', id: 'b', code: { text: 'x' } })).status,
      read: async () => (await fhir.get('/Basic/b')).status,
      vread: async () => (await fhir.get('/Basic/b/_history/1')).status,
      patch: async () => (await fhir.send('PATCH', '/Basic/b', [{ op: 'replace', path: '/code/text', value: 'y' }])).status,
      'history-instance': async () => (await fhir.get('/Basic/b/_history')).status,
      'history-type': async () => (await fhir.get('/Basic/_history')).status,
      'search-type': async () => (await fhir.get('/Basic?_id=b')).status,
      delete: async () => (await fhir.send('DELETE', '/Basic/b')).status,
    }
    expect([...claimed].sort()).toEqual(Object.keys(tries).sort())
    for (const [code, run] of Object.entries(tries)) expect([code, [200, 201, 204].includes(await run())]).toEqual([code, true])
  })

  test('each that is claimed of the system answers', async () => {
    const bundle = (type: string) => fhir.send('POST', '', { resourceType: 'Bundle', type, entry: [] })
    const tries: { readonly [code: string]: () => Promise<number> } = {
      batch: async () => (await bundle('batch')).status,
      transaction: async () => (await bundle('transaction')).status,
      'search-system': async () => (await fhir.get('?_type=Patient,Basic')).status,
      'history-system': async () => (await fhir.get('/_history')).status,
    }
    expect(statement.rest[0]!.interaction.map(({ code }) => code).sort()).toEqual(Object.keys(tries).sort())
    for (const [code, run] of Object.entries(tries)) expect([code, await run()]).toEqual([code, 200])
  })

  test('each format is sent, each form of a patch is taken, and what is not claimed is refused', async () => {
    for (const format of statement.format) expect((await fhir.get(`/Patient/ann?_format=${encodeURIComponent(format)}`)).status).toBe(200)
    for (const format of ['xml', 'application/fhir+xml', 'text/turtle'])
      expect((await fhir.get(`/Patient/ann?_format=${encodeURIComponent(format)}`)).status).toBe(406)
    const patches: { readonly [format: string]: unknown } = {
      'application/json-patch+json': [{ op: 'add', path: '/gender', value: 'female' }],
      'application/fhir+json': replacing('Patient.gender', { valueCode: 'male' }),
    }
    expect(statement.patchFormat.toSorted()).toEqual(Object.keys(patches).sort())
    for (const format of statement.patchFormat)
      expect((await fhir.send('PATCH', '/Patient/ann', patches[format], { 'content-type': format })).status).toBe(200)
  })

  test('who may call from a browser, and how one signs in, is said as it is', async () => {
    // a server that is set up without either
    expect(statement.rest[0]!.security.cors).toBe(false)
    expect(statement.rest[0]!.security.service).toBeUndefined()
  })
})
