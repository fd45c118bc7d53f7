import { expect, test } from 'vitest'
import { type Json, readTreated } from '../../../test/treatment.ts'

const given = (vaccine: Json, occurrenceDateTime: string | undefined, status = 'completed'): Json => ({
  resourceType: 'Immunization',
  id: 'shot',
  status,
  patient: { reference: 'Patient/ann' },
  vaccineCode: vaccine,
  ...(occurrenceDateTime === undefined ? {} : { occurrenceDateTime }),
})
const classes = (...resources: readonly Json[]): unknown => readTreated(resources).value('medicine-classes')
const LIVE = ['live-vaccine']

test.each([
  'Measles, mumps, rubella live vaccine',
  'Measles, mumps and rubella vaccine, live',
  'MMR',
  'Yellow fever vaccine (live)',
  'Varicella vaccine',
  'Zostavax',
  'Influenza vaccine, live attenuated, intranasal',
  'BCG',
  'Oral typhoid vaccine',
])('a live vaccine of five days ago is on the list of medicines: %s', (text) => {
  expect(classes(given({ text }, '2026-11-18'))).toEqual(LIVE)
  expect(classes(given({ text }, '2026-09-18'))).toBe(undefined)
  expect(classes(given({ text }, '2026-11-18', 'not-done'))).toBe(undefined)
})

test.each([
  'Influenza, seasonal, injectable, inactivated',
  'Zoster vaccine recombinant',
  'COVID-19 mRNA vaccine',
  'Pneumococcal conjugate',
  'Polio vaccine, inactivated',
])('other vaccines interact with nothing: %s', (text) => {
  expect(classes(given({ text }, '2026-11-18'))).toBe(undefined)
})

test('by its code alone', () => {
  expect(classes(given({ coding: [{ system: 'http://hl7.org/fhir/sid/cvx', code: '03' }] }, '2026-11-18'))).toEqual(LIVE)
  expect(classes(given({ coding: [{ system: 'http://hl7.org/fhir/sid/cvx', code: '140' }] }, '2026-11-18'))).toBe(undefined)
})
