import { cholesky } from '../numeric/cholesky.ts'
import { chiSquaredUpper } from '../numeric/distributions.ts'
import { orderOf } from '../numeric/order.ts'
import { checkData, StatisticsError, type SurvivalData } from '../survival-data.ts'

export interface LogRankOptions {
  /** Weight S(t)^rho of each event: 0 is the log-rank test, 1 the Peto and Peto test, which weighs early differences more. 0 or above, default 0. */
  readonly rho?: number
  /** Stratum of each subject: groups are compared within strata only. */
  readonly strata?: ArrayLike<number | string>
}

export interface LogRank {
  /** Groups in order, with the number of subjects, and (weighted) events seen and expected if all groups were alike. */
  readonly groups: readonly {
    readonly group: number | string
    readonly subjects: number
    readonly observed: number
    readonly expected: number
  }[]
  readonly chiSquared: number
  /**
   * Comparisons that the data can make: the rank of the variance of seen minus expected. One less than the groups, unless some were never at risk
   * together with others when an event was seen (groups that share no stratum, or no time).
   */
  readonly degreesOfFreedom: number
  readonly pValue: number
}

/**
 * Whether the survival of two or more groups differs: the G-rho family of tests, stratified where asked, with delayed entry where given.
 *
 * Ties: the hypergeometric variance of all events of one time. `rho` weighs by the pooled survival just before the time, as R's `survdiff`.
 * Sources: Mantel 1966; Peto and Peto 1972 (doi:10.2307/2344317); Harrington and Fleming 1982 (doi:10.1093/biomet/69.3.553).
 * @throws StatisticsError for fewer than two groups, groups or options that are none, and (`nothing-to-compare`) where no event was seen while two groups were
 * at risk: a p-value of such data would say something of nothing
 */
export function logRank(data: SurvivalData, group: ArrayLike<number | string>, { rho = 0, strata }: LogRankOptions = {}): LogRank {
  checkData(data)
  const n = data.time.length
  if (group.length !== n) throw new StatisticsError('length', `${n} times but ${group.length} groups: give one for each subject`)
  if (strata && strata.length !== n)
    throw new StatisticsError('length', `${n} times but ${strata.length} strata: give one for each subject`)
  if (!(rho >= 0 && Number.isFinite(rho))) throw new StatisticsError('option', `rho ${rho}: give 0 or a number above`)
  checkNames('group', group)
  if (strata) checkNames('stratum', strata)
  const { names, codes } = coded(group)
  const g = names.length
  if (g < 2) throw new StatisticsError('groups', `only one group (${names.join()}): there is nothing to compare`)
  const observed = new Float64Array(g)
  const expected = new Float64Array(g)
  const variance = Array.from({ length: g }, () => new Float64Array(g))
  const subjects = new Float64Array(g)
  for (let i = 0; i < n; i++) subjects[codes[i]!] = subjects[codes[i]!]! + 1

  for (const rows of strataOf(n, strata)) addStratum(data, rows, codes, rho, observed, expected, variance)

  // the last group follows from the others; a group with nothing expected says nothing
  const free = names.map((_, k) => k).filter((k) => expected[k]! > 0)
  const used = free.slice(0, -1)
  const difference = Float64Array.from(used, (k) => observed[k]! - expected[k]!)
  const matrix = used.map((j) => Float64Array.from(used, (k) => variance[j]![k]!))
  const factor = cholesky(matrix, SINGULAR)
  const degreesOfFreedom = used.length - factor.dependent.length
  if (degreesOfFreedom < 1)
    throw new StatisticsError(
      'nothing-to-compare',
      'no event was seen while two groups were at risk and somebody stayed without it: compare groups that were observed at the same times',
    )
  // what depends on others adds nothing to the sum
  const solved = factor.solve(difference)
  const chiSquared = solved.reduce((sum, value, k) => sum + value * difference[k]!, 0)
  return {
    groups: names.map((name, k) => ({ group: name, subjects: subjects[k]!, observed: observed[k]!, expected: expected[k]! })),
    chiSquared,
    degreesOfFreedom,
    pValue: chiSquaredUpper(chiSquared, degreesOfFreedom),
  }
}

