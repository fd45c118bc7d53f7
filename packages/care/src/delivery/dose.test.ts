import { CREATININE_UMOL_PER_MG_DL, type RegimenComponent } from '@secondwind/core'
import { describe, expect, test } from 'vitest'
import type { DoseAdjustment, DoseInputs, DoseRequest, DoseResult, DosingPolicy } from './contract.ts'
import { computeDose } from './dose.ts'
import { differencePercent, roundDose } from './rounding.ts'

/** The worked examples of the dosing digest: Mosteller, Cockcroft-Gault, Calvert, per kg, rounding, end to end. */
const POLICY: DosingPolicy = {
  calvertGfrCapMlPerMin: 125,
  adjustedWeightFromBmi: 25,
  roundingLimitPercent: { cytotoxic: 6, biologic: 10 },
  roundingStepMg: { other: 1, carboplatin: 10, ramucirumab: 100 },
  biologicClasses: [],
  cytotoxicClasses: [],
  verifyAbove: [],
  cites: [{ source: 'policy-source', at: 'x', says: 'x' }],
}

const adjustment = (change: Partial<DoseAdjustment>): DoseAdjustment => ({
  id: 'rule',
  drug: 'drug',
  when: { op: 'const', value: 'true' },
  say: 'because of the kidney',
  cites: [{ source: 'label', at: 'x', says: 'x' }],
  review: 'confirmed',
  ...change,
})

const component = (part: Partial<RegimenComponent>): RegimenComponent => ({ drug: 'drug', unit: 'mg', route: 'iv', days: [1], ...part })

const patient = (p: { kg?: number; cm?: number; age?: number; sex?: 'F' | 'M'; scr?: number; gfr?: number }): DoseInputs => ({
  ...(p.kg === undefined ? {} : { weightKg: { value: p.kg, on: '2026-11-20' } }),
  ...(p.cm === undefined ? {} : { heightCm: { value: p.cm } }),
  ...(p.age === undefined ? {} : { ageYears: { value: p.age } }),
  ...(p.sex === undefined ? {} : { isFemale: p.sex === 'F' }),
  ...(p.scr === undefined ? {} : { creatinineUmolPerL: { value: p.scr * CREATININE_UMOL_PER_MG_DL, on: '2026-11-18' } }),
  ...(p.gfr === undefined ? {} : { measuredClearanceMlPerMin: { value: p.gfr } }),
})

const dose = (c: Partial<RegimenComponent>, inputs: DoseInputs, rest: Partial<DoseRequest> = {}): DoseResult =>
  computeDose({ component: component(c), isBiologic: false, inputs, policy: POLICY, ...rest })

function given(result: DoseResult): Extract<DoseResult, { kind: 'dose' }> {
  if (result.kind !== 'dose') throw new Error(`no dose: ${JSON.stringify(result)}`)
  return result
}

describe('by body surface', () => {
  test.each([
    { mgPerM2: 500, cm: 170, kg: 70, mg: 909.05, within: 0.05 },
    { mgPerM2: 500, cm: 165, kg: 110, mg: 1122.7, within: 0.05 },
    { mgPerM2: 75, cm: 170, kg: 70, mg: 136.36, within: 0.01 },
    { mgPerM2: 3.2, cm: 170, kg: 70, mg: 5.818, within: 0.001 },
    { mgPerM2: 500, cm: 172, kg: 75, mg: 946.48, within: 0.1 },
    { mgPerM2: 1.5, cm: 180, kg: 80, mg: 3.0, within: 0.001 },
  ])('$mgPerM2 mg/m2 at $cm cm and $kg kg', ({ mgPerM2, cm, kg, mg, within }) => {
    const result = given(dose({ unit: 'mg/m2', dose: mgPerM2 }, patient({ cm, kg })))
    expect(Math.abs(result.calculatedMg - mg)).toBeLessThan(within)
  })

  test('the derivation shows inputs with their days, the formula filled in, and the rounding', () => {
    expect(given(dose({ unit: 'mg/m2', dose: 75 }, patient({ cm: 170, kg: 70 }))).derivation).toEqual([
      'weight 70 kg (2026-11-20), height 170 cm',
      'body surface (Mosteller): √(170 × 70 ÷ 3600) = 1.8181 m²',
      '75 mg/m² × 1.8181 m² = 136.36 mg',
      'rounded to 136 mg (steps of 1 mg): −0.26%, limit 6%',
      "weights, cut-offs and rounding by the site's policy [policy-source]",
    ])
  })
})

