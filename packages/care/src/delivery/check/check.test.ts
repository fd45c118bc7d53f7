import { describe, expect, test } from 'vitest'
import type { DoseAdjustment, DoseInputs, DoseRequest, DosingPolicy } from '../contract.ts'
import { checkCalculatedMg, checkDoseMg } from './index.ts'

type Component = DoseRequest['component']

const POLICY: DosingPolicy = {
  calvertGfrCapMlPerMin: 125,
  adjustedWeightFromBmi: 25,
  creatinineFloorUmolPerL: 61.89,
  roundingLimitPercent: { cytotoxic: 6, biologic: 10 },
  roundingStepMg: { other: 1 },
  biologicClasses: ['monoclonal-antibody'],
  cytotoxicClasses: ['cytotoxic', 'adc'],
  verifyAbove: [],
  cites: [],
}

const inputsOf = (values: {
  readonly kg?: number
  readonly cm?: number
  readonly years?: number
  readonly isFemale?: boolean
  readonly umolPerL?: number
  readonly measured?: number
}): DoseInputs => ({
  ...(values.kg !== undefined && { weightKg: { value: values.kg } }),
  ...(values.cm !== undefined && { heightCm: { value: values.cm } }),
  ...(values.years !== undefined && { ageYears: { value: values.years } }),
  ...(values.isFemale !== undefined && { isFemale: values.isFemale }),
  ...(values.umolPerL !== undefined && { creatinineUmolPerL: { value: values.umolPerL } }),
  ...(values.measured !== undefined && { measuredClearanceMlPerMin: { value: values.measured } }),
})

const adjustmentOf = (what: Pick<DoseAdjustment, 'factor' | 'dose' | 'omit'>): DoseAdjustment => ({
  id: 'a',
  drug: 'drug',
  when: { op: 'const', value: 'true' },
  say: '',
  cites: [],
  review: 'confirmed',
  ...what,
})

const requestOf = (
  component: Partial<Component>,
  inputs: Parameters<typeof inputsOf>[0] = {},
  more: { policy?: Partial<DosingPolicy>; adjustment?: Parameters<typeof adjustmentOf>[0]; isBiologic?: boolean } = {},
): DoseRequest => ({
  component: { drug: 'drug', unit: 'mg', route: 'iv', days: [1], ...component },
  isBiologic: more.isBiologic ?? false,
  inputs: inputsOf(inputs),
  policy: { ...POLICY, ...more.policy },
  ...(more.adjustment && { adjustment: adjustmentOf(more.adjustment) }),
})

const BAND = { bands: [{ belowKg: 80, dose: 1050 }, { dose: 1400 }] }
const OBESE = { isFemale: true, years: 60, cm: 165, kg: 110, umolPerL: 0.7 * 88.42 }
const FRAIL = { isFemale: true, years: 80, cm: 150, kg: 45, umolPerL: 0.5 * 88.42 }

