import { expect, test } from 'vitest'
import { openAccess } from '../src/access/index.ts'
import { type Access, buildServer } from '../src/api/index.ts'
import { fhirRoutes } from '../src/fhir-api/index.ts'
import { type FhirResource, openStore } from '../src/store/index.ts'
import { clientFor } from './fhir-api/client.ts'
import { onBothDatabases } from './store/databases.ts'

/** A sign-in as the provider's token would give it: `role;who;site;scopes;patient of the launch`. */
const identify: Access['identify'] = ({ headers, requestId }) => {
  const [role, who, site, scopes, patient] = (headers.authorization ?? '').replace('Bearer ', '').split(';')
  const launch = patient ? { grant: { patient } } : {}
  const scoped = scopes ? { scopes: scopes.split(' ') } : {}
  return Promise.resolve(role ? { requestId, role, who: who!, site: site!, purpose: 'TREAT', ...scoped, ...launch } : undefined)
}
const as = (role: string, more: { who?: string; scopes?: string; launch?: string } = {}) => ({
  authorization: `Bearer ${role};${more.who ?? `Practitioner/${role}`};north;${more.scopes ?? ''};${more.launch ?? ''}`,
})
const program = as('integration', { who: 'Device/lab', scopes: 'system/*.rs' })
const now = () => new Date('2026-11-23T10:00:00Z')

type Identified = FhirResource & { readonly id: string }
const patient = (id: string): Identified => ({ resourceType: 'Patient', id, name: [{ family: `Family-${id}` }] })
const observation = (id: string, of: string, more: object = {}): Identified => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [{ system: 'urn:codes', code: id }] },
  subject: { reference: `Patient/${of}` },
  ...more,
})
const PSY = { meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'PSY' }] } }

onBothDatabases('a search under access', ({ place }) => {
  test('neither finds, counts, pages, looks through nor includes what its reader may not see', async () => {
    const store = await openStore({ database: await place(), clock: now })
    const put = (site: string, who: string, ...resources: readonly Identified[]) =>
      store.commit(
        { who, site },
        resources.map((resource) => ({ kind: 'update', resource })),
      )
    await put('north', 'Device/lab', patient('near'), observation('near-open', 'near'), observation('near-psy', 'near', PSY))
    await put('north', 'Practitioner/oncologist', observation('near-own', 'near', PSY))
    const member = (id: string) => ({ entity: { reference: `Patient/${id}` } })
    const cohort = { resourceType: 'Group', id: 'cohort', type: 'person', actual: true, member: [member('near'), member('far')] }
    await put('south', 'Device/lab', patient('far'), observation('far-open', 'far', { performer: [{ reference: 'Patient/near' }] }), cohort)
    const routes = fhirRoutes({ store, software: 'test', startedAt: now().toISOString() })
    const fhir = clientFor(
      store,
      buildServer({ routes, access: openAccess({ database: store.database, identify, now }), publicUrl: 'http://test' }),
    )
    const ids = async (path: string, who: object) => {
      const { status, body } = await fhir.get(path, who)
      expect(status, `${path} ${JSON.stringify(body)}`).toBe(200)
      return { total: body.total, ids: (body.entry ?? []).map((e: { resource: { id: string } }) => e.resource.id).sort() }
    }
    const doctor = as('oncologist')

    // by itself: what one wrote is seen, what is set apart is not, what stands elsewhere is not; and the numbers say the same
    expect(await ids('/Observation?_total=accurate', doctor)).toEqual({ total: 2, ids: ['near-open', 'near-own'] })
    for (const query of ['_summary=count', '_count=0']) expect((await ids(`/Observation?${query}`, doctor)).total, query).toBe(2)
    for (const code of ['near-psy', 'far-open']) {
      expect(await ids(`/Observation?code=${code}&_summary=count`, doctor)).toEqual({ total: 0, ids: [] })
      expect((await ids(`/Observation?_id=${code}&_summary=count`, doctor)).total).toBe(0)
    }
    const first = await fhir.get('/Observation?_sort=code&_count=1', doctor)
    expect(first.body.total).toBe(2)
    // through others: a chain and _has tell no more than the resources themselves
    expect((await ids('/Patient?_has:Observation:patient:code=near-open', doctor)).ids).toEqual(['near'])
    expect((await ids('/Patient?_has:Observation:patient:code=near-psy', doctor)).ids).toEqual([])
    expect((await ids('/Patient?_has:Observation:performer:code=far-open', doctor)).ids).toEqual([])
    expect((await ids('/Observation?subject:Patient.name=family-near', doctor)).ids).toEqual(['near-open', 'near-own'])
    expect((await ids('/Observation?performer:Patient.name=family', doctor)).ids).toEqual([])
    // a role that may not see observations looks through none
    expect((await fhir.get('/Patient?_has:Observation:patient:code=near-open', as('coordinator'))).status).toBe(403)
    // beside others: nothing of another chart is included, forwards, backwards, or by a list that names both
    expect((await ids('/Patient?_id=near&_revinclude=Observation:performer&_revinclude=Observation:patient', doctor)).ids).toEqual([
      'near',
      'near-open',
      'near-own',
    ])
    // a list that names patients of both sites is for those who reach all
    for (const path of ['/Group?_id=cohort&_include=Group:member', '/Group/cohort']) expect((await fhir.get(path, doctor)).status).toBe(403)
    expect((await fhir.get('/Group/cohort', as('patient', { who: 'Patient/near' }))).status).toBe(403)
    expect((await ids('/Group?_id=cohort&_include=Group:member', as('coordinator'))).ids).toEqual(['cohort', 'far', 'near'])
    // everything of one chart is of that chart
    expect((await ids('/Patient/near/$everything', doctor)).ids).toEqual(['near', 'near-open', 'near-own'])
    expect((await fhir.get('/Patient/far/$everything', doctor)).status).toBe(403)

    // a program with the scopes for it sees all, and searches through all
    expect((await ids('/Patient?_has:Observation:patient:code=near-psy', program)).ids).toEqual(['near'])
    expect((await ids('/Observation?subject:Patient.name=family-far', program)).ids).toEqual(['far-open'])
    expect((await ids('/Observation?_summary=count', program)).total).toBe(4)
    // one that may read patients alone does not look through anything else
    const narrow = as('integration', { who: 'Device/lab', scopes: 'system/Patient.rs' })
    expect((await fhir.get('/Patient?_has:Observation:patient:code=near-psy', narrow)).status).toBe(403)
    // a conditional request is a search, too
    const asked = (criteria: string) =>
      fhir.send('POST', '/Observation', observation('fresh', 'near'), { ...doctor, 'if-none-exist': criteria })
    expect((await asked('code=near-psy')).status).toBe(201)
    expect((await asked('code=near-open')).body.id).toBe('near-open')
    await fhir.server.close()
    await store.close()
  })
})
