import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { claimFolder } from '@secondwind/compiler'
import { err, type Issue, type KnowledgeBase, ok, type Result } from '@secondwind/core'
import { software, today } from '../compose.ts'
import { assemble, type ProjectCounts, type Projected } from './assemble.ts'
import { writeDurably } from './durable.ts'
import { FORMAT_VERSION, MANIFEST } from './format.ts'
import { type InputFile, inputFiles } from './input-files.ts'
import {
  isThere,
  type Job,
  layoutOf,
  outputOf,
  type PartSettings,
  type PartTask,
  partDone,
  partsOf,
  type Sizes,
  type SpillTask,
  spillTasks,
} from './job.ts'
import type { PartResult } from './part-pass.ts'
import { type PlacedSegment, resolve } from './resolve.ts'
import { indexShared } from './shared-index.ts'
import { refusal, segmentsOf } from './spilled.ts'
import { NoThreads, type Pool, ThreadPool } from './thread-pool.ts'
import type { SnapshotManifest } from './write-snapshots.ts'

export interface ProjectRequest {
  readonly inputs: readonly string[]
  readonly out: string
  readonly asOf?: string
  /** Stands in for the managing organisation of every patient. */
  readonly site?: string
  /** 0: this thread does it alone. Without it one a core, and none for input so small that they would take longer to start. */
  readonly threads?: number
  /** A file that is cut off or broken does not stop the run; the manifest says so. */
  readonly keepGoing: boolean
  /** Throws away what an unfinished run has left. */
  readonly restart: boolean
  readonly sizes?: Sizes
}

/** Told while the work goes on. */
export type Progress = (step: 'reading' | 'projecting', done: number, all: number) => void

/**
 * FHIR resources of many patients, one a line, to a folder of case snapshots. Memory does not grow with the input: lines go to buckets on disk by the
 * patient they name, and each bucket is then read alone. A run that was stopped in any way goes on where it was, and ends with the same bytes.
 */
export async function runProject(
  request: ProjectRequest,
  knowledge: KnowledgeBase,
  progress: Progress,
): Promise<Result<Projected, readonly Issue[]>> {
  const { out } = request
  const folder = `${out.replace(/\/+$/, '')}.working`
  if (request.restart) for (const old of [folder, out]) fs.rmSync(old, { recursive: true, force: true })
  if (fs.existsSync(out)) {
    // named, and stopped before the spill files were removed
    if (isThere(path.join(folder, JOB)) && !isThere(outputOf(folder))) {
      fs.rmSync(folder, { recursive: true, force: true })
      const manifest = JSON.parse(fs.readFileSync(path.join(out, MANIFEST), 'utf8')) as SnapshotManifest
      return ok({ manifest, counts: manifest.counts as ProjectCounts })
    }
    return refuse(out, 'is there already', 'remove it or give another name; --restart makes it anew')
  }
  const inputs = inputFiles(request.inputs)
  if (!inputs.ok) return inputs
  const opened = openJob(folder, request, inputs.value, knowledge)
  if (!opened.ok) return opened
  const job = opened.value
  const locked = lock(folder)
  if (locked !== undefined) return err([locked])
  const count = request.threads ?? (isSmall(inputs.value) ? 0 : os.availableParallelism())
  const threads = count === 0 ? new NoThreads(job, folder, knowledge) : new ThreadPool(count, job, folder)
  try {
    await firstPass(job, threads, progress)
    const { segments, failures } = segmentsOf(job, folder)
    if (failures.length > 0 && !request.keepGoing) return err(failures)
    const settings = settingsOf(job, folder, segments)
    threads.tell(settings)
    const results = await secondPass(job, folder, segments, threads, progress)
    return ok(assemble(job, folder, out, { knowledge, segments, failures, results }))
  } catch (error) {
    return refuse(
      folder,
      `stopped: ${error instanceof Error ? error.message : String(error)}`,
      'put it right and give the same command again: it goes on where it was',
    )
  } finally {
    await threads.stop()
    fs.rmSync(path.join(folder, LOCK), { force: true })
  }
}

const SMALL_BYTES = 8_000_000
const isSmall = (files: readonly InputFile[]): boolean =>
  files.reduce((sum, { size, layout }) => sum + size * (layout === 'gzip' ? 8 : 1), 0) < SMALL_BYTES