/** A variance below this part of the largest is one that rounding has left. */
const SINGULAR = 1e-10

export function checkNames(what: string, names: ArrayLike<number | string>): void {
  for (let i = 0; i < names.length; i++) {
    const name: unknown = names[i]
    if (typeof name !== 'string' && (typeof name !== 'number' || Number.isNaN(name)))
      throw new StatisticsError('groups', `${what} ${i} is ${String(name)}: leave the subject out or give its ${what}`)
  }
}

/** Adds the sums of one stratum. */
function addStratum(
  { time, event, entry }: SurvivalData,
  rows: Uint32Array,
  codes: Uint32Array,
  rho: number,
  observed: Float64Array,
  expected: Float64Array,
  variance: readonly Float64Array[],
): void {
  const g = observed.length
  const size = rows.length
  const order = orderOf(Float64Array.from(rows, (i) => time[i]!))
  const entries = entry ? orderOf(Float64Array.from(rows, (i) => entry[i]!)) : undefined
  const atRisk = new Float64Array(g)
  if (!entries) for (const i of rows) atRisk[codes[i]!] = atRisk[codes[i]!]! + 1
  const dead = new Float64Array(g)
  const left = new Float64Array(g)
  let entered = 0
  let survival = 1
  for (let k = 0; k < size; ) {
    const t = time[rows[order[k]!]!]!
    if (entries)
      while (entered < size && entry![rows[entries[entered]!]!]! < t) {
        const code = codes[rows[entries[entered++]!]!]!
        atRisk[code] = atRisk[code]! + 1
      }
    dead.fill(0)
    left.fill(0)
    let d = 0
    for (; k < size && time[rows[order[k]!]!] === t; k++) {
      const i = rows[order[k]!]!
      const code = codes[i]!
      left[code] = left[code]! + 1
      if (event[i] === 1) {
        dead[code] = dead[code]! + 1
        d++
      }
    }
    if (d > 0) {
      let total = 0
      for (let a = 0; a < g; a++) total += atRisk[a]!
      const weight = rho === 0 ? 1 : survival ** rho
      const spread = total > 1 ? (weight * weight * d * (total - d)) / (total - 1) / (total * total) : 0
      for (let a = 0; a < g; a++) {
        observed[a] = observed[a]! + weight * dead[a]!
        expected[a] = expected[a]! + (weight * d * atRisk[a]!) / total
        const row = variance[a]!
        row[a] = row[a]! + spread * atRisk[a]! * total
        for (let b = 0; b < g; b++) row[b] = row[b]! - spread * atRisk[a]! * atRisk[b]!
      }
      survival *= (total - d) / total
    }
    for (let a = 0; a < g; a++) atRisk[a] = atRisk[a]! - left[a]!
  }
}

function coded(group: ArrayLike<number | string>): { readonly names: readonly (number | string)[]; readonly codes: Uint32Array } {
  const names = [...new Set(Array.from(group))].sort((a, b) =>
    typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1,
  )
  const place = new Map(names.map((name, k) => [name, k]))
  return { names, codes: Uint32Array.from({ length: group.length }, (_, i) => place.get(group[i]!)!) }
}

/** The subjects of each stratum. */
export function strataOf(n: number, strata: ArrayLike<number | string> | undefined): readonly Uint32Array[] {
  if (!strata) return [Uint32Array.from({ length: n }, (_, i) => i)]
  const rows = new Map<number | string, number[]>()
  for (let i = 0; i < n; i++) {
    const known = rows.get(strata[i]!)
    if (known) known.push(i)
    else rows.set(strata[i]!, [i])
  }
  return [...rows.values()].map((list) => Uint32Array.from(list))
}
