import { engineOf, inScopePlane, populationPlanes } from '@secondwind/care'
import { everyCriterion } from '@secondwind/compiler'
import {
  type CaseTable,
  ColumnCompiler,
  countsOf,
  type KnowledgeBase,
  latestDay,
  layPlanes,
  type Plane,
  Room,
  runPlanes,
  sharedMemory,
} from '@secondwind/core'
import { readSnapshots } from '../../project/read-snapshots.ts'
import { casesOf } from '../threads.ts'
import { type EngineAnswer, EngineError } from './engine.ts'
import { type Asked, CHANGED, type Question, ruleName, STANDINGS, standingName, verdictName, wordsOf } from './questions.ts'
import { ALL_CASES, IN_SCOPE } from './script.ts'
import type { SnapshotSource } from './snapshot-source.ts'

export interface ColumnsRequest {
  readonly knowledge: KnowledgeBase
  readonly asked: Asked
  readonly asOf: string
  readonly listed: (name: string) => boolean
}

/** The reference: the same questions by the columns backend, over the same snapshot. */
export async function runInColumns(source: SnapshotSource, request: ColumnsRequest): Promise<EngineAnswer> {
  const { knowledge, asked, asOf } = request
  const started = performance.now()
  const room = new Room(sharedMemory())
  const read = await readSnapshots(source.at, wordsOf(knowledge, asked.after), asOf, room)
  if (!read.ok) throw new EngineError(`${source.at}: ${read.error[0]?.message}`, read.error[0]?.remedy ?? '')
  const { table, names, issues } = read.value
  const inMemory = performance.now()
  const { counts, lists, ranMs } = askColumns(table, room, request)
  const named = new Map([...lists].map(([name, rows]) => [name, rows.map((row) => names[row]!).sort()]))
  const timings = { readMs: inMemory - started, prepareMs: performance.now() - inMemory - ranMs, answerMs: ranMs }
  return { engine: 'columns', counts, lists: named, issues, timings }
}

interface ColumnsAnswer {
  readonly counts: ReadonlyMap<string, number>
  /** Rows of the table, by question. */
  readonly lists: ReadonlyMap<string, readonly number[]>
  /** The pass over the cases. */
  readonly ranMs: number
}

/** The questions over a table that stands in memory. */
export function askColumns(table: CaseTable, room: Room, { knowledge, asked, asOf, listed }: ColumnsRequest): ColumnsAnswer {
  const day = latestDay(asOf)!
  const compiler = new ColumnCompiler(engineOf(knowledge).words, table, day)
  const { code } = compiler
  const before = planesOf(knowledge, compiler)
  const questions: Question[] = [
    { name: ALL_CASES, plane: compiler.everyone },
    { name: IN_SCOPE, plane: before.scope },
    ...[...before.named].map(([name, plane]) => ({ name, plane })),
  ]
  if (asked.rules) {
    for (const { id, when } of everyCriterion(knowledge)) {
      const { isTrue, isFalse } = compiler.compile(when)
      questions.push(
        { name: verdictName(id, true), plane: code.and([before.scope, isTrue]) },
        { name: verdictName(id, false), plane: code.and([before.scope, isFalse]) },
      )
    }
  }
  if (asked.after) {
    const after = planesOf(asked.after, new ColumnCompiler(engineOf(asked.after).words, table, day, code))
    const names = new Set([...before.named.keys(), ...after.named.keys()])
    const changes = [...names].map((name) => code.xor(before.named.get(name) ?? 0, after.named.get(name) ?? 0))
    questions.push({ name: CHANGED, plane: code.or([code.xor(before.scope, after.scope), ...changes]) })
    questions[1] = { name: IN_SCOPE, plane: code.or([before.scope, after.scope]) }
  }
  const kept = questions.map(({ name, plane }) => {
    code.count(plane)
    if (name === ALL_CASES || name === IN_SCOPE || !listed(name)) return undefined
    const at = room.take(table.rows / 8)
    code.keep(plane, at)
    return at
  })
  const task = layPlanes(code, room)
  const started = performance.now()
  runPlanes(room.memory, task, 0, table.rows)
  const counts = countsOf(room.memory, task)
  const ranMs = performance.now() - started
  return {
    ranMs,
    counts: new Map(questions.map(({ name }, i) => [name, counts[i]!])),
    lists: new Map(questions.flatMap(({ name }, i) => (kept[i] === undefined ? [] : [[name, casesOf(room, kept[i], table)] as const]))),
  }
}

/** What a base says of the cases that it plans for. */
function planesOf(
  knowledge: KnowledgeBase,
  compiler: ColumnCompiler,
): { readonly scope: Plane; readonly named: ReadonlyMap<string, Plane> } {
  const { code } = compiler
  const { options, notAdvised } = populationPlanes(engineOf(knowledge), compiler)
  const scope = inScopePlane(compiler, knowledge.dosingPolicy?.adultFromYears)
  const named = new Map([
    ...options.flatMap(({ option, planes }) =>
      STANDINGS.map((standing) => [standingName(option, standing), code.and([scope, planes[standing]])] as const),
    ),
    ...notAdvised.map(({ rule, cases }) => [ruleName(rule), code.and([scope, cases])] as const),
  ])
  return { scope, named }
}
