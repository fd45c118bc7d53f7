import { type Criterion, criterionText, type Truth, vocabulary } from '@secondwind/core'
import { expect, test, vi } from 'vitest'
import { everyCriterion, type RuleCriterion } from '../../src/index.ts'
import { closures } from './backends/memory.ts'
import { generatedBatch, realBatch, realKnowledge } from './batches.ts'
import { mutants } from './mutate.ts'
import { random } from './random.ts'
import { FACTS } from './vocabulary.ts'

vi.setConfig({ testTimeout: 300_000 })

/**
 * The plain text is a backend whose reader is a clinician. It cannot be run, so the law is: two criteria that read the same mean the same.
 */
test('a criterion that is changed in one place and means something else reads otherwise', async () => {
  const words = vocabulary(FACTS, [])
  const r = random(20261123)
  const { questions, cases } = generatedBatch(20261123, 400, 200)
  const twins = questions.flatMap(({ when }) => {
    const text = criterionText(when, words)
    return mutants(when, r)
      .filter((mutant) => criterionText(mutant, words) === text)
      .map((mutant) => ({ text, when, mutant }))
  })
  const pairs = twins.flatMap(({ when, mutant }) => [when, mutant])
  const answers = await closures.answer({ words, asOf: cases[0]!.asOf, cases, questions: pairs.map((when, i) => ({ id: `q${i}`, when })) })
  const misread = twins.filter((_, i) => answers.some((row) => row[2 * i] !== row[2 * i + 1]))
  expect(misread.slice(0, 3)).toEqual([])
})

test('criteria of the knowledge base that read the same mean the same', async () => {
  const batch = realBatch(20261123, 60)
  const answers = await closures.answer(batch)
  const byText = new Map<string, Truth[][]>()
  batch.questions.forEach(({ when }, q) => {
    const text = criterionText(when, batch.words)
    byText.set(text, [...(byText.get(text) ?? []), answers.map((row) => row[q]!)])
  })
  const unlike = [...byText].filter(([, columns]) => columns.some((column) => column.some((truth, i) => truth !== columns[0]![i])))
  expect(unlike.map(([text]) => text)).toEqual([])
})

test('every criterion of the knowledge base has words, and none of them is the name of an operator', () => {
  const knowledge = realKnowledge()
  const words = vocabulary(knowledge.facts, knowledge.criteria)
  for (const { id, when } of everyCriterion(knowledge)) {
    const text = criterionText(when, words)
    expect(text, id).not.toMatch(/undefined|\[object|\batLeast\b|\bwith (const|known|some|count|ref)\b/)
    expect(text.length, id).toBeGreaterThan(0)
  }
})

test('no criterion of the base is left out', () => {
  const knowledge = realKnowledge()
  const listed = new Set(everyCriterion(knowledge).map(({ when }: RuleCriterion) => JSON.stringify(when)))
  const ids = everyCriterion(knowledge).map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  const missing: Criterion[] = []
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) {
      node.forEach(walk)
      return
    }
    if (typeof node !== 'object' || node === null) return
    if ('op' in node) {
      if (!listed.has(JSON.stringify(node))) missing.push(node as Criterion)
      return
    }
    Object.values(node).forEach(walk)
  }
  const { terminology: _terminology, quality = [], ...rules } = knowledge
  walk(rules)
  // a measure that counts the items of a list asks its groups of an item, not of a case
  walk(quality.map((measure) => (measure.each === undefined ? measure : measure.patients)))
  expect(missing).toEqual([])
})
