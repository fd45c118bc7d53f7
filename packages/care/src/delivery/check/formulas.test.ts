import { describe, expect, test } from 'vitest'
import { constant, type Exact, toPositiveNumber } from './exact.ts'
import {
  adjustedWeightKg,
  bodyMassIndex,
  bodySurfaceM2,
  calvertMg,
  clearanceWeightKg,
  cockcroftGaultMlPerMin,
  flooredCreatinineMgPerDl,
  idealWeightKg,
} from './formulas.ts'

// Worked examples of the evidence file on dosing, each within the tolerance given there.
const of = constant
const number = (value: Exact): number => toPositiveNumber(value) ?? Number.NaN

describe('Mosteller, within 0.0005 m²', () => {
  test.each([
    { heightCm: 170, weightKg: 70, m2: 1.8181 },
    { heightCm: 180, weightKg: 80, m2: 2 },
    { heightCm: 160, weightKg: 55, m2: 1.5635 },
    { heightCm: 165, weightKg: 110, m2: 2.2454 },
    { heightCm: 152, weightKg: 42, m2: 1.3317 },
  ])('$heightCm cm, $weightKg kg', ({ heightCm, weightKg, m2 }) => {
    expect(Math.abs(number(bodySurfaceM2(of(heightCm), of(weightKg))) - m2)).toBeLessThanOrEqual(0.0005)
  })
})

describe('Cockcroft-Gault, within 0.05 mL/min', () => {
  test.each([
    { sex: 'M', age: 65, weightKg: 70, mgPerDl: 1, mlPerMin: 72.92 },
    { sex: 'F', age: 70, weightKg: 60, mgPerDl: 0.8, mlPerMin: 61.98 },
    { sex: 'M', age: 45, weightKg: 85, mgPerDl: 0.6, mlPerMin: 186.92 },
    { sex: 'F', age: 72, weightKg: 58, mgPerDl: 1.4, mlPerMin: 33.26 },
    { sex: 'M', age: 68, weightKg: 75, mgPerDl: 0.9, mlPerMin: 83.33 },
    { sex: 'F', age: 80, weightKg: 45, mgPerDl: 0.5, mlPerMin: 63.75 },
    { sex: 'F', age: 80, weightKg: 45, mgPerDl: 0.5, floorMgPerDl: 0.7, mlPerMin: 45.54 },
  ])(
    '$sex $age y, $weightKg kg, creatinine $mgPerDl mg/dL, floor $floorMgPerDl',
    ({ sex, age, weightKg, mgPerDl, floorMgPerDl, mlPerMin }) => {
      const creatinine = flooredCreatinineMgPerDl(of(mgPerDl * 88.42), of((floorMgPerDl ?? mgPerDl) * 88.42))
      expect(Math.abs(number(cockcroftGaultMlPerMin(of(age), of(weightKg), creatinine, sex === 'F')) - mlPerMin)).toBeLessThanOrEqual(0.05)
    },
  )
})

describe('weights', () => {
  test.each([
    { isFemale: true, heightCm: 165, kg: 56.91 },
    { isFemale: false, heightCm: 178, kg: 73.18 },
    // 60 inches is 152.4 cm; below it 2.3 kg an inch are taken off: 150 cm = 59.055 inches
    { isFemale: true, heightCm: 152.4, kg: 45.5 },
    { isFemale: true, heightCm: 150, kg: 43.327 },
  ])('Devine, $heightCm cm, female $isFemale', ({ isFemale, heightCm, kg }) => {
    expect(number(idealWeightKg(of(heightCm), isFemale))).toBeCloseTo(kg, 2)
  })

  test('a woman of 165 cm and 110 kg: body mass index 40.4, adjusted weight 78.15', () => {
    const ideal = idealWeightKg(of(165), true)
    expect(number(bodyMassIndex(of(165), of(110)))).toBeCloseTo(40.4, 1)
    expect(number(adjustedWeightKg(ideal, of(110)))).toBeCloseTo(78.15, 2)
  })

  // 25 kg/m² exactly in each row; in binary floating point most come out a hair below
  test.each([
    { heightCm: 155, weightKg: 60.0625 },
    { heightCm: 158, weightKg: 62.41 },
    { heightCm: 160, weightKg: 64 },
    { heightCm: 162, weightKg: 65.61 },
    { heightCm: 172, weightKg: 73.96 },
  ])('the adjusted weight starts at a body mass index of 25 and not above it: $weightKg kg, $heightCm cm', ({ heightCm, weightKg }) => {
    const atTrigger = number(clearanceWeightKg(of(heightCm), of(weightKg), true, of(25)))
    expect(atTrigger).toBe(number(adjustedWeightKg(idealWeightKg(of(heightCm), true), of(weightKg))))
    expect(number(clearanceWeightKg(of(heightCm), of(weightKg - 0.01), true, of(25)))).toBeCloseTo(weightKg - 0.01, 9)
  })
})

describe('Calvert, GFR cut off at 125 mL/min', () => {
  test.each([
    { auc: 5, gfr: 90, mg: 575 },
    { auc: 5, gfr: 79.69, mg: 523.45 },
    { auc: 6, gfr: 165.28, mg: 900 },
    { auc: 5, gfr: 165.28, mg: 750 },
    { auc: 4, gfr: 165.28, mg: 600 },
    { auc: 5, gfr: 33.25, mg: 291.25 },
    { auc: 6, gfr: 97, mg: 732 },
    { auc: 6, gfr: 125, mg: 900 },
    { auc: 5, gfr: 63.75, mg: 443.75 },
    { auc: 5, gfr: 45.54, mg: 352.7 },
  ])('AUC $auc, GFR $gfr', ({ auc, gfr, mg }) => {
    expect(number(calvertMg(of(auc), of(gfr), of(125)))).toBe(mg)
  })
})

describe('obese patient end to end: woman, 60 y, 165 cm, 110 kg, creatinine 0.7 mg/dL', () => {
  const creatinine = of(0.7)
  const ideal = idealWeightKg(of(165), true)
  test.each([
    { weight: 'adjusted', kg: adjustedWeightKg(ideal, of(110)), mlPerMin: 105.43, mg: 652.2 },
    { weight: 'actual', kg: of(110), mlPerMin: 148.41, mg: 750 },
    { weight: 'ideal', kg: ideal, mlPerMin: 76.78, mg: 508.9 },
  ])('$weight weight', ({ kg, mlPerMin, mg }) => {
    const gfr = cockcroftGaultMlPerMin(of(60), kg, creatinine, true)
    expect(Math.abs(number(gfr) - mlPerMin)).toBeLessThanOrEqual(0.05)
    expect(number(calvertMg(of(5), gfr, of(125)))).toBeCloseTo(mg, 0)
  })
})
