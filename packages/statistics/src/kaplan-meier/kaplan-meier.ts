import { normalQuantile } from '../numeric/distributions.ts'
import { checkOneOf, type RiskTable, riskTable, StatisticsError, type SurvivalData } from '../survival-data.ts'

/** Confidence limits are symmetric on this scale and then turned back: R's `conf.type`. */
export type Transform = 'log' | 'log-log' | 'plain'
const TRANSFORMS: readonly Transform[] = ['log', 'log-log', 'plain']

export interface CurveOptions {
  /** Coverage of the pointwise confidence limits, default 0.95. */
  readonly confidence?: number
  /** Default `log`. */
  readonly transform?: Transform
}

export interface SurvivalCurve extends Omit<RiskTable, 'events'> {
  readonly events: Float64Array
  /** Probability of being free of the event just after each time. */
  readonly survival: Float64Array
  /** Greenwood's standard error of `survival`. */
  readonly standardError: Float64Array
  /** Pointwise limits. NaN where survival has reached 0 (`log`, `log-log`). */
  readonly lower: Float64Array
  readonly upper: Float64Array
}

/**
 * The Kaplan-Meier estimate of survival, for right-censored and left-truncated times.
 *
 * Ties: events come before censorings of the same time. Variance: Greenwood's formula. Limits as R's `survfit` gives them.
 * Sources: Kaplan and Meier 1958 (doi:10.1080/01621459.1958.10501452); Klein and Moeschberger 2003, sections 4.2 and 4.3.
 * @throws StatisticsError for data that nothing can be estimated from
 */
export function kaplanMeier(data: SurvivalData, { confidence = 0.95, transform = 'log' }: CurveOptions = {}): SurvivalCurve {
  checkConfidence(confidence)
  checkOneOf('transform', transform, TRANSFORMS)
  const { time, atRisk, events, censored } = riskTable(data)
  const rows = time.length
  const deaths = events[0]!
  const survival = new Float64Array(rows)
  const standardError = new Float64Array(rows)
  const lower = new Float64Array(rows)
  const upper = new Float64Array(rows)
  const z = normalQuantile((1 + confidence) / 2)
  let s = 1
  let sum = 0
  for (let row = 0; row < rows; row++) {
    const n = atRisk[row]!
    const d = deaths[row]!
    if (d > 0) {
      s *= (n - d) / n
      sum += d / (n * (n - d))
    }
    survival[row] = s
    const relative = Math.sqrt(sum)
    standardError[row] = s === 0 ? Number.NaN : s * relative
    const [low, high] = limits(s, relative, z, transform)
    lower[row] = low
    upper[row] = high
  }
  return { time, atRisk, events: deaths, censored, survival, standardError, lower, upper }
}

function limits(s: number, relative: number, z: number, transform: Transform): readonly [number, number] {
  if (s === 0) return [Number.NaN, Number.NaN]
  if (relative === 0) return [1, 1]
  switch (transform) {
    case 'log':
      return [s * Math.exp(-z * relative), Math.min(1, s * Math.exp(z * relative))]
    case 'log-log': {
      const by = (z * relative) / Math.log(s)
      return [s ** Math.exp(-by), s ** Math.exp(by)]
    }
    case 'plain':
      return [Math.max(0, s * (1 - z * relative)), Math.min(1, s * (1 + z * relative))]
  }
}

export function checkConfidence(confidence: number): void {
  if (!(confidence > 0 && confidence < 1)) throw new StatisticsError('option', `confidence ${confidence}: give a number between 0 and 1`)
}

/**
 * The probability of being free of the event at a time (also between the times of the curve); 1 before the first, the last known one after the end.
 * @throws StatisticsError for a time that is not a number
 */
export function survivalAt({ time, survival }: SurvivalCurve, at: number): number {
  const row = lastRowUpTo(time, at)
  return row < 0 ? 1 : survival[row]!
}

/** Row of the last time that is not after `at`; -1 before the first. */
export function lastRowUpTo(time: ArrayLike<number>, at: number): number {
  if (Number.isNaN(at) || typeof at !== 'number') throw new StatisticsError('not-a-number', `time ${at}: give the time that is asked about`)
  let low = -1
  let high = time.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (time[middle]! <= at) low = middle
    else high = middle
  }
  return low
}

export interface Quantile {
  /** The time by which a share `p` has had the event. Undefined where the curve does not fall so far. */
  readonly time: number | undefined
  readonly lower: number | undefined
  readonly upper: number | undefined
}

/** Two probabilities nearer than this are equal (as in R's `quantile.survfit`). */
const NEAR = Math.sqrt(Number.EPSILON)

/**
 * The time by which a share of the subjects has had the event, with the limits of the curve: `quantileOf(curve, 0.5)` is the median.
 * Where the curve stands exactly at the share for a while, the middle of that while. Source: Brookmeyer and Crowley 1982 (doi:10.2307/2530286).
 * @throws StatisticsError for a share that is not between 0 and 1
 */
export function quantileOf(curve: SurvivalCurve, p: number): Quantile {
  if (!(p > 0 && p < 1)) throw new StatisticsError('option', `share ${p}: give a number between 0 and 1`)
  const reach = (values: Float64Array): number | undefined => {
    const target = 1 - p
    for (let row = 0; row < values.length; row++) {
      const value = values[row]!
      if (Number.isNaN(value)) return undefined // nobody is left: the limits end
      if (Math.abs(value - target) < NEAR) {
        let next = row + 1
        while (next < values.length && Math.abs(values[next]! - target) < NEAR) next++
        return next < values.length ? (curve.time[row]! + curve.time[next]!) / 2 : curve.time[row]
      }
      if (value < target) return curve.time[row]
    }
    return undefined
  }
  return { time: reach(curve.survival), lower: reach(curve.lower), upper: reach(curve.upper) }
}
