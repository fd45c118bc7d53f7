/**
 * Code for the plane machine (`planes.wat`): one bit a case, 1024 cases at a time. Everything here is two-valued;
 * Kleene's three values are a pair of planes, "certainly true" and "certainly false" (`columns.ts`).
 *
 * Equal instructions stand once. Planes share room: a plane's place is free after its last use, so that a whole knowledge base stays in the cache.
 */
export const BLOCK = 1024
export const PLANE_BYTES = BLOCK / 8

/** A plane that some instruction makes. Numbered in the order of making. */
export type Plane = number

const AND = 0
const OR = 1
const AND_NOT = 2
const RANGE_8 = 3
const RANGE_16 = 4
const RANGE_64 = 5
const LOOK_UP = 6
const BITS = 7
const COUNT = 8
const KEEP = 9

type Instruction =
  | { readonly op: typeof AND | typeof OR; readonly to: Plane; readonly of: readonly Plane[] }
  | { readonly op: typeof AND_NOT; readonly to: Plane; readonly of: readonly [Plane, Plane] }
  | {
      readonly op: typeof RANGE_8 | typeof RANGE_16
      readonly to: Plane
      readonly column: number
      readonly least: number
      readonly greatest: number
    }
  | { readonly op: typeof RANGE_64; readonly to: Plane; readonly column: number; readonly constants: number }
  | { readonly op: typeof LOOK_UP; readonly to: Plane; readonly column: number; readonly table: number }
  | { readonly op: typeof BITS; readonly to: Plane; readonly column: number }
  | { readonly op: typeof COUNT | typeof KEEP; readonly number: number; readonly of: readonly [Plane] }

/** Plane 0: no case. It is never written. */
export const NOBODY: Plane = 0

export class PlaneCode {
  readonly #instructions: Instruction[] = []
  readonly #known = new Map<string, Plane>()
  /** Of two planes, by both: most instructions are, and numbers are found faster than words. */
  readonly #ands = new Map<number, Plane>()
  readonly #ors = new Map<number, Plane>()
  readonly #andNots = new Map<number, Plane>()
  #planes = 1
  readonly #constants: number[] = []
  readonly #tables: Uint8Array[] = []
  #counters = 0
  readonly #kept: number[] = []

  /** Number of counters and of kept planes so far. */
  get counters(): number {
    return this.#counters
  }

  and(of: readonly Plane[]): Plane {
    const parts = distinct(of)
    if (parts.includes(NOBODY)) return NOBODY
    const make = (to: Plane): Instruction => ({ op: AND, to, of: parts })
    return this.#ofParts(this.#ands, 'and', parts, make)
  }

  or(of: readonly Plane[]): Plane {
    const parts = distinct(of).filter((plane) => plane !== NOBODY)
    if (parts.length === 0) return NOBODY
    const make = (to: Plane): Instruction => ({ op: OR, to, of: parts })
    return this.#ofParts(this.#ors, 'or', parts, make)
  }

  andNot(a: Plane, b: Plane): Plane {
    if (a === NOBODY || a === b) return NOBODY
    if (b === NOBODY) return a
    return this.#once(this.#andNots, a * MOST_PLANES + b, (to) => ({ op: AND_NOT, to, of: [a, b] }))
  }

  xor = (a: Plane, b: Plane): Plane => this.or([this.andNot(a, b), this.andNot(b, a)])

  /** Cases in at least `min` of these planes. */
  atLeast(min: number, of: readonly Plane[]): Plane {
    // reached[k]: at least k + 1 of the planes so far
    const reached: Plane[] = Array.from({ length: min }, () => NOBODY)
    for (const plane of of)
      for (let k = min - 1; k >= 0; k--) reached[k] = this.or([reached[k]!, k === 0 ? plane : this.and([reached[k - 1]!, plane])])
    return reached[min - 1]!
  }

  /** Cases whose byte (or 16-bit number) at an address of a column is in a range, both ends included. */
  range8 = (column: number, least: number, greatest: number): Plane => this.#range(RANGE_8, column, least, greatest, 0xff)
  range16 = (column: number, least: number, greatest: number): Plane => this.#range(RANGE_16, column, least, greatest, 0xffff)

