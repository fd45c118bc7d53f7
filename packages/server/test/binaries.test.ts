import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { auditHooks, openAccess } from '../src/access/index.ts'
import { buildServer } from '../src/api/index.ts'
import { fhirRoutes } from '../src/fhir-api/index.ts'
import { openStore, type Store } from '../src/store/index.ts'

let store: Store
let server: FastifyInstance

const binary = (id: string) => ({ resourceType: 'Binary', id, contentType: 'application/pdf', data: 'JVBERi0=' })
const pointing = (id: string, patient: string, to: string, security?: string) => ({
  resourceType: 'DocumentReference',
  id,
  status: 'current',
  subject: { reference: `Patient/${patient}` },
  content: [{ attachment: { contentType: 'application/pdf', url: `Binary/${to}` } }],
  ...(security ? { meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: security }] } } : {}),
})
type Kept = Record<string, unknown> & { readonly resourceType: string; readonly id: string }
const put = async (who: string, site: string, ...resources: readonly Kept[]): Promise<void> => {
  const done = await store.commit(
    { who, site },
    resources.map((resource) => ({ kind: 'update', resource })),
  )
  if (!done.ok) throw new Error(done.error[0]!.message)
}

beforeAll(async () => {
  store = await openStore({ database: { memory: true }, hooks: auditHooks })
  await put('Device/lab', 'north', { resourceType: 'Patient', id: 'near' })
  await put('Device/lab', 'south', { resourceType: 'Patient', id: 'far' }, { resourceType: 'Patient', id: 'own' })
  await put('Device/lab', 'north', binary('report'), pointing('report-doc', 'near', 'report'), binary('alone'))
  await put('Device/lab', 'north', binary('psychology'), pointing('psychology-doc', 'near', 'psychology', 'PSY'))
  await put(
    'Device/lab',
    'south',
    binary('far-report'),
    pointing('far-doc', 'far', 'far-report'),
    binary('own-report'),
    pointing('own-doc', 'own', 'own-report'),
  )
  // somebody points at what somebody else has written
  await put('Practitioner/oncologist', 'north', pointing('grabbing', 'near', 'far-report'))
  await put('Patient/own', 'south', pointing('curious', 'own', 'far-report'))
  // a document of the lab that was turned towards another Binary by somebody else
  await put('Device/lab', 'north', binary('first'), pointing('turned', 'near', 'first'))
  await put('Practitioner/oncologist', 'north', pointing('turned', 'near', 'alone'))
  // one that points at it no more
  await put('Device/lab', 'north', binary('replaced'), pointing('new-doc', 'near', 'replaced'))
  await put('Device/lab', 'north', pointing('new-doc', 'near', 'report'))
  const access = openAccess({
    database: store.database,
    now: () => new Date(),
    identify: async ({ headers, requestId }) => {
      const [role = '', who = '', scopes = ''] = String(headers['x-test-who']).split(' ')
      return { requestId, who, role, site: 'north', purpose: 'TREAT', ...(scopes === '' ? {} : { scopes: [scopes] }) }
    },
  })
  server = buildServer({
    routes: fhirRoutes({ store, software: 'test', startedAt: '2026-11-23T00:00:00Z' }),
    access,
    publicUrl: 'http://test',
  })
}, 60_000)
afterAll(async () => {
  await server.close()
  await store.close()
})

const status = async (who: string, url: string): Promise<number> =>
  (await server.inject({ url: `/fhir/${url}`, headers: { 'x-test-who': who } })).statusCode

const ONCOLOGIST = 'oncologist Practitioner/oncologist'
test.each([
  ['a clinician, through a document of a chart of the own site', ONCOLOGIST, 'Binary/report', 200],
  ['the same version by its number', ONCOLOGIST, 'Binary/report/_history/1', 200],
  ['its history', ONCOLOGIST, 'Binary/report/_history', 200],
  ['no document points at it', ONCOLOGIST, 'Binary/alone', 404],
  ['only a document of a chart out of reach', ONCOLOGIST, 'Binary/own-report', 404],
  ['a document of one’s own that points at what another has written', ONCOLOGIST, 'Binary/far-report', 404],
  ['the document pointed at it once, and does not any more', ONCOLOGIST, 'Binary/replaced', 404],
  ['a document that was turned towards another', ONCOLOGIST, 'Binary/first', 404],
  ['its document is set apart from the role', ONCOLOGIST, 'Binary/psychology', 404],
  ['and not from who may read it', 'counsellor Practitioner/nobody', 'Binary/psychology', 404],
  ['a role that reads no document', 'coordinator Practitioner/coordinator', 'Binary/report', 403],
  ['a patient, of the own chart', 'patient Patient/near', 'Binary/report', 200],
  ['a patient, of another', 'patient Patient/own', 'Binary/report', 404],
  ['a patient who points at it', 'patient Patient/own', 'Binary/far-report', 404],
  ['a patient, of the own chart elsewhere', 'patient Patient/own', 'Binary/own-report', 200],
  ['a program by its scopes', 'integration Device/lab system/Binary.r', 'Binary/alone', 200],
  ['a token without Binary', 'oncologist Practitioner/oncologist user/DocumentReference.rs', 'Binary/report', 403],
  ['a token with it', 'oncologist Practitioner/oncologist user/Binary.r', 'Binary/report', 200],
])('%s', async (_name, who, url, expected) => {
  expect(await status(who, url)).toBe(expected)
})

test('the audit log names the patient in whose chart the document stands', async () => {
  await status(ONCOLOGIST, 'Binary/report')
  await status(ONCOLOGIST, 'Binary/report/_history')
  const rows = await store.database.query<{ event: string }>(`select row_to_json(a)::text as event from audit_event a`)
  const read = rows
    .map(({ event }) => event)
    .filter((event) => event.includes('Binary/report/_history/1') && event.includes('Practitioner/oncologist'))
  expect(read.length).toBeGreaterThan(1)
  for (const event of read) expect(event).toContain('Patient/near')
})

test('the content alone, for who asks for no form of FHIR; as a file, never as a page', async () => {
  const ask = (accept: string) => server.inject({ url: '/fhir/Binary/report', headers: { 'x-test-who': ONCOLOGIST, accept } })
  const pdf = await ask('application/pdf')
  expect([pdf.statusCode, pdf.headers['content-type'], pdf.body]).toEqual([200, 'application/pdf', '%PDF-'])
  expect(pdf.headers).toMatchObject({ 'content-disposition': 'attachment', 'x-content-type-options': 'nosniff' })
  for (const accept of ['application/fhir+json', '*/*', 'application/pdf, */*'])
    expect((await ask(accept)).json()).toMatchObject({ resourceType: 'Binary' })
  const closed = await server.inject({ url: '/fhir/Binary/alone', headers: { 'x-test-who': ONCOLOGIST, accept: 'application/pdf' } })
  expect(closed.json()).toMatchObject({ resourceType: 'OperationOutcome' })
})
