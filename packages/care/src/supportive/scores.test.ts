import type { Equivalents, PointsScore } from '@secondwind/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { equivalentDose, pointsScore, type ScoreValues } from './scores.ts'

const meta = { title: 'test', cites: [], review: 'confirmed', from: 'test', remarks: [] } as const
const SCORE: PointsScore = {
  ...meta,
  kind: 'points',
  id: 'test',
  inputs: [
    { key: 'sex', label: 'sex', values: ['female', 'male'], sometimes: true },
    { key: 'blood', label: 'haemoglobin', range: [20, 250] },
    { key: 'burden', label: 'burden', values: ['mild', 'moderate', 'severe'] },
    { key: 'part', label: 'part', range: [0, 100] },
    { key: 'whole', label: 'whole', range: [0, 100] },
  ],
  derived: [{ key: 'dnlr', label: 'ratio', formula: 'derived-neutrophil-lymphocyte-ratio', of: ['part', 'whole'] }],
  items: [
    { label: 'anaemia', rows: [{ points: 3, when: [{ blood: { below: 100 } }, { blood: { below: 110 }, sex: 'male' }] }] },
    {
      label: 'burden',
      rows: [
        { points: 5, when: [{ burden: 'mild' }] },
        { points: 3, when: [{ burden: 'moderate' }] },
      ],
    },
    { label: 'ratio above 3', rows: [{ points: 1, when: [{ dnlr: { above: 3 } }] }] },
  ],
  total: [0, 9],
  bands: [
    { from: 0, to: 4, label: 'low' },
    { from: 5, to: 9, label: 'high' },
  ],
}
const GIVEN: ScoreValues = { blood: 130, burden: 'severe', part: 2, whole: 6 }

test.each([
  { name: 'nothing counts', change: {}, total: 0, band: 'low' },
  { name: 'the first row that holds', change: { burden: 'mild' }, total: 5, band: 'high' },
  { name: 'the second row', change: { burden: 'moderate' }, total: 3, band: 'low' },
  { name: 'an alternative that needs no second answer', change: { blood: 99 }, total: 3, band: 'low' },
  { name: 'an alternative of two answers', change: { blood: 105, sex: 'male' }, total: 3, band: 'low' },
  { name: 'the same value, the other answer', change: { blood: 105, sex: 'female' }, total: 0, band: 'low' },
  { name: 'a ratio of exactly 3 that binary makes a little more', change: { part: 0.9, whole: 1.2 }, total: 0, band: 'low' },
  { name: 'a ratio above 3', change: { part: 9.6, whole: 12 }, total: 1, band: 'low' },
])('$name: $total points', ({ change, total, band }) => {
  const result = pointsScore(SCORE, { ...GIVEN, ...change })
  expect(result).toMatchObject({ ok: true, value: { total, band } })
})

test.each([
  { name: 'an answer that decides', given: { ...GIVEN, blood: 105 }, paths: ['sex'] },
  { name: 'every answer, each by name', given: {}, paths: ['blood', 'burden', 'part', 'sex', 'whole'] },
  { name: 'half of a ratio', given: { ...GIVEN, whole: undefined }, paths: ['whole'] },
  { name: 'a word that is no answer', given: { ...GIVEN, burden: 'awful' }, paths: ['burden'] },
  { name: 'a number that is none', given: { ...GIVEN, blood: Number.NaN }, paths: ['blood'] },
  { name: 'a part larger than the whole', given: { ...GIVEN, part: 7 }, paths: ['part, whole'] },
])('refuses to score without $name', ({ given, paths }) => {
  const result = pointsScore(SCORE, given)
  if (result.ok) throw new Error(`scored ${result.value.total}`)
  expect(result.error.map((i) => i.path).sort()).toEqual(paths)
})

const OPIOIDS: Equivalents = {
  ...meta,
  kind: 'equivalents',
  id: 'test',
  factorSet: 'a table',
  unit: 'MME/day',
  factors: [
    { key: 'morphine', label: 'morphine', unit: 'mg', factor: 1, most: 5000 },
    { key: 'tramadol', label: 'tramadol', unit: 'mg', factor: 0.2, most: 2000 },
  ],
}

test.each([
  { name: 'an opioid without a factor, whose share would be lost', doses: { morphine: 60, buprenorphine: 1 }, path: 'buprenorphine' },
  { name: 'a dose nobody takes', doses: { morphine: 50_000 }, path: 'morphine' },
  { name: 'a dose below nothing', doses: { morphine: -1 }, path: 'morphine' },
  { name: 'nothing', doses: {}, path: 'doses' },
])('refuses $name', ({ doses, path }) => {
  const result = equivalentDose(OPIOIDS, doses)
  if (result.ok) throw new Error(`computed ${result.value.total}`)
  expect(result.error.map((i) => i.path)).toEqual([path])
})

const SETTINGS = { seed: 20261123, numRuns: 300 }
const dose = fc.integer({ min: 0, max: 2000 })

test('equivalents add up, and name their table', () => {
  fc.assert(
    fc.property(dose, dose, (morphine, tramadol) => {
      const both = equivalentDose(OPIOIDS, { morphine, tramadol })
      if (!both.ok) throw new Error('refused')
      expect(both.value.total).toBeCloseTo(morphine + tramadol / 5, 6)
      expect(both.value.derivation.join('\n')).toContain('a table')
    }),
    SETTINGS,
  )
})

test('a score given is the score whatever else is told, and no answer leaves the range', () => {
  const values = fc.record(
    {
      sex: fc.constantFrom('female', 'male'),
      blood: fc.integer({ min: 20, max: 250 }),
      burden: fc.constantFrom('mild', 'moderate', 'severe'),
      part: fc.integer({ min: 0, max: 20 }),
      whole: fc.integer({ min: 21, max: 60 }),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(values, values, (first, more) => {
      const before = pointsScore(SCORE, first)
      fc.pre(before.ok)
      const after = pointsScore(SCORE, { ...more, ...first })
      expect(after.ok && before.ok && after.value.total === before.value.total).toBe(true)
      if (before.ok) expect(before.value.total >= SCORE.total[0] && before.value.total <= SCORE.total[1]).toBe(true)
    }),
    SETTINGS,
  )
})
