import { expect, test } from 'vitest'
import { testKnowledge } from '../../test/knowledge.ts'
import { ANN, codesOf, factOf, observation, quantity, readCase, TODAY, texted } from '../../test/reading.ts'
import { parseCharts, readPatientCase } from '../index.ts'

const creatinine = (id: string, on: string | undefined, value: number) => observation(id, '2160-0', on, quantity(value, 'umol/L'))

test('every fact of the registry has an answer, in its order', () => {
  const { patientCase } = readCase([])
  expect(Object.keys(patientCase.facts)).toEqual([...testKnowledge().facts.keys()])
})

test.each([
  { name: 'a comorbidity that is not listed is no', fact: 'organ-transplant', expected: { value: [], absence: 'listed' } },
  { name: 'an unlisted truth is no', fact: 'breastfeeding', expected: { value: false, absence: 'listed' } },
  { name: 'an untested gene is unknown', fact: 'egfr-l858r', expected: { unknown: 'not-tested', would: 'ngs-broad-dna-rna' } },
  { name: 'a symptom nobody asked about is unknown', fact: 'pain-score', expected: { unknown: 'not-recorded' } },
  { name: 'no neuropathy is grade 0', fact: 'neuropathy-grade', expected: { value: 0, absence: 'listed' } },
])('silence: $name', ({ fact, expected }) => {
  expect(factOf(readCase([]), fact)).toMatchObject(expected)
})

test('the latest value wins, and the chart may be read as of an earlier day', () => {
  const chart = [creatinine('a', '2026-10-01', 80), creatinine('b', '2026-11-20', 120)]
  expect(factOf(readCase(chart), 'creatinine')).toMatchObject({ value: 120 })
  const earlier = readCase(chart, { asOf: '2026-10-02' })
  expect(factOf(earlier, 'creatinine')).toMatchObject({ value: 80, on: '2026-10-01' })
  expect(codesOf(earlier.issues)).toContain('future-date')
})

test('values of one day within a twentieth agree, further apart they conflict and both are named', () => {
  expect(factOf(readCase([creatinine('a', '2026-11-20', 80), creatinine('b', '2026-11-20', 82)]), 'creatinine')).toMatchObject({
    value: 80,
  })
  const apart = readCase([creatinine('a', '2026-11-20', 80), creatinine('b', '2026-11-20', 160)])
  expect(factOf(apart, 'creatinine')).toMatchObject({ unknown: 'conflicting', would: 'renal-function' })
  expect(apart.issues.find(({ code }) => code === 'contradictory-result')?.message).toMatch(/80.*160/)
})

test('a month overlaps every day in it', () => {
  expect(factOf(readCase([creatinine('a', '2026-11', 80), creatinine('b', '2026-11-20', 160)]), 'creatinine')).toMatchObject({
    unknown: 'conflicting',
  })
  expect(factOf(readCase([creatinine('a', '2026-10', 80), creatinine('b', '2026-11-20', 160)]), 'creatinine')).toMatchObject({ value: 160 })
})

test('an old value is stale, keeps its meaning and says so; an undated one is stale too', () => {
  const old = readCase([creatinine('a', '2026-06-01', 80), observation('w', '29463-7', '2026-11-20', quantity(72, 'kg'))])
  expect(factOf(old, 'creatinine')).toMatchObject({ value: 80, stale: true })
  expect(factOf(old, 'creatinine-clearance')).toHaveProperty('stale', true)
  expect(old.issues).toContainEqual(expect.objectContaining({ code: 'stale-value', path: 'creatinine' }))
  expect(factOf(readCase([creatinine('a', undefined, 80)]), 'creatinine')).toMatchObject({ value: 80, stale: true })
  expect(factOf(readCase([creatinine('a', '2026-11-20', 80)]), 'creatinine')).not.toHaveProperty('stale')
})

test('derived facts follow: age, clearance by Cockcroft and Gault', () => {
  const read = readCase([creatinine('a', '2026-11-20', 88.42), observation('w', '29463-7', '2026-11-20', quantity(72, 'kg'))])
  expect(factOf(read, 'age')).toMatchObject({ value: 66 })
  // (140 - 66) x 72 / (72 x 1.0 mg/dL) x 0.85 = 62.9
  const clearance = factOf(read, 'creatinine-clearance')
  expect('value' in clearance && clearance.value).toBeCloseTo(62.9, 1)
})

