import fs from 'node:fs'
import path from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { checkResource, loadDefinitions } from '../../src/fhir-api/index.ts'
import type { FhirResource } from '../../src/store/index.ts'

beforeAll(() => loadDefinitions(), 60_000)

const MCODE = 'http://hl7.org/fhir/us/mcode/StructureDefinition/'
const errors = (resource: object): readonly string[] =>
  checkResource(resource as FhirResource)
    .filter(({ severity }) => severity === 'error')
    .map(({ path: at, message }) => `${at}: ${message}`)

const ecog = {
  resourceType: 'Observation',
  meta: { profile: [`${MCODE}mcode-ecog-performance-status`] },
  status: 'final',
  category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'survey' }] }],
  code: { coding: [{ system: 'http://loinc.org', code: '89247-1' }] },
  subject: { reference: 'Patient/a' },
  effectiveDateTime: '2026-11-05',
  valueInteger: 1,
}

test.each([
  { name: 'a right ECOG', resource: ecog, says: [] },
  {
    name: 'ECOG as a quantity',
    resource: { ...ecog, valueInteger: undefined, valueQuantity: { value: 1 } },
    says: [/^Observation\.valueQuantity: .*does not allow/],
  },
  {
    name: 'ECOG under another code',
    resource: { ...ecog, code: { coding: [{ system: 'http://loinc.org', code: '1-8' }] } },
    says: [/^Observation\.code: .*89247-1/],
  },
  { name: 'another type than the profile', resource: { resourceType: 'Patient', meta: ecog.meta }, says: [/^meta\.profile/] },
  {
    name: 'a version behind the profile',
    resource: { ...ecog, meta: { profile: [`${MCODE}mcode-ecog-performance-status|4.0.0`] }, valueInteger: undefined, valueString: '1' },
    says: [/valueString/],
  },
  {
    name: 'a profile of somebody else',
    resource: { ...ecog, meta: { profile: ['urn:mine'] }, valueInteger: undefined, valueString: '1' },
    says: [],
  },
  {
    name: 'a value where the profile has none',
    resource: {
      ...ecog,
      meta: { profile: [`${MCODE}mcode-genomic-region-studied`] },
      code: { coding: [{ system: 'http://loinc.org', code: '53041-0' }] },
    },
    says: [/valueInteger: .*does not allow/],
  },
  {
    name: 'a reference to a contained resource that is not there',
    resource: { ...ecog, contained: [{ resourceType: 'Practitioner', id: 'p' }], performer: [{ reference: '#p' }, { reference: '#q' }] },
    says: [/^Observation\.performer\[1\]\.reference: #q is not among the contained/],
  },
  {
    name: 'references among contained resources, and to what contains them',
    resource: {
      ...ecog,
      contained: [
        { resourceType: 'PractitionerRole', id: 'r', practitioner: { reference: '#p' } },
        { resourceType: 'Practitioner', id: 'p' },
        {
          resourceType: 'Provenance',
          id: 'v',
          target: [{ reference: '#' }],
          recorded: '2026-11-05T10:00:00Z',
          agent: [{ who: { reference: '#r' } }],
        },
      ],
      performer: [{ reference: '#r' }],
      derivedFrom: [{ reference: '#v' }],
    },
    says: [],
  },
  { name: 'a status that FHIR has not', resource: { ...ecog, status: 'nonsense' }, says: [/^Observation\.status: "nonsense"/] },
  {
    name: 'a code in a data type',
    resource: { resourceType: 'Patient', name: [{ use: 'nick', family: 'X' }] },
    says: [/^Patient\.name\[0\]\.use: "nick"/],
  },
  {
    name: 'a code in an element of its own',
    resource: { resourceType: 'Patient', contact: [{ gender: 'f', name: { text: 'x' } }] },
    says: [/^Patient\.contact\[0\]\.gender/],
  },
  {
    name: 'a code in a contained resource',
    resource: { resourceType: 'Patient', contained: [{ resourceType: 'Patient', id: 'x', gender: 'f' }] },
    says: [/contained\[0\]\.gender/],
  },
  {
    name: 'a code that lies at the end of a reference in the definitions',
    resource: {
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'x' },
      component: [{ code: { text: 'x' }, valueQuantity: { value: 1, comparator: '=' } }],
    },
    says: [/comparator/],
  },
])('$name', ({ resource, says }) => {
  const found = errors(JSON.parse(JSON.stringify(resource)))
  expect(found).toHaveLength(says.length)
  for (const [at, pattern] of says.entries()) expect(found[at]).toMatch(pattern)
})

test('what a profile asks for and is missing is a warning: what is known is kept', () => {
  const { category: _category, subject: _subject, ...rest } = ecog
  const issues = checkResource(rest as FhirResource)
  expect(issues.map(({ severity, path: at }) => `${severity} ${at}`)).toEqual([
    'warning Observation.category',
    'warning Observation.subject',
  ])
})

const resourcesOf = (value: { resourceType?: string; entry?: readonly { resource?: object }[] }): readonly object[] =>
  value.resourceType === 'Bundle' && value.entry !== undefined
    ? value.entry.flatMap((e) => (e.resource === undefined ? [] : [e.resource]))
    : [value]

test('every resource of the example patients is accepted', () => {
  const folder = path.join(import.meta.dirname, '../../../../fixtures/patients')
  const refused = fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) =>
      resourcesOf(JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8'))).flatMap((r) => errors(r).map((e) => `${name} ${e}`)),
    )
  expect(refused.slice(0, 10)).toEqual([])
}, 120_000)

const EXAMPLES = path.join(import.meta.dirname, '../../../../../shared/data/mcode/ig-4.0.0-examples')
const hasExamples = fs.existsSync(EXAMPLES)
if (!hasExamples) console.log('skipped: the examples of the mCODE guide are not here (shared/data/mcode)')

test.skipIf(!hasExamples)(
  'every example of the mCODE guide is accepted',
  () => {
    const refused = fs
      .readdirSync(EXAMPLES)
      .filter((name) => name.endsWith('.json'))
      .flatMap((name) =>
        resourcesOf(JSON.parse(fs.readFileSync(path.join(EXAMPLES, name), 'utf8'))).flatMap((r) => errors(r).map((e) => `${name} ${e}`)),
      )
    expect(refused).toEqual([])
  },
  120_000,
)