describe('worked doses of the evidence file, before rounding', () => {
  test.each<{ name: string; component: Partial<Component>; inputs: Parameters<typeof inputsOf>[0]; mg: number; within: number }>([
    { name: 'pemetrexed, 1.8181 m²', component: { dose: 500, unit: 'mg/m2' }, inputs: { cm: 170, kg: 70 }, mg: 909.05, within: 0.03 },
    {
      name: 'pemetrexed, 2.2454 m², no cap on surface',
      component: { dose: 500, unit: 'mg/m2' },
      inputs: { cm: 165, kg: 110 },
      mg: 1122.7,
      within: 0.03,
    },
    { name: 'docetaxel and cisplatin 75', component: { dose: 75, unit: 'mg/m2' }, inputs: { cm: 170, kg: 70 }, mg: 136.36, within: 0.01 },
    { name: 'lurbinectedin', component: { dose: 3.2, unit: 'mg/m2' }, inputs: { cm: 170, kg: 70 }, mg: 5.818, within: 0.001 },
    { name: 'topotecan, 2.0 m²', component: { dose: 1.5, unit: 'mg/m2' }, inputs: { cm: 180, kg: 80 }, mg: 3, within: 0 },
    { name: 'trastuzumab deruxtecan', component: { dose: 5.4, unit: 'mg/kg' }, inputs: { kg: 70 }, mg: 378, within: 0 },
    { name: 'datopotamab deruxtecan, capped', component: { dose: 6, unit: 'mg/kg', capMg: 540 }, inputs: { kg: 95 }, mg: 540, within: 0 },
    { name: 'the same without its cap', component: { dose: 6, unit: 'mg/kg' }, inputs: { kg: 95 }, mg: 570, within: 0 },
    { name: 'telisotuzumab vedotin, capped', component: { dose: 1.9, unit: 'mg/kg', capMg: 190 }, inputs: { kg: 104 }, mg: 190, within: 0 },
    { name: 'the same without its cap', component: { dose: 1.9, unit: 'mg/kg' }, inputs: { kg: 104 }, mg: 197.6, within: 0 },
    { name: 'ramucirumab', component: { dose: 10, unit: 'mg/kg' }, inputs: { kg: 70 }, mg: 700, within: 0 },
    { name: 'carboplatin, measured clearance 90', component: { dose: 5, unit: 'AUC' }, inputs: { measured: 90 }, mg: 575, within: 0 },
    {
      name: 'carboplatin, measured clearance above the cap',
      component: { dose: 6, unit: 'AUC' },
      inputs: { measured: 165.28 },
      mg: 900,
      within: 0,
    },
    { name: 'carboplatin, obese, adjusted weight', component: { dose: 5, unit: 'AUC' }, inputs: OBESE, mg: 652.2, within: 0.1 },
    {
      name: 'carboplatin, frail, creatinine raised to the floor',
      component: { dose: 5, unit: 'AUC' },
      inputs: FRAIL,
      mg: 352.7,
      within: 0.03,
    },
    { name: 'flat', component: { dose: 80 }, inputs: {}, mg: 80, within: 0 },
    { name: 'micrograms', component: { dose: 300, unit: 'ug' }, inputs: {}, mg: 0.3, within: 0 },
    { name: 'band, just below its edge', component: BAND, inputs: { kg: 79.9 }, mg: 1050, within: 0 },
    { name: 'band, on its edge', component: BAND, inputs: { kg: 80 }, mg: 1400, within: 0 },
    {
      name: 'a band goes before the dose',
      component: { ...BAND, dose: 1 },
      inputs: { kg: 70 },
      mg: 1050,
      within: 0,
    },
    {
      name: 'step-up: the last dose',
      component: {
        steps: [
          { day: 1, dose: 1 },
          { day: 8, dose: 10 },
        ],
      },
      inputs: {},
      mg: 10,
      within: 0,
    },
  ])('$name', ({ component, inputs, mg, within }) => {
    expect(Math.abs((checkCalculatedMg(requestOf(component, inputs)) ?? Number.NaN) - mg)).toBeLessThanOrEqual(within)
  })

  test('carboplatin, frail, no floor in the policy: 443.75', () => {
    const { creatinineFloorUmolPerL: _, ...noFloor } = POLICY
    expect(checkCalculatedMg({ ...requestOf({ dose: 5, unit: 'AUC' }, FRAIL), policy: noFloor })).toBeCloseTo(443.75, 2)
  })

  test('carboplatin, obese, under a policy that starts the adjusted weight later: actual weight, 148.41 cut off at 125', () => {
    expect(checkCalculatedMg(requestOf({ dose: 5, unit: 'AUC' }, OBESE, { policy: { adjustedWeightFromBmi: 41 } }))).toBe(750)
  })

  // woman of 160 cm and exactly 25 kg/m²: adjusted 57.03 kg, 60.58 mL/min; by actual weight it would be 68 mL/min and 465 mg
  test('carboplatin, body mass index exactly at the trigger: adjusted weight', () => {
    const atTrigger = { isFemale: true, years: 60, cm: 160, kg: 64, umolPerL: 88.42 * (640 / 720) }
    const ideal = 45.5 + 2.3 * (160 / 2.54 - 60)
    const clearance = (80 * (ideal + 0.4 * (64 - ideal)) * 0.85) / 64
    expect(checkCalculatedMg(requestOf({ dose: 5, unit: 'AUC' }, atTrigger))).toBeCloseTo(5 * (clearance + 25), 9)
  })
})

