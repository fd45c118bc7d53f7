import type { Need, Option, PlanDocument, PlannedTest, Standing } from '@secondwind/core'
import { expect, test } from 'vitest'
import { decidingTests } from './deciding.ts'
import { potentialIn, standingIn, standsAs, wouldBe } from './sayings.ts'

const need = (id: string, ifTrue: string, ifFalse: string): Need => ({ fact: `fact-${id}`, test: id, ifTrue, ifFalse })
const option = (standing: Standing, more: Partial<Option> = {}): Option =>
  ({ id: 'o', standing, standingBecause: '', needs: [], ...more }) as unknown as Option
const waits = (potential: Standing, ...needs: readonly Need[]): Option =>
  option('needs-data', { standingBecause: wouldBe(potential, 'why'), needs })
const OTHERS = 'other facts would still be needed'
const documentOf = (options: readonly Option[], tests: readonly (readonly [id: string, urgency: string])[]): PlanDocument =>
  ({ options, tests: tests.map(([id, urgency]): PlannedTest => ({ id, urgency }) as PlannedTest) }) as unknown as PlanDocument

const SOON = [
  ['ngs', 'soon'],
  ['ecg', 'soon'],
] as const

test.each<{
  name: string
  options: readonly Option[]
  tests?: typeof SOON | readonly (readonly [string, string])[]
  deciding: readonly string[]
}>([
  { name: 'nothing is open', options: [option('recommended')], deciding: [] },
  {
    name: 'a harm that is not known would take the first away',
    options: [option('recommended', { needs: [need('ecg', 'not an option', standsAs('recommended'))] })],
    deciding: ['ecg'],
  },
  {
    name: 'a result would open what stands as high as the treatment that can begin',
    options: [option('recommended'), waits('recommended', need('ngs', standsAs('recommended'), 'not an option'))],
    deciding: ['ngs'],
  },
  {
    name: 'a result would open only what stands lower',
    options: [option('recommended'), waits('alternative', need('ngs', standsAs('alternative'), 'not an option'))],
    deciding: [],
  },
  {
    name: 'what is given goes on: one as good changes nothing today',
    options: [
      option('recommended', { procedure: 'continue' }),
      waits('recommended', need('ngs', standsAs('recommended'), 'not an option')),
    ],
    deciding: [],
  },
  {
    name: 'what is given goes on only on a condition',
    options: [
      option('conditional', { procedure: 'continue' }),
      waits('recommended', need('ngs', standsAs('recommended'), 'not an option')),
    ],
    deciding: ['ngs'],
  },
  {
    name: 'several facts are open together, and the option would be recommended',
    options: [option('recommended'), waits('recommended', need('ngs', OTHERS, OTHERS), need('ecg', OTHERS, OTHERS))],
    deciding: ['ngs', 'ecg'],
  },
  {
    name: 'several facts are open together, and the option would be one among others',
    options: [option('recommended'), waits('alternative', need('ngs', OTHERS, 'not an option'))],
    deciding: [],
  },
  {
    name: 'the plan waits for a result, and what stands behind it hangs on another',
    options: [
      option('recommended', {
        procedure: 'test-first',
        needs: [need('ngs', 'opens the treatment that fits the result', 'the plan goes on without it')],
      }),
      option('alternative', { needs: [need('ecg', 'not an option', standsAs('alternative'))] }),
    ],
    deciding: ['ngs', 'ecg'],
  },
  {
    name: 'everything waits',
    options: [waits('alternative', need('ngs', standsAs('alternative'), 'not an option'))],
    deciding: ['ngs'],
  },
  {
    name: 'a test that nobody is sent to',
    options: [option('recommended', { needs: [need('biopsy', 'not an option', standsAs('recommended'))] })],
    deciding: [],
  },
  {
    name: 'an emergency that a test would settle',
    options: [option('recommended')],
    tests: [
      ['mri', 'emergency'],
      ['ngs', 'soon'],
    ],
    deciding: ['mri'],
  },
])('$name', ({ options, tests = SOON, deciding }) => expect(decidingTests(documentOf(options, tests))).toEqual(deciding))

test('a standing that is said is the one that is read again', () => {
  for (const standing of ['recommended', 'alternative', 'conditional'] as const) {
    expect(standingIn(standsAs(standing))).toBe(standing)
    expect(potentialIn(wouldBe(standing, 'stands as recommended'))).toBe(standing)
  }
  expect(standingIn(OTHERS)).toBeUndefined()
  expect(potentialIn('a missing fact decides whether it is safe: x')).toBeUndefined()
})
