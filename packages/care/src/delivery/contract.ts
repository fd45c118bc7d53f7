import type { Citation, Criterion, RegimenComponent, Review } from '@secondwind/core'

/**
 * What a dose calculation takes and gives. Two implementations honour it, written apart from each other:
 * `dose.ts` (which explains) and `check/` (which only computes). Where they disagree there is no dose.
 */

/** The choices of the site that a dose rests on (`knowledge/policy/dosing.yaml`), each with its source. */
export interface DosingPolicy {
  /** GFR that enters the Calvert formula is cut off here, mL/min. */
  readonly calvertGfrCapMlPerMin: number
  /** Cockcroft-Gault for Calvert uses the adjusted weight from this body mass index on, kg/m². */
  readonly adjustedWeightFromBmi: number
  /** Creatinine below this is raised to it before Cockcroft-Gault, µmol/L; absent: no floor. */
  readonly creatinineFloorUmolPerL?: number
  /** A delivered dose may differ from the calculated one by at most this share of it, percent. */
  readonly roundingLimitPercent: { readonly cytotoxic: number; readonly biologic: number }
  /** Doses are rounded to a multiple of this many mg, by drug; `other` for the rest. */
  readonly roundingStepMg: { readonly [drug: string]: number }
  readonly cites: readonly Citation[]
}

/** A rule of `knowledge/dosing/`: what a fact does to the dose of a drug. The first rule whose `when` is true applies; one that is unknown names its facts as missing. */
export interface DoseAdjustment {
  readonly id: string
  readonly drug: string
  readonly when: Criterion
  /** Exactly one: share of the protocol dose, another dose in the protocol's unit, or no dose at all. */
  readonly factor?: number
  readonly dose?: number
  readonly omit?: true
  readonly say: string
  readonly cites: readonly Citation[]
  readonly review: Review
}

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
