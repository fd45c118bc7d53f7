import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shownCounts } from '../src/population/shown.ts'
import { boundsOf } from './quality/attacker.ts'

const LIMIT = 11
const row = (...counts: readonly number[]) => counts.map((count) => ({ count }))

test.each([
  { name: 'verdicts that add up to the patients: the small one takes another with it', groups: [3, 40, 57], seen: [null, null, 57] },
  { name: 'all but three: the three are told by the rest, so the large one is hidden', groups: [97], seen: [null] },
  { name: 'nothing small, and nobody is nobody', groups: [0, 40, 60], seen: [0, 40, 60] },
  { name: 'a small group whose rest is large tells nothing', groups: [4], seen: [null] },
])('of 100 patients: $name', ({ groups, seen }) => {
  const own = row(...groups)
  const shown = shownCounts(100, [own], LIMIT)
  expect(own.map((group) => shown.of(group))).toEqual(seen)
  expect(shown.patients).toBe(100)
})

test('a cohort of few is not counted either, and the refused are counted apart', () => {
  const [own, refused] = [row(5), row(3)]
  const shown = shownCounts(5, [own], LIMIT, refused)
  expect([shown.patients, shown.of(own[0]!), shown.of(refused[0]!)]).toEqual([null, null, null])
  expect(shownCounts(500, [], LIMIT, row(30)).patients).toBe(500)
})

test('no hidden number, and no small rest, comes out of what is shown', () => {
  const count = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 14 }), fc.integer({ min: 11, max: 200 }))
  fc.assert(
    fc.property(fc.array(fc.array(count, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }), count, (rows, spare) => {
      const patients = spare + Math.max(...rows.map((own) => own.reduce((a, b) => a + b, 0)))
      const groups = rows.map((own) => row(...own))
      const shown = shownCounts(patients, groups, LIMIT)
      if (shown.patients === null) return
      for (const own of groups) {
        const hidden = own.filter((group) => shown.of(group) === null)
        const of = new Map([...hidden.map((group) => [String(own.indexOf(group)), 1] as const), ['left', 1] as const])
        const value = patients - own.reduce((sum, group) => sum + (shown.of(group) ?? 0), 0)
        const bounds = (name: string) => boundsOf(name, [{ of, value }], (one) => (one === 'left' ? 0 : 1))
        for (const group of hidden) {
          const { lowest, highest } = bounds(String(own.indexOf(group)))
          expect(highest - lowest).toBeGreaterThan(0.99)
          if (group.count < LIMIT) expect(highest).toBeGreaterThan(LIMIT - 0.01)
        }
        const left = patients - own.reduce((sum, group) => sum + group.count, 0)
        if (left > 0 && left < LIMIT) expect(bounds('left').highest).toBeGreaterThan(LIMIT - 0.01)
        for (const group of own) if (group.count > 0 && group.count < LIMIT) expect(shown.of(group)).toBeNull()
      }
    }),
    { seed: 20261123, numRuns: 300 },
  )
})
