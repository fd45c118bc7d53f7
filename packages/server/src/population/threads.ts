import { Worker } from 'node:worker_threads'
import { BLOCK, type CaseTable, countsOf, layPlanes, type PlaneCode, type Room } from '@secondwind/core'
import type { ThreadJob } from './thread.ts'

/** Threads over one shared memory. Nothing is copied: each gets its own code and its own part of the cases. */
export class PlaneThreads {
  readonly #room: Room
  readonly #workers: readonly Worker[]

  private constructor(room: Room, workers: readonly Worker[]) {
    this.#room = room
    this.#workers = workers
  }

  /** Starts so many threads; at least one. The memory of the room must be shared. */
  static async start(room: Room, count: number): Promise<PlaneThreads> {
    const workers = Array.from(
      { length: Math.max(1, count) },
      () => new Worker(new URL('./thread.ts', import.meta.url), { workerData: room.memory }),
    )
    await Promise.all(workers.map((worker) => new Promise<void>((ready, fail) => worker.once('online', ready).once('error', fail))))
    return new PlaneThreads(room, workers)
  }

  /** Runs code over a whole table; its counters. Kept planes stand in the memory afterwards. */
  async run(code: PlaneCode, table: CaseTable): Promise<readonly number[]> {
    return (await this.prepare(code, table))()
  }

  /** Lays code out for every thread; what comes back runs it over the table. */
  prepare(code: PlaneCode, table: CaseTable): () => Promise<readonly number[]> {
    const blocks = table.rows / BLOCK
    const tasks = this.#workers.map(() => layPlanes(code, this.#room))
    return async () => {
      const jobs = tasks.map((task, i): ThreadJob => {
        new BigUint64Array(this.#room.memory.buffer, task.counters, task.count).fill(0n)
        const from = Math.floor((blocks * i) / tasks.length) * BLOCK
        const to = Math.floor((blocks * (i + 1)) / tasks.length) * BLOCK
        return { task, from, to }
      })
      await Promise.all(jobs.map((job, i) => this.#ask(this.#workers[i]!, job)))
      const counts = tasks.map((task) => countsOf(this.#room.memory, task))
      return (counts[0] ?? []).map((_, at) => counts.reduce((sum, one) => sum + one[at]!, 0))
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()))
  }

  #ask(worker: Worker, job: ThreadJob): Promise<void> {
    return new Promise((done, fail) => {
      const onError = (error: Error): void => fail(error)
      worker.once('error', onError)
      worker.once('message', () => {
        worker.off('error', onError)
        done()
      })
      worker.postMessage(job)
    })
  }
}

/** Places of the set bits of a kept plane. */
export function casesOf(room: Room, at: number, table: CaseTable): number[] {
  const bytes = new Uint8Array(room.memory.buffer, at, table.rows / 8)
  const found: number[] = []
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!
    if (byte === 0) continue
    for (let bit = 0; bit < 8; bit++) if ((byte >> bit) & 1) found.push(i * 8 + bit)
  }
  return found
}
