import { NOBODY, type NotAdvised, type PlaneCompiler, type SafetyRule } from '@secondwind/core'
import type { Candidate } from './candidate.ts'
import type { Engine } from './engine.ts'
import { type Explainer, evidenceOf } from './explain-rule.ts'
import { lower, type Outcome } from './outcome.ts'
import type { Standings } from './population-alerts.ts'
import type { Judged } from './rank.ts'

const ORDER: readonly Outcome[] = ['recommended', 'alternative', 'conditional', 'needs-data']

/**
 * An option that rests on drugs of others (decision 0016) stands no higher than the best of them that is left in the plan, emergencies and holds
 * included; with none left it goes.
 */
export function withRests(judged: readonly Judged[]): readonly Judged[] {
  return judged.flatMap((one) => {
    const { rests } = one.candidate
    if (!rests) return [one]
    const left = judged.filter(({ candidate }) => rests.includes(candidate))
    const best = ORDER.find((standing) => left.some((other) => other.standing === standing))
    if (best === undefined || best === 'not-offered') return []
    const standing = lower(one.standing, best)
    return [standing === one.standing ? one : { ...one, standing }]
  })
}

/** `withRests` for all cases at once. */
export function withRestPlanes(
  judged: readonly { readonly candidate: Candidate }[],
  standings: readonly Standings[],
  { code }: PlaneCompiler,
): readonly Standings[] {
  const place = new Map(judged.map(({ candidate }, i) => [candidate, i]))
  return standings.map((own, i) => {
    const { rests } = judged[i]!.candidate
    if (!rests) return own
    const under = rests.map((one) => standings[place.get(one)!]!)
    const any = (standing: keyof Standings) => code.or(under.map((one) => one[standing]))
    const recommended = any('recommended')
    const alternative = code.or([recommended, any('alternative')])
    const conditional = code.or([alternative, any('conditional')])
    const some = code.or([conditional, any('needs-data')])
    // what may stand at a level and no higher: the cases in which the best of what it rests on does not reach it fall to the next
    let above = NOBODY
    const level = (mine: Standings[keyof Standings], reached: Standings[keyof Standings]) => {
      const here = code.or([above, mine])
      above = code.andNot(here, reached)
      return code.and([here, reached])
    }
    return {
      recommended: level(own.recommended, recommended),
      alternative: level(own.alternative, alternative),
      conditional: level(own.conditional, conditional),
      'needs-data': level(own['needs-data'], some),
    }
  })
}

/** Options that would stand if a drug set they rest on were left, with the rules that leave none. */
export interface Fallen {
  readonly candidate: Candidate
  readonly barredBy: readonly SafetyRule[]
}

/** One line for each option that has nothing left to rest on, with the very reasons for which its drugs are not advised. */
export function fallenLines(fallen: readonly Fallen[], engine: Engine, explain: Explainer): readonly NotAdvised[] {
  const gravity: readonly SafetyRule['reason'][] = ['unsafe', 'ineffective', 'displaces-better', 'caution']
  return fallen.map(({ candidate: { rule }, barredBy }) => {
    const children = barredBy.map((bar) => explain.of(bar.when, bar.say, bar.cites))
    return {
      treatment: rule.title,
      reason: gravity.find((reason) => barredBy.some((bar) => bar.reason === reason))!,
      rule: rule.id,
      because: {
        claim: `it rests on drugs that are not advised now. ${barredBy.map(({ say }) => say).join('. ')}`,
        truth: 'true',
        facts: [...new Set(children.flatMap(({ facts }) => facts))],
        children,
        cites: [...new Set(children.flatMap(({ cites }) => cites ?? []))],
      },
      evidence: barredBy.flatMap(({ cites }) => evidenceOf(cites, engine.knowledge)),
    }
  })
}
