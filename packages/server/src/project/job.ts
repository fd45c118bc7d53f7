import fs from 'node:fs'
import path from 'node:path'
import type { InputFile } from './input-files.ts'
import type { SharedIndex } from './shared-index.ts'
import { WINDOW } from './windows.ts'

/**
 * One projection: what decides its output. It is kept in the working folder, so that a run that was killed goes on with the same work, and a run
 * over other input does not take it for its own.
 */
export interface Job {
  readonly format: number
  readonly software: string
  readonly knowledge: string
  readonly asOf: string
  readonly site: string | null
  readonly files: readonly InputFile[]
  readonly buckets: number
  readonly bucketsPerPart: number
  readonly windowBytes: number
}

const MEGABYTE = 1024 * 1024
/** Bytes of input a bucket, which is read as a whole, and bytes a window of a file. Smaller in tests. */
export interface Sizes {
  readonly bucketBytes: number
  readonly windowBytes: number
}
const SIZES: Sizes = { bucketBytes: 16 * MEGABYTE, windowBytes: WINDOW }
const MOST_BUCKETS = 2048
/** Packed text is this much longer unpacked, about. */
const UNPACKED = 8

/** Buckets and parts hang on the size of the input alone, never on the machine: the same input gives the same files. */
export function layoutOf(
  files: readonly InputFile[],
  { bucketBytes, windowBytes }: Sizes = SIZES,
): { readonly buckets: number; readonly bucketsPerPart: number; readonly windowBytes: number } {
  const total = files.reduce((sum, { size, layout }) => sum + size * (layout === 'gzip' ? UNPACKED : 1), 0)
  const buckets = Math.min(MOST_BUCKETS, Math.max(1, Math.ceil(total / bucketBytes)))
  const partBytes = Math.min(10 * bucketBytes, Math.max(bucketBytes, total / 16))
  return { buckets, bucketsPerPart: Math.max(1, Math.round(partBytes / (total / buckets || 1))), windowBytes }
}

export const partsOf = ({ buckets, bucketsPerPart }: Job): number => Math.ceil(buckets / bucketsPerPart)

/** A piece of the first pass: one window of a plain file, or a whole file that can only be read from its beginning. */
export interface SpillTask {
  readonly kind: 'spill'
  readonly file: number
  /** Of a plain file. */
  readonly window?: number
  readonly bytes: number
}

/** A piece of the second pass. */
export interface PartTask {
  readonly kind: 'part'
  readonly part: number
}

/** What the second pass needs of the first. */
export interface PartSettings {
  readonly segments: readonly string[]
  /** File and lines before the first, by segment. */
  readonly places: readonly { readonly file: string; readonly before: number }[]
  readonly moved: readonly string[]
  readonly aliases: readonly (readonly [alias: string, key: string])[]
  readonly persons: 'none' | 'one' | 'several'
  readonly shared: SharedIndex
}

export const spillTasks = ({ files, windowBytes }: Job): readonly SpillTask[] =>
  files.flatMap(({ size, layout }, file): readonly SpillTask[] =>
    layout === 'lines'
      ? Array.from({ length: Math.ceil(size / windowBytes) }, (_, window) => ({
          kind: 'spill',
          file,
          window,
          bytes: Math.min(windowBytes, size - window * windowBytes),
        }))
      : [{ kind: 'spill', file, bytes: size }],
  )

const number = (n: number, digits: number): string => String(n).padStart(digits, '0')
export const segmentFile = (folder: string, file: number, window: number): string =>
  path.join(folder, `spill-${number(file, 5)}-${number(window, 6)}.seg`)
/** Written when the last window of a file that is read from its beginning has been written. */
export const fileDone = (folder: string, file: number): string => path.join(folder, `spill-${number(file, 5)}.done`)
export const partIssues = (folder: string, part: number): string => path.join(folder, `part-${number(part, 5)}.ndjson`)
export const partDone = (folder: string, part: number): string => path.join(folder, `part-${number(part, 5)}.json`)
export const outputOf = (folder: string): string => path.join(folder, 'out')

export const isThere = (file: string): boolean => fs.existsSync(file)
