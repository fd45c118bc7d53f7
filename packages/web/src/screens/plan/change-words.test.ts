import type { FactWords } from '@secondwind/server/contract'
import { expect, test } from 'vitest'
import type { Named } from '../../planner/use-knowledge-words.ts'
import { changeWords } from './change-words.ts'

const quantity = (unit: string): FactWords => ({ id: 'f', label: 'F', type: 'quantity', group: 'labs', unit }) as FactWords

test.each([
  ['0.4', '10*9/L', '0.4 ×10⁹/L'],
  ['130', 'umol/L', '130 µmol/L'],
  ['2', '1', '2'],
  // a unit that was typed stays as it was typed
  ['1.2 mg/dL', 'umol/L', '1.2 mg/dL'],
])('%s of a fact in %s is written for people: %s', (value, unit, words) => {
  expect(changeWords(value, quantity(unit), {} as Named, (key) => key)).toBe(words)
})
