import { changeKey, comparePlans, type PlanChange } from '@secondwind/care'
import { graft, type RuleChange, takenWith } from '@secondwind/compiler'
import type { KnowledgeBase, PlanDocument } from '@secondwind/core'

/**
 * Why a plan changes.
 * `alone`: this change of the knowledge, and no other, put into the older base makes the same change of the plan.
 * `together`: it takes others besides; without this one the plan does not change so.
 * `named`: not tried out; the change of the plan names this entry.
 */
export interface Cause {
  /** `kind/id` of a changed entry. */
  readonly rule: string
  readonly how: 'alone' | 'together' | 'named'
}

export interface ChangedPlan {
  readonly changes: readonly PlanChange[]
  /** The plan of this patient by another base; undefined when it cannot be made. */
  readonly planBy: (knowledge: KnowledgeBase) => PlanDocument | undefined
}

interface Open {
  readonly plan: ChangedPlan
  readonly causes: Map<string, Cause[]>
  /** Keys of the changes that are still looked for. */
  readonly wanted: ReadonlySet<string>
}

/** Never part of a plan: pages for patients, calculators, quality measures, and the works that rules cite (the citing rule is what changed). */
const NEVER = new Set(['patient', 'scores', 'quality', 'sources'])
/** Fields that a plan shows as its evidence, and that decide nothing in it. */
const SHOWN_ONLY = /^(cites|reviewBy|effective)\b/

/** Whether a change of the knowledge can change more of a plan than its evidence. An entry that came or went can. */
const canDecide = ({ kind, fields }: RuleChange): boolean =>
  !NEVER.has(kind) && (fields.length === 0 || fields.some((field) => !SHOWN_ONLY.test(field.path)))

/** Plans by the older base are kept for so many patients; for more they are made anew each time, since they would not fit into memory. */
const KEPT_PLANS = 500

/**
 * The causes of every change of decision or care, found by trial: the changes of the knowledge are put into the older base, half of them at a time,
 * and whatever half makes no change of these plans is dropped. What no single one makes is looked for the other way, by taking changes back out of the
 * newer base. Changes of reasons and wording are not tried out: they name their rule.
 *
 * Gives, for each plan, the causes by the key of the change (`changeKey`). A change without a cause in the result needs several of the changes at once.
 */
export function attribute(
  before: KnowledgeBase,
  after: KnowledgeBase,
  rules: readonly RuleChange[],
  plans: readonly ChangedPlan[],
): readonly ReadonlyMap<string, readonly Cause[]>[] {
  const candidates = rules.filter(canDecide)
  const open: Open[] = plans.map((plan) => {
    const causes = new Map<string, Cause[]>()
    for (const change of plan.changes) if (!isTried(change)) causes.set(changeKey(change), namedBy(change, rules))
    return { plan, causes, wanted: new Set(plan.changes.filter(isTried).map(changeKey)) }
  })

  const kept = new Map<ChangedPlan, PlanDocument | undefined>()
  const oldOf = (plan: ChangedPlan): PlanDocument | undefined => {
    if (kept.has(plan)) return kept.get(plan)
    const made = plan.planBy(before)
    if (kept.size < KEPT_PLANS) kept.set(plan, made)
    return made
  }
  const shown = (knowledge: KnowledgeBase, { plan }: Open): ReadonlySet<string> => {
    const [old, made] = [oldOf(plan), plan.planBy(knowledge)]
    return new Set(old === undefined || made === undefined ? [] : comparePlans(old, made, 'care').map(changeKey))
  }
  search(candidates, open, 'alone', (rule) => {
    const knowledge = graft(before, after, rule)
    return (one) => {
      const keys = shown(knowledge, one)
      return new Set([...one.wanted].filter((key) => keys.has(key)))
    }
  })
  withoutCarriers(before, after, open)
  const left = open.map((one) => ({ ...one, wanted: new Set([...one.wanted].filter((key) => !one.causes.has(key))) }))
  search(candidates, left, 'together', (rule) => {
    const knowledge = graft(after, before, rule)
    return (one) => {
      const keys = shown(knowledge, one)
      return new Set([...one.wanted].filter((key) => !keys.has(key)))
    }
  })
  return open.map(({ causes }) => causes)
}

const isTried = ({ weight }: PlanChange): boolean => weight === 'decision' || weight === 'care'

/** Halves the changes for as long as a half does something to one of these plans; single ones that do are causes. */
function search(
  rules: readonly RuleChange[],
  plans: readonly Open[],
  how: 'alone' | 'together',
  effectOf: (rules: readonly RuleChange[]) => (one: Open) => ReadonlySet<string>,
  isKnownToMatter = true,
): void {
  const concerned = plans.filter((one) => one.wanted.size > 0)
  if (rules.length === 0 || concerned.length === 0) return
  let touched = concerned
  // all of the changes together do everything: only a part, or a single one, is worth a trial
  if (!isKnownToMatter || rules.length === 1) {
    const effect = effectOf(rules)
    touched = concerned.flatMap((one) => {
      const wanted = effect(one)
      return wanted.size > 0 ? [{ ...one, wanted }] : []
    })
  }
  const [only] = rules
  if (rules.length === 1) {
    for (const { causes, wanted } of touched)
      for (const key of wanted) causes.set(key, [...(causes.get(key) ?? []), { rule: only!.key, how }])
    return
  }
  const half = Math.ceil(rules.length / 2)
  search(rules.slice(0, half), touched, how, effectOf, false)
  search(rules.slice(half), touched, how, effectOf, false)
}

/** An entry that works only by what comes with it (a new fact or criterion that it names) is not the cause: what comes with it is. */
function withoutCarriers(before: KnowledgeBase, after: KnowledgeBase, plans: readonly Open[]): void {
  const several = plans.flatMap(({ causes }) => [...causes.values()].filter((list) => list.length > 1))
  const taken = takenWith(before, after, [...new Set(several.flatMap((list) => list.map((cause) => cause.rule)))])
  const carries = (a: Cause, b: Cause): boolean => taken.get(a.rule)?.has(b.rule) === true && taken.get(b.rule)?.has(a.rule) !== true
  for (const { causes } of plans) {
    for (const [key, list] of causes) {
      if (list.length < 2 || list[0]!.how !== 'alone') continue
      causes.set(
        key,
        list.filter((cause) => !list.some((other) => carries(cause, other))),
      )
    }
  }
}

/** Changed entries whose id the change of the plan names, in its place or in what it says. */
function namedBy(change: PlanChange, rules: readonly RuleChange[]): Cause[] {
  const named = new Set(`${change.at} ${change.before ?? ''} ${change.after ?? ''}`.match(/[a-z0-9]+(?:-[a-z0-9]+)*/g) ?? [])
  return rules.filter(({ kind, id }) => kind !== 'patient' && named.has(id)).map(({ key }) => ({ rule: key, how: 'named' }))
}
