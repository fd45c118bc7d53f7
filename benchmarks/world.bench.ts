import os from 'node:os'
import { engineOf, populationPlanes, standingsOf } from '../packages/care/src/index.ts'
import {
  ColumnCompiler,
  countPlanes,
  latestDay,
  layPlanes,
  type PatientCase,
  Room,
  runPlanes,
  type Standing,
  sharedMemory,
} from '../packages/core/src/index.ts'
import { openKnowledge } from '../packages/server/src/compose.ts'
import { casesOf, PlaneThreads } from '../packages/server/src/population/threads.ts'
import { worldCases } from './world-cases.ts'
import { caseOf, modelViews, withOtherThreshold } from './world-models.ts'
import { againstDuckdb, criteriaRivals } from './world-rivals.ts'
import { measureReading } from './world-snapshots.ts'

/**
 * Every stage IV lung cancer patient on Earth: two million cases in memory, every rule, exclusion and standing of the whole base, counts and changed ids out.
 * Baselines in the same run, each after its answers were found equal: the planner's own program case by case (closures), DuckDB over snapshots, `cql-execution`
 * over the same criteria; and a plain pass over the same bytes. Reading snapshots from Parquet is measured apart. CASES, READ (cases read from Parquet) and
 * DUCKDB (cases it is given) set the sizes.
 */
const CASES = Number(process.env.CASES ?? 2_000_000)
const READ = Number(process.env.READ ?? 200_000)
const DUCKDB = Number(process.env.DUCKDB ?? 50_000)
/** What was asked of us. */
const GOAL = { worldMs: 1000, casesPerSecondPerCore: 1_000_000 }
const THREADS = 2
const AS_OF = '2026-11-23'
const SEED = 20261123
const STANDINGS: readonly Standing[] = ['recommended', 'alternative', 'conditional', 'needs-data']

const { knowledge } = openKnowledge()
const engine = engineOf(knowledge)
const asOf = latestDay(AS_OF)!
const models = modelViews(knowledge, AS_OF)
const memory = sharedMemory()
const room = new Room(memory)
const built = performance.now()
const { table } = worldCases(engine.words, models, CASES, SEED, room, new Set())
const buildMs = performance.now() - built
const bytes = memory.buffer.byteLength

// the answers first: every option in other cases of the same making, as the planner gives them one by one
const sampled = checkAgainstPlanner()

const compiler = new ColumnCompiler(engine.words, table, asOf)
const population = populationPlanes(engine, compiler)
for (const { planes } of population.options) for (const standing of STANDINGS) compiler.code.count(planes[standing])
for (const { cases } of population.notAdvised) compiler.code.count(cases)
const single = layPlanes(compiler.code, room)
const threads = await PlaneThreads.start(room, THREADS)
const pass = threads.prepare(compiler.code, table)
const passes = await timed(9, pass)
const worldMs = medianOf(passes)
const oneCoreMs = await median(3, async () => runPlanes(memory, single, 0, table.rows))

// a release that changes one threshold: whose standings change
const changedBase = engineOf(withOtherThreshold(knowledge))
const diff = new ColumnCompiler(engine.words, table, asOf)
const before = populationPlanes(engine, diff)
const after = populationPlanes(changedBase, new ColumnCompiler(changedBase.words, table, asOf, diff.code))
const changes = diff.code.or(
  before.options.flatMap(({ planes }, i) =>
    STANDINGS.map((standing) => diff.code.xor(planes[standing], after.options[i]!.planes[standing])),
  ),
)
const changedAt = room.take(table.rows / 8)
diff.code.keep(changes, changedAt)
const diffPass = threads.prepare(diff.code, table)
const diffMs = await median(5, diffPass)
const changed = casesOf(room, changedAt, table).length

const plainMs = await median(3, async () => plainPass())
const closuresPerSecond = closures()
const counted = await pass()
if (countPlanes(compiler.code, table, room).join() !== counted.join()) throw new Error('threads and one core count differently')
await threads.stop()

// the snapshots from Parquet, apart: as many cases as are asked for, on one core
const SNAPSHOT_ROWS = 8192
const drawn = worldCases(
  engine.words,
  models,
  SNAPSHOT_ROWS,
  SEED + 2,
  new Room(sharedMemory()),
  new Set(Array.from({ length: SNAPSHOT_ROWS }, (_, row) => row)),
)
const reading = await measureReading(engine.words, knowledge, AS_OF, READ, drawn.factsOf)

const criteria = await criteriaRivals(knowledge, AS_OF, table, room, sampled.slice(0, 60))
const duckdb = await againstDuckdb(knowledge, AS_OF, DUCKDB)

