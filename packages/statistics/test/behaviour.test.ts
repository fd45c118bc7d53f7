import fs from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  chiSquaredUpper,
  competingRisks,
  confidenceBand,
  cox,
  incidenceAt,
  kaplanMeier,
  logRank,
  nelsonAalen,
  quantileOf,
  restrictedMean,
  riskTable,
  StatisticsError,
  type SurvivalData,
  survivalAt,
  type Ties,
  type Transform,
} from '../src/index.ts'

const seeded = { seed: 20261123, numRuns: 200 }

describe('worked by hand', () => {
  // 6 subjects: events at 2, 4, 4, 7; cut off at 4 and 9
  const data = { time: [2, 4, 4, 4, 7, 9], event: [1, 1, 1, 0, 1, 0] }

  test('the steps of the curve: 5/6, then 3/5 of it, then half', () => {
    const curve = kaplanMeier(data)
    expect([...curve.time]).toEqual([2, 4, 7, 9])
    expect([...curve.atRisk]).toEqual([6, 5, 2, 1])
    expect([...curve.survival]).toEqual([5 / 6, (5 / 6) * (3 / 5), (5 / 6) * (3 / 5) * (1 / 2), (5 / 6) * (3 / 5) * (1 / 2)])
    // half at day 4 until day 7: the middle
    expect(quantileOf(curve, 0.5).time).toBe(5.5)
    expect(survivalAt(curve, 1)).toBe(1)
    expect(survivalAt(curve, 4)).toBeCloseTo(0.5, 15)
    expect(survivalAt(curve, 100)).toBeCloseTo(0.25, 15)
    expect(restrictedMean(curve, 9).mean).toBeCloseTo(2 + 2 * (5 / 6) + 3 * 0.5 + 2 * 0.25, 12)
    expect([...nelsonAalen(data).cumulativeHazard]).toEqual([1 / 6, 1 / 6 + 2 / 5, 1 / 6 + 2 / 5 + 1 / 2, 1 / 6 + 2 / 5 + 1 / 2])
  })

  test('the time by which more have had the event than ever will is not known', () => {
    expect(quantileOf(kaplanMeier(data), 0.9)).toMatchObject({ time: undefined, upper: undefined })
  })

  test('delayed entry: nobody counts before they are seen', () => {
    const curve = kaplanMeier({ time: [5, 6, 8], event: [1, 1, 1], entry: [0, 5, 4] })
    // at 5 two are at risk (the second enters at 5, after the event)
    expect([...curve.atRisk]).toEqual([2, 2, 1])
    expect([...curve.survival]).toEqual([0.5, 0.25, 0])
  })

  test('one minus Kaplan-Meier overstates what competes', () => {
    const time = [1, 2, 3, 4]
    const risks = competingRisks({ time, event: [2, 1, 2, 1] })
    expect(incidenceAt(risks, 1, 4)).toBeCloseTo(0.5, 15)
    expect(1 - survivalAt(kaplanMeier({ time, event: [0, 1, 0, 1] }), 4)).toBe(1)
  })

  test('two groups, one covariate: the hazard ratio of the textbook likelihood', () => {
    // exp(b) maximises b·1 - log(2 + 2 e^b) - log(2 + e^b): e^2b = 2... solved: e^b = sqrt(2)
    const model = cox({ time: [1, 2, 3, 3], event: [1, 1, 0, 0] }, { x: [1, 0, 1, 0] })
    expect(model.terms[0]!.hazardRatio).toBeCloseTo(Math.SQRT2, 9)
  })
})

const subjects = (size: { readonly minLength: number; readonly maxLength: number }): fc.Arbitrary<SurvivalData> =>
  fc.array(fc.record({ time: fc.integer({ min: 1, max: 60 }), event: fc.integer({ min: 0, max: 1 }) }), size).map((rows) => ({
    time: rows.map((row) => row.time),
    event: rows.map((row) => row.event),
  }))

/** Some event was seen while both groups were at risk, and not everybody had it. */
const isComparable = ({ time, event }: SurvivalData, group: readonly number[]): boolean =>
  Array.from(time).some((at, i) => {
    const risk = group.filter((_, k) => time[k]! >= at)
    const dead = Array.from(time).filter((t, k) => t === at && event[k] === 1).length
    return event[i] === 1 && new Set(risk).size === 2 && dead < risk.length
  })

