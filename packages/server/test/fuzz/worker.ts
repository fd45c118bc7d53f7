import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { openKnowledge } from '../../src/compose.ts'
import { charts } from './charts.ts'
import { runText } from './laws.ts'
import { mutated } from './mutate.ts'
import { runRandom } from './random.ts'

export interface WorkerTask {
  readonly seed: number
  readonly runs: number
  /** This worker takes runs `first`, `first + step`, … */
  readonly first: number
  readonly step: number
  /** Every n-th run is checked in depth. */
  readonly deepEvery: number
}

export interface Progress {
  readonly done: number
  readonly outcomes: { readonly [outcome: string]: number }
  readonly slowestMs: number
  readonly slowestRun: number
  readonly heapMb: number
  readonly isFinished: boolean
  readonly broken: readonly { readonly run: number; readonly what: string }[]
}

/** The text of one run, for repeating it alone. */
export function textOf(seed: number, run: number): string {
  const all = charts()
  const r = runRandom(seed, run)
  return mutated(r.pick(all), all, r)
}

function work({ seed, runs, first, step, deepEvery }: WorkerTask): void {
  const { knowledge } = openKnowledge()
  const outcomes: Record<string, number> = {}
  const broken: { run: number; what: string }[] = []
  let [slowestMs, slowestRun, done, reported] = [0, 0, 0, performance.now()]
  const tell = (isFinished: boolean): void => {
    const heapMb = Math.round(process.memoryUsage().heapUsed / 1048576)
    parentPort!.postMessage({ done, outcomes, slowestMs, slowestRun, heapMb, isFinished, broken: broken.splice(0) } satisfies Progress)
  }
  for (let run = first; run < runs; run += step) {
    const started = performance.now()
    const ran = runText(textOf(seed, run), knowledge, { isDeep: run % deepEvery === 0 })
    const ms = performance.now() - started
    if (ms > slowestMs) [slowestMs, slowestRun] = [ms, run]
    outcomes[ran.outcome] = (outcomes[ran.outcome] ?? 0) + 1
    for (const what of ran.broken) broken.push({ run, what })
    done += 1
    if (performance.now() - reported > 1000) {
      reported = performance.now()
      tell(false)
    }
  }
  tell(true)
}

if (!isMainThread && parentPort) work(workerData as WorkerTask)
