import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { ANN, bundle, observation, quantity } from '../../test/reading.ts'
import { canonicalContent, parseCharts } from '../index.ts'
import type { ParsedChart } from './assemble.ts'

const BEN = { resourceType: 'Patient', id: 'ben', gender: 'male', birthDate: '1955-01-01' }
const of = (patient: string, id: string) => ({
  ...observation(id, '2160-0', '2026-11-20', quantity(80, 'umol/L')),
  subject: { reference: patient },
})
const weight = observation('w', '29463-7', '2026-11-20', quantity(70, 'kg'))

function charts(input: unknown): readonly ParsedChart[] {
  const parsed = parseCharts(typeof input === 'string' ? input : JSON.stringify(input))
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  return parsed.value
}
const ids = (chart: ParsedChart): readonly string[] =>
  chart.chart.resources.map((resource) => `${resource.resourceType}/${resource.id ?? '?'}`)
const codes = (chart: ParsedChart): readonly string[] => chart.issues.map(({ code }) => code)

test.each([
  { name: 'nothing', text: '', code: 'not-json' },
  { name: 'blanks', text: ' \n\t', code: 'not-json' },
  { name: 'prose', text: 'Dear colleague', code: 'not-json' },
  { name: 'XML', text: '<Bundle/>', code: 'not-json' },
  { name: 'a bundle cut off', text: JSON.stringify(bundle(ANN, weight)).slice(0, 200), code: 'not-json' },
  { name: 'a number', text: '42', code: 'not-fhir' },
  { name: 'null', text: 'null', code: 'not-fhir' },
  { name: 'JSON that is not FHIR', text: '{"name":"Ann"}', code: 'not-fhir' },
  { name: 'a wrong resourceType', text: '{"resourceType":7}', code: 'not-fhir' },
  { name: 'an empty list', text: '[]', code: 'missing-patient' },
  { name: 'an empty bundle', text: JSON.stringify(bundle()), code: 'missing-patient' },
  { name: 'nobody', text: JSON.stringify(bundle({ resourceType: 'Medication', id: 'm' })), code: 'missing-patient' },
  { name: 'NDJSON with a broken line', text: `${JSON.stringify(ANN)}\n${JSON.stringify(weight).slice(0, 50)}\n`, code: 'not-json' },
  { name: 'nesting without end', text: `{"resourceType":"Patient","a":${'['.repeat(5000)}${']'.repeat(5000)}}`, code: 'too-deep' },
])('$name is refused with a reason and a remedy', ({ text, code }) => {
  const parsed = parseCharts(text)
  expect(parsed.ok).toBe(false)
  if (!parsed.ok) {
    expect(parsed.error[0]).toMatchObject({ code, severity: 'error' })
    expect(parsed.error[0]?.remedy).toBeTruthy()
  }
})

test('the broken line of NDJSON is named', () => {
  const parsed = parseCharts(`${JSON.stringify(ANN)}\n\n{"resourceType":`)
  expect(!parsed.ok && parsed.error[0]?.path).toBe('line 3')
})

test('more text than allowed is refused before it is parsed', () => {
  const parsed = parseCharts(JSON.stringify(ANN), { maxCharacters: 10 })
  expect(!parsed.ok && parsed.error[0]?.code).toBe('too-large')
})

const content = [ANN, weight]
test.each([
  { name: 'a collection', text: JSON.stringify(bundle(...content)) },
  { name: 'pretty-printed', text: JSON.stringify(bundle(...content), null, 2) },
  { name: 'with a byte order mark and trailing blanks', text: `\ufeff${JSON.stringify(bundle(...content))}\n\n ` },
  { name: 'bytes', text: new TextEncoder().encode(JSON.stringify(bundle(...content))) },
  { name: 'a list of resources', text: JSON.stringify(content) },
  { name: 'NDJSON of resources', text: content.map((one) => JSON.stringify(one)).join('\n') },
  { name: 'NDJSON of bundles, Windows line ends', text: content.map((one) => JSON.stringify(bundle(one))).join('\r\n') },
  { name: 'a bundle of bundles', text: JSON.stringify(bundle(bundle(ANN), bundle(weight))) },
  {
    name: 'Parameters',
    text: JSON.stringify({ resourceType: 'Parameters', parameter: content.map((resource) => ({ name: 'x', resource })) }),
  },
  {
    name: 'a transaction',
    text: JSON.stringify({
      resourceType: 'Bundle',
      type: 'transaction',
      entry: content.map((resource) => ({ resource, request: { method: 'POST' } })),
    }),
  },
])('one chart from $name', ({ text }) => {
  const parsed = parseCharts(text)
  expect(parsed.ok && parsed.value.map(ids)).toEqual([['Observation/w', 'Patient/ann']])
})

