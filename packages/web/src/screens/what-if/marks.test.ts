import type { PlanChange } from '@secondwind/care'
import type { Option, PlanDocument } from '@secondwind/core'
import { expect, test } from 'vitest'
import { addedAlerts, grouped, marksOf, tellingChanges, toldOnce } from './marks.ts'

const option = (id: string, rank: number, more: Partial<Option> = {}): Option =>
  ({ id, rank, standing: 'recommended', needs: [], wouldChange: [], ...more }) as unknown as Option
const plan = (options: readonly Option[]): PlanDocument => ({ options, tests: [] }) as unknown as PlanDocument
const change = (kind: PlanChange['kind'], at: string): PlanChange => ({ kind, at, weight: 'decision', subject: at })

test('an option is marked by what became of it; one that is gone has no mark', () => {
  const present = plan([option('a', 1), option('b', 2), option('c', 3), option('gone', 4)])
  const now = plan([option('new', 1), option('b', 2), option('a', 3), option('c', 4)])
  const marks = marksOf(
    [
      change('new-option', 'options[new]'),
      change('re-ranked', 'options[a]'),
      change('standing', 'options[b].standing'),
      change('dose', 'options[c].regimen'),
      change('option-withdrawn', 'options[gone]'),
      change('dose', 'options[gone].regimen'),
    ],
    present,
    now,
  )
  expect(Object.fromEntries(marks)).toEqual({
    new: { isNew: true },
    a: { movedFrom: 1 },
    b: { standingFrom: 'recommended' },
    c: { isOtherwise: true },
  })
})

test('new alerts are told first, and what was changed by hand is not told again', () => {
  const changes = [change('new-option', 'options[x]'), change('fact', 'case.facts.ecog'), change('alert-added', 'alerts[cord]')]
  expect(grouped(changes).map(({ group }) => group)).toEqual(['alerts', 'appeared'])
  expect([...addedAlerts(changes)]).toEqual(['cord'])
})

test('the same caution of several options is told once, with the options; another one, and what comes or goes, stays apart', () => {
  const caution = (option: string, after: string): PlanChange => ({
    kind: 'instruction',
    weight: 'care',
    at: `options[${option}].cautions`,
    subject: `${option}: caution`,
    after,
  })
  const told = toldOnce([caution('a', 'bleeding'), change('test-added', 'tests[x]'), caution('b', 'lung'), caution('c', 'bleeding')])
  expect(told.map(({ subjects, what }) => [what, subjects])).toEqual([
    ['caution', ['a', 'c']],
    [undefined, ['tests[x]']],
    [undefined, ['b: caution']],
  ])
})

test('facts that would tell are those the plan itself names, the most telling first', () => {
  const present = plan([
    option('a', 1, {
      needs: [{ fact: 'met', ifTrue: '', ifFalse: '' }],
      wouldChange: [{ facts: {}, to: 'alternative', set: ['dementia=true'] }],
    }),
    option('b', 2, {
      needs: [
        { fact: 'met', ifTrue: '', ifFalse: '' },
        { fact: 'histology', ifTrue: '', ifFalse: '' },
      ],
    }),
  ])
  expect(tellingChanges(present, (fact) => fact !== 'histology')).toEqual(['met=yes', 'dementia=yes'])
})