const perSecondPerCore = Math.round((CASES / oneCoreMs) * 1000)
const figures = {
  cases: CASES,
  options: population.options.length,
  exclusions: population.notAdvised.length,
  threads: THREADS,
  worldMs: round(worldMs),
  bestWorldMs: round(Math.min(...passes)),
  oneCoreMs: round(oneCoreMs),
  casesPerSecondPerCore: perSecondPerCore,
  closuresCasesPerSecond: closuresPerSecond,
  diffMs: round(diffMs),
  changedCases: changed,
  snapshotMegabytes: Math.round(bytes / 1e6),
  plainPassMs: round(plainMs),
  buildMs: Math.round(buildMs),
  criteria,
  duckdb,
  parquetCases: reading.rows,
  parquetMegabytes: reading.megabytes,
  parquetReadMs: reading.readMs,
  load: round(os.loadavg()[0]!),
}
const ratios = {
  toPlainPass: Number((plainMs / oneCoreMs).toFixed(2)),
  toClosures: Math.round(perSecondPerCore / closuresPerSecond),
  toDuckdb: Math.round(duckdb.columnsCasesPerSecond / duckdb.casesPerSecond),
  criteriaToClosures: Math.round(criteria.columnsCasesPerSecond / criteria.closuresCasesPerSecond),
  criteriaToCqlExecution: Math.round(criteria.columnsCasesPerSecond / criteria.cqlCasesPerSecond),
}
const met = (isMet: boolean): string => (isMet ? 'met' : 'MISSED')
/** Another's work on the two cores is in the median, and less of it in the best pass. */
const isWithin = (ms: number): boolean => (ms * 2_000_000) / CASES < GOAL.worldMs
const judged = isWithin(worldMs) || !isWithin(Math.min(...passes)) ? met(isWithin(worldMs)) : 'met by the best pass, MISSED by the median'
console.log(
  [
    `${CASES} cases, ${figures.options} options in four standings, ${figures.exclusions} exclusions; counts out, answers equal to the planner's (${sampled.length} cases of the same making)`,
    `  on ${THREADS} threads          ${figures.worldMs} ms, the best of ${passes.length} passes ${figures.bestWorldMs} ms (goal for two million: ${GOAL.worldMs} ms, ${judged})`,
    `  on one core           ${perSecondPerCore} cases/s (goal ${GOAL.casesPerSecondPerCore}, ${met(perSecondPerCore >= GOAL.casesPerSecondPerCore)})`,
    `  a release that changes one threshold: ids of ${changed} cases that change in ${figures.diffMs} ms`,
    'in the same run, answers equal first:',
    `  a plain pass over the same ${figures.snapshotMegabytes} MB: ${figures.plainPassMs} ms on one core; the whole base at ${ratios.toPlainPass} of that speed`,
    `  closures (the planner's program): ${closuresPerSecond} cases/s; the columns ${ratios.toClosures} times as fast`,
    `  DuckDB, the same questions over ${duckdb.cases} snapshots: ${duckdb.casesPerSecond} cases/s on all threads; the columns ${duckdb.columnsCasesPerSecond} on one: ${ratios.toDuckdb} times`,
    `  all ${criteria.criteria} criteria alone: cql-execution ${criteria.cqlCasesPerSecond} cases/s (plain values, ${criteria.cases} cases), closures ${criteria.closuresCasesPerSecond}, the columns ${criteria.columnsCasesPerSecond}: ${ratios.criteriaToCqlExecution} and ${ratios.criteriaToClosures} times`,
    `apart: reading ${reading.rows} snapshots from ${reading.megabytes} MB of Parquet ${reading.readMs} ms of processor time (${Math.round((reading.readMs * 1000) / reading.rows)} µs a case); load of the machine ${figures.load}`,
  ].join('\n'),
)
console.log(JSON.stringify({ bench: 'world', goal: GOAL, ratios, figures }))

function checkAgainstPlanner(): readonly PatientCase[] {
  const own = new Room(sharedMemory())
  const size = 4096
  const rows = Array.from({ length: 1500 }, (_, i) => i * 2)
  const { table: few, factsOf } = worldCases(engine.words, models, size, SEED + 1, own, new Set(rows))
  const kept = new ColumnCompiler(engine.words, few, asOf)
  const planes = populationPlanes(engine, kept)
  const places = planes.options.map(({ planes: of }) =>
    STANDINGS.map((standing) => {
      const at = own.take(few.rows / 8)
      kept.code.keep(of[standing], at)
      return at
    }),
  )
  countPlanes(kept.code, few, own)
  const all = new Uint8Array(own.memory.buffer)
  return rows.map((row) => {
    const patientCase = caseOf(engine.words, factsOf(row), `case ${row}`, AS_OF)
    const expected = new Map(standingsOf(patientCase, knowledge).map((one) => [one.option, one.standing]))
    planes.options.forEach(({ option }, i) => {
      const seen = STANDINGS.filter((_, k) => (all[places[i]![k]! + (row >> 3)]! >> (row & 7)) & 1).join()
      if (seen !== (expected.get(option) ?? '')) throw new Error(`case ${row}, ${option}: planner ${expected.get(option)}, columns ${seen}`)
    })
    return patientCase
  })
}

/** Reads every byte of the snapshots once. */
function plainPass(): number {
  const words = new Int32Array(memory.buffer)
  let all = 0
  for (let i = 0; i < words.length; i++) all ^= words[i]!
  return all
}

/** The same standings, case by case on one core. */
function closures(): number {
  const started = performance.now()
  let cases = 0
  while (performance.now() - started < 2000) {
    for (const patientCase of sampled) standingsOf(patientCase, knowledge)
    cases += sampled.length
  }
  return Math.round((cases * 1000) / (performance.now() - started))
}

async function median(times: number, run: () => Promise<unknown>): Promise<number> {
  return medianOf(await timed(times, run))
}

function medianOf(took: readonly number[]): number {
  return [...took].sort((a, b) => a - b)[Math.floor(took.length / 2)]!
}

async function timed(times: number, run: () => Promise<unknown>): Promise<readonly number[]> {
  const took: number[] = []
  for (let i = 0; i < times; i++) {
    const started = performance.now()
    await run()
    took.push(performance.now() - started)
  }
  return took
}

function round(n: number): number {
  return Number(n.toFixed(1))
}