test('every patient has a chart of their own, whatever the order', () => {
  const resources = [of('Patient/ben', 'b'), ANN, of('https://example.org/fhir/Patient/ann/_history/2', 'a'), BEN]
  for (const order of [resources, [...resources].reverse()]) {
    expect(charts(bundle(...order)).map(ids)).toEqual([
      ['Observation/a', 'Patient/ann'],
      ['Observation/b', 'Patient/ben'],
    ])
  }
})

test('urn:uuid full URLs name patients and targets', () => {
  const entry = [
    { fullUrl: 'urn:uuid:1', resource: { resourceType: 'Patient', gender: 'male' } },
    { fullUrl: 'urn:uuid:2', resource: { resourceType: 'Condition', subject: { reference: 'urn:uuid:1' } } },
    {
      fullUrl: 'urn:uuid:3',
      resource: { resourceType: 'Observation', subject: { reference: 'urn:uuid:1' }, focus: [{ reference: 'urn:uuid:2' }] },
    },
  ]
  const [parsed] = charts({ resourceType: 'Bundle', type: 'collection', entry })
  const [found] = parsed!.chart.ofType('Observation')
  expect(parsed!.chart.resolve({ reference: 'urn:uuid:2' }, found)?.resourceType).toBe('Condition')
  expect(parsed!.chart.referenceTo(found!)).toBe('urn:uuid:3')
  expect(parsed!.chart.resolve('Condition/none')).toBeUndefined()
})

test('linked Patients are one person, spoken for by the record that was not replaced', () => {
  const old = { ...ANN, id: 'old', link: [{ type: 'replaced-by', other: { reference: 'Patient/ann' } }] }
  const [only, ...others] = charts(bundle(old, ANN, of('Patient/old', 'a'), of('Patient/ann', 'b')))
  expect(others).toEqual([])
  expect(only!.chart.patient.id).toBe('ann')
  expect(ids(only!)).toEqual(['Observation/a', 'Observation/b', 'Patient/ann', 'Patient/old'])
})

test("another patient's results are never read as this one's", () => {
  const [only] = charts(bundle(ANN, of('Patient/zoe', 'z'), weight))
  expect(ids(only!)).toEqual(['Observation/w', 'Patient/ann'])
  expect(only!.issues).toContainEqual(expect.objectContaining({ code: 'foreign-patient', path: 'Patient/zoe' }))
})

test('a subject by identifier is the patient who has it, and nobody else', () => {
  const patient = { ...ANN, identifier: [{ system: 'mrn', value: '7' }] }
  const by = (id: string, value: string) => ({ ...weight, id, subject: { identifier: { system: 'mrn', value } } })
  expect(ids(charts(bundle(patient, by('mine', '7'), by('other', '8')))[0]!)).toEqual(['Observation/mine', 'Patient/ann'])
})

test('a conditional reference finds the patient by identifier; one that nobody has is nobody of this input', () => {
  const system = 'https://hospital.example/mrn'
  const patient = { ...ANN, identifier: [{ system, value: '7' }] }
  const by = (id: string, value: string) => ({ ...weight, id, subject: { reference: `Patient?identifier=${system}|${value}` } })
  const [ann, ben] = charts(bundle(patient, BEN, by('mine', '7'), by('other', '8')))
  expect(ids(ann!)).toEqual(['Observation/mine', 'Patient/ann'])
  expect(ids(ben!)).toEqual(['Patient/ben'])
  expect(codes(ben!)).toContain('foreign-patient')
})

test.each([
  { name: 'empty', identifier: {} },
  { name: 'only a system that nobody has', identifier: { system: 'visit' } },
  { name: 'only a system', identifier: { system: 'mrn' } },
  { name: 'only a value', identifier: { value: '7' } },
])('an identifier that names nobody ($name) is not the first of several patients', ({ identifier }) => {
  const patient = { ...ANN, identifier: [{ system: 'mrn', value: '7' }] }
  const [ann, ben] = charts(bundle(patient, BEN, { ...weight, subject: { identifier } }))
  expect(ids(ann!)).toEqual(['Patient/ann'])
  expect(ids(ben!)).toEqual(['Patient/ben'])
  expect(codes(ann!)).toContain('foreign-patient')
})

