import type { GradeRow, ToxicityGrades } from '@secondwind/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Grade, type GradeInput, toxicityGrade, worstGrade } from './grade.ts'

const rule = (rows: readonly GradeRow[], version = 5): ToxicityGrades => ({
  kind: 'toxicity',
  id: 'test',
  title: 'test',
  cites: [],
  review: 'confirmed',
  from: 'test',
  term: 'test',
  version,
  direction: 'low',
  unit: 'u',
  rows,
  remarks: [],
})
const NEUTROPHILS = rule([
  { grade: 4, below: 0.5 },
  { grade: 3, below: 1 },
  { grade: 2, below: 1.5 },
  { grade: 1, belowLower: 1 },
])
const LIVER = rule([
  { grade: 4, aboveUpper: 20, baseline: 'normal' },
  { grade: 4, aboveBaseline: 20, baseline: 'abnormal' },
  { grade: 3, aboveUpper: 5, baseline: 'normal' },
  { grade: 3, aboveBaseline: 5, baseline: 'abnormal' },
  { grade: 2, aboveUpper: 3, baseline: 'normal' },
  { grade: 2, aboveBaseline: 3, baseline: 'abnormal' },
  { grade: 1, aboveUpper: 1, baseline: 'normal' },
  { grade: 1, atLeastBaseline: 1.5, baseline: 'abnormal' },
])
const QTC = rule([
  { grade: 3, above: 500 },
  { grade: 3, riseAbove: 60 },
  { grade: 2, above: 480 },
  { grade: 1, atLeast: 450 },
])
const SODIUM = rule([
  { grade: 4, below: 120 },
  { grade: 3, below: 125 },
  { grade: 3, below: 130, symptoms: true },
  { grade: 2, below: 130 },
  { grade: 1, belowLower: 1 },
])

const graded = (rows: ToxicityGrades, input: GradeInput): Grade => {
  const result = toxicityGrade(rows, input)
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value
}
const missing = (rows: ToxicityGrades, input: GradeInput): readonly string[] => {
  const result = toxicityGrade(rows, input)
  return result.ok ? [] : result.error.map((i) => i.path)
}

describe('what is asked for, and what is not', () => {
  test('a low count is graded without the limit of normal, a nearly normal one not', () => {
    expect(graded(NEUTROPHILS, { value: 0.4 }).grade).toBe(4)
    expect(missing(NEUTROPHILS, { value: 1.6 })).toEqual(['lower-limit'])
    expect(graded(NEUTROPHILS, { value: 1.6, lowerLimit: 2 }).grade).toBe(1)
    expect(graded(NEUTROPHILS, { value: 2, lowerLimit: 2 }).grade).toBe(0)
  })
  test('multiples of normal or of the value before treatment, by what that value was', () => {
    expect(missing(LIVER, { value: 320, upperLimit: 40 })).toEqual(['baseline'])
    expect(graded(LIVER, { value: 320, upperLimit: 40, baseline: 'normal' }).grade).toBe(3)
    expect(graded(LIVER, { value: 320, upperLimit: 40, baseline: 40 }).grade).toBe(3)
    expect(graded(LIVER, { value: 320, upperLimit: 40, baseline: 160 }).grade).toBe(1)
    expect(missing(LIVER, { value: 320, upperLimit: 40, baseline: 'unknown' })).toEqual(['baseline'])
  })
  test('symptoms only where they decide', () => {
    expect(missing(SODIUM, { value: 127, lowerLimit: 135 })).toEqual(['symptoms'])
    expect(graded(SODIUM, { value: 118 }).grade).toBe(4)
    expect(graded(SODIUM, { value: 132, lowerLimit: 135 }).grade).toBe(1)
  })
  test('an unknown value before treatment makes the grade the least it can be', () => {
    expect(graded(QTC, { value: 480, baseline: 'unknown' })).toMatchObject({ grade: 1, isAtLeast: true })
    expect(graded(QTC, { value: 501, baseline: 'unknown' })).toMatchObject({ grade: 3, isAtLeast: false })
    expect(graded(QTC, { value: 470, baseline: 405 })).toMatchObject({ grade: 3, isAtLeast: false })
    expect(graded(QTC, { value: 465, baseline: 405 })).toMatchObject({ grade: 1, isAtLeast: false })
    expect(missing(QTC, { value: 480 })).toEqual(['baseline'])
  })
  test('a product of limits is compared as written: 3 × 1.1 is 3.3', () => {
    const kidney = rule([
      { grade: 3, aboveUpper: 3 },
      { grade: 1, aboveUpper: 1 },
    ])
    expect(graded(kidney, { value: 3.3, upperLimit: 1.1 }).grade).toBe(1)
    expect(graded(kidney, { value: 3.31, upperLimit: 1.1 }).grade).toBe(3)
  })
})

test('versions are never mixed', () => {
  const five = graded(NEUTROPHILS, { value: 0.4 })
  const six = graded({ ...NEUTROPHILS, version: 6, rows: [{ grade: 3, below: 0.5 }] }, { value: 0.4 })
  expect(worstGrade([five, six])).toMatchObject({ ok: false, error: { code: 'contradictory-result', path: 'version' } })
  expect(worstGrade([five, graded(QTC, { value: 501, baseline: 480 })])).toMatchObject({ ok: true, value: { grade: 4 } })
  expect(worstGrade([])).toMatchObject({ ok: false })
})

test.each([
  { name: 'a value that is not a number', input: { value: Number.NaN }, path: 'value' },
  { name: 'a limit of zero', input: { value: 1, lowerLimit: 0 }, path: 'lower-limit' },
  { name: 'limits the wrong way round', input: { value: 1, lowerLimit: 7, upperLimit: 2 }, path: 'lower-limit' },
])('refuses $name', ({ input, path }) => {
  expect(missing(NEUTROPHILS, input)).toEqual([path])
})

const SETTINGS = { seed: 20261123, numRuns: 500 }
const value = fc.double({ min: 0, max: 1000, noNaN: true })

test('a lower count never has a lower grade; a higher enzyme never either', () => {
  fc.assert(
    fc.property(value, value, (a, b) => {
      const [low, high] = a < b ? [a, b] : [b, a]
      const count = (v: number) => graded(NEUTROPHILS, { value: v, lowerLimit: 2 }).grade
      expect(count(low)).toBeGreaterThanOrEqual(count(high))
      for (const baseline of ['normal', 120] as const) {
        const enzyme = (v: number) => graded(LIVER, { value: v, upperLimit: 40, baseline }).grade
        expect(enzyme(high)).toBeGreaterThanOrEqual(enzyme(low))
      }
    }),
    SETTINGS,
  )
})

test('telling more never changes a grade that was given', () => {
  fc.assert(
    fc.property(value, fc.boolean(), (v, hasSymptoms) => {
      const before = toxicityGrade(SODIUM, { value: v, lowerLimit: 135 })
      fc.pre(before.ok)
      expect(graded(SODIUM, { value: v, lowerLimit: 135, hasSymptoms }).grade).toBe(before.ok ? before.value.grade : -1)
    }),
    SETTINGS,
  )
})

test('"at least" is kept whatever the value before treatment turns out to be', () => {
  fc.assert(
    fc.property(fc.integer({ min: 300, max: 700 }), fc.integer({ min: 300, max: 700 }), (now, before) => {
      const least = graded(QTC, { value: now, baseline: 'unknown' })
      const settled = graded(QTC, { value: now, baseline: before })
      expect(settled.grade).toBeGreaterThanOrEqual(least.grade)
      if (!least.isAtLeast) expect(settled.grade).toBe(least.grade)
    }),
    SETTINGS,
  )
})
