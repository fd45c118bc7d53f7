import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAccess } from '../src/access/index.ts'
import { isUnderstood } from '../src/access/narrowing.ts'
import { buildServer } from '../src/api/index.ts'
import { fhirRoutes } from '../src/fhir-api/index.ts'
import { openStore, type Store } from '../src/store/index.ts'
import { AUTHOR, must, observation, patient, put } from './store/resources.ts'

/** Scopes of SMART v2 that open a part of a type: held to in a read, a search and its count, a history, what is included, and what a chain looks through. */
const CATEGORY = 'http://terminology.hl7.org/CodeSystem/observation-category'
const LABORATORY = `Observation.rs?category=${CATEGORY}|laboratory`
let store: Store
let server: FastifyInstance

beforeAll(async () => {
  store = await openStore({ database: { memory: true } })
  const of = (code: string) => ({ category: [{ coding: [{ system: CATEGORY, code }] }] })
  must(
    await store.commit(AUTHOR, [
      put(patient('a')),
      put(patient('b')),
      put(observation('lab', 'a', of('laboratory'))),
      put(observation('social', 'a', of('social-history'))),
      put(observation('lab-b', 'b', of('laboratory'))),
    ]),
  )
  const access = openAccess({
    database: store.database,
    identify: async ({ headers, requestId }) => ({
      requestId,
      who: 'Practitioner/doc',
      role: String(headers['x-role'] ?? 'oncologist'),
      site: AUTHOR.site,
      purpose: 'TREAT',
      scopes: String(headers['x-scopes']).split(' '),
      grant: { patient: 'a' },
    }),
    now: () => new Date(),
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

const ask = async (scopes: string, url: string, role = 'oncologist') => {
  const answer = await server.inject({ method: 'GET', url: `/fhir${url}`, headers: { 'x-scopes': scopes, 'x-role': role } })
  const body = answer.body === '' ? {} : (JSON.parse(answer.body) as { total?: number; entry?: readonly { resource: { id: string } }[] })
  return { status: answer.statusCode, total: body.total, ids: (body.entry ?? []).map(({ resource }) => resource.id) }
}

test('only what meets the scope is read, found, counted and included', async () => {
  const scopes = `user/${LABORATORY} user/Patient.rs`
  expect((await ask(scopes, '/Observation/lab')).status).toBe(200)
  for (const url of ['/Observation/social', '/Observation/social/_history', '/Observation/social/_history/1'])
    expect([url, (await ask(scopes, url)).status]).toEqual([url, 404])
  expect(await ask(scopes, '/Observation?patient=a')).toEqual({ status: 200, total: 1, ids: ['lab'] })
  expect(await ask(scopes, '/Observation?_summary=count')).toEqual({ status: 200, total: 2, ids: [] })
  expect(await ask(scopes, '/Observation?category=social-history&_summary=count')).toMatchObject({ total: 0 })
  expect((await ask(scopes, '/Patient?_id=a&_revinclude=Observation:subject')).ids).toEqual(['a', 'lab'])
  expect((await ask(scopes, '/Observation/_history')).ids).toEqual(['lab-b', 'lab'])
  // a chain would tell of what it looks through
  expect((await ask(scopes, '/Patient?_has:Observation:patient:category=social-history')).status).toBe(403)
  expect((await ask(scopes, '/Patient?_type=Patient')).status).toBe(200)
  expect((await ask(scopes, '?_type=Patient,Observation')).status).toBe(403)
  expect((await ask(`system/${LABORATORY} system/Patient.rs`, '/Observation', 'integration')).ids).toEqual(['lab', 'lab-b'])
})

test('of the patient of a launch, where it is a scope of the launch', async () => {
  const scopes = `patient/${LABORATORY} patient/Patient.rs`
  expect(await ask(scopes, '/Observation')).toEqual({ status: 200, total: 1, ids: ['lab'] })
  expect((await ask(scopes, '/Observation/lab-b')).status).toBe(404)
  expect((await ask(scopes, '/Patient/a/$everything')).ids).toEqual(['a', 'lab'])
})

test('two narrow scopes open both parts, a whole one the whole', async () => {
  const social = `user/Observation.rs?category=${CATEGORY}|social-history`
  expect((await ask(`user/${LABORATORY} ${social}`, '/Observation?patient=a')).ids).toEqual(['lab', 'social'])
  expect((await ask(`user/${LABORATORY} user/Observation.rs`, '/Observation?patient=a')).ids).toEqual(['lab', 'social'])
  // it must allow the search, too
  expect((await ask(`user/Observation.r?category=${CATEGORY}|laboratory`, '/Observation')).status).toBe(403)
})

test.each([
  'user/Observation.rs?category:not=laboratory',
  'user/Observation.rs?date=ge2020',
  'user/Observation.rs?category=',
  'user/Observation.rs?no-parameter=x',
  'user/Observation.rs?patient.name=x',
])('%s opens nothing, and is not granted', async (scope) => {
  expect(isUnderstood(scope)).toBe(false)
  expect((await ask(scope, '/Observation')).status).toBe(403)
})

test('writing is not opened by a part', async () => {
  const answer = await server.inject({
    method: 'PUT',
    url: '/fhir/Observation/lab',
    headers: { 'x-scopes': `user/Observation.cruds?category=${CATEGORY}|laboratory`, 'content-type': 'application/fhir+json' },
    payload: JSON.stringify(observation('lab', 'a')),
  })
  expect(answer.statusCode).toBe(403)
})
