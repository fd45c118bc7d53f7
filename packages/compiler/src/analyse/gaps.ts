import { type Criterion, caseView, explain, factsOf, type OptionRule, type Vocabulary } from '@secondwind/core'
import { and, not, or, type Term } from '../emit/smt-terms.ts'
import { type ProofModel, some } from './model.ts'
import type { Question } from './question.ts'
import { WITNESS_DAY, type Witness } from './witness.ts'

/**
 * No gap: in every situation, for every group of histologies, some option that is an answer is open or waits for data or was stopped by a rule
 * that the plan names; else care alone stands with a row that names its reason, or `policy/proof.yaml` names one.
 */
export function gapQuestions(model: ProofModel): readonly Question[] {
  const { space, policy, plans } = model
  const { emitter } = space
  const open = emitter.define(
    'an answer is open',
    some(model.active, (j) => j.open),
  )
  const reasoned = emitter.define('care alone names its reason', or(...model.fallbacks.map((j) => j.reasoned), ...reasons(model)))
  const nothing = emitter.define('nothing at all', not(some([...model.active, ...model.fallbacks], (j) => j.offered)))
  const none: Question = {
    key: 'gap/empty-plan',
    property: 'gap',
    terms: [plans, nothing],
    fault: 'sat',
    report: () => ({
      message: 'this patient gets a plan without any option, not even care alone',
      remedy: 'take care alone out of the reach of the rule that bars it, or let an option be open to this patient',
      rules: policy.fallbacks.map((id) => model.placeOf('treatment', id, ['when'])),
      expects: { onlyOptions: [] },
    }),
  }
  return [
    none,
    ...policy.situations.flatMap((situation) =>
      policy.histologies.map((histologies): Question => {
        const here = emitter.define(
          `situation ${situation.id} ${histologies[0]}`,
          and(plans, space.pair(situation.when).t, space.pair({ op: 'is', fact: 'histology', values: histologies }).t),
        )
        return {
          key: `gap/${situation.id}/${histologies.join('+')}`,
          property: 'gap',
          terms: [here, not(open), not(reasoned)],
          fault: 'sat',
          report: (witness) => {
            const near = nearest(model, witness)
            const keeps = near.map(({ rule, misses }) => `${rule.id} asks for ${misses.join('; ') || 'nothing more'}`)
            return {
              message: `no option but care alone is open to this patient (${histologies.join(', ')}; ${situation.say}), and nothing says why`,
              remedy: `widen the \`when\` of an option, add one, or give care alone a standing row that names the reason. Nearest: ${keeps.join(' | ')}`,
              rules: [
                ...near.map(({ rule }) => model.placeOf('treatment', rule.id, ['when'])),
                model.placeOf('treatment', policy.fallbacks[0]!, ['standing']),
              ],
              expects: { onlyOptions: policy.fallbacks },
            }
          },
        }
      }),
    ),
    ...(policy.situations.length > 0 ? [coverage(model)] : []),
  ]
}

/** The situations leave nobody out: a patient outside all of them, all of whose facts of line and growth are known, would escape the question. */
function coverage(model: ProofModel): Question {
  const { space, policy, plans } = model
  const outside = policy.situations.map((s) => space.pair(s.when).f)
  return {
    key: 'gap/situations',
    property: 'gap',
    terms: [plans, ...outside],
    fault: 'sat',
    report: () => ({
      message: 'this patient is in none of the situations for which gaps are looked for',
      remedy: 'add the situation to knowledge/policy/proof.yaml',
      rules: [model.placeOf('proof', 'proof', ['situations'])],
    }),
  }
}

const reasons = ({ policy, space }: ProofModel): readonly Term[] => policy.reasons.map((r) => space.pair(r.when).t)

interface Near {
  readonly rule: OptionRule
  /** What this patient does not meet, in words. */
  readonly misses: readonly string[]
}

/** The options that this patient misses by least: where to look, and what keeps them shut. */
function nearest({ active, words, say }: ProofModel, witness: Witness | undefined): readonly Near[] {
  if (witness === undefined) return []
  const view = caseView(words, witness.facts, WITNESS_DAY)
  return [...new Set(active.map((j) => j.candidate.rule))]
    .map((rule) => {
      const parts = conjuncts(rule.when, words).map((c) => ({
        say: say(c),
        truth: explain(c, view, words).truth,
        isKind: factsOf(c, words).has('histology'),
      }))
      const misses = parts.filter((p) => p.truth === 'false').map((p) => p.say)
      // a miss weighs most, then what is open; of two alike the one made for this kind of cancer, then the one that is met in more
      const isOfKind = parts.some((p) => p.isKind && p.truth === 'true')
      const open = parts.filter((p) => p.truth === 'unknown').length
      return { rule, misses, distance: misses.length * 100 + open * 10 - (isOfKind ? 50 : 0) - parts.length }
    })
    .sort((a, b) => a.distance - b.distance || (a.rule.id < b.rule.id ? -1 : 1))
    .slice(0, 3)
}

/** The parts that must all hold, named criteria taken apart. */
export function conjuncts(criterion: Criterion, words: Vocabulary): readonly Criterion[] {
  if (criterion.op === 'all') return criterion.of.flatMap((c) => conjuncts(c, words))
  if (criterion.op !== 'ref') return [criterion]
  const target = words.named.get(criterion.id)!.when
  return target.op === 'all' ? conjuncts(target, words) : [criterion]
}
