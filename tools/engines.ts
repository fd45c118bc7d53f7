import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { openKnowledge } from '../packages/server/src/compose.ts'
import { askPopulation, type PopulationQuestion } from '../packages/server/src/population/engines/run.ts'
import { snapshotSource } from '../packages/server/src/population/engines/snapshot-source.ts'
import { sparkMissing } from '../packages/server/src/population/engines/spark.ts'
import { writeSnapshots } from '../packages/server/src/project/write-snapshots.ts'
import { AS_OF, expectSame, generatedBase } from '../packages/server/test/engines-cases.ts'
import { fixtureCases } from '../packages/server/test/fixture-cases.ts'

/**
 * `node tools/engines.ts [SEEDS [FIRST]]`: a population asked of the columns, of DuckDB, and of Spark on a cluster of two workers on this machine:
 * generated bases, many seeds, then the real base over the example patients. The last line is `N passed, N failed`.
 */
const SEEDS = Number(process.argv[2] ?? 6)
const FIRST = Number(process.argv[3] ?? 100)
const MASTER = process.env.MASTER ?? 'local-cluster[2,1,1024]'
const { knowledge } = openKnowledge()
const missing = sparkMissing()
if (missing !== undefined) console.log(`skipped: Spark: ${missing}`)
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-engines-'))
let [passed, failed] = [0, 0]

async function compare(
  name: string,
  question: PopulationQuestion,
  cases: Parameters<typeof writeSnapshots>[1],
  isInSpark: boolean,
): Promise<void> {
  const folder = path.join(scratch, `${passed + failed}.parquet`)
  writeSnapshots(folder, cases, question.knowledge, { rowsPerPart: 100 })
  const source = snapshotSource(folder)
  if (!source.ok) throw new Error(source.error[0]?.message)
  const reference = await askPopulation('columns', source.value, question)
  for (const engine of ['duckdb', ...(isInSpark && missing === undefined ? ['spark' as const] : [])] as const) {
    try {
      const answer = await askPopulation(engine, source.value, question, { master: MASTER })
      expectSame(answer, reference)
      passed++
      console.log(`${answer.engine}: ${name}, ${reference.counts.size} counts equal, ${Math.round(answer.timings.answerMs / 1000)} s`)
    } catch (error) {
      failed++
      console.log(`FAILED ${engine}, ${name}: ${(error as Error).message.slice(0, 2000)}`)
    }
  }
}

try {
  for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
    const { knowledge: base, cases } = generatedBase(knowledge, seed, 400)
    // Spark takes a minute for each thousand formulas before it begins
    const isInSpark = seed < FIRST + 2
    const asked = isInSpark ? {} : { rules: true as const }
    await compare(`generated base ${seed}`, { knowledge: base, asOf: AS_OF, asked, listed: () => true }, cases, isInSpark)
  }
  await compare('the real base over the example patients', { knowledge, asOf: AS_OF }, fixtureCases(knowledge, AS_OF), true)
} finally {
  fs.rmSync(scratch, { recursive: true, force: true })
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
