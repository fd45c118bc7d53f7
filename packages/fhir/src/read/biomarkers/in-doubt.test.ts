import { describe, expect, test as it } from 'vitest'
import { readChart, report, test, value, variant } from '../../../test/biomarkers/context.ts'
import type { Resource } from '../context.ts'

const inDoubt = (...resources: readonly Resource[]) => {
  const read = readChart(...resources)
  return {
    value: value(read, 'fusions-in-doubt'),
    said: read.issues.some(({ message }) => message.includes('neither positive nor negative')),
  }
}

describe('a fusion that a stain or FISH leaves in doubt is named', () => {
  it.each([
    { name: 'a stain of 2+', chart: [test('ALK IHC', '2+')], genes: ['alk'] },
    { name: 'a stain of 1+', chart: [test('ALK IHC', 'score 1')], genes: ['alk'] },
    { name: 'an equivocal stain', chart: [test('ALK immunohistochemistry (D5F3)', 'Equivocal (2+)')], genes: ['alk'] },
    { name: 'an equivocal FISH', chart: [test('ALK FISH', 'Equivocal, 12% of cells')], genes: ['alk'] },
    { name: 'a report', chart: [report('EGFR: no mutation. ALK IHC 2+, FISH to follow.')], genes: ['alk'] },
    { name: 'a positive screening stain', chart: [test('ROS1 IHC', 'Positive')], genes: ['ros1'] },
    { name: 'two genes', chart: [test('ALK IHC', '2+'), test('ROS1 IHC', '2+')], genes: ['alk', 'ros1'] },
  ])('$name', ({ chart, genes }) => expect(inDoubt(...chart)).toEqual({ value: genes, said: true }))

  it.each([
    { name: 'nothing tested', chart: [] },
    { name: 'a strong stain', chart: [test('ALK IHC', '3+')] },
    { name: 'no stain', chart: [test('ALK IHC', 'score 0')] },
    { name: 'settled by FISH', chart: [test('ALK IHC', '2+'), test('ALK FISH', 'Not rearranged')] },
    { name: 'found by FISH', chart: [test('ALK IHC', '2+'), test('ALK FISH', 'Rearranged')] },
    { name: 'pending', chart: [test('ALK FISH', 'Pending')] },
    { name: 'a variant of unknown meaning', chart: [variant(['ALK'], { protein: 'p.Val1229Met', significance: 'uncertain' })] },
  ])('not: $name', ({ chart }) => {
    const read = inDoubt(...chart)
    expect(read.said).toBe(false)
    expect(read.value).toBe('?unsettled')
  })
})

it('a stain of 2+ is no ALK fusion', () => {
  const read = readChart(test('ALK IHC', '2+'))
  expect(value(read, 'alk-fusion')).toBe('?not-informative')
  expect(read.facts['alk-fusion']).toMatchObject({ would: 'alk-fish-or-rna' })
  expect(value(readChart(test('ALK IHC', '3+')), 'alk-fusion')).toBe(true)
})