test('words later than a coded value are heard, words of the same day are not', () => {
  const coded = observation('a', '89247-1', '2026-10-01', { valueInteger: 1 })
  const words = (on: string) => texted('b', 'ECOG performance status', on, { valueString: 'ECOG 2' })
  expect(factOf(readCase([coded, words('2026-11-01')]), 'ecog')).toMatchObject({ value: 2, words: 'ECOG 2' })
  expect(factOf(readCase([coded, words('2026-10-01')]), 'ecog')).toMatchObject({ value: 1 })
})

test.each([
  { name: 'male', patient: { gender: 'male' }, fact: 'sex', expected: { value: 'male' } },
  { name: 'gender unknown', patient: { gender: 'unknown' }, fact: 'sex', expected: { unknown: 'not-recorded' } },
  { name: 'born after the plan', patient: { birthDate: '2030-01-01' }, fact: 'birth-date', expected: { unknown: 'conflicting' } },
  { name: 'birth year only', patient: { birthDate: '1960' }, fact: 'birth-date', expected: { value: '1960' } },
  { name: 'died', patient: { deceasedDateTime: '2026-11-01' }, fact: 'deceased', expected: { value: true } },
  { name: 'died after the plan', patient: { deceasedDateTime: '2027-01-01' }, fact: 'deceased', expected: { value: false } },
  { name: 'lives in France', patient: { address: [{ country: 'FR' }] }, fact: 'jurisdiction', expected: { value: 'eu' } },
  { name: 'no country', patient: {}, fact: 'jurisdiction', expected: { unknown: 'not-recorded' } },
  {
    name: 'language',
    patient: { communication: [{ language: { coding: [{ code: 'es' }], text: 'Spanish' } }] },
    fact: 'language',
    expected: { value: 'Spanish' },
  },
])('Patient: $name', ({ patient, fact, expected }) => {
  expect(factOf(readCase([], { patient: { ...ANN, birthDate: undefined, gender: undefined, ...patient } }), fact)).toMatchObject(expected)
})

test('what nobody understood is listed, equal things once', () => {
  const strange = (id: string) => texted(id, 'Shoe size', TODAY, { valueInteger: 42 })
  const noted = { ...creatinine('c', '2026-11-20', 80), note: [{ text: 'taken <b>after</b> contrast' }] }
  const read = readCase([strange('a'), strange('b'), noted])
  expect(read.unread).toContainEqual(
    expect.objectContaining({ code: 'unread-text', message: 'Observation "Shoe size" was not read (2 times)' }),
  )
  expect(read.unread).toContainEqual(
    expect.objectContaining({ code: 'unread-text', path: 'Observation/c', message: expect.stringContaining('<b>after</b> contrast') }),
  )
})

test('a modifier extension is a warning; an older mCODE profile is named', () => {
  const read = readCase([
    { ...creatinine('a', '2026-11-20', 80), modifierExtension: [{ url: 'https://example.org/not', valueBoolean: true }] },
    {
      ...creatinine('b', '2026-11-20', 80),
      meta: { profile: ['http://hl7.org/fhir/us/mcode/StructureDefinition/onco-core-TumorMarkerTest'] },
    },
  ])
  expect(read.issues).toContainEqual(
    expect.objectContaining({ code: 'invalid-element', severity: 'warning', path: 'Observation/a.modifierExtension' }),
  )
  expect(read.issues).toContainEqual(expect.objectContaining({ code: 'outdated-profile', path: 'Observation/b' }))
})

test('order of resources changes nothing', () => {
  const resources = [
    creatinine('a', '2026-11-20', 80),
    creatinine('b', '2026-11-20', 160),
    texted('s', 'Shoe size', TODAY, { valueInteger: 42 }),
    observation('w', '29463-7', '2026-11-20', quantity(72, 'kg')),
  ]
  expect(JSON.stringify(readCase(resources))).toBe(JSON.stringify(readCase([...resources].reverse())))
})

test('a patient without an id goes by the full URL of the entry', () => {
  const fullUrl = 'urn:uuid:926b8039-f3be-535e-bc26-fc3eca5c030d'
  const parsed = parseCharts(
    JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry: [{ fullUrl, resource: { resourceType: 'Patient' } }] }),
  )
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  const read = readPatientCase(parsed.value[0]!, testKnowledge(), { asOf: '2026-11-23' })
  expect(read.ok && read.value.patientCase.patient).toBe('Patient/926b8039-f3be-535e-bc26-fc3eca5c030d')
})