describe('by weight', () => {
  test.each([
    { name: 'no cap', mgPerKg: 5.4, kg: 70, mg: 378 },
    { name: 'cap 540 mg', mgPerKg: 6, kg: 95, capMg: 540, mg: 540 },
    { name: 'cap 190 mg', mgPerKg: 1.9, kg: 104, capMg: 190, mg: 190 },
    { name: 'below the cap', mgPerKg: 6, kg: 80, capMg: 540, mg: 480 },
    { name: 'an antibody', mgPerKg: 10, kg: 70, mg: 700 },
  ])('$mgPerKg mg/kg at $kg kg, $name', ({ mgPerKg, kg, capMg, mg }) => {
    const result = given(dose({ unit: 'mg/kg', dose: mgPerKg, ...(capMg === undefined ? {} : { capMg }) }, patient({ kg })))
    expect(result.calculatedMg).toBeCloseTo(mg, 6)
  })

  test.each([
    { kg: 79.9, mg: 1050 },
    { kg: 80, mg: 1400 },
  ])('a band is chosen at its edge: $kg kg', ({ kg, mg }) => {
    const bands = [{ belowKg: 80, dose: 1050 }, { dose: 1400 }]
    expect(given(dose({ bands }, patient({ kg }))).roundedMg).toBe(mg)
  })
})

describe('carboplatin', () => {
  const auc = (value: number) => ({ drug: 'carboplatin', unit: 'AUC', dose: value }) as const

  test.each([
    { name: 'measured 90', target: 5, gfr: 90, mg: 575 },
    { name: 'measured 165, cut off at 125', target: 6, gfr: 165.28, mg: 900 },
    { name: 'measured 165, cut off at 125', target: 5, gfr: 165.28, mg: 750 },
    { name: 'measured 33', target: 5, gfr: 33.25, mg: 291.25 },
  ])('AUC $target, $name', ({ target, gfr, mg }) => {
    expect(given(dose(auc(target), patient({ gfr }))).calculatedMg).toBeCloseTo(mg, 6)
  })

  const OBESE = patient({ sex: 'F', age: 60, cm: 165, kg: 110, scr: 0.7 })
  test.each([
    { name: 'adjusted weight from a body mass index of 25', policy: POLICY, mg: 652.2 },
    { name: 'actual weight where the policy starts higher, cut off', policy: { ...POLICY, adjustedWeightFromBmi: 50 }, mg: 750 },
  ])('an obese patient, $name', ({ policy, mg }) => {
    expect(Math.abs(given(dose(auc(5), OBESE, { policy })).calculatedMg - mg)).toBeLessThan(0.1)
  })

  const FRAIL = patient({ sex: 'F', age: 80, cm: 158, kg: 45, scr: 0.5 })
  test.each([
    { name: 'no lowest creatinine', policy: POLICY, mg: 443.75 },
    { name: 'raised to 0.7 mg/dL', policy: { ...POLICY, creatinineFloorUmolPerL: 0.7 * CREATININE_UMOL_PER_MG_DL }, mg: 352.68 },
  ])('a frail patient, $name', ({ policy, mg }) => {
    expect(Math.abs(given(dose(auc(5), FRAIL, { policy })).calculatedMg - mg)).toBeLessThan(0.05)
  })

  // the end-to-end vectors take the actual weight: a policy that starts the adjusted one at 30
  const WHOLE = { ...POLICY, adjustedWeightFromBmi: 30 }
  test.each([
    { name: 'go', scr: 0.9, mg: 541.67 },
    { name: 'creatinine 1.9', scr: 1.9, mg: 322.37 },
  ])('a man of 68, 75 kg and 172 cm, $name', ({ scr, mg }) => {
    const inputs = patient({ sex: 'M', age: 68, kg: 75, cm: 172, scr })
    expect(Math.abs(given(dose(auc(5), inputs, { policy: WHOLE })).calculatedMg - mg)).toBeLessThan(0.05)
  })

  test('names every fact that is missing, and a stale one is simply absent', () => {
    expect(dose(auc(5), patient({ kg: 70, cm: 170 }))).toEqual({ kind: 'missing', facts: ['age', 'creatinine', 'sex'] })
    expect(dose(auc(5), {})).toEqual({ kind: 'missing', facts: ['weight', 'height', 'age', 'creatinine', 'sex'] })
  })

  test('rounding never passes the highest dose of the cut-off', () => {
    // AUC 4.5 × 150 = 675 mg; the nearest ten would be 680
    expect(given(dose(auc(4.5), patient({ gfr: 140 }))).roundedMg).toBe(670)
  })
})

