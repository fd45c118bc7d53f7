import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { openKnowledge } from '../packages/server/src/compose.ts'
import type { EngineAnswer } from '../packages/server/src/population/engines/engine.ts'
import { askPopulation, connectionOf, ENGINES, type EngineName } from '../packages/server/src/population/engines/run.ts'
import { snapshotSource } from '../packages/server/src/population/engines/snapshot-source.ts'
import { drawnCases, repeatedSnapshot } from './world-models.ts'

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

const unknown = ASKED.find((engine) => !ENGINES.includes(engine))
if (unknown !== undefined) throw new Error(`${unknown} is not one of ${ENGINES.join(', ')}`)
const { knowledge } = openKnowledge()
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-engines-'))
const figures: { readonly engine: string; readonly cases: number; readonly readMs: number; readonly answerMs: number }[] = []
try {
  const models = drawnCases(knowledge, AS_OF, DISTINCT, 20261123)
  for (const size of SIZES) {
    const folder = path.join(scratch, `${size}.parquet`)
    await repeatedSnapshot(models, folder, size, knowledge, AS_OF)
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
