import { type CaseView, type Explanation, type Issue, type Outlook, TRUE } from '@secondwind/core'
import type { Engine } from './engine.ts'
import type { Explainer } from './explain-rule.ts'
import { atLeast } from './listed.ts'

/**
 * Worst, typical and best case of the population that fits best, by the multiples of `knowledge/policy/outlook.yaml`.
 * Never past what was observed: where a quarter or more were still alive at the last look, the upper end is that look.
 */
export function outlookOf(
  engine: Engine,
  view: CaseView,
  explain: Explainer,
): { readonly outlook: Outlook | null; readonly problem?: Issue } {
  const [rule] = atLeast(engine.outlook, TRUE, view)
  const method = engine.knowledge.outlookMethod
  if (!rule || !method) {
    return {
      outlook: null,
      problem: {
        code: 'outlook-unavailable',
        severity: 'information',
        path: 'outlook',
        message: 'no published population matches this patient closely enough for honest figures',
        remedy: 'speak of the range in general terms, or complete the missing facts',
      },
    }
  }
  const months = (factor: number): number => Math.round(rule.medianMonths * factor * 10) / 10
  const why = explain.why(rule.when)
  const last = rule.alive.reduce((a, b) => (b.years > a.years ? b : a), { years: 0, percent: 0 })
  const isOpenEnded = last.percent >= 25 && months(method.typical[1]) > last.years * 12
  return {
    outlook: {
      population: rule.population,
      source: rule.cites[0]!.source,
      fit: [...new Set(reasonsOf(why))],
      endpoint: rule.endpoint,
      median: rule.medianMonths,
      worst10: months(method.worst10),
      typical: [months(method.typical[0]), isOpenEnded ? last.years * 12 : months(method.typical[1])],
      best10: rule.immunotherapyTail || isOpenEnded ? null : months(method.best10),
      alive: rule.alive,
      method: method.says,
      limits: isOpenEnded
        ? [
            ...rule.limits,
            `${last.percent} of 100 were still alive at ${last.years} years: how long the longer half lives is not known yet`,
          ]
        : rule.limits,
    },
  }
}

const GENERIC = ['all of these', 'any of these', 'none of this']

/** What makes the patient fit, in words: an unnamed group of criteria is told by its members that are met. */
function reasonsOf(node: Explanation): readonly string[] {
  const children = node.children ?? []
  if (children.length === 0) return [node.claim]
  if (node.claim === 'none of this') return [`none of: ${children.map((c) => c.claim).join(', ')}`]
  return children.filter((c) => c.truth === 'true').flatMap((c) => (GENERIC.includes(c.claim) ? reasonsOf(c) : [c.claim]))
}
