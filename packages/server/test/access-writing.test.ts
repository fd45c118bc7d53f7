import { afterAll, beforeAll, expect, test } from 'vitest'
import { KINDS, kindOf, openAccess, POLICY, ROLES, type Role, reachesOf } from '../src/access/index.ts'
import { type Access, buildServer } from '../src/api/index.ts'
import { openKnowledge } from '../src/compose.ts'
import { fhirRoutes } from '../src/fhir-api/index.ts'
import { planMaker, planRoutes } from '../src/plans/index.ts'
import { chartOf } from '../src/store/chart-of.ts'
import { chartOfResource, type FhirResource, openStore, type Store } from '../src/store/index.ts'
import { extract } from '../src/store/search/extract.ts'
import { type Client, clientFor } from './fhir-api/client.ts'

type Identified = FhirResource & { readonly id: string }

/** A sign-in as the provider's token would give it: `role;who;site;scopes;patient of the launch`. */
const identify: Access['identify'] = ({ headers, requestId }) => {
  const [role, who, site, scopes, patient] = (headers.authorization ?? '').replace('Bearer ', '').split(';')
  const launch = patient ? { grant: { patient } } : {}
  const scoped = scopes ? { scopes: scopes.split(' ') } : {}
  return Promise.resolve(role ? { requestId, role, who: who!, site: site!, purpose: 'TREAT', ...scoped, ...launch } : undefined)
}

const now = () => new Date('2026-11-23T10:00:00Z')
const patient = (id: string): Identified => ({ resourceType: 'Patient', id, name: [{ family: 'Synthetic' }] })
const observation = (id: string, of: string): Identified => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { text: 'note' },
  subject: { reference: `Patient/${of}` },
})
const active = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }] }
/** Whose a resource is stands in another element of each type. */
const WRITTEN: { readonly [type: string]: (id: string, of: string) => Identified } = {
  Observation: observation,
  AllergyIntolerance: (id, of) => ({
    resourceType: 'AllergyIntolerance',
    id,
    clinicalStatus: active,
    patient: { reference: `Patient/${of}` },
  }),
  Consent: (id, of) => ({
    resourceType: 'Consent',
    id,
    status: 'active',
    scope: { text: 'treatment' },
    category: [{ text: 'treatment' }],
    patient: { reference: `Patient/${of}` },
    policy: [{ uri: 'http://example.org/policy' }],
  }),
  Appointment: (id, of) => ({
    resourceType: 'Appointment',
    id,
    status: 'proposed',
    participant: [{ actor: { reference: `Patient/${of}` }, status: 'needs-action' }],
  }),
  Patient: (_id, of) => patient(of),
}

let store: Store
let client: Client
const commit = async (site: string, ...resources: readonly Identified[]): Promise<void> => {
  const result = await store.commit(
    { who: 'Device/test', site },
    resources.map((resource) => ({ kind: 'update', resource })),
  )
  if (!result.ok) throw new Error(result.error[0]!.message)
}

beforeAll(async () => {
  store = await openStore({ database: { memory: true }, clock: now })
  const staff = Object.keys(ROLES).filter((role) => role !== 'patient' && role !== 'carer')
  const participant = staff.map((role) => ({ member: { reference: `Practitioner/${role}` } }))
  await commit('north', patient('near'))
  await commit('south', patient('far'), patient('shared'), {
    resourceType: 'CareTeam',
    id: 'team',
    status: 'active',
    subject: { reference: 'Patient/shared' },
    participant,
  })
  await commit('south', { resourceType: 'RelatedPerson', id: 'daughter', active: true, patient: { reference: 'Patient/far' } })
  for (const site of ['north', 'south']) {
    // registered once, and taken out again
    await commit(site, patient(`gone-${site}`))
    await store.commit({ who: 'Device/test', site }, [{ kind: 'delete', type: 'Patient', id: `gone-${site}` }])
    // with results, and registered by nobody
    await commit(site, observation(`results-${site}-1`, `results-${site}`))
  }
  const maker = planMaker(openKnowledge().knowledge)
  const routes = [
    ...fhirRoutes({ store, software: 'test', startedAt: now().toISOString() }),
    ...planRoutes({ store, maker: () => maker, today: () => '2026-11-23', now }),
  ]
  client = clientFor(
    store,
    buildServer({ routes, access: openAccess({ database: store.database, identify, now }), publicUrl: 'http://test' }),
  )
}, 120_000)
afterAll(async () => {
  await client.server.close()
  await store.close()
})

