import { expect, test } from 'vitest'
import { answer, clinicalCase, condition, note, result } from '../../test/clinical.ts'

const lung = condition('snomed|254626006')

test.each([
  { text: 'Fourteen weeks pregnant, wanted pregnancy.', weeks: 14 },
  { text: 'Pregnant, 14+3 weeks.', weeks: 14 },
  { text: 'Gestational age 9 0/7 weeks.', weeks: 9 },
  { text: 'Twenty two weeks pregnant.', weeks: 22 },
])('a note of today: $text', ({ text, weeks }) => {
  const read = clinicalCase([lung, note(text, '2026-11-23')])
  expect(answer(read, 'gestation-weeks')).toBe(weeks)
  expect(answer(read, 'pregnancy')).toBe(true)
})

test('the weeks of an older note grow until the day of the plan', () => {
  expect(answer(clinicalCase([lung, note('10 weeks pregnant.', '2026-10-26')]), 'gestation-weeks')).toBe(14)
})

test('the label of a diagnosis, the code Z3A and the LOINC observation', () => {
  expect(answer(clinicalCase([lung, condition('Pregnancy, 14 weeks')]), 'gestation-weeks')).toBe(14)
  expect(answer(clinicalCase([lung, condition('icd10|Z3A.14')]), 'gestation-weeks')).toBe(14)
  const coded = result('loinc|11884-4', { valueQuantity: { value: 98, unit: 'd', code: 'd', system: 'http://unitsofmeasure.org' } })
  expect(answer(clinicalCase([lung, coded]), 'gestation-weeks')).toBeCloseTo(14, 6)
})

test.each([
  'Pembrolizumab every 3 weeks. Not pregnant.',
  'Pregnancy test negative 2 weeks ago.',
  'Not pregnant; contraception for 14 weeks.',
])('no weeks of a pregnancy: %s', (text) => {
  expect(answer(clinicalCase([lung, note(text)]), 'gestation-weeks')).toBe('<not-recorded>')
})

test.each([
  { code: 'Pregnancy test', valueString: 'positive, 22 weeks of gestation', weeks: 22 },
  { code: 'Pregnancy test', valueString: 'positive, 22 weeks', weeks: 22 },
  { code: 'Gestational age', valueString: '22 weeks', weeks: 22 },
  { code: 'Pregnancy test', valueString: 'negative, repeat in 3 weeks', weeks: '<not-recorded>' },
  { code: 'Pregnancy test', valueString: 'repeat in 3 weeks', weeks: '<not-recorded>' },
])('the value of an observation: $code, $valueString', ({ code, valueString, weeks }) => {
  expect(answer(clinicalCase([lung, result(code, { valueString }, '2026-11-23')]), 'gestation-weeks')).toBe(weeks)
})
