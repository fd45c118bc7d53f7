import type { Option } from '@secondwind/core'
import { expect, test } from 'vitest'
import { cautionKey, sharedLines } from './shared-lines.ts'

const option = (rank: number, ...cautions: readonly Option['cautions'][number][]): Option => ({ rank, cautions }) as unknown as Option
const heart = { say: 'ECG first', facts: [] }
const soon = { say: 'ECG first', facts: [], before: 'the first dose' }
const lung = { say: 'watch the lung', facts: [] }

test('a caution of several options is said once with their ranks; one of a single option, or with another day, is not shared', () => {
  const shared = sharedLines([option(1, lung, heart), option(2, soon), option(4, heart, heart)], ({ cautions }) => cautions, cautionKey)
  expect(shared.map(({ line, options }) => [line.say, options.map(({ rank }) => rank)])).toEqual([['ECG first', [1, 4]]])
})