const LOCK = 'running.pid'
const JOB = 'job.json'

/** The job of this run; that of the run that is to be continued where there is one, with its clinical date if none is given. */
function openJob(
  folder: string,
  request: ProjectRequest,
  files: readonly InputFile[],
  knowledge: KnowledgeBase,
): Result<Job, readonly Issue[]> {
  const kept = path.join(folder, JOB)
  const earlier = isThere(kept) ? (JSON.parse(fs.readFileSync(kept, 'utf8')) as Job) : undefined
  const job: Job = {
    format: FORMAT_VERSION,
    software,
    knowledge: knowledge.digest,
    asOf: request.asOf ?? earlier?.asOf ?? today(),
    site: request.site ?? null,
    files,
    ...layoutOf(files, request.sizes),
  }
  if (earlier !== undefined) {
    const differs = (Object.keys(job) as (keyof Job)[]).filter((key) => JSON.stringify(job[key]) !== JSON.stringify(earlier[key]))
    if (differs.length === 0) return ok(earlier)
    const what = differs.map((key) => (key === 'files' ? 'other files, or files that have changed' : `another ${key}`)).join(', ')
    return refuse(
      folder,
      `holds an unfinished run with ${what}`,
      'give the command of that run to go on with it, or --restart to begin anew',
    )
  }
  const fault = claimFolder(outputOf(folder))
  if (fault !== undefined) return refuse(folder, fault, 'give another name with -o')
  writeDurably(kept, Buffer.from(JSON.stringify(job)))
  return ok(job)
}

/** Two runs in one folder would spoil each other's files. */
function lock(folder: string): Issue | undefined {
  const at = path.join(folder, LOCK)
  const pid = isThere(at) ? Number(fs.readFileSync(at, 'utf8')) : 0
  if (pid > 0 && pid !== process.pid && isAlive(pid))
    return refusal(folder, `process ${pid} is at work here`, `wait for it; if it is something else, remove ${at}`)
  fs.writeFileSync(at, String(process.pid))
  return undefined
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function firstPass(job: Job, threads: Pool, progress: Progress): Promise<void> {
  const tasks: readonly SpillTask[] = spillTasks(job)
  const all = tasks.reduce((sum, { bytes }) => sum + bytes, 0)
  let done = 0
  await threads.run(tasks, {
    progress: (bytes) => {
      done += bytes
      progress('reading', done, all)
    },
  })
}

function settingsOf(job: Job, folder: string, segments: readonly PlacedSegment[]): PartSettings {
  const { aliases, moved, persons } = resolve(folder, segments, job.buckets)
  return {
    segments: segments.map(({ segment }) => segment.file),
    places: segments.map(({ file, before }) => ({ file, before })),
    moved,
    aliases,
    persons,
    shared: indexShared(segments.map(({ segment }) => segment)),
  }
}

async function secondPass(job: Job, folder: string, segments: readonly PlacedSegment[], threads: Pool, progress: Progress) {
  const results = new Map<number, PartResult>()
  const tasks: PartTask[] = []
  const bytesOf = (part: number): number => {
    let sum = 0
    for (let bucket = part * job.bucketsPerPart; bucket < Math.min(job.buckets, (part + 1) * job.bucketsPerPart); bucket++)
      for (const { segment } of segments) sum += segment.sizeOf(bucket)
    return sum
  }
  let done = 0
  let all = 0
  for (let part = 0; part < partsOf(job); part++) {
    const bytes = bytesOf(part)
    all += bytes
    if (isThere(partDone(folder, part))) {
      results.set(part, JSON.parse(fs.readFileSync(partDone(folder, part), 'utf8')) as PartResult)
      done += bytes
    } else tasks.push({ kind: 'part', part })
  }
  await threads.run(tasks, {
    progress: (bytes) => {
      done += bytes
      progress('projecting', done, all)
    },
    result: (result) => results.set(Number(/\d+/.exec(result.file)![0]), result),
  })
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result)
}

const refuse = (at: string, message: string, remedy: string): Result<never, readonly Issue[]> => err([refusal(at, message, remedy)])
