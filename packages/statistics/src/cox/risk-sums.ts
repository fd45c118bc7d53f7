import { orderOf } from '../numeric/order.ts'
import type { SurvivalData } from '../survival-data.ts'

export type Ties = 'efron' | 'breslow'
export const TIES: readonly Ties[] = ['efron', 'breslow']

/** One stratum, sorted from the last time to the first, covariates side by side for each subject. */
export interface SortedStratum {
  readonly size: number
  readonly time: Float64Array
  readonly event: Uint8Array
  /** `size` × `p`, subject after subject. */
  readonly x: Float64Array
  /** Subjects (places of this stratum) from the last entry to the first, with their entries; absent when all entered at the start. */
  readonly byEntry?: { readonly subject: Uint32Array; readonly entry: Float64Array }
}

export function sortStratum(
  { time, event, entry }: SurvivalData,
  rows: Uint32Array,
  columns: readonly ArrayLike<number>[],
  centre: Float64Array,
  scale: Float64Array,
): SortedStratum {
  const size = rows.length
  const p = columns.length
  const order = orderOf(Float64Array.from(rows, (i) => -time[i]!))
  const sorted = { size, time: new Float64Array(size), event: new Uint8Array(size), x: new Float64Array(size * p) }
  const entries = entry ? new Float64Array(size) : undefined
  for (let k = 0; k < size; k++) {
    const i = rows[order[k]!]!
    sorted.time[k] = time[i]!
    sorted.event[k] = event[i]!
    for (let j = 0; j < p; j++) sorted.x[k * p + j] = (columns[j]![i]! - centre[j]!) / scale[j]!
    if (entries) entries[k] = entry![i]!
  }
  if (!entries) return sorted
  const subject = orderOf(entries.map((value) => -value))
  return { ...sorted, byEntry: { subject, entry: Float64Array.from(subject, (k) => entries[k]!) } }
}

/** Log partial likelihood with its slope and curvature at some coefficients. */
export class Likelihood {
  readonly p: number
  logLikelihood = 0
  readonly score: Float64Array
  /** Lower triangle, row after row. */
  readonly information: Float64Array

  constructor(p: number) {
    this.p = p
    this.score = new Float64Array(p)
    this.information = new Float64Array((p * (p + 1)) / 2)
  }

  /**
   * Sums over the risk sets of one stratum, from the last time to the first: each subject enters the sums at the end of its follow-up and leaves
   * them where it entered observation. For tied events Efron's weights (0, 1/d, ... (d-1)/d of the dead leave) are summed in closed form.
   */
  add({ size, time, event, x, byEntry }: SortedStratum, beta: Float64Array, ties: Ties): void {
    const { p, score, information } = this
    const triangle = information.length
    const risk1 = new Float64Array(p)
    const risk2 = new Float64Array(triangle)
    const dead1 = new Float64Array(p)
    const dead2 = new Float64Array(triangle)
    const weight = new Float64Array(size)
    let risk0 = 0
    let left = 0
    for (let k = 0; k < size; ) {
      const t = time[k]!
      if (byEntry) {
        for (; left < size && byEntry.entry[left]! >= t; left++) {
          const i = byEntry.subject[left]!
          const w = weight[i]!
          risk0 -= w
          subtract(x, i * p, p, w, risk1, risk2)
        }
        // nobody is left: what rounding leaves behind must not grow
        if (left === k) {
          risk0 = 0
          risk1.fill(0)
          risk2.fill(0)
        }
      }
      let deaths = 0
      let dead0 = 0
      for (; k < size && time[k] === t; k++) {
        const at = k * p
        let eta = 0
        for (let j = 0; j < p; j++) eta += x[at + j]! * beta[j]!
        const w = Math.exp(eta)
        weight[k] = w
        risk0 += w
        let c = 0
        for (let j = 0; j < p; j++) {
          const wx = w * x[at + j]!
          risk1[j] = risk1[j]! + wx
          for (let l = 0; l <= j; l++) risk2[c] = risk2[c++]! + wx * x[at + l]!
        }
        if (event[k] !== 1) continue
        if (deaths === 0) {
          dead1.fill(0)
          dead2.fill(0)
        }
        deaths++
        dead0 += w
        this.logLikelihood += eta
        c = 0
        for (let j = 0; j < p; j++) {
          const xj = x[at + j]!
          const wx = w * xj
          score[j] = score[j]! + xj
          dead1[j] = dead1[j]! + wx
          for (let l = 0; l <= j; l++) dead2[c] = dead2[c++]! + wx * x[at + l]!
        }
      }
      if (deaths > 0) this.#events(deaths, ties === 'efron' ? dead0 : 0, risk0, risk1, risk2, dead1, dead2)
    }
  }

  #events(
    deaths: number,
    dead0: number,
    risk0: number,
    risk1: Float64Array,
    risk2: Float64Array,
    dead1: Float64Array,
    dead2: Float64Array,
  ): void {
    const { p, score, information } = this
    let a = 0
    let b = 0
    let aa = 0
    let ab = 0
    let bb = 0
    if (dead0 === 0 || deaths === 1) {
      a = deaths / risk0
      aa = deaths / (risk0 * risk0)
      this.logLikelihood -= deaths * Math.log(risk0)
    } else {
      for (let k = 0; k < deaths; k++) {
        const part = k / deaths
        const inverse = 1 / (risk0 - part * dead0)
        this.logLikelihood += Math.log(inverse)
        a += inverse
        b += part * inverse
        aa += inverse * inverse
        ab += part * inverse * inverse
        bb += part * part * inverse * inverse
      }
    }
    let c = 0
    for (let j = 0; j < p; j++) {
      const r = risk1[j]!
      const d = dead1[j]!
      score[j] = score[j]! - (r * a - d * b)
      for (let l = 0; l <= j; l++) {
        const rl = risk1[l]!
        const dl = dead1[l]!
        information[c] = information[c]! + risk2[c]! * a - dead2[c]! * b - (r * rl * aa - (r * dl + d * rl) * ab + d * dl * bb)
        c++
      }
    }
  }
}

function subtract(x: Float64Array, at: number, p: number, w: number, risk1: Float64Array, risk2: Float64Array): void {
  let c = 0
  for (let j = 0; j < p; j++) {
    const wx = w * x[at + j]!
    risk1[j] = risk1[j]! - wx
    for (let l = 0; l <= j; l++) risk2[c] = risk2[c++]! - wx * x[at + l]!
  }
}
