import { checkConfidence } from '../kaplan-meier/kaplan-meier.ts'
import { checkNames, strataOf } from '../log-rank/log-rank.ts'
import { type Cholesky, cholesky } from '../numeric/cholesky.ts'
import { chiSquaredUpper, normalQuantile, twoSided } from '../numeric/distributions.ts'
import { checkData, checkOneOf, StatisticsError, type SurvivalData } from '../survival-data.ts'
import { Likelihood, type SortedStratum, sortStratum, TIES, type Ties } from './risk-sums.ts'

export interface CoxOptions {
  /** How events of one time are handled. Default `efron`. */
  readonly ties?: Ties
  /** Stratum of each subject: each has a baseline hazard of its own. */
  readonly strata?: ArrayLike<number | string>
  /** Coverage of the confidence limits, default 0.95. */
  readonly confidence?: number
  /** Stops when the log likelihood changes by less than this part of itself, between 0 and 1. Default 1e-9, as in R. */
  readonly tolerance?: number
  /** A whole number above 0. Default 20. */
  readonly maxIterations?: number
}

export interface CoxTerm {
  readonly name: string
  /** Log hazard ratio for one unit more. NaN where the covariate follows from others or never varies. */
  readonly coefficient: number
  readonly standardError: number
  readonly hazardRatio: number
  /** Limits of the hazard ratio. */
  readonly lower: number
  readonly upper: number
  readonly z: number
  readonly pValue: number
  /** The estimate runs away: some covariate separates those with the event from all others at risk. Do not use it. */
  readonly mayBeInfinite: boolean
}

export interface ChiSquaredTest {
  readonly chiSquared: number
  readonly degreesOfFreedom: number
  readonly pValue: number
}

export interface CoxModel {
  readonly terms: readonly CoxTerm[]
  /** Of the estimates, in the order of the terms; 0 where a term could not be estimated. */
  readonly covariance: readonly Float64Array[]
  /** Log partial likelihood without and with the covariates. */
  readonly logLikelihood: { readonly none: number; readonly model: number }
  readonly likelihoodRatio: ChiSquaredTest
  readonly wald: ChiSquaredTest
  readonly score: ChiSquaredTest
  readonly subjects: number
  readonly events: number
  readonly iterations: number
  readonly converged: boolean
}

/**
 * Cox's proportional hazards model: hazard ratios with confidence limits, for right-censored times, with delayed entry and strata.
 *
 * Covariates are numbers, one list for each name; a category is given as one 0/1 list for each of its levels but one. Centred and scaled inside, so that
 * their units do not matter for the precision. Maximum by Newton's method with halved steps.
 * Sources: Cox 1972; Breslow 1974; Efron 1977 (doi:10.1080/01621459.1977.10480613); Therneau and Grambsch 2000, chapter 3; agrees with R's `coxph`.
 * @throws StatisticsError for data without events, covariates of another length or that are not numbers, and options that are none
 */
export function cox(data: SurvivalData, covariates: { readonly [name: string]: ArrayLike<number> }, options: CoxOptions = {}): CoxModel {
  const { ties = 'efron', strata, confidence = 0.95, tolerance = 1e-9, maxIterations = 20 } = options
  checkData(data)
  checkConfidence(confidence)
  checkOptions(ties, tolerance, maxIterations)
  const names = Object.keys(covariates)
  const columns = names.map((name) => covariates[name]!)
  const n = data.time.length
  checkCovariates(names, columns, n)
  if (strata && strata.length !== n)
    throw new StatisticsError('length', `${n} times but ${strata.length} strata: give one for each subject`)
  if (strata) checkNames('stratum', strata)
  let events = 0
  for (let i = 0; i < n; i++) events += data.event[i]!
  if (events === 0) throw new StatisticsError('empty', 'no event was seen: there is nothing to compare')

  const { centre, scale } = standards(columns, n)
  const parts = strataOf(n, strata).map((rows) => sortStratum(data, rows, columns, centre, scale))
  const p = names.length
  const start = likelihoodAt(parts, new Float64Array(p), ties)
  const fit = maximise(parts, start, ties, tolerance, maxIterations)

  const factor = decompose(fit.likelihood)
  const dependent = new Set(factor.dependent)
  const inverse = factor.inverse()
  const covariance = inverse.map((row, j) => row.map((value, k) => value / (scale[j]! * scale[k]!)))
  const runaway = infinite(fit, inverse, tolerance)
  const q = normalQuantile((1 + confidence) / 2)
  const terms = names.map((name, j): CoxTerm => {
    const isDependent = dependent.has(j)
    const coefficient = isDependent ? Number.NaN : fit.beta[j]! / scale[j]!
    const standardError = isDependent ? Number.NaN : Math.sqrt(covariance[j]![j]!)
    const z = coefficient / standardError
    return {
      name,
      coefficient,
      standardError,
      hazardRatio: Math.exp(coefficient),
      lower: Math.exp(coefficient - q * standardError),
      upper: Math.exp(coefficient + q * standardError),
      z,
      pValue: isDependent ? Number.NaN : twoSided(z),
      mayBeInfinite: !isDependent && runaway[j]!,
    }
  })
  const degrees = p - dependent.size
  const test = (chiSquared: number): ChiSquaredTest => ({
    chiSquared,
    degreesOfFreedom: degrees,
    pValue: chiSquaredUpper(chiSquared, degrees),
  })
  return {
    terms,
    covariance,
    logLikelihood: { none: start.logLikelihood, model: fit.likelihood.logLikelihood },
    likelihoodRatio: test(2 * (fit.likelihood.logLikelihood - start.logLikelihood)),
    wald: test(dot(fit.beta, times(fit.likelihood, fit.beta))),
    score: test(dot(start.score, decompose(start).solve(start.score))),
    subjects: n,
    events,
    iterations: fit.iterations,
    converged: fit.converged,
  }
}

