import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
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
import { readPatientCase } from '../packages/fhir/src/index.ts'
import { openKnowledge, parseCharts, readerFor } from '../packages/server/src/compose.ts'
import { casesOf, PlaneThreads } from '../packages/server/src/population/threads.ts'
import { worldCases } from './world-cases.ts'
import { measureReading } from './world-snapshots.ts'

/**
 * Every stage IV lung cancer patient on Earth: two million cases in memory, every rule, exclusion and standing of the whole base, counts and changed ids out.
 * Baselines in the same run: the planner's own program case by case (`closures`), and a plain pass over the same bytes.
 */
const CASES = Number(process.env.CASES ?? 2_000_000)
const THREADS = 2
const AS_OF = '2026-11-23'
const SEED = 20261123
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const STANDINGS: readonly Standing[] = ['recommended', 'alternative', 'conditional', 'needs-data']

const { knowledge } = openKnowledge()
const engine = engineOf(knowledge)
const asOf = latestDay(AS_OF)!
const models = modelViews()
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
const worldMs = await median(5, pass)
const oneCoreMs = await median(3, async () => runPlanes(memory, single, 0, table.rows))

// a release that changes one threshold: whose standings change
const changedBase = engineOf(withOtherThreshold())
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
const reading = await measureReading(engine.words, knowledge, AS_OF, CASES, drawn.factsOf)

const perSecondPerCore = Math.round((CASES / oneCoreMs) * 1000)
const figures = {
  cases: CASES,
  options: population.options.length,
  exclusions: population.notAdvised.length,
  threads: THREADS,
  worldMs: round(worldMs),
  oneCoreMs: round(oneCoreMs),
  casesPerSecondPerCore: perSecondPerCore,
  closuresCasesPerSecond: closuresPerSecond,
  diffMs: round(diffMs),
  changedCases: changed,
  snapshotMegabytes: Math.round(bytes / 1e6),
  plainPassMs: round(plainMs),
  buildMs: Math.round(buildMs),
  parquetMegabytes: reading.megabytes,
  parquetReadMs: reading.readMs,
}
console.log(
  `${CASES} cases, ${figures.options} options, ${figures.exclusions} exclusions: ${figures.worldMs} ms on ${THREADS} threads; ${perSecondPerCore} cases/s a core; closures ${closuresPerSecond} cases/s; release diff ${figures.diffMs} ms, ${changed} cases change; plain pass over the bytes ${figures.plainPassMs} ms; reading ${reading.rows} snapshots from ${reading.megabytes} MB of Parquet ${reading.readMs} ms of processor time`,
)
console.log(
  JSON.stringify({
    bench: 'world',
    ratios: { toClosures: round(perSecondPerCore / closuresPerSecond), toPlainPass: round(plainMs / oneCoreMs) },
    figures,
  }),
)

function modelViews() {
  const folder = path.join(root, 'fixtures/patients')
  const views = []
  for (const file of fs.readdirSync(folder).sort()) {
    if (!file.endsWith('.json')) continue
    const parsed = parseCharts(fs.readFileSync(path.join(folder, file), 'utf8'))
    if (!parsed.ok) throw new Error(`${file} cannot be read`)
    for (const chart of parsed.value) {
      const read = readPatientCase(chart, readerFor(knowledge), { asOf: AS_OF })
      if (read.ok) views.push(engine.view(read.value.patientCase.facts, AS_OF).facts)
    }
  }
  return views
}

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
    const facts = Object.fromEntries(engine.words.facts.flatMap(({ id }, at) => (factsOf(row)[at] ? [[id, factsOf(row)[at]!]] : [])))
    const patientCase: PatientCase = { patient: `case ${row}`, asOf: AS_OF, facts }
    const expected = new Map(standingsOf(patientCase, knowledge).map((one) => [one.option, one.standing]))
    planes.options.forEach(({ option }, i) => {
      const seen = STANDINGS.filter((_, k) => (all[places[i]![k]! + (row >> 3)]! >> (row & 7)) & 1).join()
      if (seen !== (expected.get(option) ?? '')) throw new Error(`case ${row}, ${option}: planner ${expected.get(option)}, columns ${seen}`)
    })
    return patientCase
  })
}

/** The base as it would be if every limit of 50 % for PD-L1 became 60. */
function withOtherThreshold(): typeof knowledge {
  let limits = 0
  const copy = JSON.parse(
    JSON.stringify(knowledge, (_, node: unknown) => {
      if (typeof node !== 'object' || node === null || !('op' in node) || node.op !== 'compare') return node
      if (!('fact' in node) || node.fact !== 'pd-l1-tps' || !('value' in node) || node.value !== 50) return node
      limits++
      return { ...node, value: 60 }
    }),
  ) as typeof knowledge
  if (limits === 0) throw new Error('the base no longer has the threshold that this bench changes')
  return copy
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
  const took: number[] = []
  for (let i = 0; i < times; i++) {
    const started = performance.now()
    await run()
    took.push(performance.now() - started)
  }
  return took.sort((a, b) => a - b)[Math.floor(times / 2)]!
}

function round(n: number): number {
  return Number(n.toFixed(1))
}
