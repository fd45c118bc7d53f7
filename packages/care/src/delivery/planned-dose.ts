import { type DosingPolicy, isKnown, type PlannedStep, type RegimenComponent } from '@secondwind/core'
import { amount, printableMg } from './amounts.ts'
import { type CheckedDose, checkedDose } from './checked-dose.ts'
import type { CheckDoseMg, DoseAdjustment, DoseInputs } from './contract.ts'
import { type AdjustmentVerdict, adjustmentOf, type DoseContext, type DoseOfComponent, isBiologic, SILENT } from './dose-context.ts'

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
export function doseOfComponent(component: RegimenComponent, context: DoseContext, check: CheckDoseMg): DoseOfComponent {
  const key = keyOf(component)
  let dose = context.worked.get(key)
  if (!dose) {
    const verdict = adjustmentOf(component, context)
    const { policy } = context
    dose =
      policy && verdict === SILENT && isSameForAll(component)
        ? sharedDose(component, context, policy, check)
        : workOut(component, verdict, context, check)
    context.worked.set(key, dose)
  }
  return dose
}

function workOut(component: RegimenComponent, verdict: AdjustmentVerdict, context: DoseContext, check: CheckDoseMg): DoseOfComponent {
  const { policy, inputs } = context
  const { adjustment, missing: open, said, startLimits } = verdict
  // a clearance that the chart contradicts is not computed around
  const clearance = context.patientCase.facts[CLEARANCE]
  const isUnsettled = component.unit === 'AUC' && clearance !== undefined && !isKnown(clearance) && clearance.unknown === 'conflicting'
  const missing = isUnsettled ? [...new Set([...open, CLEARANCE])] : open
  if (!policy) return { fields: {}, notes: ['no dosing policy: no dose', ...said], startLimits }
  const request = { component, isBiologic: isBiologic(component.drug, context, policy), inputs, policy }
  const { fields, notes } = shown(checkedDose(adjustment ? { ...request, adjustment } : request, check), missing)
  const steps = stepsOf(component, { inputs, context, policy, check, ...(adjustment ? { adjustment } : {}) }, fields.doseMg !== undefined)
  const verify = policy.verifyAbove.filter(
    (v) => v.drug === component.drug && v.route === component.route && fields.doseMg !== undefined && fields.doseMg > v.mg,
  )
  return {
    fields: { ...fields, ...(steps.length > 0 ? { steps } : {}) },
    ...(adjustment ? { adjustment } : {}),
    notes: [...notes, ...verify.map((v) => `${amount(fields.doseMg!)} mg: ${v.say}`), ...said],
    startLimits,
  }
}

/** No value of a patient enters the dose: so much of the drug, whoever takes it. */
const isSameForAll = ({ unit, bands, steps }: RegimenComponent): boolean =>
  (unit === 'mg' || unit === 'ug') && bands === undefined && (steps ?? []).every((step) => step.bands === undefined)

interface SharedDose {
  readonly policy: DosingPolicy
  readonly check: CheckDoseMg
  readonly dose: DoseOfComponent
}

const sharedDoses = new WeakMap<RegimenComponent, SharedDose>()

/** A dose that is the same for everyone of whom no rule says anything, worked out and checked once for each component of a knowledge base. */
function sharedDose(component: RegimenComponent, context: DoseContext, policy: DosingPolicy, check: CheckDoseMg): DoseOfComponent {
  const known = sharedDoses.get(component)
  if (known?.policy === policy && known.check === check) return known.dose
  const dose = { ...workOut(component, SILENT, context, check), isShared: true } as const
  sharedDoses.set(component, { policy, check, dose })
  return dose
}

const CLEARANCE = 'creatinine-clearance'

interface StepWork {
  readonly inputs: DoseInputs
  readonly context: DoseContext
  readonly policy: DosingPolicy
  readonly check: CheckDoseMg
  readonly adjustment?: DoseAdjustment
}

/**
 * The doses of the start, each worked out and checked as the lasting dose is. A change that names another lasting dose and no steps of its own leaves
 * the steps without a number, and so does whatever leaves the lasting dose without one.
 */
function stepsOf(component: RegimenComponent, { adjustment, ...work }: StepWork, hasNumber: boolean): readonly PlannedStep[] {
  return (component.steps ?? []).map((step, i) => {
    const { steps: _steps, dose: _dose, bands: _bands, ...rest } = component
    const own = { ...(step.dose === undefined ? {} : { dose: step.dose }), ...(step.bands ? { bands: step.bands } : {}) }
    const dose = adjustment?.stepDoses?.[i]
    const isTold = adjustment?.dose === undefined || dose !== undefined
    const changed = adjustment && { ...adjustment, ...(dose === undefined ? {} : { dose }) }
    const { context, policy, inputs, check } = work
    const request = { component: { ...rest, ...own }, isBiologic: isBiologic(component.drug, context, policy), inputs, policy }
    const result = isTold && hasNumber ? checkedDose({ ...request, ...(changed ? { adjustment: changed } : {}) }, check) : undefined
    return {
      ...(step.cycle === undefined ? {} : { cycle: step.cycle }),
      day: step.day,
      ...(step.days === undefined ? {} : { days: step.days }),
      protocolDose: isTold ? protocolDoseOf({ ...rest, ...own }, inputs) : null,
      ...(result?.kind === 'dose' ? { doseMg: printableMg(result.roundedMg) } : {}),
    }
  })
}

/** The dose as the protocol writes it, before anything about the patient but the weight band. */
export function protocolDoseOf({ bands, dose, steps }: RegimenComponent, inputs: DoseInputs): number | null {
  if (!bands) return dose ?? steps?.at(-1)?.dose ?? null
  const kg = inputs.weightKg?.value
  return kg === undefined ? null : (bands.find((b) => b.belowKg === undefined || kg < b.belowKg)?.dose ?? null)
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
      return { fields: { doseMg: printableMg(result.roundedMg), derivation: result.derivation }, notes: [] }
  }
}
