import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { kindOf } from '../../src/access/policy.ts'
import { searchTable } from '../../src/store/search/definitions.ts'
import { parseSearch } from '../../src/store/search/parse.ts'
import { type Client, clientOf } from './client.ts'

/** What the guides ask for, as it stands in their packages. */
const REQUIRED = parse(fs.readFileSync(path.join(import.meta.dirname, 'required-searches.yaml'), 'utf8')) as {
  readonly searches: { readonly [type: string]: readonly { readonly by: readonly string[]; readonly expect: 'SHALL' | 'SHOULD' }[] }
  readonly mcode: readonly string[]
  readonly include: readonly string[]
  readonly provenanceOf: readonly string[]
}

const ANN = { reference: 'Patient/ann' }
const concept = (code: string) => ({ coding: [{ system: 'urn:c', code }], text: code })
const on = '2026-11-20'
const period = { start: '2026-11-20T08:00:00Z', end: '2026-11-20T09:00:00Z' }
const extension = (url: string, value: object) => ({ extension: [{ url: `http://hl7.org/fhir/StructureDefinition/${url}`, ...value }] })

type Asked = readonly [right: string, wrong: string]
/** One resource of each type, and for each parameter a value that finds it and one that does not. */
const TYPES: { readonly [type: string]: { readonly resource: object; readonly asked: { readonly [parameter: string]: Asked } } } = {
  AllergyIntolerance: {
    resource: { patient: ANN, clinicalStatus: concept('active') },
    asked: { 'clinical-status': ['active', 'resolved'] },
  },
  CarePlan: {
    resource: { subject: ANN, status: 'active', category: [concept('assess-plan')], period },
    asked: { category: ['urn:c|assess-plan', 'other'], status: ['active', 'draft'], date: [`ge${on}`, 'lt2026-11-01'] },
  },
  CareTeam: {
    resource: { subject: ANN, status: 'active', participant: [{ role: [concept('lead')], member: { reference: 'Practitioner/doc' } }] },
    asked: { status: ['active', 'inactive'], role: ['lead', 'other'] },
  },
  Condition: {
    resource: {
      subject: ANN,
      category: [concept('problem-list-item')],
      clinicalStatus: concept('active'),
      code: concept('c34'),
      encounter: { reference: 'Encounter/the' },
      onsetDateTime: '2026-10-01',
      abatementDateTime: '2026-11-01',
      recordedDate: on,
      ...extension('condition-assertedDate', { valueDateTime: '2026-10-02' }),
    },
    asked: {
      category: ['problem-list-item', 'encounter-diagnosis'],
      'clinical-status': ['active', 'remission'],
      code: ['urn:c|c34', 'urn:c|c50'],
      encounter: ['Encounter/the', 'Encounter/other'],
      'onset-date': ['eq2026-10-01', '2026-10-05'],
      'abatement-date': ['le2026-11-01', 'gt2026-11-02'],
      'recorded-date': [`ge${on}`, 'lt2026-11-01'],
      'asserted-date': ['2026-10', '2025-10'],
    },
  },
  Coverage: { resource: { beneficiary: ANN, status: 'active', payor: [ANN] }, asked: {} },
  Device: {
    resource: { patient: ANN, status: 'active', type: concept('port') },
    asked: { type: ['port', 'stent'], status: ['active', 'inactive'] },
  },
  DiagnosticReport: {
    resource: { subject: ANN, status: 'final', code: concept('24604-1'), category: [concept('LAB')], effectiveDateTime: on },
    asked: { code: ['24604-1', '1-1'], status: ['final', 'partial'], category: ['LAB', 'RAD'], date: [on, '2025'] },
  },
  DocumentReference: {
    resource: {
      subject: ANN,
      status: 'current',
      type: concept('34117-2'),
      category: [concept('clinical-note')],
      date: period.start,
      context: { period },
    },
    asked: {
      type: ['34117-2', '1-1'],
      status: ['current', 'superseded'],
      category: ['clinical-note', 'x'],
      date: ['ge2026-11', '2025'],
      period: ['2026-11-20', '2025'],
    },
  },
  Encounter: {
    resource: {
      subject: ANN,
      status: 'finished',
      class: { system: 'urn:c', code: 'AMB' },
      type: [concept('visit')],
      identifier: [{ system: 'urn:i', value: 'e-1' }],
      period,
      location: [{ location: { reference: 'Location/ward' } }],
      hospitalization: { dischargeDisposition: concept('home') },
    },
    asked: {
      identifier: ['urn:i|e-1', 'urn:i|e-2'],
      type: ['visit', 'stay'],
      class: ['AMB', 'IMP'],
      status: ['finished', 'planned'],
      date: ['gt2026-11-19', 'lt2026-11-19'],
      location: ['Location/ward', 'Location/other'],
      'discharge-disposition': ['home', 'hospice'],
    },
  },
  Goal: {
    resource: { subject: ANN, lifecycleStatus: 'active', description: concept('walk'), target: [{ dueDate: '2026-12-24' }] },
    asked: { 'target-date': ['2026-12-24', '2027'], description: ['walk', 'run'], 'lifecycle-status': ['active', 'completed'] },
  },
  Immunization: {
    resource: { patient: ANN, status: 'completed', occurrenceDateTime: on },
    asked: { date: [on, '2025'], status: ['completed', 'not-done'] },
  },
  Location: {
    resource: { name: 'Ward 5', address: { line: ['1 Main St'], city: 'Springfield', state: 'IL', postalCode: '62701' } },
    asked: {
      name: ['ward', 'theatre'],
      address: ['springfield', 'shelby'],
      'address-city': ['spring', 'shelby'],
      'address-state': ['IL', 'NY'],
      'address-postalcode': ['62701', '1'],
    },
  },
  MedicationDispense: {
    resource: { subject: ANN, status: 'completed', type: concept('FF'), medicationReference: { reference: 'Medication/drug' } },
    asked: { status: ['completed', 'on-hold'], type: ['FF', 'RF'] },
  },
  MedicationRequest: {
    resource: {
      subject: ANN,
      status: 'active',
      intent: 'order',
      encounter: { reference: 'Encounter/the' },
      authoredOn: on,
      medicationReference: { reference: 'Medication/drug' },
    },
    asked: {
      status: ['active', 'stopped'],
      intent: ['order,plan', 'proposal'],
      encounter: ['Encounter/the', 'Encounter/x'],
      authoredon: [`ge${on}`, '2025'],
    },
  },
  Observation: {
    resource: {
      subject: ANN,
      status: 'final',
      code: concept('89247-1'),
      category: [concept('laboratory')],
      effectiveDateTime: on,
      valueInteger: 1,
    },
    asked: {
      code: ['89247-1,1-1', '1-1'],
      status: ['final,amended', 'preliminary'],
      category: ['urn:c|laboratory', 'vital-signs'],
      date: [`ge${on}`, 'lt2026'],
    },
  },
  Organization: {
    resource: { name: 'North Hospital', address: [{ city: 'Springfield' }] },
    asked: { name: ['north', 'south'], address: ['spring', 'shelby'] },
  },
  Patient: {
    resource: {
      identifier: [{ system: 'urn:mrn', value: '7' }],
      name: [{ family: 'Example', given: ['Ann'] }],
      gender: 'female',
      birthDate: '1961-04-02',
      deceasedDateTime: on,
    },
    asked: {
      identifier: ['urn:mrn|7', 'urn:mrn|8'],
      name: ['exam', 'other'],
      family: ['Example', 'Other'],
      gender: ['female', 'male'],
      birthdate: ['1961-04-02', '1962'],
      'death-date': [on, '2025'],
    },
  },
  Practitioner: {
    resource: { name: [{ family: 'Good' }], identifier: [{ system: 'urn:npi', value: '1' }] },
    asked: { name: ['good', 'bad'], identifier: ['urn:npi|1', 'urn:npi|2'] },
  },
  PractitionerRole: {
    resource: { practitioner: { reference: 'Practitioner/doc' }, specialty: [concept('onc')], endpoint: [{ reference: 'Endpoint/e' }] },
    asked: { specialty: ['onc', 'derm'], practitioner: ['Practitioner/doc', 'Practitioner/x'] },
  },
  Procedure: {
    resource: { subject: ANN, status: 'completed', code: concept('biopsy'), performedDateTime: on },
    asked: { code: ['biopsy', 'scan'], status: ['completed', 'not-done'], date: [on, '2025'] },
  },
  QuestionnaireResponse: {
    resource: { subject: ANN, status: 'completed', questionnaire: 'urn:q:phq9', authored: period.start },
    asked: { questionnaire: ['urn:q:phq9', 'urn:q:x'], authored: ['2026-11-20', '2025'], status: ['completed', 'in-progress'] },
  },
  RelatedPerson: { resource: { patient: ANN, name: [{ family: 'Daughter' }] }, asked: { name: ['daugh', 'son'] } },
  ServiceRequest: {
    resource: { subject: ANN, status: 'active', intent: 'order', category: [concept('imaging')], code: concept('mri'), authoredOn: on },
    asked: { category: ['imaging', 'lab'], code: ['mri', 'ct'], status: ['active', 'draft'], authored: [on, '2025'] },
  },
  Specimen: { resource: { subject: ANN }, asked: {} },
}

