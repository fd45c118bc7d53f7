import { movedFrom } from './resolve.ts'
import { type RecordKind, recordsIn, type Segment, type SpilledRecord } from './segment.ts'

/** One line of a chart, as a place in the bytes of its bucket. */
export interface ChartLine {
  /** Number of the segment it came from. */
  readonly segment: number
  readonly line: number
  readonly kind: RecordKind
  readonly start: number
  readonly end: number
}

export interface ChartLines {
  readonly key: string
  readonly bytes: Buffer
  readonly lines: readonly ChartLine[]
  /** The lines are more than may be read at once, and not here. */
  readonly isTooLarge: boolean
}

/** A bucket that is larger is gone through several times, each time for other patients. */
const AT_ONCE = 64 * 1024 * 1024
/** More of one patient is not read: a chart must fit in the memory of a worker several times over. */
export const LARGEST_CHART = 128 * 1024 * 1024

/** The lines of every patient of a bucket, patient by patient in the order of their keys (of one pass, where it takes several). */
export function* chartsOfBucket(
  bucket: number,
  segments: readonly Segment[],
  moved: readonly Segment[],
  aliases: ReadonlyMap<string, string>,
): Generator<ChartLines> {
  const sizes = segments.map((segment) => segment.sizeOf(bucket))
  const movedSizes = moved.map((segment) => segment.sizeOf(bucket))
  const total = [...sizes, ...movedSizes].reduce((sum, size) => sum + size, 0)
  if (total === 0) return
  const passes = Math.ceil(total / AT_ONCE)
  if (passes > 1) {
    for (let pass = 0; pass < passes; pass++) yield* chartsOfPass(bucket, segments, moved, aliases, { pass, passes })
    return
  }
  const bytes = Buffer.allocUnsafe(total)
  const charts = new Map<string, ChartLine[]>()
  let from = 0
  segments.forEach((segment, at) => {
    const to = from + segment.readInto(bucket, bytes, from)
    for (const record of recordsIn(bytes, from, to)) {
      if (aliases.size === 0 || !aliases.has(record.key)) add(charts, record.key, placed(record, at))
    }
    from = to
  })
  for (const segment of moved) {
    const to = from + segment.readInto(bucket, bytes, from)
    for (const record of recordsIn(bytes, from, to)) {
      const { key, segment: at } = movedFrom(record.key)
      add(charts, key, placed(record, at))
    }
    from = to
  }
  for (const key of [...charts.keys()].sort()) {
    const lines = charts.get(key)!
    const size = lines.reduce((sum, { start, end }) => sum + end - start, 0)
    yield { key, bytes, lines, isTooLarge: size > LARGEST_CHART }
  }
}

/** Only the patients of one pass: their lines are copied together, piece by piece. */
function* chartsOfPass(
  bucket: number,
  segments: readonly Segment[],
  moved: readonly Segment[],
  aliases: ReadonlyMap<string, string>,
  { pass, passes }: { readonly pass: number; readonly passes: number },
): Generator<ChartLines> {
  const charts = new Map<string, { pieces: Buffer[]; lines: ChartLine[]; size: number }>()
  const take = (key: string, bytes: Buffer, record: ChartLine): void => {
    if (passOf(key, passes) !== pass) return
    const chart = charts.get(key) ?? { pieces: [], lines: [], size: 0 }
    charts.set(key, chart)
    const length = record.end - record.start
    if (chart.size + length > LARGEST_CHART) {
      // kept in name only, so that it can be reported
      chart.pieces = []
      chart.size = Number.POSITIVE_INFINITY
      return
    }
    chart.pieces.push(Buffer.from(bytes.subarray(record.start, record.end)))
    chart.lines.push({ ...record, start: chart.size, end: chart.size + length })
    chart.size += length
  }
  segments.forEach((segment, at) => {
    const bytes = rangeOf(segment, bucket)
    for (const record of recordsIn(bytes, 0, bytes.length))
      if (!aliases.has(record.key)) take(record.key, bytes, { ...record, segment: at })
  })
  for (const segment of moved) {
    const bytes = rangeOf(segment, bucket)
    for (const record of recordsIn(bytes, 0, bytes.length)) {
      const { key, segment: at } = movedFrom(record.key)
      take(key, bytes, { ...record, segment: at })
    }
  }
  for (const key of [...charts.keys()].sort()) {
    const { pieces, lines, size } = charts.get(key)!
    charts.delete(key)
    const isTooLarge = size === Number.POSITIVE_INFINITY
    yield { key, bytes: isTooLarge ? Buffer.alloc(0) : Buffer.concat(pieces), lines, isTooLarge }
  }
}

function rangeOf(segment: Segment, bucket: number): Buffer {
  const bytes = Buffer.allocUnsafe(segment.sizeOf(bucket))
  segment.readInto(bucket, bytes, 0)
  return bytes
}

/** Another hash than the bucket's. */
function passOf(key: string, passes: number): number {
  let hash = 5381
  for (let i = 0; i < key.length; i++) hash = (Math.imul(hash, 33) + key.charCodeAt(i)) | 0
  return (hash >>> 0) % passes
}

const placed = ({ line, kind, start, end }: SpilledRecord, segment: number): ChartLine => ({ segment, line, kind, start, end })

function add(charts: Map<string, ChartLine[]>, key: string, line: ChartLine): void {
  const lines = charts.get(key)
  if (lines) lines.push(line)
  else charts.set(key, [line])
}
