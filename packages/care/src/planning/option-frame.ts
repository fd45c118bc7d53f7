import { type DosingPolicy, explainedFacts, type Option, type SafetyRule, type Vocabulary } from '@secondwind/core'
import { burdenOf, concurrentOf, plannedFractionation } from '../delivery/index.ts'
import type { Candidate } from './candidate.ts'

/** What is worked out of an option, whoever the patient is: once for each candidate of a base, and shared by all plans. */
export interface OptionFrame extends Pick<Option, 'title' | 'variantOf' | 'fractionations' | 'review' | 'burden'> {
  /** What goes with its regimen. */
  readonly concurrent: Option['concurrent']
}

const frames = new WeakMap<Candidate, OptionFrame>()

/** `policy`: that of the candidate's own base. */
export function frameOf(candidate: Candidate, policy: DosingPolicy | undefined): OptionFrame {
  let frame = frames.get(candidate)
  if (frame === undefined) {
    frame = makeFrame(candidate, policy)
    frames.set(candidate, frame)
  }
  return frame
}

function makeFrame({ rule, regimen }: Candidate, policy: DosingPolicy | undefined): OptionFrame {
  const isVariant = rule.regimens.length > 1
  const isOpen = rule.review === 'unconfirmed' || regimen?.review === 'unconfirmed'
  return {
    title: regimen && isVariant ? `${rule.title}: ${regimen.title}` : rule.title,
    ...(isVariant ? { variantOf: rule.id } : {}),
    ...(rule.fractionations ? { fractionations: rule.fractionations.map(plannedFractionation) } : {}),
    concurrent: regimen ? concurrentOf(regimen, policy) : [],
    ...(isOpen ? { review: 'unconfirmed' as const } : {}),
    ...(regimen ? { burden: burdenOf(regimen) } : {}),
  }
}

type Caution = Option['cautions'][number]

const cautions = new WeakMap<SafetyRule, { readonly said: Caution; readonly check: Caution }>()

/** A safety rule as an option names it: as something to mind, or to settle before the first dose. Made once for each rule. */
export function cautionOf(rule: SafetyRule, words: Vocabulary): { readonly said: Caution; readonly check: Caution } {
  let caution = cautions.get(rule)
  if (caution === undefined) {
    const said = { say: rule.say, facts: explainedFacts(rule.when, words), rule: rule.id }
    caution = { said, check: { ...said, before: 'the first dose' } }
    cautions.set(rule, caution)
  }
  return caution
}
