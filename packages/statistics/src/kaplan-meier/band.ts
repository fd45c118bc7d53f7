import { normalQuantile, normalUpper } from '../numeric/distributions.ts'
import { StatisticsError } from '../survival-data.ts'
import { checkConfidence, type SurvivalCurve } from './kaplan-meier.ts'

export interface ConfidenceBand {
  readonly time: Float64Array
  readonly lower: Float64Array
  readonly upper: Float64Array
  /** How many standard errors wide the band is on each side. */
  readonly criticalValue: number
}

/**
 * A band that covers the whole curve between two times with the given confidence, not only each point of it: Nair's equal-precision band on the
 * log-minus-log scale. Critical value by the approximation of Miller and Siegmund.
 *
 * Without `from` and `to`: from the first to the last time at which survival is known and neither 1 nor 0.
 * Sources: Nair 1984 (doi:10.2307/1267972); Miller and Siegmund 1982 (doi:10.2307/2529881); Klein and Moeschberger 2003, section 4.4.
 * @throws StatisticsError where no event falls into the time asked for, or the range is none
 */
export function confidenceBand(
  curve: SurvivalCurve,
  { confidence = 0.95, from, to }: { readonly confidence?: number; readonly from?: number; readonly to?: number } = {},
): ConfidenceBand {
  checkConfidence(confidence)
  if (!((from ?? 0) <= (to ?? Number.POSITIVE_INFINITY)))
    throw new StatisticsError('option', `a band from ${from} to ${to}: give two times, the earlier first`)
  const rows: number[] = []
  curve.time.forEach((time, row) => {
    const s = curve.survival[row]!
    if (s > 0 && s < 1 && time >= (from ?? 0) && time <= (to ?? Number.POSITIVE_INFINITY)) rows.push(row)
  })
  if (rows.length === 0) throw new StatisticsError('empty', 'no time with an event lies in the range of the band: widen it')
  const relative = (row: number): number => curve.standardError[row]! / curve.survival[row]!
  // n cancels: the scale of the band is n s² / (1 + n s²), and s² below is already n times smaller
  const n = curve.atRisk[0]!
  const place = (row: number): number => (n * relative(row) ** 2) / (1 + n * relative(row) ** 2)
  const criticalValue = equalPrecision(place(rows[0]!), place(rows.at(-1)!), confidence)
  const limit = (row: number, sign: number): number => {
    const s = curve.survival[row]!
    return s ** Math.exp((-sign * criticalValue * relative(row)) / Math.log(s))
  }
  return {
    time: Float64Array.from(rows, (row) => curve.time[row]!),
    lower: Float64Array.from(rows, (row) => limit(row, 1)),
    upper: Float64Array.from(rows, (row) => limit(row, -1)),
    criticalValue,
  }
}

/** The value that a standardised Brownian bridge does not leave between two places, with the given probability. */
function equalPrecision(low: number, high: number, confidence: number): number {
  const ratio = (high * (1 - low)) / (low * (1 - high))
  const pointwise = normalQuantile((1 + confidence) / 2)
  if (!(ratio > 1)) return pointwise
  const beyond = (x: number): number => {
    const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)
    return (4 * density) / x + density * (x - 1 / x) * Math.log(ratio)
  }
  // the approximation holds for small probabilities, and never makes a band narrower than the limits of one point
  let a = pointwise
  let b = 20
  if (beyond(a) <= 1 - confidence || normalUpper(a) === 0) return pointwise
  for (let i = 0; i < 200; i++) {
    const middle = (a + b) / 2
    if (beyond(middle) > 1 - confidence) a = middle
    else b = middle
  }
  return (a + b) / 2
}
