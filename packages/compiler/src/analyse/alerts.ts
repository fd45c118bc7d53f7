import type { AlertHold, AlertRule } from '@secondwind/core'
import type { SmtEmitter } from '../emit/smt.ts'
import { and, FALSE, not, or, type Term, TRUE } from '../emit/smt-terms.ts'
import { isAimedAt, type Treatment } from './treatments.ts'

/** What alerts do to treatments, as terms. `care/planning/alerts.ts` and `held.ts` are the originals. */
export interface AlertModel {
  /** By option: whether an emergency makes new systemic treatment wait. */
  defers(option: string): Term
  /** Whether an alert holds a drug of this treatment. */
  heldBy(treatment: Treatment): Held
}

export interface Held {
  readonly some: Term
  /** Held by one that is an emergency: going on is then no option. */
  readonly inEmergency: Term
}

/** One way in which an alert speaks: shown or suspected, by one of its rules. */
interface Variant {
  readonly rule: AlertRule
  readonly isSuspected: boolean
  readonly active: Term
  readonly hold?: { readonly target: AlertHold; readonly active: Term }
}

const URGENCIES = ['emergency', 'urgent', 'soon']

export function alertModel(rules: readonly AlertRule[], emitter: SmtEmitter): AlertModel {
  // of several variants of one alert the most urgent speaks, then the surer one, then the order of the base
  const variants = rules
    .flatMap((rule) => variantsOf(rule, emitter))
    .sort((a, b) => URGENCIES.indexOf(a.rule.urgency) - URGENCIES.indexOf(b.rule.urgency) || Number(a.isSuspected) - Number(b.isSuspected))
  const byAlert = [...Map.groupBy(variants, ({ rule }) => rule.alert).values()]

  const deferring = byAlert.flatMap((group) =>
    group.flatMap(({ rule, isSuspected, active }, i) =>
      rule.defersSystemic
        ? [
            {
              rule,
              speaks: emitter.define(
                `alert ${rule.id}${isSuspected ? ' suspected' : ''}`,
                and(active, ...group.slice(0, i).map((before) => not(before.active))),
              ),
            },
          ]
        : [],
    ),
  )
  const made = new Map<string, Term>()
  return {
    defers: (option) => {
      const waiting = deferring.filter(({ rule }) => !rule.exceptOptions?.includes(option)).map(({ speaks }) => speaks)
      const key = waiting.join(' ')
      const before = made.get(key) ?? emitter.define(`waits ${made.size}`, or(...waiting))
      made.set(key, before)
      return before
    },
    heldBy: (treatment) => {
      // what holds drugs holds nothing where there are none
      const hasDrugs = treatment.drugs === undefined ? TRUE : treatment.drugs.length > 0 ? TRUE : FALSE
      if (hasDrugs === FALSE) return { some: FALSE, inEmergency: FALSE }
      const groups = byAlert.map((group) => {
        const held = or(...group.flatMap(({ hold }) => (hold ? [and(hold.active, isAimedAt(hold.target, treatment))] : [])))
        const emergency = held === FALSE ? FALSE : or(...group.filter((v) => v.rule.urgency === 'emergency').map((v) => v.active))
        return { held, urgent: and(held, emergency) }
      })
      const name = treatment.drugs === undefined ? `what runs, ${treatment.option}` : treatment.option
      return {
        some: emitter.define(`held ${name} ${treatment.drugs?.join('+') ?? ''}`, or(...groups.map((g) => g.held))),
        inEmergency: emitter.define(`held in an emergency ${name} ${treatment.drugs?.join('+') ?? ''}`, or(...groups.map((g) => g.urgent))),
      }
    },
  }
}

function variantsOf(rule: AlertRule, emitter: SmtEmitter): readonly Variant[] {
  const here = emitter.pair(rule.when).t
  const variant = (isSuspected: boolean, active: Term, holds: AlertHold | undefined): Variant => ({
    rule,
    isSuspected,
    active,
    ...(holds ? { hold: { target: holds, active: holds.when ? and(active, emitter.pair(holds.when).t) : active } } : {}),
  })
  const shown = variant(false, here, rule.holds)
  return rule.suspect ? [shown, variant(true, and(not(here), emitter.pair(rule.suspect.when).t), rule.suspect.holds)] : [shown]
}
