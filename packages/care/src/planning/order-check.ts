import {
  type Approach,
  type CaseView,
  type Evidence,
  type Explanation,
  explain,
  isKnown,
  type KnowledgeBase,
  type PatientCase,
  type Standing,
  type Target,
  TRUE,
  UNKNOWN,
} from '@secondwind/core'
import { type ActiveAlert, activeAlerts } from './alerts.ts'
import type { Candidate } from './candidate.ts'
import { type Engine, engineOf } from './engine.ts'
import { evidenceOf, explainer } from './explain-rule.ts'
import { holdsOn } from './held.ts'
import { atLeast } from './listed.ts'
import { openOptions } from './options.ts'
import { classesOf, matches, type Treatment } from './target.ts'

/** One thing to know before these drugs are signed. `rule` is the rule of the base that speaks (for an alert, the rule of the alert). */
export interface OrderFinding {
  /** `barred`: not advised now. `held`: an emergency or alert holds or puts off these drugs. `failed`: the disease grew on every one of them. `unsettled`: a missing fact decides whether it is safe. */
  readonly kind: 'barred' | 'held' | 'failed' | 'interaction' | 'unsettled' | 'caution'
  readonly rule: string
  /** Those of the drugs that the rule speaks of; all of them where it speaks of the set. */
  readonly drugs: readonly string[]
  readonly reason: string
  readonly say: string
  readonly because: Explanation
  readonly evidence: readonly Evidence[]
  readonly review?: 'unconfirmed'
}

/** A set of drugs that someone is about to order, held against the rules that our own options are held against. */
export interface OrderCheck {
  /** Anticancer drugs, sorted. */
  readonly drugs: readonly string[]
  /** Options of this patient's plan with exactly these drugs, as they stand. */
  readonly options: readonly { readonly id: string; readonly title: string; readonly standing: Standing }[]
  /** The gravest first. */
  readonly findings: readonly OrderFinding[]
}

const GRAVITY: readonly OrderFinding['kind'][] = ['barred', 'held', 'failed', 'interaction', 'unsettled', 'caution']

/**
 * Judges an order of anticancer drugs, given together, for one patient. Drugs that the base does not know, and drugs that do not treat cancer, are left out:
 * what those do is seen by planning again as if they were taken. Empty `drugs` in the result: nothing to judge.
 */
export function checkOrder(patientCase: PatientCase, knowledge: KnowledgeBase, ordered: readonly string[]): OrderCheck {
  const engine = engineOf(knowledge)
  const drugs = [...new Set(ordered)].filter((id) => engine.drugs.get(id)?.anticancer).sort()
  if (drugs.length === 0) return { drugs, options: [], findings: [] }
  const view = engine.view(patientCase.facts, patientCase.asOf)
  const explain = explainer(view, engine)
  const alerts = activeAlerts(engine, view, explain)
  const same = engine.candidates.items.filter((c) => !c.rule.drugsFrom && c.treatment.drugs.join('+') === drugs.join('+'))
  const treatment = treatmentOf(drugs, same, engine)

  const findings: OrderFinding[] = []
  const harms = new Set(atLeast(engine.safety, TRUE, view))
  for (const rule of atLeast(engine.safety, UNKNOWN, view)) {
    if (!matches(rule.applies, treatment)) continue
    const kind = harms.has(rule) ? (rule.effect === 'bar' ? 'barred' : 'caution') : rule.effect !== 'caution' ? 'unsettled' : undefined
    if (kind === undefined || (kind === 'unsettled' && rule.whenUnknown === 'ignore')) continue
    findings.push({
      kind,
      rule: rule.id,
      drugs: namedBy(rule.applies, drugs, engine),
      reason: rule.reason,
      say: rule.say,
      because: explain.of(rule.when, rule.say, rule.cites),
      evidence: evidenceOf(rule.cites, knowledge),
      ...(rule.review === 'unconfirmed' ? { review: 'unconfirmed' as const } : {}),
    })
  }
  for (const rule of atLeast(engine.interactions, TRUE, view)) {
    if (!matches(rule.applies, treatment)) continue
    findings.push({
      kind: 'interaction',
      rule: rule.id,
      drugs: namedBy(rule.applies, drugs, engine),
      reason: 'interaction',
      say: rule.say,
      because: explain.of(rule.when, rule.say, rule.cites),
      evidence: evidenceOf(rule.cites, knowledge),
      ...(rule.review === 'unconfirmed' ? { review: 'unconfirmed' as const } : {}),
    })
  }
  findings.push(...alertFindings(treatment, same, alerts))
  const failed = failure(patientCase, drugs, view, engine)
  if (failed) findings.push(failed)

  const ids = new Set(same.map((c) => c.id))
  const options = openOptions(engine, view, patientCase, alerts)
    .open.filter(({ candidate }) => ids.has(candidate.id))
    .map(({ candidate, standing }) => ({ id: candidate.id, title: candidate.regimen?.title ?? candidate.rule.title, standing }))
  findings.sort((a, b) => GRAVITY.indexOf(a.kind) - GRAVITY.indexOf(b.kind) || (a.rule < b.rule ? -1 : 1))
  return { drugs, options, findings }
}

