import type { KnowledgeBase } from '@secondwind/core'
import { expect, test } from 'vitest'
import { evidenceOf } from './explain-rule.ts'

const knowledge = {
  sources: {
    seen: { id: 'seen', title: 'Seen', kind: 'trial', url: 'https://example.org/a', accessed: '2026-11-23', review: 'confirmed' },
    unseen: { id: 'unseen', title: 'Unseen', kind: 'other', accessed: '2026-11-23', review: 'unconfirmed' },
  },
} as unknown as KnowledgeBase

test('each citation says for itself that nobody has seen it', () => {
  const cites = [
    { source: 'seen', at: 'abstract', says: 'half' },
    { source: 'seen', at: 'table 2', says: 'a third', review: 'unconfirmed' as const },
    { source: 'unseen', at: 'notes', says: 'all' },
  ]
  expect(evidenceOf(cites, knowledge)).toEqual([
    { source: 'seen', at: 'abstract', says: 'half', url: 'https://example.org/a' },
    { source: 'seen', at: 'table 2', says: 'a third', url: 'https://example.org/a', review: 'unconfirmed' },
    { source: 'unseen', at: 'notes', says: 'all', review: 'unconfirmed' },
  ])
})

test('the mark needs no sources: a page that loads them later says it from the start', () => {
  const first = { ...knowledge, sources: {} }
  expect(evidenceOf([{ source: 'seen', at: 'table 2', says: 'a third', review: 'unconfirmed' }], first)).toEqual([
    { source: 'seen', at: 'table 2', says: 'a third', review: 'unconfirmed' },
  ])
})

test('a lasting identifier is the address, before a page that may move', () => {
  const page = 'https://example.org/a'
  const source = (id: string, extra: object) => ({
    id,
    title: id,
    kind: 'trial',
    url: page,
    accessed: '2026-11-23',
    review: 'confirmed',
    ...extra,
  })
  const sources = { doi: source('doi', { doi: '10.1/x', pmid: '7' }), pmid: source('pmid', { pmid: '7' }), page: source('page', {}) }
  const base = { sources } as unknown as KnowledgeBase
  const urls = evidenceOf(
    ['doi', 'pmid', 'page'].map((id) => ({ source: id, at: 'abstract', says: 'half' })),
    base,
  ).map(({ url }) => url)
  expect(urls).toEqual(['https://doi.org/10.1/x', 'https://pubmed.ncbi.nlm.nih.gov/7/', page])
})
