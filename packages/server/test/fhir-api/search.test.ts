import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { onBothDatabases } from '../store/databases.ts'
import { observation, patient } from '../store/resources.ts'
import { type Client, clientOf, issueCodes } from './client.ts'

const LOINC = 'http://loinc.org'
const SNOMED = 'http://snomed.info/sct'
const UCUM = 'http://unitsofmeasure.org'

const condition = (id: string, of: string, code: string, more: object = {}) => ({
  resourceType: 'Condition',
  id,
  subject: { reference: `Patient/${of}` },
  code: { coding: [{ system: SNOMED, code }] },
  ...more,
})

const lab = (id: string, of: string, value: number, more: object = {}) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [{ system: LOINC, code: '718-7' }] },
  subject: { reference: `Patient/${of}` },
  valueQuantity: { value, unit: 'g/dL', system: UCUM, code: 'g/dL' },
  ...more,
})

const CHARTS = [
  patient('anna', {
    name: [{ family: 'Müller-Åström', given: ['Anna', 'Maria'] }],
    birthDate: '1958-03-14',
    identifier: [{ system: 'urn:mrn', value: '1,1' }],
    generalPractitioner: [{ reference: 'Practitioner/gp' }],
  }),
  patient('bela', { name: [{ family: 'Bela' }], gender: 'male', birthDate: '1961', deceasedDateTime: '2026-01-02' }),
  patient('cora', { identifier: [{ value: 'no-system' }] }),
  { resourceType: 'Practitioner', id: 'gp', name: [{ family: 'Good', given: ['Doc'] }] },
  { resourceType: 'Organization', id: 'org', name: 'Clinic 100%_sure' },
  condition('c1', 'anna', '254637007', {
    onsetPeriod: { start: '2025-05' },
    encounter: { reference: 'https://other.example/fhir/Encounter/9' },
  }),
  condition('c2', 'bela', '254632001', { onsetDateTime: '2024-02-29' }),
  observation('ecog-anna', 'anna', { effectiveDateTime: '2026-03-10T23:30:00-05:00', performer: [{ reference: 'Practitioner/gp' }] }),
  observation('ecog-bela', 'bela', { effectiveDateTime: '2026-03', focus: [{ reference: 'Condition/c2' }] }),
  observation('ecog-cora', 'cora', { effectiveDateTime: undefined, status: 'preliminary' }),
  lab('hb-anna', 'anna', 11.2),
  lab('hb-bela', 'bela', 9.96, { effectiveDateTime: '2026-02-01' }),
  lab('hb-cora', 'cora', 12, { valueQuantity: { value: 12, comparator: '>', unit: 'g/dL', system: UCUM, code: 'g/dL' } }),
  {
    resourceType: 'Provenance',
    id: 'prov',
    target: [{ reference: 'Condition/c1' }],
    recorded: '2026-01-01T00:00:00Z',
    agent: [{ who: { reference: 'Practitioner/gp' } }],
  },
  {
    resourceType: 'ValueSet',
    id: 'vs',
    status: 'active',
    url: 'urn:vs:nsclc',
    compose: { include: [{ system: SNOMED, concept: [{ code: '254637007' }, { code: '1' }] }] },
  },
  {
    resourceType: 'Group',
    id: 'g',
    type: 'person',
    actual: true,
    code: { text: 'cohort' },
    member: [{ entity: { reference: 'Patient/anna' } }],
  },
] as const

