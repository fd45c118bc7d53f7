import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { openKnowledge } from '../../src/compose.ts'
import { runText } from './laws.ts'
import { type Progress, textOf, type WorkerTask } from './worker.ts'

/**
 * `npm run fuzz [-- RUNS [SEED [RUN]]]`: damaged charts through the whole path from text to document.
 *
 * No input may throw, hang, grow without bound, or give a document that breaks a law. With a third number that one run is repeated alone
 * and its text written to build/fuzz-RUN.txt.
 */
const SEED = 20261123
const DEEP_EVERY = 25
/** A run that takes longer than this hangs. */
const PATIENCE_MS = 30_000
const HEAP_LIMIT_MB = 1500
const BUILD = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../../build')

const [runs = 100_000, seed = SEED, only] = process.argv.slice(2).map(Number)
if (only === undefined) await fuzz(runs, seed)
else repeat(seed, only)

function repeat(seedOfRun: number, run: number): void {
  const text = textOf(seedOfRun, run)
  fs.mkdirSync(BUILD, { recursive: true })
  fs.writeFileSync(path.join(BUILD, `fuzz-${run}.txt`), text)
  const { broken, outcome } = runText(text, openKnowledge().knowledge, { isDeep: true })
  console.log(`run ${run} of seed ${seedOfRun}: ${outcome}, text in build/fuzz-${run}.txt`)
  for (const what of broken) console.log(what)
  process.exitCode = broken.length > 0 ? 1 : 0
}

async function fuzz(total: number, seedOfAll: number): Promise<void> {
  // compiled once, before the workers ask for it at the same time
  openKnowledge()
  const threads = Math.max(1, Math.min(2, os.availableParallelism()))
  console.log(`${total} runs, seed ${seedOfAll}, ${threads} threads`)
  const started = performance.now()
  const finished = await Promise.all(
    Array.from({ length: threads }, (_, first) => oneWorker({ seed: seedOfAll, runs: total, first, step: threads, deepEvery: DEEP_EVERY })),
  )
  const seconds = (performance.now() - started) / 1000
  const done = finished.reduce((n, f) => n + f.done, 0)
  const outcomes = ['proposed', 'refused', 'unreadable'].map((o) => `${finished.reduce((n, f) => n + (f.outcomes[o] ?? 0), 0)} ${o}`)
  const slowest = finished.reduce((a, b) => (a.slowestMs > b.slowestMs ? a : b))
  const heap = Math.max(...finished.map((f) => f.heapMb))
  const failures = finished.flatMap((f) => f.failures)
  console.log(`${done} runs in ${seconds.toFixed(0)} s, ${(done / seconds).toFixed(0)} runs/s; ${outcomes.join(', ')}`)
  console.log(
    `slowest ${slowest.slowestMs.toFixed(0)} ms (run ${slowest.slowestRun}), largest heap ${heap} MB, memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`,
  )
  if (heap > HEAP_LIMIT_MB) failures.push({ run: -1, what: `heap grew to ${heap} MB` })
  report(failures, seedOfAll)
  console.log(`${done - new Set(failures.map((f) => f.run)).size} passed, ${new Set(failures.map((f) => f.run)).size} failed`)
  process.exitCode = failures.length > 0 || done < total ? 1 : 0
}

/** Failures by kind: a law that breaks a thousand times is one line. */
function report(failures: readonly { readonly run: number; readonly what: string }[], seedOfAll: number): void {
  const kinds = new Map<string, number[]>()
  for (const { run, what } of failures) kinds.set(what.replace(/\d+/g, 'N'), [...(kinds.get(what.replace(/\d+/g, 'N')) ?? []), run])
  for (const [what, runsOf] of kinds) console.log(`FAILED ${runsOf.length} times, first run ${runsOf[0]}: ${what}`)
  if (kinds.size > 0) console.log(`repeat one with: npm run fuzz -- ${runs} ${seedOfAll} RUN`)
}

type Finished = Progress & { readonly failures: { readonly run: number; readonly what: string }[] }

/** Runs one worker to its end. One that stays silent for too long is stopped: the last run it told of is near the one that hangs. */
function oneWorker(task: WorkerTask): Promise<Finished> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: task,
      resourceLimits: { maxOldGenerationSizeMb: 3000 },
    })
    const failures: { run: number; what: string }[] = []
    let told = performance.now()
    let last: Progress = { done: 0, outcomes: {}, slowestMs: 0, slowestRun: 0, heapMb: 0, isFinished: false, broken: [] }
    let heapMb = 0
    const end = (): void => {
      clearTimeout(watchdog)
      resolve({ ...last, heapMb, failures })
      void worker.terminate()
    }
    const hangs = (): void => {
      failures.push({
        run: task.first + last.done * task.step,
        what: `no answer for ${PATIENCE_MS / 1000} s, at this run or up to a second of runs after it`,
      })
      end()
    }
    let watchdog = setTimeout(hangs, PATIENCE_MS)
    worker.on('message', (progress: Progress) => {
      clearTimeout(watchdog)
      watchdog = setTimeout(hangs, PATIENCE_MS)
      last = progress
      heapMb = Math.max(heapMb, progress.heapMb)
      if (performance.now() - told > 60_000) {
        told = performance.now()
        console.log(`thread ${task.first + 1}: ${progress.done} runs, ${failures.length + progress.broken.length} laws broken so far`)
      }
      failures.push(...progress.broken)
      if (progress.isFinished) end()
    })
    worker.on('error', (error) => {
      failures.push({ run: task.first + last.done * task.step, what: `the worker died: ${error.message}` })
      end()
    })
  })
}
