import { describe, expect, test } from 'vitest'
import { CRITERIA } from '../../test/response-criteria.ts'
import { readTargets, type Targets } from './measure.ts'
import {
  type NonTarget,
  type OverallResponse,
  overallResponse,
  recist,
  type SeriesInput,
  type TargetResponse,
  targetResponse,
  type Visit,
} from './recist.ts'

const targets = (text: string): Targets => {
  const read = readTargets(text, 'test')
  if (!read.ok) throw new Error(read.error.message)
  return read.value
}
const visit = (sum: string, rest: Partial<Visit> = {}): Visit => ({ targets: targets(sum), nonTarget: 'none', newLesion: 'no', ...rest })
const series = (input: SeriesInput) => {
  const result = recist(CRITERIA, input)
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value
}

// RECIST 1.1, worked by hand: progression from the smallest sum (20% and 5 mm), response from baseline (30%)
test.each([
  { name: 'exactly 30% down', baseline: 100, nadir: 100, now: '70', is: 'PR' },
  { name: '29% down', baseline: 100, nadir: 100, now: '71', is: 'SD' },
  { name: '20% above the smallest sum', baseline: 100, nadir: 50, now: '60', is: 'PD' },
  { name: '18% above the smallest sum, still 41% down', baseline: 100, nadir: 50, now: '59', is: 'PR' },
  { name: '20% but 4 mm', baseline: 40, nadir: 20, now: '24', is: 'PR' },
  { name: '5 mm and 20.8%', baseline: 30, nadir: 24, now: '29', is: 'PD' },
  { name: '4 mm and 16.7%', baseline: 30, nadir: 24, now: '28', is: 'SD' },
  { name: '19% up', baseline: 100, nadir: 100, now: '119', is: 'SD' },
  { name: '20% up', baseline: 100, nadir: 100, now: '120', is: 'PD' },
  { name: 'lesion gone, node 9 mm', baseline: 48, nadir: 48, now: '0+n9', is: 'CR' },
  { name: 'lesion gone, node 10 mm', baseline: 48, nadir: 48, now: '0+n10', is: 'PR' },
  { name: '4 mm back after all was gone', baseline: 100, nadir: 0, now: '4', is: 'PR' },
  { name: '6 mm back after all was gone', baseline: 100, nadir: 0, now: '6', is: 'PD' },
  { name: 'boundary in tenths: 12.6 to 17.6', baseline: 18, nadir: 12.6, now: '17.6', is: 'PD' },
  { name: 'boundary in tenths: 70% of 33', baseline: 33, nadir: 33, now: '23.1', is: 'PR' },
  { name: 'nothing evaluated', baseline: 48, nadir: 48, now: 'ne', is: 'NE' },
  { name: 'one lesion unseen, the rest small', baseline: 48, nadir: 48, now: '20+ne', is: 'NE' },
  { name: 'one lesion unseen, the rest already progressed', baseline: 48, nadir: 40, now: '50+ne', is: 'PD' },
])('targets: $name → $is', ({ baseline, nadir, now, is }) => {
  expect(targetResponse(CRITERIA, baseline * 1000, nadir * 1000, targets(now))).toBe(is)
})

test.each<{ target: TargetResponse | undefined; nonTarget: NonTarget; isNew: boolean; is: OverallResponse }>([
  { target: 'CR', nonTarget: 'complete', isNew: false, is: 'CR' },
  { target: 'CR', nonTarget: 'none', isNew: false, is: 'CR' },
  { target: 'CR', nonTarget: 'stable', isNew: false, is: 'PR' },
  { target: 'CR', nonTarget: 'ne', isNew: false, is: 'PR' },
  { target: 'PR', nonTarget: 'stable', isNew: true, is: 'PD' },
  { target: 'PR', nonTarget: 'ne', isNew: false, is: 'PR' },
  { target: 'SD', nonTarget: 'progression', isNew: false, is: 'PD' },
  { target: 'SD', nonTarget: 'ne', isNew: false, is: 'SD' },
  { target: 'SD', nonTarget: 'complete', isNew: false, is: 'SD' },
  { target: 'NE', nonTarget: 'stable', isNew: false, is: 'NE' },
  { target: 'NE', nonTarget: 'ne', isNew: true, is: 'PD' },
  { target: 'NE', nonTarget: 'progression', isNew: false, is: 'PD' },
  { target: 'PD', nonTarget: 'complete', isNew: false, is: 'PD' },
  { target: undefined, nonTarget: 'complete', isNew: false, is: 'CR' },
  { target: undefined, nonTarget: 'stable', isNew: false, is: 'non-CR/non-PD' },
  { target: undefined, nonTarget: 'ne', isNew: false, is: 'NE' },
  { target: undefined, nonTarget: 'progression', isNew: false, is: 'PD' },
  { target: undefined, nonTarget: 'complete', isNew: true, is: 'PD' },
])('targets $target, non-target $nonTarget, new $isNew → $is', ({ target, nonTarget, isNew, is }) => {
  expect(overallResponse(target, nonTarget, isNew)).toBe(is)
})

