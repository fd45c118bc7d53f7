import type { Drug, KnowledgeBase, SafetyRule } from '@secondwind/core'
import type { SmtEmitter, TruthPair } from '../emit/smt.ts'
import { and, FALSE, not, or, type Term, TRUE } from '../emit/smt-terms.ts'
import { type AlertModel, alertModel, type Held } from './alerts.ts'
import { type Candidate, candidatesOf, carries, isAimedAt, isEnding, isNamedBy, type Running } from './treatments.ts'

/** What the planner would do with one candidate, as terms. `care/planning` is the original; each witness is planned by it, so that a drift is seen. */
export interface Judgement {
  readonly candidate: Candidate
  readonly when: TruthPair
  /** It is not known not to be for this patient. An option about what runs now needs something that runs. */
  readonly open: Term
  /** It stands in the plan, with whatever standing, before one per group and one per treatment are chosen. */
  readonly offered: Term
  readonly recommended: Term
  /** Recommended, were it not for safety, emergencies and what failed. */
  readonly wouldBeRecommended: Term
  /** Recommended or alternative: someone can act on it now. */
  readonly stands: Term
  /** It is offered, and the row that speaks recommends it or names it an alternative: where it is care alone, that row is the reason. */
  readonly reasoned: Term
  /** Standing rows: whether each is the one that speaks, in a case where the option is offered. */
  readonly rows: readonly Term[]
  /** Every safety rule that may be aimed at it. */
  readonly aimed: readonly AimedRule[]
}

export interface AimedRule {
  readonly rule: SafetyRule
  readonly harm: TruthPair
  /** Whether the rule is aimed at the candidate. */
  readonly aimed: Term
}

export interface PlannerModel {
  readonly judgements: readonly Judgement[]
  /** By rule: whether it stands under notAdvised. */
  readonly notAdvised: ReadonlyMap<SafetyRule, Term>
  readonly harms: ReadonlyMap<SafetyRule, TruthPair>
}