function checkOptions(ties: Ties, tolerance: number, maxIterations: number): void {
  checkOneOf('ties', ties, TIES)
  if (!(tolerance > 0 && tolerance < 1)) throw new StatisticsError('option', `tolerance ${tolerance}: give a number between 0 and 1`)
  if (!Number.isInteger(maxIterations) || maxIterations < 1)
    throw new StatisticsError('option', `maxIterations ${maxIterations}: give a whole number above 0`)
}

function checkCovariates(names: readonly string[], columns: readonly ArrayLike<number>[], n: number): void {
  if (names.length === 0) throw new StatisticsError('covariates', 'no covariates: give at least one')
  columns.forEach((column, j) => {
    if (column.length !== n)
      throw new StatisticsError('length', `${n} times but ${column.length} values of ${names[j]}: give one for each subject`)
    for (let i = 0; i < n; i++)
      if (!Number.isFinite(column[i]!))
        throw new StatisticsError('not-a-number', `${names[j]} of subject ${i} is ${column[i]}: leave the subject out, or give a value`)
  })
}

/** Mean of each covariate, and its mean distance from it (1 where it never varies). */
function standards(columns: readonly ArrayLike<number>[], n: number): { readonly centre: Float64Array; readonly scale: Float64Array } {
  const centre = new Float64Array(columns.length)
  const scale = new Float64Array(columns.length)
  columns.forEach((column, j) => {
    let sum = 0
    for (let i = 0; i < n; i++) sum += column[i]!
    const mean = sum / n
    let distance = 0
    for (let i = 0; i < n; i++) distance += Math.abs(column[i]! - mean)
    centre[j] = mean
    scale[j] = distance > 0 ? distance / n : 1
  })
  return { centre, scale }
}

function likelihoodAt(parts: readonly SortedStratum[], beta: Float64Array, ties: Ties): Likelihood {
  const likelihood = new Likelihood(beta.length)
  for (const part of parts) likelihood.add(part, beta, ties)
  return likelihood
}

interface Fit {
  readonly beta: Float64Array
  readonly likelihood: Likelihood
  readonly iterations: number
  readonly converged: boolean
}

function maximise(parts: readonly SortedStratum[], start: Likelihood, ties: Ties, tolerance: number, maxIterations: number): Fit {
  let beta = new Float64Array(start.p)
  let likelihood = start
  for (let iterations = 1; iterations <= maxIterations; iterations++) {
    const step = decompose(likelihood).solve(likelihood.score)
    let next = beta
    let reached: Likelihood | undefined
    for (let half = 1; half > 1e-6; half /= 2) {
      next = beta.map((value, j) => value + half * step[j]!)
      reached = likelihoodAt(parts, next, ties)
      if (reached.logLikelihood >= likelihood.logLikelihood - Math.abs(likelihood.logLikelihood) * 1e-14) break
      reached = undefined
    }
    if (reached === undefined) return { beta, likelihood, iterations, converged: true }
    // not as a quotient: a likelihood of 1 has the logarithm 0
    const isDone = Math.abs(reached.logLikelihood - likelihood.logLikelihood) <= tolerance * Math.abs(reached.logLikelihood)
    beta = next
    likelihood = reached
    if (isDone) return { beta, likelihood, iterations, converged: true }
  }
  return { beta, likelihood, iterations: maxIterations, converged: false }
}

/** As `coxph` finds a coefficient that may be infinite: the next step would still move it noticeably. */
function infinite({ beta, likelihood }: Fit, inverse: readonly Float64Array[], tolerance: number): readonly boolean[] {
  return Array.from(beta, (value, j) => {
    const next = Math.abs(dot(inverse[j]!, likelihood.score))
    return next > tolerance && next > Math.sqrt(tolerance) * Math.abs(value)
  })
}

function matrixOf({ p, information }: Likelihood): Float64Array[] {
  let c = 0
  return Array.from({ length: p }, (_, j) => {
    const row = new Float64Array(p)
    for (let l = 0; l <= j; l++) row[l] = information[c++]!
    return row
  })
}

const decompose = (likelihood: Likelihood): Cholesky => cholesky(matrixOf(likelihood), 1e-11)

function times(likelihood: Likelihood, x: Float64Array): Float64Array {
  const matrix = matrixOf(likelihood)
  return x.map((_, j) => x.reduce((sum, value, k) => sum + value * (k <= j ? matrix[j]![k]! : matrix[k]![j]!), 0))
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, j) => sum + value * b[j]!, 0)
