import { parentPort, workerData } from 'node:worker_threads'
import { type LinearMemory, type PlaneTask, runPlanes } from '@secondwind/core'

/** One thread of `threads.ts`: runs what it is sent over the memory it was given. */
export interface ThreadJob {
  readonly task: PlaneTask
  readonly from: number
  readonly to: number
}

const memory = workerData as LinearMemory

parentPort?.on('message', ({ task, from, to }: ThreadJob) => {
  runPlanes(memory, task, from, to)
  parentPort!.postMessage('done')
})
