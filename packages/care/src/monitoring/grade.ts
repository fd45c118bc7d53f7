import { err, type GradeRow, type Issue, ok, type Result, type ToxicityGrades } from '@secondwind/core'

/** What a grade is made from. All quantities in the unit of the rule. */
export interface GradeInput {
  readonly value: number
  /** The laboratory's own limits of normal. */
  readonly lowerLimit?: number
  readonly upperLimit?: number
  /** The value before treatment; `normal` where only that much is known; `unknown` says that nobody knows. */
  readonly baseline?: number | 'normal' | 'unknown'
  readonly hasSymptoms?: boolean
}

export interface Grade {
  readonly term: string
  readonly version: number
  readonly grade: 0 | 1 | 2 | 3 | 4
  /** A row with a higher grade could not be judged, because the value before treatment is not known. */
  readonly isAtLeast: boolean
  readonly derivation: readonly string[]
}

/** One condition of a row: settled, waiting for an input, or left out because the value before treatment is declared unknown. */
type Outcome = boolean | { readonly needs: string } | 'no-baseline'

/**
 * The grade of one value in the version of CTCAE that `rule` states.
 *
 * Refuses: a row above the answer that hangs on an input not given (each is named), and numbers that cannot be measured.
 * Grades that are a clinical judgement (transfusion, life-threatening) are said in the derivation, never computed; grade 5 is death.
 * Source: the rule's own.
 */
export function toxicityGrade(rule: ToxicityGrades, input: GradeInput): Result<Grade, readonly Issue[]> {
  const faults = faultsOf(input)
  if (faults.length > 0) return err(faults)
  const needs = new Map<string, number>()
  let skippedAt = 0
  let found: GradeRow | undefined
  for (const row of rule.rows) {
    const outcomes = conditionsOf(row, input)
    if (outcomes.includes(false)) continue
    const waiting = outcomes.flatMap((o) => (typeof o === 'object' ? [o.needs] : []))
    if (waiting.length > 0) {
      for (const key of waiting) needs.set(key, Math.max(needs.get(key) ?? 0, row.grade))
      continue
    }
    if (outcomes.includes('no-baseline')) {
      skippedAt = Math.max(skippedAt, row.grade)
      continue
    }
    found = row
    break
  }
  const grade = found?.grade ?? 0
  const missing = [...needs].filter(([, at]) => at > grade).map(([key]) => key)
  if (missing.length > 0) {
    return err(
      missing.map((key) => issue('missing-input', key, `${rule.title} in version ${rule.version} needs ${LABELS[key]}`, HINTS[key]!)),
    )
  }
  const isAtLeast = skippedAt > grade
  return ok({
    term: rule.term,
    version: rule.version,
    grade,
    isAtLeast,
    derivation: [
      `CTCAE version ${rule.version}, ${rule.title}: ${input.value} ${rule.unit}${found ? ` is ${rowText(found)}: grade ${grade}` : ': no limit is passed, grade 0'}`,
      ...(isAtLeast ? ['at least this grade: the value before treatment is not known, and a higher row counts from it'] : []),
      ...rule.remarks.filter((r) => grade >= (r.from ?? 0) && grade <= (r.to ?? 5)).map((r) => r.say),
    ],
  })
}

/**
 * The highest of several grades, all of one version.
 *
 * Refuses: no grade at all, and grades of different versions: neutrophils 0.4 × 10⁹/L are grade 4 in version 5 and grade 3 in version 6.
 */
export function worstGrade(grades: readonly Grade[]): Result<Grade, Issue> {
  const worst = grades.reduce<Grade | undefined>((most, g) => (most === undefined || g.grade > most.grade ? g : most), undefined)
  if (worst === undefined) return err(issue('missing-input', 'grades', 'there is no grade', 'grade at least one value'))
  const versions = [...new Set(grades.map((g) => g.version))]
  if (versions.length > 1) return err(mixedVersions(versions))
  return ok(worst)
}

/** The one refusal of mixed versions, for whoever compares a grade with a rule written for another version. */
export const mixedVersions = (versions: readonly number[]): Issue =>
  issue(
    'contradictory-result',
    'version',
    `grades of CTCAE version ${versions.join(' and ')} are not compared`,
    'grade again in the version that the rule, label or protocol was written for',
  )

