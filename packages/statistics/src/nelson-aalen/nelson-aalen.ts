import { checkConfidence } from '../kaplan-meier/kaplan-meier.ts'
import { normalQuantile } from '../numeric/distributions.ts'
import { type RiskTable, riskTable, type SurvivalData } from '../survival-data.ts'

export interface HazardCurve extends Omit<RiskTable, 'events'> {
  readonly events: Float64Array
  /** Expected number of events for one subject who is replaced at each event. */
  readonly cumulativeHazard: Float64Array
  readonly standardError: Float64Array
  /** Pointwise limits on the log scale; 0 before the first event. */
  readonly lower: Float64Array
  readonly upper: Float64Array
}

/**
 * The Nelson-Aalen estimate of the cumulative hazard, for right-censored and left-truncated times.
 *
 * Ties: all events of one time at once, d / n, variance d / n² (R's `survfit(..., ctype = 1)`). Limits symmetric on the log scale.
 * Sources: Nelson 1972 (doi:10.2307/1267144); Aalen 1978 (doi:10.1214/aos/1176344247); Klein and Moeschberger 2003, sections 4.2 and 4.3.
 * @throws StatisticsError for data that nothing can be estimated from
 */
export function nelsonAalen(data: SurvivalData, { confidence = 0.95 }: { readonly confidence?: number } = {}): HazardCurve {
  checkConfidence(confidence)
  const { time, atRisk, events, censored } = riskTable(data)
  const deaths = events[0]!
  const rows = time.length
  const cumulativeHazard = new Float64Array(rows)
  const standardError = new Float64Array(rows)
  const lower = new Float64Array(rows)
  const upper = new Float64Array(rows)
  const z = normalQuantile((1 + confidence) / 2)
  let hazard = 0
  let variance = 0
  for (let row = 0; row < rows; row++) {
    const n = atRisk[row]!
    const d = deaths[row]!
    if (d > 0) {
      hazard += d / n
      variance += d / (n * n)
    }
    const se = Math.sqrt(variance)
    cumulativeHazard[row] = hazard
    standardError[row] = se
    const factor = hazard > 0 ? Math.exp((z * se) / hazard) : 1
    lower[row] = hazard / factor
    upper[row] = hazard * factor
  }
  return { time, atRisk, events: deaths, censored, cumulativeHazard, standardError, lower, upper }
}
