import type { CheckDoseMg, DoseInput, DoseRequest } from '../contract.ts'
import { by, constant, type Exact, isPositive, least, positive, times, toPositiveNumber } from './exact.ts'
import { bodySurfaceM2, calvertMg, clearanceWeightKg, cockcroftGaultMlPerMin, flooredCreatinineMgPerDl } from './formulas.ts'
import { roundedMg } from './rounding.ts'

/**
 * The second calculation of a dose: written from the contract and the worked examples without sight of the first, in exact fractions, and silent
 * about its reasons. Each function gives mg of one administration, or undefined where an input is missing or the dose is omitted.
 *
 * Where the contract is silent, this reading holds:
 * - Bands always ask for the weight, also where there is only one; an empty list of bands or steps is none. The last step is the last one listed.
 * - The cap on GFR holds for a measured clearance too, since a reported one may be an estimate. A measured clearance that is not positive is missing,
 *   and Cockcroft-Gault is tried.
 * - Cockcroft-Gault always asks for the height, and for a sex that is stated.
 * - A limit of the policy or component that is given but is not positive and finite gives no dose; an absent one sets no limit.
 * - A weight, clearance or result on the way that is not positive (age from 140) is no dose.
 * - Doses of every unit are rounded, flat ones too: nearest multiple, halves up, within the limit inclusive, never above `capMg` (`rounding.ts`).
 */
export const checkCalculatedMg: CheckDoseMg = (request) => {
  const mg = calculatedMg(request)
  return mg && toPositiveNumber(mg)
}

/** The dose rounded by the policy, mg; undefined exactly where `checkCalculatedMg` is. */
export const checkDoseMg: CheckDoseMg = (request) => {
  const mg = calculatedMg(request)
  return mg && toPositiveNumber(mg) && toPositiveNumber(roundedMg(mg, request))
}

function calculatedMg(request: DoseRequest): Exact | undefined {
  const { component, adjustment } = request
  if (adjustment?.omit) return undefined
  const fullMg = IN_MG[component.unit]?.(targetOf(request), request)
  return ifPositive(withGiven(adjustment?.factor, withGiven(component.capMg, fullMg, least), times))
}

/** The protocol's number, in the protocol's unit. */
function targetOf({ component, inputs, adjustment }: DoseRequest): Exact | undefined {
  const { bands = [], steps = [] } = component
  if (adjustment?.dose !== undefined) return positive(adjustment.dose)
  if (bands.length === 0) return positive(component.dose ?? steps.at(-1)?.dose)
  const weightKg = inputs.weightKg?.value
  if (weightKg === undefined || positive(weightKg) === undefined) return undefined
  return positive((bands.find(({ belowKg }) => belowKg !== undefined && weightKg < belowKg) ?? bands.at(-1))?.dose)
}

type InMg = (target: Exact | undefined, request: DoseRequest) => Exact | undefined

const IN_MG: Readonly<Record<DoseRequest['component']['unit'], InMg>> = {
  mg: (target) => target,
  ug: (target) => withAll([target], (ug) => by(ug, constant(1000))),
  'mg/kg': (target, { inputs }) => withAll([target, measured(inputs.weightKg)], times),
  'mg/m2': (target, { inputs }) =>
    withAll([target, measured(inputs.heightCm), measured(inputs.weightKg)], (mgPerM2, heightCm, weightKg) =>
      times(mgPerM2, bodySurfaceM2(heightCm, weightKg)),
    ),
  AUC: (target, request) =>
    withAll(
      [
        target,
        measured(request.inputs.measuredClearanceMlPerMin) ?? estimatedClearanceMlPerMin(request),
        positive(request.policy.calvertGfrCapMlPerMin),
      ],
      calvertMg,
    ),
}

function estimatedClearanceMlPerMin({ inputs, policy }: DoseRequest): Exact | undefined {
  const { isFemale } = inputs
  if (typeof isFemale !== 'boolean') return undefined
  const creatinineUmolPerL = measured(inputs.creatinineUmolPerL)
  const floorUmolPerL = policy.creatinineFloorUmolPerL === undefined ? creatinineUmolPerL : positive(policy.creatinineFloorUmolPerL)
  const weightKg = withAll(
    [measured(inputs.heightCm), measured(inputs.weightKg), positive(policy.adjustedWeightFromBmi)],
    (heightCm, actualKg, from) => clearanceWeightKg(heightCm, actualKg, isFemale, from),
  )
  const mlPerMin = withAll(
    [measured(inputs.ageYears), ifPositive(weightKg), withAll([creatinineUmolPerL, floorUmolPerL], flooredCreatinineMgPerDl)],
    (ageYears, kg, mgPerDl) => cockcroftGaultMlPerMin(ageYears, kg, mgPerDl, isFemale),
  )
  return ifPositive(mlPerMin)
}

const ifPositive = (value: Exact | undefined): Exact | undefined => (value && isPositive(value) ? value : undefined)

const measured = (input: DoseInput | undefined): Exact | undefined => positive(input?.value)

/** Undefined as soon as one value is. */
function withAll<const Values extends readonly (Exact | undefined)[]>(
  values: Values,
  compute: (...known: { [Place in keyof Values]: Exact }) => Exact,
): Exact | undefined {
  return values.includes(undefined) ? undefined : compute(...(values as { [Place in keyof Values]: Exact }))
}

/** What a value becomes by a figure that is optional: itself where the figure is absent, undefined where it is not positive and finite. */
function withGiven(
  figure: number | undefined,
  value: Exact | undefined,
  compute: (value: Exact, figure: Exact) => Exact,
): Exact | undefined {
  return figure === undefined ? value : withAll([value, positive(figure)], compute)
}