onBothDatabases('search', ({ place }) => {
  describe('of one set of charts', () => {
    let fhir: Client
    beforeAll(async () => {
      fhir = await clientOf(await place())
      await fhir.load(...CHARTS)
    }, 60_000)

    test.each([
      // strings: beginnings, without case and accents; names of any part
      ['/Patient?name=mull', ['anna']],
      ['/Patient?family=MULLER', ['anna']],
      ['/Patient?given=maria', ['anna']],
      ['/Patient?family:exact=Müller-Åström', ['anna']],
      ['/Patient?family:exact=muller-astrom', []],
      ['/Patient?family:contains=astr', ['anna']],
      ['/Organization?name=clinic 100%25_', ['org']],
      ['/Organization?name=clinic%25sure', []],
      ['/Patient?name=anna,bela', ['anna', 'bela']],
      ['/Patient?name=anna&name=maria', ['anna']],
      ['/Patient?name=anna&name=bela', []],
      // tokens: with and without system, negated, missing; commas are escaped
      ['/Patient?identifier=urn:mrn|1\\,1', ['anna']],
      ['/Patient?identifier=|no-system', ['cora']],
      ['/Patient?identifier=urn:mrn|', ['anna']],
      ['/Patient?gender=http://hl7.org/fhir/administrative-gender|male', ['bela']],
      ['/Patient?gender:not=male', ['anna', 'cora']],
      ['/Patient?identifier:missing=true', ['bela']],
      ['/Patient?deceased=true', ['bela']],
      ['/Patient?deceased=false', ['anna', 'cora']],
      [`/Observation?code=${LOINC}|718-7&patient=anna`, ['hb-anna']],
      ['/Observation?code=718-7&code=89247-1', []],
      ['/Observation?status=preliminary', ['ecog-cora']],
      ['/Condition?code:in=urn:vs:nsclc', ['c1']],
      ['/Condition?code:not-in=urn:vs:nsclc', ['c2']],
      // dates: what a partial date can mean, time zones, open periods
      ['/Patient?birthdate=1958', ['anna']],
      ['/Patient?birthdate=1958-03-14', ['anna']],
      ['/Patient?birthdate=lt1961', ['anna']],
      ['/Patient?birthdate=le1961-06', ['anna', 'bela']],
      ['/Observation?date=2026-03-11', ['ecog-anna']],
      ['/Observation?date=2026-03-10', []],
      ['/Observation?date=2026-03', ['ecog-anna', 'ecog-bela']],
      ['/Observation?date=sa2026-02-01', ['ecog-anna', 'ecog-bela']],
      ['/Observation?date=ge2026-01-01&date=lt2026-03-01', ['hb-bela']],
      ['/Observation?date:missing=true', ['ecog-cora', 'hb-anna', 'hb-cora']],
      ['/Condition?onset-date=gt2030', ['c1']],
      ['/Condition?onset-date=eb2025', ['c2']],
      // quantities: the precision that is asked, comparators, units
      ['/Observation?value-quantity=10', ['hb-bela']],
      ['/Observation?value-quantity=10.00', []],
      ['/Observation?value-quantity=10.0', ['hb-bela']],
      ['/Observation?value-quantity=lt10', ['hb-bela']],
      ['/Observation?value-quantity=gt11', ['hb-anna', 'hb-cora']],
      ['/Observation?value-quantity=gt50', ['hb-cora']],
      [`/Observation?value-quantity=11.2|${UCUM}|g/dL`, ['hb-anna']],
      [`/Observation?value-quantity=11.2|${UCUM}|g/L`, []],
      // references: id, type, address of another server
      ['/Observation?subject=Patient/anna', ['ecog-anna', 'hb-anna']],
      ['/Observation?subject:Patient=anna', ['ecog-anna', 'hb-anna']],
      ['/Observation?subject=Group/anna', []],
      ['/Condition?encounter=https://other.example/fhir/Encounter/9', ['c1']],
      ['/Observation?patient=anna,bela&code=718-7', ['hb-anna', 'hb-bela']],
      // chains, forwards and backwards
      ['/Observation?subject:Patient.name=muller', ['ecog-anna', 'hb-anna']],
      ['/Observation?patient.identifier=urn:mrn|1\\,1&code=718-7', ['hb-anna']],
      ['/Observation?patient.general-practitioner.name=good', ['ecog-anna', 'hb-anna']],
      ['/Observation?subject:Patient.birthdate=gt1960', ['ecog-bela', 'hb-bela']],
      ['/Patient?_has:Observation:patient:code=718-7&gender=male', ['bela']],
      ['/Patient?_has:Observation:patient:value-quantity=lt10', ['bela']],
      ['/Patient?_has:Condition:subject:code:in=urn:vs:nsclc', ['anna']],
      ['/Patient?_has:Condition:subject:_has:Provenance:target:agent=Practitioner/gp', ['anna']],
      ['/Patient?_has:Group:member:_id=g', ['anna']],
      // every resource
      ['/Patient?_id=anna,cora,zz', ['anna', 'cora']],
      ['/Patient?_lastUpdated=lt2000', []],
      ['/?_type=Practitioner,Organization', ['gp', 'org']],
      ['/Patient/anna/Observation', ['ecog-anna', 'hb-anna']],
      ['/Patient/anna/Observation?code=718-7', ['hb-anna']],
    ] as const)('%s → %j', async (path, expected) => {
      expect([...(await fhir.ids(path))].sort()).toEqual(expected)
    })

    test.each([
      ['/Patient?foo=1', 'unknown-parameter'],
      ['/Patient?name.x=1', 'invalid-parameter'],
      ['/Patient?birthdate=yesterday', 'invalid-parameter'],
      ['/Patient?birthdate=2026-02-30', 'invalid-parameter'],
      ['/Patient?gender:exact=male', 'invalid-parameter'],
      ['/Patient?name=', 'invalid-parameter'],
      ['/Patient?_count=many', 'invalid-parameter'],
      ['/Patient?_sort=foo', 'invalid-parameter'],
      ['/Patient?_include=Patient:name', 'invalid-parameter'],
      ['/Patient?_has:Observation:code:x=1', 'invalid-parameter'],
      ['/Observation?value-quantity=much', 'invalid-parameter'],
      ['/Condition?code:in=urn:vs:none', 'not-supported'],
      ['/', 'invalid-parameter'],
      ['/Observation?patient.general-practitioner.patient.general-practitioner.patient.name=x', 'unknown-parameter'],
      ['/Patient?_cursor=s.none.3', 'invalid-parameter'],
      ["/Patient?_cursor=1'; drop table chart_version", 'invalid-parameter'],
    ] as const)('%s is refused: %s', async (path, code) => {
      const answer = await fhir.get(path)
      expect([answer.status, issueCodes(answer)[0]]).toEqual([400, code])
      expect(answer.body.issue[0].diagnostics).toMatch(/\w/)
    })

    test('words of _summary and _total that FHIR does not know, and parameters posted as JSON, are refused: they would be passed over', async () => {
      for (const query of ['_summary=short', '_total=maybe']) {
        const answer = await fhir.get(`/Patient?${query}`)
        expect([query, answer.status, issueCodes(answer)]).toEqual([query, 400, ['invalid-parameter']])
      }
      const posted = await fhir.send('POST', '/Patient/_search', { name: 'anna' })
      expect([posted.status, issueCodes(posted)]).toEqual([415, ['unsupported-media-type']])
    })

    test('a type that FHIR does not have is not found', async () => {
      const answer = await fhir.get('/Nonsense?x=1')
      expect([answer.status, issueCodes(answer)[0]]).toEqual([404, 'not-found'])
      expect(answer.body.issue[0].diagnostics).toMatch(/\w/)
    })

    test('lenient handling passes over what is unknown, and says so', async () => {
      const answer = await fhir.get('/Patient?foo=1&gender=male', { prefer: 'handling=lenient' })
      expect(answer.body.entry.map((e: { search: { mode: string } }) => e.search.mode)).toEqual(['match', 'outcome'])
      expect(answer.body.link[0].url).toBe('http://test/fhir/Patient?gender=male')
    })

    test('a search by POST keeps its parameters out of the address', async () => {
      const answer = await fhir.send('POST', '/Patient/_search', 'name=anna', { 'content-type': 'application/x-www-form-urlencoded' })
      expect(answer.body.entry[0].resource.id).toBe('anna')
    })

    test('_include and _revinclude add each resource once, and never a match', async () => {
      const modes = async (path: string) =>
        ((await fhir.get(path)).body.entry as { resource: { id: string }; search: { mode: string } }[])
          .map((e) => `${e.search.mode} ${e.resource.id}`)
          .sort()
      expect(await modes('/Observation?code=718-7&patient=anna&_include=Observation:subject')).toEqual(['include anna', 'match hb-anna'])
      expect(await modes('/Observation?patient=anna&_include=Observation:patient&_include:iterate=Patient:general-practitioner')).toEqual([
        'include anna',
        'include gp',
        'match ecog-anna',
        'match hb-anna',
      ])
      expect(await modes('/Condition?_id=c1&_revinclude=Provenance:target')).toEqual(['include prov', 'match c1'])
      expect(await modes('/Condition?_id=c1,c2&_include=Condition:subject:Patient')).toEqual([
        'include anna',
        'include bela',
        'match c1',
        'match c2',
      ])
    })

    test('_sort orders, and what has no value comes last', async () => {
      expect(await fhir.ids('/Patient?_sort=birthdate')).toEqual(['anna', 'bela', 'cora'])
      expect(await fhir.ids('/Patient?_sort=-birthdate')).toEqual(['bela', 'anna', 'cora'])
      expect(await fhir.ids('/Observation?code=718-7&_sort=-value-quantity')).toEqual(['hb-cora', 'hb-anna', 'hb-bela'])
      expect(await fhir.ids('/Patient?_sort=-_id')).toEqual(['cora', 'bela', 'anna'])
    })

    test('the total is right where it is given', async () => {
      expect((await fhir.get('/Patient')).body.total).toBe(3)
      expect((await fhir.get('/Patient?_count=2')).body.total).toBeUndefined()
      expect((await fhir.get('/Patient?_count=2&_total=accurate')).body.total).toBe(3)
      expect((await fhir.get('/Patient?_summary=count')).body).toMatchObject({ total: 3 })
      expect((await fhir.get('/Patient?_summary=count')).body.entry).toBeUndefined()
    })

    test('$everything is the compartment and what it refers to', async () => {
      const { body } = await fhir.get('/Patient/anna/$everything')
      const ids = (body.entry as { resource: { id: string } }[]).map((e) => e.resource.id).sort()
      expect(ids).toEqual(['anna', 'c1', 'ecog-anna', 'g', 'gp', 'hb-anna'])
      const dated = await fhir.get('/Patient/anna/$everything?start=2026-01-01&_type=Observation')
      expect((dated.body.entry as { resource: { id: string } }[]).map((e) => e.resource.id).sort()).toEqual(['ecog-anna', 'gp', 'hb-anna'])
      expect((await fhir.get('/Patient/nobody/$everything')).status).toBe(404)
      expect((await fhir.get('/Patient/anna/$everything?foo=1')).status).toBe(400)
    })
  })

  describe('paging under writes', () => {
    let fhir: Client
    beforeEach(async () => {
      fhir = await clientOf(await place())
      await fhir.load(...Array.from({ length: 9 }, (_, i) => patient(`p${i}`, { birthDate: `196${i}` })))
    })

    const pages = async (first: string, between: () => Promise<unknown>): Promise<readonly (readonly string[])[]> => {
      const found: string[][] = []
      let url: string | undefined = first
      while (url !== undefined) {
        const { body, status } = await fhir.get(url)
        expect(status).toBe(200)
        found.push((body.entry ?? []).map((e: { resource: { id: string } }) => e.resource.id))
        url = body.link.find((l: { relation: string }) => l.relation === 'next')?.url
        await between()
      }
      return found
    }

    test('without an order: nothing that was there throughout is skipped or shown twice', async () => {
      let n = 0
      const found = await pages('/Patient?_count=2', async () => {
        n += 1
        await fhir.send('PUT', `/Patient/p${n}`, patient(`p${n}`, { birthDate: '1990' }))
        await fhir.send('POST', '/Patient', { resourceType: 'Patient' })
      })
      const seen = found.flat().filter((id) => /^p\d$/.test(id))
      expect([...seen].sort()).toEqual(Array.from({ length: 9 }, (_, i) => `p${i}`))
    })

    test('with an order that the writes change: the pages show what was found at first, without what was deleted', async () => {
      let n = 0
      const found = await pages('/Patient?_sort=-birthdate&_count=4', async () => {
        n += 1
        if (n === 1) {
          await fhir.send('PUT', '/Patient/p0', patient('p0', { birthDate: '1999' }))
          await fhir.send('DELETE', '/Patient/p3')
          await fhir.send('PUT', '/Patient/late', patient('late', { birthDate: '1962' }))
        }
      })
      expect(found).toEqual([['p8', 'p7', 'p6', 'p5'], ['p4', 'p2', 'p1'], ['p0']])
    })

    test('a page of a kept answer is for who asked, and for the search it came from', async () => {
      const { body } = await fhir.get('/Patient?_sort=birthdate&_count=4')
      const next: string = body.link.find((l: { relation: string }) => l.relation === 'next').url
      expect((await fhir.get(next, { 'x-test-who': 'Practitioner/other' })).status).toBe(400)
      expect((await fhir.get(next.replace('_sort=birthdate', '_sort=-birthdate'))).status).toBe(400)
      expect((await fhir.get(next)).status).toBe(200)
    })
  })
})
