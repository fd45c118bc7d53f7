import { Worker } from 'node:worker_threads'
import type { KnowledgeBase } from '@secondwind/core'
import type { Job, PartSettings, PartTask, SpillTask } from './job.ts'
import { PartPass, type PartResult } from './part-pass.ts'
import type { FromThread, ThreadData, ToThread } from './project-thread.ts'
import { spill } from './spill-pass.ts'

/** A thread grows to this before it must collect its garbage; with two of them and the main thread a run stays below 1 GB. */
const HEAP_MEGABYTES = 192
const YOUNG_MEGABYTES = 24

export interface Progressed {
  readonly progress: (bytes: number) => void
  readonly result?: (result: PartResult) => void
}

/** Does the tasks of both passes. */
export interface Pool {
  tell(settings: PartSettings): void
  /** Does all tasks; rejects with the first failure. */
  run(tasks: readonly (SpillTask | PartTask)[], on: Progressed): Promise<void>
  stop(): Promise<void>
}

/** Does them one after another in this thread: for input so small that threads take longer to start. */
export class NoThreads implements Pool {
  readonly #job: Job
  readonly #folder: string
  readonly #knowledge: KnowledgeBase
  #pass: PartPass | undefined

  constructor(job: Job, folder: string, knowledge: KnowledgeBase) {
    this.#job = job
    this.#folder = folder
    this.#knowledge = knowledge
  }

  tell(settings: PartSettings): void {
    this.#pass = new PartPass(this.#job, this.#folder, this.#knowledge, settings)
  }

  async run(tasks: readonly (SpillTask | PartTask)[], on: Progressed): Promise<void> {
    for (const task of tasks) {
      if (task.kind === 'spill') {
        await spill(task, this.#job, this.#folder)
        on.progress(task.bytes)
      } else on.result?.(this.#pass!.run(task.part, on.progress))
    }
  }

  async stop(): Promise<void> {}
}

/** Threads that take tasks from a queue, each the next when it has done one. */
export class ThreadPool implements Pool {
  readonly #workers: readonly Worker[]

  constructor(count: number, job: Job, folder: string) {
    const data: ThreadData = { job, folder }
    this.#workers = Array.from(
      { length: Math.max(1, count) },
      () =>
        new Worker(new URL('./project-thread.ts', import.meta.url), {
          workerData: data,
          resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES, maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
        }),
    )
  }

  tell(settings: PartSettings): void {
    for (const worker of this.#workers) worker.postMessage({ kind: 'settings', settings } satisfies ToThread)
  }

  async run(tasks: readonly (SpillTask | PartTask)[], on: Progressed): Promise<void> {
    let next = 0
    const drain = async (worker: Worker): Promise<void> => {
      while (next < tasks.length) {
        const task = tasks[next++]!
        const result = await this.#ask(worker, task, on.progress)
        if (result !== undefined) on.result?.(result)
      }
    }
    await Promise.all(this.#workers.map(drain))
  }

  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()))
  }

  #ask(worker: Worker, task: ToThread, progress: (bytes: number) => void): Promise<PartResult | undefined> {
    return new Promise((done, fail) => {
      const settle = (): void => {
        worker.off('message', onMessage)
        worker.off('error', onError)
      }
      const onError = (error: Error): void => {
        settle()
        fail(error)
      }
      const onMessage = (message: FromThread): void => {
        if (message.kind === 'progress') {
          progress(message.bytes)
          return
        }
        settle()
        if (message.kind === 'failed') fail(new Error(message.why))
        else done(message.result)
      }
      worker.on('message', onMessage)
      worker.on('error', onError)
      worker.postMessage(task)
    })
  }
}
