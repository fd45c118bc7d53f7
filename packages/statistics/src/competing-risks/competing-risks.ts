import { checkConfidence, lastRowUpTo } from '../kaplan-meier/kaplan-meier.ts'
import { normalQuantile } from '../numeric/distributions.ts'
import { riskTable, StatisticsError, type SurvivalData } from '../survival-data.ts'

export interface Incidence {
  /** Kind of event: 1, 2, … as in the data. */
  readonly kind: number
  /** Probability of having had this event first, just after each time. */
  readonly probability: Float64Array
  readonly standardError: Float64Array
  /** Pointwise limits on the log-minus-log scale; NaN before the first event of the kind. */
  readonly lower: Float64Array
  readonly upper: Float64Array
}

export interface CompetingRisks {
  readonly time: Float64Array
  readonly atRisk: Float64Array
  /** Probability of having had no event of any kind. */
  readonly eventFree: Float64Array
  readonly incidence: readonly Incidence[]
}

/**
 * The Aalen-Johansen estimate of the cumulative incidence of each of several kinds of event, of which the first to come rules out the others.
 * `event` is 0 for censored, 1 to K for the kind, K at most 64. With delayed entry where given.
 *
 * One minus Kaplan-Meier for one kind, the others counted as censored, would overstate its probability; this does not.
 * Ties: events of all kinds at one time at once, before censorings. Variance: Greenwood's type (Andersen et al. 1993, section IV.4; R's `etm`).
 * Sources: Aalen and Johansen 1978; Marubini and Valsecchi 1995; Klein and Moeschberger 2003, section 4.7.
 * @throws StatisticsError for data that nothing can be estimated from
 */
export function competingRisks(data: SurvivalData, { confidence = 0.95 }: { readonly confidence?: number } = {}): CompetingRisks {
  checkConfidence(confidence)
  let kinds = 1
  for (let i = 0; i < data.event.length; i++) kinds = Math.max(kinds, data.event[i]!)
  const { time, atRisk, events } = riskTable(data, kinds)
  const rows = time.length
  const eventFree = new Float64Array(rows)
  let free = 1
  for (let row = 0; row < rows; row++) {
    let d = 0
    for (const of of events) d += of[row]!
    free *= (atRisk[row]! - d) / atRisk[row]!
    eventFree[row] = free
  }
  const z = normalQuantile((1 + confidence) / 2)
  return { time, atRisk, eventFree, incidence: events.map((_, k) => incidenceOf(k, events, atRisk, eventFree, z)) }
}

/**
 * Probability and Greenwood-type variance of one kind. With p the incidence, s the event-free probability before a time, n at risk, d events of
 * this kind and o of others there, each time adds, per event, the square of what one event more or less would do to the final p:
 * of this kind `s - (p_end - p_before)` for the share it takes, of the others `-(p_end - p_before)`. Summed forwards in three running sums.
 */
function incidenceOf(kind: number, events: readonly Float64Array[], atRisk: Float64Array, eventFree: Float64Array, z: number): Incidence {
  const rows = atRisk.length
  const probability = new Float64Array(rows)
  const standardError = new Float64Array(rows)
  const lower = new Float64Array(rows).fill(Number.NaN)
  const upper = new Float64Array(rows).fill(Number.NaN)
  // variance of the pair (event-free, incidence), carried from time to time
  let free = 1
  let p = 0
  let varFree = 0
  let cov = 0
  let varP = 0
  for (let row = 0; row < rows; row++) {
    const n = atRisk[row]!
    const own = events[kind]![row]!
    let all = 0
    for (const of of events) all += of[row]!
    if (all > 0) {
      const a = own / n
      const b = all / n
      const stay = 1 - b
      // the step multiplies (free, p) by [[stay, a], [0, 1]]; its own multinomial noise adds free² times the covariance of (stay, a)
      const noiseFree = (free * free * b * (1 - b)) / n
      const noiseP = (free * free * a * (1 - a)) / n
      const noiseCov = (-free * free * a * (1 - b)) / n
      varP = varP + 2 * a * cov + a * a * varFree + noiseP
      cov = stay * (cov + a * varFree) + noiseCov
      varFree = stay * stay * varFree + noiseFree
      p += free * a
      free = eventFree[row]!
    }
    probability[row] = p
    const se = Math.sqrt(Math.max(0, varP))
    standardError[row] = se
    if (p > 0 && p < 1) {
      const by = (z * se) / ((1 - p) * Math.log(1 - p))
      lower[row] = 1 - (1 - p) ** Math.exp(by)
      upper[row] = 1 - (1 - p) ** Math.exp(-by)
    }
  }
  return { kind: kind + 1, probability, standardError, lower, upper }
}

/**
 * The probability of having had an event of a kind by a time; 0 before the first time, the last known one after the end.
 * @throws StatisticsError for a kind that is not in the data, or a time that is not a number
 */
export function incidenceAt(risks: CompetingRisks, kind: number, at: number): number {
  const one = risks.incidence.find((incidence) => incidence.kind === kind)
  if (!one) throw new StatisticsError('event-code', `no event of kind ${kind} is in the data: there are ${risks.incidence.length} kinds`)
  const row = lastRowUpTo(risks.time, at)
  return row < 0 ? 0 : one.probability[row]!
}
