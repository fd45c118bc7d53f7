import { expect, test } from 'vitest'
import { planOfFixture } from './plan-of.ts'

const vaccines = (fixture: string, set: string) =>
  planOfFixture(fixture, { set: [set] })
    .interactions.filter((i) => i.id.startsWith('live-vaccine'))
    .map((i) => i.id)

test('a live vaccine clashes with chemotherapy and with immunotherapy, each with its window', () => {
  expect(vaccines('no-driver-pdl1-5-nonsquamous', 'medicine-classes=live-vaccine')).toEqual([
    'live-vaccine-chemotherapy',
    'live-vaccine-immunotherapy',
  ])
  for (const i of planOfFixture('no-driver-pdl1-80-fit', { set: ['medicine-classes=live-vaccine'] }).interactions)
    if (i.id.startsWith('live-vaccine')) expect(i.window?.text).toContain('no live vaccine')
})
test('none on the list, or nobody has asked: nothing is said', () => {
  expect(vaccines('no-driver-pdl1-5-nonsquamous', 'medicine-classes=')).toEqual([])
  expect(vaccines('no-driver-pdl1-5-nonsquamous', 'medicine-classes=unknown')).toEqual([])
})