describe('adjustments', () => {
  test('a factor multiplies the dose and names its source', () => {
    const result = given(dose({ unit: 'mg/m2', dose: 100 }, patient({ cm: 180, kg: 80 }), { adjustment: adjustment({ factor: 0.75 }) }))
    expect(result.calculatedMg).toBeCloseTo(150, 9)
    expect(result.derivation).toContain('200 × 0.75 = 150 mg: because of the kidney [rule: label]')
  })
  test('another dose in the unit of the protocol', () => {
    const result = given(dose({ unit: 'mg/m2', dose: 1.5 }, patient({ cm: 180, kg: 80 }), { adjustment: adjustment({ dose: 0.75 }) }))
    expect(result.calculatedMg).toBeCloseTo(1.5, 9)
  })
  test('another dose takes the place of a weight band, without needing the weight', () => {
    const bands = [{ belowKg: 50, dose: 120 }, { dose: 160 }]
    expect(given(dose({ bands }, {}, { adjustment: adjustment({ dose: 80 }) })).roundedMg).toBe(80)
  })
  test('a cap is met before the factor', () => {
    const result = given(dose({ unit: 'mg/kg', dose: 6, capMg: 540 }, patient({ kg: 100 }), { adjustment: adjustment({ factor: 0.5 }) }))
    expect(result.calculatedMg).toBe(270)
  })
  test('omitted means no number at all', () => {
    expect(dose({ unit: 'mg/m2', dose: 500 }, {}, { adjustment: adjustment({ omit: true }) })).toEqual({
      kind: 'omitted',
      say: 'because of the kidney',
    })
  })
})

describe('flat doses, steps and refusals', () => {
  test('a flat dose is the protocol’s and is never rounded', () => {
    expect(given(dose({ dose: 0.25 }, {}))).toMatchObject({ calculatedMg: 0.25, roundedMg: 0.25 })
    expect(given(dose({ dose: 400, unit: 'ug' }, {})).roundedMg).toBe(0.4)
  })
  test('a step-up gives the last step and shows all of them', () => {
    const steps = [
      { cycle: 1, day: 1, dose: 1 },
      { cycle: 1, day: 8, dose: 10 },
    ]
    const result = given(dose({ steps }, {}))
    expect(result.roundedMg).toBe(10)
    expect(result.derivation[0]).toBe('steps: 1 mg on day 1 of cycle 1, 10 mg on day 8 of cycle 1; then 10 mg')
  })
  test('a protocol without a dose gives none', () => {
    expect(dose({}, {}).kind).toBe('omitted')
  })
  test.each([Number.NaN, 0, -70, Number.POSITIVE_INFINITY])('a weight of %d is missing, not used', (kg) => {
    expect(dose({ unit: 'mg/kg', dose: 1 }, patient({ kg }))).toEqual({ kind: 'missing', facts: ['weight'] })
  })
})

describe('rounding', () => {
  test('nearest hundred within 5%', () => {
    const { roundedMg, differencePercent: percent } = roundDose(909.05, 100, 5)
    expect(roundedMg).toBe(900)
    expect(percent).toBeCloseTo(-1.0, 2)
  })
  test.each([
    { calculated: 909.05, delivered: 850, percent: -6.5 },
    { calculated: 136.36, delivered: 140, percent: 2.67 },
    { calculated: 378, delivered: 400, percent: 5.82 },
  ])('$delivered against $calculated', ({ calculated, delivered, percent }) => {
    expect(differencePercent(calculated, delivered)).toBeCloseTo(percent, 2)
  })
  test('400 for 378 is within 10% and not within 5%', () => {
    expect(roundDose(378, 400, 10)).toMatchObject({ roundedMg: 400, isRounded: true })
    expect(roundDose(378, 400, 5)).toMatchObject({ roundedMg: 378, isRounded: false })
  })
  test('a dose smaller than half a step is left alone', () => {
    expect(roundDose(0.2, 1, 100)).toMatchObject({ roundedMg: 0.2, isRounded: false })
  })
  test('a biologic has the wider limit', () => {
    const c = { drug: 'ramucirumab', unit: 'mg/kg', dose: 10 } as const
    expect(given(dose(c, patient({ kg: 64 }), { isBiologic: true })).roundedMg).toBe(600)
    expect(given(dose(c, patient({ kg: 64 }))).roundedMg).toBe(640)
  })
})
