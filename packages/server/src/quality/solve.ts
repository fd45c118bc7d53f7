import type { Sum } from './suppress.ts'

/** Modulo a prime: exact where floats are not. */
const PRIME = 1_000_003

/** The hidden numbers that the sums fix when taken together. */
export function solvable(sums: readonly Sum[], hidden: ReadonlySet<string>): ReadonlySet<string> {
  const names = [...hidden]
  const at = new Map(names.map((key, i) => [key, i]))
  const rows = sums.flatMap(({ total, parts }) => {
    const row = new Map<number, number>()
    const add = (key: string, by: number): void => {
      const column = at.get(key)
      if (column !== undefined) row.set(column, ((((row.get(column) ?? 0) + by) % PRIME) + PRIME) % PRIME)
    }
    add(total.key, PRIME - 1)
    for (const { key } of parts) add(key, 1)
    for (const [column, value] of row) if (value === 0) row.delete(column)
    return row.size > 0 ? [row] : []
  })
  const fixed = new Set<string>()
  for (const part of connected(rows)) for (const [column, row] of eliminate(part)) if (row.size === 1) fixed.add(names[column]!)
  return fixed
}

/** Rows that share no unknown need not be solved together. */
function connected(rows: readonly Map<number, number>[]): Iterable<readonly Map<number, number>[]> {
  const parent = new Map<number, number>()
  const find = (column: number): number => {
    let at = column
    for (let up = parent.get(at); up !== undefined; up = parent.get(at)) at = up
    if (at !== column) parent.set(column, at)
    return at
  }
  for (const row of rows) {
    const [first, ...others] = row.keys()
    for (const other of others) {
      const [a, b] = [find(first!), find(other)]
      if (a !== b) parent.set(a, b)
    }
  }
  return Map.groupBy(rows, (row) => find(row.keys().next().value!)).values()
}

/** Reduced row echelon form, sparse. */
function eliminate(rows: readonly Map<number, number>[]): ReadonlyMap<number, Map<number, number>> {
  const pivots = new Map<number, Map<number, number>>()
  for (const given of rows) {
    const row = new Map(given)
    // pivots hold no other pivot's column: one pass over the row will do
    for (const column of [...row.keys()]) {
      const pivot = pivots.get(column)
      if (pivot) subtract(row, pivot, row.get(column)!)
    }
    const first = row.keys().next()
    if (first.done) continue
    const scale = inverse(row.get(first.value)!)
    for (const [column, value] of row) row.set(column, (value * scale) % PRIME)
    for (const pivot of pivots.values()) if (pivot.has(first.value)) subtract(pivot, row, pivot.get(first.value)!)
    pivots.set(first.value, row)
  }
  return pivots
}

function subtract(from: Map<number, number>, row: ReadonlyMap<number, number>, times: number): void {
  for (const [column, value] of row) {
    const left = ((((from.get(column) ?? 0) - times * value) % PRIME) + PRIME) % PRIME
    if (left === 0) from.delete(column)
    else from.set(column, left)
  }
}

/** Fermat. */
function inverse(value: number): number {
  let result = 1
  let base = value % PRIME
  for (let power = PRIME - 2; power > 0; power = Math.floor(power / 2)) {
    if (power % 2 === 1) result = (result * base) % PRIME
    base = (base * base) % PRIME
  }
  return result
}
