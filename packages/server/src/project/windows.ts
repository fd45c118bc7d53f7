import fs from 'node:fs'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'

/**
 * A file in windows of a fixed size. A line belongs to the window in which it starts, so that windows can be read apart from each other
 * and always hold the same lines, however the work is shared out.
 */
export const WINDOW = 16 * 1024 * 1024

/** Longer lines are left out: one of them must fit in the memory of a worker several times over. */
export const LONGEST_LINE = 128 * 1024 * 1024
const STEP = 4 * 1024 * 1024
const NEWLINE = 10

export interface Lines {
  readonly bytes: Buffer
  /** Start and end of each line in `bytes`, without its line break; a line that is too long has the end -1. */
  readonly places: readonly (readonly [start: number, end: number])[]
}

/** The lines that start in one window of a plain file. */
export function linesOfWindow(at: string, size: number, window: number, windowBytes: number): Lines {
  const handle = fs.openSync(at, 'r')
  try {
    const from = window * windowBytes
    const until = Math.min(size, from + windowBytes)
    // the byte before tells whether a line starts at the first one
    const lead = from === 0 ? 0 : 1
    let bytes: Buffer = Buffer.allocUnsafe(until - from + lead)
    readFully(handle, bytes, from - lead)
    let start = 0
    if (lead === 1) {
      const newline = bytes.indexOf(NEWLINE)
      if (newline < 0) return { bytes, places: [] }
      start = newline + 1
      if (start >= bytes.length) return { bytes, places: [] }
    }
    // the last line may end in a later window
    let isTooLong = false
    if (until < size && bytes.at(-1) !== NEWLINE) {
      const rest: Buffer[] = []
      let kept = 0
      for (let next = until; next < size; ) {
        const step = Buffer.allocUnsafe(Math.min(STEP, size - next))
        readFully(handle, step, next)
        next += step.length
        const newline = step.indexOf(NEWLINE)
        const piece = newline < 0 ? step : step.subarray(0, newline + 1)
        kept += piece.length
        if (kept > LONGEST_LINE) isTooLong = true
        else rest.push(piece)
        if (newline >= 0) break
      }
      bytes = Buffer.concat([bytes, ...(isTooLong ? [] : rest)])
    }
    return linesIn(bytes, start, isTooLong)
  } finally {
    fs.closeSync(handle)
  }
}

/** The lines of a compressed file, window by window, in order. Throws the error of zlib for a file that is cut off or broken, after its whole lines. */
export async function* linesOfGzip(at: string, windowBytes: number): AsyncGenerator<Lines> {
  // a pipeline, so that an error of the file itself reaches the reader too
  const stream = pipeline(fs.createReadStream(at, { highWaterMark: 1 << 20 }), createGunzip({ chunkSize: 1 << 20 }), () => {})
  let pieces: Buffer[] = []
  let held = 0
  /** Bytes of the window that earlier lines have used up. */
  let used = 0
  let failure: unknown
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      pieces.push(piece)
      held += piece.length
      while (used + held >= windowBytes) {
        const bytes = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)
        // lines that start before the window's end, the last of them whole
        const last = bytes.indexOf(NEWLINE, Math.max(0, windowBytes - used - 1))
        pieces = [bytes]
        if (last < 0) {
          if (held > LONGEST_LINE + windowBytes) throw new LineTooLong()
          break
        }
        yield linesIn(bytes.subarray(0, last + 1), 0, false)
        const rest = bytes.subarray(last + 1)
        used = used + last + 1 - windowBytes
        // a line longer than windows leaves some of them without a line
        while (used >= windowBytes) {
          yield { bytes: Buffer.alloc(0), places: [] }
          used -= windowBytes
        }
        pieces = [Buffer.from(rest)]
        held = rest.length
      }
    }
  } catch (error) {
    failure = error
  }
  const bytes = Buffer.concat(pieces)
  // what was cut off is no line
  const whole = failure === undefined ? bytes : bytes.subarray(0, bytes.lastIndexOf(NEWLINE) + 1)
  if (whole.length > 0) yield linesIn(whole, 0, false)
  if (failure !== undefined) throw failure
}

class LineTooLong extends Error {
  constructor() {
    super(`a line is longer than ${LONGEST_LINE} bytes`)
  }
}

const MARK = Buffer.from([0xef, 0xbb, 0xbf])

export function linesIn(bytes: Buffer, from: number, isLastTooLong: boolean): Lines {
  const places: [number, number][] = []
  let start = from
  if (start === 0 && bytes.subarray(0, 3).equals(MARK)) start = 3
  while (start < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, start)
    const end = newline < 0 ? bytes.length : newline
    places.push([start, newline < 0 && isLastTooLong ? -1 : end > start && bytes[end - 1] === 13 ? end - 1 : end])
    start = end + 1
  }
  return { bytes, places }
}

function readFully(handle: number, bytes: Buffer, from: number): void {
  for (let at = 0; at < bytes.length; ) {
    const read = fs.readSync(handle, bytes, at, bytes.length - at, from + at)
    if (read === 0) throw new Error('the file has become shorter while it was read')
    at += read
  }
}
