import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type CaseTable,
  ColumnCompiler,
  type Criterion,
  caseTable,
  caseView,
  countPlanes,
  explain,
  type Fact,
  latestDay,
  type Planes,
  Room,
  sharedMemory,
  vocabulary,
} from '../src/index.ts'
import { AS_OF, criterion, FACTS, partialCase } from './criteria.arbitrary.ts'

const words = vocabulary(FACTS, [])
const asOf = latestDay(AS_OF)!

interface Cases {
  readonly table: CaseTable
  readonly room: Room
}

function tableOf(cases: readonly { readonly [id: string]: Fact }[], mostRanks?: number): Cases {
  const room = new Room(sharedMemory())
  const views = cases.map((facts) => caseView(words, facts, AS_OF).facts)
  return { table: caseTable(words, cases.length, (row) => views[row]!, room, mostRanks), room }
}

/** The verdict of every criterion on every case, by planes that are kept. */
function verdicts({ table, room }: Cases, criteria: readonly Criterion[]): readonly (readonly string[])[] {
  const compiler = new ColumnCompiler(words, table, asOf)
  const kept = criteria.map((one) => {
    const { isTrue, isFalse }: Planes = compiler.compile(one)
    const at = { isTrue: room.take(table.rows / 8), isFalse: room.take(table.rows / 8) }
    compiler.code.keep(isTrue, at.isTrue)
    compiler.code.keep(isFalse, at.isFalse)
    return at
  })
  countPlanes(compiler.code, table, room)
  const bytes = new Uint8Array(room.memory.buffer)
  const has = (at: number, row: number): boolean => ((bytes[at + (row >> 3)]! >> (row & 7)) & 1) === 1
  return kept.map(({ isTrue, isFalse }) =>
    Array.from({ length: table.size }, (_, row) =>
      has(isTrue, row) ? (has(isFalse, row) ? 'both' : 'true') : has(isFalse, row) ? 'false' : 'unknown',
    ),
  )
}

const cases = fc.sample(partialCase, { seed: 20261123, numRuns: 2500 }).map(({ facts }) => facts)
const criteria = fc.sample(criterion, { seed: 20261124, numRuns: 400 })
const expected = criteria.map((one) => cases.map((facts) => explain(one, caseView(words, facts, AS_OF), words).truth))

describe('the columns backend agrees with the reference explanation', () => {
  test('on every criterion and case', () => {
    expect(verdicts(tableOf(cases), criteria)).toEqual(expected)
  })

  test('where numbers are kept as floats', () => {
    expect(verdicts(tableOf(cases, 3), criteria)).toEqual(expected)
  })

  test.each([1, 7, 1023, 1024, 1025])('with %i cases: none beyond the last is counted', (size) => {
    expect(verdicts(tableOf(cases.slice(0, size)), criteria.slice(0, 40))).toEqual(expected.slice(0, 40).map((row) => row.slice(0, size)))
    const { table, room } = tableOf(cases.slice(0, size))
    const compiler = new ColumnCompiler(words, table, asOf)
    compiler.code.count(compiler.everyone)
    const { isTrue } = compiler.compile({ op: 'not', of: { op: 'const', value: 'false' } })
    compiler.code.count(isTrue)
    expect(countPlanes(compiler.code, table, room)).toEqual([size, size])
  })
})

test('limits between two floats decide exactly', () => {
  const near = [20, 20 + 2 ** -48, 20 - 2 ** -48, Number.POSITIVE_INFINITY]
  const facts = near.map((value): { readonly [id: string]: Fact } => ({ clearance: { value, sources: [] } }))
  const all = (['<', '<=', '>', '>=', '='] as const).map((cmp): Criterion => ({ op: 'compare', fact: 'clearance', cmp, value: 20 }))
  for (const mostRanks of [1, undefined]) {
    expect(verdicts(tableOf(facts, mostRanks), all)).toEqual(
      all.map((one) => facts.map((f) => explain(one, caseView(words, f, AS_OF), words).truth)),
    )
  }
})
