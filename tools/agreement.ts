import type { Backend, Batch } from '../packages/compiler/test/conformance/backends/backend.ts'
import { columns } from '../packages/compiler/test/conformance/backends/columns.ts'
import { cqlOwnElm } from '../packages/compiler/test/conformance/backends/cql.ts'
import { cqlFromText, cqlInJava } from '../packages/compiler/test/conformance/backends/cql-java.ts'
import { closures } from '../packages/compiler/test/conformance/backends/memory.ts'
import { postgres } from '../packages/compiler/test/conformance/backends/postgres.ts'
import { smt } from '../packages/compiler/test/conformance/backends/smt.ts'
import { spark } from '../packages/compiler/test/conformance/backends/spark.ts'
import { duckdb, pglite } from '../packages/compiler/test/conformance/backends/sql.ts'
import { generatedBatch, onDay, realBatch } from '../packages/compiler/test/conformance/batches.ts'
import { expectAgreement } from '../packages/compiler/test/conformance/compare.ts'
import { evaluate, translate, translator } from './cql/translate.ts'

/**
 * `npm run agreement [-- SEEDS [FIRST SEED]]`: the differential suite at length. Every backend over generated criteria and over every rule of the
 * base, many seeds, and what `npm test` has no time for: the printed CQL as the Java translator compiles it, and Spark.
 * The last lines are a table of what was compared, and `N passed, N failed`. A difference is printed small, ready to be kept as a fixture.
 */
const SEEDS = Number(process.argv[2] ?? 3)
const FIRST = Number(process.argv[3] ?? 1)
const HOSTILE = ["quo'ted", 'back\\slash', 'do"uble', '`tick', '--', 'ünïcode', 'line\nbreak']

interface Contestant {
  readonly backend: Backend
  /** Criteria × cases of a generated batch, cases of a real one, and how many of the seeds it can afford. */
  readonly generated: readonly [criteria: number, cases: number]
  readonly real: number
  readonly seeds: number
  readonly isSql?: true
  /** Takes any word in a text. SMT-LIB has no way to write some. */
  readonly takesAnyWord: boolean
}

const contestants: Contestant[] = [
  { backend: closures, generated: [600, 600], real: 400, seeds: SEEDS, takesAnyWord: true },
  { backend: columns, generated: [600, 600], real: 400, seeds: SEEDS, takesAnyWord: true },
  { backend: await pglite(), generated: [300, 400], real: 150, seeds: SEEDS, isSql: true, takesAnyWord: true },
  { backend: await duckdb(), generated: [300, 400], real: 150, seeds: SEEDS, isSql: true, takesAnyWord: true },
  { backend: cqlOwnElm, generated: [200, 120], real: 60, seeds: SEEDS, takesAnyWord: true },
  { backend: smt, generated: [200, 60], real: 20, seeds: SEEDS, takesAnyWord: false },
]

const server = await postgres()
if ('skipped' in server) console.log(`skipped: ${server.skipped}`)
else contestants.push({ backend: server, generated: [300, 400], real: 150, seeds: SEEDS, isSql: true, takesAnyWord: true })
const jars = translator()
if (!jars.ok) console.log(`skipped: CQL text through the Java translator and engine: ${jars.error}`)
else {
  contestants.push({
    backend: cqlFromText((texts) => translate(jars.value, texts)),
    generated: [200, 120],
    real: 60,
    seeds: 1,
    takesAnyWord: true,
  })
  contestants.push({ backend: cqlInJava((job) => evaluate(jars.value, job)), generated: [100, 60], real: 30, seeds: 1, takesAnyWord: true })
}
const cluster = spark()
if ('skipped' in cluster) console.log(`skipped: ${cluster.skipped}`)
else contestants.push({ backend: cluster, generated: [40, 40], real: 12, seeds: 1, isSql: true, takesAnyWord: true })

let passed = 0
let failed = 0
const lines: string[] = []
for (const { backend, generated, real, seeds, isSql, takesAnyWord } of contestants) {
  const started = Date.now()
  let compared = 0
  const seen = { true: 0, false: 0, unknown: 0 }
  const run = async (name: string, batch: Batch, reference?: Batch): Promise<void> => {
    try {
      const found = await expectAgreement(batch, backend, reference)
      compared += found.compared
      for (const truth of ['true', 'false', 'unknown'] as const) seen[truth] += found.seen[truth]
      passed++
    } catch (error) {
      failed++
      console.log(`FAILED ${backend.name}, ${name}: ${(error as Error).message.slice(0, 4000)}`)
    }
  }
  for (let seed = FIRST; seed < FIRST + seeds; seed++) {
    await run(`generated, seed ${seed}`, generatedBatch(seed, ...generated))
    if (takesAnyWord) await run(`hostile words, seed ${seed}`, generatedBatch(seed + 500, generated[0] / 2, generated[1] / 2, HOSTILE))
    const rules = realBatch(seed, real)
    await run(`every rule, seed ${seed}`, rules)
    if (isSql) {
      const day = `20${27 + (seed % 5)}-0${1 + (seed % 9)}-28`
      const few = { ...rules, cases: rules.cases.slice(0, 20) }
      await run(`every rule, seed ${seed}, asked on ${day}`, { ...few, asOf: day }, onDay(few, day))
    }
  }
  const share = Object.entries(seen).map(([truth, count]) => `${Math.round((100 * count) / Math.max(1, compared))} % ${truth}`)
  lines.push(
    `${backend.name.padEnd(44)} ${String(compared).padStart(9)} verdicts (${share.join(', ')}) in ${((Date.now() - started) / 1000).toFixed(0)} s`,
  )
  console.log(lines.at(-1))
  await backend.close?.()
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
