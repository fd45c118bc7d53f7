import { normalUpper } from '@secondwind/statistics'
import type { CurveModel } from '../model-types.ts'

export const DAYS_A_MONTH = 30.4375

/**
 * Months until the cumulative hazard of a curve reaches `hazard`.
 *
 * Between two points log hazard runs straight against log time; before the first the slope is `before` (a Weibull shape), after the last `after`.
 * `hazard` is what an exponential draw divided by the patient's hazard ratio gives; zero gives zero.
 */
export function monthsAtHazard({ points, before }: CurveModel, after: number, hazard: number): number {
  const known = points.map(([months, alive]) => ({ months, total: -Math.log(alive) }))
  const first = known[0]!
  if (hazard <= first.total) return first.months * (hazard / first.total) ** (1 / before)
  for (let i = 1; i < known.length; i++) {
    const [from, to] = [known[i - 1]!, known[i]!]
    if (hazard > to.total) continue
    const slope = Math.log(to.total / from.total) / Math.log(to.months / from.months)
    return from.months * (hazard / from.total) ** (1 / slope)
  }
  const last = known[known.length - 1]!
  return last.months * (hazard / last.total) ** (1 / after)
}

/** The exponential draw (mean one) that stands at the same place of its distribution as a normal score: how two times are made to go together. */
export const hazardOfScore = (score: number): number => -Math.log(Math.min(1 - 1e-12, Math.max(1e-12, normalUpper(score))))

/** Months of a Weibull curve with this median and shape. */
export const weibullMonths = (median: number, shape: number, hazard: number): number => median * (hazard / Math.LN2) ** (1 / shape)