export function plannerModel(knowledge: KnowledgeBase, emitter: SmtEmitter): PlannerModel {
  const running = runningOf(knowledge, emitter)
  const candidates = candidatesOf(knowledge, running)
  const anyRunning = emitter.define('anything runs', not(running.atMost(0)))
  const harms = new Map(knowledge.safety.map((rule) => [rule, named(emitter, `safety ${rule.id}`, emitter.pair(rule.when))]))

  const drafts = candidates.map((candidate) => {
    const { rule, treatment } = candidate
    const when = named(emitter, `option ${rule.id}`, emitter.pair(rule.when))
    // an option about what runs now needs something that runs
    const exists = rule.drugsFrom ? anyRunning : TRUE
    const spared = rule.drugsFrom !== undefined && isEnding(treatment)
    const aimed: readonly AimedRule[] = spared
      ? []
      : knowledge.safety
          .map((one) => ({ rule: one, harm: harms.get(one)!, aimed: isAimedAt(one.applies, treatment) }))
          .filter((a) => a.aimed !== FALSE)
          .map((a) => (a.aimed === TRUE ? a : { ...a, aimed: emitter.define(`aimed ${a.rule.id} at ${rule.id}`, a.aimed) }))
    const open = emitter.define(`open ${candidate.id}`, and(exists, not(when.f)))
    return { candidate, when, open, aimed, failed: failedBefore(candidate, emitter) }
  })

  const notAdvised = new Map<SafetyRule, Term>()
  for (const rule of knowledge.safety) {
    if (rule.effect !== 'bar') continue
    const harm = harms.get(rule)!.t
    if (rule.show === 'when-true') {
      notAdvised.set(rule, harm)
      continue
    }
    const blocked = drafts.flatMap(({ open, aimed, failed }) =>
      aimed.filter((a) => a.rule === rule).map((a) => and(open, not(failed), a.aimed)),
    )
    notAdvised.set(rule, and(harm, or(...blocked)))
  }
  for (const [rule, term] of notAdvised) notAdvised.set(rule, emitter.define(`notAdvised ${rule.id}`, term))

  const alerts = alertModel(knowledge.alerts, emitter)
  const judged = drafts.map(({ candidate, when, open, aimed, failed }): Judgement & { readonly conditional: Term } => {
    const { rule, treatment } = candidate
    const bars = aimed.filter((a) => a.rule.effect === 'bar')
    const barred = or(...bars.map((a) => and(a.aimed, a.harm.t)))
    const named = [...notAdvised].flatMap(([one, active]) => {
      const names = isNamedBy(one, treatment)
      return names === FALSE ? [] : [and(names, active)]
    })
    const held = isEnding(treatment) ? NOT_HELD : alerts.heldBy(treatment)
    const isGone = rule.procedure === 'continue' ? held.inEmergency : FALSE
    const offered = emitter.define(`offered ${candidate.id}`, and(open, not(barred), not(failed), not(or(...named)), not(isGone)))
    const unsettled = or(...bars.filter((a) => a.rule.whenUnknown === 'needs-data').map((a) => and(a.aimed, isUnknown(a.harm))))
    const rows = rowsOf(candidate, emitter)
    const lowering = (to: 'alternative' | 'conditional'): Term =>
      or(
        ...aimed
          .filter((a) => a.rule.effect === 'caution' && a.rule.lowersTo === to)
          .map((a) => and(a.aimed, a.rule.whenUnknown === 'conditional' ? not(a.harm.f) : a.harm.t)),
      )
    const conditions = or(...bars.filter((a) => a.rule.whenUnknown === 'conditional').map((a) => and(a.aimed, isUnknown(a.harm))))
    const as = (standing: string): Term => or(...rows.filter((_, i) => rule.standing[i]!.as === standing))
    const settled = and(offered, when.t, not(unsettled))
    const toAlternative = lowering('alternative')
    const toConditional = or(lowering('conditional'), conditions)
    const wouldBe = and(as('recommended'), not(toAlternative), not(toConditional))
    const waits = isNewSystemic(candidate)
      ? alerts.defers(rule.id)
      : rule.procedure === 'best-supportive-care'
        ? and(alerts.defers(rule.id), not(wouldBe))
        : FALSE
    const isLowered = or(toConditional, waits, held.some)
    return {
      candidate,
      when,
      open,
      offered,
      wouldBeRecommended: emitter.define(`would be recommended ${candidate.id}`, and(when.t, as('recommended'))),
      recommended: emitter.define(`recommended ${candidate.id}`, and(settled, wouldBe, not(isLowered))),
      stands: emitter.define(`stands ${candidate.id}`, and(settled, or(as('recommended'), as('alternative')), not(isLowered))),
      conditional: and(settled, or(as('conditional'), isLowered)),
      reasoned: emitter.define(`reasoned ${candidate.id}`, and(offered, or(as('recommended'), as('alternative')))),
      rows,
      aimed,
    }
  })
  return { judgements: withRests(withAdvisedPause(judged, alerts, emitter), emitter), notAdvised, harms }
}

/** An option that rests on drugs of others stands no higher than the best of them: `withRests` of `care/planning/rests-on.ts`. */
function withRests(judged: readonly Judgement[], emitter: SmtEmitter): readonly Judgement[] {
  return judged.map((j) => {
    const { restsOn } = j.candidate.rule
    if (!restsOn) return j
    const under = judged.filter(({ candidate }) => carries(candidate, restsOn))
    const { id } = j.candidate
    const some = emitter.define(`carried ${id}`, or(...under.map(({ offered }) => offered)))
    return {
      ...j,
      offered: emitter.define(`offered and carried ${id}`, and(j.offered, some)),
      recommended: emitter.define(`recommended and carried ${id}`, and(j.recommended, or(...under.map((one) => one.recommended)))),
      stands: emitter.define(`stands and carried ${id}`, and(j.stands, or(...under.map((one) => one.stands)))),
      reasoned: emitter.define(`reasoned and carried ${id}`, and(j.reasoned, some)),
    }
  })
}

const NOT_HELD: Held = { some: FALSE, inEmergency: FALSE }

