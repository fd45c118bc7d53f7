import { expect, test } from 'vitest'
import { inOrder, inserted, moved } from './order.ts'

test.each([
  ['up', 'b', -1, ['b', 'a', 'c']],
  ['down', 'b', 1, ['a', 'c', 'b']],
  ['up, the first', 'a', -1, ['a', 'b', 'c']],
  ['down, the last', 'c', 1, ['a', 'b', 'c']],
  ['what is not there', 'x', 1, ['a', 'b', 'c']],
] as const)('a case moves %s', (_name, id, by, expected) => {
  expect(moved(['a', 'b', 'c'], id, by)).toEqual(expected)
})

test.each([
  ['before', 'c', 'a', ['c', 'a', 'b']],
  ['after', 'a', 'c', ['b', 'c', 'a']],
  ['after', 'a', 'b', ['b', 'a', 'c']],
] as const)('a case is dropped %s another', (where, id, beside, expected) => {
  expect(inserted(['a', 'b', 'c'], id, beside, where)).toEqual(expected)
})

test('an order that is not sent yet is shown; what it does not name is off', () => {
  const cases = ['a', 'b', 'c'].map((id) => ({ id }))
  expect(inOrder(cases, ['c', 'a', 'gone']).map(({ id }) => id)).toEqual(['c', 'a'])
  expect(inOrder(cases, undefined)).toBe(cases)
})
