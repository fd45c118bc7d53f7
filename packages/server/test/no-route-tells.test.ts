import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Identify, isRole } from '../src/access/index.ts'
import { openKnowledge } from '../src/compose.ts'
import type { Serving } from '../src/compose-server.ts'
import { startService } from '../src/service.ts'
import type { FhirResource } from '../src/store/index.ts'

/** Every route of the whole service, asked for one patient: by somebody who may not see what is set apart, and by somebody who may not see the patient. */
const SECRET = 'zebrafish'
const fixture = path.resolve(import.meta.dirname, '../../../fixtures/patients/egfr-qtc-510.json')
const resources = (
  JSON.parse(fs.readFileSync(fixture, 'utf8')) as { entry: { resource: FhirResource & { readonly id: string } }[] }
).entry.map((e) => e.resource)
const patient = resources.find((r) => r.resourceType === 'Patient')!.id
const given = (resources.find((r) => r.resourceType === 'Patient')!.name as { given: string[] }[])[0]!.given[0]!
const subject = { reference: `Patient/${patient}` }
const meta = { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'PSY' }] }
const active = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }] }
const labelled: readonly (FhirResource & { readonly id: string })[] = [
  {
    resourceType: 'Condition',
    id: 'psy-1',
    meta,
    subject,
    clinicalStatus: active,
    code: { text: `depression after the ${SECRET} affair` },
    note: [{ text: `lives alone since the ${SECRET} affair` }],
    recordedDate: '2026-11-01',
  },
  {
    resourceType: 'MedicationStatement',
    id: 'psy-2',
    meta,
    status: 'active',
    subject,
    effectivePeriod: { start: '2026-10-01' },
    medicationCodeableConcept: { text: `citalopram because of the ${SECRET} affair` },
  },
  {
    resourceType: 'Observation',
    id: 'psy-3',
    meta,
    status: 'final',
    subject,
    effectiveDateTime: '2026-11-20',
    code: { text: `Talk about the ${SECRET} affair` },
    valueString: `attempted to become a ${SECRET}`,
  },
]

const identify: Identify = ({ headers, requestId }) => {
  const [role = '', site = ''] = (headers.authorization ?? '').replace('Bearer ', '').split('@')
  const who = role === 'patient' ? `Patient/${patient}` : `Practitioner/${role}-${site}`
  return Promise.resolve(isRole(role) ? { requestId, role, who, site, purpose: 'TREAT' } : undefined)
}

let serving: Serving
beforeAll(async () => {
  serving = await startService({ database: { memory: true }, knowledge: openKnowledge().knowledge, sign: { identify } })
  const kept = await serving.store.commit(
    { who: 'Device/test', site: 'north' },
    [...resources, ...labelled].map((resource) => ({ kind: 'update', resource })),
  )
  if (!kept.ok) throw new Error(kept.error[0]!.message)
  // what is kept of a plan for lists is there as well
  for (let tries = 0; tries < 300; tries += 1) {
    const [row] = await serving.store.database.query('select 1 from plan_state where patient = $1', [patient])
    if (row !== undefined) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('the plan was never made')
}, 120_000)
afterAll(() => serving.close(), 60_000)

/** The address of a route, with this patient wherever it takes one. */
function addressOf(route: string): string {
  return route
    .replace(/\(\^[^)]*\)/g, '')
    .replace(':compartmentType', 'Condition')
    .replace('/Patient/:id', `/Patient/${patient}`)
    .replace(':type/:id', 'Condition/psy-1')
    .replace(':type', 'Condition')
    .replace(':patient', patient)
    .replace(':vid', '1')
    .replace(':name', 'emergencies')
    .replace(/:[A-Za-z]+/g, '1')
}
// a stream has no end, and the audit log names resources by its purpose
const readable = () => serving.routes.filter(({ method, id }) => method === 'GET' && !['plan.changes', 'audit.export'].includes(id))
const ask = (route: string, who: string) => serving.server.inject({ url: addressOf(route), headers: { authorization: `Bearer ${who}` } })

test('words set apart reach those who may not see them by no route', async () => {
  const told: string[] = []
  const answered: string[] = []
  for (const { id, path: at } of readable()) {
    const answer = await ask(at, 'oncologist@north')
    expect(answer.statusCode, id).toBeLessThan(500)
    if (answer.statusCode === 200 && answer.body.includes(patient)) answered.push(id)
    if (answer.body.includes(SECRET))
      told.push(`${id} ${answer.body.slice(Math.max(0, answer.body.indexOf(SECRET) - 120), answer.body.indexOf(SECRET) + 40)}`)
  }
  expect(told).toEqual([])
  // and these did speak of the patient
  expect(answered).toEqual(expect.arrayContaining(['plan.read', 'plan.case', 'fhir-everything', 'worklist.read']))
})

test('somebody of another site learns nothing of the patient by any route', async () => {
  const told: string[] = []
  for (const { id, path: at } of readable()) {
    // who keeps the care teams must see whose they are
    const keepers = id === 'people.care-team' || id === 'people.patients' ? [] : ['administrator@north']
    for (const who of ['oncologist@south', 'dietitian@south', 'quality-officer@north', 'researcher@north', ...keepers]) {
      const answer = await ask(at, who)
      expect(answer.statusCode, `${id} ${who}`).toBeLessThan(500)
      const isRefusal = answer.statusCode >= 400
      if (!isRefusal && (answer.body.includes(given) || answer.body.includes(`"${patient}"`) || answer.body.includes(`Patient/${patient}`)))
        told.push(`${who}: ${id} ${answer.body.slice(0, 200)}`)
      if (answer.body.includes(given)) told.push(`${who}: ${id}, the name`)
    }
  }
  expect(told).toEqual([])
})
