import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { engineOf } from '../packages/care/src/index.ts'
import { Room, sharedMemory } from '../packages/core/src/index.ts'
import { openKnowledge } from '../packages/server/src/compose.ts'
import { askColumns } from '../packages/server/src/population/engines/columns.ts'
import type { EngineAnswer } from '../packages/server/src/population/engines/engine.ts'
import { askPopulation, ENGINES, type EngineName } from '../packages/server/src/population/engines/run.ts'
import { ALL_CASES } from '../packages/server/src/population/engines/script.ts'
import { snapshotSource } from '../packages/server/src/population/engines/snapshot-source.ts'
import { postgresServer } from '../packages/server/test/store/postgres-server.ts'
import { worldCases } from './world-cases.ts'
import { drawnCases, modelViews, repeatedSnapshot } from './world-models.ts'

/**
 * The same questions over the same snapshots by each engine, at growing sizes: seconds, and the slope (what one more case costs, and the exponent by
 * which cost grows with size). Answers are checked equal to the columns backend at every size that it takes.
 *
 * SIZES=10000,100000 (default; up to 10000000, some 3 GB of disk for the engines that read Parquet), ENGINES=columns,duckdb (default; postgres: the server
 * that SECONDWIND_POSTGRES names, else one of its own; spark: SECONDWIND_PYTHON, MASTER). An engine goes no further once a size would take longer than
 * LIMIT seconds (default 300). Cases are synthetic, for speed and not for medicine: 2,000 different ones, repeated under other names. Above 200,000
 * the columns get cases that were never in a file, and nothing is read: a million of them, asked again for each further million. Beside seconds by the clock stands the processor time of
 * this process, which hangs less on what else the machine does; PostgreSQL and Spark work elsewhere and have none.
 */
const SIZES = (process.env.SIZES ?? '10000,100000').split(',').map(Number)
const ASKED = (process.env.ENGINES ?? 'columns,duckdb').split(',') as readonly EngineName[]
const LIMIT_S = Number(process.env.LIMIT ?? 300)
/** Larger ones are made in memory, so many at a time: reading them takes minutes, and is measured by `world`. */
const MOST_FROM_PARQUET = 200_000
const MADE_AT_ONCE = 1_000_000
const AS_OF = '2026-11-23'
const DISTINCT = 2000

const unknown = ASKED.find((engine) => !ENGINES.includes(engine))
if (unknown !== undefined) throw new Error(`${unknown} is not one of ${ENGINES.join(', ')}`)
const { knowledge } = openKnowledge()
const server = ASKED.includes('postgres') ? await postgres() : undefined
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-engines-'))
const figures: {
  readonly engine: string
  readonly cases: number
  readonly readMs: number
  readonly answerMs: number
  readonly cpuMs?: number
}[] = []
try {
  const models = drawnCases(knowledge, AS_OF, DISTINCT, 20261123)
  for (const size of SIZES) {
    if (ASKED.includes('columns') && size > MOST_FROM_PARQUET) columnsInMemory(size)
    const takes = ASKED.filter((engine) => isTaken(engine, size))
    if (takes.length === 0) continue
    const folder = path.join(scratch, `${size}.parquet`)
    await repeatedSnapshot(models, folder, size, knowledge, AS_OF)
    const source = snapshotSource(folder)
    if (!source.ok) throw new Error(source.error[0]?.message)
    let reference: EngineAnswer | undefined
    for (const engine of takes) {
      const master = process.env.MASTER
      const before = process.cpuUsage()
      const answer = await askPopulation(
        engine,
        source.value,
        { knowledge, asOf: AS_OF },
        { ...(server ? { connection: server.config } : {}), ...(master ? { master } : {}) },
      )
      if (reference) checkSame(answer, reference)
      else reference = answer
      const { readMs, answerMs } = answer.timings
      const isHere = engine === 'columns' || engine === 'duckdb'
      const cpuMs = Math.round(cpuSince(before))
      figures.push({ engine, cases: size, readMs: Math.round(readMs), answerMs: Math.round(answerMs), ...(isHere ? { cpuMs } : {}) })
      const perSecond = Math.round((size / answerMs) * 1000)
      console.log(
        `${answer.engine}, ${size} cases: read ${(readMs / 1000).toFixed(1)} s, answered ${(answerMs / 1000).toFixed(2)} s (${perSecond} cases/s)${isHere ? `; ${(cpuMs / 1000).toFixed(1)} s of processor time in all` : ''}`,
      )
    }
    fs.rmSync(folder, { recursive: true })
  }
} finally {
  await server?.stop()
  fs.rmSync(scratch, { recursive: true, force: true })
}
const slopes = Object.fromEntries(ASKED.map((engine) => [engine, slopeOf(figures.filter((one) => one.engine === engine))]))
for (const [engine, slope] of Object.entries(slopes))
  if (slope)
    console.log(`${engine}: ${slope.microsecondsACase} µs for one more case; cost grows with size to the power of ${slope.exponent}`)
