import { expect, test } from 'vitest'
import { CRITERIA } from '../../test/response-criteria.ts'
import { type ImmuneVisit, irecist } from './irecist.ts'

const week = (weeks: number, sumMm: number | undefined, rest: Partial<ImmuneVisit> = {}): ImmuneVisit => ({
  day: weeks * 7,
  targets: [{ isNode: false, ...(sumMm === undefined ? {} : { um: sumMm * 1000 }) }],
  nonTarget: 'none',
  newLesion: 'no',
  ...rest,
})
const run = (visits: readonly ImmuneVisit[]) => irecist(CRITERIA, { baseline: [{ isNode: false, um: 100_000 }], visits })
const newSum = (mm: number): Partial<ImmuneVisit> => ({ newSumUm: mm * 1000 })

// iRECIST, worked from its table and the working group's answers; a first visit sets the smallest sum where it matters
test.each<{ name: string; visits: readonly ImmuneVisit[]; is: readonly string[] }>([
  { name: 'confirmed by 5 mm more', visits: [week(6, 80), week(12, 100), week(17, 105)], is: ['iSD', 'iUPD', 'iCPD'] },
  { name: 'not confirmed by 4 mm more', visits: [week(6, 80), week(12, 100), week(17, 104)], is: ['iSD', 'iUPD', 'iUPD'] },
  {
    name: 'growth adds up over visits',
    visits: [week(6, 80), week(12, 100), week(17, 104), week(22, 106)],
    is: ['iSD', 'iUPD', 'iUPD', 'iCPD'],
  },
  { name: 'pseudoprogression', visits: [week(6, 130), week(11, 65)], is: ['iUPD', 'iPR'] },
  { name: 'reset, then a fresh progression', visits: [week(6, 130), week(11, 65), week(20, 80)], is: ['iUPD', 'iPR', 'iUPD'] },
  {
    name: 'a new lesion grows by 5 mm',
    visits: [week(6, 70), week(12, 70, { newLesion: 'yes', ...newSum(12) }), week(17, 70, newSum(17))],
    is: ['iPR', 'iUPD', 'iCPD'],
  },
  {
    name: 'a new lesion grows by 4 mm',
    visits: [week(6, 70), week(12, 70, { newLesion: 'yes', ...newSum(12) }), week(17, 70, newSum(16))],
    is: ['iPR', 'iUPD', 'iUPD'],
  },
  {
    name: 'another new lesion',
    visits: [week(6, 70), week(12, 70, { newLesion: 'yes' }), week(17, 70, { newLesion: 'yes' })],
    is: ['iPR', 'iUPD', 'iCPD'],
  },
  {
    name: 'an unmeasured new lesion is larger',
    visits: [week(6, 70), week(12, 70, { newLesion: 'yes' }), week(17, 70, { newLesion: 'larger' })],
    is: ['iPR', 'iUPD', 'iCPD'],
  },
  {
    name: 'the new lesion is gone',
    visits: [week(6, 70), week(12, 70, { newLesion: 'yes' }), week(17, 60, { newLesion: 'gone' })],
    is: ['iPR', 'iUPD', 'iPR'],
  },
  { name: 'a scan too early', visits: [week(6, 80), week(12, 100), week(14, 110)], is: ['iSD', 'iUPD', 'iUPD'] },
  {
    name: 'too early with symptoms, but no new lesion',
    visits: [week(6, 80), week(12, 100), week(14, 110, { hasSymptoms: true })],
    is: ['iSD', 'iUPD', 'iUPD'],
  },
  {
    name: 'too early, with symptoms and a new lesion',
    visits: [week(6, 80), week(12, 100), week(14, 100, { hasSymptoms: true, newLesion: 'yes' })],
    is: ['iSD', 'iUPD', 'iCPD'],
  },
  {
    name: '26 days count, by the tolerance',
    visits: [week(6, 80), week(12, 100), { ...week(0, 105), day: 84 + 26 }],
    is: ['iSD', 'iUPD', 'iCPD'],
  },
  { name: '25 days do not', visits: [week(6, 80), week(12, 100), { ...week(0, 105), day: 84 + 25 }], is: ['iSD', 'iUPD', 'iUPD'] },
  {
    name: 'another category progresses',
    visits: [week(6, 80, { nonTarget: 'stable' }), week(12, 100, { nonTarget: 'stable' }), week(17, 100, { nonTarget: 'progression' })],
    is: ['iSD', 'iUPD', 'iCPD'],
  },
  {
    name: 'non-target lesions grow further',
    visits: [week(6, 100, { nonTarget: 'progression' }), week(11, 100, { nonTarget: 'further' })],
    is: ['iUPD', 'iCPD'],
  },
  {
    name: 'non-target lesions as they were',
    visits: [week(6, 100, { nonTarget: 'progression' }), week(11, 100, { nonTarget: 'progression' })],
    is: ['iUPD', 'iUPD'],
  },
  { name: 'nothing follows confirmed progression', visits: [week(6, 130), week(11, 140), week(16, 50)], is: ['iUPD', 'iCPD', 'iCPD'] },
  {
    name: 'targets not seen: progression stays open',
    visits: [week(6, 130), week(11, undefined), week(16, 136)],
    is: ['iUPD', 'NE', 'iCPD'],
  },
])('$name', ({ visits, is }) => {
  const result = run(visits)
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  expect(result.value.visits).toEqual(is)
  expect(result.value.derivation.length).toBeGreaterThanOrEqual(visits.length)
})

test.each<{ name: string; visits: readonly ImmuneVisit[]; path: string }>([
  { name: 'days that do not rise', visits: [week(6, 80), week(6, 100)], path: 'days' },
  { name: 'a sum of new lesions before one was seen', visits: [week(6, 80, newSum(12))], path: 'new' },
  { name: 'further growth before a progression', visits: [week(6, 80, { nonTarget: 'further' })], path: 'nontarget' },
  { name: 'no visit', visits: [], path: 'series' },
])('refuses $name', ({ visits, path }) => {
  const result = run(visits)
  if (result.ok) throw new Error('computed')
  expect(result.error.map((i) => i.path)).toContain(path)
})
