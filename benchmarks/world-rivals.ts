import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { everyCriterion } from '@secondwind/compiler'
import { engineOf } from '../packages/care/src/index.ts'
import { batchLibraries, runLibrary, truthOfCql } from '../packages/compiler/test/conformance/backends/cql.ts'
import {
  type CaseTable,
  ColumnCompiler,
  caseTable,
  caseView,
  countPlanes,
  criteriaCompiler,
  type KnowledgeBase,
  latestDay,
  layPlanes,
  type PatientCase,
  Room,
  runPlanes,
  sharedMemory,
  type Truth,
  vocabulary,
} from '../packages/core/src/index.ts'
import { askPopulation } from '../packages/server/src/population/engines/run.ts'
import { snapshotSource } from '../packages/server/src/population/engines/snapshot-source.ts'
import { plainLibrary, plainSource } from './cql-plain.ts'
import { drawnCases, repeatedSnapshot } from './world-models.ts'

export interface Rival {
  readonly cases: number
  readonly casesPerSecond: number
  readonly columnsCasesPerSecond: number
}

/** Every standing of every option, by DuckDB (all its threads) and by the columns (one), over the same snapshot of so many cases; every count must be equal. */
export async function againstDuckdb(knowledge: KnowledgeBase, asOf: string, size: number): Promise<Rival> {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'world-duckdb-'))
  try {
    const folder = path.join(scratch, 'cases.parquet')
    await repeatedSnapshot(drawnCases(knowledge, asOf, 2000, 7), folder, size, knowledge, asOf)
    const source = snapshotSource(folder)
    if (!source.ok) throw new Error(source.error[0]?.message)
    const columns = await askPopulation('columns', source.value, { knowledge, asOf })
    const duckdb = await askPopulation('duckdb', source.value, { knowledge, asOf })
    for (const [name, count] of columns.counts)
      if ((duckdb.counts.get(name) ?? 0) !== count) throw new Error(`${name}: DuckDB ${duckdb.counts.get(name)}, columns ${count}`)
    return {
      cases: size,
      casesPerSecond: Math.round((size * 1000) / duckdb.timings.answerMs),
      columnsCasesPerSecond: Math.round((size * 1000) / columns.timings.answerMs),
    }
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true })
  }
}

export interface CriteriaRivals {
  readonly criteria: number
  readonly cases: number
  readonly columnsCasesPerSecond: number
  readonly closuresCasesPerSecond: number
  readonly cqlCasesPerSecond: number
}

/**
 * The verdict of every criterion of the base, without the planner: the columns over a whole table, closures and `cql-execution` (over plain values, its best
 * form) over some cases. All three must give those cases the same verdicts.
 */
export async function criteriaRivals(
  knowledge: KnowledgeBase,
  asOf: string,
  table: CaseTable,
  room: Room,
  cases: readonly PatientCase[],
): Promise<CriteriaRivals> {
  const words = vocabulary(knowledge.facts, knowledge.criteria)
  const rules = everyCriterion(knowledge)
  const compiler = criteriaCompiler(words)
  const decides = rules.map(({ when }) => compiler.compile(when))
  const byClosures = (): readonly (readonly Truth[])[] =>
    cases.map(({ facts }) => {
      const view = caseView(words, facts, asOf, compiler.program)
      return decides.map((decide) => decide(view))
    })
  const expected = byClosures()

  const named = cases.map((one, i) => ({ ...one, patient: `Patient/case-${i}` }))
  const elm = plainLibrary(batchLibraries({ words, questions: rules }))
  const sources = named.map((one) => plainSource(one, knowledge.facts))
  const started = processorMs()
  let at = 0
  const answers = await runLibrary(elm, asOf, { currentPatient: () => sources[at], nextPatient: () => sources[++at] })
  const cqlMs = processorMs() - started
  named.forEach((_, i) => {
    rules.forEach(({ id }, k) => {
      const answer = truthOfCql((answers as { readonly [name: string]: { readonly [id: string]: unknown } })[`case-${i}`]![id])
      if (answer !== expected[i]![k]) throw new Error(`${id} of case ${i}: closures ${expected[i]![k]}, cql-execution ${answer}`)
    })
  })
  checkColumns(knowledge, asOf, cases, expected)

  const closuresStarted = performance.now()
  let times = 0
  while (performance.now() - closuresStarted < 1000) {
    byClosures()
    times++
  }
  const closuresMs = (performance.now() - closuresStarted) / times

  const columns = new ColumnCompiler(words, table, latestDay(asOf)!)
  for (const { when } of rules) {
    const { isTrue, isFalse } = columns.compile(when)
    columns.code.count(isTrue)
    columns.code.count(isFalse)
  }
  const task = layPlanes(columns.code, room)
  const took: number[] = []
  for (let i = 0; i < 3; i++) {
    const before = performance.now()
    runPlanes(room.memory, task, 0, table.rows)
    took.push(performance.now() - before)
  }
  const columnsMs = took.sort((a, b) => a - b)[1]!
  const perSecond = (many: number, ms: number): number => Number(((many * 1000) / ms).toPrecision(4))
  return {
    criteria: rules.length,
    cases: cases.length,
    columnsCasesPerSecond: Math.round(perSecond(table.size, columnsMs)),
    closuresCasesPerSecond: perSecond(cases.length, closuresMs),
    cqlCasesPerSecond: perSecond(cases.length, cqlMs),
  }
}

/** How many of the cases each criterion is true and false of, by the columns. */
function checkColumns(
  knowledge: KnowledgeBase,
  asOf: string,
  cases: readonly PatientCase[],
  expected: readonly (readonly Truth[])[],
): void {
  const engine = engineOf(knowledge)
  const room = new Room(sharedMemory())
  const views = cases.map(({ facts }) => engine.view(facts, asOf).facts)
  const table = caseTable(engine.words, views.length, (row) => views[row]!, room)
  const compiler = new ColumnCompiler(engine.words, table, latestDay(asOf)!)
  const rules = everyCriterion(knowledge)
  for (const { when } of rules) {
    const { isTrue, isFalse } = compiler.compile(when)
    compiler.code.count(isTrue)
    compiler.code.count(isFalse)
  }
  const counts = countPlanes(compiler.code, table, room)
  rules.forEach(({ id }, k) => {
    const own = (truth: Truth): number => expected.filter((verdicts) => verdicts[k] === truth).length
    if (counts[2 * k] !== own('true') || counts[2 * k + 1] !== own('false'))
      throw new Error(`${id}: closures ${own('true')} true and ${own('false')} false, columns ${counts[2 * k]} and ${counts[2 * k + 1]}`)
  })
}

function processorMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
