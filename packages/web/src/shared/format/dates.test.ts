import { expect, test } from 'vitest'
import { absoluteDay, ageOn, relativeDay } from './dates.ts'

test('days near are told in days, then weeks, months and years, before and after', () => {
  const from = (day: string) => relativeDay(day, '2026-11-23', 'en')
  expect(from('2026-11-23')).toBe('today')
  expect(from('2026-11-13')).toBe('10 days ago')
  expect(from('2026-10-26')).toBe('4 weeks ago')
  expect(from('2026-06-23')).toBe('5 months ago')
  expect(from('2023-11-23')).toBe('3 years ago')
  expect(from('2026-12-03')).toBe('in 10 days')
})

test('a month is a month and a year a year: no day is made up', () => {
  expect(absoluteDay('2026-03', 'en')).toBe('Mar 2026')
  expect(absoluteDay('2026', 'de')).toBe('2026')
  expect(relativeDay('2025', '2026-11-23', 'en')).toBe('last year')
  expect(relativeDay('2026-09', '2026-11-23', 'de')).toBe('vor 2 Monaten')
})

test('an age counts birthdays', () => {
  expect(ageOn('1962-11-23', '2026-11-23')).toBe(64)
  expect(ageOn('1962-11-24', '2026-11-23')).toBe(63)
  expect(ageOn('1962', '2026-11-23')).toBe(63)
})