describe('adjustments', () => {
  test.each([
    { name: 'factor', component: { dose: 500, unit: 'mg/m2' as const }, adjustment: { factor: 0.75 }, mg: 750 },
    { name: 'factor after the cap', component: { dose: 5, unit: 'mg/kg' as const, capMg: 300 }, adjustment: { factor: 0.5 }, mg: 150 },
    {
      name: 'another dose in the unit of the protocol',
      component: { dose: 3.2, unit: 'mg/m2' as const },
      adjustment: { dose: 2.6 },
      mg: 5.2,
    },
    { name: 'another dose is cut off too', component: { dose: 5, unit: 'mg/kg' as const, capMg: 300 }, adjustment: { dose: 4 }, mg: 300 },
    { name: 'another dose goes before the bands', component: BAND, adjustment: { dose: 700 }, mg: 700 },
    { name: 'no dose at all', component: { dose: 80 }, adjustment: { omit: true as const }, mg: undefined },
    {
      name: 'no dose at all, whatever else is missing',
      component: { dose: 5, unit: 'AUC' as const },
      adjustment: { omit: true as const },
      mg: undefined,
    },
  ])('$name', ({ component, adjustment, mg }) => {
    // 180 cm and 80 kg: 2 m²
    expect(checkCalculatedMg(requestOf(component, { cm: 180, kg: 80 }, { adjustment }))).toBe(mg)
  })

  test('another dose asks for no weight where the bands did', () => {
    expect(checkCalculatedMg(requestOf(BAND, {}, { adjustment: { dose: 700 } }))).toBe(700)
  })
})

describe('what is missing gives no dose, rounded or not', () => {
  const full = { isFemale: false, years: 65, cm: 180, kg: 75, umolPerL: 88.42 }
  const auc = { dose: 5, unit: 'AUC' as const }
  const { isFemale: _sex, ...noSex } = full
  test.each<{ name: string; component: Partial<Component>; inputs: Parameters<typeof inputsOf>[0] }>([
    { name: 'no weight, per kg', component: { dose: 6, unit: 'mg/kg' }, inputs: { cm: 170 } },
    { name: 'no weight, per m²', component: { dose: 500, unit: 'mg/m2' }, inputs: { cm: 170 } },
    { name: 'no height, per m²', component: { dose: 500, unit: 'mg/m2' }, inputs: { kg: 70 } },
    { name: 'no weight, bands', component: BAND, inputs: {} },
    { name: 'no weight, one band only', component: { bands: [{ dose: 1400 }] }, inputs: {} },
    { name: 'weight of zero', component: { dose: 6, unit: 'mg/kg' }, inputs: { kg: 0 } },
    { name: 'negative weight', component: BAND, inputs: { kg: -70 } },
    { name: 'weight that is no number', component: { dose: 6, unit: 'mg/kg' }, inputs: { kg: Number.NaN } },
    { name: 'weight without end', component: BAND, inputs: { kg: Number.POSITIVE_INFINITY } },
    { name: 'AUC without sex', component: auc, inputs: noSex },
    { name: 'AUC without age', component: auc, inputs: { ...full, years: 0 } },
    { name: 'AUC without height', component: auc, inputs: { ...full, cm: 0 } },
    { name: 'AUC without weight', component: auc, inputs: { ...full, kg: 0 } },
    { name: 'AUC without creatinine, the floor does not stand in', component: auc, inputs: { ...full, umolPerL: 0 } },
    { name: 'AUC at 140 years: no clearance is left', component: auc, inputs: { ...full, years: 140 } },
    { name: 'a component without a dose', component: {}, inputs: full },
    { name: 'empty bands and steps', component: { bands: [], steps: [] }, inputs: full },
    { name: 'a dose of zero', component: { dose: 0 }, inputs: full },
  ])('$name', ({ component, inputs }) => {
    expect(checkCalculatedMg(requestOf(component, inputs))).toBeUndefined()
    expect(checkDoseMg(requestOf(component, inputs))).toBeUndefined()
  })

  test('a measured clearance asks for nothing else; one that is not positive is missing', () => {
    expect(checkCalculatedMg(requestOf(auc, { measured: 60 }))).toBe(425)
    expect(checkCalculatedMg(requestOf(auc, { measured: 0 }))).toBeUndefined()
    // 75 × 75 / 72 = 78.125 mL/min
    expect(checkCalculatedMg(requestOf(auc, { ...full, measured: 0 }))).toBe(515.625)
  })
})