describe('laws', () => {
  test('survival never rises, stays between 0 and 1, and stands inside its limits', () => {
    fc.assert(
      fc.property(subjects({ minLength: 1, maxLength: 80 }), (data) => {
        const curve = kaplanMeier(data)
        curve.survival.forEach((s, row) => {
          expect(s).toBeLessThanOrEqual(row === 0 ? 1 : curve.survival[row - 1]!)
          expect(s).toBeGreaterThanOrEqual(0)
          if (s > 0) {
            expect(curve.lower[row]!).toBeLessThanOrEqual(s)
            expect(curve.upper[row]!).toBeGreaterThanOrEqual(s)
          }
        })
      }),
      seeded,
    )
  })

  test('the order of subjects, and the unit of time, change nothing', () => {
    fc.assert(
      fc.property(subjects({ minLength: 4, maxLength: 60 }), fc.integer({ min: 0, max: 1000 }), (data, seed) => {
        const n = data.time.length
        const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => ((a * 7919 + seed) % n) - ((b * 7919 + seed) % n))
        const shuffled = { time: order.map((i) => data.time[i]! / 30.4375), event: order.map((i) => data.event[i]!) }
        expect([...kaplanMeier(shuffled).survival]).toEqual([...kaplanMeier(data).survival])
        const group = Array.from({ length: n }, (_, i) => i % 2)
        fc.pre(isComparable(data, group))
        expect(
          logRank(
            shuffled,
            order.map((i) => group[i]!),
          ).chiSquared,
        ).toBeCloseTo(logRank(data, group).chiSquared, 9)
      }),
      seeded,
    )
  })

  test('event-free and all incidences together are one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ time: fc.integer({ min: 1, max: 30 }), event: fc.integer({ min: 0, max: 3 }) }), {
          minLength: 1,
          maxLength: 80,
        }),
        (rows) => {
          const risks = competingRisks({ time: rows.map((r) => r.time), event: rows.map((r) => r.event) })
          risks.time.forEach((_, row) => {
            const all = risks.incidence.reduce((sum, one) => sum + one.probability[row]!, risks.eventFree[row]!)
            expect(all).toBeCloseTo(1, 12)
          })
        },
      ),
      seeded,
    )
  })

  test('everybody observed: delayed entry at 0 is no delay', () => {
    fc.assert(
      fc.property(subjects({ minLength: 2, maxLength: 50 }), (data) => {
        const entry = Array.from(data.time, () => 0)
        expect([...kaplanMeier({ ...data, entry }).survival]).toEqual([...kaplanMeier(data).survival])
        fc.pre(data.event[0] === 1)
        const x = Array.from(data.time, (t, i) => (t * 31 + i * 17) % 7)
        fc.pre(new Set(x).size > 2)
        const a = cox(data, { x })
        const b = cox({ ...data, entry }, { x })
        const { mayBeInfinite, coefficient } = a.terms[0]!
        if (!mayBeInfinite && !Number.isNaN(coefficient)) expect(b.terms[0]!.coefficient).toBeCloseTo(a.terms[0]!.coefficient, 6)
      }),
      seeded,
    )
  })
})

test('the band covers the whole curve about as often as it says, where pointwise limits do not', () => {
  let state = 12345
  const random = (): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return (state + 0.5) / 0x80000000
  }
  const trials = 600
  let covered = 0
  let pointwise = 0
  for (let trial = 0; trial < trials; trial++) {
    const time: number[] = []
    const event: number[] = []
    for (let i = 0; i < 150; i++) {
      const death = -Math.log(random())
      const cut = -Math.log(random()) * 3
      time.push(Math.min(death, cut))
      event.push(death <= cut ? 1 : 0)
    }
    const curve = kaplanMeier({ time, event }, { transform: 'log-log' })
    const range = { from: quantileOf(curve, 0.1).time!, to: quantileOf(curve, 0.8).time! }
    const band = confidenceBand(curve, range)
    const holds = (at: number, low: number, high: number): boolean => low <= Math.exp(-at) && Math.exp(-at) <= high
    if (band.time.every((at, i) => holds(at, band.lower[i]!, band.upper[i]!))) covered++
    if (band.time.every((at) => holds(at, curve.lower[curve.time.indexOf(at)]!, curve.upper[curve.time.indexOf(at)]!))) pointwise++
  }
  expect(covered / trials).toBeGreaterThan(0.92)
  expect(covered / trials).toBeLessThan(0.985)
  expect(pointwise / trials).toBeLessThan(0.9)
})

test('log-rank: groups that share no stratum are not compared, and the degrees of freedom say so', () => {
  const [time, event] = [
    [1, 3, 2, 4, 1, 2, 3, 5],
    [1, 1, 0, 1, 1, 1, 0, 1],
  ]
  const both = logRank({ time, event }, ['a', 'a', 'b', 'b', 'c', 'c', 'd', 'd'], { strata: [1, 1, 1, 1, 2, 2, 2, 2] })
  const one = logRank({ time: time.slice(0, 4), event: event.slice(0, 4) }, ['a', 'a', 'b', 'b'])
  const two = logRank({ time: time.slice(4), event: event.slice(4) }, ['c', 'c', 'd', 'd'])
  // two comparisons that have nothing to do with each other, not three
  expect(both.degreesOfFreedom).toBe(2)
  expect(both.chiSquared).toBeCloseTo(one.chiSquared + two.chiSquared, 12)
  expect(both.pValue).toBeCloseTo(chiSquaredUpper(one.chiSquared + two.chiSquared, 2), 12)
})

