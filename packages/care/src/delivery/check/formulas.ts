import { by, constant, type Exact, greatest, isAbove, least, minus, plus, squareRoot, times } from './exact.ts'

/**
 * The formulas of a dose, written again for the second calculation from the worked examples that its test repeats. Nothing here is shared with the first.
 * Units stand in the names. Arguments are above zero; results are not rounded and may fall to zero or below (age from 140, very small height),
 * which the caller refuses.
 */

/** Mosteller. Actual weight, never capped. */
export const bodySurfaceM2 = (heightCm: Exact, weightKg: Exact): Exact => squareRoot(by(times(heightCm, weightKg), constant(3600)))

export const bodyMassIndex = (heightCm: Exact, weightKg: Exact): Exact => by(times(weightKg, constant(10_000)), times(heightCm, heightCm))

/** Devine, carried on below 60 inches. */
export const idealWeightKg = (heightCm: Exact, isFemale: boolean): Exact =>
  plus(constant(isFemale ? 45.5 : 50), times(constant(2.3), minus(by(heightCm, constant(2.54)), constant(60))))

export const adjustedWeightKg = (idealKg: Exact, actualKg: Exact): Exact =>
  plus(times(constant(0.6), idealKg), times(constant(0.4), actualKg))

/** The weight that enters Cockcroft-Gault: actual below the body mass index `from`, adjusted at it and above. */
export const clearanceWeightKg = (heightCm: Exact, weightKg: Exact, isFemale: boolean, from: Exact): Exact =>
  isAbove(from, bodyMassIndex(heightCm, weightKg)) ? weightKg : adjustedWeightKg(idealWeightKg(heightCm, isFemale), weightKg)

/** Creatinine in mg/dL after the floor (µmol/L); 1 mg/dL is 88.42 µmol/L. */
export const flooredCreatinineMgPerDl = (umolPerL: Exact, floorUmolPerL: Exact): Exact =>
  by(greatest(umolPerL, floorUmolPerL), constant(88.42))

/** Cockcroft-Gault in mL/min, absolute. */
export const cockcroftGaultMlPerMin = (ageYears: Exact, weightKg: Exact, creatinineMgPerDl: Exact, isFemale: boolean): Exact =>
  by(times(times(minus(constant(140), ageYears), weightKg), constant(isFemale ? 0.85 : 1)), times(constant(72), creatinineMgPerDl))

/** Calvert in mg; the cap is on the GFR (mL/min), not on the dose. */
export const calvertMg = (targetAuc: Exact, gfrMlPerMin: Exact, capMlPerMin: Exact): Exact =>
  times(targetAuc, plus(least(gfrMlPerMin, capMlPerMin), constant(25)))
