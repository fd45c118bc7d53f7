import type { Fact, FactDefinition, FactValue } from '../facts/index.ts'
import { isKnown } from '../facts/index.ts'
import { type DayNumber, earliestDay, latestDay } from '../time/index.ts'
import { BLOCK } from './plane-code.ts'
import type { Vocabulary } from './view.ts'

/**
 * Many cases as columns in one memory, for the plane machine. A column holds one fact of every case; code 0 is "unknown".
 *
 * - `codes`: truths, codes and whole numbers as bytes, each the place of its value in `values`, plus 1
 * - `ranks`: numbers as 16-bit places among the sorted `values`, plus 1; "days since" something that never was is Infinity, the last of them
 * - `floats`: numbers with more different values than that; unknown is not-a-number
 * - `sets`: a column of bits for each member, and one for "known"
 * - `days`: earliest and latest day a date can mean, 16 bits each
 * - `entries`: lists and texts as 32-bit places in `values`, plus 1
 */
export type CaseColumn = { /** Bits: known, but too old where freshness is demanded. */ readonly stale?: number } & (
  | { readonly kind: 'codes' | 'ranks' | 'entries'; readonly at: number; readonly values: readonly FactValue[] }
  | { readonly kind: 'floats'; readonly at: number }
  | { readonly kind: 'sets'; readonly known: number; readonly members: ReadonlyMap<string, number> }
  | { readonly kind: 'days'; readonly first: number; readonly last: number }
)

export interface CaseTable {
  readonly size: number
  /** The size rounded up to whole blocks; cases beyond the size are in no plane. */
  readonly rows: number
  /** Bits: the cases that are there. */
  readonly valid: number
  /** By fact; those that no case knows have none. */
  readonly columns: ReadonlyMap<string, CaseColumn>
}

/** What is needed of a `WebAssembly.Memory`. */
export interface LinearMemory {
  readonly buffer: ArrayBufferLike
  grow(pages: number): number
}

/** Room in one memory, given out from the front and never taken back. */
export class Room {
  readonly memory: LinearMemory
  #next: number

  constructor(memory: LinearMemory, from = 64) {
    this.memory = memory
    this.#next = from
  }

  /** Address of so many bytes, all zero; the memory grows where needed. Throws a RangeError when the machine has no more. */
  take(bytes: number): number {
    const at = Math.ceil(this.#next / 64) * 64
    this.#next = at + bytes
    const missing = this.#next - this.memory.buffer.byteLength
    if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE))
    return at
  }
}

const PAGE = 65_536

/** Days are counted from 1900-01-01, and 0 is unknown: 16 bits reach to 2079. */
const FIRST_DAY = -25567
const LAST_DAY_CODE = 65_534
export const NEVER_CODE = 65_535

/** A day as a column holds it; days before or after all that fit are the first or the last that does. */
export const dayCode = (day: DayNumber): number => Math.min(LAST_DAY_CODE, Math.max(1, day - FIRST_DAY + 1))

const MOST_CODES = 255
const MOST_RANKS = 65_535

/** One fact of many cases: its different values, and for each case 0 (unknown) or the place of its value plus 1. */
export interface CodedFact {
  readonly values: readonly FactValue[]
  readonly codes: Uint32Array
  /** 1 where the value is too old for what demands freshness. */
  readonly stale?: Uint8Array
}

/** A table that is filled fact by fact, so that only one fact at a time stands twice in memory. */
export class CaseTableBuilder {
  readonly #room: Room
  readonly #rows: number
  readonly #size: number
  readonly #valid: number
  readonly #mostRanks: number
  readonly #columns = new Map<string, CaseColumn>()

  /** A number with more than `mostRanks` different values is kept as floats. */
  constructor(size: number, room: Room, mostRanks = MOST_RANKS) {
    this.#room = room
    this.#size = size
    this.#mostRanks = mostRanks
    this.#rows = Math.ceil(size / BLOCK) * BLOCK
    this.#valid = this.#bits((row) => row < size)
  }

  table(): CaseTable {
    return { size: this.#size, rows: this.#rows, valid: this.#valid, columns: this.#columns }
  }

  add(definition: FactDefinition, fact: CodedFact): void {
    const column = this.#column(definition, fact)
    if (column === undefined) return
    const { stale } = fact
    this.#columns.set(definition.id, stale ? { ...column, stale: this.#bits((row) => stale[row] === 1) } : column)
  }

  #column({ type }: FactDefinition, { values, codes }: CodedFact): CaseColumn | undefined {
    if (values.length === 0) return undefined
    switch (type) {
      case 'codes':
        return this.#sets(values, codes)
      case 'date':
        return this.#days(values, codes)
      case 'integer':
      case 'quantity':
        return this.#numbers(values, codes)
      case 'truth':
      case 'code':
      case 'list':
      case 'text':
        return this.#entries(type, values, codes)
    }
  }

