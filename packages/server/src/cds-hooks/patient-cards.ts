import type { Alert, Option, PlanDocument } from '@secondwind/core'
import { type CardContext, cardOf, type Draft } from './card.ts'
import type { RuledCard } from './governor.ts'
import { plainWords, SYSTEM } from './words.ts'

/** Problems that say: not our patient. Nothing is shown for them. */
const NOT_OURS = new Set(['histology-out-of-scope', 'not-metastatic', 'missing-patient', 'deceased', 'age-out-of-scope'])
const isNotOurs = ({ status, problems }: PlanDocument): boolean =>
  status === 'refused' && problems.some((p) => p.severity === 'error' && NOT_OURS.has(p.code))

/** The plan at a glance: emergencies each on a card, the options on one, the urgent tests on one. No card for a patient the plan is not made for. */
export function patientCards(plan: PlanDocument, missing: readonly string[], context: CardContext): readonly RuledCard[] {
  // without the diagnoses nobody can say that this is not a patient of ours
  if (isNotOurs(plan)) return missing.includes('conditions') ? [cardOf(missingDraft(missing), context)] : []
  const drafts: Draft[] = plan.alerts.filter((a) => a.urgency === 'emergency').map((a) => alertDraft(a, 'critical'))
  drafts.push(...plan.alerts.filter((a) => a.urgency === 'urgent').map((a) => alertDraft(a, 'warning')))
  if (plan.status === 'refused') drafts.push(refusedDraft(plan))
  else drafts.push(planDraft(plan), ...testDrafts(plan))
  if (missing.length > 0) drafts.push(missingDraft(missing))
  return drafts.map((draft) => cardOf(draft, context))
}

export const alertDraft = (alert: Alert, indicator: Draft['indicator']): Draft => ({
  rule: `alert/${alert.id}`,
  summary: alert.title,
  lines: alert.actions.map(plainWords),
  indicator,
  evidence: alert.evidence,
  ...(indicator === 'critical' ? { isKept: true } : {}),
})

const STANDINGS = {
  recommended: 'Recommended',
  alternative: 'Alternative',
  conditional: 'Only under a condition',
  'needs-data': 'Cannot be judged yet',
} as const

function planDraft(plan: PlanDocument): Draft {
  const options = plan.options.filter((o) => o.standing !== 'needs-data').slice(0, 4)
  const unsafe = plan.notAdvised.filter((n) => n.reason === 'unsafe')
  const first = options[0]
  const say = ({ title, standing, standingBecause }: Option): string =>
    `**${STANDINGS[standing]}:** ${plainWords(title)} – ${plainWords(standingBecause)}`
  return {
    rule: 'plan',
    summary: first ? `${STANDINGS[first.standing]}: ${first.title}` : 'No treatment can be advised yet: facts are missing',
    lines: [
      plainWords(plan.case.story),
      ...options.map(say),
      ...unsafe.map((n) => `**Not advised:** ${plainWords(n.treatment)} – ${plainWords(n.because.claim)}`),
      ...plan.problems
        .filter((p) => p.severity !== 'information')
        .slice(0, 5)
        .map((p) => `**Check:** ${plainWords(p.message)}`),
    ],
    indicator: 'info',
    evidence: first?.evidence.slice(0, 3) ?? [],
  }
}

function testDrafts(plan: PlanDocument): readonly Draft[] {
  const tests = plan.tests.filter((t) => t.urgency !== 'soon' || t.before !== undefined).slice(0, 6)
  if (tests.length === 0) return []
  return [
    {
      rule: 'tests',
      summary: `${tests.length === 1 ? 'A result is' : `${tests.length} results are`} missing that would change the plan`,
      lines: tests.map(
        (t) => `${plainWords(t.title)}${t.before ? ` (before ${plainWords(t.before)})` : ''}: ${plainWords(t.because.claim)}`,
      ),
      indicator: 'info',
      selection: 'any',
      suggestions: tests.map((t) => ({
        label: `Order: ${t.title}`.slice(0, 80),
        actions: [
          {
            type: 'create',
            description: `A draft request for ${t.title}`,
            resource: {
              resourceType: 'ServiceRequest',
              status: 'draft',
              intent: 'proposal',
              priority: t.urgency === 'emergency' ? 'stat' : t.urgency === 'urgent' ? 'urgent' : 'routine',
              code: { coding: [{ system: `${SYSTEM}/tests`, code: t.id, display: t.title }], text: t.title },
              subject: { reference: plan.patient },
            },
          },
        ],
      })),
    },
  ]
}

const refusedDraft = (plan: PlanDocument): Draft => ({
  rule: 'chart',
  summary: 'No plan can be made safely until the chart is put right',
  lines: plan.problems.filter((p) => p.severity === 'error').map((p) => plainWords(p.remedy ? `${p.message}: ${p.remedy}` : p.message)),
  indicator: 'warning',
  isKept: true,
})

export const missingDraft = (missing: readonly string[]): Draft => ({
  rule: 'chart',
  about: 'missing',
  summary: 'Parts of the chart could not be read: this is not the whole picture',
  lines: [`Not received: ${missing.join(', ')}. What stands there counts as unknown, never as absent.`],
  indicator: 'warning',
  isKept: true,
})
