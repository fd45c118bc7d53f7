import fs from 'node:fs'
import { HEADER, recordsIn, type Segment } from './segment.ts'

/**
 * Where the resources that belong to nobody (medications, practitioners) stand in the spill files: 24 bytes each, sorted by a hash of their names,
 * in memory that all threads share. Their text stays on disk until a chart refers to it.
 */
export interface SharedIndex {
  readonly hashes: Float64Array
  readonly offsets: Float64Array
  readonly segments: Uint32Array
  readonly lengths: Uint32Array
}

export function indexShared(segments: readonly Segment[]): SharedIndex {
  const found: { hash: number; segment: number; offset: number; length: number }[] = []
  segments.forEach((segment, at) => {
    const size = segment.sizeOf('shared')
    if (size === 0) return
    const bytes = Buffer.allocUnsafe(size)
    segment.readInto('shared', bytes, 0)
    for (const { key, start, end } of recordsIn(bytes, 0, size)) {
      const from = start - HEADER - Buffer.byteLength(key)
      for (const name of key.split('\n'))
        found.push({ hash: hashOf(name), segment: at, offset: segment.startOf('shared') + from, length: end - from })
    }
  })
  found.sort((a, b) => a.hash - b.hash || a.segment - b.segment || a.offset - b.offset)
  const floats = (): Float64Array => new Float64Array(new SharedArrayBuffer(found.length * 8))
  const words = (): Uint32Array => new Uint32Array(new SharedArrayBuffer(found.length * 4))
  const index = { hashes: floats(), offsets: floats(), segments: words(), lengths: words() }
  found.forEach(({ hash, segment, offset, length }, i) => {
    index.hashes[i] = hash
    index.offsets[i] = offset
    index.segments[i] = segment
    index.lengths[i] = length
  })
  return index
}

/** 52 bits of two FNV hashes. */
function hashOf(name: string): number {
  let a = 0x811c9dc5
  let b = 0x9747b28c
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i)
    a = Math.imul(a ^ code, 0x01000193)
    b = Math.imul(b ^ code, 0x5bd1e995)
  }
  return (a >>> 0) * 0x100000 + ((b >>> 0) & 0xfffff)
}

/** Types that are never shared: not looked up. */
const OWN = /^(?:Patient|Encounter|Observation|Condition|Procedure|MedicationRequest|DiagnosticReport)\//
const KEPT_BYTES = 8 * 1024 * 1024

/** Finds the shared resources that a chart refers to, directly or through one another. */
export class SharedResources {
  readonly #index: SharedIndex
  readonly #files: readonly string[]
  #kept = new Map<number, Buffer>()
  #keptBytes = 0

  constructor(index: SharedIndex, files: readonly string[]) {
    this.#index = index
    this.#files = files
  }

  get isEmpty(): boolean {
    return this.#index.hashes.length === 0
  }

  /** Adds the texts of what these values refer to, each once. `seen`: references that have been looked up. */
  collect(value: unknown, into: Map<number, Buffer>, seen: Set<string> = new Set()): void {
    eachReference(value, 0, (reference) => {
      // one after another mostly refers to the same patient, the same practitioner
      if (seen.has(reference)) return
      seen.add(reference)
      if (OWN.test(reference)) return
      for (const name of namesOf(reference)) if (this.#named(name, into, seen)) break
    })
  }

  /** Everything shared, for a chart that is alone in the input. */
  all(into: Map<number, Buffer>): void {
    for (let i = 0; i < this.#index.hashes.length; i++) into.set(this.#place(i), payloadOf(this.#record(i)))
  }

  #named(name: string, into: Map<number, Buffer>, seen: Set<string>): boolean {
    const { hashes } = this.#index
    const hash = hashOf(name)
    let low = 0
    let high = hashes.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (hashes[middle]! < hash) low = middle + 1
      else high = middle
    }
    let isFound = false
    for (let i = low; i < hashes.length && hashes[i] === hash; i++) {
      const record = this.#record(i)
      if (!keyOf(record).split('\n').includes(name)) continue
      isFound = true
      const place = this.#place(i)
      if (into.has(place)) continue
      const payload = payloadOf(record)
      into.set(place, payload)
      this.collect(parsedJson(payload), into, seen)
    }
    return isFound
  }

  #place(i: number): number {
    return this.#index.segments[i]! * 2 ** 36 + this.#index.offsets[i]!
  }

  #record(i: number): Buffer {
    const place = this.#place(i)
    const known = this.#kept.get(place)
    if (known) return known
    const record = Buffer.allocUnsafe(this.#index.lengths[i]!)
    const handle = fs.openSync(this.#files[this.#index.segments[i]!]!, 'r')
    fs.readSync(handle, record, 0, record.length, this.#index.offsets[i]!)
    fs.closeSync(handle)
    if (this.#keptBytes > KEPT_BYTES) {
      this.#kept = new Map()
      this.#keptBytes = 0
    }
    this.#kept.set(place, record)
    this.#keptBytes += record.length
    return record
  }
}

/** Deeper than any chart that is read. */
const DEEPEST = 300

/** Every `reference` that is text, wherever it stands. */
function eachReference(value: unknown, depth: number, take: (reference: string) => void): void {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) eachReference(value[i], depth + 1, take)
    return
  }
  for (const key in value) {
    const inner: unknown = (value as { readonly [key: string]: unknown })[key]
    if (typeof inner === 'object') eachReference(inner, depth + 1, take)
    else if (key === 'reference' && typeof inner === 'string') take(inner)
  }
}

/** The value that a text is; undefined where it is not JSON. */
export function parsedJson(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString('utf8'))
  } catch {
    return undefined
  }
}

const keyOf = (record: Buffer): string => record.toString('utf8', HEADER, HEADER + record.readUInt16LE(8))
const payloadOf = (record: Buffer): Buffer => record.subarray(HEADER + record.readUInt16LE(8))

/** As written, without its version, as `Type/id`. */
function namesOf(reference: string): readonly string[] {
  const history = reference.indexOf('/_history/')
  const bare = history < 0 ? reference : reference.slice(0, history)
  const tail = /[^/]+\/[^/]+$/.exec(bare)?.[0]
  return [...new Set([reference, bare, ...(tail === undefined ? [] : [tail])])]
}
