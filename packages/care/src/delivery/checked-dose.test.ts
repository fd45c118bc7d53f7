import { expect, test } from 'vitest'
import { checkedDose } from './checked-dose.ts'
import type { DoseRequest } from './contract.ts'

const request: DoseRequest = {
  component: { drug: 'drug', dose: 5, unit: 'mg/kg', route: 'iv', days: [1] },
  isBiologic: false,
  inputs: { weightKg: { value: 70 } },
  policy: {
    calvertGfrCapMlPerMin: 125,
    adjustedWeightFromBmi: 25,
    roundingLimitPercent: { cytotoxic: 6, biologic: 10 },
    roundingStepMg: { other: 1 },
    biologicClasses: [],
    cytotoxicClasses: [],
    verifyAbove: [],
    cites: [],
  },
}

test.each([
  { name: 'the same', second: 350, kind: 'dose' },
  { name: 'the noise of arithmetic', second: 350.009, kind: 'dose' },
  { name: 'more than a hundredth of a milligram', second: 350.02, kind: 'disagreement' },
  { name: 'a tenfold', second: 3500, kind: 'disagreement' },
  { name: 'no dose at all', second: undefined, kind: 'disagreement' },
  { name: 'not a number', second: Number.NaN, kind: 'disagreement' },
])('a second calculation that finds $name', ({ second, kind }) => {
  expect(checkedDose(request, () => second).kind).toBe(kind)
})

test('a dose that only the second calculation finds is a disagreement too', () => {
  expect(checkedDose({ ...request, inputs: {} }, () => 350).kind).toBe('disagreement')
  expect(checkedDose({ ...request, inputs: {} }, () => undefined)).toEqual({ kind: 'missing', facts: ['weight'] })
})