  /** The same for floats; not-a-number is in no range. */
  range64(column: number, least: number, greatest: number): Plane {
    if (!(least <= greatest)) return NOBODY
    return this.#once(this.#known, `range64 ${column} ${least} ${greatest}`, (to) => {
      const constants = this.#constants.length
      this.#constants.push(least, greatest)
      return { op: RANGE_64, to, column, constants }
    })
  }

  /** Cases whose 32-bit code stands for 1 in a table. */
  lookUp(column: number, key: string, tableOf: () => Uint8Array): Plane {
    return this.#once(this.#known, `look up ${column} ${key}`, (to) => {
      this.#tables.push(tableOf())
      return { op: LOOK_UP, to, column, table: this.#tables.length - 1 }
    })
  }

  bits = (column: number): Plane => this.#once(this.#known, `bits ${column}`, (to) => ({ op: BITS, to, column }))

  /** Counts the cases of a plane; the number of the counter. */
  count(plane: Plane): number {
    this.#instructions.push({ op: COUNT, number: this.#counters, of: [plane] })
    return this.#counters++
  }

  /** Keeps the plane of every block in a column of bits at this address. */
  keep(plane: Plane, address: number): void {
    this.#instructions.push({ op: KEEP, number: this.#kept.length, of: [plane] })
    this.#kept.push(address)
  }

  #range(op: typeof RANGE_8 | typeof RANGE_16, column: number, least: number, greatest: number, most: number): Plane {
    const low = Math.max(0, least)
    const high = Math.min(most, greatest)
    if (low > high) return NOBODY
    return this.#once(this.#known, `range ${op} ${column} ${low} ${high}`, (to) => ({ op, to, column, least: low, greatest: high }))
  }

  /** Of sorted planes. */
  #ofParts(pairs: Map<number, Plane>, name: string, parts: readonly Plane[], make: (to: Plane) => Instruction): Plane {
    if (parts.length === 1) return parts[0]!
    if (parts.length === 2) return this.#once(pairs, parts[0]! * MOST_PLANES + parts[1]!, make)
    return this.#once(this.#known, `${name} ${parts.join()}`, make)
  }

  #once<Key>(known: Map<Key, Plane>, key: Key, make: (to: Plane) => Instruction): Plane {
    let plane = known.get(key)
    if (plane === undefined) {
      plane = this.#planes++
      if (plane >= MOST_PLANES) throw new Error('invariant: no question has so many planes')
      known.set(key, plane)
      this.#instructions.push(make(plane))
    }
    return plane
  }

  /** Bytes that `write` needs. */
  size(): number {
    const { places, order } = this.#placed()
    return ALIGN + this.#layout(places, order).end
  }

  /**
   * Writes code, constants, tables, counters and room for planes from an address on. Counters start at 0.
   * What no counter and no kept plane needs is left out.
   */
  write(memory: DataView, base: number): { readonly code: number; readonly end: number; readonly counters: number } {
    const { order, placeOf, places } = this.#placed()
    const at = this.#layout(places, order)
    const start = Math.ceil(base / ALIGN) * ALIGN
    const address = (plane: Plane): number => start + at.planes + placeOf[plane]! * PLANE_BYTES
    new Uint8Array(memory.buffer, start, at.end).fill(0)
    this.#constants.forEach((value, i) => {
      memory.setFloat64(start + at.constants + i * 8, value, true)
    })
    this.#tables.forEach((table, i) => {
      new Uint8Array(memory.buffer, start + at.tables[i]!, table.length).set(table)
    })
    let to = start + at.code
    const word = (value: number): void => {
      memory.setInt32(to, value, true)
      to += 4
    }
    for (const one of order) {
      word(one.op)
      switch (one.op) {
        case AND:
        case OR:
          word(address(one.to))
          word(one.of.length)
          for (const plane of one.of) word(address(plane))
          break
        case AND_NOT:
          word(address(one.to))
          for (const plane of one.of) word(address(plane))
          break
        case RANGE_8:
        case RANGE_16:
          word(address(one.to))
          word(one.column)
          word(one.least)
          word(one.greatest)
          break
        case RANGE_64:
          word(address(one.to))
          word(one.column)
          word(start + at.constants + one.constants * 8)
          break
        case LOOK_UP:
          word(address(one.to))
          word(one.column)
          word(start + at.tables[one.table]!)
          break
        case BITS:
          word(address(one.to))
          word(one.column)
          break
        case COUNT:
          word(start + at.counters + one.number * 8)
          word(address(one.of[0]))
          break
        case KEEP:
          word(this.#kept[one.number]!)
          word(address(one.of[0]))
      }
    }
    return { code: start + at.code, end: to, counters: start + at.counters }
  }

  #layout(places: number, order: readonly Instruction[]) {
    let next = 0
    const room = (bytes: number): number => {
      const at = next
      next = Math.ceil((next + bytes) / 16) * 16
      return at
    }
    const planes = room(places * PLANE_BYTES)
    const constants = room(this.#constants.length * 8)
    const counters = room(this.#counters * 8)
    const tables = this.#tables.map((table) => room(table.length))
    const code = room(order.reduce((sum, one) => sum + 4 * (one.op === AND || one.op === OR ? 3 + one.of.length : 5), 0))
    return { planes, constants, counters, tables, code, end: next }
  }

  /** The instructions that are needed, and a place for each plane that no other plane needs at the same time. */
  #placed(): { readonly order: readonly Instruction[]; readonly placeOf: readonly number[]; readonly places: number } {
    const needed = new Uint8Array(this.#planes)
    const order: Instruction[] = []
    for (const one of this.#instructions.toReversed()) {
      if ('to' in one && needed[one.to] === 0) continue
      order.push(one)
      if ('of' in one) for (const plane of one.of) needed[plane] = 1
    }
    order.reverse()
    const lastUse = new Int32Array(this.#planes)
    order.forEach((one, i) => {
      if ('of' in one) for (const plane of one.of) lastUse[plane] = i
    })
    const placeOf: number[] = [0]
    const free: number[] = []
    let places = 1
    order.forEach((one, i) => {
      if ('to' in one) placeOf[one.to] = free.pop() ?? places++
      if (!('of' in one)) return
      for (const plane of new Set(one.of)) if (plane !== NOBODY && lastUse[plane] === i) free.push(placeOf[plane]!)
    })
    return { order, placeOf, places }
  }
}

const ALIGN = 64

/** Two of them make one exact number. */
const MOST_PLANES = 2 ** 26

/** Sorted, each once. */
function distinct(of: readonly Plane[]): readonly Plane[] {
  if (of.length === 1) return of
  if (of.length === 2) {
    const [a, b] = of as readonly [Plane, Plane]
    return a === b ? [a] : a < b ? [a, b] : [b, a]
  }
  const sorted = Uint32Array.from(of).sort()
  const parts: Plane[] = []
  for (const plane of sorted) if (plane !== parts.at(-1)) parts.push(plane)
  return parts
}
