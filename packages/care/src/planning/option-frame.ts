import { type DosingPolicy, explainedFacts, type Option, type SafetyRule, type Vocabulary } from '@secondwind/core'
import { burdenOf, concurrentOf, plannedFractionation } from '../delivery/index.ts'
import type { Candidate } from './candidate.ts'

/** What an option says, whoever the patient is: made once for each candidate of a base and shared by all plans. In the order of the document. */
export interface OptionFrame {
  readonly head: Pick<Option, 'id' | 'title' | 'approaches' | 'variantOf'>
  readonly treatment: Pick<Option, 'drugs' | 'technique' | 'site' | 'procedure' | 'also' | 'fractionations' | 'availability'>
  readonly concurrent: Option['concurrent']
  readonly end: Pick<Option, 'review' | 'burden'>
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

function makeFrame({ id, rule, regimen, treatment }: Candidate, policy: DosingPolicy | undefined): OptionFrame {
  return {
    head: {
      id,
      title: regimen && rule.regimens.length > 1 ? `${rule.title}: ${regimen.title}` : rule.title,
      approaches: rule.approaches,
      ...(rule.regimens.length > 1 ? { variantOf: rule.id } : {}),
    },
    treatment: {
      drugs: treatment.drugs,
      ...(rule.technique ? { technique: rule.technique } : {}),
      ...(rule.site ? { site: rule.site } : {}),
      ...(rule.procedure ? { procedure: rule.procedure } : {}),
      ...(rule.also ? { also: rule.also } : {}),
      ...(rule.fractionations ? { fractionations: rule.fractionations.map(plannedFractionation) } : {}),
      ...(rule.availability ? { availability: rule.availability } : {}),
    },
    concurrent: regimen ? concurrentOf(regimen, policy) : [],
    end: {
      ...(rule.review === 'unconfirmed' || regimen?.review === 'unconfirmed' ? { review: 'unconfirmed' as const } : {}),
      ...(regimen ? { burden: burdenOf(regimen) } : {}),
    },
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
