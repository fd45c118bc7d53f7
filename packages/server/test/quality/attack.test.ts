import type { KnowledgeBase, QualityMeasure } from '@secondwind/core'
import { measureReports } from '@secondwind/fhir'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { COUNTED, type CountedOutcome, type MeasureCount } from '../../src/quality/evaluate.ts'
import { reportsOf } from '../../src/quality/reports.ts'
import { type MeasureRow, summarise } from '../../src/quality/summary.ts'
import { qualityCsv, qualityJson, qualityText, type ReportHead } from '../../src/quality/text.ts'
import { boundsOf, type Equation } from './attacker.ts'

const LIMIT = 11
const KNOWLEDGE = { version: '0', digest: '0', facts: [], criteria: [] } as unknown as KnowledgeBase

const NUMBERS = ['population', 'counted', 'met', 'notMet', 'notKnown', 'excluded', 'excepted', 'perhaps'] as const
type Name = (typeof NUMBERS)[number]
const LEAVES: readonly Name[] = ['met', 'notMet', 'notKnown', 'excluded', 'excepted', 'perhaps']

interface Drawn {
  /** By site and period, so many of each outcome. */
  readonly strata: readonly { readonly site: string; readonly step: string | undefined; readonly counts: readonly number[] }[]
  /** Patients that are outside. */
  readonly outside: number
  /** Visits of one patient; 1 for a measure of patients. */
  readonly visits: number
}

const measureOf = (id: string, each?: string): QualityMeasure =>
  ({
    id,
    title: id,
    identifiers: [],
    status: 'internal',
    direction: 'higher',
    review: 'confirmed',
    population: { say: 'all' },
    numerator: { say: 'some' },
    limits: [],
    ...(each === undefined ? {} : { each }),
  }) as unknown as QualityMeasure

/** Subjects 0, 1, 2 … in the order of the strata and outcomes. */
function countOf(id: string, { strata, visits }: Drawn): MeasureCount {
  let next = 0
  const take = (n: number): readonly number[] => Array.from({ length: n }, () => next++)
  return {
    measure: measureOf(id, visits > 1 ? 'visits' : undefined),
    ownerOf: (subject) => Math.floor(subject / visits),
    patientOf: (subject) => `Patient/${Math.floor(subject / visits)}`,
    strata: strata.map(({ site, step, counts }) => ({
      site,
      step,
      isUndated: false,
      subjects: Object.fromEntries(COUNTED.map((outcome, i) => [outcome, take(counts[i]!)])) as unknown as {
        readonly [outcome in CountedOutcome]: readonly number[]
      },
    })),
    missing: [],
    missingOfPopulation: [],
  }
}

const few = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 14 }) },
  { weight: 2, arbitrary: fc.integer({ min: 11, max: 300 }) },
)
const drawn = (visits: number): fc.Arbitrary<Drawn> =>
  fc.record({
    strata: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 2 })).chain(([sites, steps]) =>
      fc.tuple(
        ...Array.from({ length: sites * steps }, (_, i) =>
          fc.record({
            site: fc.constant(`site ${i % sites}`),
            step: fc.constant(steps > 1 ? `2026-Q${Math.floor(i / sites) + 1}` : undefined),
            counts: fc.array(few, { minLength: COUNTED.length, maxLength: COUNTED.length }),
          }),
        ),
      ),
    ),
    outside: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 40 })),
    visits: fc.constant(visits),
  })

const OUTCOMES: { readonly [name in Name]: readonly CountedOutcome[] } = {
  met: ['met'],
  notMet: ['not-met'],
  notKnown: ['not-known'],
  excluded: ['excluded'],
  excepted: ['excepted'],
  perhaps: ['perhaps'],
  counted: ['met', 'not-met'],
  population: ['met', 'not-met', 'not-known', 'excluded', 'excepted'],
}