test('only references: the patient is inferred, with a warning', () => {
  const [only] = charts(bundle(of('Patient/ghost', 'a')))
  expect(only!.chart.patient).toEqual({ resourceType: 'Patient', id: 'ghost' })
  expect(codes(only!)).toContain('missing-patient')
})

test('the same resource twice: equal is kept once, the newer version wins, and where nobody can tell both stay', () => {
  const changed = (lastUpdated: string | undefined, value: number) => ({
    ...weight,
    ...quantity(value, 'kg'),
    ...(lastUpdated ? { meta: { lastUpdated } } : {}),
  })
  expect(codes(charts(bundle(ANN, weight, weight))[0]!)).toEqual(['duplicate-resource'])
  const [newer] = charts(bundle(ANN, changed('2026-11-02T00:00:00Z', 72), changed('2026-11-01T23:00:00-05:00', 71)))
  expect(newer!.chart.ofType('Observation')).toHaveLength(1)
  expect(newer!.chart.ofType('Observation')[0]).toMatchObject({ valueQuantity: { value: 71 } })
  expect(newer!.issues).toContainEqual(expect.objectContaining({ code: 'duplicate-resource', severity: 'warning' }))
  expect(charts(bundle(ANN, changed(undefined, 72), changed(undefined, 71)))[0]!.chart.ofType('Observation')).toHaveLength(2)
})

test('a deletion in a history takes the resource with it', () => {
  const entry = [
    { request: { method: 'DELETE', url: 'Observation/w' }, response: { lastModified: '2026-11-22T00:00:00Z' } },
    { resource: { ...weight, meta: { lastUpdated: '2026-11-20T00:00:00Z' } } },
    { resource: ANN },
  ]
  expect(ids(charts({ resourceType: 'Bundle', type: 'history', entry })[0]!)).toEqual(['Patient/ann'])
})

test('entered in error is left out and said so', () => {
  const condition = {
    resourceType: 'Condition',
    id: 'c',
    subject: { reference: 'Patient/ann' },
    verificationStatus: { coding: [{ code: 'entered-in-error' }] },
  }
  const [only] = charts(bundle(ANN, condition, { ...weight, status: 'entered-in-error' }))
  expect(ids(only!)).toEqual(['Patient/ann'])
  expect(codes(only!)).toEqual(['entered-in-error', 'entered-in-error'])
})

test('a search result with further pages is not a whole chart', () => {
  const [only] = charts({ ...bundle(ANN), type: 'searchset', link: [{ relation: 'next', url: 'https://example.org/2' }] })
  expect(only!.issues).toContainEqual(expect.objectContaining({ code: 'missing-input', severity: 'warning' }))
})

test('entries of no use are reported, the rest is read', () => {
  const entry = [
    { resource: ANN },
    { resource: null },
    7,
    { resource: { resourceType: 'Observation', id: 9, subject: { reference: 'Patient/ann' } } },
    { resource: {} },
  ]
  const [only] = charts({ resourceType: 'Bundle', type: 'collection', entry })
  expect(ids(only!)).toEqual(['Observation/9', 'Patient/ann'])
  expect(codes(only!).filter((code) => code === 'invalid-element')).toHaveLength(4)
})

test('names of the language do no harm as keys or ids', () => {
  const text = `{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"__proto__","__proto__":{"polluted":true}}},{"resource":{"resourceType":"Observation","id":"constructor","subject":{"reference":"Patient/__proto__"}}}]}`
  const [only] = charts(text)
  expect(ids(only!)).toEqual(['Observation/constructor', 'Patient/__proto__'])
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
})

test('the digest of a chart does not depend on the order of resources, and does on their content', () => {
  const digest = (input: unknown): string => {
    const hash = createHash('sha256')
    for (const part of canonicalContent(charts(input)[0]!.chart)) hash.update(part)
    return hash.digest('hex')
  }
  expect(digest(bundle(ANN, weight))).toBe(digest(bundle(weight, ANN)))
  expect(digest(bundle(ANN, weight))).not.toBe(digest(bundle(ANN)))
})