const as = (role: string, more: { who?: string; site?: string; scopes?: string; launch?: string } = {}): object => ({
  authorization: `Bearer ${role};${more.who ?? `Practitioner/${role}`};${more.site ?? 'north'};${more.scopes ?? ''};${more.launch ?? ''}`,
})
const transactionOf = (...resources: readonly Identified[]): object => ({
  resourceType: 'Bundle',
  type: 'transaction',
  entry: resources.map((resource) => ({ resource, request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` } })),
})

const WHO: { readonly [role: string]: string } = { patient: 'Patient/shared', carer: 'RelatedPerson/daughter' }
const careTeam = (role: Role): readonly string[] => (role === 'patient' ? ['self'] : role === 'carer' ? [] : ['team'])
/** Whom a write is about, and in which ways of the table somebody of the north reaches them. */
const PATIENTS: readonly { readonly id: string; readonly fits: (role: Role) => readonly string[] }[] = [
  { id: 'near', fits: () => ['site'] },
  { id: 'far', fits: (role) => (role === 'carer' ? ['proxy'] : []) },
  { id: 'shared', fits: careTeam },
  { id: 'nobody-yet', fits: () => ['site'] },
  { id: 'results-north', fits: () => ['site'] },
  { id: 'results-south', fits: () => [] },
  { id: 'gone-north', fits: () => [] },
  { id: 'gone-south', fits: () => [] },
]

test.each(Object.keys(ROLES).filter((role) => role !== 'integration') as Role[])(
  '%s: writing for every patient, registered or not, by itself and in a transaction, as the table says',
  async (role) => {
    const sender = as(role, { who: WHO[role] ?? `Practitioner/${role}` })
    const mayBundle = POLICY[role].some((grant) => grant.may.includes('transaction'))
    for (const { id, fits } of PATIENTS) {
      for (const type of Object.keys(WRITTEN)) {
        for (const way of ['alone', 'transaction']) {
          // registering makes a patient known: each time another one
          const whom = type === 'Patient' && (id === 'nobody-yet' || id === 'results-north') ? `${id}-${role}-${way}` : id
          const resource = WRITTEN[type]!(`${role}-${type}-${id}-${way}`.slice(-60), whom)
          const answer =
            way === 'alone'
              ? await client.send('PUT', `/${type}/${resource.id}`, resource, sender)
              : await client.send('POST', '', transactionOf(resource), sender)
          const reaches = reachesOf(role, kindOf(type)!, 'update')
          const mayWrite = reaches.some((reach) => reach === 'network' || reach === 'none' || fits(role).includes(reach))
          const isOpen = mayWrite && (way === 'alone' || mayBundle)
          const isDone = answer.status === 200 || answer.status === 201
          expect({ type, whom, way, status: isDone ? 'done' : answer.status }).toEqual({ type, whom, way, status: isOpen ? 'done' : 403 })
        }
      }
    }
  },
)

test('a clinician brings a new chart in and plans it; to another site it is a patient of others', async () => {
  const chart = transactionOf(observation('brought-1', 'brought'), patient('brought'))
  expect((await client.send('POST', '', chart, as('oncologist', { site: 'west' }))).status).toBe(200)
  const plan = (site: string) =>
    client.server.inject({ url: '/plans/brought', headers: as('oncologist', { site }) as { authorization: string } })
  expect((await plan('west')).statusCode).toBe(200)
  expect((await plan('north')).statusCode).toBe(403)
  expect((await client.send('POST', '', chart, as('oncologist', { site: 'north' }))).status).toBe(403)
})

test('a launch for one patient begins no other chart; what nobody has registered cannot be read, patched or deleted', async () => {
  const launch = as('oncologist', { scopes: 'patient/*.cruds', launch: 'near' })
  expect((await client.send('PUT', '/Patient/unheard-of', patient('unheard-of'), launch)).status).toBe(403)
  const one = '/Observation/results-north-1'
  expect((await client.get(one, as('oncologist'))).status).toBe(404)
  const patch = [{ op: 'replace', path: '/status', value: 'amended' }]
  expect((await client.send('PATCH', one, patch, as('oncologist'))).status).toBe(404)
  expect((await client.send('DELETE', one, undefined, as('oncologist'))).status).toBe(403)
})

test('a resource is asked for in the chart in which the store puts it', () => {
  const types = Object.values(KINDS)
    .flat()
    .filter((name) => /^[A-Z]/.test(name))
  const elements = ['subject', 'patient', 'beneficiary', 'for', 'individual', 'source', 'participant', 'performer', 'member', 'actor']
  let charts = 0
  for (const resourceType of types) {
    for (const element of elements) {
      const reference = { reference: 'Patient/x', actor: { reference: 'Patient/x' }, individual: { reference: 'Patient/x' } }
      for (const value of [reference, [reference], [reference, { reference: 'Patient/y', actor: { reference: 'Patient/y' } }]]) {
        const resource = { resourceType, id: 'one', [element]: value }
        const chart = chartOfResource(resource)
        expect(chart, `${resourceType}.${element}`).toBe(chartOf(resourceType, 'one', extract(resource)))
        if (chart === 'Patient/x') charts += 1
      }
    }
  }
  expect(charts).toBeGreaterThan(80)
})