test('Cox: a likelihood of one is reached at once', () => {
  // each event has nobody else at risk
  const model = cox({ time: [1, 3], event: [1, 1], entry: [0, 2] }, { x: [1, 2] })
  expect(model).toMatchObject({ converged: true, iterations: 1 })
  expect(model.terms[0]!.coefficient).toBeNaN()
})

describe('Cox: what cannot be estimated is said', () => {
  test('a covariate that follows from another has no coefficient', () => {
    const model = cox(
      { time: [1, 2, 3, 4, 5], event: [1, 1, 1, 0, 1] },
      { x: [0, 1, 1, 0, 1], twice: [0, 2, 2, 0, 2], same: [3, 3, 3, 3, 3] },
    )
    expect(model.terms.map((t) => Number.isNaN(t.coefficient))).toEqual([false, true, true])
    expect(model.likelihoodRatio.degreesOfFreedom).toBe(1)
  })

  test('a covariate that separates the dead from the living runs away, and says so', () => {
    const model = cox({ time: [1, 2, 3, 4, 5, 6], event: [1, 1, 1, 0, 0, 0] }, { x: [1, 1, 1, 0, 0, 0] })
    expect(model.terms[0]!.mayBeInfinite).toBe(true)
  })

  test('units of a covariate change its coefficient only by their factor', () => {
    const data = { time: [5, 8, 12, 3, 9, 14, 2, 7], event: [1, 1, 0, 1, 1, 0, 1, 1] }
    const mg = [1, 4, 2, 5, 3, 1, 4, 2]
    const a = cox(data, { mg }).terms[0]!
    const b = cox(data, { mg: mg.map((x) => x * 1e6 + 5e8) }).terms[0]!
    expect(b.coefficient * 1e6).toBeCloseTo(a.coefficient, 7)
    expect(b.z).toBeCloseTo(a.z, 6)
  })
})

test.each([
  ['empty', () => kaplanMeier({ time: [], event: [] })],
  ['length', () => kaplanMeier({ time: [1, 2], event: [1] })],
  ['not-a-number', () => kaplanMeier({ time: [1, Number.NaN], event: [1, 1] })],
  ['negative-time', () => kaplanMeier({ time: [1, -2], event: [1, 1] })],
  ['event-code', () => kaplanMeier({ time: [1, 2], event: [1, 2] })],
  ['entry-after-time', () => kaplanMeier({ time: [1, 2], event: [1, 1], entry: [0, 2] })],
  ['option', () => kaplanMeier({ time: [1], event: [1] }, { confidence: 95 })],
  ['option', () => restrictedMean(kaplanMeier({ time: [1], event: [1] }), 0)],
  ['option', () => quantileOf(kaplanMeier({ time: [1], event: [1] }), 50)],
  ['groups', () => logRank({ time: [1, 2], event: [1, 1] }, ['a', 'a'])],
  ['length', () => logRank({ time: [1, 2], event: [1, 1] }, ['a'])],
  ['empty', () => cox({ time: [1, 2], event: [0, 0] }, { x: [1, 2] })],
  ['covariates', () => cox({ time: [1, 2], event: [1, 0] }, {})],
  ['not-a-number', () => cox({ time: [1, 2], event: [1, 0] }, { x: [1, Number.NaN] })],
  ['empty', () => confidenceBand(kaplanMeier({ time: [1, 2], event: [0, 0] }))],
  ['event-code', () => incidenceAt(competingRisks({ time: [1], event: [1] }), 3, 1)],
  ['event-code', () => competingRisks({ time: [1, 2], event: [1, 4_000_000_000] })],
  ['event-code', () => competingRisks({ time: [1, 2], event: [1, 1.5] })],
  ['event-code', () => competingRisks({ time: [1, 2], event: [1, Number.NaN] })],
  ['event-code', () => competingRisks({ time: [1, 2], event: [1, -1] })],
  ['event-code', () => riskTable({ time: [1], event: [1] }, 0)],
  ['not-a-number', () => survivalAt(kaplanMeier({ time: [1], event: [1] }), Number.NaN)],
  ['not-a-number', () => incidenceAt(competingRisks({ time: [1], event: [1] }), 1, Number.NaN)],
  ['option', () => kaplanMeier({ time: [1], event: [1] }, { transform: 'logit' as Transform })],
  ['option', () => confidenceBand(kaplanMeier({ time: [1, 2], event: [1, 0] }), { from: Number.NaN })],
  ['option', () => confidenceBand(kaplanMeier({ time: [1, 2], event: [1, 0] }), { from: 3, to: 2 })],
  ['option', () => cox({ time: [1, 2], event: [1, 0] }, { x: [1, 2] }, { ties: 'exact' as Ties })],
  ['option', () => cox({ time: [1, 2], event: [1, 0] }, { x: [1, 2] }, { tolerance: Number.NaN })],
  ['option', () => cox({ time: [1, 2], event: [1, 0] }, { x: [1, 2] }, { tolerance: 0 })],
  ['option', () => cox({ time: [1, 2], event: [1, 0] }, { x: [1, 2] }, { maxIterations: 0 })],
  ['option', () => cox({ time: [1, 2], event: [1, 0] }, { x: [1, 2] }, { maxIterations: 2.5 })],
  ['option', () => logRank({ time: [1, 2], event: [1, 1] }, ['a', 'b'], { rho: Number.NaN })],
  ['option', () => logRank({ time: [1, 2], event: [1, 1] }, ['a', 'b'], { rho: -1 })],
  ['groups', () => logRank({ time: [1, 2], event: [1, 1] }, [1, Number.NaN])],
  ['groups', () => logRank({ time: [1, 2], event: [1, 1] }, ['a', 'b'], { strata: [1, undefined as unknown as number] })],
  ['groups', () => cox({ time: [1, 2], event: [1, 0] }, { x: [1, 2] }, { strata: [1, Number.NaN] })],
  // no event; all die at once; one group has left before the other enters; each group in a stratum of its own
  ['nothing-to-compare', () => logRank({ time: [1, 2], event: [0, 0] }, ['a', 'b'])],
  ['nothing-to-compare', () => logRank({ time: [3, 3], event: [1, 1] }, ['a', 'b'])],
  ['nothing-to-compare', () => logRank({ time: [1, 2, 5, 6], event: [1, 1, 1, 1], entry: [0, 0, 3, 3] }, ['a', 'a', 'b', 'b'])],
  ['nothing-to-compare', () => logRank({ time: [1, 2, 1, 2], event: [1, 1, 1, 1] }, ['a', 'a', 'b', 'b'], { strata: [1, 1, 2, 2] })],
] as const)('faulty input is refused with a reason: %s', (code, run) => {
  expect(run).toThrow(StatisticsError)
  try {
    run()
  } catch (error) {
    expect((error as StatisticsError).code).toBe(code)
  }
})

