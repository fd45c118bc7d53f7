import { expect, test } from 'vitest'
import {
  adjustedBodyWeight,
  bodyMassIndex,
  bodySurfaceArea,
  CREATININE_UMOL_PER_MG_DL,
  calvert,
  ckdEpi2021,
  cockcroftGault,
  idealBodyWeight,
} from './index.ts'

/** Worked examples of the dosing digest, with its tolerances: 0.0005 m², 0.05 mL/min; kg as printed there. */
const umol = (mgPerDl: number): number => mgPerDl * CREATININE_UMOL_PER_MG_DL

test.each([
  { heightCm: 170, weightKg: 70, m2: 1.8181 },
  { heightCm: 180, weightKg: 80, m2: 2.0 },
  { heightCm: 160, weightKg: 55, m2: 1.5635 },
  { heightCm: 165, weightKg: 110, m2: 2.2454 },
  { heightCm: 152, weightKg: 42, m2: 1.3317 },
])('body surface by Mosteller, $heightCm cm and $weightKg kg', ({ heightCm, weightKg, m2 }) => {
  expect(Math.abs(bodySurfaceArea({ heightCm, weightKg }) - m2)).toBeLessThan(0.0005)
})

test.each([
  { isFemale: false, ageYears: 65, weightKg: 70, scr: 1.0, mlPerMin: 72.92 },
  { isFemale: true, ageYears: 70, weightKg: 60, scr: 0.8, mlPerMin: 61.98 },
  { isFemale: false, ageYears: 45, weightKg: 85, scr: 0.6, mlPerMin: 186.92 },
  { isFemale: true, ageYears: 72, weightKg: 58, scr: 1.4, mlPerMin: 33.26 },
  { isFemale: false, ageYears: 68, weightKg: 75, scr: 0.9, mlPerMin: 83.33 },
  { isFemale: true, ageYears: 80, weightKg: 45, scr: 0.5, mlPerMin: 63.75 },
  { isFemale: true, ageYears: 80, weightKg: 45, scr: 0.7, mlPerMin: 45.54 },
])('Cockcroft-Gault, age $ageYears, $weightKg kg, creatinine $scr mg/dL', ({ scr, mlPerMin, ...rest }) => {
  expect(Math.abs(cockcroftGault({ ...rest, creatinineUmolPerL: umol(scr) }) - mlPerMin)).toBeLessThan(0.05)
})

test.each([
  { isFemale: false, ageYears: 65, scr: 1.0, indexed: 83.52 },
  { isFemale: true, ageYears: 55, scr: 0.9, indexed: 75.5 },
  { isFemale: true, ageYears: 70, scr: 0.8, indexed: 79.22 },
  { isFemale: true, ageYears: 72, scr: 1.4, indexed: 39.97 },
  { isFemale: false, ageYears: 45, scr: 0.6, indexed: 121.32 },
])('CKD-EPI 2021, age $ageYears, creatinine $scr mg/dL', ({ scr, indexed, ...rest }) => {
  expect(Math.abs(ckdEpi2021({ ...rest, creatinineUmolPerL: umol(scr) }) - indexed)).toBeLessThan(0.05)
})

test('an indexed eGFR becomes absolute with the body surface', () => {
  const indexed = ckdEpi2021({ isFemale: true, ageYears: 70, creatinineUmolPerL: umol(0.8) })
  expect((indexed * bodySurfaceArea({ heightCm: 160, weightKg: 55 })) / 1.73).toBeCloseTo(71.6, 1)
})

test.each([
  { isFemale: true, heightCm: 165, kg: 56.91 },
  { isFemale: false, heightCm: 178, kg: 73.18 },
])('ideal weight by Devine, $heightCm cm', ({ kg, ...rest }) => {
  expect(idealBodyWeight(rest)).toBeCloseTo(kg, 2)
})

test('adjusted weight of a woman of 165 cm and 110 kg', () => {
  const body = { isFemale: true, heightCm: 165, weightKg: 110 }
  expect(bodyMassIndex(body)).toBeCloseTo(40.4, 1)
  expect(adjustedBodyWeight(body)).toBeCloseTo(78.15, 2)
})

test.each([
  { auc: 5, gfr: 90, mg: 575 },
  { auc: 5, gfr: 79.69, mg: 523.45 },
  { auc: 5, gfr: 33.25, mg: 291.25 },
  { auc: 6, gfr: 97, mg: 732 },
  { auc: 6, gfr: 125, mg: 900 },
  { auc: 5, gfr: 63.75, mg: 443.75 },
  { auc: 5, gfr: 45.54, mg: 352.7 },
])('Calvert, AUC $auc at a GFR of $gfr', ({ auc, gfr, mg }) => {
  expect(calvert({ auc, gfrMlPerMin: gfr })).toBeCloseTo(mg, 6)
})
