import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { deriveFacts, type Fact, type FactDefinition, vocabulary } from '@secondwind/core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { binding } from '../src/analyse/decide.ts'
import { derivedConstraints, isFree, isModelled } from '../src/analyse/derived.ts'
import { openSolver, type Solver } from '../src/analyse/solver.ts'
import { smtEmitter } from '../src/emit/smt.ts'
import { and } from '../src/emit/smt-terms.ts'
import { compileKnowledge } from '../src/index.ts'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../knowledge')
const AS_OF = '2026-11-23'
const { knowledge } = compileKnowledge(root, 'test')
const words = vocabulary(knowledge.facts, [])
const definitionOf = new Map(knowledge.facts.map((f) => [f.id, f]))
const derived = knowledge.facts.filter((f) => f.derivedFrom !== undefined)
const DAY = 20_780

let solver: Solver
beforeAll(async () => {
  solver = await openSolver()
}, 60_000)
afterAll(() => solver.close())

test('every derived fact of the registry is modelled, or named as free with its reason', () => {
  expect(derived.filter((d) => !isModelled(d)).map((d) => d.id)).toEqual([])
})

test('no rule that is proven asks for the days between two dates', () => {
  const { facts: _facts, quality: _quality, terminology: _terminology, ...proven } = knowledge
  const text = JSON.stringify(proven)
  const days = derived.filter((d) => d.daysBetween)
  expect(days.length).toBeGreaterThan(0)
  expect(days.filter(({ id }) => text.includes(`"${id}"`)).map((d) => d.id)).toEqual([])
})

/** A value that the registry allows, or none. */
function anyValue(definition: FactDefinition): fc.Arbitrary<Fact | undefined> {
  const known = (value: fc.Arbitrary<unknown>): fc.Arbitrary<Fact | undefined> =>
    fc.option(
      value.map((v) => ({ value: v as never, sources: [{ reference: 'Observation/1' }] })),
      { nil: undefined },
    )
  const codes = Object.keys(definition.values ?? {})
  const [low, high] = definition.plausible ?? [0, 100]
  switch (definition.type) {
    case 'truth':
      return known(fc.boolean())
    case 'integer':
      return known(fc.integer({ min: low, max: Math.min(high, low + 120) }))
    case 'quantity':
      return known(fc.integer({ min: Math.ceil(low), max: Math.floor(high) }))
    case 'code':
      return known(fc.constantFrom(...codes))
    case 'codes':
      return known(fc.subarray(codes, { maxLength: 4 }))
    case 'date':
      return known(fc.constantFrom('2026-11-01', '2026-03-15', '2025-01-31', ...(definition.absence === 'listed' ? ['never'] : [])))
    case 'list':
      return known(
        fc.array(fc.record({ site: fc.constantFrom('bone', 'liver'), count: fc.integer({ min: 1, max: 4 }) }, { requiredKeys: ['site'] }), {
          maxLength: 3,
        }),
      )
    case 'text':
      return fc.constant(undefined)
  }
}

describe('what derive.ts computes satisfies the constraints of the proof, and nothing else does', () => {
  const modelled = derived.filter((d) => !isFree(d))
  test.each(modelled.map((d) => [d.id, d] as const))('%s', { timeout: 60_000 }, async (id, definition) => {
    const emitter = smtEmitter(words)
    const constraint = and(...derivedConstraints(definition, emitter, 3))
    const variables = [...emitter.variables.values()]
    const inputs = [...new Set(variables.map((v) => v.fact))].filter((fact) => fact !== id)
    const cases = fc.sample(fc.record(Object.fromEntries(inputs.map((fact) => [fact, anyValue(definitionOf.get(fact)!)]))), {
      seed: 7,
      numRuns: 60,
    })
    await solver.tell(`(push)\n${variables.map(({ name, sort }) => `(declare-const ${name} ${sort})`).join('\n')}`)
    let settled = 0
    for (const given of cases) {
      const facts = Object.fromEntries(Object.entries(given).filter(([, fact]) => fact !== undefined)) as Record<string, Fact>
      const after = deriveFacts(facts, AS_OF, [definition])
      const terms = variables.map((v) => binding(v, after, DAY))
      expect((await solver.check([...terms, constraint])).sat, JSON.stringify(after)).toBe(true)
      const own = after[id]
      if (own === undefined || !('value' in own) || !own.derived) continue
      settled += 1
      // the opposite of what was derived, or not knowing it, is excluded
      const { [id]: _, ...without } = after
      expect(
        (await solver.check([...variables.map((v) => binding(v, without, DAY)), constraint])).sat,
        `${id} unknown: ${JSON.stringify(after)}`,
      ).toBe(false)
      if (typeof own.value !== 'boolean') continue
      const turned = { ...after, [id]: { ...own, value: !own.value } }
      expect(
        (await solver.check([...variables.map((v) => binding(v, turned, DAY)), constraint])).sat,
        `${id} turned: ${JSON.stringify(after)}`,
      ).toBe(false)
    }
    await solver.tell('(pop)')
    expect(settled).toBeGreaterThan(0)
  })
})
