import type { Option, PlanDocument, Standing } from '@secondwind/core'
import type { Draft } from './card.ts'
import { alertDraft } from './patient-cards.ts'
import type { Hook } from './protocol.ts'
import { plainWords } from './words.ts'

/** Options that a clinician is likely to act on: what runs now, and the best of the plan. */
const isNear = (option: Option): boolean => option.procedure === 'continue' || (option.rank <= 3 && option.standing !== 'needs-data')
const ORDER: readonly Standing[] = ['recommended', 'alternative', 'conditional', 'needs-data']

/**
 * What medicines that do not treat cancer would change if they were taken: the plan made again with them, held beside the plan without them.
 * New alerts and interactions, treatments that are no longer advised, and for the options that are near: a lower standing or another dose.
 */
export function otherMedicineDrafts(plan: PlanDocument, withOthers: PlanDocument, hook: Hook): readonly Draft[] {
  const alerts = new Set(plan.alerts.map((a) => a.id))
  const interactions = new Set(plan.interactions.map((i) => i.id))
  const barred = new Set(plan.notAdvised.map((n) => n.rule))
  const near = plan.options.filter(isNear)
  const nearIds = new Set([...near, ...withOthers.options.filter(isNear)].map((o) => o.id))
  return [
    ...withOthers.alerts
      .filter((a) => !alerts.has(a.id) && (a.urgency !== 'soon' || hook === 'order-sign'))
      .map((a) => alertDraft(a, a.urgency === 'emergency' ? 'critical' : 'warning')),
    ...withOthers.interactions
      .filter((i) => !interactions.has(i.id) && i.between.some((id) => nearIds.has(id)))
      .map(
        (i): Draft => ({
          rule: i.id,
          summary: i.title,
          lines: [plainWords(i.because.claim), ...(i.window ? [plainWords(i.window.text)] : [])],
          indicator: 'warning',
          evidence: i.evidence.slice(0, 3),
          ...(i.review ? { review: i.review } : {}),
        }),
      ),
    ...withOthers.notAdvised
      .filter((n) => !barred.has(n.rule) && n.reason === 'unsafe')
      .map(
        (n): Draft => ({
          rule: n.rule,
          summary: `With this medicine no longer advised: ${n.treatment}`,
          lines: [plainWords(n.because.claim)],
          indicator: 'warning',
          evidence: n.evidence.slice(0, 3),
          ...(n.review ? { review: n.review } : {}),
        }),
      ),
    ...near.flatMap((option) =>
      optionDrafts(
        option,
        withOthers.options.find((o) => o.id === option.id),
      ),
    ),
  ]
}

function optionDrafts(before: Option, after: Option | undefined): readonly Draft[] {
  // an option that is gone is told by the rule that closed it
  if (after === undefined) return []
  const drafts: Draft[] = []
  if (ORDER.indexOf(after.standing) > ORDER.indexOf(before.standing)) {
    drafts.push({
      rule: 'plan',
      about: `standing ${before.id}`,
      summary: `With this medicine only ${after.standing === 'needs-data' ? 'after a missing result' : after.standing}: ${before.title}`,
      lines: [plainWords(after.standingBecause), ...after.cautions.slice(0, 3).map((c) => plainWords(c.say))],
      indicator: 'warning',
    })
  }
  for (const component of after.regimen?.components ?? []) {
    const old = before.regimen?.components.find((c) => c.drug === component.drug)
    if (old?.doseMg === undefined || component.doseMg === old.doseMg) continue
    drafts.push({
      rule: `dose/${component.drug}`,
      about: before.id,
      summary:
        component.doseMg === undefined
          ? `With this medicine no dose of ${component.drug} can be told: ${(component.missing ?? []).join(', ')}`
          : `With this medicine the dose of ${component.drug} is ${component.doseMg} mg instead of ${old.doseMg} mg`,
      lines: [...(component.derivation ?? []), ...(component.note ? [component.note] : [])].map(plainWords),
      indicator: 'warning',
    })
  }
  return drafts
}
