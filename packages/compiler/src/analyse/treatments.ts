import type { Approach, Drug, KnowledgeBase, OptionRule, RestsOn, SafetyRule, Target } from '@secondwind/core'
import { and, constant, FALSE, not, or, type Term, TRUE } from '../emit/smt-terms.ts'

/**
 * What the planner may put into one line of a plan, as it looks to the rules that are aimed at it. For most the drugs stand fixed in the knowledge;
 * for what runs now they hang on the patient, so that "contains pemetrexed" is a question to the solver. `care/planning/target.ts` is the original.
 */
export interface Treatment {
  readonly option: string
  hasDrug(id: string): Term
  hasClass(name: string): Term
  /** No more than so many drugs: with all drugs of a set there, no others. */
  hasAtMost(count: number): Term
  readonly approaches: readonly Approach[]
  readonly technique?: string
  readonly site?: string
  readonly procedure?: string
  /** Undefined where they hang on the patient. */
  readonly drugs?: readonly string[]
}

/** One drug set (or procedure) of one option: what the planner calls a candidate. */
export interface Candidate {
  readonly id: string
  readonly rule: OptionRule
  readonly variant: number
  readonly treatment: Treatment
}

/** Every option spread over its regimens, in the order of the base. */
export function candidatesOf(knowledge: KnowledgeBase, running: Running): readonly Candidate[] {
  const drugs = new Map(knowledge.drugs.map((d) => [d.id, d]))
  const regimens = new Map(knowledge.regimens.map((r) => [r.id, r]))
  return knowledge.options.flatMap((rule): readonly Candidate[] => {
    if (rule.drugsFrom) return [{ id: rule.id, rule, variant: 0, treatment: runningTreatment(rule, running) }]
    if (rule.regimens.length === 0) return [{ id: rule.id, rule, variant: 0, treatment: fixedTreatment(rule, [], drugs) }]
    return rule.regimens
      .map((id) => regimens.get(id))
      .filter((r) => r !== undefined)
      .map((regimen, variant, all) => {
        const ids = [...new Set(regimen.components.map((c) => c.drug).filter((id) => drugs.get(id)?.anticancer !== false))].sort()
        return {
          id: all.length > 1 ? `${rule.id}:${regimen.id}` : rule.id,
          rule,
          variant,
          treatment: fixedTreatment(rule, ids, drugs),
        }
      })
  })
}

/** Whether an option may carry one that rests on such drugs: `carries` of `care/planning/candidate.ts`. What runs now carries none. */
export function carries({ rule, treatment }: Candidate, { brainActivity, ...target }: RestsOn): boolean {
  if (treatment.drugs === undefined || treatment.drugs.length === 0) return false
  if (brainActivity && !brainActivity.some((level) => level === rule.brainActivity)) return false
  return Object.keys(target).length === 0 || isAimedAt(target, treatment) === TRUE
}

type Placed = Pick<OptionRule, 'id' | 'approaches' | 'technique' | 'site' | 'procedure'>

const placeOf = ({ id, approaches, technique, site, procedure }: Placed) => ({
  option: id,
  approaches,
  ...(technique ? { technique } : {}),
  ...(site ? { site } : {}),
  ...(procedure ? { procedure } : {}),
})

/** A treatment whose drugs stand fixed. */
export function fixedTreatment(rule: Placed, ids: readonly string[], drugs: ReadonlyMap<string, Drug>): Treatment {
  const classes = new Set(ids.flatMap((id) => drugs.get(id)?.classes ?? []))
  return {
    ...placeOf(rule),
    drugs: ids,
    hasDrug: (id) => constant(ids.includes(id)),
    hasClass: (name) => constant(classes.has(name)),
    hasAtMost: (count) => constant(ids.length <= count),
  }
}

/** What is given to the patient now, as terms. */
export interface Running {
  drug(id: string): Term
  class(name: string): Term
  atMost(count: number): Term
}

const runningTreatment = (rule: OptionRule, running: Running): Treatment => ({
  ...placeOf(rule),
  hasDrug: (id) => running.drug(id),
  hasClass: (name) => running.class(name),
  hasAtMost: (count) => running.atMost(count),
})

/** Whether a rule's target is this treatment. Every field that is given must match, except that `drugs` and `classes` are two ways to name medicines. */
export function isAimedAt(target: Target, treatment: Treatment): Term {
  if (target.exceptOptions?.includes(treatment.option)) return FALSE
  const parts: Term[] = []
  if (target.drugs || target.classes) {
    parts.push(or(...(target.drugs ?? []).map((d) => treatment.hasDrug(d)), ...(target.classes ?? []).map((c) => treatment.hasClass(c))))
  }
  if (target.set)
    parts.push(and(...target.set.map((d) => treatment.hasDrug(d)), target.exact ? treatment.hasAtMost(target.set.length) : TRUE))
  if (target.together) parts.push(and(...target.together.map((c) => or(treatment.hasClass(c), treatment.hasDrug(c)))))
  if (target.approaches) parts.push(constant(target.approaches.some((a) => treatment.approaches.includes(a))))
  if (target.procedures) parts.push(isOne(treatment.procedure, target.procedures))
  if (target.techniques) parts.push(isOne(treatment.technique, target.techniques))
  if (target.sites) parts.push(isOne(treatment.site, target.sites))
  if (target.options) parts.push(constant(target.options.includes(treatment.option)))
  if (parts.length === 0) return FALSE
  return and(...parts, ...(target.exceptDrugs ?? []).map((d) => not(treatment.hasDrug(d))))
}

const isOne = (value: string | undefined, of: readonly string[]): Term => constant(value !== undefined && of.includes(value))

/** Whether a line of notAdvised names this treatment by its drugs: the planner then leaves it out. Stopping or holding is never meant. */
export function isNamedBy(rule: SafetyRule, treatment: Treatment): Term {
  const drugs = rule.notAdvised?.drugs
  if (!drugs || drugs.length === 0 || isEnding(treatment)) return FALSE
  const all = and(...drugs.map((d) => treatment.hasDrug(d)))
  return rule.notAdvised?.match === 'contains' ? all : and(all, treatment.hasAtMost(drugs.length))
}

export const isEnding = ({ procedure }: Treatment): boolean => procedure === 'stop' || procedure === 'hold'
