import { Worker } from 'node:worker_threads'
import { Refused, refusal } from '../issue.ts'
import type { Sheet } from './pages.ts'

interface Printed {
  readonly id: number
  readonly bytes?: Uint8Array
  readonly fault?: string
}

interface Waiting {
  readonly resolve: (bytes: Buffer) => void
  readonly reject: (error: Error) => void
}

/** Pages that may wait at once; more are refused until some are done. */
const MOST_WAITING = 20

let thread: Worker | undefined
let next = 0
const waiting = new Map<number, Waiting>()

/** The sheets as a PDF, laid out in a thread of its own, which is started with the first page. */
export function printed(sheet: Sheet): Promise<Buffer> {
  if (waiting.size >= MOST_WAITING)
    throw new Refused([refusal('busy', '', 'too many pages are being made at once', 'try again in a few seconds')])
  thread ??= started()
  thread.ref()
  const id = next++
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject })
    thread!.postMessage({ id, sheet })
  })
}

function started(): Worker {
  const worker = new Worker(new URL('./pages-thread.ts', import.meta.url))
  worker.on('message', ({ id, bytes, fault }: Printed) => {
    const one = waiting.get(id)
    waiting.delete(id)
    if (bytes === undefined) one?.reject(new Error(`a page could not be made: ${fault}`))
    else one?.resolve(Buffer.from(bytes))
    // the server may end while the thread stands idle, and not before what was asked for is made
    if (waiting.size === 0) worker.unref()
  })
  worker.on('error', (error) => {
    // whoever waits is told; the next page starts another thread
    thread = undefined
    for (const one of waiting.values()) one.reject(error instanceof Error ? error : new Error(String(error)))
    waiting.clear()
  })
  return worker
}
