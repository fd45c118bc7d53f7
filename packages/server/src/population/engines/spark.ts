import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { DIALECTS, snapshotTables } from '@secondwind/compiler'
import type { Vocabulary } from '@secondwind/core'
import { Answers, type EngineAnswer, EngineError, lackingColumns } from './engine.ts'
import type { Script } from './script.ts'
import type { SnapshotSource } from './snapshot-source.ts'

/** The view that a script reads. */
export const SPARK_VIEW = 'case_snapshot'

/** What submits the statements; it documents the job and the result. */
const RUNNER = path.join(path.dirname(fileURLToPath(import.meta.url)), 'spark_population.py')

export interface SparkOptions {
  /** `local[2]`, `local-cluster[2,1,1024]`, `spark://host:7077`, `yarn`. */
  readonly master: string
  /** A folder that all workers reach; default a temporary one of this machine. */
  readonly work?: string
}

/** The Python that has pyspark, and why there is none. */
export function sparkMissing(): string | undefined {
  const python = pythonOf()
  if (spawnSync(python, ['-c', 'import pyspark']).status !== 0)
    return `${python} has no pyspark (python3 -m venv spark && spark/bin/pip install pyspark; SECONDWIND_PYTHON=spark/bin/python)`
  if (spawnSync('java', ['-version']).status !== 0) return 'there is no java'
  return undefined
}

const pythonOf = (): string => process.env.SECONDWIND_PYTHON ?? 'python3'

const CONFIG: { readonly [name: string]: string } = {
  'spark.ui.enabled': 'false',
  'spark.sql.session.timeZone': 'UTC',
  // snapshots count days by the calendar of today, however early; without this word Spark refuses days before 1900
  'spark.sql.parquet.datetimeRebaseModeInRead': 'CORRECTED',
  'spark.sql.parquet.datetimeRebaseModeInWrite': 'CORRECTED',
  // compiling tens of thousands of expressions to Java takes minutes a statement; the interpreter begins at once
  'spark.sql.codegen.wholeStage': 'false',
  'spark.sql.codegen.factoryMode': 'NO_CODEGEN',
  'spark.sql.lateralColumnAlias.enableImplicitResolution': 'false',
  'spark.sql.constraintPropagation.enabled': 'false',
  'spark.sql.adaptive.enabled': 'false',
  'spark.sql.parquet.compression.codec': 'zstd',
  // the plan in words of a statement with thousands of columns takes longer than the statement
  'spark.sql.maxPlanStringLength': '0',
}

/** Everything that the runner needs, as it stands in `job.json`. */
export function sparkJob(script: Script, source: SnapshotSource, words: Vocabulary, master: string | null, work: string): object {
  return {
    master,
    config: CONFIG,
    files: source.files,
    view: SPARK_VIEW,
    missing: snapshotTables(words, DIALECTS.spark)[0]!.columns,
    work,
    steps: script.steps,
  }
}

interface SparkResult {
  readonly version: string
  readonly workers: number
  readonly missing: readonly string[]
  readonly answers: readonly (readonly (readonly unknown[])[])[]
  readonly seconds: readonly number[]
}

/** Submits a script to Spark by the Python runner, and reads what it wrote. */
export async function runInSpark(script: Script, source: SnapshotSource, words: Vocabulary, options: SparkOptions): Promise<EngineAnswer> {
  const missing = sparkMissing()
  if (missing !== undefined) throw new EngineError(`Spark cannot be asked: ${missing}`, 'install both, or choose another --engine')
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-spark-'))
  try {
    const [job, result] = ['job.json', 'result.json'].map((name) => path.join(folder, name)) as [string, string]
    fs.writeFileSync(job, JSON.stringify(sparkJob(script, source, words, options.master, options.work ?? path.join(folder, 'work'))))
    const started = performance.now()
    await submit([RUNNER, job, result], options.master)
    const { version, workers, missing: lacking, answers: rows, seconds } = JSON.parse(fs.readFileSync(result, 'utf8')) as SparkResult
    const answers = new Answers()
    const asked = script.steps.filter((step) => step.kind === 'count' || step.kind === 'list')
    asked.forEach((step, i) => {
      answers.take(step, rows[i]!)
    })
    const answerMs = seconds.reduce((sum, one) => sum + one, 0) * 1000
    return {
      engine: `Spark ${version} (${options.master}${workers > 0 ? `, ${workers} workers` : ''})`,
      lists: answers.lists(),
      counts: answers.counts,
      issues: lackingColumns(source.at, lacking),
      timings: { readMs: performance.now() - started - answerMs, answerMs },
    }
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

function submit(args: readonly string[], master: string): Promise<void> {
  const child = spawn(pythonOf(), args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, PYSPARK_PYTHON: pythonOf(), ...(master.startsWith('local') ? { SPARK_LOCAL_IP: '127.0.0.1' } : {}) },
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000)
  })
  return new Promise((done, fail) => {
    child.on('error', (error) => fail(new EngineError(`Spark could not be started: ${error.message}`, 'see SECONDWIND_PYTHON')))
    child.on('close', (status) => {
      if (status === 0) return done()
      const lines = said.split('\n').filter((line) => line.trim() !== '' && !/^\s+at |WARN/.test(line))
      fail(
        new EngineError(
          `Spark stopped: ${lines.slice(-5).join('\n')}`,
          'run again with --write-job and submit the job by hand to see all of what it says',
        ),
      )
    })
  })
}
