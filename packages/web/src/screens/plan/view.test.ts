import type { Option } from '@secondwind/core'
import { expect, test } from 'vitest'
import { excerptsOf } from './excerpt.ts'
import { ageInYears, between, firstShown, ordered, ruleOf } from './view.ts'

const option = (id: string, rank: number, more: Partial<Option> = {}): Option =>
  ({ id, rank, approaches: ['chemotherapy'], drugs: ['a-drug'], standing: 'alternative', ...more }) as Option
const OPTIONS = [
  option('first:x', 1, { variantOf: 'first', burden: { routes: ['iv'], visitsPerMonth: 4, contactDaysPerMonth: 4 } }),
  option('first:y', 2, { variantOf: 'first' }),
  option('second', 3, { burden: { routes: ['oral'], visitsPerMonth: 1, contactDaysPerMonth: 1, infusionHoursPerMonth: 0 } }),
  option('third', 4),
  option('comfort', 5, { approaches: ['supportive-care'], drugs: [] }),
  option('trial', 6, { trial: {} as NonNullable<Option['trial']> }),
]

test.each([
  { room: 4, shown: ['first:x', 'second', 'comfort', 'trial'] },
  { room: 5, shown: ['first:x', 'second', 'third', 'comfort', 'trial'] },
  // two treatments at least: one alone is no comparison
  { room: 2, shown: ['first:x', 'second', 'comfort', 'trial'] },
])('with room for $room stand the best treatments, living without anticancer treatment, and a trial', ({ room, shown }) => {
  expect(firstShown(OPTIONS, room)).toEqual(shown)
})

test('what the numbers of the compared options pass over is named; what comes after them is not', () => {
  const ids = (compared: readonly string[]): readonly string[] => between(OPTIONS, compared).map(({ id }) => id)
  expect(ids(['first:x', 'second', 'comfort', 'trial'])).toEqual(['first:y', 'third'])
  expect(ids(['third'])).toEqual(['first:x', 'first:y', 'second'])
  expect(ids(['first:x', 'first:y'])).toEqual([])
})

test('of whom a burden is not known comes last, never first', () => {
  expect(ordered(OPTIONS, 'visits').map(({ id }) => id)).toEqual(['second', 'first:x', 'first:y', 'third', 'comfort', 'trial'])
  expect(ordered(OPTIONS, 'infusion-hours')[0]?.id).toBe('second')
  expect(ordered(OPTIONS, 'rank')).toBe(OPTIONS)
})

test('the rule of an option is its id without the drugs that were chosen', () => {
  expect(ruleOf({ id: 'egfr-post:carboplatin-pemetrexed' })).toBe('egfr-post')
  expect(ruleOf({ id: 'alk-1l-lorlatinib' })).toBe('alk-1l-lorlatinib')
})

test('a source is as old as the years between it and the plan', () => {
  expect(ageInYears(2020, '2026-11-23')).toBe(6)
})

test('what stands at a place of a resource is shown in its words; what is not there is left out', () => {
  const resource = {
    conclusion: 'Five brain metastases.',
    note: [{ text: 'EML4-ALK fusion' }],
    code: { coding: [{ display: 'Adenocarcinoma of lung' }] },
    valueQuantity: { value: 72.5, unit: 'umol/L' },
    content: [{ attachment: { data: btoa('No headache.') } }],
  }
  expect(excerptsOf(resource, ['conclusion', 'note[0]', 'code', 'valueQuantity', 'content[0]', 'component', 'conclusion'])).toEqual([
    { path: 'conclusion', text: 'Five brain metastases.' },
    { path: 'note[0]', text: 'EML4-ALK fusion' },
    { path: 'code', text: 'Adenocarcinoma of lung' },
    { path: 'valueQuantity', text: '72.5 umol/L' },
    { path: 'content[0]', text: 'No headache.' },
  ])
})
