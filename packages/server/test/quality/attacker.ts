/**
 * Somebody who has all that was printed and wants what was hidden: linear programming over the sums of the tables. Written apart from the guard, with
 * another method.
 */

/** Σ coefficient × unknown = value. */
export interface Equation {
  readonly of: Map<string, number>
  readonly value: number
}

export interface Bounds {
  readonly lowest: number
  readonly highest: number
}

/** The least and the most that an unknown can be, given the equations and that every unknown is at least `least` of it. */
export function boundsOf(wanted: string, equations: readonly Equation[], least: (name: string) => number): Bounds {
  const names = [...new Set(equations.flatMap(({ of }) => [...of.keys()]))]
  if (!names.includes(wanted)) return { lowest: least(wanted), highest: Number.POSITIVE_INFINITY }
  // as distances from the least
  const rows = equations
    .filter(({ of }) => of.size > 0)
    .map(({ of, value }) => ({
      of: names.map((name) => of.get(name) ?? 0),
      value: value - names.reduce((sum, name) => sum + (of.get(name) ?? 0) * least(name), 0),
    }))
  const at = names.indexOf(wanted)
  const most = maximum(
    names.map((_, i) => (i === at ? 1 : 0)),
    rows,
  )
  const fewest = maximum(
    names.map((_, i) => (i === at ? -1 : 0)),
    rows,
  )
  return { lowest: least(wanted) - fewest, highest: least(wanted) + most }
}

interface Row {
  readonly of: readonly number[]
  readonly value: number
}

const NEARLY = 1e-7

/** The maximum of a linear goal under equations, all unknowns at least zero: the simplex method in two phases, by Bland's rule. */
function maximum(goal: readonly number[], rows: readonly Row[]): number {
  const n = goal.length
  const m = rows.length
  const table = rows.map(({ of, value }, i) => {
    const sign = value < 0 ? -1 : 1
    return [...of.map((x) => x * sign), ...rows.map((_, k) => (k === i ? 1 : 0)), value * sign]
  })
  const basis = rows.map((_, i) => n + i)
  const width = n + m + 1
  const solve = (costs: readonly number[], columns: number): number => {
    for (;;) {
      const price = (column: number): number => costs[column]! - basis.reduce((sum, b, i) => sum + (costs[b] ?? 0) * table[i]![column]!, 0)
      let enters = -1
      for (let column = 0; column < columns && enters < 0; column++) if (!basis.includes(column) && price(column) > NEARLY) enters = column
      if (enters < 0) return basis.reduce((sum, b, i) => sum + (costs[b] ?? 0) * table[i]![width - 1]!, 0)
      let leaves = -1
      for (let i = 0; i < m; i++) {
        if (table[i]![enters]! <= NEARLY) continue
        const ratio = table[i]![width - 1]! / table[i]![enters]!
        const best = leaves < 0 ? Number.POSITIVE_INFINITY : table[leaves]![width - 1]! / table[leaves]![enters]!
        if (ratio < best - NEARLY || (ratio < best + NEARLY && basis[i]! < basis[leaves]!)) leaves = i
      }
      if (leaves < 0) return Number.POSITIVE_INFINITY
      pivot(leaves, enters)
    }
  }
  const pivot = (row: number, column: number): void => {
    const scale = table[row]![column]!
    table[row] = table[row]!.map((x) => x / scale)
    for (let i = 0; i < m; i++) {
      const times = table[i]![column]!
      if (i !== row && Math.abs(times) > 1e-12) table[i] = table[i]!.map((x, k) => x - times * table[row]![k]!)
    }
    basis[row] = column
  }
  const feasible = solve([...goal.map(() => 0), ...rows.map(() => -1)], n + m)
  if (feasible < -1e-5) throw new Error('what is printed does not fit together')
  for (let i = 0; i < m; i++) {
    if (basis[i]! < n) continue
    const column = table[i]!.findIndex((x, k) => k < n && Math.abs(x) > NEARLY)
    if (column >= 0) pivot(i, column)
  }
  return solve([...goal, ...rows.map(() => 0)], n)
}