/** Different patients of a number of the table; row 0 is the whole. */
function peopleOf({ strata, ownerOf }: MeasureCount, row: number, column: Name, isSplit: boolean): number {
  const own = row === 0 || !isSplit ? strata : [strata[row - 1]!]
  return new Set(own.flatMap(({ subjects }) => OUTCOMES[column].flatMap((outcome) => subjects[outcome].map(ownerOf)))).size
}

const sizeOf = ({ strata, outside }: Drawn): number => outside + strata.flatMap(({ counts }) => counts).reduce((a, b) => a + b, 0)

interface Cell {
  readonly name: string
  readonly shown: number | null
  readonly row: number
  readonly column: Name
}

/** What is printed, as equations between the numbers that are not. */
function printedOf(rows: readonly MeasureRow[], id: string, cohort: number | null | undefined): readonly Equation[] {
  const cell = (row: number, column: Name): Cell => ({ name: `${id} ${row} ${column}`, shown: rows[row]![column], row, column })
  const equations: Equation[] = []
  const sum = (total: Cell, parts: readonly Cell[]): void => {
    const of = new Map<string, number>()
    let value = 0
    for (const [{ name, shown }, sign] of [...parts.map((part) => [part, 1] as const), [total, -1] as const]) {
      if (shown === null) of.set(name, (of.get(name) ?? 0) + sign)
      else value -= sign * shown
    }
    equations.push({ of, value })
  }
  rows.forEach((_, row) => {
    sum(cell(row, 'counted'), [cell(row, 'met'), cell(row, 'notMet')])
    sum(
      cell(row, 'population'),
      (['counted', 'notKnown', 'excluded', 'excepted'] as const).map((column) => cell(row, column)),
    )
  })
  if (rows.length > 1)
    for (const column of NUMBERS)
      sum(
        cell(0, column),
        rows.slice(1).map((_, i) => cell(i + 1, column)),
      )
  if (cohort !== undefined && cohort !== null) {
    const parts = (['population', 'perhaps'] as const).map((column) => cell(0, column))
    const of = new Map(parts.filter(({ shown }) => shown === null).map(({ name }) => [name, 1]))
    of.set(`${id} outside`, 1)
    equations.push({ of, value: cohort - parts.reduce((all, { shown }) => all + (shown ?? 0), 0) })
  }
  return equations
}

/** The guard's rules are public: whoever reads them knows that a hidden number is not zero, but in a row of few. */
const leastOf =
  (rows: readonly MeasureRow[], id: string) =>
  (name: string): number => {
    const [row, column] = name.slice(id.length + 1).split(' ') as [string, Name]
    const own = rows[Number(row)]
    if (own === undefined) return 0
    return own.population === null || (own.counted === null && (column === 'met' || column === 'notMet')) ? 0 : 1
  }

