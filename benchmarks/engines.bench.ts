import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { engineOf } from '../packages/care/src/index.ts'
import { type PatientCase, Room, sharedMemory } from '../packages/core/src/index.ts'
import { readPatientCase } from '../packages/fhir/src/index.ts'
import { openKnowledge, parseCharts, readerFor } from '../packages/server/src/compose.ts'
import { openDuckdb } from '../packages/server/src/population/engines/duckdb.ts'
import type { EngineAnswer } from '../packages/server/src/population/engines/engine.ts'
import { askPopulation, connectionOf, ENGINES, type EngineName } from '../packages/server/src/population/engines/run.ts'
import { snapshotSource } from '../packages/server/src/population/engines/snapshot-source.ts'
import { partName } from '../packages/server/src/project/format.ts'
import { manifestOf, writeManifest, writeSnapshots } from '../packages/server/src/project/write-snapshots.ts'
import { worldCases } from './world-cases.ts'

/**
 * The same questions over the same snapshots by each engine, at growing sizes: seconds, and the slope (what one more case costs, and the exponent by
 * which cost grows with size). Answers are checked equal to the columns backend at every size that it takes.
 *
 * SIZES=10000,100000 (default; 10000000 takes some 3 GB of disk), ENGINES=columns,duckdb (default; postgres wants a server: PGHOST or
 * SECONDWIND_POSTGRES; spark: SECONDWIND_PYTHON, MASTER). An engine goes no further once a size takes longer than LIMIT seconds (default 300).
 * Cases are synthetic, for speed and not for medicine: 2,000 different ones, repeated under other names.
 */
const SIZES = (process.env.SIZES ?? '10000,100000').split(',').map(Number)
const ASKED = (process.env.ENGINES ?? 'columns,duckdb').split(',') as readonly EngineName[]
const LIMIT_S = Number(process.env.LIMIT ?? 300)
/** The columns hold a snapshot in memory at once, of at most 4 GB. */
const MOST_IN_COLUMNS = 2_000_000
const AS_OF = '2026-11-23'
const DISTINCT = 2000
const ROWS_A_PART = 100_000

const unknown = ASKED.find((engine) => !ENGINES.includes(engine))
if (unknown !== undefined) throw new Error(`${unknown} is not one of ${ENGINES.join(', ')}`)
const { knowledge } = openKnowledge()
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-engines-'))
const figures: { readonly engine: string; readonly cases: number; readonly readMs: number; readonly answerMs: number }[] = []
try {
  const models = path.join(scratch, 'models.parquet')
  writeSnapshots(models, modelCases(), knowledge)
  for (const size of SIZES) {
    const folder = path.join(scratch, `${size}.parquet`)
    await repeat(models, folder, size)
    const source = snapshotSource(folder)
    if (!source.ok) throw new Error(source.error[0]?.message)
    let reference: EngineAnswer | undefined
    for (const engine of ASKED) {
      const last = figures.findLast((one) => one.engine === engine)
      const expected = last ? ((last.readMs + last.answerMs) / 1000) * (size / last.cases) : 0
      if (expected > LIMIT_S || (engine === 'columns' && size > MOST_IN_COLUMNS)) {
        const why = engine === 'columns' ? 'does not hold more in its 4 GB' : `would take some ${Math.round(expected)} s (LIMIT=${LIMIT_S})`
        console.log(`${engine} stops before ${size} cases: ${why}`)
        continue
      }
      const { SECONDWIND_POSTGRES: url, MASTER: master } = process.env
      const answer = await askPopulation(
        engine,
        source.value,
        { knowledge, asOf: AS_OF },
        { ...(url ? { connection: connectionOf(url) } : {}), ...(master ? { master } : {}) },
      )
      if (reference) checkSame(answer, reference)
      else reference = answer
      const { readMs, answerMs } = answer.timings
      figures.push({ engine, cases: size, readMs: Math.round(readMs), answerMs: Math.round(answerMs) })
      const perSecond = Math.round((size / answerMs) * 1000)
      console.log(
        `${answer.engine}, ${size} cases: read ${(readMs / 1000).toFixed(1)} s, answered ${(answerMs / 1000).toFixed(2)} s (${perSecond} cases/s)`,
      )
    }
    fs.rmSync(folder, { recursive: true })
  }
} finally {
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
console.log(JSON.stringify({ bench: 'engines', ratios: { slopes, columnsOver: toColumns }, figures }))

/** Example patients with a fifth of their facts changed at random. */
function* modelCases(): Iterable<PatientCase> {
  const engine = engineOf(knowledge)
  const folder = path.resolve(import.meta.dirname, '../fixtures/patients')
  const views = fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .flatMap((name) => {
      const parsed = parseCharts(fs.readFileSync(path.join(folder, name), 'utf8'))
      if (!parsed.ok) throw new Error(`${name} cannot be read`)
      return parsed.value.flatMap((chart) => {
        const read = readPatientCase(chart, readerFor(knowledge), { asOf: AS_OF })
        return read.ok ? [engine.view(read.value.patientCase.facts, AS_OF).facts] : []
      })
    })
  const rows = new Set(Array.from({ length: DISTINCT }, (_, row) => row))
  const { factsOf } = worldCases(engine.words, views, DISTINCT, 20261123, new Room(sharedMemory()), rows)
  for (const row of rows) {
    const of = factsOf(row)
    yield {
      patient: `Patient/${row}`,
      asOf: AS_OF,
      facts: Object.fromEntries(engine.words.facts.flatMap(({ id }, at) => (of[at] ? [[id, of[at]]] : []))),
    }
  }
}

/** A snapshot of so many cases, each of the models under many names. */
async function repeat(models: string, folder: string, size: number): Promise<void> {
  fs.mkdirSync(folder)
  const { connection, close } = await openDuckdb()
  const parts = []
  try {
    for (let from = 0; from < size; from += ROWS_A_PART) {
      const rows = Math.min(ROWS_A_PART, size - from)
      const file = partName(parts.length)
      await connection.run(
        `copy (select t.* replace (t.case_id || '-${from}-' || g as case_id) from read_parquet('${models}/*.parquet') t cross join range(${Math.ceil(rows / DISTINCT)}) r(g) limit ${rows}) to '${path.join(folder, file)}' (format parquet)`,
      )
      parts.push({ file, rows, sha256: '' })
    }
  } finally {
    close()
  }
  writeManifest(folder, manifestOf(knowledge, AS_OF, parts))
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
