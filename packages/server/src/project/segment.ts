import fs from 'node:fs'

/**
 * A spill file: the lines of one window of the input, sorted by bucket, so that a bucket of the whole input is read in a few large pieces.
 * It is written beside and renamed; what has not its end is not a segment and is made again.
 *
 *     records of bucket 0 … of the last one │ where each bucket begins (f64) │ footer (JSON) │ length of both (u32) │ mark
 *
 * A record: payload length (u32), line in the window (u32), key length (u16), kind (u8), 0 (u8), key, payload.
 */
export const HEADER = 12
const MARK = 'SWSEG001'

/** A resource, or a bundle whose resources are all of one patient. Both are JSON. */
export type RecordKind = 'resource' | 'bundle'
const KINDS: readonly RecordKind[] = ['resource', 'bundle']

/** Beside the buckets of patients: what belongs to nobody, copies of the Patients, what is decided when all are known. */
export const EXTRA_RANGES = ['shared', 'patients', 'claims', 'nobody'] as const
export type ExtraRange = (typeof EXTRA_RANGES)[number]

interface Pending {
  readonly range: number
  /** UTF-8. */
  readonly key: Buffer
  readonly line: number
  readonly kind: number
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
}

export class SegmentBuilder {
  readonly buckets: number
  readonly #pending: Pending[] = []
  #lastKey: string | undefined
  #lastBytes: Buffer = Buffer.alloc(0)

  constructor(buckets: number) {
    this.buckets = buckets
  }

  /** Keeps a view of the bytes until `write`. */
  add(range: number | ExtraRange, key: string, line: number, kind: RecordKind, bytes: Buffer, start: number, end: number): void {
    const at = typeof range === 'number' ? range : this.buckets + EXTRA_RANGES.indexOf(range)
    if (key !== this.#lastKey) {
      // lines of one patient mostly follow one another
      this.#lastKey = key
      this.#lastBytes = Buffer.from(key)
    }
    this.#pending.push({ range: at, key: this.#lastBytes, line, kind: KINDS.indexOf(kind), bytes, start, end })
  }

  write(file: string, footer: object): void {
    const ranges = this.buckets + EXTRA_RANGES.length
    const sizes = new Float64Array(ranges)
    for (const { range, key, start, end } of this.#pending) sizes[range]! += HEADER + key.length + end - start
    const starts = new Float64Array(ranges + 1)
    for (let i = 0; i < ranges; i++) starts[i + 1] = starts[i]! + sizes[i]!
    const next = starts.slice()
    const out = Buffer.allocUnsafe(starts[ranges]!)
    for (const { range, key, line, kind, bytes, start, end } of this.#pending) {
      let at = next[range]!
      out.writeUInt32LE(end - start, at)
      out.writeUInt32LE(line, at + 4)
      out.writeUInt16LE(key.length, at + 8)
      out.writeUInt16LE(kind, at + 10)
      at += HEADER
      at += key.copy(out, at)
      bytes.copy(out, at, start, end)
      next[range] = at + end - start
    }
    const foot = Buffer.from(JSON.stringify(footer))
    const tail = Buffer.allocUnsafe(4 + MARK.length)
    tail.writeUInt32LE(starts.byteLength + foot.length)
    tail.write(MARK, 4)
    const handle = fs.openSync(`${file}.tmp`, 'w')
    try {
      for (const piece of [out, Buffer.from(starts.buffer), foot, tail]) {
        for (let at = 0; at < piece.length; ) at += fs.writeSync(handle, piece, at)
      }
    } finally {
      fs.closeSync(handle)
    }
    fs.renameSync(`${file}.tmp`, file)
  }
}

/** A segment that was written whole. */
export class Segment {
  readonly file: string
  readonly footer: unknown
  readonly #starts: Float64Array
  readonly #buckets: number

