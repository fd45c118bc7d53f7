import { type Cell, hiddenCells, type SumTable } from '../quality/suppress.ts'

/** What stands for a number that is not shown. */
export const HIDDEN = '*'

/** So many patients. */
export interface Counted {
  readonly count: number
}

/** Which numbers of a population may be shown. */
export interface ShownCounts {
  /** Null: hidden. */
  readonly patients: number | null
  /** The number of a group that was named; null: hidden. */
  of(group: Counted): number | null
  /** The same as text. */
  text(group: Counted): string
}

/**
 * Which of the counts of groups among so many patients may be shown: none below the limit, and none that tells one, for what is left of the patients is
 * a group as well. The groups of a row have nobody in common; `others` stand outside the cohort. `limit` 0 hides nothing. Options and rules overlap in
 * ways that no sum says: that is left to who publishes.
 */
export function shownCounts(
  patients: number,
  rows: readonly (readonly Counted[])[],
  limit: number,
  others: readonly Counted[] = [],
): ShownCounts {
  // everything else is a part of the cohort: rather a part is hidden
  const cohort: Cell = { key: 'cohort', size: patients, people: patients, worth: 5 }
  const cells = new Map<Counted, Cell>()
  const cellOf = (group: Counted): Cell => {
    const cell = { key: `group ${cells.size}`, size: group.count, people: group.count }
    cells.set(group, cell)
    return cell
  }
  const tables: SumTable[] = rows.map((groups, row): SumTable => {
    const parts = groups.map(cellOf)
    const left = patients - parts.reduce((sum, { size }) => sum + size, 0)
    return [{ total: cohort, parts: [...parts, { key: `left ${row}`, size: left, people: left, isUnlisted: true }] }]
  })
  for (const group of others) {
    const cell = cellOf(group)
    tables.push([{ total: { ...cell, key: `${cell.key} alone`, isUnlisted: true }, parts: [cell] }])
  }
  const hidden = hiddenCells(tables, limit)
  const of = (group: Counted): number | null => {
    const cell = cells.get(group)
    if (cell === undefined) throw new Error('invariant: only groups that were named are shown')
    return hidden.has(cell.key) ? null : cell.size
  }
  return {
    patients: (limit > 0 && patients > 0 && patients < limit) || hidden.has(cohort.key) ? null : patients,
    of,
    text: (group) => String(of(group) ?? HIDDEN),
  }
}
