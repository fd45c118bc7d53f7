import { expect, test } from 'vitest'
import { answer, clinicalCase, coded, condition, note, result } from '../../test/clinical.ts'

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

const goal = (text: string) => ({
  resourceType: 'Goal',
  id: 'goal',
  lifecycleStatus: 'active',
  subject: { reference: 'Patient/ann' },
  description: { text },
})

test.each([
  { text: 'Comfort matters more to me than living longer', fact: 'preferences', expected: ['comfort-over-length'] },
  { text: 'Living longer matters more to me than comfort', fact: 'preferences', expected: ['length-over-comfort'] },
  { text: 'I am afraid of losing my hair', fact: 'preferences', expected: ['avoid-hair-loss'] },
  { text: "My daughter's wedding in March 2027", fact: 'preferences', expected: ['event-to-live-for'] },
  { text: 'To dance at the wedding of my daughter', fact: 'preferences', expected: ['event-to-live-for'] },
  { text: "I don't want to be in a study", fact: 'preferences', expected: ['no-trial'] },
  { text: 'No trials, please', fact: 'preferences', expected: ['no-trial'] },
  { text: "Don't tell me how long I have to live", fact: 'wants-prognosis', expected: 'none' },
  { text: 'I do not want to know my prognosis', fact: 'wants-prognosis', expected: 'none' },
  { text: 'Please no numbers about how long I have', fact: 'wants-prognosis', expected: 'none' },
  { text: 'I want to hear the general picture of the outlook, no numbers', fact: 'wants-prognosis', expected: 'general' },
  { text: 'I want to know all figures about my prognosis', fact: 'wants-prognosis', expected: 'full' },
  {
    text: "She doesn't want to hear how much time is left; her husband wants to know the prognosis",
    fact: 'wants-prognosis',
    expected: 'none',
  },
  { text: 'I do not want palliative care', fact: 'declines', expected: ['palliative-care'] },
  { text: 'I do not want palliative chemotherapy', fact: 'declines', expected: ['chemotherapy'] },
])('a goal in the words of the patient: $text', ({ text, fact, expected }) => {
  expect(answer(clinicalCase([CANCER, goal(text)]), fact)).toEqual(expected)
})

test('a goal that no rule understands is kept and flagged, one that was understood is not', () => {
  const said = (text: string) => clinicalCase([CANCER, goal(text)])
  expect(answer(said('I speak only Turkish'), 'goals')).toEqual(['I speak only Turkish'])
  expect(said('I speak only Turkish').issues.map(({ message }) => message)).toContainEqual(
    expect.stringContaining('no rule understands it'),
  )
  expect(said('I am afraid of losing my hair').issues.filter(({ code }) => code === 'unread-text')).toEqual([])
})

test.each([
  'No clinical trial is open nearby.',
  'No studies since the last visit.',
  'Afraid of cord compression.',
  'Holiday in Spain last month.',
  'Lives in her own home.',
  'Declined the sleep study.',
  'The family want to know the prognosis.',
])('a note is not the voice of the patient: %s', (text) => {
  const read = clinicalCase([CANCER, note(text)])
  expect(answer(read, 'preferences')).toBe(NOTHING)
  expect(answer(read, 'wants-prognosis')).toBe(NOTHING)
  expect(answer(read, 'cord-compression')).toBe(false)
})

test('a contracted denial is a denial', () => {
  expect(answer(clinicalCase([CANCER, note("She doesn't have fever.")]), 'fever')).toBe(false)
  expect(answer(clinicalCase([CANCER, note("He can’t have an MRI. He isn't confused.")]), 'confusion')).toBe(false)
})

test.each([
  ['He and his family wish for hospice care.', ['all-anticancer']],
  ['She wants no further cancer treatment.', ['all-anticancer']],
  ['Opted for hospice after talking to his wife.', ['all-anticancer']],
  ['He does not want hospice.', NOTHING],
  ['No further treatment of the brain was planned after radiosurgery.', NOTHING],
])('%s', (text, expected) => expect(answer(clinicalCase([CANCER, note(text)]), 'declines')).toEqual(expected))
