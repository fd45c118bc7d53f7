import type { NotAdvised, SafetyRule } from '@secondwind/core'
import type { Engine } from './engine.ts'
import { type Explainer, evidenceOf } from './explain-rule.ts'
import type { Treatment } from './target.ts'

/** One line per rule that stopped something (or warns against something) that someone might otherwise give. */
export function notAdvisedLines(rules: Iterable<SafetyRule>, engine: Engine, explain: Explainer): readonly NotAdvised[] {
  const order = ['unsafe', 'ineffective', 'displaces-better', 'caution']
  return [...rules]
    .sort((a, b) => order.indexOf(a.reason) - order.indexOf(b.reason) || (a.id < b.id ? -1 : 1))
    .flatMap((rule) => {
      if (!rule.notAdvised) return []
      const { drugs, ...rest } = rule.notAdvised
      return [
        {
          ...rest,
          ...(drugs ? { drugs: [...drugs].sort() } : {}),
          reason: rule.reason,
          rule: rule.id,
          because: explain.of(rule.when, rule.say, rule.cites),
          evidence: evidenceOf(rule.cites, engine.knowledge),
          ...(rule.review === 'unconfirmed' ? { review: 'unconfirmed' as const } : {}),
        },
      ]
    })
}

/** Whether a line of notAdvised names this treatment by its drugs. Stopping or holding a drug is never barred. */
export function namesTreatment(rule: SafetyRule, treatment: Treatment): boolean {
  const drugs = rule.notAdvised?.drugs
  if (!drugs || drugs.length === 0 || treatment.procedure === 'stop' || treatment.procedure === 'hold') return false
  return rule.notAdvised?.match === 'contains'
    ? drugs.every((d) => treatment.drugs.includes(d))
    : drugs.length === treatment.drugs.length && drugs.every((d) => treatment.drugs.includes(d))
}

/**
 * Two rules that forbid the same treatment for the same kind of reason are one line: every reason and source is kept, the first rule names it.
 * What names no treatment that a program could read (a wish) stays as it is.
 */
export function oneLineEach(lines: readonly NotAdvised[]): readonly NotAdvised[] {
  const groups = Map.groupBy(lines, sameThing)
  return [...groups.values()].map(([first, ...more]) => (more.length === 0 ? first! : together(first!, more)))
}

function sameThing({ drugs, class: group, match, technique, site, procedure, reason, rule }: NotAdvised): string {
  const isNamed = (drugs?.length ?? 0) > 0 || group !== undefined || technique !== undefined || procedure !== undefined
  // a line with drugs is about these drugs, whatever class they are of
  const named = drugs?.length ? drugs.join('+') : (group ?? '')
  return isNamed ? JSON.stringify([named, match ?? 'contains', technique, site, procedure, reason]) : rule
}

function together(first: NotAdvised, more: readonly NotAdvised[]): NotAdvised {
  const all = [first, ...more]
  const once = <T>(values: readonly T[]): readonly T[] => [...new Set(values)]
  const { review: _, ...rest } = first
  // confirmed as long as one of the rules is: the mark on each source says which is not
  const isOpen = all.every((line) => line.review === 'unconfirmed')
  return {
    ...rest,
    treatment: once(all.map((line) => line.treatment)).join('; '),
    alsoRules: more.map((line) => line.rule),
    because: {
      claim: once(all.map((line) => line.because.claim)).join('. '),
      truth: first.because.truth,
      facts: once(all.flatMap((line) => line.because.facts)),
      children: all.map((line) => line.because),
      cites: once(all.flatMap((line) => line.because.cites ?? [])),
    },
    evidence: [...new Map(all.flatMap((line) => line.evidence).map((cite) => [`${cite.source}|${cite.at}|${cite.says}`, cite])).values()],
    ...(isOpen ? { review: 'unconfirmed' as const } : {}),
  }
}
