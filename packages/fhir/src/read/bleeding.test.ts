import { expect, test } from 'vitest'
import { answer, clinicalCase, condition, note, reported, result } from '../../test/clinical.ts'

const facts = (read: ReturnType<typeof clinicalCase>) =>
  ['haemoptysis', 'haemoptysis-ml', 'haemoptysis-massive'].map((fact) => answer(read, fact))
const unasked = '<not-recorded>'

test.each([
  { value: { valueString: 'about 20 ml of fresh blood daily' }, expected: [true, 20, false] },
  { value: { valueString: 'yes, half a teaspoon this morning' }, expected: [true, 2.5, false] },
  { value: { valueString: '50-100 mL per day' }, expected: [true, 100, false] },
  { value: { valueString: 'streaks of blood' }, expected: [true, unasked, false] },
  { value: { valueString: 'massive' }, expected: [true, unasked, true] },
  { value: { valueQuantity: { value: 150, unit: 'mL' } }, expected: [true, 150, false] },
  { value: { valueString: '150 mL of blood over two weeks' }, expected: [true, unasked, false] },
  { value: { valueString: 'no blood since Monday' }, expected: [false, unasked, false] },
  { value: { valueString: 'none' }, expected: [false, unasked, false] },
  { value: { valueString: 'see letter' }, expected: [false, unasked, false] },
])('an observation of haemoptysis: $value', ({ value, expected }) => {
  expect(facts(clinicalCase([result('Haemoptysis', value, '2026-11-20')]))).toEqual(expected)
})

test.each([
  { text: 'Massive haemoptysis 200 mL in 24 h', expected: [true, 200, true] },
  { text: 'Life-threatening haemoptysis', expected: [true, unasked, true] },
  { text: 'Haemoptysis', expected: [true, unasked, false] },
])('a diagnosis: $text', ({ text, expected }) => {
  expect(facts(clinicalCase([condition(text, { recordedDate: '2026-11-22' })]))).toEqual(expected)
})

test.each([
  { text: 'Coughed up blood, about 120 mL since yesterday.', expected: [true, 120, false] },
  { text: '30 ml haemoptysis today.', expected: [true, 30, false] },
  { text: 'Haemoptysis and pleural effusion, 800 ml drained.', expected: [true, unasked, false] },
  { text: 'No massive haemoptysis.', expected: [false, unasked, false] },
  { text: 'No haemoptysis. 500 mL of saline given.', expected: [false, unasked, false] },
  { text: 'His father died of massive haemoptysis.', expected: [false, unasked, false] },
  { text: 'Risk of massive haemoptysis explained.', expected: [false, unasked, false] },
])('a note: $text', ({ text, expected }) => {
  expect(facts(clinicalCase([note(text)]))).toEqual(expected)
})

test('high calcium on the list, denied, or of long ago', () => {
  const recorded = (read: ReturnType<typeof clinicalCase>) => answer(read, 'hypercalcaemia-recorded')
  expect(recorded(clinicalCase([condition('Hypercalcemia of malignancy', { recordedDate: '2026-11-22' })]))).toBe(true)
  expect(recorded(clinicalCase([condition('icd10|E83.52', { recordedDate: '2026-11-22' })]))).toBe(true)
  expect(recorded(clinicalCase([note('No hypercalcaemia.')]))).toBe(false)
  expect(recorded(clinicalCase([note('History of hypercalcaemia.')]))).toBe(false)
  expect(recorded(clinicalCase([reported('CT', 'Nothing of note.')]))).toBe(false)
})

test.each([
  { text: 'Coughed up about 250 ml of fresh blood since last night.', expected: [true, 250, false] },
  { text: 'Brought up a cupful of bright red blood this morning.', expected: [true, 240, false] },
  { text: 'Coughing up phlegm, no blood.', expected: [false, unasked, false] },
])('a note of the day: $text', ({ text, expected }) => {
  expect(facts(clinicalCase([condition('snomed|254637007'), note(text, '2026-11-22')]))).toEqual(expected)
})