function conditionsOf(row: GradeRow, input: GradeInput): readonly Outcome[] {
  const { value, lowerLimit, upperLimit, baseline } = input
  const times = (limit: number | undefined, key: string, test: (limit: number) => boolean): Outcome =>
    limit === undefined ? { needs: key } : test(limit)
  const before = (test: (baseline: number) => boolean): Outcome => {
    if (baseline === 'unknown') return 'no-baseline'
    return typeof baseline === 'number' ? test(baseline) : { needs: 'baseline' }
  }
  const all: (Outcome | undefined)[] = [
    row.below === undefined ? undefined : value < row.below,
    row.above === undefined ? undefined : value > row.above,
    row.atLeast === undefined ? undefined : value >= row.atLeast,
    row.belowLower === undefined ? undefined : times(lowerLimit, 'lower-limit', (l) => isLess(value, row.belowLower! * l)),
    row.aboveUpper === undefined ? undefined : times(upperLimit, 'upper-limit', (l) => isLess(row.aboveUpper! * l, value)),
    row.aboveBaseline === undefined ? undefined : before((b) => isLess(row.aboveBaseline! * b, value)),
    row.atLeastBaseline === undefined ? undefined : before((b) => !isLess(value, row.atLeastBaseline! * b)),
    row.riseAbove === undefined ? undefined : before((b) => isLess(row.riseAbove!, value - b)),
    row.symptoms === undefined ? undefined : input.hasSymptoms === undefined ? { needs: 'symptoms' } : input.hasSymptoms === row.symptoms,
    row.baseline === undefined ? undefined : isBaseline(row.baseline, input),
  ]
  return all.filter((o) => o !== undefined)
}

function isBaseline(wanted: 'normal' | 'abnormal', { baseline, upperLimit }: GradeInput): Outcome {
  if (baseline === 'normal') return wanted === 'normal'
  if (typeof baseline !== 'number') return { needs: 'baseline' }
  if (upperLimit === undefined) return { needs: 'upper-limit' }
  return baseline > upperLimit === (wanted === 'abnormal')
}

// 3 × 1.1 is 3.3000000000000003 in binary: a product that differs by less than a billionth is equal
const isLess = (a: number, b: number): boolean => b - a > 1e-9 * Math.max(Math.abs(a), Math.abs(b), 1)

function faultsOf(input: GradeInput): readonly Issue[] {
  const numbers: readonly [string, number | string | undefined, number][] = [
    ['value', input.value, 0],
    ['lower-limit', input.lowerLimit, Number.MIN_VALUE],
    ['upper-limit', input.upperLimit, Number.MIN_VALUE],
    ['baseline', input.baseline, 0],
  ]
  const faults = numbers.flatMap(([key, value, least]) =>
    typeof value === 'number' && !(Number.isFinite(value) && value >= least)
      ? [issue('out-of-range', key, `${value} cannot be measured`, 'check the value and its unit')]
      : [],
  )
  const { lowerLimit, upperLimit } = input
  return lowerLimit !== undefined && upperLimit !== undefined && lowerLimit >= upperLimit
    ? [
        ...faults,
        issue(
          'contradictory-result',
          'lower-limit',
          `the lower limit ${lowerLimit} is not below the upper limit ${upperLimit}`,
          'check both',
        ),
      ]
    : faults
}

const LABELS: { readonly [key: string]: string } = {
  'lower-limit': "the laboratory's lower limit of normal",
  'upper-limit': "the laboratory's upper limit of normal",
  baseline: 'the value before treatment',
  symptoms: 'whether there are symptoms of it',
}
const HINTS: { readonly [key: string]: string } = {
  'lower-limit': 'add lower-limit=… in the unit of the value',
  'upper-limit': 'add upper-limit=… in the unit of the value',
  baseline: 'add baseline=… (a value; or normal where that is all one knows and the limits are multiples of normal)',
  symptoms: 'add symptoms=yes or symptoms=no',
}

function rowText(row: GradeRow): string {
  const parts: (string | false)[] = [
    row.below !== undefined && `below ${row.below}`,
    row.above !== undefined && `above ${row.above}`,
    row.atLeast !== undefined && `${row.atLeast} or more`,
    row.belowLower !== undefined && (row.belowLower === 1 ? 'below the lower limit' : `below ${row.belowLower} × lower limit`),
    row.aboveUpper !== undefined && (row.aboveUpper === 1 ? 'above the upper limit' : `above ${row.aboveUpper} × upper limit`),
    row.aboveBaseline !== undefined && `above ${row.aboveBaseline} × the value before treatment`,
    row.atLeastBaseline !== undefined && `${row.atLeastBaseline} × the value before treatment or more`,
    row.riseAbove !== undefined && `more than ${row.riseAbove} above the value before treatment`,
    row.symptoms !== undefined && (row.symptoms ? 'with symptoms' : 'without symptoms'),
    row.baseline !== undefined && `${row.baseline} before treatment`,
  ]
  return parts.filter((p) => p !== false).join(', ')
}

const issue = (code: Issue['code'], path: string, message: string, remedy: string): Issue => ({
  code,
  severity: 'error',
  path,
  message,
  remedy,
})
