import { type Alert, type AlertHold, type CaseView, define, isKnown, latestDay, type Urgency, valueText } from '@secondwind/core'
import { takenAgainst } from './avoid.ts'
import type { Engine } from './engine.ts'
import { type Explainer, evidenceOf } from './explain-rule.ts'
import { isTrue } from './listed.ts'

export interface ActiveAlert {
  readonly alert: Alert
  readonly defersSystemic: boolean
  readonly exceptOptions: readonly string[]
  readonly test?: string
  /** The rule that spoke. */
  readonly rule: string
  readonly review?: 'unconfirmed'
  /** What runs now and is held while it stands; what a lesser alert of the same name holds is kept. */
  readonly holds: readonly AlertHold[]
  /** Facts that it tells with their age. */
  readonly tells: readonly string[]
}

const URGENCIES: readonly Urgency[] = ['emergency', 'urgent', 'soon']
export const urgencyOrder = (urgency: Urgency): number => URGENCIES.indexOf(urgency)

/** Emergencies that are there, and those that may be: a suspicion asks for the test that decides it. Most urgent first, one line per alert id. */
export function activeAlerts(engine: Engine, view: CaseView, explain: Explainer): readonly ActiveAlert[] {
  const active: ActiveAlert[] = []
  for (const { rule, when, suspect, holds, suspectHolds } of engine.alerts) {
    const isSuspected = !isTrue(when, view)
    if (isSuspected && !isTrue(suspect, view)) continue
    const criterion = isSuspected ? rule.suspect!.when : rule.when
    const hold = isSuspected ? rule.suspect!.holds : rule.holds
    const isHeld = hold !== undefined && isTrue(isSuspected ? suspectHolds : holds, view)
    const avoid = (isSuspected ? rule.suspect!.avoid : rule.avoid) ?? []
    const title = isSuspected ? rule.suspect!.title : rule.title
    active.push({
      alert: {
        id: rule.alert,
        urgency: rule.urgency,
        title,
        ...(isSuspected ? { suspected: true as const } : {}),
        actions: isSuspected ? rule.suspect!.actions : rule.actions,
        ...(avoid.length > 0 ? { avoid } : {}),
        because: explain.of(criterion, title, rule.cites),
        evidence: evidenceOf(rule.cites, engine.knowledge),
      },
      defersSystemic: rule.defersSystemic === true,
      exceptOptions: rule.exceptOptions ?? [],
      ...(isSuspected && rule.suspect!.test ? { test: rule.suspect!.test } : {}),
      rule: rule.id,
      ...(rule.review === 'unconfirmed' ? { review: 'unconfirmed' as const } : {}),
      holds: isHeld ? [hold] : [],
      tells: isSuspected ? [] : (rule.tells ?? []),
    })
  }
  active.sort(
    (a, b) =>
      urgencyOrder(a.alert.urgency) - urgencyOrder(b.alert.urgency) ||
      Number(a.alert.suspected ?? false) - Number(b.alert.suspected ?? false) ||
      (a.alert.id < b.alert.id ? -1 : 1),
  )
  return active
    .filter((a, i) => active.findIndex((b) => b.alert.id === a.alert.id) === i)
    .map((a) => {
      const same = active.filter((b) => b.alert.id === a.alert.id)
      return { ...a, alert: withTold(withAvoided(a.alert, same, engine, view), a.tells, engine, view), holds: same.flatMap((b) => b.holds) }
    })
}

/** What the alert rests on with its day and age, said first. A value without a day says that it has none. */
function withTold(alert: Alert, tells: readonly string[], { words }: Engine, view: CaseView): Alert {
  const lines = tells.flatMap((id) => {
    const definition = define(words, id)
    const fact = view.facts[words.position.get(id) ?? -1]
    if (!isKnown(fact)) return []
    const day = fact.on === undefined ? undefined : latestDay(fact.on)
    const age = day === undefined ? undefined : view.asOf - day
    const seen = fact.enteredByHand ? 'entered by hand' : age === undefined ? 'on a day that the chart does not say' : undefined
    return [`${definition.label}: ${valueText(fact.value, definition)}, ${seen ?? `seen on ${fact.on} (${age} days ago)`}`]
  })
  return lines.length === 0 ? alert : { ...alert, actions: [...lines, ...alert.actions] }
}

/** What a lesser alert of the same name says to avoid is kept; what of it the patient takes is said among the first things to do. */
function withAvoided(alert: Alert, same: readonly ActiveAlert[], engine: Engine, view: CaseView): Alert {
  const avoid = [...new Set(same.flatMap((one) => one.alert.avoid ?? []))].sort()
  if (avoid.length === 0) return alert
  const [first, ...rest] = alert.actions
  return { ...alert, actions: [first!, ...takenAgainst(avoid, engine.words, view), ...rest], avoid }
}