let fhir: Client
beforeAll(async () => {
  fhir = await clientOf({ memory: true })
  const valueSet = { url: 'urn:vs:lung', status: 'active', compose: { include: [{ system: 'urn:c', concept: [{ code: 'c34' }] }] } }
  const group = { type: 'person', actual: true, code: concept('cohort'), member: [{ entity: ANN }] }
  const all = [
    ...Object.entries(TYPES).map(([resourceType, { resource }]) => ({
      resourceType,
      id: resourceType === 'Patient' ? 'ann' : 'hit',
      ...resource,
    })),
    // the same of somebody else: a search by a patient must not find it
    ...Object.entries(TYPES).map(([resourceType, { resource }]) =>
      JSON.parse(JSON.stringify({ resourceType, id: 'ben', ...resource }).replaceAll('Patient/ann', 'Patient/ben')),
    ),
    ...Object.keys(TYPES).map((type) => ({
      resourceType: 'Provenance',
      id: `of-${type}`,
      target: [{ reference: `${type}/${type === 'Patient' ? 'ann' : 'hit'}` }],
      recorded: '2026-11-20T10:00:00Z',
      agent: [{ who: { reference: 'Practitioner/doc' } }],
    })),
    { resourceType: 'Practitioner', id: 'doc' },
    { resourceType: 'Endpoint', id: 'e', status: 'active' },
    { resourceType: 'Medication', id: 'drug' },
    { resourceType: 'ValueSet', id: 'lung', ...valueSet },
    { resourceType: 'Group', id: 'hit', ...group },
  ]
  const kept = await fhir.store.commit(
    { who: 'Device/test', site: 'north' },
    all.map((resource) => ({ kind: 'update', resource })),
  )
  if (!kept.ok) throw new Error(kept.error[0]!.message)
}, 60_000)
afterAll(() => fhir.store.close(), 60_000)

