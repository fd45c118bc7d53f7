import type { Fact } from '@secondwind/core'
import { expect, test } from 'vitest'
import { commonDay, isAssumed, sortFacts } from './sort-facts.ts'

const one = (id: string, fact: Fact) => ({ id, fact, sources: [] })
const source = [{ reference: 'Observation/1' }]

test('there, not there and not known are told apart; contradictions come first', () => {
  const all = [
    one('found', { value: true, sources: source }),
    one('denied', { value: false, absence: 'witnessed', sources: source }),
    one('not-named', { value: [], absence: 'listed', sources: [] }),
    one('untested', { unknown: 'not-tested' }),
    one('pending', { unknown: 'pending' }),
    one('rivals', { unknown: 'conflicting' }),
    one('zero', { value: 0, sources: source }),
  ]
  const { lines, absent, unknown } = sortFacts(all)
  expect(lines.map(({ id }) => id)).toEqual(['rivals', 'found', 'zero'])
  expect(absent.map(({ id }) => id)).toEqual(['denied', 'not-named'])
  expect([...unknown].map(([reason, some]) => [reason, some.map(({ id }) => id)])).toEqual([
    ['not-tested', ['untested']],
    ['pending', ['pending']],
  ])
  expect(absent.filter(isAssumed).map(({ id }) => id)).toEqual(['not-named'])
})

test.each([
  [['2026-11-20', '2026-11-20', '2026-11-01'], '2026-11-20'],
  [['2026-11-20', '2026-11-01'], undefined],
  [['2026-11-20'], undefined],
  [[], undefined],
] as const)('the day that most share: %j', (days, common) => {
  expect(commonDay(days.map((on, at) => one(String(at), { value: 1, on, sources: source })))).toBe(common)
})
