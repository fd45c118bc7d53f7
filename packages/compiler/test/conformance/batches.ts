import path from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type Criterion,
  deriveFacts,
  earliestDay,
  type Fact,
  isKnown,
  type KnowledgeBase,
  latestDay,
  type PatientCase,
  vocabulary,
} from '@secondwind/core'
import { compileKnowledge, DAY_FACTS, everyCriterion, knowledgeVersion } from '../../src/index.ts'
import type { Batch } from './backends/backend.ts'
import { criterion, type Domain, domainOf, patientCase, steered } from './generate.ts'
import { random } from './random.ts'
import { AS_OF, FACTS } from './vocabulary.ts'

/** Criteria and cases over a small registry that has every type of fact. */
export function generatedBatch(seed: number, criteria: number, cases: number, spare?: readonly string[]): Batch {
  const r = random(seed)
  const domain: Domain = { ...domainOf(FACTS, [], AS_OF), ...(spare ? { spare } : {}) }
  return {
    words: vocabulary(FACTS, []),
    asOf: AS_OF,
    questions: Array.from({ length: criteria }, (_, i) => ({ id: `q${i}`, when: criterion(domain, r) })),
    cases: Array.from({ length: cases }, (_, i) => patientCase(domain, r, `case ${i}`, r.next() * 0.6)),
  }
}

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../../knowledge')
let compiled: KnowledgeBase | undefined

export function realKnowledge(): KnowledgeBase {
  compiled ??= compileKnowledge(ROOT, knowledgeVersion(ROOT)).knowledge
  return compiled
}

/**
 * Every criterion of the knowledge base, and cases that are steered towards two of its rules each, so that rules of ten conditions are met too.
 * What follows from other facts is derived, as in a case that was read from a chart.
 */
export function realBatch(seed: number, cases: number): Batch {
  let maker = makers.get(seed)
  if (maker === undefined) {
    maker = realCases(seed)
    makers.set(seed, maker)
  }
  return maker(cases)
}

/** Fewer cases of a seed are the first of more of them, so that what was made and judged once serves every backend. */
const makers = new Map<number, (cases: number) => Batch>()

function realCases(seed: number): (cases: number) => Batch {
  const knowledge = realKnowledge()
  const r = random(seed)
  const questions = everyCriterion(knowledge)
  const words = vocabulary(knowledge.facts, knowledge.criteria)
  const domain = domainOf(
    knowledge.facts,
    questions.map(({ when }) => when),
    AS_OF,
  )
  const made: PatientCase[] = []
  return (cases) => {
    while (made.length < cases) {
      const rules: readonly Criterion[] = [r.pick(questions).when, r.pick(questions).when]
      const one = steered(patientCase(domain, r, `case ${made.length}`, r.next()), rules, words.named, domain, r)
      made.push({ ...one, facts: deriveFacts(one.facts, AS_OF, knowledge.facts) })
    }
    return { words, asOf: AS_OF, questions, cases: made.slice(0, cases) }
  }
}

/** Of a batch, the questions whose answer a new day alone can change: those about days, about freshness, and about what moves with the calendar. */
export function movingWithTheCalendar(batch: Batch): Batch {
  const moves = (c: Criterion): boolean => {
    switch (c.op) {
      case 'ref':
        return moves(batch.words.named.get(c.id)!.when)
      case 'all':
      case 'any':
      case 'atLeast':
        return c.of.some(moves)
      case 'not':
        return moves(c.of)
      case 'some':
      case 'count':
        return moves(c.where)
      case 'within':
        return true
      case 'is':
      case 'compare':
        return c.fresh === true || DAY_FACTS.has(c.fact)
      case 'const':
      case 'known':
        return false
    }
  }
  return { ...batch, questions: batch.questions.filter(({ when }) => moves(when)) }
}

/** The same patients on a later day, with nothing new in the chart: values have aged, and what moves with the calendar is derived again. */
export function onDay(batch: Batch, asOf: string): Batch {
  const today = latestDay(asOf)!
  const definitions = new Map(batch.words.facts.map((f) => [f.id, f]))
  const aged = (id: string, fact: Fact): Fact => {
    const { freshDays } = definitions.get(id)!
    if (!isKnown(fact) || freshDays === undefined || fact.derived || fact.sources.length === 0 || fact.enteredByHand) return fact
    const day = fact.on === undefined ? undefined : earliestDay(fact.on)
    return day === undefined || today - day > freshDays ? { ...fact, stale: true } : fact
  }
  return {
    ...batch,
    asOf,
    cases: batch.cases.map((one) => {
      const facts = Object.fromEntries(Object.entries(one.facts).map(([id, fact]) => [id, aged(id, fact)]))
      return { ...one, asOf, facts: deriveFacts(facts, asOf, batch.words.facts) }
    }),
  }
}
