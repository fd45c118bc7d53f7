import {
  type CaseView,
  FALSE,
  forbids,
  isKnown,
  permits,
  type SafetyRule,
  type Standing,
  TRUE,
  type Truth,
  truthOfVerdict,
  UNKNOWN,
  type Vocabulary,
} from '@secondwind/core'
import type { Candidate } from './candidate.ts'

export type Outcome = Standing | 'not-offered'

/** The verdict on one candidate, with everything that made it. */
export interface Verdict {
  readonly outcome: Outcome
  readonly eligible: Truth
  /** Index of the standing row that spoke; what it would be if nothing were unknown. */
  readonly row: number
  readonly potential: Exclude<Standing, 'needs-data'>
  readonly barredBy: readonly SafetyRule[]
  readonly unsettled: readonly SafetyRule[]
  readonly conditions: readonly SafetyRule[]
  readonly cautions: readonly SafetyRule[]
  readonly checks: readonly SafetyRule[]
  readonly openRows: readonly number[]
  readonly hasFailedBefore: boolean
  /** Of an option that rests on drugs of other options: what of them is open. */
  readonly rests?: Rests
}

/** What an option without drugs of its own rests on, for one patient. */
export interface Rests {
  /** The best outcome among those that may be for this patient. */
  readonly best: Outcome
  /** Those that are not barred, in the order of the base. */
  readonly open: readonly { readonly candidate: Candidate; readonly verdict: Verdict }[]
  /** What bars the others. */
  readonly barredBy: readonly SafetyRule[]
}

const ORDER: readonly Standing[] = ['recommended', 'alternative', 'conditional', 'needs-data']
export const lower = <T extends Standing>(a: T, b: Standing): Standing => (ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b)

type Rules = readonly SafetyRule[]
const NONE: readonly never[] = []

/**
 * Judges one candidate for one patient: eligibility, standing, safety, in that order.
 * Unknown eligibility, or an unknown harm that a rule may not pass over, gives `needs-data`; it never opens and never closes.
 */
export function judge(candidate: Candidate, view: CaseView, words: Vocabulary): Verdict {
  const { verdicts } = view
  const eligible = truthOfVerdict(verdicts[candidate.when]!)
  const hasFailedBefore = failedBefore(candidate, view, words)
  let openRows: readonly number[] = NONE
  let row = candidate.rule.standing.length - 1
  const { slots: rows } = candidate.standing
  for (let i = 0; i < rows.length; i++) {
    const verdict = verdicts[rows[i]!]
    if (verdict === TRUE) {
      row = i
      break
    }
    if (verdict === UNKNOWN) openRows = [...openRows, i]
  }
  const potential = candidate.rule.standing[row]!.as

  // most lists stay empty, and a candidate is judged for every counterfactual: a list is made when something is put on it
  let barredBy: Rules = NONE
  let unsettled: Rules = NONE
  let conditions: Rules = NONE
  let cautions: Rules = NONE
  let checks: Rules = NONE
  let standing: Standing = potential
  if (eligible !== 'false') {
    const { items, slots } = candidate.safety
    for (let i = 0; i < slots.length; i++) {
      const verdict = verdicts[slots[i]!]!
      // most rules are about a harm that is known not to be there
      if (verdict === FALSE) continue
      const rule = items[i]!
      const harm = truthOfVerdict(verdict)
      if (rule.effect === 'bar') {
        const gate = forbids(harm)
        if (gate === 'blocked') barredBy = [...barredBy, rule]
        else if (gate === 'needs-data') {
          if (rule.whenUnknown === 'needs-data') unsettled = [...unsettled, rule]
          else if (rule.whenUnknown === 'conditional') conditions = [...conditions, rule]
          else if (rule.whenUnknown === 'check') checks = [...checks, rule]
        }
      } else if (rule.effect === 'check') {
        checks = [...checks, rule]
      } else if (harm === 'true') {
        cautions = [...cautions, rule]
        if (rule.lowersTo) standing = lower(standing, rule.lowersTo)
      } else if (harm === 'unknown' && rule.lowersTo && rule.whenUnknown === 'conditional') {
        // the rule asks to be careful while it is not known: what would lower it must not stand higher for being unknown
        conditions = [...conditions, rule]
        standing = lower(standing, rule.lowersTo)
      }
    }
  }
  if (conditions.some((rule) => rule.effect === 'bar')) standing = lower(standing, 'conditional')
  const rests = candidate.rests && eligible !== 'false' ? restsOf(candidate.rests, view, words) : undefined
  if (rests) {
    if (rests.best === 'not-offered') barredBy = joined(barredBy, rests.barredBy)
    else standing = lower(standing, rests.best)
    if (rests.best === 'needs-data') unsettled = joined(unsettled, ...rests.open.map(({ verdict }) => verdict.unsettled))
    checks = joined(checks, sharedChecks(rests))
  }
  const gate = permits(eligible)
  const outcome: Outcome =
    gate === 'blocked' || barredBy.length > 0 || hasFailedBefore || rests?.best === 'not-offered'
      ? 'not-offered'
      : gate === 'needs-data' || unsettled.length > 0
        ? 'needs-data'
        : standing
  const verdict = { outcome, eligible, row, potential, barredBy, unsettled, conditions, cautions, checks, openRows, hasFailedBefore }
  return rests ? { ...verdict, rests } : verdict
}

/** The options that could carry one that rests on them, judged for this patient; those that are not for this patient carry nothing. */
function restsOf(candidates: readonly Candidate[], view: CaseView, words: Vocabulary): Rests {
  const judged = candidates
    .filter(({ when }) => view.verdicts[when] !== FALSE)
    .map((candidate) => ({ candidate, verdict: judge(candidate, view, words) }))
  const open = judged.filter(({ verdict }) => verdict.outcome !== 'not-offered')
  const best = ORDER.find((standing) => open.some(({ verdict }) => verdict.outcome === standing)) ?? 'not-offered'
  return { best, open, barredBy: joined(...judged.filter((j) => !j.verdict.hasFailedBefore).map(({ verdict }) => verdict.barredBy)) }
}

/** What must be settled before the first dose whichever of the drug sets it is: unknown harm that would end them all. */
const sharedChecks = ({ open }: Rests): Rules =>
  (open[0]?.verdict.checks ?? NONE).filter(
    (rule) => rule.effect === 'bar' && rule.reason === 'unsafe' && open.every(({ verdict }) => verdict.checks.includes(rule)),
  )

const joined = (...lists: readonly Rules[]): Rules => [...new Set(lists.flat())]

/** The fact that a verdict looks at beside the criteria of its rules. */
export const FAILED_BEFORE = 'progressed-on'

/** The disease has progressed on every drug of this set, and nothing new is added. */
function failedBefore(candidate: Candidate, view: CaseView, words: Vocabulary): boolean {
  if (candidate.rule.rechallenge || candidate.rule.drugsFrom || candidate.treatment.drugs.length === 0) return false
  const fact = view.facts[words.position.get(FAILED_BEFORE) ?? -1]
  if (!isKnown(fact) || !Array.isArray(fact.value)) return false
  const failed = fact.value as readonly unknown[]
  return candidate.treatment.drugs.every((d) => failed.includes(d))
}
