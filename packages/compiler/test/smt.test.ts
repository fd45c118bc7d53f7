import { type Criterion, caseView, explain, type Fact, vocabulary } from '@secondwind/core'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AS_OF, criterion, FACTS, partialCase } from '../../core/test/criteria.arbitrary.ts'
import { type SmtDecider, smtDecider, smtEmitter } from '../src/index.ts'

const NAMED = [{ id: 'named', label: 'named', when: { op: 'compare' as const, fact: 'ecog', cmp: '<=' as const, value: 1 } }]
const words = vocabulary(FACTS, NAMED)
let decider: SmtDecider
beforeAll(async () => {
  decider = await smtDecider(words)
}, 60_000)
afterAll(() => decider.close())

const truthOf = (c: Criterion, facts: { readonly [id: string]: Fact }): string => explain(c, caseView(words, facts, AS_OF), words).truth

test('the SMT backend means what the explanation means, lists, partial dates and unknowns included', { timeout: 120_000 }, async () => {
  const criteria = fc.sample(criterion, { seed: 20261123, numRuns: 120 })
  for (const { facts } of fc.sample(partialCase, { seed: 20261124, numRuns: 25 })) {
    const decided = await decider.decide(criteria, facts, AS_OF)
    criteria.forEach((c, i) => {
      expect(decided[i], JSON.stringify({ c, facts })).toBe(truthOf(c, facts))
    })
  }
})

const ROW = (drugs: readonly string[], number?: number): Record<string, string | number | readonly string[]> => ({
  drugs,
  ...(number === undefined ? {} : { number }),
})
const lines = (...rows: readonly Record<string, string | number | readonly string[]>[]): { readonly [id: string]: Fact } => ({
  lines: { value: rows, sources: [] },
})
const count = (cmp: '<' | '<=' | '>' | '>=' | '=', value: number): Criterion => ({
  op: 'count',
  fact: 'lines',
  where: { op: 'compare', fact: 'number', cmp: '>=', value: 2 },
  cmp,
  value,
})

test.each<{ name: string; facts: { readonly [id: string]: Fact } }>([
  { name: 'no list at all', facts: {} },
  { name: 'an empty list', facts: lines() },
  { name: 'one row that fits', facts: lines(ROW(['cisplatin'], 2)) },
  { name: 'one that fits and one that does not say', facts: lines(ROW([], 3), ROW([])) },
  { name: 'five rows, more than the proof allows itself', facts: lines(ROW([], 1), ROW([], 2), ROW([], 3), ROW([], 4), ROW([])) },
])('counting rows: $name', async ({ facts }) => {
  const criteria = (['<', '<=', '>', '>=', '='] as const).flatMap((cmp) => [0, 1, 2, 3, 1.5].map((value) => count(cmp, value)))
  const decided = await decider.decide(criteria, facts, AS_OF)
  expect(decided).toEqual(criteria.map((c) => truthOf(c, facts)))
})

test('a named criterion is written once and decided as what it stands for', async () => {
  const twice: Criterion = {
    op: 'all',
    of: [
      { op: 'ref', id: 'named' },
      { op: 'not', of: { op: 'ref', id: 'named' } },
    ],
  }
  const fit = { ecog: { value: 1, sources: [] } }
  expect(await decider.decide([{ op: 'ref', id: 'named' }, twice], fit, AS_OF)).toEqual(['true', 'false'])
  expect(await decider.decide([{ op: 'ref', id: 'named' }, twice], {}, AS_OF)).toEqual(['unknown', 'unknown'])
  const emitter = smtEmitter(words)
  emitter.pair(twice)
  expect([...emitter.definitions.keys()]).toEqual(['|named!true|', '|named!false|'])
})

test('what the language cannot say is refused, never approximated', () => {
  expect(() => smtEmitter(words).pair({ op: 'is', fact: 'ecog', values: ['1'] })).toThrow(/the compiler refuses it/)
  expect(() => smtEmitter(words).pair({ op: 'compare', fact: 'nothing', cmp: '>', value: 1 })).toThrow(/not in the registry/)
})