const askedOf = (type: string, parameter: string): Asked => {
  if (parameter === 'patient') return ['ann', 'nobody']
  if (parameter === '_id') return [type === 'Patient' ? 'ann' : 'hit', 'none']
  const asked = TYPES[type]?.asked[parameter]
  if (asked === undefined) throw new Error(`no value for ${type}.${parameter}`)
  return asked
}
const rows = Object.entries(REQUIRED.searches).flatMap(([type, all]) => all.map(({ by, expect: level }) => ({ type, by, level })))

describe('searches that the guides ask for', () => {
  test.each(rows)('$level $type by $by', async ({ type, by }) => {
    const query = (wrong?: string) =>
      by.map((name) => `${name}=${encodeURIComponent(askedOf(type, name)[name === wrong ? 1 : 0])}`).join('&')
    const own = type === 'Patient' ? 'ann' : 'hit'
    const found = await fhir.ids(`/${type}?${query()}`)
    // without a patient or an id the twin of somebody else is found as well
    expect([...found].sort()).toEqual(by.includes('patient') || by.includes('_id') ? [own] : [own, 'ben'].sort())
    for (const wrong of by) expect(await fhir.ids(`/${type}?${query(wrong)}`), `${wrong} wrong`).toEqual([])
  })

  test.each(REQUIRED.mcode)('mCODE: %s', async (one) => {
    const [type, name] = one.split('?') as [string, string]
    const value = name.endsWith(':in') ? 'urn:vs:lung' : name === '_id' ? 'ann' : 'cohort'
    expect(await fhir.ids(`/${one}=${value}`)).toContain(type === 'Patient' ? 'ann' : 'hit')
  })

  test.each(REQUIRED.include)('_include=%s', async (one) => {
    const [type, name, target] = one.split(':') as [string, string, string | undefined]
    const own = type === 'Patient' ? 'ann' : 'hit'
    const entries = (await fhir.get(`/${type}?_id=${own}&_include=${one}`)).body.entry as {
      search: { mode: string }
      resource: { resourceType: string }
    }[]
    const included = entries.filter((e) => e.search.mode === 'include').map((e) => e.resource.resourceType)
    const pointsAt = TYPES[type]!.resource as { readonly [element: string]: unknown }
    expect(JSON.stringify(pointsAt).includes('reference')).toBe(true)
    if (target === undefined || target === 'Practitioner') expect(included.length, name).toBe(1)
    else expect(included).toEqual([])
  })

  test.each(REQUIRED.provenanceOf)('%s with _revinclude=Provenance:target', async (type) => {
    const own = type === 'Patient' ? 'ann' : 'hit'
    const { entry } = (await fhir.get(`/${type}?_id=${own}&_revinclude=Provenance:target`)).body
    expect(entry.map((e: { resource: { id: string } }) => e.resource.id)).toEqual([own, `of-${type}`])
  })
})