  #sets(values: readonly FactValue[], codes: Uint32Array): CaseColumn {
    const sets = values.map((value) => (Array.isArray(value) ? new Set((value as readonly unknown[]).map(String)) : undefined))
    const members = new Set(sets.flatMap((set) => [...(set ?? [])]))
    const where = (holds: (set: ReadonlySet<string>) => boolean): number => {
      const flags = Uint8Array.from([0, ...sets.map((set) => (set !== undefined && holds(set) ? 1 : 0))])
      return this.#bits((row) => flags[codes[row]!] === 1)
    }
    return {
      kind: 'sets',
      known: where(() => true),
      members: new Map([...members].map((member) => [member, where((set) => set.has(member))])),
    }
  }

  #days(values: readonly FactValue[], codes: Uint32Array): CaseColumn {
    const code = (value: FactValue, day: (iso: string) => DayNumber | undefined): number => {
      if (value === 'never') return NEVER_CODE
      const first = typeof value === 'string' ? earliestDay(value) : undefined
      const last = typeof value === 'string' ? latestDay(value) : undefined
      return first === undefined || last === undefined ? 0 : dayCode(day(value as string)!)
    }
    const first = Uint16Array.from([0, ...values.map((value) => code(value, earliestDay))])
    const last = Uint16Array.from([0, ...values.map((value) => code(value, latestDay))])
    return { kind: 'days', first: this.#words(codes, first), last: this.#words(codes, last) }
  }

  #numbers(values: readonly FactValue[], codes: Uint32Array): CaseColumn {
    const numbers = values.map((value) => (value === 'never' ? Number.POSITIVE_INFINITY : typeof value === 'number' ? value : Number.NaN))
    const sorted = [...new Set(numbers.filter((number) => !Number.isNaN(number)))].sort((a, b) => a - b)
    if (sorted.length > this.#mostRanks) {
      const at = this.#room.take(this.#rows * 8)
      const data = new Float64Array(this.#room.memory.buffer, at, this.#rows).fill(Number.NaN)
      for (let row = 0; row < this.#size; row++) if (codes[row] !== 0) data[row] = numbers[codes[row]! - 1]!
      return { kind: 'floats', at }
    }
    const rankOf = new Map(sorted.map((number, rank) => [number, rank + 1]))
    const ranks = Uint16Array.from([0, ...numbers.map((number) => rankOf.get(number) ?? 0)])
    return { kind: 'ranks', at: this.#words(codes, ranks), values: sorted }
  }

  #entries(type: FactDefinition['type'], values: readonly FactValue[], codes: Uint32Array): CaseColumn {
    if (values.length <= MOST_CODES && (type === 'truth' || type === 'code')) {
      const at = this.#room.take(this.#rows)
      new Uint8Array(this.#room.memory.buffer, at, this.#size).set(codes.subarray(0, this.#size))
      return { kind: 'codes', at, values }
    }
    const at = this.#room.take(this.#rows * 4)
    new Uint32Array(this.#room.memory.buffer, at, this.#size).set(codes.subarray(0, this.#size))
    return { kind: 'entries', at, values }
  }

  #words(codes: Uint32Array, wordOf: Uint16Array): number {
    const at = this.#room.take(this.#rows * 2)
    const data = new Uint16Array(this.#room.memory.buffer, at, this.#rows)
    for (let row = 0; row < this.#size; row++) data[row] = wordOf[codes[row]!]!
    return at
  }

  #bits(holds: (row: number) => boolean): number {
    const at = this.#room.take(this.#rows / 8)
    const data = new Uint8Array(this.#room.memory.buffer, at, this.#rows / 8)
    for (let row = 0; row < this.#size; row++) if (holds(row)) data[row >> 3] = data[row >> 3]! | (1 << (row & 7))
    return at
  }
}

/** Lays out cases as columns. `factsAt(i)` gives the facts of one case by position of the registry; it is asked once for each fact. */
export function caseTable(
  words: Vocabulary,
  size: number,
  factsAt: (index: number) => readonly (Fact | undefined)[],
  room: Room,
  mostRanks?: number,
): CaseTable {
  const builder = new CaseTableBuilder(size, room, mostRanks)
  words.facts.forEach((definition, at) => {
    builder.add(
      definition,
      codedFact(size, (row) => factsAt(row)[at]),
    )
  })
  return builder.table()
}

function codedFact(size: number, factAt: (row: number) => Fact | undefined): CodedFact {
  const codes = new Uint32Array(size)
  const values: FactValue[] = []
  const places = new Map<unknown, number>()
  let stale: Uint8Array | undefined
  for (let row = 0; row < size; row++) {
    const fact = factAt(row)
    if (!isKnown(fact)) continue
    const key = typeof fact.value === 'object' ? JSON.stringify(fact.value) : fact.value
    let place = places.get(key)
    if (place === undefined) {
      place = values.push(fact.value)
      places.set(key, place)
    }
    codes[row] = place
    if (fact.stale) {
      stale ??= new Uint8Array(size)
      stale[row] = 1
    }
  }
  return stale ? { values, codes, stale } : { values, codes }
}
