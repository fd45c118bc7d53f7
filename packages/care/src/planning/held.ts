import type { Drug, NotAdvised } from '@secondwind/core'
import type { ActiveAlert } from './alerts.ts'
import type { Candidate } from './candidate.ts'
import { lower } from './outcome.ts'
import type { Judged } from './rank.ts'
import { matches, type Treatment } from './target.ts'

/** Alerts that hold a drug of this treatment while they stand. */
export const holdsOn = (treatment: Treatment, alerts: readonly ActiveAlert[]): readonly ActiveAlert[] =>
  treatment.drugs.length === 0 ? [] : alerts.filter(({ holds }) => holds.some((target) => matches(target, treatment)))

const isPause = ({ rule }: Candidate): boolean => rule.procedure === 'hold' || rule.procedure === 'stop'

/**
 * An alert that holds a running drug and the advice to go on with it must not stand side by side. In an emergency going on is no option;
 * else it stands on the condition that the alert is settled, like everything else that gives the drug. The pause is then what we advise,
 * unless one is advised already: also where the chart leaves its own conditions open, since waiting is the safe side. Of pauses that all
 * lack data the most general one is taken (the highest priority number): what a special one is for, nobody has seen in this patient.
 */
export function withHolds(judged: readonly Judged[], alerts: readonly ActiveAlert[]): readonly Judged[] {
  if (!alerts.some(({ holds }) => holds.length > 0)) return judged
  const result: Judged[] = []
  for (const one of judged) {
    const { candidate, standing } = one
    const heldBy = isPause(candidate) ? [] : holdsOn(candidate.treatment, alerts)
    if (heldBy.length === 0) result.push(one)
    else if (candidate.rule.procedure !== 'continue' || !heldBy.some((a) => a.alert.urgency === 'emergency'))
      result.push({ ...one, standing: lower(standing, 'conditional'), heldBy })
  }
  if (result.some((one) => isPause(one.candidate) && one.standing === 'recommended')) return result
  const pause = result
    .filter(({ candidate }) => candidate.rule.procedure === 'hold')
    .sort(
      (a, b) =>
        ORDER.indexOf(a.standing) - ORDER.indexOf(b.standing) ||
        (a.standing === 'needs-data' ? -1 : 1) * (a.candidate.rule.priority - b.candidate.rule.priority),
    )[0]
  const why = pause && holdsOn(pause.candidate.treatment, alerts)
  return why?.length ? result.map((one) => (one === pause ? { ...one, standing: 'recommended', heldBy: why } : one)) : result
}

const ORDER = ['recommended', 'alternative', 'conditional', 'needs-data']

/** Going on with a drug that an emergency holds, said where nobody overlooks it. */
export function heldNow(
  current: readonly string[],
  alerts: readonly ActiveAlert[],
  drugs: ReadonlyMap<string, Drug>,
): readonly NotAdvised[] {
  return alerts.flatMap(({ alert, holds, rule, review }) => {
    if (alert.urgency !== 'emergency') return []
    const held = current.filter((drug) =>
      holds.some((target) => target.drugs?.includes(drug) || drugs.get(drug)?.classes.some((c) => target.classes?.includes(c))),
    )
    if (held.length === 0) return []
    const classes = [...new Set(holds.flatMap((target) => target.classes ?? []))]
    const names = held.map((drug) => drugs.get(drug)?.label ?? drug)
    return [
      {
        treatment: `${names.join(', ')} while this is open: ${alert.title}`,
        drugs: [...held].sort(),
        ...(classes.length === 1 ? { class: classes[0]! } : {}),
        match: 'contains' as const,
        reason: 'unsafe',
        rule,
        because: alert.because,
        evidence: alert.evidence,
        ...(review ? { review } : {}),
      },
    ]
  })
}