describe('rounding to the step, within the limit only', () => {
  test.each([
    { name: 'pemetrexed to 100 mg, −1.00%', calculated: 909.05, step: 100, limit: 5, rounded: 900 },
    { name: 'pemetrexed to 850, −6.50%: not allowed', calculated: 909.05, step: 850, limit: 6, rounded: 909.05 },
    { name: 'docetaxel to 140, 2.67%', calculated: 136.36, step: 10, limit: 5, rounded: 140 },
    { name: 'trastuzumab deruxtecan to 400, 5.82%', calculated: 378, step: 100, limit: 10, rounded: 400 },
    { name: 'the same under a limit of 5%: not allowed', calculated: 378, step: 100, limit: 5, rounded: 378 },
    { name: 'a limit met exactly is met', calculated: 100, step: 106, limit: 6, rounded: 106 },
    { name: 'a limit met exactly, in tenths', calculated: 0.5, step: 0.53, limit: 6, rounded: 0.53 },
    { name: 'and just missed', calculated: 100, step: 106.01, limit: 6, rounded: 100 },
    { name: 'halves go up', calculated: 575, step: 10, limit: 6, rounded: 580 },
    { name: 'halves go up in tenths, where binary arithmetic falls short', calculated: 1.15, step: 0.1, limit: 6, rounded: 1.2 },
    { name: 'the result is a clean decimal', calculated: 5.818, step: 0.1, limit: 6, rounded: 5.8 },
    { name: 'never rounded to nothing', calculated: 0.3, step: 1, limit: 100, rounded: 0.3 },
  ])('$name', ({ calculated, step, limit, rounded }) => {
    const request = requestOf(
      { dose: calculated },
      {},
      { policy: { roundingStepMg: { drug: step, other: 7 }, roundingLimitPercent: { cytotoxic: limit, biologic: 0 } } },
    )
    expect(checkCalculatedMg(request)).toBe(calculated)
    expect(checkDoseMg(request)).toBe(rounded)
  })

  test('biologics have their own limit', () => {
    const policy = { roundingStepMg: { drug: 100, other: 1 } }
    expect(checkDoseMg(requestOf({ dose: 368 }, {}, { policy, isBiologic: true }))).toBe(400)
    expect(checkDoseMg(requestOf({ dose: 368 }, {}, { policy, isBiologic: false }))).toBe(368)
  })

  test('the step `other` serves a drug without its own; without either nothing is rounded', () => {
    expect(checkDoseMg(requestOf({ dose: 102 }, {}, { policy: { roundingStepMg: { other: 5 } } }))).toBe(100)
    expect(checkDoseMg(requestOf({ dose: 102.3 }, {}, { policy: { roundingStepMg: {} } }))).toBe(102.3)
  })

  test('once, after the adjustment', () => {
    // 909.06 × 0.75 = 681.8; rounding first would give 900 × 0.75 = 675
    const policy = { roundingStepMg: { drug: 100, other: 1 } }
    expect(checkDoseMg(requestOf({ dose: 500, unit: 'mg/m2' }, { cm: 170, kg: 70 }, { policy, adjustment: { factor: 0.75 } }))).toBe(700)
  })

  test.each([
    { name: 'never above the largest dose: 190, not 200', step: 20, limit: 6, factor: undefined, rounded: 180 },
    { name: 'nor below it past the limit', step: 20, limit: 5, factor: undefined, rounded: 190 },
    { name: 'a reduced dose is rounded to the nearest', step: 20, limit: 10, factor: 0.5, rounded: 100 },
    { name: 'an increase lifts the ceiling with the dose: 237.5 to 235, not 240', step: 5, limit: 6, factor: 1.25, rounded: 235 },
  ])('$name', ({ step, limit, factor, rounded }) => {
    const policy = {
      roundingStepMg: { drug: step, other: 1 },
      roundingLimitPercent: { cytotoxic: limit, biologic: 10 },
    }
    const request = requestOf({ dose: 1.9, unit: 'mg/kg', capMg: 190 }, { kg: 104 }, { policy, ...(factor && { adjustment: { factor } }) })
    expect(checkDoseMg(request)).toBe(rounded)
  })
})
