import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Identify, isRole } from '../src/access/index.ts'
import { openKnowledge } from '../src/compose.ts'
import type { Serving } from '../src/compose-server.ts'
import { startService } from '../src/service.ts'
import type { FhirResource } from '../src/store/index.ts'

/** Every route that does something, asked for a patient of another site: with no body, with an empty one, and with one that would be taken. */
const fixture = path.resolve(import.meta.dirname, '../../../fixtures/patients/egfr-qtc-510.json')
const resources = (
  JSON.parse(fs.readFileSync(fixture, 'utf8')) as { entry: { resource: FhirResource & { readonly id: string } }[] }
).entry.map((e) => e.resource)
const patient = resources.find((r) => r.resourceType === 'Patient')!.id
// sent by nobody below: who reads it has read the chart
const given = (resources.find((r) => r.resourceType === 'Patient')!.name as { given: string[] }[])[0]!.given[0]!
const identify: Identify = ({ headers, requestId }) => {
  const [role = '', site = ''] = (headers.authorization ?? '').replace('Bearer ', '').split('@')
  return Promise.resolve(isRole(role) ? { requestId, role, who: `Practitioner/${role}-${site}`, site, purpose: 'TREAT' } : undefined)
}
let serving: Serving
beforeAll(async () => {
  serving = await startService({ database: { memory: true }, knowledge: openKnowledge().knowledge, sign: { identify } })
  const kept = await serving.store.commit(
    { who: 'Device/test', site: 'north' },
    resources.map((resource) => ({ kind: 'update', resource })),
  )
  if (!kept.ok) throw new Error(kept.error[0]!.message)
}, 120_000)
afterAll(() => serving.close(), 60_000)

const STRANGERS = [
  'oncologist@south',
  'pharmacist@south',
  'navigator@south',
  'dietitian@south',
  'support-group@south',
  'researcher@north',
  'quality-officer@north',
  'privacy-officer@north',
]
const addressOf = (route: string): string =>
  route
    .replace(/\(\^[^)]*\)/g, '')
    .replace('/Patient/:id', `/Patient/${patient}`)
    .replace(':patient', patient)
    .replace(':type/:id', `Patient/${patient}`)
    .replace(':type', 'Observation')
    .replace(/:[A-Za-z]+/g, '1')
const subject = { reference: `Patient/${patient}` }
const BODIES: readonly unknown[] = [
  undefined,
  {},
  { resourceType: 'Observation', status: 'final', code: { text: 'note' }, subject },
  { resourceType: 'Patient', id: patient, active: false },
  { set: ['ecog=3'] },
  { fact: 'ecog', value: 3, reason: 'seen today', question: 'what now?', urgency: 'soon', as: 'approved', version: 1, members: [] },
  [{ op: 'add', path: '/active', value: false }],
]

test('nobody of another site or purpose does anything to a patient, by any route, with any body', { timeout: 120_000 }, async () => {
  const before = await serving.store.database.query('select count(*) as n from chart_version')
  const done: string[] = []
  let asked = 0
  for (const { id, method, path: at, rule } of serving.routes.filter((route) => route.method !== 'GET'))
    for (const who of STRANGERS)
      for (const body of BODIES) {
        const isPatch = Array.isArray(body)
        const answer = await serving.server.inject({
          method,
          url: addressOf(at),
          headers: {
            authorization: `Bearer ${who}`,
            prefer: 'respond-async',
            ...(body === undefined ? {} : { 'content-type': isPatch ? 'application/json-patch+json' : 'application/fhir+json' }),
          },
          ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
        })
        asked += 1
        const isAboutPatient = !('open' in rule) && rule.patientFrom !== undefined
        expect(answer.statusCode, `${id} ${who}`).toBeLessThan(500)
        if (isAboutPatient ? ![403, 404].includes(answer.statusCode) : answer.body.includes(given))
          done.push(`${id} ${who} ${answer.statusCode} ${answer.body.slice(0, 100)}`)
      }
  expect(done).toEqual([])
  expect(asked).toBeGreaterThan(1000)
  expect(await serving.store.database.query('select count(*) as n from chart_version')).toEqual(before)
})
