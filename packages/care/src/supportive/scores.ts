import { type Equivalents, err, type Issue, ok, type PointsScore, type Result, type ScoreItem, type ScoreTest } from '@secondwind/core'

/** Answers and measurements by the key of the score's input, in its units; absent: not given. */
export type ScoreValues = { readonly [key: string]: number | string | undefined }

export interface Scored {
  readonly total: number
  /** The group the total falls in; empty where the score has none. */
  readonly band: string
  readonly derivation: readonly string[]
}

/**
 * A score by points.
 *
 * Refuses: an answer missing on which an item hangs (each is named; a score is never a partial sum), a word that is no answer, a number that is
 * not finite, and contradictory measurements. An answer is asked for only where it can change the points.
 */
export function pointsScore(score: PointsScore, given: ScoreValues): Result<Scored, readonly Issue[]> {
  const faults = score.inputs.flatMap((input) => {
    const value = given[input.key]
    if (value === undefined) return []
    const isGood = input.values
      ? typeof value === 'string' && input.values.includes(value)
      : typeof value === 'number' && Number.isFinite(value)
    return isGood ? [] : [issue('invalid-element', input.key, `"${value}" is no answer`, `give ${input.values?.join(', ') ?? 'a number'}`)]
  })
  if (faults.length > 0) return err(faults)
  const derived = derivedValues(score, given)
  if (!derived.ok) return derived
  const values = { ...given, ...derived.value.values }
  const missing = new Set<string>()
  const lines: string[] = [...derived.value.lines]
  let total = 0
  for (const item of score.items) {
    const points = pointsOf(item, values)
    if (typeof points === 'number') {
      total += points
      lines.push(`${item.label}: ${points}`)
    } else for (const key of points) for (const asked of score.derived.find((d) => d.key === key)?.of ?? [key]) missing.add(asked)
  }
  for (const key of missing) if (given[key] !== undefined) missing.delete(key)
  if (missing.size > 0) {
    return err(
      [...missing].map((key) => {
        const input = score.inputs.find((i) => i.key === key)
        const answers = input?.values?.join(' or ') ?? `a number${input?.unit === undefined ? '' : ` in ${input.unit}`}`
        return issue('missing-input', key, `${input?.label ?? key} is missing`, `add ${key}=…, ${answers}`)
      }),
    )
  }
  const band = score.bands.find((b) => total >= b.from && total <= b.to)
  if (score.bands.length > 0 && band === undefined) throw new Error(`invariant: ${score.id} has no band for ${total}`)
  return ok({
    total,
    band: band?.label ?? '',
    derivation: [...lines, `total ${total} of ${score.total[1]}`, ...remarksAt(score.remarks, total, values)],
  })
}

/**
 * Weighted sum of daily opioid doses, with the name of the table of factors in every result: a flag of risk, never a dose for a change of opioid.
 *
 * Refuses: no dose at all, a drug without a factor (the total would be too low), a dose that nobody takes.
 */
export function equivalentDose(rule: Equivalents, doses: ScoreValues): Result<Scored, readonly Issue[]> {
  const issues: Issue[] = []
  const lines: string[] = []
  let total = 0
  for (const [key, dose] of Object.entries(doses)) {
    if (dose === undefined) continue
    const factor = rule.factors.find((f) => f.key === key)
    if (!factor)
      issues.push(issue('invalid-element', key, 'has no factor in this table', `it knows ${rule.factors.map((f) => f.key).join(', ')}`))
    else if (typeof dose !== 'number' || !(dose >= 0 && dose <= factor.most))
      issues.push(issue('out-of-range', key, `${dose} is outside 0 to ${factor.most} ${factor.unit}`, 'check the dose and its unit'))
    else {
      total += dose * factor.factor
      lines.push(`${factor.label}: ${dose} ${factor.unit} × ${factor.factor} = ${rounded(dose * factor.factor)}`)
    }
  }
  if (issues.length > 0) return err(issues)
  if (lines.length === 0)
    return err([
      issue('missing-input', 'doses', 'no opioid was given', `name at least one of ${rule.factors.map((f) => f.key).join(', ')}`),
    ])
  return ok({
    total: rounded(total),
    band: '',
    derivation: [...lines, `total ${rounded(total)} ${rule.unit}, factors of ${rule.factorSet}`, ...remarksAt(rule.remarks, total, {})],
  })
}