describe('the CapabilityStatement', () => {
  test('names every search that the guides ask for, and lists nothing that cannot be asked', async () => {
    const [rest] = (await fhir.get('/metadata')).body.rest as [
      {
        resource: { type: string; searchParam: { name: string; type: string }[]; searchInclude?: string[]; searchRevInclude?: string[] }[]
        searchParam: { name: string; type: string }[]
        documentation: string
      },
    ]
    const listed = new Map(rest.resource.map((one) => [one.type, one]))
    for (const { type, by } of rows)
      for (const name of by)
        expect(
          listed.get(type)!.searchParam.map((p) => p.name),
          type,
        ).toContain(name)
    for (const type of REQUIRED.provenanceOf) expect(listed.get(type)!.searchRevInclude, type).toContain('Provenance:target')
    for (const one of REQUIRED.include)
      expect(listed.get(one.split(':')[0]!)!.searchInclude).toContain(one.split(':').slice(0, 2).join(':'))
    // each parameter of each type is understood, with a value of its kind and with :missing
    const sample: { readonly [kind: string]: string } = {
      token: 'a|b',
      date: 'ge2026-01-01',
      string: 'x',
      quantity: 'le5|http://unitsofmeasure.org|mg',
      number: '5',
      uri: 'urn:x',
      reference: 'Patient/1',
    }
    let count = 0
    for (const { type, searchParam, searchInclude = [], searchRevInclude = [] } of rest.resource) {
      const asked: [string, string][] = searchParam.map(({ name, type: kind }) => [name, name === '_id' ? '1' : sample[kind]!])
      const missing: [string, string][] = searchParam
        .filter(({ name }) => !['_id', '_lastUpdated'].includes(name))
        .map(({ name }) => [`${name}:missing`, 'true'])
      const included: [string, string][] = [
        ...searchInclude.map((one): [string, string] => ['_include', one]),
        ...searchRevInclude.map((one): [string, string] => ['_revinclude', one]),
      ]
      for (const pair of [...asked, ...missing, ...included]) {
        const parsed = parseSearch(type, [pair], { who: 'x' })
        expect({ type, pair, isUnderstood: parsed.ok }).toEqual({ type, pair, isUnderstood: true })
        count += 1
      }
      // and what it does not list it does not take
      expect(parseSearch(type, [['not-a-parameter', 'x']], { who: 'x' }).ok).toBe(false)
    }
    expect(count).toBeGreaterThan(3000)
    // each type that somebody may touch is offered, and no other
    const touched = [...searchTable().types].filter((type) => kindOf(type) !== undefined).sort()
    expect(rest.resource.map(({ type }) => type)).toEqual(touched)
    expect(touched.length).toBeGreaterThan(100)
  })

  test('says which modifiers and results there are: those that it names work, those that it does not are refused', async () => {
    const { documentation } = (await fhir.get('/metadata')).body.rest[0] as { documentation: string }
    const works: readonly (readonly [name: string, path: string, ids: readonly string[]])[] = [
      [':missing', '/Condition?patient=ann&code:missing=false', ['hit']],
      [':not', '/Condition?patient=ann&code:not=c50', ['hit']],
      [':exact', '/Patient?family:exact=Example&_id=ann', ['ann']],
      [':contains', '/Patient?family:contains=xamp&_id=ann', ['ann']],
      [':in', '/Condition?patient=ann&code:in=urn:vs:lung', ['hit']],
      [':not-in', '/Condition?patient=ann&code:not-in=urn:vs:lung', []],
      [':below', '/ValueSet?url:below=urn:vs', ['lung']],
      [':identifier', '/Condition?patient:identifier=urn:mrn|9', []],
      [':Type', '/Condition?subject:Patient=ann', ['hit']],
      ['_has', '/Patient?_has:Condition:subject:code=c34&_id=ann', ['ann']],
      ['_sort', '/Condition?patient=ann&_sort=-recorded-date', ['hit']],
      ['_total', '/Condition?patient=ann&_total=accurate', ['hit']],
      ['_elements', '/Condition?patient=ann&_elements=code', ['hit']],
      ['_summary', '/Condition?patient=ann&_summary=data', ['hit']],
      ['_include', '/Condition?patient=ann&_include=Condition:subject', ['hit']],
      ['_revinclude', '/Condition?patient=ann&_revinclude=Provenance:target', ['hit']],
      ['_count', '/Condition?patient=ann&_count=1', ['hit']],
    ]
    for (const [name, path, ids] of works) {
      expect(documentation, name).toContain(name)
      expect(await fhir.ids(path), path).toEqual(ids)
    }
    for (const [name, path] of [
      [':text', '/Condition?code:text=lung'],
      [':above', '/Condition?code:above=c34'],
      ['_filter', '/Condition?_filter=code eq c34'],
      ['_text', '/Condition?_text=lung'],
      ['_content', '/Condition?_content=lung'],
      ['_contained', '/Condition?_contained=true'],
    ] as const) {
      expect(documentation.slice(documentation.indexOf('Not supported')), name).toContain(name)
      expect((await fhir.get(path)).status, path).toBe(400)
    }
  })
})
