import { expect, test } from 'vitest'
import { valueWords } from './value-words.ts'

const words = (key: string): string => key

test.each([
  { name: 'a day', value: '2026-11-04', shown: '4. Nov. 2026' },
  { name: 'a month', value: '2026-11', shown: 'Nov. 2026' },
  { name: 'a year', value: '2016', shown: '2016' },
])('a date is written as people there write it: $name', ({ value, shown }) => {
  expect(valueWords(value, { type: 'date' }, 'si', 'de', words)).toBe(shown)
})

test('a code without a name stays what it is', () => {
  expect(valueWords('2026-11-04', { type: 'code' }, 'si', 'de', words)).toBe('2026-11-04')
})
