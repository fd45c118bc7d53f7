import { err, type Issue, ok, type Result, type ToxicityGrades, type ToxicityVersion } from '@secondwind/core'
import type { Calculation, Calculator, CalculatorContext, CalculatorValues } from './delivery/index.ts'
import { mixedVersions, toxicityGrade } from './monitoring/index.ts'

const QUANTITIES = ['value', 'lower-limit', 'upper-limit', 'baseline'] as const
type QuantityKey = (typeof QUANTITIES)[number]
type Numbers = { readonly [key in QuantityKey]?: number | 'normal' | 'unknown' }

/**
 * `secondwind calc ctcae`: the grade of one value. The version is the one of the base unless another is asked for, and stands in the result;
 * a rule written for another version is refused its grade. A term without grades in a version has none: those of another version are no substitute.
 */
export function gradeCalculator(
  pinned: ToxicityVersion,
  rules: readonly ToxicityGrades[],
  sourceOf: (rule: ToxicityGrades | ToxicityVersion) => string,
): Calculator {
  const terms = [...new Set(rules.map((r) => r.term))].sort()
  return {
    name: 'ctcae',
    title: pinned.title,
    source: sourceOf(pinned),
    inputs: [
      { key: 'term', label: 'what is graded', values: terms, example: 'neutrophils' },
      { key: 'value', label: 'the value with its unit, or a multiple of the upper limit as 3.2xULN', text: true, example: '0.9x10^9/L' },
      {
        key: 'lower-limit',
        label: "the laboratory's lower limit, same unit (asked where a grade hangs on it)",
        text: true,
        optional: true,
      },
      {
        key: 'upper-limit',
        label: "the laboratory's upper limit, same unit (asked where a grade hangs on it)",
        text: true,
        optional: true,
      },
      { key: 'baseline', label: 'the value before treatment, same unit; normal; or unknown', text: true, optional: true },
      { key: 'symptoms', label: 'symptoms of it (asked where a grade hangs on them)', values: ['yes', 'no'], optional: true },
      { key: 'version', label: `version of CTCAE, ${pinned.version} unless given`, values: pinned.versions.map(String), optional: true },
      {
        key: 'rule-version',
        label: 'version that the rule, label or protocol was written for',
        values: pinned.versions.map(String),
        optional: true,
      },
    ],
    compute: (values, _policy, context) => graded(pinned, rules, sourceOf, values, context),
  }
}

function graded(
  pinned: ToxicityVersion,
  rules: readonly ToxicityGrades[],
  sourceOf: (rule: ToxicityGrades) => string,
  values: CalculatorValues,
  context: CalculatorContext,
): Result<Calculation, readonly Issue[]> {
  const version = values.version === undefined ? pinned.version : Number(values.version)
  const ruleVersion = values['rule-version'] === undefined ? version : Number(values['rule-version'])
  if (ruleVersion !== version) return err([mixedVersions([version, ruleVersion])])
  const candidates = rules.filter((r) => r.term === values.term && r.version === version)
  if (candidates.length === 0)
    return err([
      fault('invalid-element', 'term', `${values.term} has no grades in version ${version}`, 'grades of another version are no substitute'),
    ])
  if (values.baseline !== undefined && !candidates.some(usesBaseline))
    return err([
      fault(
        'invalid-element',
        'baseline',
        `${candidates[0]!.title} is graded without a value before treatment: it counts ${candidates[0]!.unit}`,
        `leave baseline out, and give the value in ${candidates[0]!.unit}`,
      ),
    ])
  const read = quantities(candidates, values, context)
  if (!read.ok) return read
  const { rule, numbers } = read.value
  const { value, 'lower-limit': lowerLimit, 'upper-limit': upperLimit, baseline } = numbers
  if (typeof value !== 'number') return err([fault('missing-input', 'value', 'the value is missing', 'add value=… with its unit')])
  const result = toxicityGrade(rule, {
    value,
    ...(typeof lowerLimit === 'number' ? { lowerLimit } : {}),
    ...(typeof upperLimit === 'number' ? { upperLimit } : {}),
    ...(baseline === undefined ? {} : { baseline }),
    ...(values.symptoms === undefined ? {} : { hasSymptoms: values.symptoms === 'yes' }),
  })
  if (!result.ok) return result
  const { grade, isAtLeast, derivation } = result.value
  return ok({
    result: grade,
    unit: `(CTCAE version ${version}${isAtLeast ? ', at least' : ''})`,
    derivation: [...derivation, `limits: ${sourceOf(rule)}`],
    details: { term: rule.term, version, isAtLeast },
  })
}

