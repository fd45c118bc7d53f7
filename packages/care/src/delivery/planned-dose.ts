import type { RegimenComponent } from '@secondwind/core'
import { amount } from './amounts.ts'
import { type CheckedDose, checkedDose } from './checked-dose.ts'
import type { CheckDoseMg, DoseInputs } from './contract.ts'
import { adjustmentOf, type DoseContext, type DoseOfComponent, isBiologic } from './dose-context.ts'

/** Everything of a component that its dose depends on, as one word. */
const keys = new WeakMap<RegimenComponent, string>()

function keyOf(component: RegimenComponent): string {
  let key = keys.get(component)
  if (key === undefined) {
    const { drug, dose, unit, route, bands, steps, capMg } = component
    key = JSON.stringify([drug, dose, unit, route, bands, steps, capMg])
    keys.set(component, key)
  }
  return key
}

/** The patient's dose of one component, or why there is none: what is missing, what forbids it, or that two calculations disagree. */
export function doseOfComponent(
  component: RegimenComponent,
  inputs: DoseInputs,
  context: DoseContext,
  check: CheckDoseMg,
): DoseOfComponent {
  const key = keyOf(component)
  let dose = context.worked.get(key)
  if (!dose) {
    dose = workOut(component, inputs, context, check)
    context.worked.set(key, dose)
  }
  return dose
}

function workOut(component: RegimenComponent, inputs: DoseInputs, context: DoseContext, check: CheckDoseMg): DoseOfComponent {
  const { policy } = context
  const { adjustment, missing, said, startLimits } = adjustmentOf(component, context)
  if (!policy) return { fields: {}, notes: ['no dosing policy: no dose', ...said], startLimits }
  const result = checkedDose(
    { component, isBiologic: isBiologic(component.drug, context, policy), inputs, policy, ...(adjustment ? { adjustment } : {}) },
    check,
  )
  const { fields, notes } = shown(result, missing)
  const verify = policy.verifyAbove.filter(
    (v) => v.drug === component.drug && v.route === component.route && fields.doseMg !== undefined && fields.doseMg > v.mg,
  )
  return {
    fields,
    ...(adjustment ? { adjustment } : {}),
    notes: [...notes, ...verify.map((v) => `${amount(fields.doseMg!)} mg: ${v.say}`), ...said],
    startLimits,
  }
}

function shown(result: CheckedDose, missing: readonly string[]): Pick<DoseOfComponent, 'fields' | 'notes'> {
  switch (result.kind) {
    case 'disagreement':
      return { fields: { missing: [] }, notes: ['two calculations disagree: no dose'] }
    case 'omitted':
      return { fields: {}, notes: [`no dose: ${result.say}`] }
    case 'missing':
      return { fields: { missing: [...new Set([...missing, ...result.facts])] }, notes: [] }
    case 'dose':
      // an open rule could still change the number
      if (missing.length > 0) return { fields: { missing }, notes: [] }
      return { fields: { doseMg: result.roundedMg, derivation: result.derivation }, notes: [] }
  }
}
