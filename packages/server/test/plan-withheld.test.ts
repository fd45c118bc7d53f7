import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openAccess } from '../src/access/index.ts'
import { type Access, buildServer } from '../src/api/index.ts'
import { cardLog, cdsRoutes } from '../src/cds-hooks/index.ts'
import { openKnowledge } from '../src/compose.ts'
import { plannerRoutes } from '../src/planner-parts/index.ts'
import { planMaker, planRoutes } from '../src/plans/index.ts'
import { hiddenFrom, WITHHELD, withheld } from '../src/plans/withhold.ts'
import { type FhirResource, openStore, type Store } from '../src/store/index.ts'

const fixture = path.resolve(import.meta.dirname, '../../../fixtures/patients/alk-first-line-brain-mets.json')
const resources = (
  JSON.parse(fs.readFileSync(fixture, 'utf8')) as { entry: { resource: FhirResource & { readonly id: string } }[] }
).entry.map((e) => e.resource)
const patient = resources.find((r) => r.resourceType === 'Patient')!.id
const subject = { reference: `Patient/${patient}` }
const label = (code: string) => ({ security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code }] })
const SECRET = 'zebrafish'

/** What nobody but those who treat the mind should read: in a note, in a code's text, in a name of a medicine, in a document, and as a text nobody reads. */
const labelled: readonly (FhirResource & { readonly id: string })[] = [
  {
    resourceType: 'Condition',
    id: 'psy-1',
    meta: label('PSY'),
    subject,
    clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }] },
    code: { text: `depression after the ${SECRET} affair` },
    note: [{ text: `lives alone since the ${SECRET} affair; heard voices of a ${SECRET}` }],
  },
  {
    resourceType: 'MedicationStatement',
    id: 'psy-2',
    meta: label('PSY'),
    status: 'active',
    subject,
    effectivePeriod: { start: '2026-10-01' },
    medicationCodeableConcept: { text: `citalopram because of the ${SECRET} affair` },
  },
  {
    resourceType: 'MedicationStatement',
    id: 'psy-3',
    meta: label('PSY'),
    status: 'active',
    subject,
    effectivePeriod: { start: '2026-10-01' },
    medicationCodeableConcept: { text: `drops against the ${SECRET} at night` },
  },
  {
    resourceType: 'Observation',
    id: 'psy-4',
    meta: label('PSY'),
    status: 'final',
    subject,
    effectiveDateTime: '2026-11-20',
    code: { text: 'Psychiatric history' },
    valueString: `attempted to become a ${SECRET} in 2019`,
  },
  { ...observation('qtc', { code: 'QTc' }) },
]
function observation(id: string, _of: { readonly code: string }): FhirResource & { readonly id: string } {
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    subject,
    effectiveDateTime: '2026-11-22',
    code: { coding: [{ system: 'http://loinc.org', code: '8636-3' }], text: 'QTc' },
    valueQuantity: { value: 520, unit: 'ms', system: 'http://unitsofmeasure.org', code: 'ms' },
  }
}

const identify: Access['identify'] = ({ headers, requestId }) => {
  const role = String(headers.authorization ?? '').replace('Bearer ', '')
  const who = role === 'patient' ? `Patient/${patient}` : `Practitioner/${role}`
  return Promise.resolve(role === '' ? undefined : { requestId, role, who, site: 'north', purpose: 'TREAT' })
}
const now = () => new Date('2026-11-23T10:00:00Z')
const { knowledge } = openKnowledge()
const maker = planMaker(knowledge)
let store: Store
let server: ReturnType<typeof buildServer>

beforeAll(async () => {
  store = await openStore({ database: { memory: true }, clock: now })
  const all = [...resources, ...labelled]
  const kept = await store.commit(
    { who: 'Device/test', site: 'north' },
    all.map((resource) => ({ kind: 'update', resource })),
  )
  if (!kept.ok) throw new Error(kept.error[0]!.message)
  const routes = [
    ...plannerRoutes({ store, maker: () => maker, today: () => '2026-11-23' }),
    ...planRoutes({ store, maker: () => maker, today: () => '2026-11-23', now }),
    ...cdsRoutes({
      surroundings: () => ({ knowledge, today: '2026-11-23' }),
      ownChart: async (request, id) => {
        const sight = await request.authorize({ interaction: 'read', type: 'plan', patient: id })
        const { resources: found } = await store.chart(id)
        const hidden = hiddenFrom(sight, found)
        return { resources: found.map(({ body }) => JSON.parse(body!)), shown: (plan) => withheld(plan, hidden) }
      },
      log: cardLog(store.database),
      now,
    }),
  ]
  server = buildServer({ routes, access: openAccess({ database: store.database, identify, now }) })
}, 120_000)
afterAll(async () => {
  await server.close()
  await store.close()
}, 60_000)

