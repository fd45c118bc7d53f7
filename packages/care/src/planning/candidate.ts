import type {
  ConditionalText,
  CriteriaCompiler,
  Drug,
  InteractionRule,
  KnowledgeBase,
  OptionRule,
  Regimen,
  RestsOn,
  SafetyRule,
} from '@secondwind/core'
import { type Listed, listedByWhen, picked } from './listed.ts'
import { classesOf, matches, type Treatment } from './target.ts'

/** One drug set (or procedure) of one option rule: what may become one line of the plan. */
export interface Candidate {
  readonly id: string
  readonly rule: OptionRule
  readonly regimen?: Regimen
  readonly treatment: Treatment
  readonly variantIndex: number
  /** The slot of its eligibility. */
  readonly when: number
  readonly standing: Listed<OptionRule['standing'][number]>
  readonly against: Listed<ConditionalText>
  readonly cautions: Listed<ConditionalText>
  readonly concurrent: Listed<OptionRule['concurrent'][number]>
  /** Safety and interaction rules aimed at it. */
  readonly safety: Listed<SafetyRule>
  readonly interactions: Listed<InteractionRule>
  /** What it rests on, having no drugs of its own: every option with drugs that could carry it. */
  readonly rests?: readonly Candidate[]
}

/** The rules that may be aimed at a treatment. */
export interface AimedRules {
  readonly safety: Listed<SafetyRule>
  readonly interactions: Listed<InteractionRule>
}

const NO_RULES: AimedRules = { safety: { items: [], slots: new Int32Array(0) }, interactions: { items: [], slots: new Int32Array(0) } }

const aimedAt = (treatment: Treatment, { safety, interactions }: AimedRules): AimedRules => ({
  safety: picked(safety, ({ applies }) => matches(applies, treatment)),
  interactions: picked(interactions, ({ applies }) => matches(applies, treatment)),
})

/** Every option rule spread over its regimens. */
export function candidatesOf(
  knowledge: KnowledgeBase,
  compiler: CriteriaCompiler,
  drugs: ReadonlyMap<string, Drug>,
  regimens: ReadonlyMap<string, Regimen>,
  rules: AimedRules,
): readonly Candidate[] {
  const candidates = knowledge.options.flatMap((rule): readonly Candidate[] => {
    const shared = {
      rule,
      when: compiler.slotFor(rule.when),
      standing: listedByWhen(rule.standing, compiler),
      against: listedByWhen(rule.against, compiler),
      cautions: listedByWhen(rule.cautions, compiler),
      concurrent: listedByWhen(rule.concurrent, compiler),
    }
    const variants: readonly (Regimen | undefined)[] =
      rule.regimens.length === 0 ? [undefined] : rule.regimens.map((id) => regimens.get(id)).filter((r) => r !== undefined)
    return variants.map((regimen, variantIndex) => {
      const treatment = treatmentOf(rule, regimen ? anticancerDrugs(regimen, drugs) : [], drugs)
      return {
        ...shared,
        id: variants.length > 1 && regimen ? `${rule.id}:${regimen.id}` : rule.id,
        ...(regimen ? { regimen } : {}),
        treatment,
        variantIndex,
        // what runs now is only known with the patient: see withCurrentDrugs
        ...(rule.drugsFrom ? NO_RULES : aimedAt(treatment, rules)),
      }
    })
  })
  return candidates.map((candidate) => {
    const { restsOn } = candidate.rule
    return restsOn ? { ...candidate, rests: candidates.filter((other) => carries(other, restsOn)) } : candidate
  })
}

/** Whether an option may carry one that rests on such drugs. What runs now carries none: it is known only with the patient. */
export function carries({ rule, treatment }: Pick<Candidate, 'rule' | 'treatment'>, { brainActivity, ...target }: RestsOn): boolean {
  if (treatment.drugs.length === 0 || rule.drugsFrom) return false
  if (brainActivity && !brainActivity.some((level) => level === rule.brainActivity)) return false
  return Object.keys(target).length === 0 || matches(target, treatment)
}

/** Stopping or holding a drug needs no rule that the drug is safe. */
export const isEnding = ({ procedure }: OptionRule): boolean => procedure === 'stop' || procedure === 'hold'

/** Options filled with the drugs that run, by drugs: which rules are aimed at them is the same for every patient who has them. */
const filled = new WeakMap<Candidate, Map<string, Candidate>>()
const MOST_DRUG_SETS = 200

/** An option about what runs now, filled with this patient's drugs. Undefined when nothing runs. */
export function withCurrentDrugs(
  candidate: Candidate,
  current: readonly string[],
  drugs: ReadonlyMap<string, Drug>,
  rules: AimedRules,
): Candidate | undefined {
  if (current.length === 0) return undefined
  let bySet = filled.get(candidate)
  if (bySet === undefined) {
    bySet = new Map()
    filled.set(candidate, bySet)
  }
  const key = current.join(' ')
  let one = bySet.get(key)
  if (one === undefined) {
    if (bySet.size >= MOST_DRUG_SETS) bySet.clear()
    one = fill(candidate, current, drugs, rules)
    bySet.set(key, one)
  }
  return one
}

function fill(candidate: Candidate, current: readonly string[], drugs: ReadonlyMap<string, Drug>, rules: AimedRules): Candidate {
  const treatment = treatmentOf(candidate.rule, [...current].sort(), drugs)
  return { ...candidate, treatment, ...(isEnding(candidate.rule) ? NO_RULES : aimedAt(treatment, rules)) }
}

function treatmentOf(rule: OptionRule, drugIds: readonly string[], drugs: ReadonlyMap<string, Drug>): Treatment {
  return {
    option: rule.id,
    drugs: drugIds,
    classes: classesOf(drugIds, drugs),
    approaches: rule.approaches,
    ...(rule.technique ? { technique: rule.technique } : {}),
    ...(rule.site ? { site: rule.site } : {}),
    ...(rule.procedure ? { procedure: rule.procedure } : {}),
  }
}

/** The anticancer drugs of a regimen, sorted; vitamins and premedication belong to `concurrent`. */
function anticancerDrugs(regimen: Regimen, drugs: ReadonlyMap<string, Drug>): readonly string[] {
  return [...new Set(regimen.components.map((c) => c.drug).filter((id) => drugs.get(id)?.anticancer !== false))].sort()
}
