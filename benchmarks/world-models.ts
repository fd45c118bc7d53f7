import fs from 'node:fs'
import path from 'node:path'
import { engineOf } from '../packages/care/src/index.ts'
import { type Fact, type KnowledgeBase, type PatientCase, Room, sharedMemory, type Vocabulary } from '../packages/core/src/index.ts'
import { openDuckdb } from '../packages/server/src/population/engines/duckdb.ts'
import { partName } from '../packages/server/src/project/format.ts'
import { manifestOf, writeManifest, writeSnapshots } from '../packages/server/src/project/write-snapshots.ts'
import { fixtureCases } from '../packages/server/test/fixture-cases.ts'
import { worldCases } from './world-cases.ts'

type Facts = readonly (Fact | undefined)[]

/** The example patients as the planner sees them: what the cases of a bench are made from. */
export function modelViews(knowledge: KnowledgeBase, asOf: string): readonly Facts[] {
  const engine = engineOf(knowledge)
  return fixtureCases(knowledge, asOf).map(({ facts }) => engine.view(facts, asOf).facts)
}

/** Facts by position of the registry as a case. */
export const caseOf = ({ facts }: Vocabulary, of: Facts, patient: string, asOf: string): PatientCase => ({
  patient,
  asOf,
  facts: Object.fromEntries(facts.flatMap(({ id }, at) => (of[at] ? [[id, of[at]]] : []))),
})

/** So many example patients with a fifth of their facts changed at random. */
export function drawnCases(knowledge: KnowledgeBase, asOf: string, size: number, seed: number): readonly PatientCase[] {
  const { words } = engineOf(knowledge)
  const rows = Array.from({ length: size }, (_, row) => row)
  const { factsOf } = worldCases(words, modelViews(knowledge, asOf), size, seed, new Room(sharedMemory()), new Set(rows))
  return rows.map((row) => caseOf(words, factsOf(row), `Patient/${row}`, asOf))
}

const ROWS_A_PART = 100_000

/** A snapshot of so many cases: the given ones, again and again under other names. The copies are made by DuckDB, which takes seconds for a million. */
export async function repeatedSnapshot(
  cases: readonly PatientCase[],
  folder: string,
  size: number,
  knowledge: KnowledgeBase,
  asOf: string,
): Promise<void> {
  const models = `${folder}.models`
  writeSnapshots(models, cases, knowledge)
  fs.mkdirSync(folder)
  const { connection, close } = await openDuckdb()
  const parts = []
  try {
    for (let from = 0; from < size; from += ROWS_A_PART) {
      const rows = Math.min(ROWS_A_PART, size - from)
      const file = partName(parts.length)
      await connection.run(
        `copy (select t.* replace (t.case_id || '-${from}-' || g as case_id) from read_parquet('${models}/*.parquet') t cross join range(${Math.ceil(rows / cases.length)}) r(g) limit ${rows}) to '${path.join(folder, file)}' (format parquet)`,
      )
      parts.push({ file, rows, sha256: '' })
    }
  } finally {
    close()
    fs.rmSync(models, { recursive: true })
  }
  writeManifest(folder, manifestOf(knowledge, asOf, parts))
}

/** The base as it would be if every limit of 50 % for PD-L1 became 60. */
export function withOtherThreshold(knowledge: KnowledgeBase): KnowledgeBase {
  let limits = 0
  const copy = JSON.parse(
    JSON.stringify(knowledge, (_, node: unknown) => {
      if (typeof node !== 'object' || node === null || !('op' in node) || node.op !== 'compare') return node
      if (!('fact' in node) || node.fact !== 'pd-l1-tps' || !('value' in node) || node.value !== 50) return node
      limits++
      return { ...node, value: 60 }
    }),
  ) as KnowledgeBase
  if (limits === 0) throw new Error('the base no longer has the threshold that this bench changes')
  return copy
}
