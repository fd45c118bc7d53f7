import type { DoseRequest } from '../contract.ts'
import { by, constant, type Exact, greatest, isAbove, isPositive, minus, plus, positive, times, wholePart } from './exact.ts'

/**
 * The dose in mg as a multiple of the drug's step, nearest, halves up. Left as calculated where there is no step, or where the multiple is nothing
 * or differs by more than the policy's limit (percent of the calculated dose; meeting it exactly is allowed).
 *
 * Rounding never lifts a dose above the component's `capMg`: the multiple below is taken instead. A factor above 1 lifts that ceiling with the dose.
 */
export function roundedMg(calculatedMg: Exact, request: DoseRequest): Exact {
  const { component, isBiologic, policy } = request
  const stepMg = positive(policy.roundingStepMg[component.drug] ?? policy.roundingStepMg.other)
  const limitPercent = positive(isBiologic ? policy.roundingLimitPercent.biologic : policy.roundingLimitPercent.cytotoxic)
  if (stepMg === undefined || limitPercent === undefined) return calculatedMg

  const steps = by(calculatedMg, stepMg)
  const nearestMg = times(wholePart(plus(steps, constant(0.5))), stepMg)
  const ceilingMg = ceilingOf(request)
  const candidateMg = ceilingMg !== undefined && isAbove(nearestMg, ceilingMg) ? times(wholePart(steps), stepMg) : nearestMg
  const differenceMg = isAbove(candidateMg, calculatedMg) ? minus(candidateMg, calculatedMg) : minus(calculatedMg, candidateMg)
  const allowedMg = by(times(limitPercent, calculatedMg), constant(100))
  return isPositive(candidateMg) && !isAbove(differenceMg, allowedMg) ? candidateMg : calculatedMg
}

function ceilingOf({ component, adjustment }: DoseRequest): Exact | undefined {
  const capMg = positive(component.capMg)
  return capMg && times(capMg, greatest(constant(1), positive(adjustment?.factor) ?? constant(1)))
}