const as = (role: string) => ({ authorization: `Bearer ${role}` })
const get = (role: string, format = '') => server.inject({ url: `/plans/${patient}${format}`, headers: as(role) })

describe('a record set apart from the reader of a plan', () => {
  test('the patient reads their own words in it; whoever may not see the record reads none of them, in no form of the plan', async () => {
    expect((await get('patient')).body).toContain(SECRET)
    for (const format of ['', '?format=text', '?format=patient', '?format=fhir', '?knownAt=2027-01-01T00:00:00Z', '/case']) {
      const answer = await get('oncologist', format)
      expect(answer.statusCode).toBe(200)
      expect(answer.body, format).not.toContain(SECRET)
    }
    const whatIf = await server.inject({
      method: 'POST',
      url: `/plans/${patient}/what-if`,
      headers: as('oncologist'),
      payload: { set: ['ecog=3'] },
    })
    expect(whatIf.statusCode).toBe(200)
    expect(whatIf.body).not.toContain(SECRET)
    const hook = { hook: 'patient-view', hookInstance: 'x', context: { userId: 'Practitioner/1', patientId: patient } }
    const cards = await server.inject({
      method: 'POST',
      url: '/cds-services/second-wind-patient-view',
      headers: as('oncologist'),
      payload: hook,
    })
    expect([cards.statusCode, cards.body.includes('cards')]).toEqual([200, true])
    expect(cards.body).not.toContain(SECRET)
  })

  test('it says that something was withheld, where and in all, and whom to ask', async () => {
    const { case: seen, problems } = (await get('oncologist')).json()
    expect(JSON.stringify(seen.facts)).toContain(WITHHELD)
    expect(problems.at(-1)).toMatchObject({ code: 'words-withheld', severity: 'information', path: `Patient/${patient}` })
    expect((await get('oncologist', '?format=text')).body).toContain('withheld')
    expect((await get('patient')).body).not.toContain('withheld')
  })

  test('nothing else of the plan changes: what it advises, bars, warns of, asks for and doses is the same', async () => {
    const [whole, cut] = [(await get('patient')).json(), (await get('oncologist')).json()]
    for (const part of ['options', 'notAdvised', 'tests', 'support', 'interactions', 'outlook', 'status', 'knowledge', 'asOf'])
      expect(cut[part], part).toEqual(whole[part])
    const bare = ({ alerts }: typeof whole) =>
      alerts.map(({ actions, ...rest }: { actions: readonly string[] }) => ({ ...rest, of: actions.length }))
    expect(bare(cut)).toEqual(bare(whole))
    // a medicine that the alert speaks of is still spoken of, by its class
    const alert = cut.alerts.find((a: { id: string }) => a.id === 'qtc-over-500')
    expect(alert.actions.join('\n')).toMatch(/Taken now although this stands: .*QT-prolonging drug/)
    const values = ({ case: { facts } }: typeof whole) =>
      Object.entries(facts as Record<string, { value?: unknown; unknown?: string }>).map(([id, f]) => [
        id,
        typeof f.value === 'object' ? '' : f.value,
        f.unknown,
      ])
    expect(values(cut)).toEqual(values(whole))
    expect(cut.problems.map((p: { code: string; severity: string }) => p.severity).slice(0, -1)).toEqual(
      whole.problems.map((p: { severity: string }) => p.severity),
    )
  })

  test('the mark of the plan is the same for all, so that a decision can be made on it', async () => {
    const [whole, cut] = [await get('patient'), await get('oncologist')]
    expect(cut.headers.etag).toBe(whole.headers.etag)
    const decided = await server.inject({
      method: 'POST',
      url: `/plans/${patient}/decisions`,
      headers: as('oncologist'),
      payload: { planDigest: String(cut.headers.etag).replaceAll('"', ''), asOf: '2026-11-23', chosen: null, reason: 'to be discussed' },
    })
    expect(decided.statusCode).toBe(201)
    expect(decided.body).not.toContain(SECRET)
  })
})
