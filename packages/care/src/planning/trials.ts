import {
  type CaseView,
  type Explanation,
  FALSE,
  isKnown,
  type Option,
  type PatientCase,
  type SafetyRule,
  type Standing,
  TRUE,
  truthOfVerdict,
  UNKNOWN,
} from '@secondwind/core'
import type { ActiveAlert } from './alerts.ts'
import type { Engine } from './engine.ts'
import type { Explainer } from './explain-rule.ts'
import { atLeast } from './listed.ts'
import { namesTreatment } from './not-advised.ts'
import { optionOf } from './options.ts'
import { judge } from './outcome.ts'
import type { Judged } from './rank.ts'
import type { CompiledTrial } from './trial-candidate.ts'
import type { WhatIf } from './what-if.ts'

/** An option with the judgement that made it. */
export interface Placed {
  readonly judged: Judged
  readonly option: Option
}

/** Trials beyond these are not shown: a list nobody can phone through helps nobody. */
const AT_MOST = 5
/** A trial with more criteria open than this is a guess, not a match. */
const OPEN_AT_MOST = 3
/** Its place is found among the others: see `placeTrials`. */
const RANKED_LATER = Number.POSITIVE_INFINITY

export interface TrialMatch {
  readonly compiled: CompiledTrial
  readonly judged: Judged
  readonly open: number
}

/**
 * The trials to ask about, best match first. A criterion that fails, a safety rule that bars a drug of any arm, a registered end that has passed,
 * or the wish for no trial leaves a trial out; unknown criteria are named as needs.
 */
export function matchedTrials(
  engine: Engine,
  view: CaseView,
  patientCase: PatientCase,
  notAdvised: ReadonlySet<SafetyRule>,
): readonly TrialMatch[] {
  if (wishes(patientCase, 'no-trial')) return []
  const region = knownText(patientCase, 'jurisdiction')
  const { verdicts } = view
  const found = engine.trials.flatMap((compiled): readonly TrialMatch[] => {
    const { trial, candidate, criteria } = compiled
    if (verdicts[candidate.when] === FALSE || (trial.until !== undefined && trial.until < patientCase.asOf)) return []
    const open = criteria.slots.reduce((count, slot) => count + Number(verdicts[slot] === UNKNOWN), 0)
    if (open > OPEN_AT_MOST) return []
    const verdict = judge(candidate, view, engine.words)
    if (verdict.outcome === 'not-offered') return []
    if ([...notAdvised].some((rule) => rule.reason === 'unsafe' && namesTreatment(rule, candidate.treatment))) return []
    return [{ compiled, judged: { candidate, verdict, standing: verdict.outcome }, open }]
  })
  const distance = ({ compiled: { trial } }: TrialMatch): number => (region === undefined ? 1 : trial.regions.includes(region) ? 0 : 2)
  const keys: readonly ((m: TrialMatch) => number | string)[] = [
    (m) => (m.judged.standing === 'needs-data' ? 1 : 0),
    distance,
    (m) => m.open,
    (m) => -phaseOf(m.compiled.trial.phase),
    (m) => m.compiled.trial.id,
  ]
  const ordered = [...found].sort((a, b) => {
    for (const key of keys) {
      const x = key(a)
      const y = key(b)
      if (x !== y) return x < y ? -1 : 1
    }
    return 0
  })
  return onePerOpenGroup(ordered).slice(0, AT_MOST)
}

/** A trial as the document shows it. */
export function trialOption(
  { compiled, judged }: TrialMatch,
  engine: Engine,
  view: CaseView,
  patientCase: PatientCase,
  explain: Explainer,
  whatIf: WhatIf,
  alerts: readonly ActiveAlert[],
  notAdvised: ReadonlySet<SafetyRule>,
): Placed {
  const option = optionOf(judged, RANKED_LATER, engine, view, patientCase, explain, whatIf, alerts)
  const doubts = atLeast(compiled.doubts, TRUE, view)
  const isDoubted = doubts.length > 0 || [...notAdvised].some((rule) => namesTreatment(rule, judged.candidate.treatment))
  return {
    judged,
    option: {
      ...option,
      // drugs that are not advised outside the trial stand in its arms alone, so that nobody takes the option for their advice
      ...(isDoubted ? { drugs: [], procedure: 'clinical-trial' } : {}),
      ...recordOf(compiled, doubts, view, explain, knownText(patientCase, 'jurisdiction'), option, alerts),
    },
  }
}

/**
 * Trials among the options, ranks made anew: after everything of their standing. The wish for a trial raises them inside it, but never above
 * what is sound and only waits (for an emergency, or for a fact), nor above an emergency treatment.
 */
