import { expect, test } from 'vitest'
import { answer, clinicalCase, condition, note } from '../../test/clinical.ts'

const goal = (text: string) => ({
  resourceType: 'Goal',
  id: 'goal',
  lifecycleStatus: 'active',
  subject: { reference: 'Patient/ann' },
  description: { text },
})
const NOTHING = '<not-recorded>'

test.each([
  { text: 'No immunotherapy so far.', expected: NOTHING },
  { text: 'No chemotherapy yet.', expected: NOTHING },
  { text: 'Has received no chemotherapy.', expected: NOTHING },
  { text: 'No chemotherapy was given because of ECOG 3.', expected: NOTHING },
  { text: 'No surgery.', expected: NOTHING },
  { text: 'No blood transfusion so far.', expected: NOTHING },
  { text: 'No anticancer treatment so far.', expected: NOTHING },
  { text: 'Does not decline chemotherapy.', expected: NOTHING },
  { text: 'Previously declined chemotherapy, now accepts it.', expected: NOTHING },
  { text: 'Declined chemotherapy in 2019.', expected: NOTHING },
  { text: 'Was declined for surgery.', expected: NOTHING },
  { text: 'Immunotherapy refused by the insurer.', expected: NOTHING },
  { text: 'She does not want chemotherapy.', expected: ['chemotherapy'] },
  { text: 'Not interested in further chemotherapy.', expected: ['chemotherapy'] },
  { text: 'He declines further lines of chemotherapy.', expected: ['chemotherapy'] },
  { text: 'The patient is against chemotherapy.', expected: ['chemotherapy'] },
  { text: 'Chemotherapy was declined by the tumour board.', expected: NOTHING },
  { text: 'Unwilling to have chemotherapy.', expected: ['chemotherapy'] },
  { text: 'Chemotherapy declined by the patient.', expected: ['chemotherapy'] },
  { text: 'Declines chemotherapy or immunotherapy.', expected: ['chemotherapy', 'immunotherapy'] },
  { text: 'Declined surgery, accepted chemotherapy.', expected: ['surgery'] },
  { text: 'Declines all further systemic treatment.', expected: ['all-anticancer'] },
  { text: 'Refuses treatment with pembrolizumab.', expected: NOTHING },
])('a note: $text', ({ text, expected }) => {
  expect(answer(clinicalCase([condition('snomed|254626006'), note(text)]), 'declines')).toEqual(expected)
})

test.each([
  { text: 'No chemotherapy.', expected: ['chemotherapy'] },
  { text: 'No chemotherapy so far.', expected: NOTHING },
  { text: 'No more treatment', expected: ['all-anticancer'] },
])('in the words of a goal a bare no is a wish: $text', ({ text, expected }) => {
  expect(answer(clinicalCase([condition('snomed|254626006'), goal(text)]), 'declines')).toEqual(expected)
})

test('no trial nearby is no wish against trials', () => {
  const read = (text: string) => answer(clinicalCase([condition('snomed|254626006'), note(text)]), 'preferences')
  expect(read('No clinical trial is open nearby.')).toBe(NOTHING)
  expect(read('Declines a clinical trial.')).toEqual(['no-trial'])
})
