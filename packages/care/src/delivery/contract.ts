import type { DoseAdjustment, DosingPolicy, RegimenComponent } from '@secondwind/core'

/**
 * What a dose calculation takes and gives. Two implementations honour it, written apart from each other:
 * `dose.ts` (which explains) and `check/` (which only computes). Where they disagree there is no dose.
 *
 * The arithmetic, in this order:
 * 1. Target: `adjustment.dose` where there is one, else `bands` by weight (first band with weight below `belowKg`, else the last), else `dose`,
 *    else the dose of the last of `steps`.
 * 2. To mg: mg as it is, ug divided by 1000, mg/m2 times body surface (Mosteller, actual weight, never capped), mg/kg times actual weight,
 *    AUC by Calvert: AUC × (GFR + 25), GFR being the measured clearance, else Cockcroft-Gault, cut off at the policy's cap.
 *    Cockcroft-Gault takes the actual weight below the policy's body mass index and the adjusted weight from it on (height is then needed to know):
 *    ideal = 50 (men) or 45.5 (women) + 2.3 × (height in inches − 60), also below 60 inches; adjusted = ideal + 0.4 × (actual − ideal).
 *    Creatinine under the policy's floor is raised to the floor first. 1 mg/dL of creatinine is 88.42 µmol/L.
 * 3. `capMg` of the component cuts the result off.
 * 4. `adjustment.factor` multiplies what is left; `adjustment.omit` means no dose.
 * 5. Rounding, once: to the nearest multiple of the drug's step in the policy (halves up), but never above a cap: where the nearest multiple passes
 *    `capMg`, or Calvert at the cap on GFR (each times the factor), the multiple below is taken. Where the result differs from the calculated dose by
 *    more than the limit, or would be zero, the calculated dose stands. A flat dose (mg, ug, bands, steps) without a factor is never rounded.
 * An input that is absent or not a positive finite number is missing.
 */
export type { DoseAdjustment, DosingPolicy } from '@secondwind/core'

/** A value that enters a dose, with the day it was measured. Units: kg, cm, years, µmol/L, mL/min. */
export interface DoseInput {
  readonly value: number
  readonly on?: string
}

/** The patient's values; a stale or unknown one is absent. */
export interface DoseInputs {
  readonly weightKg?: DoseInput
  readonly heightCm?: DoseInput
  readonly ageYears?: DoseInput
  readonly isFemale?: boolean
  readonly creatinineUmolPerL?: DoseInput
  /** Measured or reported absolute clearance, mL/min (never per 1.73 m²). Takes the place of Cockcroft-Gault. */
  readonly measuredClearanceMlPerMin?: DoseInput
}

export interface DoseRequest {
  readonly component: RegimenComponent
  readonly isBiologic: boolean
  readonly inputs: DoseInputs
  readonly policy: DosingPolicy
  /** The adjustment that applies, already decided by the criteria engine. */
  readonly adjustment?: DoseAdjustment
}

/** A dose of one administration in mg, not rounded and rounded; or the facts that are missing; or the reason why none is given. */
export type DoseResult =
  | { readonly kind: 'dose'; readonly calculatedMg: number; readonly roundedMg: number; readonly derivation: readonly string[] }
  | { readonly kind: 'missing'; readonly facts: readonly string[] }
  | { readonly kind: 'omitted'; readonly say: string }

/**
 * The second implementation: `checkCalculatedMg` of `check/` gives the calculated dose before rounding, `checkDoseMg` the rounded one;
 * undefined where there is none (missing input, omitted).
 */
export type CheckDoseMg = (request: DoseRequest) => number | undefined
