import { expect, test } from 'vitest'
import { observation, planOf, planOfFixture } from './plan-of.ts'

const labs = (creatinine: number) => [
  observation({ code: '2160-0', value: creatinine, unit: 'mg/dL', on: '2026-11-23' }),
  observation({ code: '29463-7', value: 70, unit: 'kg', on: '2026-11-23' }),
  observation({ code: '8302-2', value: 170, unit: 'cm', on: '2026-11-23' }),
]
const listed = (text: string) => ({
  resourceType: 'Condition',
  id: 'kidney',
  subject: { reference: 'Patient/p' },
  clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }] },
  code: { text },
})
const said = (creatinine: number, text: string) =>
  planOfFixture('no-driver-pdl1-80-fit', { resources: [...labs(creatinine), listed(text)] }).problems.some(
    ({ code, message }) => code === 'contradictory-result' && message.includes('filtration'),
  )

test('a stage of kidney disease beside a clearance that does not go with it is said', () => {
  expect(said(0.5, 'Chronic kidney disease, stage 3 unspecified')).toBe(true)
  expect(said(0.5, 'CKD G4')).toBe(true)
})
test('a stage that fits, one without a number, and another illness are not', () => {
  expect(said(2, 'Chronic kidney disease, stage 3 unspecified')).toBe(false)
  expect(said(0.5, 'Chronic kidney disease')).toBe(false)
  expect(said(0.5, 'COPD, stage 3')).toBe(false)
})
test('without a creatinine nothing is contradicted', () =>
  expect(
    planOf(['age=56', 'sex=male'], [listed('Chronic kidney disease, stage 3')]).problems.some(({ message }) =>
      message.includes('filtration'),
    ),
  ).toBe(false))
