import type { Explanation, Fact } from '@secondwind/core'
import { expect, test } from 'vitest'
import { raisedBy } from './raised-by.ts'

const sources = [{ reference: 'Observation/1' }]
const leaf = (fact: string, truth: Explanation['truth']): Explanation => ({ claim: fact, truth, facts: [fact] })
const all = (truth: Explanation['truth'], ...children: readonly Explanation[]): Explanation => ({
  claim: 'all',
  truth,
  facts: [],
  children,
})
const known = (value: string | number | boolean): Fact => ({ value, sources })

test('names what made it true: not what is silent, denied or without effect', () => {
  const because = all(
    'true',
    leaf('qtc', 'true'),
    all('true', leaf('fever', 'false'), leaf('neutrophils', 'true')),
    all('true', leaf('on-treatment', 'false')),
  )
  const facts: { readonly [id: string]: Fact } = {
    qtc: known(512),
    fever: known(true),
    neutrophils: known(0.4),
    'on-treatment': known(false),
  }
  expect(raisedBy(because, facts)).toEqual(['qtc', 'neutrophils'])
})

test('of what is only suspected it names what is known of it', () => {
  const because = all('unknown', leaf('back-pain', 'true'), leaf('cord-mri', 'unknown'))
  expect(raisedBy(because, { 'back-pain': known(true), 'cord-mri': { unknown: 'not-recorded' } })).toEqual([])
  expect(raisedBy(leaf('back-pain', 'true'), { 'back-pain': known(true) })).toEqual(['back-pain'])
})

test('a fact that nothing in the chart speaks of is not named, nor are more than four', () => {
  const many = ['a', 'b', 'c', 'd', 'e', 'a']
  const because = all('true', ...many.map((id) => leaf(id, 'true')))
  const facts = Object.fromEntries(
    many.map((id) => [id, id === 'b' ? ({ value: true, absence: 'listed', sources: [] } as Fact) : known(1)]),
  )
  expect(raisedBy(because, facts)).toEqual(['a', 'c', 'd', 'e'])
})
