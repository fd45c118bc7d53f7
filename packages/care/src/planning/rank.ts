import { type CaseView, isKnown, type RankingPolicy, type Standing, type Vocabulary } from '@secondwind/core'
import type { ActiveAlert } from './alerts.ts'
import type { Candidate } from './candidate.ts'
import type { Verdict } from './outcome.ts'
import { matches } from './target.ts'

export interface Judged {
  readonly candidate: Candidate
  readonly verdict: Verdict
  readonly standing: Standing
  /** Alerts that hold its drugs: they lower what gives them, and are why a pause is advised. */
  readonly heldBy?: readonly ActiveAlert[]
  /** What the patient wants that moved it, in words. */
  readonly rankedBy?: string
}

const STANDINGS: readonly Standing[] = ['recommended', 'alternative', 'conditional', 'needs-data']
const FIRST_STEPS = ['test-first', 'continue', 'hold', 'stop']
const LEVELS = ['high', 'moderate', 'low']

/** Sorts options by the policy of `knowledge/policy/ranking.yaml`. Wishes act only inside one standing, by construction of the order. */
export function rankOptions(options: readonly Judged[], policy: RankingPolicy, view: CaseView, words: Vocabulary): readonly Judged[] {
  const value = (id: string): unknown => {
    const fact = view.facts[words.position.get(id) ?? -1]
    return isKnown(fact) ? fact.value : undefined
  }
  const isBrainInvolved = value('brain-metastases') === true || value('leptomeningeal-disease') === true
  const ecog = value('ecog')
  const isLimited = typeof ecog === 'number' && ecog >= 2
  const wishes = value('preferences')
  const preferences = policy.preferences.filter((p) => Array.isArray(wishes) && (wishes as readonly unknown[]).includes(p.preference))

  const isAdvisedPause = (o: Judged): boolean => o.heldBy !== undefined && o.standing === 'recommended'

  const wishScore = (c: Candidate): number =>
    preferences.reduce((sum, p) => sum + (matches(p.disfavours, c.treatment) ? 1 : 0) - (matches(p.favours, c.treatment) ? 1 : 0), 0)
  const at = (list: readonly string[], key: string): number => (list.includes(key) ? list.indexOf(key) : list.length)

  const keys: { readonly [key in RankingPolicy['order'][number]]: (o: Judged) => number | string } = {
    // what waits for data or for an emergency keeps the order it would have without
    standing: (o) =>
      STANDINGS.indexOf(o.standing) * 10 +
      (isAdvisedPause(o) ? 0 : isCareAlone(o) ? STANDINGS.length : STANDINGS.indexOf(o.verdict.potential)),
    // waiting, going on, holding or stopping comes first only where it is what we advise
    'first-step': (o) => {
      if (o.standing !== 'recommended') return 0
      // life or function at risk now: before a test is awaited, a drug paused or gone on with
      const { procedure = '', urgency } = o.candidate.rule
      return urgency === 'emergency' && (isLocal(o.candidate) || procedure === 'test-first') ? -1 : at(FIRST_STEPS, procedure)
    },
    // local treatment first where it saves life or function, else after the systemic treatment that it goes with
    'local-place': (o) => (o.candidate.rule.urgency === 'emergency' ? 0 : isLocal(o.candidate) ? 2 : 1),
    preferences: (o) => wishScore(o.candidate),
    strength: (o) => at(policy.strength, o.candidate.rule.strength),
    'evidence-kind': (o) => at(policy.evidenceKind, o.candidate.rule.evidenceKind),
    'brain-activity': (o) => (isBrainInvolved ? at(LEVELS, o.candidate.rule.brainActivity ?? '') : 0),
    fitness: (o) => (isLimited ? LEVELS.length - at(LEVELS, o.candidate.rule.toxicity) : 0),
    priority: (o) => o.candidate.rule.priority,
    variant: (o) => o.candidate.variantIndex,
    id: (o) => o.candidate.id,
  }
  const withWords = options.map((o) => {
    const score = wishScore(o.candidate)
    if (score === 0 || !policy.order.includes('preferences')) return o
    const says = preferences.filter((p) => matches(score < 0 ? p.favours : p.disfavours, o.candidate.treatment)).map((p) => p.say)
    return {
      ...o,
      rankedBy: `the patient's wish (${says.join('; ')}) moves it ${score < 0 ? 'up' : 'down'} among options of the same standing`,
    }
  })
  const placed = withWords.map((option) => ({ option, place: policy.order.map((key) => keys[key](option)) }))
  placed.sort((a, b) => {
    for (let i = 0; i < a.place.length; i++) {
      const x = a.place[i]!
      const y = b.place[i]!
      if (x !== y) return x < y ? -1 : 1
    }
    return 0
  })
  return placed.map(({ option }) => option)
}

/**
 * Care without treatment, open to whoever wants none: it never stands above a treatment that fits on a condition, nor, while nobody knows whether
 * it is due, above a treatment that waits for the same answer.
 */
const isCareAlone = ({ candidate: { rule }, standing }: Judged): boolean =>
  rule.procedure === 'best-supportive-care'
    ? standing === 'conditional' || standing === 'needs-data'
    : rule.procedure === 'hospice' && standing === 'needs-data'

const LOCAL_APPROACHES = ['radiation', 'surgery', 'procedure']

const isLocal = ({ treatment, rule }: Candidate): boolean =>
  treatment.drugs.length === 0 &&
  rule.drugsFrom === undefined &&
  !FIRST_STEPS.includes(rule.procedure ?? '') &&
  rule.approaches.every((a) => LOCAL_APPROACHES.includes(a))