const rounded = (value: number): number => Number(value.toFixed(6))

/** Points of an item, or the keys that it waits for. */
function pointsOf(item: ScoreItem, values: ScoreValues): number | readonly string[] {
  const waiting: string[] = []
  for (const { points, when } of item.rows) {
    const outcomes = when.map((alternative) => holds(alternative, values))
    if (outcomes.includes(true)) return waiting.length > 0 ? waiting : points
    waiting.push(...outcomes.flatMap((o) => (typeof o === 'boolean' ? [] : o)))
  }
  return waiting.length > 0 ? waiting : 0
}

/** True, false, or the keys that decide: one test that fails settles an alternative whatever the others are. */
function holds(tests: { readonly [key: string]: ScoreTest }, values: ScoreValues): boolean | readonly string[] {
  const unknown: string[] = []
  for (const [key, test] of Object.entries(tests)) {
    const value = values[key]
    if (value === undefined) unknown.push(key)
    else if (!passes(value, test)) return false
  }
  return unknown.length > 0 ? unknown : true
}

function passes(value: number | string, test: ScoreTest): boolean {
  if (typeof test === 'string') return value === test
  if (typeof value !== 'number') return false
  return (
    (test.above === undefined || value > test.above) &&
    (test.atLeast === undefined || value >= test.atLeast) &&
    (test.below === undefined || value < test.below) &&
    (test.atMost === undefined || value <= test.atMost)
  )
}

type Formula = (values: readonly number[]) => number | { readonly wrong: string }

/** Formulas a score may name in `derived`. Rounded to a billionth, so that 0.9 ÷ (1.2 − 0.9) is 3 and not a little more. */
const FORMULAS: { readonly [name: string]: Formula } = {
  ratio: ([a, b]) => (b! > 0 ? a! / b! : { wrong: `${b} cannot divide` }),
  'derived-neutrophil-lymphocyte-ratio': ([neutrophils, leukocytes]) =>
    leukocytes! > neutrophils!
      ? neutrophils! / (leukocytes! - neutrophils!)
      : { wrong: `${neutrophils} neutrophils are not part of ${leukocytes} white cells` },
}

function derivedValues(
  score: PointsScore,
  given: ScoreValues,
): Result<{ readonly values: ScoreValues; readonly lines: readonly string[] }, readonly Issue[]> {
  const values: Record<string, number> = {}
  const lines: string[] = []
  const issues: Issue[] = []
  for (const { key, label, formula, of } of score.derived) {
    const parts = of.map((k) => given[k])
    if (!parts.every((p) => typeof p === 'number')) continue
    const compute = FORMULAS[formula]
    if (!compute) throw new Error(`invariant: there is no formula ${formula}`)
    const result = compute(parts)
    if (typeof result === 'number') {
      values[key] = Number(result.toFixed(9))
      lines.push(`${label} = ${Number(result.toFixed(2))}`)
    } else issues.push(issue('contradictory-result', of.join(', '), result.wrong, 'check the values and their units'))
  }
  return issues.length > 0 ? err(issues) : ok({ values, lines })
}

const remarksAt = (remarks: PointsScore['remarks'], total: number, values: ScoreValues): readonly string[] =>
  remarks
    .filter(
      (r) =>
        total >= (r.from ?? Number.NEGATIVE_INFINITY) &&
        total <= (r.to ?? Number.POSITIVE_INFINITY) &&
        (r.when === undefined || holds(r.when, values) === true),
    )
    .map((r) => r.say)

const issue = (code: Issue['code'], path: string, message: string, remedy: string): Issue => ({
  code,
  severity: 'error',
  path,
  message,
  remedy,
})
