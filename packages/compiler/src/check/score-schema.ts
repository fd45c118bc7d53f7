import { z } from 'zod'
import { cite, review } from './cite-schema.ts'

/** The shape of an entry of `knowledge/scores/`. Points, limits and cut-offs only: licensed questionnaires are scored, never worded. */
const id = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'is not kebab-case')
const text = z.string().min(1)
const span = z.tuple([z.number(), z.number()]).refine(([low, high]) => low < high, 'does not run from low to high')
const remark = z.strictObject({ from: z.number().optional(), to: z.number().optional(), say: text })
const remarks = z.array(remark).default([])
const entry = {
  id,
  title: text,
  cites: z.array(cite).min(1, 'has no citation'),
  review,
  note: z.string().optional(),
}

const input = z
  .strictObject({
    key: id,
    label: text,
    fact: id.optional(),
    unit: text.optional(),
    range: span.optional(),
    whole: z.literal(true).optional(),
    values: z.array(id).min(2).optional(),
    sometimes: z.literal(true).optional(),
  })
  .refine((i) => [i.fact, i.values, i.range].filter((x) => x !== undefined).length === 1, 'needs exactly one of fact, values and range')
const limit = z
  .strictObject({
    above: z.number().optional(),
    atLeast: z.number().optional(),
    below: z.number().optional(),
    atMost: z.number().optional(),
  })
  .refine((l) => Object.values(l).some((x) => x !== undefined), 'has no limit')
const row = z.strictObject({ points: z.number().positive(), when: z.array(z.record(id, z.union([id, limit]))).min(1) })

const points = z
  .strictObject({
    ...entry,
    kind: z.literal('points'),
    inputs: z.array(input).min(1),
    derived: z.array(z.strictObject({ key: id, label: text, formula: id, of: z.array(id).min(1) })).default([]),
    items: z.array(z.strictObject({ label: text, rows: z.array(row).min(1) })).min(1),
    total: span,
    bands: z.array(z.strictObject({ from: z.number(), to: z.number(), label: text })).default([]),
    remarks: z.array(remark.extend({ when: z.record(id, z.union([id, limit])).optional() })).default([]),
  })
  .superRefine((score, context) => {
    const say = (message: string) => context.addIssue({ code: 'custom', message })
    const derived = new Set(score.derived.map((d) => d.key))
    const inputs = new Map(score.inputs.map((i) => [i.key, i]))
    for (const d of score.derived)
      for (const key of d.of) if (!inputs.has(key)) say(`derived ${d.key} is made of ${key}, which is no input`)
    const tests = [
      ...score.items.flatMap((i) => i.rows.flatMap((r) => r.when.map((when) => ({ label: i.label, when })))),
      ...score.remarks.flatMap((r) => (r.when ? [{ label: r.say, when: r.when }] : [])),
    ]
    for (const { label, when } of tests)
      for (const [key, test] of Object.entries(when)) {
        const asked = inputs.get(key)
        if (!asked && !derived.has(key)) say(`${label}: ${key} is neither an input nor derived`)
        else if (typeof test === 'string' && !asked?.values?.includes(test)) say(`${label}: ${key} has no value ${test}`)
        else if (typeof test !== 'string' && asked?.values) say(`${label}: ${key} is a word, not a number`)
      }
    const most = score.items.reduce((sum, i) => sum + Math.max(...i.rows.map((r) => r.points)), 0)
    if (most !== score.total[1]) say(`the items give up to ${most} points, total says ${score.total[1]}`)
    for (const [i, band] of score.bands.entries()) {
      const start = i === 0 ? score.total[0] : score.bands[i - 1]!.to
      if (i === 0 ? band.from !== start : band.from <= start) say(`band ${band.label} overlaps or leaves the start uncovered`)
    }
    if (score.bands.length > 0 && score.bands.at(-1)!.to !== score.total[1]) say('the bands do not reach the highest total')
  })

const equivalents = z.strictObject({
  ...entry,
  kind: z.literal('equivalents'),
  factorSet: text,
  unit: text,
  factors: z.array(z.strictObject({ key: id, label: text, unit: text, factor: z.number().positive(), most: z.number().positive() })).min(1),
  remarks,
})

const grade = z
  .strictObject({
    grade: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]),
    below: z.number().optional(),
    above: z.number().optional(),
    atLeast: z.number().optional(),
    belowLower: z.number().optional(),
    aboveUpper: z.number().optional(),
    aboveBaseline: z.number().optional(),
    atLeastBaseline: z.number().optional(),
    riseAbove: z.number().optional(),
    baseline: z.enum(['normal', 'abnormal']).optional(),
    symptoms: z.boolean().optional(),
  })
  .refine((g) => Object.keys(g).length > 1, 'has no limit')
const toxicity = z.strictObject({
  ...entry,
  kind: z.literal('toxicity'),
  term: id,
  version: z.number(),
  direction: z.enum(['low', 'high']),
  fact: id.optional(),
  unit: text,
  rows: z
    .array(grade)
    .min(1)
    .refine((rows) => rows.every((r, i) => i === 0 || r.grade <= rows[i - 1]!.grade), 'does not run from the highest grade down'),
  remarks,
})

const response = z.strictObject({
  ...entry,
  kind: z.literal('response'),
  risePercent: z.number().positive(),
  riseMm: z.number().positive(),
  fallPercent: z.number().positive(),
  normalNodeBelowMm: z.number().positive(),
  targetFromMm: z.number().positive(),
  nodeTargetFromMm: z.number().positive(),
  mostTargets: z.number().int().positive(),
  confirmAfterDays: z.number().int().positive(),
  immune: z.strictObject({
    confirmFromDays: z.number().int().positive(),
    confirmToDays: z.number().int().positive(),
    toleranceDays: z.number().int().nonnegative(),
    furtherRiseMm: z.number().positive(),
  }),
  remarks,
})

export const score = z.discriminatedUnion('kind', [
  points,
  equivalents,
  toxicity,
  response,
  z.strictObject({ ...entry, kind: z.literal('toxicity-version'), version: z.number(), versions: z.array(z.number()).min(1) }),
  z.strictObject({ ...entry, cites: z.array(cite).default([]), kind: z.literal('not-computed'), because: text }),
])
