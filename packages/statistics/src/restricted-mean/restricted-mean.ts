import { checkConfidence, type SurvivalCurve } from '../kaplan-meier/kaplan-meier.ts'
import { normalQuantile } from '../numeric/distributions.ts'
import { StatisticsError } from '../survival-data.ts'

export interface RestrictedMean {
  /** Mean time free of the event up to `until`, in the unit of the times. */
  readonly mean: number
  readonly standardError: number
  readonly lower: number
  readonly upper: number
  readonly until: number
}

/**
 * The mean survival time up to a horizon: the area under the Kaplan-Meier curve.
 *
 * Variance: sum over events of (area still to come)² d / (n (n - d)), as `print(survfit, rmean = )` of R gives it. Limits symmetric.
 * A horizon beyond the last time follows the curve at its last value, which is an assumption: keep it within follow-up.
 * Sources: Irwin 1949; Royston and Parmar 2013 (doi:10.1186/1471-2288-13-152); Klein and Moeschberger 2003, section 4.5.
 * @throws StatisticsError unless the horizon is above 0
 */
export function restrictedMean(
  curve: SurvivalCurve,
  until: number,
  { confidence = 0.95 }: { readonly confidence?: number } = {},
): RestrictedMean {
  checkConfidence(confidence)
  if (!(until > 0 && Number.isFinite(until))) throw new StatisticsError('option', `horizon ${until}: give a time above 0`)
  const { time, survival, atRisk, events } = curve
  let rows = 0
  while (rows < time.length && time[rows]! <= until) rows++
  // area from each time to the horizon, from the last backwards
  let area = 0
  let variance = 0
  let end = until
  for (let row = rows - 1; row >= 0; row--) {
    area += survival[row]! * (end - time[row]!)
    end = time[row]!
    const n = atRisk[row]!
    const d = events[row]!
    if (d > 0 && n > d) variance += (area * area * d) / (n * (n - d))
  }
  const mean = area + end
  const standardError = Math.sqrt(variance)
  const z = normalQuantile((1 + confidence) / 2)
  return { mean, standardError, lower: mean - z * standardError, upper: mean + z * standardError, until }
}
