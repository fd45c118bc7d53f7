/** A symmetric matrix as rows; only the lower triangle is read. */
export type Matrix = readonly Float64Array[]

export interface Cholesky {
  /** Positions of rows that depend on earlier ones: their coefficient cannot be estimated. */
  readonly dependent: readonly number[]
  /** Solves A x = b; dependent positions get 0. */
  solve(b: ArrayLike<number>): Float64Array
  /** The inverse, with rows and columns of dependent positions 0. */
  inverse(): Float64Array[]
}

/**
 * Cholesky decomposition of a positive semidefinite matrix. A pivot below `tolerance` times the largest diagonal element marks its row as dependent,
 * as in R's survival package (`cholesky2`), which the reference results come from.
 */
export function cholesky(a: Matrix, tolerance = 1e-13): Cholesky {
  const n = a.length
  const l = a.map((row) => Float64Array.from(row))
  let largest = 0
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(a[i]![i]!))
  const floor = largest * tolerance
  const dependent: number[] = []
  const isFree = new Uint8Array(n)
  for (let j = 0; j < n; j++) {
    let pivot = a[j]![j]!
    for (let k = 0; k < j; k++) if (!isFree[k]) pivot -= l[j]![k]! ** 2
    if (!(pivot > floor)) {
      dependent.push(j)
      isFree[j] = 1
      continue
    }
    const root = Math.sqrt(pivot)
    l[j]![j] = root
    for (let i = j + 1; i < n; i++) {
      let sum = a[i]![j]!
      for (let k = 0; k < j; k++) if (!isFree[k]) sum -= l[i]![k]! * l[j]![k]!
      l[i]![j] = sum / root
    }
  }
  const solve = (b: ArrayLike<number>): Float64Array => {
    const x = Float64Array.from(b)
    for (let i = 0; i < n; i++) {
      if (isFree[i]) {
        x[i] = 0
        continue
      }
      for (let k = 0; k < i; k++) if (!isFree[k]) x[i] = x[i]! - l[i]![k]! * x[k]!
      x[i] = x[i]! / l[i]![i]!
    }
    for (let i = n - 1; i >= 0; i--) {
      if (isFree[i]) continue
      for (let k = i + 1; k < n; k++) if (!isFree[k]) x[i] = x[i]! - l[k]![i]! * x[k]!
      x[i] = x[i]! / l[i]![i]!
    }
    return x
  }
  const inverse = (): Float64Array[] =>
    Array.from({ length: n }, (_, j) => {
      const unit = new Float64Array(n)
      if (!isFree[j]) unit[j] = 1
      return solve(unit)
    })
  return { dependent, solve, inverse }
}
