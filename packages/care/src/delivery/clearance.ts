import { adjustedBodyWeight, bodyMassIndex, CREATININE_UMOL_PER_MG_DL, cockcroftGault, idealBodyWeight } from '@secondwind/core'
import { amount, measured, usableInput } from './amounts.ts'
import type { DoseInputs, DosingPolicy } from './contract.ts'

/** A clearance in mL/min with how it came about, or the facts it lacks. */
export type Clearance =
  | { readonly kind: 'clearance'; readonly mlPerMin: number; readonly derivation: readonly string[] }
  | { readonly kind: 'missing'; readonly facts: readonly string[] }

/**
 * The GFR for Calvert, before its cap: measured, else Cockcroft-Gault with the weight and the lowest creatinine that the policy names.
 *
 * Absolute mL/min, never per 1.73 m². Height is needed too: without it nobody knows whether the adjusted weight is due.
 * Source of the choices: the policy's citations; formulas in core/facts/formulas.ts.
 */
export function clearanceForCalvert(inputs: DoseInputs, policy: DosingPolicy): Clearance {
  const direct = usableInput(inputs.measuredClearanceMlPerMin)
  if (direct) return { kind: 'clearance', mlPerMin: direct.value, derivation: [`${measured('clearance', direct, 'mL/min')}, as measured`] }

  const weight = usableInput(inputs.weightKg)
  const height = usableInput(inputs.heightCm)
  const age = usableInput(inputs.ageYears)
  const creatinine = usableInput(inputs.creatinineUmolPerL)
  const { isFemale } = inputs
  if (!weight || !height || !age || !creatinine || isFemale === undefined) {
    const present = { weight, height, age, creatinine, sex: isFemale }
    return { kind: 'missing', facts: Object.entries(present).flatMap(([fact, value]) => (value === undefined ? [fact] : [])) }
  }

  const body = { weightKg: weight.value, heightCm: height.value, isFemale }
  const bmi = bodyMassIndex(body)
  const isAdjusted = bmi >= policy.adjustedWeightFromBmi
  const weightKg = isAdjusted ? adjustedBodyWeight(body) : weight.value
  const floor = policy.creatinineFloorUmolPerL ?? 0
  const creatinineUmolPerL = Math.max(creatinine.value, floor)
  const mlPerMin = cockcroftGault({ creatinineUmolPerL, ageYears: age.value, weightKg, isFemale })
  const mgPerDl = creatinineUmolPerL / CREATININE_UMOL_PER_MG_DL

  const weightLine = isAdjusted
    ? `body mass index ${amount(bmi, 1)} kg/m², ${policy.adjustedWeightFromBmi} or more: adjusted weight = ideal ${amount(idealBodyWeight(body))} + 0.4 × (${amount(weight.value)} − ${amount(idealBodyWeight(body))}) = ${amount(weightKg)} kg`
    : `body mass index ${amount(bmi, 1)} kg/m², below ${policy.adjustedWeightFromBmi}: actual weight`
  const raised = creatinineUmolPerL > creatinine.value ? `, raised to the policy's lowest of ${amount(floor)} µmol/L` : ''
  return {
    kind: 'clearance',
    mlPerMin,
    derivation: [
      `${measured('weight', weight, 'kg')}, ${measured('height', height, 'cm')}, age ${age.value}, ${isFemale ? 'female' : 'male'}`,
      weightLine,
      `${measured('creatinine', creatinine, 'µmol/L')}${raised}; ÷ ${CREATININE_UMOL_PER_MG_DL} = ${amount(mgPerDl, 3)} mg/dL`,
      `Cockcroft-Gault: (140 − ${age.value}) × ${amount(weightKg)} ÷ (72 × ${amount(mgPerDl, 3)})${isFemale ? ' × 0.85' : ''} = ${amount(mlPerMin)} mL/min`,
    ],
  }
}
