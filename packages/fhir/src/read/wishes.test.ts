import { expect, test } from 'vitest'
import { answer, clinicalCase, coded, condition, result } from '../../test/clinical.ts'

const CANCER = condition('snomed|254626006')
const NOTHING = '<not-recorded>'
const NO = coded('snomed|373067005')

test.each([
  { ask: 'Wants to stop treatment', fact: 'declines', yes: ['all-anticancer'], no: NOTHING },
  { ask: 'Declines chemotherapy', fact: 'declines', yes: ['chemotherapy'], no: NOTHING },
  { ask: 'Refuses immunotherapy', fact: 'declines', yes: ['immunotherapy'], no: NOTHING },
  { ask: 'Wants chemotherapy', fact: 'declines', yes: NOTHING, no: ['chemotherapy'] },
  { ask: 'Wishes oral treatment only', fact: 'declines', yes: NOTHING, no: NOTHING },
  { ask: 'Wishes oral treatment only', fact: 'preferences', yes: ['oral-only'], no: NOTHING },
  { ask: 'Interested in clinical trials', fact: 'preferences', yes: ['wants-trial'], no: ['no-trial'] },
  { ask: 'Do not resuscitate order', fact: 'code-status', yes: 'dnr', no: '<unmapped>' },
  { ask: 'Wants to know prognosis', fact: 'wants-prognosis', yes: 'full', no: 'none' },
  { ask: 'Does not want to know prognosis', fact: 'wants-prognosis', yes: 'none', no: '<unmapped>' },
  { ask: 'Carer at home', fact: 'carer-at-home', yes: true, no: false },
  { ask: 'No carer at home', fact: 'carer-at-home', yes: false, no: true },
  { ask: 'Lives alone', fact: 'lives-alone', yes: true, no: false },
  { ask: 'Lives with a carer', fact: 'lives-alone', yes: false, no: NOTHING },
  { ask: 'Drives a car', fact: 'drives', yes: true, no: false },
  { ask: 'Enrolled in hospice', fact: 'in-hospice', yes: true, no: false },
  { ask: 'Decision capacity', fact: 'decision-capacity', yes: true, no: false },
  { ask: 'Site can observe for cytokine release syndrome', fact: 'site-crs-capable', yes: true, no: false },
])('a wish asked as a question means what its answer says: $ask ($fact)', ({ ask, fact, yes, no }) => {
  const read = (value: object) => answer(clinicalCase([CANCER, result(ask, value as never)]), fact)
  expect(read({ valueBoolean: true })).toEqual(yes)
  expect(read({ valueBoolean: false })).toEqual(no)
  expect(read({ valueString: 'No' })).toEqual(no)
  expect(read(NO)).toEqual(no)
  const form = {
    resourceType: 'QuestionnaireResponse',
    id: 'form',
    status: 'completed',
    subject: { reference: 'Patient/ann' },
    authored: '2026-11-01',
    item: [{ linkId: 'a', text: ask, answer: [{ valueBoolean: false }] }],
  }
  expect(answer(clinicalCase([CANCER, form]), fact)).toEqual(no)
})

test('an answer that is missing or unknown states no wish', () => {
  const reason = { dataAbsentReason: { coding: [{ code: 'asked-declined' }] } }
  for (const ask of ['Wants to stop treatment', 'Declines chemotherapy'])
    for (const value of [reason, { valueString: 'Unknown' }])
      expect(answer(clinicalCase([CANCER, result(ask, value)]), 'declines')).toBe(NOTHING)
  expect(answer(clinicalCase([CANCER, result('Do not resuscitate order', reason)]), 'code-status')).toBe(NOTHING)
})

test('a later no takes an earlier yes back, an earlier no does not', () => {
  const read = (ask: string, fact: string, yesOn: string, noOn: string) =>
    answer(clinicalCase([CANCER, result(ask, { valueBoolean: false }, noOn), result(ask, { valueBoolean: true }, yesOn)]), fact)
  expect(read('Wants to stop treatment', 'declines', '2026-10-01', '2026-11-01')).toBe(NOTHING)
  expect(read('Wants to stop treatment', 'declines', '2026-11-01', '2026-10-01')).toEqual(['all-anticancer'])
  expect(read('Wants to know prognosis', 'wants-prognosis', '2026-10-01', '2026-11-01')).toBe('none')
  expect(read('Do not resuscitate order', 'code-status', '2026-10-01', '2026-11-01')).toBe('<unmapped>')
})

test('a value in words states the wish, its question does not', () => {
  expect(answer(clinicalCase([CANCER, result('DNR status', { valueString: 'Full code' })]), 'code-status')).toBe('full')
  expect(answer(clinicalCase([CANCER, result('Code status', { valueString: 'Not for resuscitation' })]), 'code-status')).toBe('dnr')
  expect(answer(clinicalCase([CANCER, result('Code status', coded('DNR'))]), 'code-status')).toBe('dnr')
})

test('a finding of a relative is none of the patient', () => {
  const read = (ask: string) => answer(clinicalCase([CANCER, result(ask, { valueBoolean: true })]), 'ild')
  expect(read('Interstitial lung disease')).toBe(true)
  expect(read('Family history of interstitial lung disease')).toBe(false)
})
