import type { CaseView } from '@secondwind/server/contract'
import { expect, test } from 'vitest'
import { sourceLabel, sourceNames } from './source-names.ts'

const names = sourceNames({
  sections: [
    {
      id: 'biomarkers',
      main: 1,
      facts: [
        {
          id: 'alk-fusion',
          fact: { value: true, sources: [] },
          sources: [
            { reference: 'Observation/8', title: 'ALK gene rearrangement', on: '2026-11-17' },
            { reference: 'Observation/9', on: '2026-11-18' },
          ],
        },
      ],
    },
  ],
  symptoms: [{ id: 'pain', fact: { value: true, sources: [] }, sources: [{ reference: 'Condition/p', title: 'Pain' }] }],
  pending: [],
} as unknown as CaseView)

test.each([
  ['Observation/8', 'ALK gene rearrangement, 2026-11-17'],
  ['Observation/9', 'Observation, 2026-11-18'],
  ['Condition/p', 'Pain'],
  // nothing is known of it: its place in the chart tells it from another of its kind
  ['Observation/10', 'Observation/10'],
])('%s is called %s', (reference, label) => {
  expect(sourceLabel(reference, names, (day) => day)).toBe(label)
})