  private constructor(file: string, starts: Float64Array, footer: unknown, buckets: number) {
    this.file = file
    this.#starts = starts
    this.footer = footer
    this.#buckets = buckets
  }

  /** Undefined where there is none, or none that is whole. */
  static open(file: string, buckets: number): Segment | undefined {
    let handle: number
    try {
      handle = fs.openSync(file, 'r')
    } catch {
      return undefined
    }
    try {
      const { size } = fs.fstatSync(handle)
      const tail = piece(handle, size - 4 - MARK.length, 4 + MARK.length)
      if (tail === undefined || tail.toString('latin1', 4) !== MARK) return undefined
      const length = tail.readUInt32LE()
      const end = piece(handle, size - tail.length - length, length)
      const count = buckets + EXTRA_RANGES.length + 1
      if (end === undefined || length < count * 8) return undefined
      const starts = new Float64Array(count)
      for (let i = 0; i < count; i++) starts[i] = end.readDoubleLE(i * 8)
      if (starts[count - 1] !== size - tail.length - length) return undefined
      return new Segment(file, starts, JSON.parse(end.toString('utf8', count * 8)), buckets)
    } finally {
      fs.closeSync(handle)
    }
  }

  sizeOf(range: number | ExtraRange): number {
    const at = this.#at(range)
    return this.#starts[at + 1]! - this.#starts[at]!
  }

  startOf(range: number | ExtraRange): number {
    return this.#starts[this.#at(range)]!
  }

  /** The bytes of one range, into `room` from a place on. */
  readInto(range: number | ExtraRange, room: Buffer, from: number): number {
    const size = this.sizeOf(range)
    if (size === 0) return 0
    const handle = fs.openSync(this.file, 'r')
    try {
      for (let at = 0; at < size; ) {
        const read = fs.readSync(handle, room, from + at, size - at, this.startOf(range) + at)
        if (read === 0) throw new Error(`${this.file} has become shorter while it was read`)
        at += read
      }
      return size
    } finally {
      fs.closeSync(handle)
    }
  }

  #at(range: number | ExtraRange): number {
    return typeof range === 'number' ? range : this.#buckets + EXTRA_RANGES.indexOf(range)
  }
}

function piece(handle: number, from: number, length: number): Buffer | undefined {
  if (from < 0) return undefined
  const bytes = Buffer.allocUnsafe(length)
  return fs.readSync(handle, bytes, 0, length, from) === length ? bytes : undefined
}

/** One record, as places in the bytes of its range. */
export interface SpilledRecord {
  readonly key: string
  readonly line: number
  readonly kind: RecordKind
  readonly start: number
  readonly end: number
}

export function* recordsIn(bytes: Buffer, from: number, to: number): Generator<SpilledRecord> {
  let key = ''
  let keyAt = 0
  let keyEnd = 0
  for (let at = from; at < to; ) {
    const length = bytes.readUInt32LE(at)
    const keyLength = bytes.readUInt16LE(at + 8)
    const start = at + HEADER + keyLength
    // the same key again, as mostly: no new string
    if (keyLength !== keyEnd - keyAt || !isSame(bytes, keyAt, at + HEADER, keyLength)) {
      keyAt = at + HEADER
      keyEnd = start
      key = bytes.toString('utf8', keyAt, keyEnd)
    }
    yield {
      key,
      line: bytes.readUInt32LE(at + 4),
      kind: KINDS[bytes.readUInt16LE(at + 10)]!,
      start,
      end: start + length,
    }
    at = start + length
  }
}

function isSame(bytes: Buffer, one: number, other: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (bytes[one + i] !== bytes[other + i]) return false
  return true
}

/** FNV-1a: which bucket a key belongs to, on every machine the same. */
export function bucketOf(key: string, buckets: number): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193)
  // the low bits of short keys that count up are too regular
  hash ^= hash >>> 15
  return (Math.imul(hash, 0x2c1b3c6d) >>> 0) % buckets
}
