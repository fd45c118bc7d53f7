import type { Fact, FactDefinition, PatientCase, Vocabulary } from '@secondwind/core'
import { expect, test } from 'vitest'
import { story } from './story.ts'

const LABELS: readonly (readonly [id: string, label: string])[] = [
  ['pregnancy', 'Pregnant'],
  ['in-hospice', 'Enrolled in hospice'],
  ['dialysis', 'On dialysis'],
  ['ild', 'Interstitial lung disease'],
  ['autoimmune-active', 'Autoimmune disease active'],
]
const registry = [
  ...LABELS.map(([id, label]) => ({ id, label, type: 'truth', group: 'conditions' })),
  { id: 'organ-transplant', label: 'Transplant', type: 'codes', group: 'conditions', values: { liver: 'liver', kidney: 'kidney' } },
] as unknown as readonly FactDefinition[]
const words = { facts: registry, position: new Map(registry.map(({ id }, at) => [id, at])) } as unknown as Vocabulary
const told = (facts: { readonly [id: string]: unknown }): string =>
  story({ facts: facts as { readonly [id: string]: Fact } } as unknown as PatientCase, words)
const source = { resource: 'Condition/1' }

test.each(LABELS)('%s is said when it is known to be true, and only then', (id, label) => {
  const said = `${label.charAt(0).toLowerCase()}${label.slice(1)}`
  expect(told({ [id]: { value: true, source } })).toContain(`; ${said}; `)
  expect(told({ [id]: { value: false, source } })).not.toContain(said)
  expect(told({ [id]: { unknown: 'not-recorded' } })).not.toContain(said)
  expect(told({})).not.toContain(said)
})

test('a transplant is said with its organ, behind the other states', () => {
  const facts = { 'organ-transplant': { value: ['liver', 'kidney'], source }, pregnancy: { value: true, source } }
  expect(told(facts)).toContain('; pregnant, transplant: liver, kidney; ')
  expect(told({ 'organ-transplant': { value: [], source } })).not.toContain('transplant')
})
