import { engineOf, inScopePlane, populationPlanes } from '@secondwind/care'
import { everyCriterion } from '@secondwind/compiler'
import {
  type CaseTable,
  ColumnCompiler,
  countsOf,
  type Issue,
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

/** Cases that are held in memory at once: well within the 4 GB that the plane machine can address. */
const CASES_AT_ONCE = 2_000_000

/**
 * The reference: the same questions by the columns backend, over the same snapshot. What is larger than memory is taken some parts at a time; counts are
 * added up, and nobody stands in two parts.
 */
export async function runInColumns(
  source: SnapshotSource,
  request: ColumnsRequest,
  { casesAtOnce = CASES_AT_ONCE }: { readonly casesAtOnce?: number } = {},
): Promise<EngineAnswer> {
  const words = wordsOf(request.knowledge, request.asked.after)
  const counts = new Map<string, number>()
  const named = new Map<string, string[]>()
  const timings = { readMs: 0, prepareMs: 0, answerMs: 0 }
  let issues: readonly Issue[] = []
  for (const parts of groupsOf(source.rowsOf, casesAtOnce)) {
    const started = performance.now()
    const room = new Room(sharedMemory())
    const read = await readSnapshots(source.at, words, request.asOf, room, [], parts)
    if (!read.ok) throw new EngineError(`${source.at}: ${read.error[0]?.message}`, read.error[0]?.remedy ?? '')
    const { table, names } = read.value
    issues = read.value.issues
    const inMemory = performance.now()
    const answer = askColumns(table, room, request)
    for (const [name, count] of answer.counts) counts.set(name, (counts.get(name) ?? 0) + count)
    for (const [name, rows] of answer.lists) {
      const list = named.get(name) ?? []
      named.set(name, list)
      for (const row of rows) list.push(names[row]!)
    }
    timings.readMs += inMemory - started
    timings.prepareMs += performance.now() - inMemory - answer.ranMs
    timings.answerMs += answer.ranMs
  }
  for (const list of named.values()) list.sort()
  return { engine: 'columns', counts, lists: named, issues, timings }
}

/** Parts one after another, as many as fit; at least one group, so that an empty snapshot is answered too. */
function groupsOf(rows: readonly number[], casesAtOnce: number): readonly (readonly number[])[] {
  const groups: number[][] = [[]]
  let size = 0
  rows.forEach((own, part) => {
    if (size > 0 && size + own > casesAtOnce) {
      groups.push([])
      size = 0
    }
    groups.at(-1)!.push(part)
    size += own
  })
  return groups
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
