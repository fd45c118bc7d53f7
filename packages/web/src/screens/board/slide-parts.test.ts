import type { PlanDocument } from '@secondwind/core'
import type { BoardCase } from '@secondwind/server/contract'
import { expect, test } from 'vitest'
import { type SlideWords, slidePartsOf } from './slide-parts.ts'

const words = new Proxy({} as SlideWords, {
  get: (_, key: string) =>
    ['more', 'dissent', 'day', 'standing', 'urgency'].includes(key) ? (...given: unknown[]) => `${key}(${given.join(', ')})` : key,
})
const because = (claim: string) => ({ claim })
const bar = (i: number, reason: string) => ({
  rule: `${reason}-${i}`,
  treatment: `${reason} ${i}`,
  reason,
  because: because(`why ${reason} ${i}`),
  evidence: [],
})
const plan = {
  case: { story: 'a story' },
  alerts: Array.from({ length: 8 }, (_, i) => ({
    id: `a${i}`,
    urgency: 'emergency',
    title: `alert ${i}`,
    actions: [`act ${i}`, `then ${i}`],
  })),
  options: Array.from({ length: 6 }, (_, i) => ({
    rank: i + 1,
    title: `option ${i}`,
    standing: 'alternative',
    standingBecause: 'x',
    against: `against ${i}`,
    evidence: [],
  })),
  notAdvised: [...Array.from({ length: 15 }, (_, i) => bar(i, 'unsafe')), ...Array.from({ length: 9 }, (_, i) => bar(i, 'ineffective'))],
  tests: [],
} as unknown as PlanDocument
const boardCase = {
  question: 'what now?',
  readiness: {
    state: 'blocked',
    items: [
      { id: '1', kind: 'test', title: 'panel', isBlocking: true },
      { id: '2', kind: 'plan', title: 'smoking', isBlocking: false, ownerName: 'Nina' },
    ],
  },
  decision: {
    title: 'osimertinib',
    reason: 'r',
    recordedAt: '2026-11-23T10:00:00Z',
    dissent: [{ who: 'Ada', reason: 'no' }],
    againstPlan: { reason: 'has ended', lines: [{ rule: 'x', says: 'never in pregnancy', why: 'harms' }] },
  },
} as unknown as BoardCase

const parts = slidePartsOf(boardCase, plan, words)
const told = parts.flatMap(({ lines = [], table = [] }) => [...lines.map(({ text }) => text), ...table.flat()])

test('every alert and everything unsafe stands on the slides, with what to do and why', () => {
  for (let i = 0; i < 8; i++) expect(told).toContain(`urgency(emergency): alert ${i}. act ${i}`)
  for (let i = 0; i < 15; i++) expect(told).toContain(`unsafe ${i}: why unsafe ${i}`)
  expect(Math.max(...parts.map(({ lines = [] }) => lines.length))).toBeLessThanOrEqual(12)
})

test('alerts and what is unsafe come before the options; what is cut says how much, and stands in the notes', () => {
  const at = (text: string) => parts.findIndex((part) => JSON.stringify(part.lines ?? part.table).includes(text))
  expect(at('alert 7')).toBeLessThan(at('option 0'))
  expect(at('unsafe 14')).toBeLessThan(at('option 0'))
  expect(told).toContain('more(2)')
  expect(told).toContain('more(3)')
  const notes = parts.flatMap((part) => part.notes).join('\n')
  for (const text of ['option 5', 'why ineffective 8', 'then 7']) expect(notes).toContain(text)
})

test('what the decision needs stands apart from what can wait, with who sees to it', () => {
  expect(told.slice(told.indexOf('needed'), told.indexOf('needed') + 4)).toEqual(['needed', 'panel: nobody', 'canWait', 'smoking: Nina'])
})

test('a decision against the plan says so on its slide', () => {
  for (const text of ['never in pregnancy. harms', 'has ended', 'dissent(Ada, no)']) expect(told).toContain(text)
})
