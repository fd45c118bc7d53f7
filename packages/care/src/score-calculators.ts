import type { Citation, Equivalents, KnowledgeBase, PointsScore, ScoreInput, ScoreRule } from '@secondwind/core'
import { ok } from '@secondwind/core'
import { CALCULATORS, type Calculator, type CalculatorInput } from './delivery/index.ts'
import { gradeCalculator } from './grade-calculator.ts'
import { responseCalculators } from './response-calculators.ts'
import { equivalentDose, pointsScore } from './supportive/index.ts'

/** Everything `secondwind calc` knows: the formulas of doses, and one calculator for each confirmed score of the base. */
export function calculatorsOf(knowledge: KnowledgeBase): readonly Calculator[] {
  const confirmed = (knowledge.scores ?? []).filter((s) => s.review === 'confirmed')
  const source = (rule: ScoreRule) => sourceText(rule.cites, knowledge)
  return [
    ...CALCULATORS,
    ...confirmed.flatMap((rule) => (rule.kind === 'equivalents' ? [equivalentsCalculator(rule, source(rule))] : [])),
    ...confirmed.flatMap((rule) => (rule.kind === 'response' ? responseCalculators(rule, source(rule)) : [])),
    ...confirmed.flatMap((rule) =>
      rule.kind === 'toxicity-version'
        ? [
            gradeCalculator(
              rule,
              confirmed.filter((s) => s.kind === 'toxicity'),
              source,
            ),
          ]
        : [],
    ),
    ...confirmed.flatMap((rule) => (rule.kind === 'points' ? [pointsCalculator(rule, source(rule))] : [])),
  ]
}

/** Scores that are not computed, each with its reason; one whose points nobody has seen in a source is among them. */
export const notComputed = (
  knowledge: KnowledgeBase,
): readonly { readonly name: string; readonly title: string; readonly because: string }[] =>
  (knowledge.scores ?? []).flatMap((s) =>
    s.kind === 'not-computed'
      ? [{ name: s.id, title: s.title, because: s.because }]
      : s.review === 'unconfirmed'
        ? [{ name: s.id, title: s.title, because: 'its points or limits are not confirmed in a source' }]
        : [],
  )

function pointsCalculator(score: PointsScore, source: string): Calculator {
  return {
    name: score.id,
    title: score.title,
    source,
    inputs: score.inputs.map(inputOf),
    compute: (values) => {
      const scored = pointsScore(score, values)
      if (!scored.ok) return scored
      const { total, band, derivation } = scored.value
      return ok({ result: total, unit: band === '' ? 'points' : `points: ${band}`, derivation, details: { total, band } })
    },
  }
}

function equivalentsCalculator(rule: Equivalents, source: string): Calculator {
  return {
    name: rule.id,
    title: rule.title,
    source,
    inputs: rule.factors.map(({ key, label, unit, most }) => ({ key, label, unit, range: [0, most], optional: true })),
    compute: (values) => {
      const scored = equivalentDose(rule, values)
      if (!scored.ok) return scored
      const { total, derivation } = scored.value
      return ok({ result: total, unit: rule.unit, derivation, details: { factorSet: rule.factorSet, use: 'risk only, never conversion' } })
    },
  }
}

const inputOf = ({ key, label, fact, unit, range, whole, values, sometimes }: ScoreInput): CalculatorInput => ({
  key,
  label,
  ...(fact === undefined ? {} : { fact }),
  ...(unit === undefined ? {} : { unit }),
  ...(range === undefined ? {} : { range }),
  ...(whole ? { whole } : {}),
  ...(values === undefined ? {} : { values }),
  ...(sometimes ? { optional: true as const } : {}),
})

const sourceText = (cites: readonly Citation[], knowledge: KnowledgeBase): string =>
  [...new Set(cites.map((c) => c.source))]
    .map((id) => {
      const source = knowledge.sources[id]
      const isSeen = cites.some((c) => c.source === id && c.review !== 'unconfirmed')
      const text = source === undefined ? id : `${source.title}${source.url === undefined ? '' : ` (${source.url})`}`
      return isSeen ? text : `${text}, unconfirmed`
    })
    .join('; ')
