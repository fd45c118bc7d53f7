/**
 * Which counts may be shown. A count of fewer people than the limit (and not zero) is hidden, and with it whatever would let somebody work it out again from the
 * counts that are shown.
 */

/** A group of subjects whose number is to be shown. Groups of the same subjects share one name: where one is hidden, so is the other. */
export interface Cell {
  readonly key: string
  readonly size: number
  /** Different patients among them: below the limit the group is small, however many visits they made. */
  readonly people: number
}

/** One count is the sum of others: a row with its total, a column with its total. */
export interface Sum {
  readonly total: Cell
  readonly parts: readonly Cell[]
}

/**
 * The keys of the groups to hide. `limit` 0 hides nothing; a group of nobody is never hidden.
 *
 * First every group below the limit. Then, until nothing changes: a sum in which exactly one number is hidden gives it away, and so does one whose
 * hidden parts together stay below the limit; the smallest number that is shown is hidden beside them. Last, the sums together may fix a hidden number
 * that none of them gives away alone: they are solved as equations, and what comes out is hidden better.
 */
export function hiddenCells(sums: readonly Sum[], limit: number): ReadonlySet<string> {
  const hidden = new Set<string>()
  if (limit <= 0) return hidden
  const cells = new Map<string, Cell>()
  for (const { total, parts } of sums) for (const cell of [total, ...parts]) if (cell.size > 0) cells.set(cell.key, cell)
  for (const { key, people } of cells.values()) if (people < limit) hidden.add(key)
  const real = sums.map(asEquation).filter((sum) => sum.parts.length > 0)
  for (;;) {
    for (let isChanged = true; isChanged; ) {
      isChanged = false
      for (const sum of real) if (protect(sum, hidden, limit)) isChanged = true
    }
    const given = solvable(real, hidden)
    if (given.size === 0) return hidden
    if (!hideBeside(real, given, hidden)) return hidden
  }
}

/** Without groups of nobody, and without what stands on both sides. */
function asEquation({ total, parts }: Sum): Sum {
  const own = parts.filter(({ size, key }) => size > 0 && key !== total.key)
  return { total, parts: own }
}

const smallest = (cells: readonly Cell[]): Cell | undefined =>
  cells.reduce<Cell | undefined>(
    (best, cell) => (best === undefined || cell.size < best.size || (cell.size === best.size && cell.key < best.key) ? cell : best),
    undefined,
  )

/** Hides one more number of a sum where that is needed; whether it was. */
function protect({ total, parts }: Sum, hidden: Set<string>, limit: number): boolean {
  const open = parts.filter(({ key }) => !hidden.has(key))
  const closed = parts.filter(({ key }) => hidden.has(key))
  const isTotalHidden = hidden.has(total.key)
  const count = new Set(closed.map(({ key }) => key)).size + (isTotalHidden ? 1 : 0)
  if (count === 0) return false
  // the hidden parts are a group of their own, known from what is shown
  const together = closed.reduce((sum, { size }) => sum + size, 0)
  const isTold = count === 1 || (!isTotalHidden && together < limit)
  if (!isTold) return false
  const next = smallest(open) ?? (isTotalHidden ? undefined : total)
  if (next === undefined) return false
  hidden.add(next.key)
  return true
}

/** Modulo a prime: exact where floats are not. */
const PRIME = 1_000_003

/** The hidden numbers that the sums fix when taken together. */
function solvable(sums: readonly Sum[], hidden: ReadonlySet<string>): ReadonlySet<string> {
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

/**
 * Hides the smallest shown number of the sums that hold a number which is still given away; where all of these are hidden, of the sums that hold any
 * hidden number: it came out of several of them. False where nothing is left to hide.
 */
function hideBeside(sums: readonly Sum[], given: ReadonlySet<string>, hidden: Set<string>): boolean {
  const shownBeside = (keys: ReadonlySet<string>): Cell | undefined =>
    smallest(
      sums
        .filter(({ total, parts }) => [total, ...parts].some(({ key }) => keys.has(key)))
        .flatMap(({ total, parts }) => [...parts, total])
        .filter(({ key, size }) => size > 0 && !hidden.has(key)),
    )
  const next = shownBeside(given) ?? shownBeside(hidden)
  if (next === undefined) return false
  hidden.add(next.key)
  return true
}
