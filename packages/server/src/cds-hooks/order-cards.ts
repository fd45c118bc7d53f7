import type { OrderCheck, OrderFinding } from '@secondwind/care'
import type { Explanation, KnowledgeBase, Option, PlanDocument } from '@secondwind/core'
import { avoidedDrafts, isEverAvoided, type OrderedClasses } from './avoided.ts'
import { type CardContext, cardOf, type Draft } from './card.ts'
import { doseFindings } from './dose.ts'
import type { DraftOrder } from './drafts.ts'
import type { RuledCard } from './governor.ts'
import { otherMedicineDrafts } from './other-medicines.ts'
import type { CdsSuggestion, Hook } from './protocol.ts'
import { plainWords } from './words.ts'

export interface OrderView {
  readonly hook: Hook
  /** Of order-select: what was touched last. Empty: all. */
  readonly selections: readonly string[]
  readonly orders: readonly DraftOrder[]
  /** Of each of the orders. */
  readonly classes: readonly OrderedClasses[]
  readonly check: OrderCheck
  /** The plan without the orders, and as it would be with those that do not treat cancer. */
  readonly plan: PlanDocument
  readonly withOthers: PlanDocument
  readonly knowledge: KnowledgeBase
}

/**
 * Cards about orders in preparation. While an order is being selected only what makes it dangerous or useless is said; before signing also what is unsettled,
 * what to watch, a dose that differs, and whether the plan holds these drugs at all.
 */
export function orderCards(view: OrderView, missing: string | undefined, context: CardContext): readonly RuledCard[] {
  const { hook, check, orders, selections, plan, withOthers } = view
  const touched = selections.length === 0 ? orders : orders.filter((o) => selections.includes(o.reference))
  if (touched.length === 0) return []
  const concerns = touched.flatMap((o) => o.drugs).some((d) => check.drugs.includes(d))
  const said = concerns ? check.findings.filter((f) => hook === 'order-sign' || isGrave(f)) : []
  const classes = view.classes.filter(({ order }) => touched.includes(order))
  const drafts: Draft[] = [...avoidedDrafts(plan, classes, view.knowledge)]
  const findings = said.filter((f) => f.kind !== 'caution' && f.kind !== 'unsettled').map((f) => findingDraft(f, ordersOf(f.drugs, orders)))
  drafts.push(...findings)
  if (withOthers !== plan) drafts.push(...otherMedicineDrafts(plan, withOthers, hook))
  if (hook === 'order-sign' && concerns) {
    const open = said.filter((f) => f.kind === 'unsettled')
    if (open.length > 0)
      drafts.push(groupDraft('unsettled', 'Not settled yet: whether this is safe hangs on missing facts', open, 'warning'))
    drafts.push(...planDrafts(view), ...doseDrafts(view))
    const watch = said.filter((f) => f.kind === 'caution')
    if (watch.length > 0) drafts.push(groupDraft('caution', 'To watch with these drugs', watch, 'info'))
  }
  // what may be an emergency with this medicine is not passed over because the part of the chart that would say so never came
  const mayMatter = drafts.length > 0 || concerns || isEverAvoided(classes, view.knowledge)
  if (missing !== undefined && mayMatter) drafts.push({ ...MISSING, lines: [missing] })
  return drafts.map((draft) => cardOf(draft, context))
}

const MISSING: Omit<Draft, 'lines'> = {
  rule: 'chart',
  about: 'missing',
  summary: 'Parts of the chart could not be read: the order was not held against all of it',
  indicator: 'warning',
  isKept: true,
}

const isGrave = ({ kind, reason }: OrderFinding): boolean =>
  kind === 'failed' || kind === 'interaction' || (kind === 'held' && reason === 'emergency') || kind === 'barred'

const isCritical = ({ kind, reason }: OrderFinding): boolean =>
  (kind === 'barred' && reason === 'unsafe') || (kind === 'held' && reason === 'emergency')

