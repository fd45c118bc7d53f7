import { parentPort, workerData } from 'node:worker_threads'
import { openKnowledge } from '../compose.ts'
import type { Job, PartSettings, PartTask, SpillTask } from './job.ts'
import { PartPass, type PartResult } from './part-pass.ts'
import { spill } from './spill-pass.ts'

/** One thread of `run-project.ts`. It asks for nothing: it does the task it is sent and says so. */
export interface ThreadData {
  readonly job: Job
  readonly folder: string
}

export type ToThread = SpillTask | PartTask | { readonly kind: 'settings'; readonly settings: PartSettings }
export type FromThread =
  | { readonly kind: 'done'; readonly result?: PartResult }
  | { readonly kind: 'progress'; readonly bytes: number }
  | { readonly kind: 'failed'; readonly why: string }

const { job, folder } = workerData as ThreadData
let pass: PartPass | undefined
let settings: PartSettings | undefined

const say = (message: FromThread): void => parentPort!.postMessage(message)

async function handle(message: ToThread): Promise<void> {
  if (message.kind === 'settings') {
    settings = message.settings
    return
  }
  if (message.kind === 'spill') {
    await spill(message, job, folder)
    say({ kind: 'progress', bytes: message.bytes })
    say({ kind: 'done' })
    return
  }
  if (pass === undefined) {
    const { knowledge } = openKnowledge()
    if (knowledge.digest !== job.knowledge) throw new Error('the knowledge has changed while it was projected')
    pass = new PartPass(job, folder, knowledge, settings!)
  }
  say({ kind: 'done', result: pass.run(message.part, (bytes) => say({ kind: 'progress', bytes })) })
}

parentPort?.on('message', (message: ToThread) => {
  handle(message).catch((error: unknown) =>
    say({ kind: 'failed', why: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  )
})
