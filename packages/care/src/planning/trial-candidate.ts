import type { CriteriaCompiler, Criterion, Drug, KnowledgeBase, OptionRule, SafetyRule, TrialArm, TrialRule } from '@secondwind/core'
import type { AimedRules, Candidate } from './candidate.ts'
import { type Listed, listed, listedByWhen, picked } from './listed.ts'
import { classesOf, matches, type Treatment } from './target.ts'

/** A trial made ready to be judged like any option, with its criteria one by one. */
export interface CompiledTrial {
  readonly trial: TrialRule
  readonly candidate: Candidate
  /** In the order of the entry: what must be true for each criterion to be met (for an exclusion, that it does not hold). */
  readonly criteria: Listed<Criterion>
  /** Bars that say a drug does not help or displaces a better one: outside a trial that ends the matter, inside it is what is tested. */
  readonly doubts: Listed<SafetyRule>
}

/**
 * Every trial as a candidate. A patient may be given any arm, so the rules of safety and interaction that are aimed at any arm apply to the trial;
 * not those about exact drug sets, since an arm lists only what everyone in it gets. Only what is unsafe or declined bars. What is known of a trial's drugs is less than of any standard: it stands at most `conditional`.
 */
export function trialsOf(
  knowledge: KnowledgeBase,
  compiler: CriteriaCompiler,
  drugs: ReadonlyMap<string, Drug>,
  rules: AimedRules,
): readonly CompiledTrial[] {
  return knowledge.trials.map((trial) => {
    const rule = ruleOf(trial)
    const arms = [{ drugs: trial.drugs ?? [] }, ...trial.arms].map((arm) => treatmentOf(rule, arm, drugs))
    const isAimed = (target: Parameters<typeof matches>[0]): boolean => arms.some((arm) => matches(target, arm))
    const aimed = picked(rules.safety, ({ applies }) => !applies.exact && isAimed(applies))
    // what is aimed at a whole approach is a wish of the patient, not a doubt about a drug
    const isDoubt = ({ effect, reason, applies }: SafetyRule): boolean =>
      effect === 'bar' && (reason === 'ineffective' || reason === 'displaces-better') && applies.approaches === undefined
    return {
      trial,
      candidate: {
        id: trial.id,
        rule,
        treatment: arms[0]!,
        variantIndex: 0,
        when: compiler.slotFor(trial.when),
        standing: listedByWhen(rule.standing, compiler),
        against: listedByWhen(rule.against, compiler),
        cautions: listedByWhen(rule.cautions, compiler),
        concurrent: listedByWhen(rule.concurrent, compiler),
        safety: picked(aimed, (one) => !isDoubt(one)),
        interactions: picked(rules.interactions, ({ applies }) => isAimed(applies)),
      },
      criteria: listed(metCriteria(trial), (criterion) => criterion, compiler),
      doubts: picked(aimed, isDoubt),
    }
  })
}

/** What must be true for each criterion of a trial to be met, in the order of the entry. */
const metCriteria = ({ when }: TrialRule): readonly Criterion[] => (when.op === 'all' ? when.of : [when])

/** What the rest of the planner asks of an option. The order among trials is made in `trials.ts`; strength and priority play no part. */
function ruleOf(trial: TrialRule): OptionRule {
  return {
    id: trial.id,
    title: `Clinical trial: ${trial.title}`,
    group: trial.group,
    approaches: trial.approaches,
    regimens: [],
    ...(trial.drugs ? {} : { procedure: 'clinical-trial' }),
    when: trial.when,
    standing: [{ as: 'conditional', because: conditionsOf(trial) }],
    strength: 'weak',
    evidenceKind: 'consensus',
    toxicity: 'moderate',
    priority: 0,
    against: [{ say: trial.against }],
    cautions: [],
    concurrent: [],
    cites: trial.cites,
    review: trial.review,
    from: trial.from,
  }
}

const conditionsOf = ({ check }: TrialRule): string =>
  'every criterion that the chart can answer is met; on condition that the trial still recruits near the patient, that the patient wishes it, ' +
  `and that a person checks ${check.length === 1 ? 'one more point' : `${check.length} more points`} of the protocol`

const treatmentOf = (rule: OptionRule, arm: Pick<TrialArm, 'drugs' | 'approaches'>, drugs: ReadonlyMap<string, Drug>): Treatment => ({
  option: rule.id,
  drugs: [...new Set(arm.drugs)].sort(),
  classes: classesOf(arm.drugs, drugs),
  approaches: [...rule.approaches, ...(arm.approaches ?? [])],
  procedure: 'clinical-trial',
})
