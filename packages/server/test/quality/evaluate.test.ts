import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Fact, MeasureOutcome, PatientCase } from '@secondwind/core'
import { describe, expect, test } from 'vitest'
import { openKnowledge } from '../../src/compose.ts'
import { writeSnapshots } from '../../src/project/write-snapshots.ts'
import { COUNTED, evaluateMeasures } from '../../src/quality/evaluate.ts'
import { tableOfSnapshot } from '../../src/quality/snapshot-table.ts'
import { periodOf, stepOf } from '../../src/quality/subjects.ts'
import { summarise } from '../../src/quality/summary.ts'
import { factsAsked, tableOfRows } from '../../src/quality/tables.ts'
import { AS_OF, outcomesByClosures, randomCases } from './cases.ts'

const { knowledge } = openKnowledge()
const measures = knowledge.quality!
const asked = factsAsked(measures, knowledge)
const tableOf = (cases: readonly { readonly [id: string]: Fact }[]) =>
  tableOfRows(
    cases.map((_, i) => `Patient/${i}`),
    cases.map((facts) => asked.map(({ id }) => facts[id])),
    knowledge,
    asked,
  )
const cases = randomCases(asked, knowledge, 3000, 20261123)
const table = tableOf(cases)

describe('the columns backend counts what closures count', () => {
  const counts = evaluateMeasures(table, knowledge, measures, { asOf: AS_OF })
  test.each(measures.map((measure, i) => [measure.id, i] as const))('%s', (_, i) => {
    const expected = outcomesByClosures(measures[i]!, cases, knowledge)
    const seen: MeasureOutcome[] = expected.map(() => 'outside')
    for (const { subjects } of counts[i]!.strata)
      for (const outcome of COUNTED)
        for (const subject of subjects[outcome]) {
          expect(seen[subject], `subject ${subject} is counted twice`).toBe('outside')
          seen[subject] = outcome
        }
    expect(seen).toEqual(expected)
    // the cases reach every outcome that counts: else the comparison would say little
    for (const outcome of ['met', 'not-met', 'not-known', 'outside'] as const) expect(expected).toContain(outcome)
  })

  test('the same from a snapshot in Parquet', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'quality-'))
    try {
      const some = cases.slice(0, 400)
      const patients = some.map((facts, i): PatientCase => ({ patient: `Patient/${String(i).padStart(4, '0')}`, asOf: AS_OF, facts }))
      writeSnapshots(path.join(folder, 'cases.parquet'), patients, knowledge)
      const read = await tableOfSnapshot(path.join(folder, 'cases.parquet'), knowledge, asked, AS_OF)
      if (!read.ok) throw new Error(read.error[0]!.message)
      const options = { asOf: AS_OF, bySite: true, step: 'quarter' } as const
      const shown = (from: typeof table) =>
        summarise(evaluateMeasures(from, knowledge, measures, options), knowledge, 0, from.patients.length).measures.map(
          ({ rows, missing }) => ({
            rows,
            missing,
          }),
        )
      expect(shown(read.value)).toEqual(shown(tableOf(some)))
      const other = await tableOfSnapshot(path.join(folder, 'cases.parquet'), knowledge, asked, '2026-11-24')
      expect(other.ok).toBe(false)
    } finally {
      fs.rmSync(folder, { recursive: true })
    }
  })
})

describe('sites and periods', () => {
  const byBoth = evaluateMeasures(table, knowledge, measures, { asOf: AS_OF, bySite: true, step: 'month' })
  test('every subject stands in exactly one site and month, and all together are the whole', () => {
    const whole = evaluateMeasures(table, knowledge, measures, { asOf: AS_OF })
    byBoth.forEach(({ strata }, i) => {
      for (const outcome of COUNTED)
        expect(strata.flatMap(({ subjects }) => subjects[outcome]).sort((a, b) => a - b)).toEqual(
          whole[i]!.strata.flatMap(({ subjects }) => subjects[outcome]),
        )
    })
  })

  test('a site that is not recorded, and a day that is not, have rows of their own', () => {
    const strata = byBoth.flatMap((one) => one.strata)
    expect(strata.some(({ site }) => site === undefined)).toBe(true)
    expect(strata.some(({ isUndated, step }) => isUndated && step === undefined)).toBe(true)
  })

  test('a period holds whose day is in it; whose day may be outside is undated', () => {
    const facts = (died: string): { readonly [id: string]: Fact } => ({
      ...Object.fromEntries(asked.map(({ id }) => [id, { unknown: 'not-recorded' } as Fact])),
      ...Object.fromEntries(
        Object.entries({ deceased: true, 'died-of-cancer': true, 'visit-count': 2, 'died-on': died, 'last-dose-to-death-days': 3 }).map(
          ([id, value]) => [id, { value, sources: [] } as Fact],
        ),
      ),
    })
    const measure = measures.filter(({ id }) => id === 'systemic-therapy-last-14-days')
    const own = tableOf(['2026-01-01', '2026-06-30', '2026-07-01', '2025-12-31', '2026', '2026-03'].map(facts))
    const [count] = evaluateMeasures(own, knowledge, measure, { asOf: AS_OF, period: periodOf('2026-01..2026-06')! })
    const dated = count!.strata.find(({ isUndated }) => !isUndated)!
    const undated = count!.strata.find(({ isUndated }) => isUndated)!
    expect(dated.subjects.met).toEqual([0, 1, 5])
    expect(undated.subjects.met).toEqual([4])
  })

  test.each([
    ['2026', '2026-01-01', '2026-12-31'],
    ['2026-Q2', '2026-04-01', '2026-06-30'],
    ['2024-02', '2024-02-01', '2024-02-29'],
    ['2026-01..2026-06', '2026-01-01', '2026-06-30'],
    ['2025-Q4..2026-Q1', '2025-10-01', '2026-03-31'],
  ])('the period %s runs from %s to %s', (text, first, last) => {
    const period = periodOf(text)!
    const iso = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10)
    expect([iso(period.first), iso(period.last)]).toEqual([first, last])
  })

  test.each(['2026-13', 'spring', '2026-06..2026-01', '2026-Q5', '2026..2027..2028', ''])('%j is no period', (text) =>
    expect(periodOf(text)).toBeUndefined(),
  )

  test('a day has a month, a quarter and a year', () => {
    const day = Date.UTC(2026, 4, 31) / 86_400_000
    expect([stepOf(day, 'month'), stepOf(day, 'quarter'), stepOf(day, 'year')]).toEqual(['2026-05', '2026-Q2', '2026'])
  })
})