// how many times as many cases a second the columns answer, at the largest size that both took
const toColumns = Object.fromEntries(
  ASKED.flatMap((engine) => {
    const both = figures.findLast((one) => one.engine === engine && figures.some((c) => c.engine === 'columns' && c.cases === one.cases))
    const columns = figures.find((one) => one.engine === 'columns' && one.cases === both?.cases)
    return engine === 'columns' || !both || !columns ? [] : [[engine, Math.round(both.answerMs / Math.max(1, columns.answerMs))]]
  }),
)
for (const [engine, times] of Object.entries(toColumns))
  console.log(`the columns answer ${times} times as many cases a second as ${engine}`)
const load = Number(os.loadavg()[0]!.toFixed(1))
console.log(`load of the machine ${load}`)
console.log(JSON.stringify({ bench: 'engines', load, ratios: { slopes, columnsOver: toColumns }, figures }))

/** Whether an engine is asked at this size; what is not is said. */
function isTaken(engine: EngineName, size: number): boolean {
  if (engine === 'columns' && size > MOST_FROM_PARQUET) return false
  const last = figures.findLast((one) => one.engine === engine)
  const expected = last ? ((last.readMs + last.answerMs) / 1000) * (size / last.cases) : 0
  if (expected <= LIMIT_S) return true
  console.log(`${engine} stops before ${size} cases: would take some ${Math.round(expected)} s (LIMIT=${LIMIT_S})`)
  return false
}

/** A million cases that were never in a file, by one thread, asked once for each million of the size. */
function columnsInMemory(size: number): void {
  const { words } = engineOf(knowledge)
  const room = new Room(sharedMemory())
  const atOnce = Math.min(MADE_AT_ONCE, size)
  const { table } = worldCases(words, modelViews(knowledge, AS_OF), atOnce, 20261123, room, new Set())
  let answerMs = 0
  let cpuMs = 0
  let patients = 0
  for (let from = 0; from < size; from += atOnce) {
    const before = process.cpuUsage()
    const { counts, ranMs } = askColumns(table, room, { knowledge, asked: {}, asOf: AS_OF, listed: () => false })
    patients += counts.get(ALL_CASES) ?? 0
    answerMs += ranMs
    cpuMs += cpuSince(before)
  }
  if (patients !== size) throw new Error(`${patients} of ${size} cases were counted`)
  figures.push({ engine: 'columns', cases: size, readMs: 0, answerMs: Math.round(answerMs), cpuMs: Math.round(cpuMs) })
  console.log(
    `columns, ${size} cases in memory: answered ${(answerMs / 1000).toFixed(2)} s (${Math.round((size / answerMs) * 1000)} cases/s), on one thread; ${(cpuMs / 1000).toFixed(1)} s of processor time with making ready`,
  )
}

async function postgres(): Promise<Extract<Awaited<ReturnType<typeof postgresServer>>, { readonly config: unknown }>> {
  const started = await postgresServer()
  if ('skipped' in started) throw new Error(started.skipped)
  return started
}

function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

function checkSame(answer: EngineAnswer, reference: EngineAnswer): void {
  for (const [name, count] of reference.counts)
    if (answer.counts.get(name) !== count)
      throw new Error(`${name}: ${answer.engine} says ${answer.counts.get(name)}, ${reference.engine} ${count}: no cost is worth printing`)
}

/** What one more case costs between the smallest and the largest size, and the power of the size by which the cost grows. */
function slopeOf(of: typeof figures) {
  const [first, last] = [of[0], of.at(-1)]
  if (!first || !last || first === last) return undefined
  return {
    microsecondsACase: Number((((last.answerMs - first.answerMs) * 1000) / (last.cases - first.cases)).toFixed(2)),
    exponent: Number((Math.log(last.answerMs / Math.max(1, first.answerMs)) / Math.log(last.cases / first.cases)).toFixed(2)),
  }
}
