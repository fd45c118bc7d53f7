import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Criterion, caseView, criteriaCompiler, type Explanation, explain, type Fact, missingFacts, vocabulary } from '../src/index.ts'
import { AS_OF, completeCase, criterion, FACTS, monotoneCriterion, partialCase } from './criteria.arbitrary.ts'

const words = vocabulary(FACTS, [])
const OPTIONS = { seed: 20261123, numRuns: 2000 }

function decideOn(c: Criterion, facts: { readonly [id: string]: Fact }) {
  const compiler = criteriaCompiler(words)
  const decide = compiler.compile(c)
  return decide(caseView(words, facts, AS_OF, compiler.program))
}
const explainOn = (c: Criterion, facts: { readonly [id: string]: Fact }): Explanation => explain(c, caseView(words, facts, AS_OF), words)

test('closures and the reference explanation agree on every criterion and case', () => {
  fc.assert(
    fc.property(criterion, partialCase, (c, { facts }) => {
      expect(decideOn(c, facts)).toBe(explainOn(c, facts).truth)
    }),
    OPTIONS,
  )
})

test('learning a fact never reverses a settled verdict', () => {
  fc.assert(
    fc.property(monotoneCriterion, partialCase, (c, { facts, complete }) => {
      const settled = decideOn(c, facts)
      fc.pre(settled !== 'unknown')
      expect(decideOn(c, complete)).toBe(settled)
    }),
    OPTIONS,
  )
})

test('an unknown verdict names at least one missing fact, or rests on a constant, a partial date or an open row', () => {
  fc.assert(
    fc.property(monotoneCriterion, partialCase, (c, { facts }) => {
      const why = explainOn(c, facts)
      fc.pre(why.truth === 'unknown' && !JSON.stringify(c).includes('"unknown"'))
      expect(missingFacts(why).size).toBeGreaterThan(0)
    }),
    OPTIONS,
  )
})

test('a fact that is not listed as missing cannot settle an unknown verdict alone', () => {
  fc.assert(
    fc.property(monotoneCriterion, partialCase, (c, { facts, complete }) => {
      const why = explainOn(c, facts)
      fc.pre(why.truth === 'unknown')
      const missing = missingFacts(why)
      for (const id of Object.keys(complete)) {
        if (id in facts || missing.has(id)) continue
        expect(decideOn(c, { ...facts, [id]: complete[id]! })).toBe('unknown')
      }
    }),
    OPTIONS,
  )
})

test('a leaf that demands freshness never settles on a stale value', () => {
  fc.assert(
    fc.property(completeCase, fc.integer({ min: 20, max: 100 }), (facts, value) => {
      const truth = decideOn({ op: 'compare', fact: 'clearance', cmp: '<', value, fresh: true }, facts)
      const fact = facts.clearance as { stale?: true }
      expect(truth === 'unknown').toBe(fact.stale === true)
    }),
    OPTIONS,
  )
})
