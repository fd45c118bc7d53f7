import { describe, expect, test } from 'vitest'
import { draftOf, entryKind, unitsFor, valueText } from './entry-value.ts'

const known = (value: boolean | number | string | readonly string[]) => ({ value, sources: [] })
const creatinine = { id: 'c', type: 'quantity', unit: 'umol/L', factors: { 'mg/dL': 88.4 } } as const
const score = { id: 's', type: 'integer' } as const
const wishes = { id: 'w', type: 'codes', values: { a: 'A', b: 'B' } } as const
const goals = { id: 'g', type: 'codes' } as const

describe('what the form begins with and what it sends', () => {
  test.each([
    ['a number keeps its canonical unit', creatinine, known(88.4), '88.4 umol/L'],
    ['a score has no unit', score, known(2), '2'],
    ['yes', { id: 't', type: 'truth' }, known(true), 'yes'],
    ['no', { id: 't', type: 'truth' }, known(false), 'no'],
    ['a list of codes', wishes, known(['a', 'b']), 'a,b'],
    ['nothing known', score, { unknown: 'not-recorded' }, undefined],
    ['a list of words is added to, not repeated', goals, known(['see the sea']), undefined],
  ] as const)('%s', (_name, about, fact, sent) => {
    expect(valueText(about, draftOf(about, fact))).toBe(sent)
  })

  test('a decimal comma is a decimal point', () => {
    expect(valueText(creatinine, { text: ' 1,2 ', unit: 'mg/dL', chosen: [] })).toBe('1.2 mg/dL')
  })

  test('units are offered where there are several, and none for counts', () => {
    expect(unitsFor(creatinine)).toEqual(['umol/L', 'mg/dL'])
    expect(unitsFor({ id: 'r', type: 'quantity', unit: '1' })).toEqual([])
    expect(unitsFor({ id: 'p', type: 'quantity', unit: '{PackYears}' })).toEqual([])
  })

  test('each kind of fact has its kind of field', () => {
    expect(entryKind(goals)).toBe('line')
    expect(entryKind(wishes)).toBe('choices')
    expect(entryKind({ id: 'd', type: 'date' })).toBe('day')
    expect(entryKind({ id: 'm', type: 'list' })).toBe('line')
    expect(entryKind({ id: 'h', type: 'code', values: { a: 'A' } })).toBe('choice')
    expect(entryKind({ id: 'h', type: 'code' })).toBe('words')
    expect(entryKind({ id: 'h', type: 'text' })).toBe('words')
  })
})
