import type { FactColumn } from '@secondwind/compiler'
import { type CodedFact, type DayNumber, type Fact, type FactValue, isoDay, type ListItem } from '@secondwind/core'
import type { FactPlaces, SnapshotColumn } from './format.ts'
import type { ColumnValues } from './snapshot-columns.ts'

/** One fact of many cases while its columns are read, as `CaseTableBuilder` takes it. */
export class FactCoder {
  readonly places: FactPlaces
  /** Names of the columns to read. */
  readonly names: readonly string[]
  readonly #columns: readonly SnapshotColumn[]
  readonly #codes: Uint32Array
  readonly #values: FactValue[] = []
  readonly #placeOf = new Map<unknown, number>()
  #stale: Uint8Array | undefined

  constructor(places: FactPlaces, columns: readonly SnapshotColumn[], size: number) {
    this.places = places
    this.#columns = columns
    this.#codes = new Uint32Array(size)
    const width = places.column.type === 'date' ? 3 : 1
    const at = [...Array.from({ length: width }, (_, i) => places.value + i), places.freshUntil, places.follows]
    this.names = at.filter((one) => one >= 0).map((one) => columns[one]!.name)
  }

  coded(): CodedFact {
    return this.#stale ? { values: this.#values, codes: this.#codes, stale: this.#stale } : { values: this.#values, codes: this.#codes }
  }

  /** The columns of one file, whose first row is row `from` of all. */
  take(columns: ReadonlyMap<string, ColumnValues>, from: number, rows: number, asOf: DayNumber): void {
    const read = this.reader(columns)
    const until = this.places.freshUntil < 0 ? undefined : columns.get(this.#columns[this.places.freshUntil]!.name)
    for (let row = 0; row < rows; row++) {
      const value = read(row)
      if (value === undefined) continue
      const day = until?.[row] as DayNumber | null | undefined
      this.put(from + row, value, day !== null && day !== undefined && day < asOf)
    }
  }

  put(row: number, value: FactValue, isStale: boolean): void {
    // rows of one file with the same list share it
    let place = this.#placeOf.get(value)
    if (place === undefined) {
      const key = typeof value === 'object' ? JSON.stringify(value) : value
      place = this.#placeOf.get(key)
      if (place === undefined) {
        place = this.#values.push(value)
        this.#placeOf.set(key, place)
      }
      if (typeof value === 'object') this.#placeOf.set(value, place)
    }
    this.#codes[row] = place
    if (isStale) {
      this.#stale ??= new Uint8Array(this.#codes.length)
      this.#stale[row] = 1
    }
  }

  /** The value of a row as the fact has it; undefined while unknown. */
  reader(columns: ReadonlyMap<string, ColumnValues>): (row: number) => FactValue | undefined {
    const { value: at, column } = this.places
    const values = columns.get(this.#columns[at]!.name)
    if (values === undefined) return () => undefined
    if (column.type === 'date') {
      const [last, never] = [1, 2].map((next) => columns.get(this.#columns[at + next]!.name))
      return (row) => dateOf(values[row], last?.[row], never?.[row])
    }
    if (column.type === 'number') return (row) => numberOf(values[row])
    if (column.type === 'rows') {
      const read = new Map<unknown, FactValue | undefined>()
      return (row) => {
        const list = values[row]
        if (!read.has(list)) read.set(list, itemsOf(list, column))
        return read.get(list)
      }
    }
    return (row) => (values[row] ?? undefined) as FactValue | undefined
  }

  /** The fact of a row as formulas take it: known with what is needed of it, or undefined. */
  fact(columns: ReadonlyMap<string, ColumnValues>, asOf: DayNumber): (row: number) => Fact | undefined {
    const read = this.reader(columns)
    const until = this.places.freshUntil < 0 ? undefined : columns.get(this.#columns[this.places.freshUntil]!.name)
    return (row) => {
      const value = read(row)
      if (value === undefined) return undefined
      const day = until?.[row] as DayNumber | null | undefined
      return day !== null && day !== undefined && day < asOf ? { value, sources: [], stale: true } : { value, sources: [] }
    }
  }
}

const numberOf = (value: unknown): FactValue | undefined =>
  typeof value !== 'number' ? undefined : value === Number.POSITIVE_INFINITY ? 'never' : value

const RANGES = new Map<number, string>()

/** A date as it was written: the days it can mean are those of a day, of a month or of a year. */
function dateOf(first: unknown, last: unknown, never: unknown): string | undefined {
  if (never === true) return 'never'
  if (typeof first !== 'number' || typeof last !== 'number') return undefined
  const key = first * 1024 + (last - first)
  let written = RANGES.get(key)
  if (written === undefined) {
    const day = isoDay(first)
    written = first === last ? day : last - first > 31 ? day.slice(0, 4) : day.slice(0, 7)
    if (RANGES.size > 200_000) RANGES.clear()
    RANGES.set(key, written)
  }
  return written
}

function itemsOf(value: unknown, { fields }: FactColumn): FactValue | undefined {
  if (!Array.isArray(value)) return undefined
  return (value as readonly { readonly [column: string]: unknown }[]).map((item) => {
    const read: { [field: string]: ListItem[string] } = {}
    for (const { field, type } of fields) {
      const one =
        type === 'date'
          ? dateOf(item[`${field}_first`], item[`${field}_last`], item[`${field}_never`])
          : type === 'number'
            ? numberOf(item[field])
            : item[field]
      if (one !== undefined && one !== null) read[field] = one as ListItem[string]
    }
    return read
  })
}
