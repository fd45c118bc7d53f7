import zlib from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAccess } from '../../src/access/index.ts'
import { kindOf, POLICY, reachesOf } from '../../src/access/policy.ts'
import { searchTable } from '../../src/store/search/definitions.ts'
import { type Client, clientOf } from './client.ts'

/** What clients from elsewhere send that ours never do. */
let fhir: Client
beforeAll(async () => {
  const { database } = (await clientOf({ memory: true })).store
  const access = openAccess({
    database,
    now: () => new Date(),
    identify: async ({ requestId }) => ({
      requestId,
      who: 'Device/ehr',
      role: 'integration',
      site: 'north',
      purpose: 'TREAT',
      scopes: ['system/*.cruds'],
    }),
  })
  fhir = await clientOf({ open: database }, access)
  await fhir.load({ resourceType: 'Patient', id: 'ann' })
}, 60_000)
afterAll(() => fhir.store.close())

test('every type that may stand in a chart may be kept by a program, and read by whom it is about', () => {
  const { types, compartment } = searchTable()
  // the log of who read what is ours alone
  const ofCharts = [...types].filter((type) => compartment(type).length > 0 && type !== 'AuditEvent')
  const closed = ofCharts.filter((type) => {
    const kind = kindOf(type)
    return kind === undefined || !reachesOf('integration', kind, 'create').includes('scopes')
  })
  expect(closed).toEqual([])
})

test('a whole chart with insurance, claims and devices is one transaction', async () => {
  const subject = { reference: 'Patient/ann' }
  const entry = (resource: Record<string, unknown>) => ({ resource, request: { method: 'POST', url: String(resource.resourceType) } })
  const answer = await fhir.send('POST', '', {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      entry({ resourceType: 'Coverage', status: 'active', beneficiary: subject, payor: [{ display: 'x' }] }),
      entry({ resourceType: 'Device', status: 'active', patient: subject }),
      entry({ resourceType: 'SupplyDelivery', status: 'completed', patient: subject }),
      entry({ resourceType: 'Basic', code: { text: 'x' }, subject }),
    ],
  })
  expect([answer.status, answer.body.issue]).toEqual([200, undefined])
})

test('the statement offers what somebody may touch, and nothing else', async () => {
  const { rest } = (await fhir.get('/metadata')).body as { rest: { resource: { type: string }[] }[] }
  const offered = rest[0]!.resource.map(({ type }) => type)
  for (const type of offered) {
    const kind = kindOf(type)
    expect([type, kind !== undefined && Object.values(POLICY).some((grants) => grants.some(({ kinds }) => kinds.includes(kind)))]).toEqual([
      type,
      true,
    ])
  }
  expect(offered).not.toContain('Subscription')
})

test.each(['/Foo', '/Foo/1', '/patient/ann', '/Foo/_history', '/Foo?name=x'])(
  '%s is nothing that there could be: 404, not 403',
  async (url) => {
    const { status, body } = await fhir.get(url)
    expect([status, body.resourceType]).toEqual([404, 'OperationOutcome'])
  },
)

test('an address that cannot be read is refused in the form of every other refusal', async () => {
  const { status, body, headers } = await fhir.get('/Patient/%E0%A4%A')
  expect([status, body.resourceType]).toEqual([400, 'OperationOutcome'])
  expect(headers['x-content-type-options']).toBe('nosniff')
  expect(JSON.stringify(body)).not.toContain('%E0')
})

test('a packed body is refused for what it is, not for its letters', async () => {
  const packed = await fhir.server.inject({
    method: 'POST',
    url: '/fhir/Basic',
    headers: { 'content-type': 'application/fhir+json', 'content-encoding': 'gzip' },
    payload: zlib.gzipSync('{"resourceType":"Basic","code":{"text":"x"}}'),
  })
  expect(packed.statusCode).toBe(415)
  expect(packed.body).toContain('Content-Encoding')
})

test.each([
  ['application/fhir+json; fhirVersion=4.0', 200],
  ['application/fhir+json;fhirVersion="4.0.1"', 200],
  ['application/fhir+json; fhirVersion=3.0', 406],
  ['application/fhir+json; fhirVersion=5.0', 406],
])('Accept: %s', async (accept, status) => {
  expect((await fhir.get('/Patient/ann', { accept })).status).toBe(status)
})