const shared = path.resolve(import.meta.dirname, '../../../../shared/data/survival')
describe.skipIf(!fs.existsSync(shared))('published data against R (skipped where ../shared is not there)', () => {
  const read = (name: string): readonly Record<string, string>[] => {
    const [head = '', ...lines] = fs.readFileSync(path.join(shared, name), 'utf8').trim().split('\n')
    const names = head.split(',').map((one) => one.replaceAll('"', ''))
    return lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i]!, cell.replaceAll('"', '')])))
  }

  test('lung: curve, and Cox by age, sex and ECOG', () => {
    const all = read('lung.csv')
    const curve = kaplanMeier({ time: all.map((r) => Number(r.time)), event: all.map((r) => Number(r.status) - 1) })
    const wanted = read('lung_km_full_oracle.csv')
    expect(curve.time.length).toBe(wanted.length)
    wanted.forEach((row, i) => {
      expect(curve.survival[i]).toBeCloseTo(Number(row.surv), 12)
    })
    const known = all.filter((r) => r['ph.ecog'] !== 'NA')
    const column = (name: string): number[] => known.map((r) => Number(r[name]))
    const model = cox(
      { time: column('time'), event: column('status').map((s) => s - 1) },
      { age: column('age'), sex: column('sex'), 'ph.ecog': column('ph.ecog') },
    )
    read('lung_cox_oracle.csv').forEach((row, i) => {
      expect(model.terms[i]!.coefficient).toBeCloseTo(Number(row.coef), 6)
      expect(model.terms[i]!.standardError).toBeCloseTo(Number(row['se(coef)']), 6)
    })
  })

  test('veteran: Cox by treatment, cell type and the rest', () => {
    const all = read('veteran.csv')
    const column = (name: string): number[] => all.map((r) => Number(r[name]))
    const is = (type: string): number[] => all.map((r) => Number(r.celltype === type))
    const wanted = read('veteran_cox_oracle.csv')
    const columns: Record<string, number[]> = {}
    for (const { term = '' } of wanted) columns[term] = term.startsWith('celltype') ? is(term.slice('celltype'.length)) : column(term)
    const model = cox({ time: column('time'), event: column('status') }, columns)
    wanted.forEach((row, i) => {
      expect(model.terms[i]!.coefficient, row.term).toBeCloseTo(Number(row.coef), 6)
      expect(model.terms[i]!.standardError, row.term).toBeCloseTo(Number(row['se(coef)']), 6)
    })
  })
})
