import {
  type CaseView,
  type Explanation,
  explainedFacts,
  isKnown,
  type Need,
  type Option,
  type PatientCase,
  type SafetyRule,
  type Standing,
  TRUE,
  UNKNOWN,
} from '@secondwind/core'
import { type DoseContext, doseInputs, plannedRegimen } from '../delivery/index.ts'
import type { ActiveAlert } from './alerts.ts'
import { type Candidate, withCurrentDrugs } from './candidate.ts'
import type { Engine } from './engine.ts'
import type { Explainer } from './explain-rule.ts'
import { withHolds } from './held.ts'
import { atLeast } from './listed.ts'
import { namesTreatment } from './not-advised.ts'
import { optionEvidence } from './option-evidence.ts'
import { cautionOf, frameOf, type OptionFrame } from './option-frame.ts'
import { judge, lower, type Rests, type Verdict } from './outcome.ts'
import { type Judged, rankOptions } from './rank.ts'
import { type Fallen, withRests } from './rests-on.ts'
import { handledFirst, wouldBe } from './sayings.ts'
import type { WhatIf } from './what-if.ts'

export interface Proposal {
  readonly ranked: readonly Judged[]
  /** Rules to say under notAdvised. */
  readonly notAdvised: ReadonlySet<SafetyRule>
  /** Options with nothing left to rest on. */
  readonly fallen: readonly Fallen[]
}

export function currentDrugs({ facts: { 'current-drugs': fact } }: PatientCase): readonly string[] {
  return isKnown(fact) && Array.isArray(fact.value) ? (fact.value as readonly string[]) : []
}

/** Judges every candidate, applies what bars it, keeps one line per treatment, and ranks. */
export function propose(engine: Engine, view: CaseView, patientCase: PatientCase, alerts: readonly ActiveAlert[]): Proposal {
  const { open, notAdvised, fallen } = openOptions(engine, view, patientCase, alerts)
  const ranked = rankOptions(open, engine.knowledge.ranking, view, engine.words)
  return { ranked: onePerTreatment(onePerGroup(ranked)), notAdvised, fallen }
}

/** Every option that is not barred, with its standing, unranked. */
export function openOptions(
  engine: Engine,
  view: CaseView,
  patientCase: PatientCase,
  alerts: readonly ActiveAlert[],
): Omit<Proposal, 'ranked'> & { readonly open: readonly Judged[] } {
  const notAdvised = new Set<SafetyRule>()
  for (const rule of atLeast(engine.saidBars, TRUE, view)) notAdvised.add(rule)
  const current = currentDrugs(patientCase)

  const judged: { candidate: Candidate; verdict: Verdict }[] = []
  const fallen: Fallen[] = []
  for (const template of atLeast(engine.candidates, UNKNOWN, view)) {
    const candidate = template.rule.drugsFrom ? withCurrentDrugs(template, current, engine.drugs, engine) : template
    if (!candidate) continue
    const verdict = judge(candidate, view, engine.words)
    if (!verdict.hasFailedBefore) for (const rule of verdict.barredBy) if (rule.show === 'when-blocking') notAdvised.add(rule)
    if (verdict.outcome !== 'not-offered') judged.push({ candidate, verdict })
    else if (verdict.eligible === 'true' && verdict.rests?.best === 'not-offered' && verdict.barredBy.length > 0)
      fallen.push({ candidate, barredBy: verdict.barredBy })
  }

  const open = judged
    .filter(({ candidate }) => ![...notAdvised].some((rule) => namesTreatment(rule, candidate.treatment)))
    .map(({ candidate, verdict }): Judged => ({ candidate, verdict, standing: deferred(candidate, verdict.outcome as Standing, alerts) }))
  return { open: withRests(withHolds(open, alerts)), notAdvised, fallen }
}

/**
 * While an emergency is handled, a new systemic treatment is offered on that condition only. Care alone does not overtake it
 * by standing still, unless it is what we advise anyway.
 */
function deferred(candidate: Candidate, standing: Standing, alerts: readonly ActiveAlert[]): Standing {
  const isOvertaking = candidate.rule.procedure === 'best-supportive-care' && standing !== 'recommended'
  const waits =
    (isNewSystemic(candidate) || isOvertaking) && alerts.some((a) => a.defersSystemic && !a.exceptOptions.includes(candidate.rule.id))
  return waits ? lower(standing, 'conditional') : standing
}

const isUnsafeBar = ({ effect, reason }: SafetyRule): boolean => effect === 'bar' && reason === 'unsafe'