/** Drugs as a rule sees them; the approaches are those of the options that give the set, or else each of its drugs. */
function treatmentOf(drugs: readonly string[], same: readonly Candidate[], engine: Engine): Treatment {
  const giving = same.length > 0 ? same : engine.candidates.items.filter((c) => c.treatment.drugs.some((d) => drugs.includes(d)))
  const approaches = new Set<Approach>(giving.flatMap((c) => c.rule.approaches.filter((a) => a !== 'clinical-trial')))
  return {
    option: same.length === 1 ? same[0]!.rule.id : 'order',
    drugs,
    classes: classesOf(drugs, engine.drugs),
    approaches: [...approaches],
  }
}

function namedBy(target: Target, drugs: readonly string[], engine: Engine): readonly string[] {
  const named = drugs.filter((d) => target.drugs?.includes(d) || engine.drugs.get(d)?.classes.some((c) => target.classes?.includes(c)))
  return named.length > 0 ? named : drugs
}

function alertFindings(treatment: Treatment, same: readonly Candidate[], alerts: readonly ActiveAlert[]): readonly OrderFinding[] {
  const holding = new Set(holdsOn(treatment, alerts))
  return alerts
    .filter((a) => holding.has(a) || (a.defersSystemic && !same.some((c) => a.exceptOptions.includes(c.rule.id))))
    .map(({ alert, rule, review }) => ({
      kind: 'held' as const,
      rule,
      drugs: treatment.drugs,
      reason: alert.urgency,
      say: `first: ${alert.title}`,
      because: alert.because,
      evidence: alert.evidence,
      ...(review ? { review } : {}),
    }))
}

/** The disease has grown on every drug of the order: given again without an option that means to. */
function failure({ facts }: PatientCase, drugs: readonly string[], view: CaseView, engine: Engine): OrderFinding | undefined {
  const fact = facts['progressed-on']
  if (!isKnown(fact) || !Array.isArray(fact.value) || !drugs.every((d) => (fact.value as readonly unknown[]).includes(d))) return undefined
  const names = drugs.map((d) => engine.drugs.get(d)?.label ?? d).join(', ')
  const say = `the disease has grown on ${names} before`
  return {
    kind: 'failed',
    rule: 'progressed-on',
    drugs,
    reason: 'ineffective',
    say,
    // a question of this order alone: no criterion of the base
    because: {
      ...explain({ op: 'all', of: drugs.map((drug) => ({ op: 'is', fact: 'progressed-on', values: [drug] })) }, view, engine.words),
      claim: say,
      cites: [],
    },
    evidence: [],
  }
}
