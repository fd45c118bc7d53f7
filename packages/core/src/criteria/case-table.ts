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

/**
 * Lays out cases as columns. `factsAt(i)` gives the facts of one case by position of the registry; it is asked twice for each case.
 * A number with more than `mostRanks` different values is kept as floats.
 */
export function caseTable(
  words: Vocabulary,
  size: number,
  factsAt: (index: number) => readonly (Fact | undefined)[],
  room: Room,
  mostRanks = MOST_RANKS,
): CaseTable {
  const rows = Math.ceil(size / BLOCK) * BLOCK
  const drafts = words.facts.map((definition) => new Draft(definition, mostRanks))
  for (let row = 0; row < size; row++) {
    const facts = factsAt(row)
    for (let at = 0; at < drafts.length; at++) drafts[at]!.look(facts[at])
  }
  const columns = new Map<string, CaseColumn>()
  words.facts.forEach(({ id }, at) => {
    const column = drafts[at]!.settle(rows, room)
    if (column !== undefined) columns.set(id, column)
  })
  const valid = room.take(rows / 8)
  const bits = new Uint8Array(room.memory.buffer, valid, rows / 8)
  for (let row = 0; row < size; row++) bits[row >> 3] = bits[row >> 3]! | (1 << (row & 7))
  for (const draft of drafts) draft.open(rows, room)
  for (let row = 0; row < size; row++) {
    const facts = factsAt(row)
    for (let at = 0; at < drafts.length; at++) drafts[at]!.put(row, facts[at])
  }
  return { size, rows, valid, columns }
}

/** A column in the making: looks at every value, then takes its place, then is filled. */
class Draft {
  readonly #definition: FactDefinition
  readonly #mostRanks: number
  readonly #seen = new Map<FactValue, number>()
  #isTooMany = false
  #isStale = false
  #isKnown = false
  #column: CaseColumn | undefined
  #data: Uint8Array | Uint16Array | Uint32Array | Float64Array | undefined
  #last: Uint16Array | undefined
  #stale: Uint8Array | undefined
  #members = new Map<string, Uint8Array>()

  constructor(definition: FactDefinition, mostRanks: number) {
    this.#definition = definition
    this.#mostRanks = mostRanks
  }

  look(fact: Fact | undefined): void {
    if (!isKnown(fact)) return
    this.#isKnown = true
    if (fact.stale) this.#isStale = true
    if (this.#isTooMany) return
    for (const value of this.#parts(fact.value)) {
      if (this.#seen.has(value)) continue
      this.#seen.set(value, 0)
      if (this.#isNumber() && this.#seen.size > this.#mostRanks) {
        this.#isTooMany = true
        this.#seen.clear()
        return
      }
    }
  }

  settle(rows: number, room: Room): CaseColumn | undefined {
    if (!this.#isKnown) return undefined
    const { type } = this.#definition
    const stale = this.#isStale ? { stale: room.take(rows / 8) } : {}
    if (type === 'codes') {
      const members = new Map([...this.#seen.keys()].map((member) => [String(member), room.take(rows / 8)]))
      this.#column = { kind: 'sets', known: room.take(rows / 8), members, ...stale }
    } else if (type === 'date') {
      this.#column = { kind: 'days', first: room.take(rows * 2), last: room.take(rows * 2), ...stale }
    } else if (this.#isTooMany) {
      this.#column = { kind: 'floats', at: room.take(rows * 8), ...stale }
    } else {
      const values = [...this.#seen.keys()]
      if (this.#isNumber()) values.sort((a, b) => (a as number) - (b as number))
      values.forEach((value, place) => {
        this.#seen.set(value, place + 1)
      })
      const isEntry = type === 'list' || type === 'text'
      const kind = isEntry ? 'entries' : values.length <= MOST_CODES && !this.#isNumber() ? 'codes' : this.#isNumber() ? 'ranks' : 'entries'
      const width = kind === 'codes' ? 1 : kind === 'ranks' ? 2 : 4
      this.#column = {
        kind,
        at: room.take(rows * width),
        values: values.map((value) => (isEntry ? (JSON.parse(value as string) as FactValue) : value)),
        ...stale,
      }
    }
    return this.#column
  }

  /** Views over the memory, made once it no longer grows. */
  open(rows: number, { memory: { buffer } }: Room): void {
    const column = this.#column
    if (column === undefined) return
    const bits = (at: number): Uint8Array => new Uint8Array(buffer, at, rows / 8)
    if (column.stale !== undefined) this.#stale = bits(column.stale)
    switch (column.kind) {
      case 'codes':
        this.#data = new Uint8Array(buffer, column.at, rows)
        break
      case 'ranks':
        this.#data = new Uint16Array(buffer, column.at, rows)
        break
      case 'entries':
        this.#data = new Uint32Array(buffer, column.at, rows)
        break
      case 'floats':
        this.#data = new Float64Array(buffer, column.at, rows).fill(Number.NaN)
        break
      case 'days':
        this.#data = new Uint16Array(buffer, column.first, rows)
        this.#last = new Uint16Array(buffer, column.last, rows)
        break
      case 'sets':
        this.#data = bits(column.known)
        for (const [member, at] of column.members) this.#members.set(member, bits(at))
    }
  }

  put(row: number, fact: Fact | undefined): void {
    if (!isKnown(fact) || this.#data === undefined) return
    if (fact.stale && this.#stale) setBit(this.#stale, row)
    const kind = this.#column!.kind
    if (kind === 'sets') {
      if (!Array.isArray(fact.value)) return
      setBit(this.#data as Uint8Array, row)
      for (const member of fact.value) setBit(this.#members.get(String(member))!, row)
    } else if (kind === 'days') {
      const first = fact.value === 'never' ? undefined : typeof fact.value === 'string' ? earliestDay(fact.value) : undefined
      const last = fact.value === 'never' ? undefined : typeof fact.value === 'string' ? latestDay(fact.value) : undefined
      if (fact.value === 'never') this.#data[row] = this.#last![row] = NEVER_CODE
      else if (first !== undefined && last !== undefined) {
        this.#data[row] = dayCode(first)
        this.#last![row] = dayCode(last)
      }
    } else {
      const [value] = this.#parts(fact.value)
      if (value === undefined) return
      this.#data[row] = kind === 'floats' ? (value as number) : this.#seen.get(value)!
    }
  }

  #isNumber = (): boolean => this.#definition.type === 'integer' || this.#definition.type === 'quantity'

  /** What a value counts as: the members of a set, a number with `never` as endless, a list as its text. */
  #parts(value: FactValue): readonly FactValue[] {
    const { type } = this.#definition
    if (type === 'date') return []
    if (type === 'codes') return Array.isArray(value) ? (value as readonly string[]) : []
    if (type === 'list' || type === 'text') return [JSON.stringify(value)]
    if (this.#isNumber()) {
      if (value === 'never') return [Number.POSITIVE_INFINITY]
      return typeof value === 'number' && !Number.isNaN(value) ? [value] : []
    }
    return [value]
  }
}

function setBit(bits: Uint8Array, row: number): void {
  bits[row >> 3] = bits[row >> 3]! | (1 << (row & 7))
}
