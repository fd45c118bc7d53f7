import { expect, test } from 'vitest'
import { ageOn, earliestDay, isoDay, latestDay } from './time.ts'

test.each([
  ['2026-02', '2026-02-01', '2026-02-28'],
  ['2024-02', '2024-02-01', '2024-02-29'],
  ['2025', '2025-01-01', '2025-12-31'],
  ['2026-11-23T23:59:59-11:00', '2026-11-23', '2026-11-23'],
])('%s can mean %s to %s', (iso, first, last) => {
  expect(isoDay(earliestDay(iso)!)).toBe(first)
  expect(isoDay(latestDay(iso)!)).toBe(last)
})

test.each(['2026-13-01', '2026-02-30', 'yesterday', ''])('%j is no day', (iso) => expect(earliestDay(iso)).toBeUndefined())

test.each([
  { born: '1960-11-23', on: '2026-11-23', age: 66, name: 'on the birthday' },
  { born: '1960-11-24', on: '2026-11-23', age: 65, name: 'the day before' },
  { born: '1960', on: '2026-11-23', age: undefined, name: 'a year of birth leaves two ages' },
  { born: '1960-03', on: '2026-11-23', age: 66, name: 'a month of birth well past' },
])('age: $name', ({ born, on, age }) => expect(ageOn(born, on)).toBe(age))
