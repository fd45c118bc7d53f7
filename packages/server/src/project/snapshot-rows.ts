import { DAY_FACTS, type FactCell, SnapshotCells } from '@secondwind/compiler'
import { type DayNumber, earliestDay, type FactDefinition, type PatientCase } from '@secondwind/core'
import { CASE_ID, PROJECTED_ON, SITE, type SnapshotColumn, type SnapshotLayout, snapshotLayout } from './format.ts'

/** One value as the Parquet writer takes it: a date is its day number. */
export type Stored = boolean | number | string | null | readonly Stored[] | { readonly [field: string]: Stored }

/** Rows of snapshots while they are gathered, column by column. */
export class SnapshotRows {
  readonly layout: SnapshotLayout
  readonly data: Stored[][]
  readonly #cells: SnapshotCells
  /** The cells of the row before. */
  #before: readonly FactCell[] = []

  constructor(registry: readonly FactDefinition[]) {
    this.layout = snapshotLayout(registry)
    this.data = this.layout.columns.map(() => [])
    this.#cells = new SnapshotCells(
      this.layout.facts.map(({ column }) => column),
      DAY_FACTS,
    )
  }

  get size(): number {
    return this.data[CASE_ID]!.length
  }

  add(patientCase: PatientCase, site: string | null): void {
    const { data } = this
    data[CASE_ID]!.push(patientCase.patient)
    data[SITE]!.push(site)
    data[PROJECTED_ON]!.push(day(patientCase.asOf))
    // the cells stand in the order of the columns they were asked for
    const cells = this.#cells.of(patientCase)
    const before = this.#before
    this.#before = cells
    const { facts } = this.layout
    for (let at = 0; at < facts.length; at++) {
      const { column, value, on, freshUntil, follows } = facts[at]!
      const cell = cells[at]!
      if (cell === before[at]) {
        repeatLast(data[value]!)
        if (column.type === 'date') {
          repeatLast(data[value + 1]!)
          repeatLast(data[value + 2]!)
        }
        if (on >= 0) repeatLast(data[on]!)
        if (freshUntil >= 0) repeatLast(data[freshUntil]!)
        if (follows >= 0) repeatLast(data[follows]!)
        continue
      }
      this.#addValue(value, column.type, cell.value)
      if (on >= 0) data[on]!.push(cell.on === null ? null : day(cell.on))
      if (freshUntil >= 0) data[freshUntil]!.push(cell.freshUntil === null ? null : day(cell.freshUntil))
      if (follows >= 0) data[follows]!.push(cell.follows)
    }
  }

  #addValue(at: number, type: SnapshotLayout['facts'][number]['column']['type'], value: FactCell['value']): void {
    const { data } = this
    if (type === 'date') {
      const { first, last, never } = value as { readonly first: string | null; readonly last: string | null; readonly never: boolean }
      data[at]!.push(first === null ? null : day(first))
      data[at + 1]!.push(last === null ? null : day(last))
      data[at + 2]!.push(never)
      return
    }
    if (type !== 'rows' || value === null) {
      data[at]!.push(value as Stored)
      return
    }
    const { kind } = this.layout.columns[at]!
    const fields = typeof kind === 'object' ? kind.rows : []
    data[at]!.push((value as readonly { readonly [field: string]: unknown }[]).map((item) => storedItem(item, fields)))
  }
}

function repeatLast(column: Stored[]): void {
  column.push(column[column.length - 1]!)
}

/** A list item under the names of its columns: a date is three. */
function storedItem(item: { readonly [field: string]: unknown }, columns: readonly SnapshotColumn[]): Stored {
  const stored: { [field: string]: Stored } = {}
  for (const { name } of columns) {
    const part = /^(.*)_(first|last|never)$/.exec(name)
    const date = part === null || name in item ? undefined : (item[part[1]!] as { readonly [part: string]: string | boolean | null })
    if (date === undefined) stored[name] = (item[name] ?? null) as Stored
    else {
      const value = date[part![2]!]!
      stored[name] = typeof value === 'string' ? day(value) : value
    }
  }
  return stored
}

const DAYS = new Map<string, DayNumber>()

/** Days come again and again: each is worked out once. */
function day(iso: string): DayNumber {
  let known = DAYS.get(iso)
  if (known === undefined) {
    known = earliestDay(iso)
    if (known === undefined) throw new Error(`invariant: a snapshot holds ${iso} as a day`)
    if (DAYS.size > 200_000) DAYS.clear()
    DAYS.set(iso, known)
  }
  return known
}