/** Where an alert holds what runs and no pause is advised, the best of those that stand is: `withHolds` of `care/planning/held.ts`. */
function withAdvisedPause(
  judged: readonly (Judgement & { readonly conditional: Term })[],
  alerts: AlertModel,
  emitter: SmtEmitter,
): readonly Judgement[] {
  const advised = or(...judged.filter((j) => isEnding(j.candidate.treatment)).map((j) => j.recommended))
  const pauses = judged
    .filter((j) => j.candidate.rule.procedure === 'hold')
    .sort((a, b) => a.candidate.rule.priority - b.candidate.rule.priority)
  const inOrder = [
    ...pauses.map((pause) => ({ pause, stands: and(pause.stands, not(pause.recommended)) })),
    ...pauses.map((pause) => ({ pause, stands: pause.conditional })),
    // of pauses that all lack data the most general one; of equally general ones the first, as everywhere
    ...pauses
      .toSorted((x, y) => y.candidate.rule.priority - x.candidate.rule.priority)
      .map((pause) => ({ pause, stands: and(pause.offered, not(pause.stands), not(pause.conditional)) })),
  ]
  const raised = new Map(
    pauses.map((pause) => {
      const ways = inOrder.flatMap((step, i) =>
        step.pause === pause ? [and(step.stands, ...inOrder.slice(0, i).map((before) => not(before.stands)))] : [],
      )
      return [
        pause,
        emitter.define(`raised ${pause.candidate.id}`, and(not(advised), alerts.heldBy(pause.candidate.treatment).some, or(...ways))),
      ]
    }),
  )
  return judged.map((j) => {
    const isRaised = raised.get(j)
    if (isRaised === undefined) return j
    return {
      ...j,
      recommended: emitter.define(`recommended or raised ${j.candidate.id}`, or(j.recommended, isRaised)),
      stands: emitter.define(`stands or raised ${j.candidate.id}`, or(j.stands, isRaised)),
    }
  })
}

function runningOf(knowledge: KnowledgeBase, emitter: SmtEmitter): Running {
  const known = emitter.variable('current-drugs', 'known')
  const listed = emitter.codes('current-drugs')
  const flags = new Map(listed.map((id) => [id, and(known, emitter.variable('current-drugs', 'code', id))]))
  // a drug that nothing names has one that stands in for all of its classes
  const drug = (id: string): Term => flags.get(id) ?? FALSE
  const once = new Map<string, Term>()
  const named = (name: string, make: () => Term): Term => {
    const before = once.get(name) ?? emitter.define(name, make())
    once.set(name, before)
    return before
  }
  const drugsOf = (name: string): readonly Drug[] => knowledge.drugs.filter((d) => d.anticancer && d.classes.includes(name))
  return {
    drug,
    class: (name) => named(`running class ${name}`, () => or(...drugsOf(name).map((d) => drug(d.id)))),
    atMost: (count) => named(`running at most ${count}`, () => `((_ at-most ${count}) ${[...flags.values()].join(' ')})`),
  }
}

export const isUnknown = ({ t, f }: TruthPair): Term => and(not(t), not(f))

export const isNewSystemic = ({ rule, treatment }: Candidate): boolean =>
  rule.drugsFrom === undefined && treatment.drugs !== undefined && treatment.drugs.length > 0

function named(emitter: SmtEmitter, name: string, { t, f }: TruthPair): TruthPair {
  return { t: emitter.define(`${name}!true`, t), f: emitter.define(`${name}!false`, f) }
}

/** The first row that is true speaks; one that is unknown is passed over; the last has no condition. */
function rowsOf({ rule }: Candidate, emitter: SmtEmitter): readonly Term[] {
  const truths = rule.standing.map((row) => (row.when === undefined ? TRUE : emitter.pair(row.when).t))
  return truths.map((truth, i) =>
    emitter.define(`option ${rule.id} standing ${i}`, and(i === truths.length - 1 ? TRUE : truth, ...truths.slice(0, i).map(not))),
  )
}

/** The disease has progressed on every drug of this set, and nothing new is added. */
function failedBefore({ rule, treatment }: Candidate, emitter: SmtEmitter): Term {
  if (rule.rechallenge || rule.drugsFrom || treatment.drugs === undefined || treatment.drugs.length === 0) return FALSE
  return and(emitter.variable('progressed-on', 'known'), ...treatment.drugs.map((d) => emitter.variable('progressed-on', 'code', d)))
}
