import { expect, test } from 'vitest'
import { condition, type Json, liverMetastasis, readTreated, snomed, taken } from '../../../test/treatment.ts'

const ACTIVE: Json = { clinicalStatus: { coding: [{ code: 'active' }] } }
const listed = (name: string, on: string | undefined, more: Json = {}): Json =>
  condition(name, { ...ACTIVE, ...(on === undefined ? {} : { onsetDateTime: on }), ...more })
const icd = (code: string): Json => ({ code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code }] } })
const OSIMERTINIB = taken('osimertinib', '2026-06-10')
const PEMBROLIZUMAB = taken('pembrolizumab', '2026-06-10')
const read = (...resources: readonly Json[]) => readTreated([liverMetastasis('2026-01-01'), ...resources])
const noted = (summary: string, date = '2026-11-22'): Json => ({
  resourceType: 'ClinicalImpression',
  id: 'note',
  status: 'completed',
  subject: { reference: 'Patient/ann' },
  date,
  summary,
})
const observed = (code: Json, value: Json): Json => ({
  resourceType: 'Observation',
  id: 'seen',
  status: 'final',
  subject: { reference: 'Patient/ann' },
  effectiveDateTime: '2026-11-20',
  code,
  ...value,
})

test.each([
  { name: 'Dyspnea', on: '2026-11-20', new: true },
  { name: 'Shortness of breath', on: '2026-11-20', new: true },
  { name: 'Dyspnoea on exertion', on: '2026-11-20', new: true },
  { name: 'Cough', on: '2026-11-20', new: true },
  { name: 'Dyspnea', on: '2026-02-01', new: undefined },
  { name: 'Chronic cough', on: '2026-11-20', new: undefined },
])('a bare symptom on the list is new when it began after the drug: $name $on', ({ name, on, new: expected }) => {
  expect(read(OSIMERTINIB, listed(name, on)).value('new-dyspnoea-or-cough')).toEqual(expected)
  expect(read(PEMBROLIZUMAB, listed(name, on)).value('new-dyspnoea-or-cough')).toEqual(expected)
})

test('codes name it as words do', () => {
  for (const code of [{ code: snomed('267036007') }, icd('R06.02'), icd('R05.1')])
    expect(read(OSIMERTINIB, listed('', '2026-11-20', code)).value('new-dyspnoea-or-cough')).toBe(true)
  const question = { coding: [{ system: 'http://loinc.org', code: '75325-1' }] }
  const asked = (value: Json): unknown => read(OSIMERTINIB, observed(question, value)).value('new-dyspnoea-or-cough')
  expect(asked({ valueCodeableConcept: snomed('267036007') })).toBe(true)
  expect(asked({ valueString: 'Shortness of breath' })).toBe(true)
  expect(asked({ valueString: 'No shortness of breath' })).toBe(undefined)
})

test.each([
  { text: 'Dyspnoea since Monday.', new: true },
  { text: 'Chronic cough, worse since last week.', new: true },
  { text: 'Short of breath for three days.', new: true },
  { text: 'Cough no worse.', new: undefined },
  { text: 'Denies dyspnoea since the last visit.', new: undefined },
  { text: 'Her mother developed dyspnoea.', new: undefined },
  { text: 'Call if dyspnoea gets worse.', new: undefined },
  { text: 'Chronic dyspnoea, unchanged today.', new: undefined },
])('in a note the sentence has to say that it is new: $text', ({ text, new: expected }) => {
  expect(read(OSIMERTINIB, noted(text)).value('new-dyspnoea-or-cough')).toEqual(expected)
})

test.each(['Diarrhea', 'Bloody diarrhea', 'Jaundice', 'Chest pain', 'Syncope', 'Muscle weakness', 'Ptosis'])(
  'after a checkpoint inhibitor an immune event is open: %s',
  (name) => {
    const ill = read(PEMBROLIZUMAB, listed(name, '2026-11-20'))
    expect(ill.value('active-immune-event-grade')).toBe('unknown: not-recorded')
    expect(ill.value('active-immune-event-organ')).toBe('unknown: not-recorded')
    expect(ill.issues.filter(({ severity }) => severity === 'warning').map(({ message }) => message)).toContainEqual(
      expect.stringContaining(`"${name}" (2026-11-20) began after pembrolizumab`),
    )
    expect(read(PEMBROLIZUMAB, listed(name, '2026-03-01')).value('active-immune-event-grade')).toBe(undefined)
    expect(read(OSIMERTINIB, listed(name, '2026-11-20')).value('active-immune-event-grade')).toBe(undefined)
    const refuted = { verificationStatus: { coding: [{ code: 'refuted' }] } }
    expect(read(PEMBROLIZUMAB, listed(name, '2026-11-20', refuted)).value('active-immune-event-grade')).toBe(undefined)
  },
)

test('a graded active immune event is not made open by a symptom beside it', () => {
  const colitis = listed('Immune-related colitis grade 2', '2026-11-10')
  expect(read(PEMBROLIZUMAB, colitis, listed('Diarrhea', '2026-11-12')).value('active-immune-event-grade')).toBe(2)
})

test('without a treatment a symptom of long ago is nothing new', () => {
  expect(read(listed('Dyspnea', '2026-11-20')).value('new-dyspnoea-or-cough')).toBe(true)
  expect(read(listed('Dyspnea', '2026-08-01')).value('new-dyspnoea-or-cough')).toBe(undefined)
})

test('without a date nobody can say whether it is new: it is left open, with a warning', () => {
  const { value, issues } = read(OSIMERTINIB, listed('Dyspnea', undefined))
  expect(value('new-dyspnoea-or-cough')).toBe(undefined)
  expect(issues.map(({ message }) => message)).toContainEqual(expect.stringContaining('"Dyspnea" has no date'))
})

test('a note speaks of its time: an old one, one of an earlier year and one that a later note denies count no more', () => {
  const open = (...resources: readonly Json[]) => read(PEMBROLIZUMAB, ...resources).value('active-immune-event-grade')
  expect(open(noted('Diarrhoea for two days.', '2026-11-10'))).toBe('unknown: not-recorded')
  expect(open(noted('Diarrhoea for two days.', '2026-07-10'))).toBe(undefined)
  expect(open(noted('Diarrhoea on chemotherapy in 2024, none since.', '2026-11-10'))).toBe(undefined)
  expect(open(noted('Diarrhoea for two days.', '2026-11-10'), { ...noted('No diarrhoea any more.'), id: 'later' })).toBe(undefined)
  // an open entry of the list stays, whatever a note says
  expect(open(listed('Diarrhea', '2026-11-10'), noted('No diarrhoea any more.'))).toBe('unknown: not-recorded')
})
