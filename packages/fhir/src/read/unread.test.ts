import { expect, test } from 'vitest'
import { condition, reported } from '../../test/clinical.ts'
import { readCase } from '../../test/reading.ts'

const unread = (conclusion: string): readonly string[] =>
  readCase([
    condition('snomed|254626006', { id: 'lung', onsetDateTime: '2026-10-01' }),
    { ...reported('CT chest and abdomen', conclusion, '2026-11-12'), id: 'ct' },
  ])
    .issues.filter(({ code, path }) => code === 'unread-text' && path.startsWith('DiagnosticReport/ct'))
    .map(({ message }) => message)

test('a report that was used is not called unread', () => {
  expect(unread('Single growing lesion in the left adrenal (28 mm); all other sites stable.')).toEqual([])
  expect(unread('Progressive disease')).toEqual([])
  expect(unread('Disease progression in liver.')).toEqual([])
})

test('of a report read in part the rest is named, once', () => {
  expect(unread('Disease progression in liver. A horseshoe kidney is seen incidentally.')).toEqual([
    'not read: "A horseshoe kidney is seen incidentally."',
  ])
  expect(unread('Large right pleural effusion. A horseshoe kidney is seen incidentally.')).toEqual([
    'not read: "A horseshoe kidney is seen incidentally."',
  ])
})

test('a report in which nothing was understood is named whole', () => {
  expect(unread('A horseshoe kidney is seen incidentally.').join(' ')).toContain('horseshoe kidney')
})