const findingDraft = (finding: OrderFinding, orders: readonly DraftOrder[]): Draft => ({
  rule: finding.rule,
  summary: finding.say,
  lines: [plainWords(finding.say), ...because(finding), `Orders: ${orders.map((o) => plainWords(o.name)).join(', ')}`],
  indicator: isCritical(finding) ? 'critical' : 'warning',
  evidence: finding.evidence.slice(0, 3),
  ...(finding.kind === 'held' && finding.reason === 'emergency' ? { isKept: true } : {}),
  ...(finding.review ? { review: finding.review } : {}),
  ...(isCritical(finding) ? { suggestions: [removal(orders)] } : {}),
})

/** The reasons at the ends of the tree: what stands above them only says how they hang together. */
const because = ({ because: why }: OrderFinding): readonly string[] => {
  const ends = [...new Set(why.children?.flatMap(endsOf))]
  return ends.length > 0 ? [`Because: ${ends.map(plainWords).join('; ')}`] : []
}

const endsOf = (node: Explanation): readonly string[] =>
  node.children && node.children.length > 0 ? node.children.flatMap(endsOf) : [node.claim]

const removal = (orders: readonly DraftOrder[]): Omit<CdsSuggestion, 'uuid'> => ({
  label: orders.length === 1 ? 'Take this order back' : 'Take these orders back',
  actions: orders
    .filter((o) => !o.reference.endsWith('/'))
    .map((o) => ({ type: 'delete', description: `Remove the draft order of ${o.name}`, resourceId: o.reference })),
})

const ordersOf = (drugs: readonly string[], orders: readonly DraftOrder[]): readonly DraftOrder[] =>
  orders.filter((o) => o.drugs.some((d) => drugs.includes(d)))

const groupDraft = (about: string, summary: string, findings: readonly OrderFinding[], indicator: Draft['indicator']): Draft => ({
  rule: `order-${about}`,
  summary,
  lines: findings.map((f) => `${plainWords(f.say)}${f.review ? ' (not confirmed)' : ''}`),
  indicator,
  evidence: [],
})

/** Whether the plan holds these drugs, and how. */
function planDrafts({ check, plan }: OrderView): readonly Draft[] {
  if (check.findings.some(isCritical) || plan.status === 'refused') return []
  const best = plan.options.find((o) => o.standing === 'recommended' && o.drugs.length > 0)
  if (check.options.length === 0) {
    const running = plan.options.find((o) => o.procedure === 'continue' && o.drugs.join('+') === check.drugs.join('+'))
    if (running) return []
    return [
      {
        rule: 'plan',
        about: 'elsewhere',
        summary: `Not among the options of this patient's plan: ${check.drugs.join(' + ')}`,
        lines: best ? [`Recommended by the plan: ${plainWords(best.title)} – ${plainWords(best.standingBecause)}`] : [],
        indicator: 'info',
        evidence: best?.evidence.slice(0, 2) ?? [],
      },
    ]
  }
  const open = check.options.filter((o) => o.standing === 'needs-data')
  if (open.length < check.options.length) return []
  const needs = [
    ...new Set(plan.options.filter((o) => open.some(({ id }) => id === o.id)).flatMap((o) => o.needs.map((n) => n.asks ?? n.fact))),
  ]
  return [
    {
      rule: 'plan',
      about: 'needs-data',
      summary: 'The plan cannot judge this treatment yet: facts are missing that decide it',
      lines: needs.map(plainWords),
      indicator: 'warning',
    },
  ]
}

/** Doses that differ from the patient's own, where the orders are one option of the plan. */
function doseDrafts({ check, plan, orders, knowledge }: OrderView): readonly Draft[] {
  const option = plan.options.find((o: Option) => o.regimen !== undefined && check.options.some(({ id }) => id === o.id))
  if (!option) return []
  return doseFindings(orders, option, knowledge).map(
    ({ drug, summary, lines }): Draft => ({ rule: `dose/${drug}`, summary, lines: lines.map(plainWords), indicator: 'warning' }),
  )
}
