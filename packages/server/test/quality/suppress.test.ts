import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Cell, hiddenCells, type Sum } from '../../src/quality/suppress.ts'

const LIMIT = 11
const cell = (key: string, size: number, people = size): Cell => ({ key, size, people })

/** A table of counts with the totals of its rows and columns, and the sums a reader can check. */
function tableOf(counts: readonly (readonly number[])[]): { readonly sums: readonly Sum[]; readonly cells: readonly Cell[] } {
  const rows = counts.map((row, r) => row.map((size, c) => cell(`${r} ${c}`, size)))
  const sum = (list: readonly Cell[]): number => list.reduce((total, { size }) => total + size, 0)
  const columns = (counts[0] ?? []).map((_, c) => rows.map((row) => row[c]!))
  const rowTotals = rows.map((row, r) => cell(`row ${r}`, sum(row)))
  const columnTotals = columns.map((column, c) => cell(`column ${c}`, sum(column)))
  const all = cell('all', sum(rowTotals))
  return {
    cells: [...rows.flat(), ...rowTotals, ...columnTotals, all],
    sums: [
      ...rows.map((parts, r) => ({ total: rowTotals[r]!, parts })),
      ...columns.map((parts, c) => ({ total: columnTotals[c]!, parts })),
      { total: all, parts: rowTotals },
      { total: all, parts: columnTotals },
    ],
  }
}

/** Whether some other whole numbers fit everything that is shown: what an attacker with pen and paper looks for. Tries shifts of one along the hidden cells. */
function couldBeAnother(sums: readonly Sum[], hidden: ReadonlySet<string>, wanted: string): boolean {
  const names = [...hidden]
  const index = new Map(names.map((key, i) => [key, i]))
  // a change of the hidden numbers that every sum allows, and that moves the wanted one: found by solving over rationals
  const rows = sums
    .map(({ total, parts }) => {
      const row = new Array<number>(names.length).fill(0)
      for (const { key } of parts) if (index.has(key)) row[index.get(key)!]! += 1
      if (index.has(total.key)) row[index.get(total.key)!]! -= 1
      return row
    })
    .filter((row) => row.some((value) => value !== 0))
  const target = new Array<number>(names.length).fill(0)
  target[index.get(wanted)!] = 1
  return rank([...rows, target]) > rank(rows)
}

function rank(matrix: readonly (readonly number[])[]): number {
  const rows = matrix.map((row) => [...row])
  let found = 0
  for (let column = 0; column < (rows[0]?.length ?? 0); column++) {
    const pivot = rows.findIndex((row, i) => i >= found && Math.abs(row[column]!) > 1e-9)
    if (pivot < 0) continue
    ;[rows[found], rows[pivot]] = [rows[pivot]!, rows[found]!]
    for (let i = 0; i < rows.length; i++) {
      if (i === found) continue
      const times = rows[i]![column]! / rows[found]![column]!
      if (times !== 0) for (let k = column; k < rows[i]!.length; k++) rows[i]![k]! -= times * rows[found]![k]!
    }
    found++
  }
  return found
}

describe('what is small is hidden, and nothing shown gives it away', () => {
  test('a small number beside a total takes the next smallest with it', () => {
    const sums: readonly Sum[] = [{ total: cell('all', 100), parts: [cell('a', 5), cell('b', 30), cell('c', 65)] }]
    expect([...hiddenCells([sums], LIMIT)].sort()).toEqual(['a', 'b'])
  })

  test('two small numbers whose sum is small are not left alone with each other', () => {
    const sums: readonly Sum[] = [{ total: cell('all', 90), parts: [cell('a', 1), cell('b', 2), cell('c', 40), cell('d', 47)] }]
    // 90 - 40 - 47 = 3 would say that three people are in a or b
    expect(hiddenCells([sums], LIMIT).has('c')).toBe(true)
  })

  test('two small numbers whose sum is large enough hide each other', () => {
    const sums: readonly Sum[] = [{ total: cell('all', 90), parts: [cell('a', 8), cell('b', 9), cell('c', 73)] }]
    expect([...hiddenCells([sums], LIMIT)].sort()).toEqual(['a', 'b'])
  })

  test('nothing is small: everything is shown', () => {
    const sums: readonly Sum[] = [{ total: cell('all', 90), parts: [cell('a', 11), cell('b', 0), cell('c', 79)] }]
    expect(hiddenCells([sums], LIMIT).size).toBe(0)
  })

  test('nobody is not a small number of people', () => {
    expect(hiddenCells([[{ total: cell('all', 50), parts: [cell('a', 0), cell('b', 50)] }]], LIMIT).size).toBe(0)
  })

  test('a limit of 0 hides nothing', () => {
    expect(hiddenCells([[{ total: cell('all', 6), parts: [cell('a', 1), cell('b', 5)] }]], 0).size).toBe(0)
  })

  test('thirty visits of two people are a small number', () => {
    const sums: readonly Sum[] = [{ total: cell('all', 130, 60), parts: [cell('a', 30, 2), cell('b', 60, 30), cell('c', 40, 28)] }]
    expect([...hiddenCells([sums], LIMIT)].sort()).toEqual(['a', 'c'])
  })

  test('the same group in two tables is hidden in both', () => {
    const sums: readonly Sum[] = [
      { total: cell('all', 40), parts: [cell('few', 4), cell('rest', 36)] },
      { total: cell('rest', 36), parts: [cell('x', 16), cell('y', 20)] },
    ]
    const hidden = hiddenCells([sums], LIMIT)
    expect(hidden.has('few')).toBe(true)
    expect(hidden.has('rest') || hidden.has('all')).toBe(true)
    // x and y are 36 together: whoever sees both has the rest again, and with the total the few
    if (!hidden.has('all')) expect(hidden.has('x') || hidden.has('y')).toBe(true)
  })

  test('in any table of rows and columns no hidden number can be solved for', () => {
    const counts = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 2, max: 5 })).chain(([rows, columns]) =>
      fc.array(
        fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 14 }), fc.integer({ min: 11, max: 400 })), {
          minLength: columns,
          maxLength: columns,
        }),
        {
          minLength: rows,
          maxLength: rows,
        },
      ),
    )
    fc.assert(
      fc.property(counts, (given) => {
        const { sums, cells } = tableOf(given)
        const hidden = hiddenCells([sums], LIMIT)
        for (const { key, size } of cells) {
          if (size === 0) expect(hidden.has(key), `${key} is empty`).toBe(false)
          else if (size < LIMIT) expect(hidden.has(key), `${key} is ${size}`).toBe(true)
        }
        // a row of one number is its own total: the two hidden ones stand for each other
        for (const key of hidden) expect(couldBeAnother(sums, hidden, key), key).toBe(true)
        for (const { total, parts } of sums) {
          const closed = parts.filter((part) => hidden.has(part.key))
          const together = closed.reduce((sum, { size }) => sum + size, 0)
          if (closed.length > 0 && !hidden.has(total.key)) expect(together).toBeGreaterThanOrEqual(LIMIT)
        }
      }),
      { seed: 20261123, numRuns: 500 },
    )
  })
})