/**
 * The quantities as numbers in the unit of one rule. Limits are printed in two units that do not agree to the last digit, so a value is graded
 * by the limits of the unit it came in; only where the units are mixed is everything converted.
 */
function quantities(
  candidates: readonly ToxicityGrades[],
  values: CalculatorValues,
  context: CalculatorContext,
): Result<{ readonly rule: ToxicityGrades; readonly numbers: Numbers }, readonly Issue[]> {
  const texts = QUANTITIES.flatMap((key) => {
    const text = values[key]
    return typeof text === 'string' ? [{ key, text: text.trim() }] : []
  })
  const isWord = (text: string): text is 'normal' | 'unknown' => text === 'normal' || text === 'unknown'
  const measured = texts.filter(({ key, text }) => !(key === 'baseline' && isWord(text.toLowerCase())))
  const words = texts.filter((t) => !measured.includes(t)).map(({ key, text }) => [key, text.toLowerCase()] as const)
  const rule = candidates.find((r) => measured.every(({ text }) => sameUnit(unitOf(text), r.unit))) ?? candidates[0]!

  if (measured.some(({ text }) => MULTIPLE.test(text))) return multiples(candidates[0]!, measured, words)
  const numbers: Record<string, number | 'normal' | 'unknown'> = Object.fromEntries(words) as Numbers
  const issues: Issue[] = []
  for (const { key, text } of measured) {
    const number = rule.fact === undefined ? plain(rule, key, text) : context.read(rule.fact, text)
    if (!number.ok) issues.push(...number.error.map((i) => ({ ...i, path: key })))
    else numbers[key] = rule === candidates[0] ? number.value : Number.parseFloat(text)
  }
  return issues.length > 0 ? err(issues) : ok({ rule, numbers })
}

const usesBaseline = ({ rows }: ToxicityGrades): boolean =>
  rows.some((r) => [r.aboveBaseline, r.atLeastBaseline, r.riseAbove, r.baseline].some((limit) => limit !== undefined))

const MULTIPLE = /^(\d+(?:\.\d+)?)\s*[x×]\s*uln$/i

/** Everything as multiples of the upper limit, which is then 1. Only for terms whose limits are all relative to it. */
function multiples(
  rule: ToxicityGrades,
  measured: readonly { readonly key: QuantityKey; readonly text: string }[],
  words: readonly (readonly [QuantityKey, string])[],
): Result<{ readonly rule: ToxicityGrades; readonly numbers: Numbers }, readonly Issue[]> {
  const isRelative = rule.rows.every((r) => [r.above, r.below, r.atLeast, r.riseAbove, r.belowLower].every((l) => l === undefined))
  if (!isRelative)
    return err([
      fault('invalid-element', 'value', `${rule.title} is not graded in multiples of the upper limit`, `give it in ${rule.unit}`),
    ])
  const numbers: Record<string, number | string> = { ...Object.fromEntries(words), 'upper-limit': 1 }
  const issues: Issue[] = []
  for (const { key, text } of measured) {
    const match = MULTIPLE.exec(text)
    if (match && key !== 'upper-limit') numbers[key] = Number(match[1])
    else
      issues.push(
        fault(
          'unknown-unit',
          key,
          `"${text}" beside multiples of the upper limit`,
          'give all in multiples (no upper-limit then), or all in one unit',
        ),
      )
  }
  return issues.length > 0 ? err(issues) : ok({ rule: { ...rule, unit: '× upper limit' }, numbers: numbers as Numbers })
}

const unitOf = (text: string): string => text.replace(/^[<>]?\s*\d+(?:\.\d+)?\s*/, '')
const sameUnit = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** A number with the unit of the rule, or none, behind it. */
function plain(rule: ToxicityGrades, key: string, text: string): Result<number, readonly Issue[]> {
  const unit = unitOf(text)
  const number = text === unit ? Number.NaN : Number(text.slice(0, text.length - unit.length))
  if (Number.isFinite(number) && (unit === '' || sameUnit(unit, rule.unit))) return ok(number)
  return err([fault('invalid-element', key, `"${text}" is no value in ${rule.unit}`, `write a number in ${rule.unit}`)])
}

const fault = (code: Issue['code'], path: string, message: string, remedy: string): Issue => ({
  code,
  severity: 'error',
  path,
  message,
  remedy,
})