describe('a series', () => {
  test('slight regrowth does not lose a partial response (working group: 100, 70, 70, 80, 80, 80)', () => {
    const { visits } = series({ baseline: targets('100'), visits: ['70', '70', '80', '80', '80'].map((s) => visit(s)) })
    expect(visits.map((v) => v.overall)).toEqual(['PR', 'PR', 'PR', 'PR', 'PR'])
    expect(visits.map((v) => v.visit)).toEqual(['PR', 'PR', 'SD', 'SD', 'SD'])
  })
  test('progression counts from the smallest sum, even far below baseline', () => {
    expect(series({ baseline: targets('100'), visits: ['60', '50', '61'].map((s) => visit(s)) }).visits.map((v) => v.overall)).toEqual([
      'PR',
      'PR',
      'PD',
    ])
  })
  test('a visit that was not wholly evaluated does not lower the smallest sum', () => {
    const visits = [visit('30+20'), visit('5+ne'), visit('34+21')]
    expect(series({ baseline: targets('40+30'), visits }).visits.map((v) => v.overall)).toEqual(['SD', 'NE', 'SD'])
  })
  test('nothing after progression takes it back', () => {
    expect(series({ baseline: targets('100'), visits: ['130', '65'].map((s) => visit(s)) }).visits.map((v) => v.overall)).toEqual([
      'PD',
      'PD',
    ])
  })
  test('an equivocal new lesion is followed, and said', () => {
    const result = series({ baseline: targets('50'), visits: [visit('48', { newLesion: 'equivocal' })] })
    expect(result.visits[0]!.overall).toBe('SD')
    expect(result.derivation.join('\n')).toMatch(/progression dates from this visit/)
  })
  test('what comes back after a complete response is to be reviewed', () => {
    const result = series({ baseline: targets('100'), visits: [visit('0'), visit('4')] })
    expect(result.derivation.join('\n')).toMatch(/review as recurrence/)
  })
})

describe('best overall response', () => {
  const best = (sums: readonly string[], days: readonly number[], more: Partial<SeriesInput> = {}) => {
    const result = series({ baseline: targets('100'), visits: sums.map((s, i) => visit(s, { day: days[i]! })), ...more })
    return { best: result.best, confirmed: result.bestConfirmed }
  }
  test.each([
    { name: 'partial twice, eight weeks apart', sums: ['65', '60'], days: [42, 98], best: 'PR', confirmed: 'PR' },
    { name: 'partial twice, 27 days apart', sums: ['65', '60'], days: [42, 69], best: 'PR', confirmed: 'SD' },
    { name: 'partial twice, 28 days apart', sums: ['65', '60'], days: [42, 70], best: 'PR', confirmed: 'PR' },
    { name: 'partial then stable by the visit', sums: ['65', '75'], days: [42, 98], best: 'PR', confirmed: 'SD' },
    { name: 'partial then progression', sums: ['65', '90'], days: [42, 98], best: 'PR', confirmed: 'SD' },
    { name: 'partial then complete', sums: ['65', '0'], days: [42, 98], best: 'CR', confirmed: 'PR' },
    { name: 'complete twice', sums: ['0', '0'], days: [42, 98], best: 'CR', confirmed: 'CR' },
    { name: 'complete, then a little back', sums: ['0', '4'], days: [42, 98], best: 'CR', confirmed: 'not-decided' },
    { name: 'response only after progression', sums: ['130', '60'], days: [42, 98], best: 'PD', confirmed: 'PD' },
    { name: 'a visit not evaluated between two', sums: ['65', 'ne', '64'], days: [42, 84, 126], best: 'PR', confirmed: 'PR' },
    { name: 'never evaluated', sums: ['ne', 'ne'], days: [42, 98], best: 'NE', confirmed: 'NE' },
  ])('$name: $best, confirmed $confirmed', ({ sums, days, best: plain, confirmed }) => {
    expect(best(sums, days)).toEqual({ best: plain, confirmed })
  })
  test('stable disease before the protocol’s day counts as what came next', () => {
    expect(best(['95', '130'], [20, 60], { stableFromDays: 42 }).best).toBe('PD')
    expect(best(['95'], [20], { stableFromDays: 42 }).best).toBe('NE')
    expect(best(['95', '130'], [45, 90], { stableFromDays: 42 }).best).toBe('SD')
  })
  test('without days nothing is said to be confirmed', () => {
    const result = series({ baseline: targets('100'), visits: [visit('60'), visit('50')] })
    expect(result.bestConfirmed).toBeUndefined()
    expect(result.best).toBe('PR')
  })
})

test.each([
  { name: 'another number of lesions', input: { baseline: targets('34+20'), visits: [visit('30')] }, path: 'series' },
  { name: 'six targets', input: { baseline: targets('20+20+20+20+20+20'), visits: [visit('20+20+20+20+20+20')] }, path: 'baseline' },
  { name: 'a node of 14 mm as target', input: { baseline: targets('n14'), visits: [visit('n14')] }, path: 'baseline' },
  { name: 'a lesion of 9 mm among targets', input: { baseline: targets('30+9'), visits: [visit('30+9')] }, path: 'baseline' },
  {
    name: 'days out of order',
    input: { baseline: targets('54'), visits: [visit('40', { day: 60 }), visit('38', { day: 50 })] },
    path: 'days',
  },
  { name: 'a day for some visits only', input: { baseline: targets('54'), visits: [visit('40', { day: 60 }), visit('38')] }, path: 'days' },
  {
    name: 'non-target lesions that come and go from the list',
    input: { baseline: targets('54'), visits: [visit('40'), visit('38', { nonTarget: 'stable' })] },
    path: 'nontarget',
  },
  { name: 'no visit', input: { baseline: targets('54'), visits: [] }, path: 'series' },
])('refuses $name', ({ input, path }) => {
  const result = recist(CRITERIA, input)
  if (result.ok) throw new Error('computed')
  expect(result.error.map((i) => i.path)).toContain(path)
})