describe('whoever has all the tables', () => {
  test.each([1, 3])('works out no hidden number, small or telling, by arithmetic (%i visits of a patient)', (visits) => {
    let attacked = 0
    fc.assert(
      fc.property(drawn(visits), (given) => {
        const count = countOf('a', given)
        const cohort = visits > 1 ? 100_000 : sizeOf(given)
        const { measures, patients } = summarise([count], KNOWLEDGE, LIMIT, cohort)
        const truth = summarise([count], KNOWLEDGE, 0, cohort).measures[0]!.rows
        const { rows } = measures[0]!
        const equations = printedOf(rows, 'a', visits > 1 ? undefined : patients)
        rows.forEach((row, r) => {
          for (const column of NUMBERS) {
            const real = truth[r]![column]!
            const isSmall = real > 0 && peopleOf(count, r, column, rows.length > 1) < LIMIT
            if (isSmall) expect(row[column], `${r} ${column} is ${real}`).toBeNull()
            if (row[column] !== null) continue
            attacked++
            const { lowest, highest } = boundsOf(`a ${r} ${column}`, equations, leastOf(rows, 'a'))
            expect(highest - lowest, `${r} ${column}, really ${real}, is between ${lowest} and ${highest}`).toBeGreaterThan(0.99)
            if (isSmall && visits === 1) expect(highest, `${r} ${column}, really ${real}, is small`).toBeGreaterThan(LIMIT - 0.01)
          }
        })
        if (visits === 1 && patients !== null && given.outside > 0 && given.outside < LIMIT) {
          const { highest } = boundsOf('a outside', equations, leastOf(rows, 'a'))
          expect(highest, `${given.outside} are outside`).toBeGreaterThan(LIMIT - 0.01)
        }
      }),
      { seed: 20261123, numRuns: 150 },
    )
    expect(attacked).toBeGreaterThan(1000)
  })

  test('cannot say that all of a few people had one outcome: a zero of theirs is hidden, unless it is one of everybody', () => {
    fc.assert(
      fc.property(drawn(1), (given) => {
        const count = countOf('a', given)
        const { rows } = summarise([count], KNOWLEDGE, LIMIT, sizeOf(given)).measures[0]!
        const truth = summarise([count], KNOWLEDGE, 0, sizeOf(given)).measures[0]!.rows
        rows.forEach((row, r) => {
          const real = truth[r]!
          if (real.population! === 0 || real.population! >= LIMIT) return
          for (const column of LEAVES)
            if (column !== 'perhaps' && row[column] !== null) expect([row[column], rows[0]![column]], `${r} ${column}`).toEqual([0, 0])
        })
      }),
      { seed: 20261123, numRuns: 150 },
    )
  })

  test('cannot use two measures about the same people, one against the other', () => {
    let attacked = 0
    fc.assert(
      fc.property(drawn(1), fc.array(fc.nat(), { minLength: 8, maxLength: 8 }), (given, cuts) => {
        const a = countOf('a', given)
        // the same people asked about, otherwise divided
        const strata = a.strata.map(({ subjects, ...stratum }, i) => {
          const all = (['met', 'not-met', 'not-known', 'excluded', 'excepted'] as const).flatMap((outcome) => subjects[outcome])
          const at = all.length === 0 ? 0 : cuts[i % 8]! % (all.length + 1)
          const rest = { 'not-known': [], excluded: [], excepted: [], perhaps: subjects.perhaps }
          return { ...stratum, subjects: { met: all.slice(0, at), 'not-met': all.slice(at), ...rest } }
        })
        const b: MeasureCount = { ...a, measure: measureOf('b'), strata }
        const { measures, patients } = summarise([a, b], KNOWLEDGE, LIMIT, sizeOf(given))
        const equations = measures.flatMap(({ rows }, i) => printedOf(rows, i === 0 ? 'a' : 'b', patients))
        for (const { of } of equations)
          for (const [name, times] of [...of])
            if (/^b \d+ (population|perhaps)$|^b outside$/.test(name)) {
              of.delete(name)
              of.set(name.replace(/^b/, 'a'), (of.get(name.replace(/^b/, 'a')) ?? 0) + times)
            }
        const least = (name: string): number => leastOf(measures[name.startsWith('a') ? 0 : 1]!.rows, name[0]!)(name)
        measures.forEach(({ rows }, m) => {
          rows.forEach((row, r) => {
            for (const column of NUMBERS) {
              if (row[column] !== null) continue
              const isShared = column === 'population' || column === 'perhaps'
              attacked++
              const { lowest, highest } = boundsOf(`${m === 0 || isShared ? 'a' : 'b'} ${r} ${column}`, equations, least)
              expect(highest - lowest, `${'ab'[m]} ${r} ${column} is between ${lowest} and ${highest}`).toBeGreaterThan(0.99)
            }
          })
        })
      }),
      { seed: 20261123, numRuns: 100 },
    )
    expect(attacked).toBeGreaterThan(500)
  })

  test('learns from the missing facts nothing of few people: neither who lacks a fact nor who does not', () => {
    const lacking = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 3 }))
    let hidden = 0
    fc.assert(
      fc.property(lacking, fc.integer({ min: 0, max: 60 }), ([unknown, counts], met) => {
        const all = Array.from({ length: unknown }, (_, i) => met + i)
        const missing = counts
          .map((count, i) => ({ fact: `f${i}`, subjects: all.slice(0, Math.min(count, unknown)) }))
          .filter(({ subjects }) => subjects.length > 0)
        const drawnCounts = [met, 0, unknown, 0, 0, 0]
        const one = countOf('a', { strata: [{ site: 'site', step: undefined, counts: drawnCounts }], outside: 0, visits: 1 })
        const facts = missing.map(({ fact }) => ({ id: fact, label: fact, type: 'truth' }))
        const { measures } = summarise([{ ...one, missing }], { ...KNOWLEDGE, facts } as unknown as KnowledgeBase, LIMIT, 1000)
        const whole = measures[0]!.rows[0]!.notKnown
        const shown = measures[0]!.missing
        // of few, not even which facts are missing
        if (unknown < LIMIT) expect(shown).toEqual([])
        else expect(shown.length).toBe(missing.length)
        for (const { fact, count } of shown) {
          const real = missing.find((m) => m.fact === fact)!.subjects.length
          if (count === null) hidden++
          if (real < LIMIT) expect(count).toBeNull()
          if (count === null || whole === null) expect(count).toBeNull()
          else expect(whole - count === 0 || whole - count >= LIMIT, `${whole} not known, ${count} lack it`).toBe(true)
        }
      }),
      { seed: 20261123, numRuns: 300 },
    )
    expect(hidden).toBeGreaterThan(100)
  })

  test('finds the same numbers hidden in text, CSV, JSON and FHIR', () => {
    fc.assert(
      fc.property(drawn(1), (given) => {
        const { measures, patients } = summarise([countOf('a', given)], KNOWLEDGE, LIMIT, sizeOf(given))
        const head: ReportHead = {
          asOf: '2026-11-23',
          period: undefined,
          knowledge: { version: '0', digest: '0' },
          patients,
          suppressBelow: LIMIT,
          unread: 0,
        }
        const hidden = measures[0]!.rows.map((row) => NUMBERS.map((name) => (row[name] === null ? null : row[name])))
        const csv = qualityCsv(measures).trim().split('\n').slice(1)
        expect(csv.length).toBe(hidden.length)
        csv.forEach((line, r) => {
          const [population, excluded, excepted, notKnown, counted, met, , , , perhaps] = line.split(',').slice(6)
          const row = measures[0]!.rows[r]!
          expect(
            [population, excluded, excepted, notKnown, counted, met, perhaps].map((text) => (text === '' ? null : Number(text))),
          ).toEqual([row.population, row.excluded, row.excepted, row.notKnown, row.counted, row.met, row.perhaps])
        })
        const json = JSON.parse(qualityJson(head, measures)) as {
          measures: [{ rows: { [name in Name]: number | null }[] }]
          patients: number | null
        }
        expect(json.measures[0].rows.map((row) => NUMBERS.map((name) => row[name]))).toEqual(hidden)
        expect(json.patients).toBe(patients)
        // every number that FHIR or the text say is one that the rows say, or a sum of shown ones
        const allowed = new Set(
          measures[0]!.rows.flatMap((row) => [
            ...NUMBERS.map((name) => row[name]),
            row.counted === null || row.excluded === null || row.excepted === null ? null : row.counted + row.excluded + row.excepted,
            row.excluded === null || row.excepted === null ? null : row.excluded + row.excepted,
          ]),
        )
        const fhir = JSON.stringify(measureReports(reportsOf(head, measures, undefined, false), '0'))
        for (const [, count] of fhir.matchAll(/"count":(\d+)/g)) expect(allowed.has(Number(count)), count).toBe(true)
        for (const line of qualityText(head, measures)
          .split('\n')
          .filter((one) => /^ {2}(all|site \d)/.test(one)))
          for (const [, number] of line.replace(/^ {2}(all|site \d)(, 2026-Q\d)?/, '').matchAll(/(?<![\d.–])(\d+)(?![\d.%–])/g))
            expect(allowed.has(Number(number)), line).toBe(true)
      }),
      { seed: 20261123, numRuns: 100 },
    )
  })
})