export const isNewSystemic = (candidate: Candidate): boolean =>
  candidate.treatment.drugs.length > 0 && candidate.rule.drugsFrom === undefined

/** The same drugs (and procedure, and awaited result) stand once: under the rule that ranks them highest. */
function onePerTreatment(ranked: readonly Judged[]): readonly Judged[] {
  const seen = new Set<string>()
  return ranked.filter(({ candidate: { treatment, rule } }) => {
    const awaited = (rule.awaits ?? []).join('+')
    const key = [treatment.drugs.join('+'), treatment.procedure ?? '', treatment.technique ?? '', treatment.site ?? '', awaited].join('|')
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

/** Of the options of one population that all wait for data, the best is enough. */
function onePerGroup(ranked: readonly Judged[]): readonly Judged[] {
  const seen = new Set<string>()
  return ranked.filter(({ standing, candidate }) => {
    if (standing !== 'needs-data') return true
    if (seen.has(candidate.rule.group)) return false
    seen.add(candidate.rule.group)
    return true
  })
}

/** Part of a document while it is written. */
type Draft<T> = { -readonly [K in keyof T]?: T[K] }

/** One ranked candidate as the document shows it. */
export function optionOf(
  judged: Judged,
  index: number,
  engine: Engine,
  view: CaseView,
  patientCase: PatientCase,
  explain: Explainer,
  whatIf: WhatIf,
  alerts: readonly ActiveAlert[],
): Option {
  const { candidate, verdict, standing } = judged
  const { rule, regimen, treatment } = candidate
  const row = rule.standing[verdict.row]!
  const openCriteria = [
    ...(verdict.eligible === 'unknown' ? [rule.when] : []),
    ...(verdict.rests?.best === 'needs-data'
      ? verdict.rests.open.filter((one) => one.verdict.eligible === 'unknown').map((one) => one.candidate.rule.when)
      : []),
    ...verdict.openRows.flatMap((i) => (rule.standing[i]?.when ? [rule.standing[i].when] : [])),
    // what would make it unsafe is asked for as well where a check before the first dose may settle it
    ...[...verdict.unsettled, ...verdict.conditions, ...verdict.checks.filter(isUnsafeBar)].map((s) => s.when),
  ]
  const missing = engine.openFacts(openCriteria, view)
  const asked = whatIf.needs(candidate, verdict, missing, openCriteria)
  const needs: Need[] = [
    ...asked,
    ...awaited(candidate, engine, patientCase).filter((one) => !asked.some(({ fact, test }) => fact === one.fact && test === one.test)),
  ]
  const because: Explanation = explain.of(rule.when, rule.title, rule.cites)
  const waiting = isNewSystemic(candidate) ? alerts.filter((a) => a.defersSystemic && !a.exceptOptions.includes(rule.id)) : []
  const frame = frameOf(candidate, engine.knowledge.dosingPolicy)

  // field by field, in the order of the document: plans are made of options, and to spread what one lacks takes longer than to write what it has
  const option: Draft<Option> = { id: candidate.id, title: frame.title, approaches: rule.approaches }
  if (frame.variantOf !== undefined) option.variantOf = frame.variantOf
  option.standing = standing
  option.standingBecause = standingReason(judged, row.because, waiting)
  option.rank = index + 1
  if (judged.rankedBy) option.rankedBy = judged.rankedBy
  option.drugs = treatment.drugs
  if (rule.technique) option.technique = rule.technique
  if (rule.site) option.site = rule.site
  if (rule.procedure) option.procedure = rule.procedure
  if (rule.also) option.also = rule.also
  if (frame.fractionations) option.fractionations = frame.fractionations
  if (rule.availability) option.availability = rule.availability
  if (regimen) option.regimen = plannedRegimen(regimen, dosesOf(engine, view, patientCase, whatIf))
  option.concurrent = concurrentNow(candidate, frame, view)
  option.cautions = cautionsNow(judged, waiting, engine, view)
  option.because = because
  option.needs = needs
  option.against = atLeast(candidate.against, TRUE, view)[0]?.say ?? rule.against.at(-1)!.say
  option.evidence = optionEvidence(judged, engine.knowledge)
  if (frame.review) option.review = frame.review
  if (frame.burden) option.burden = frame.burden
  option.wouldChange =
    // what it rests on may wait for an emergency: no change of its own would then do
    standing !== 'needs-data' && (verdict.rests === undefined || standing === verdict.outcome)
      ? whatIf.wouldChange(candidate, verdict, 4, (outcome) => (outcome === 'not-offered' ? outcome : deferred(candidate, outcome, alerts)))
      : []
  return option as Option
}

/** What goes with the treatment: what the regimen names, then what this patient needs. */
function concurrentNow({ concurrent }: Candidate, frame: OptionFrame, view: CaseView): Option['concurrent'] {
  const own = atLeast(concurrent, TRUE, view)
  return own.length === 0 ? frame.concurrent : [...frame.concurrent, ...own.map(({ say, because }) => ({ say, because }))]
}

/** What must be minded: what goes first, then the rules of safety, what is to be settled before the first dose, and what the option itself says. */
function cautionsNow({ candidate, verdict, heldBy }: Judged, waiting: readonly ActiveAlert[], engine: Engine, view: CaseView) {
  const cautions: Option['cautions'][number][] = []
  for (const { alert } of new Set([...waiting, ...(heldBy ?? [])]))
    cautions.push({ say: handledFirst(alert.title), facts: alert.because.facts })
  for (const rules of [verdict.cautions, verdict.conditions, verdict.unsettled])
    for (const rule of rules) cautions.push(cautionOf(rule, engine.words).said)
  for (const rule of verdict.checks) cautions.push(cautionOf(rule, engine.words).check)
  for (const { say, when } of atLeast(candidate.cautions, TRUE, view))
    cautions.push({ say, facts: when ? explainedFacts(when, engine.words) : [] })
  return cautions
}

/** What the doses of this plan rest on; one for all its options, so that each dose is worked out once. */
function dosesOf(engine: Engine, view: CaseView, patientCase: PatientCase, whatIf: WhatIf): DoseContext {
  if (!whatIf.doses) {
    whatIf.doses = {
      patientCase,
      inputs: doseInputs(patientCase),
      view,
      ...(engine.knowledge.dosingPolicy ? { policy: engine.knowledge.dosingPolicy } : {}),
      adjustments: engine.dosing,
      drugs: engine.drugs,
      definition: (fact) => engine.words.facts[engine.words.position.get(fact) ?? -1],
      openFacts: (criterion) => engine.openFacts([criterion], view),
      worked: new Map(),
    }
  }
  return whatIf.doses
}

function standingReason({ standing, verdict, heldBy }: Judged, rowBecause: string, waiting: readonly ActiveAlert[]): string {
  const carrier = verdict.rests && standing !== 'recommended' && standing !== verdict.potential ? carrying(verdict.rests) : undefined
  if (carrier && verdict.eligible === 'true') return `it can stand no higher than what it rests on: ${carrier}`
  if (standing === 'needs-data') {
    return verdict.unsettled.length > 0
      ? `a missing fact decides whether it is safe: ${verdict.unsettled[0]!.say}`
      : wouldBe(verdict.potential, rowBecause)
  }
  if (heldBy && (waiting.length === 0 || standing === 'recommended')) {
    const alerts = heldBy.map((a) => a.alert.title).join('; ')
    return standing === 'recommended' ? `until this is settled: ${alerts}` : `on hold until this is settled: ${alerts}`
  }
  if (waiting.length > 0) return `waits until this is handled: ${waiting.map((a) => a.alert.title).join('; ')}`
  if (verdict.conditions.length > 0) return `on condition: ${verdict.conditions.map((r) => r.say).join('; ')}`
  if (standing !== verdict.potential)
    return (
      verdict.cautions
        .filter((r) => r.lowersTo)
        .map((r) => r.say)
        .join('; ') || rowBecause
    )
  return rowBecause
}

/** The first of what an option rests on, with the reason why it stands no higher. */
function carrying({ open, best }: Rests): string | undefined {
  const one = open.find(({ verdict }) => verdict.outcome === best)
  if (!one) return undefined
  const { candidate, verdict } = one
  const why = [...verdict.unsettled, ...verdict.conditions, ...verdict.cautions.filter((r) => r.lowersTo)][0]?.say
  return why ? `${candidate.rule.title} (${why})` : candidate.rule.title
}

/** Waiting for a result names the result, unless it is already there. */
function awaited(candidate: Candidate, engine: Engine, patientCase: PatientCase): readonly Need[] {
  return (candidate.rule.awaits ?? []).flatMap((test) => {
    const definition = engine.testsById.get(test)
    const fact = definition?.settles.find((id) => !isKnown(patientCase.facts[id]))
    return fact ? [{ fact, test, ifTrue: 'opens the treatment that fits the result', ifFalse: 'the plan goes on without it' }] : []
  })
}