describe('the tables that are shown', () => {
  const { measures: summaries } = summarise(
    evaluateMeasures(table, knowledge, measures, { asOf: AS_OF, bySite: true, step: 'quarter' }),
    knowledge,
    11,
    cases.length,
  )

  test('no number of fewer than eleven people, except nobody', () => {
    let hidden = 0
    for (const { rows, missing } of summaries) {
      for (const row of rows)
        for (const count of [row.population, row.met, row.notMet, row.notKnown, row.excluded, row.excepted, row.counted, row.perhaps]) {
          if (count === null) hidden++
          else expect(count === 0 || count >= 11).toBe(true)
        }
      for (const { count } of missing) expect(count === null || count === 0 || count >= 11).toBe(true)
    }
    expect(hidden).toBeGreaterThan(50)
  })

  test('a rate is shown only where both of its numbers are', () => {
    for (const { rows } of summaries)
      for (const { rate, met, notMet, lowest, notKnown } of rows) {
        if (rate !== null) expect(met !== null && notMet !== null).toBe(true)
        if (lowest !== null) expect(notKnown !== null).toBe(true)
      }
  })

  test('nobody is named where small numbers are hidden, and everybody where not', () => {
    expect(summaries.every(({ patients }) => patients === undefined)).toBe(true)
    const { measures: open } = summarise(evaluateMeasures(table, knowledge, measures, { asOf: AS_OF }), knowledge, 0, cases.length)
    for (const { rows, patients, measure } of open) if (measure.each === undefined) expect(patients!.met.length).toBe(rows[0]!.met)
  })

  test('sites are added up and then divided: 3 of 10 and 30 of 200 are 15.7 in 100, not 22.5', () => {
    const facts = (site: string, isMet: boolean): { readonly [id: string]: Fact } => ({
      ...Object.fromEntries(asked.map(({ id }) => [id, { unknown: 'not-recorded' } as Fact])),
      ...Object.fromEntries(
        Object.entries({
          'care-site': site,
          deceased: true,
          'died-of-cancer': true,
          'visit-count': 2,
          'last-dose-to-death-days': isMet ? 3 : 90,
        }).map(([id, value]) => [id, { value, sources: [] } as Fact]),
      ),
    })
    const many = (site: string, met: number, of: number) => Array.from({ length: of }, (_, i) => facts(site, i < met))
    const own = tableOf([...many('A', 3, 10), ...many('B', 30, 200)])
    const measure = measures.filter(({ id }) => id === 'systemic-therapy-last-14-days')
    const [summary] = summarise(
      evaluateMeasures(own, knowledge, measure, { asOf: AS_OF, bySite: true }),
      knowledge,
      0,
      own.patients.length,
    ).measures
    expect(summary!.rows.map(({ site, rate }) => [site, rate])).toEqual([
      [undefined, 15.7],
      ['A', 30],
      ['B', 15],
    ])
  })

  test('what is not known is neither reached nor missed, and the range says what it could be', () => {
    const facts = (days: number | undefined): { readonly [id: string]: Fact } => ({
      ...Object.fromEntries(asked.map(({ id }) => [id, { unknown: 'not-recorded' } as Fact])),
      deceased: { value: true, sources: [] },
      'died-of-cancer': { value: true, sources: [] },
      'visit-count': { value: 2, sources: [] },
      'died-on': { value: '2026-06-15', on: '2026-06-15', sources: [] },
      ...(days === undefined ? {} : { 'last-dose-to-death-days': { value: days, sources: [] } }),
    })
    const measure = measures.filter(({ id }) => id === 'systemic-therapy-last-14-days')
    const own = tableOf([facts(3), facts(90), facts(90), facts(undefined)])
    const [{ rows, missing }] = summarise(evaluateMeasures(own, knowledge, measure, { asOf: AS_OF }), knowledge, 0, own.patients.length)
      .measures as [ReturnType<typeof summarise>['measures'][number]]
    expect(rows[0]).toMatchObject({ population: 4, counted: 3, met: 1, notKnown: 1, rate: 33.3, lowest: 25, highest: 50 })
    // the day of the last dose is what is missing, not the interval that is made of it
    expect(missing).toEqual([{ fact: 'last-dose-on', label: 'Last dose of any systemic anticancer drug up to death', count: 1 }])
  })
})
