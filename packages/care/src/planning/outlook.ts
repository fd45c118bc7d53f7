import type { CaseView, Issue, Outlook } from '@secondwind/core'
import type { Engine } from './engine.ts'
import type { Explainer } from './explain-rule.ts'

/**
 * Worst, typical and best case from the median of a matching population, by multiples of the median:
 * a quarter, half to double, and three to four times (Kiely 2011); three is used for the best tenth.
 * For immunotherapy the upper multiple does not hold, so the best case is left to the observed tail (`alive`).
 */
const MULTIPLES = { worst10: 0.25, typicalLow: 0.5, typicalHigh: 2, best10: 3 } as const

export function outlookOf(
  engine: Engine,
  view: CaseView,
  explain: Explainer,
): { readonly outlook: Outlook | null; readonly problem?: Issue } {
  const fitting = engine.outlook.filter(({ when }) => when(view) === 'true').sort((a, b) => a.rule.priority - b.rule.priority)
  const rule = fitting[0]?.rule
  if (!rule) {
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
  const why = explain.raw(rule.when)
  return {
    outlook: {
      population: rule.population,
      source: rule.cites[0]!.source,
      fit: (why.children ?? [why]).map((c) => c.claim),
      endpoint: rule.endpoint,
      median: rule.medianMonths,
      worst10: months(MULTIPLES.worst10),
      typical: [months(MULTIPLES.typicalLow), months(MULTIPLES.typicalHigh)],
      best10: rule.immunotherapyTail ? null : months(MULTIPLES.best10),
      alive: rule.alive,
      method:
        'multiples of the median of a published population (a quarter, half to double, three times); observed long-term survivors instead of the upper multiple under immunotherapy',
      limits: rule.limits,
    },
  }
}
