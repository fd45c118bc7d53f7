import { type Criterion, criterionText, type KnowledgeBase, type Vocabulary, vocabulary } from '@secondwind/core'
import type { CheckedEntry } from '../compile.ts'
import { or, type Term } from '../emit/smt-terms.ts'
import { type Judgement, type PlannerModel, plannerModel } from './planner.ts'
import type { ProofInputs, ProofPolicy } from './policy.ts'
import type { RulePlace } from './question.ts'
import { type Space, spaceOf } from './space.ts'

/** Everything that a property is stated over. Terms may be added until the space is sealed. */
export interface ProofModel {
  readonly knowledge: KnowledgeBase
  readonly words: Vocabulary
  readonly policy: ProofPolicy
  readonly space: Space
  readonly planner: PlannerModel
  /** The planner takes this patient on. */
  readonly plans: Term
  /** Judgements of options that are an answer, and of those that are always open. */
  readonly active: readonly Judgement[]
  readonly fallbacks: readonly Judgement[]
  readonly entries: readonly CheckedEntry[]
  /** The place of a rule, or of a part of it. */
  placeOf(kind: CheckedEntry['kind'], id: string, at?: readonly (string | number)[]): RulePlace
  say(criterion: Criterion): string
}

export function proofModel(knowledge: KnowledgeBase, entries: readonly CheckedEntry[], { constraints, policy }: ProofInputs): ProofModel {
  const words = vocabulary(knowledge.facts, knowledge.criteria)
  const space = spaceOf(knowledge, constraints, policy)
  const planner = plannerModel(knowledge, space.emitter)
  const index = new Map(entries.map((e) => [`${e.kind}/${e.value.id}`, e]))
  const isFallback = (j: Judgement): boolean => policy.fallbacks.includes(j.candidate.rule.id)
  return {
    knowledge,
    words,
    policy,
    space,
    planner,
    plans: space.emitter.define('the planner takes this patient on', space.pair(policy.plans).t),
    active: planner.judgements.filter((j) => !isFallback(j)),
    fallbacks: planner.judgements.filter(isFallback),
    entries,
    placeOf: (kind, id, at = []) => {
      const entry = index.get(`${kind}/${id}`)
      if (entry === undefined) throw new Error(`invariant: there is no ${kind} entry ${id}`)
      return { id, file: `knowledge/${entry.raw.file}`, line: entry.raw.lineOf(at) }
    },
    say: (criterion) => criterionText(criterion, words),
  }
}

/** Some of these judgements holds in this way. */
export const some = (judgements: readonly Judgement[], of: (j: Judgement) => Term): Term => or(...judgements.map(of))
