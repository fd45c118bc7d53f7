/** Formulas that facts are derived with. Limits and doses are knowledge; these are arithmetic, each with its source. */

/** Body surface area in m². Mosteller 1987 (NEJM 317:1098): √(height cm × weight kg / 3600). */
export const bodySurfaceArea = (input: { readonly weightKg: number; readonly heightCm: number }): number =>
  Math.sqrt((input.heightCm * input.weightKg) / 3600)

/** Body mass index in kg/m². */
export const bodyMassIndex = (input: { readonly weightKg: number; readonly heightCm: number }): number =>
  input.weightKg / (input.heightCm / 100) ** 2

/** µmol/L of creatinine in 1 mg/dL (molar mass 113.12 g/mol). */
export const CREATININE_UMOL_PER_MG_DL = 88.42

/**
 * Creatinine clearance in mL/min, not indexed to body surface.
 * Cockcroft and Gault 1976 (Nephron 16:31): (140 − age) × weight / (72 × creatinine in mg/dL), × 0.85 in women.
 */
export function cockcroftGault(input: {
  readonly creatinineUmolPerL: number
  readonly ageYears: number
  readonly weightKg: number
  readonly isFemale: boolean
}): number {
  const creatinineMgPerDl = input.creatinineUmolPerL / CREATININE_UMOL_PER_MG_DL
  const clearance = ((140 - input.ageYears) * input.weightKg) / (72 * creatinineMgPerDl)
  return input.isFemale ? clearance * 0.85 : clearance
}

/** Calcium in mmol/L corrected for albumin: 0.02 mmol/L for each g/L that albumin is away from 40 g/L (Payne 1973, BMJ 4:643). */
export const correctedCalcium = (input: { readonly calciumMmolPerL: number; readonly albuminGPerL: number }): number =>
  input.calciumMmolPerL + 0.02 * (40 - input.albuminGPerL)

/**
 * Biologically effective dose in Gy: n·d·(1 + d / (α/β)), for n fractions of d Gy. Fowler 1989 (Br J Radiol 62:679).
 * The linear-quadratic model loses accuracy above about 8 to 10 Gy a fraction; repopulation is not counted.
 */
export const biologicallyEffectiveDose = (input: {
  readonly totalGy: number
  readonly fractions: number
  readonly alphaBetaGy: number
}): number => input.totalGy * (1 + input.totalGy / input.fractions / input.alphaBetaGy)

/** The dose in Gy that would do the same in fractions of 2 Gy: BED / (1 + 2 / (α/β)). Same source and limits as the BED. */
export const equivalentDoseIn2Gy = (input: {
  readonly totalGy: number
  readonly fractions: number
  readonly alphaBetaGy: number
}): number => biologicallyEffectiveDose(input) / (1 + 2 / input.alphaBetaGy)

/** Centimetres per inch, and the height at which Devine's line starts. */
const CM_PER_INCH = 2.54
const DEVINE_INCHES = 60

/** Ideal body weight in kg. Devine 1974 (Drug Intell Clin Pharm 8:650): 50 (men) or 45.5 (women) + 2.3 for every inch over 60; the line goes on below 60 inches. */
export const idealBodyWeight = (input: { readonly heightCm: number; readonly isFemale: boolean }): number =>
  (input.isFemale ? 45.5 : 50) + 2.3 * (input.heightCm / CM_PER_INCH - DEVINE_INCHES)

/** Adjusted body weight in kg: ideal + 0.4 × (actual − ideal). From which body mass index on it is used is policy. */
export const adjustedBodyWeight = (input: { readonly weightKg: number; readonly heightCm: number; readonly isFemale: boolean }): number => {
  const ideal = idealBodyWeight(input)
  return ideal + 0.4 * (input.weightKg - ideal)
}

/** Carboplatin in mg for a target AUC in mg/mL·min and an absolute GFR in mL/min, the cap on GFR already applied. Calvert 1989 (J Clin Oncol 7:1748). */
export const calvert = (input: { readonly auc: number; readonly gfrMlPerMin: number }): number => input.auc * (input.gfrMlPerMin + 25)

/**
 * Estimated GFR in mL/min per 1.73 m² (indexed: multiply by body surface / 1.73 before any absolute limit).
 * CKD-EPI 2021, creatinine, without race (Inker 2021, NEJM 385:1737): 142 × min(Scr/κ, 1)^α × max(Scr/κ, 1)^−1.2 × 0.9938^age × 1.012 in women.
 */
export function ckdEpi2021(input: { readonly creatinineUmolPerL: number; readonly ageYears: number; readonly isFemale: boolean }): number {
  const { kappa, alpha, factor } = input.isFemale ? { kappa: 0.7, alpha: -0.241, factor: 1.012 } : { kappa: 0.9, alpha: -0.302, factor: 1 }
  const ratio = input.creatinineUmolPerL / CREATININE_UMOL_PER_MG_DL / kappa
  return 142 * Math.min(ratio, 1) ** alpha * Math.max(ratio, 1) ** -1.2 * 0.9938 ** input.ageYears * factor
}
