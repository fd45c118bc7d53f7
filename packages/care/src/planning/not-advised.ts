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
