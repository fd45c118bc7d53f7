import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CRITERIA } from '../../test/response-criteria.ts'
import { irecist } from './irecist.ts'
import type { Targets } from './measure.ts'
import { recist, targetResponse, type Visit } from './recist.ts'

const SETTINGS = { seed: 20261123, numRuns: 500 }
const one = (um: number): Targets => [{ isNode: false, um }]
// tenths of a millimetre, so that 20% and 30% fall exactly on values too
const size = fc.integer({ min: 0, max: 3000 }).map((tenths) => tenths * 100)
const baseline = fc.integer({ min: 100, max: 3000 }).map((tenths) => tenths * 100)
const visits = fc.array(
  fc.record({
    um: size,
    nonTarget: fc.constantFrom('stable' as const, 'complete' as const, 'ne' as const),
    newLesion: fc.constantFrom('no' as const, 'yes' as const),
  }),
  { minLength: 1, maxLength: 7 },
)
const asVisits = (raw: readonly { um: number; nonTarget: Visit['nonTarget']; newLesion: Visit['newLesion'] }[]): readonly Visit[] =>
  raw.map(({ um, ...rest }, i) => ({ targets: one(um), ...rest, day: 42 * (i + 1) }))
const computed = (base: number, list: readonly Visit[]) => {
  const result = recist(CRITERIA, { baseline: one(base), visits: list })
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value
}

test('progression by size needs both 20% and 5 mm above the smallest sum', () => {
  fc.assert(
    fc.property(baseline, size, size, (base, nadir, now) => {
      fc.pre(nadir <= base)
      const isProgression = targetResponse(CRITERIA, base, nadir, one(now)) === 'PD'
      expect(isProgression).toBe(now - nadir >= 5000 && now * 5 >= nadir * 6)
    }),
    SETTINGS,
  )
})

test('a larger sum is never a better response', () => {
  const order = ['CR', 'PR', 'SD', 'PD']
  fc.assert(
    fc.property(baseline, size, size, size, (base, nadir, a, b) => {
      fc.pre(nadir <= base)
      const [less, more] = a < b ? [a, b] : [b, a]
      const rank = (um: number) => order.indexOf(targetResponse(CRITERIA, base, nadir, one(um)))
      expect(rank(less)).toBeLessThanOrEqual(rank(more))
    }),
    SETTINGS,
  )
})

test('a new lesion is progression, and progression stays', () => {
  fc.assert(
    fc.property(baseline, visits, (base, raw) => {
      const { visits: responses } = computed(base, asVisits(raw))
      const first = responses.findIndex((r) => r.overall === 'PD')
      for (const [i, response] of responses.entries()) {
        if (raw[i]!.newLesion === 'yes') expect(response.overall).toBe('PD')
        if (first >= 0 && i >= first) expect(response.overall).toBe('PD')
      }
    }),
    SETTINGS,
  )
})

test('the same series in another scale of equal steps beyond 5 mm gives the same responses', () => {
  fc.assert(
    fc.property(baseline, visits, (base, raw) => {
      // ten times as large: the 20% and 30% stay, and only the 5 mm can differ, towards progression
      const small = computed(base, asVisits(raw)).visits.map((v) => v.overall)
      const large = computed(base * 10, asVisits(raw.map((v) => ({ ...v, um: v.um * 10 })))).visits.map((v) => v.overall)
      const firstDifference = small.findIndex((r, i) => r !== large[i])
      if (firstDifference >= 0) expect(large[firstDifference]).toBe('PD')
    }),
    SETTINGS,
  )
})

test('later visits never change earlier responses', () => {
  fc.assert(
    fc.property(baseline, visits, fc.nat(6), (base, raw, cut) => {
      const list = asVisits(raw)
      const part = list.slice(0, Math.max(1, Math.min(cut, list.length)))
      expect(computed(base, list).visits.slice(0, part.length)).toEqual(computed(base, part).visits)
    }),
    SETTINGS,
  )
})

test('a confirmed best response is never better than the plain one', () => {
  const order = ['CR', 'PR', 'SD', 'PD', 'NE']
  fc.assert(
    fc.property(baseline, visits, (base, raw) => {
      const { best, bestConfirmed } = computed(base, asVisits(raw))
      if (bestConfirmed !== undefined && bestConfirmed !== 'not-decided')
        expect(order.indexOf(bestConfirmed)).toBeGreaterThanOrEqual(order.indexOf(best))
    }),
    SETTINGS,
  )
})

test('iRECIST: the first progression is never confirmed at once, and its visit is the RECIST 1.1 progression', () => {
  fc.assert(
    fc.property(baseline, visits, (base, raw) => {
      const list = asVisits(raw)
      const immune = irecist(CRITERIA, {
        baseline: one(base),
        visits: list.map((v) => ({ ...v, newLesion: v.newLesion === 'yes' ? ('yes' as const) : ('no' as const), day: v.day! })),
      })
      if (!immune.ok) throw new Error(JSON.stringify(immune.error))
      const first = immune.value.visits.findIndex((r) => r === 'iUPD' || r === 'iCPD')
      expect(first).toBe(computed(base, list).visits.findIndex((r) => r.overall === 'PD'))
      if (first >= 0) expect(immune.value.visits[first]).toBe('iUPD')
      const confirmed = immune.value.visits.indexOf('iCPD')
      if (confirmed >= 0) expect(new Set(immune.value.visits.slice(confirmed))).toEqual(new Set(['iCPD']))
    }),
    SETTINGS,
  )
})
