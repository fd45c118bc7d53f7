import { describe, expect, test } from 'vitest'
import { and, forbids, not, or, permits, type Truth } from './index.ts'

// Kleene's strong tables, row by row
test.each<[Truth, Truth, Truth, Truth]>([
  ['true', 'true', 'true', 'true'],
  ['true', 'false', 'false', 'true'],
  ['true', 'unknown', 'unknown', 'true'],
  ['false', 'true', 'false', 'true'],
  ['false', 'false', 'false', 'false'],
  ['false', 'unknown', 'false', 'unknown'],
  ['unknown', 'true', 'unknown', 'true'],
  ['unknown', 'false', 'false', 'unknown'],
  ['unknown', 'unknown', 'unknown', 'unknown'],
])('%s and/or %s', (a, b, conjunction, disjunction) => {
  expect(and(a, b)).toBe(conjunction)
  expect(or(a, b)).toBe(disjunction)
})

test('not leaves unknown unknown', () => {
  expect([not('true'), not('false'), not('unknown')]).toEqual(['false', 'true', 'unknown'])
})

describe('the one place where unknown collapses', () => {
  test('an unknown eligibility is not open', () => expect(permits('unknown')).toBe('needs-data'))
  test('an unknown harm is not clear', () => expect(forbids('unknown')).toBe('needs-data'))
  test('a known harm blocks', () => expect(forbids('true')).toBe('blocked'))
  test('an absent harm lets through', () => expect(forbids('false')).toBe('proceed'))
})