export function placeTrials(options: readonly Placed[], trials: readonly Placed[], patientCase: PatientCase): readonly Placed[] {
  if (trials.length === 0) return options
  const isWished = wishes(patientCase, 'wants-trial')
  const placed = [...options]
  for (const standing of ['needs-data', 'conditional'] as const) {
    const mine = trials.filter((t) => t.judged.standing === standing)
    const last = placed.findLastIndex(({ judged }) => {
      const by = ORDER.indexOf(judged.standing) - ORDER.indexOf(standing)
      return (
        by < 0 || (by === 0 && (!isWished || judged.verdict.potential !== 'conditional' || judged.candidate.rule.urgency === 'emergency'))
      )
    })
    placed.splice(last + 1, 0, ...mine.map((t) => (isWished ? { ...t, option: { ...t.option, rankedBy: WISHED } } : t)))
  }
  return placed.map(({ judged, option }, i) => ({ judged, option: { ...option, rank: i + 1 } }))
}

const ORDER: readonly Standing[] = ['recommended', 'alternative', 'conditional', 'needs-data']
const WISHED = "the patient's wish (a clinical trial) moves it up among options of the same standing"

/** Of the trials of one population that wait for data, the first is enough. */
function onePerOpenGroup(matches: readonly TrialMatch[]): readonly TrialMatch[] {
  const seen = new Set<string>()
  return matches.filter(({ judged, compiled: { trial } }) => {
    if (judged.standing !== 'needs-data') return true
    if (seen.has(trial.group)) return false
    seen.add(trial.group)
    return true
  })
}

/** What a trial says beside a standard option: every criterion with its answer, what a person must check, where and when it was registered. */
function recordOf(
  { trial, criteria }: CompiledTrial,
  doubts: readonly SafetyRule[],
  view: CaseView,
  explain: Explainer,
  region: string | undefined,
  option: Option,
  alerts: readonly ActiveAlert[],
): Pick<Option, 'standingBecause' | 'because' | 'cautions' | 'trial'> {
  const children = trial.criteria.map(
    (c, i): Explanation => explain.of(criteria.items[i]!, c.kind === 'inclusion' ? c.say : `not excluded by: ${c.say}`, []),
  )
  const isElsewhere = region !== undefined && !trial.regions.includes(region)
  // an option with drugs already says so; a trial whose drugs the protocol leaves open waits all the same
  const waiting = option.drugs.length === 0 && trial.arms.some((arm) => arm.drugs.length > 0) ? alerts.filter((a) => a.defersSystemic) : []
  return {
    standingBecause:
      waiting.length > 0 && option.standing === 'conditional'
        ? `waits until this is handled: ${waiting.map((a) => a.alert.title).join('; ')}`
        : option.standingBecause,
    because: { ...option.because, children },
    cautions: [
      ...waiting.map((a) => ({ say: `first: ${a.alert.title}`, facts: a.alert.because.facts })),
      ...option.cautions,
      ...doubts.map((rule) => ({ say: `outside the trial: ${rule.say}`, facts: explain.facts(rule.when), rule: rule.id })),
      { say: `${trial.status} on ${trial.asOf} by the register; ask whether it still is`, facts: [], before: 'enrolment' },
      ...(isElsewhere ? [{ say: 'the register names no site in the country of treatment', facts: ['jurisdiction'] }] : []),
      ...trial.check.map((say) => ({ say, facts: [], before: 'enrolment' })),
    ],
    trial: {
      nct: trial.nct,
      phase: trial.phase,
      status: trial.status,
      asOf: trial.asOf,
      arms: trial.arms.map((arm) => arm.say),
      regions: trial.regions,
      criteria: trial.criteria.map(({ id, kind, say }, i) => ({ id, kind, say, met: truthOfVerdict(view.verdicts[criteria.slots[i]!]!) })),
      check: trial.check,
    },
  }
}

/** The highest phase that a text such as "Phase 2/Phase 3" names. */
const phaseOf = (phase: string): number => Math.max(0, ...(phase.match(/\d/g) ?? []).map(Number))

const wishes = ({ facts }: PatientCase, wish: string): boolean => {
  const fact = facts.preferences
  return isKnown(fact) && Array.isArray(fact.value) && (fact.value as readonly unknown[]).includes(wish)
}

const knownText = ({ facts }: PatientCase, id: string): string | undefined => {
  const fact = facts[id]
  return isKnown(fact) && typeof fact.value === 'string' ? fact.value : undefined
}
