import fs from 'node:fs'
import { writeDurably } from './durable.ts'
import type { InputFile } from './input-files.ts'
import { fileDone, isThere, type Job, type SpillTask, segmentFile } from './job.ts'
import { Router } from './route.ts'
import { Segment } from './segment.ts'
import { type Lines, LONGEST_LINE, linesIn, linesOfGzip, linesOfWindow } from './windows.ts'

/** The end of a file that is read from its beginning: how many windows it had, and what stopped it before its end. */
export interface FileEnd {
  readonly windows: number
  readonly failure?: string
}

/** First pass over one piece of the input: every line to the bucket of its patient. What is on disk already is not made again. */
export async function spill(task: SpillTask, job: Job, folder: string): Promise<void> {
  const input = job.files[task.file]!
  if (task.window !== undefined) {
    writeWindow(job, segmentFile(folder, task.file, task.window), () => linesOfWindow(input.at, input.size, task.window!, job.windowBytes))
    return
  }
  if (isThere(fileDone(folder, task.file))) return
  const end = input.layout === 'gzip' ? await spillGzip(task.file, input, job, folder) : spillDocument(task.file, input, job, folder)
  writeDurably(fileDone(folder, task.file), Buffer.from(JSON.stringify(end)))
}

async function spillGzip(file: number, input: InputFile, job: Job, folder: string): Promise<FileEnd> {
  let windows = 0
  try {
    for await (const lines of linesOfGzip(input.at, job.windowBytes)) writeWindow(job, segmentFile(folder, file, windows++), () => lines)
    return { windows }
  } catch (error) {
    return { windows, failure: error instanceof Error ? error.message : 'unreadable' }
  }
}

/** One JSON value, as people save bundles; a file of lines that is only called `.json` is read as lines. */
function spillDocument(file: number, input: InputFile, job: Job, folder: string): FileEnd {
  if (input.size > LONGEST_LINE) return { windows: 0, failure: `one JSON value of more than ${LONGEST_LINE} bytes: save it as NDJSON` }
  const bytes = fs.readFileSync(input.at)
  const text = bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? bytes.subarray(3) : bytes
  if (text.length === 0) return { windows: 0, failure: 'the file is empty' }
  const isOne = isJson(text)
  if (!isOne && !isJson(firstLine(text))) return { windows: 0, failure: 'not valid JSON: it may have been cut off' }
  const router = new Router(job.buckets)
  if (isOne) router.takeDocument(text)
  else router.take(linesIn(text, 0, false))
  router.segment.write(segmentFile(folder, file, 0), router.footer())
  return { windows: 1 }
}

const firstLine = (bytes: Buffer): Buffer => {
  const newline = bytes.indexOf(10)
  return newline < 0 ? bytes : bytes.subarray(0, newline)
}

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString('utf8'))
    return true
  } catch {
    return false
  }
}

function writeWindow(job: Job, file: string, read: () => Lines): void {
  if (Segment.open(file, job.buckets) !== undefined) return
  const router = new Router(job.buckets)
  router.take(read())
  router.segment.write(file, router.footer())
}
