import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Json, liverMetastasis, readTreated, scan, status, taken } from '../../../test/treatment.ts'
import { LINE_CASES } from '../../../test/treatment-cases.ts'
import { DATED_CASES } from '../../../test/treatment-cases-dates.ts'

const CASES = [...LINE_CASES, ...DATED_CASES]

describe('treatment history', () => {
  test.each(CASES)('$name', ({ chart, facts }) => {
    const read = readTreated(chart)
    const seen = Object.fromEntries(Object.keys(facts).map((fact) => [fact, read.value(fact)]))
    expect(seen).toEqual(facts)
  })

  test('the order of the resources does not matter', () => {
    const answers = new Map(CASES.map((one) => [one, JSON.stringify(snapshot(one.chart))]))
    fc.assert(
      fc.property(fc.constantFrom(...CASES), fc.infiniteStream(fc.nat(1000)), (one, keys) => {
        const shuffled = [...one.chart].map((resource) => ({ resource, key: keys.next().value ?? 0 })).sort((a, b) => a.key - b.key)
        expect(JSON.stringify(snapshot(shuffled.map(({ resource }) => resource)))).toBe(answers.get(one))
      }),
      { seed: 20261123, numRuns: 120 },
    )
  })
})

function snapshot(chart: readonly Json[]): unknown {
  const read = readTreated(chart)
  return [[...read.findings.settled].sort(([a], [b]) => (a < b ? -1 : 1)), read.issues.map((issue) => JSON.stringify(issue)).sort()]
}

test('imaging words: growth in one place is progression, with its site', () => {
  const read = readTreated([
    liverMetastasis('2025-01-01'),
    taken('osimertinib', '2025-02-01'),
    scan(
      'CT of chest and abdomen',
      '2026-11-01',
      'Primary tumour stable. Two new liver lesions, otherwise no new lesions. Oligoprogression.',
    ),
  ])
  expect(read.value('progressing-now')).toBe(true)
  expect(read.value('progressing-sites')).toEqual(['liver'])
  expect(read.value('progressing-lesion-count')).toBe(2)
  expect(read.value('progression-kind')).toBe('oligo')
  expect(read.value('disease-status')).toBe('progression')
})

test('two coded assessments of one day that contradict leave progression unknown', () => {
  const read = readTreated([
    liverMetastasis('2025-01-01'),
    taken('osimertinib', '2025-02-01'),
    status('progression', '2026-11-01'),
    status('stable', '2026-11-01'),
  ])
  expect(read.value('progressing-now')).toBe('unknown: conflicting')
  expect(read.issues.map((issue) => issue.code)).toContain('contradictory-result')
})

test('a quiet brain scan days later does not take back progression in the body', () => {
  const read = readTreated([
    liverMetastasis('2025-01-01'),
    taken('osimertinib', '2025-02-01'),
    status('progression', '2026-11-01', { note: [{ text: 'New bone lesions' }] }),
    scan('MRI of the brain', '2026-11-05', 'Treated metastasis stable. No new lesions.'),
  ])
  expect([read.value('progressing-now'), read.value('disease-status'), read.value('progressing-sites')]).toEqual([
    true,
    'progression',
    ['bone'],
  ])
})

test('a quiet brain scan alone says nothing of the body', () => {
  const read = readTreated([
    liverMetastasis('2025-01-01'),
    taken('osimertinib', '2025-02-01'),
    scan('MRI of the brain', '2026-11-05', 'Stable. No new lesions.'),
  ])
  expect(read.value('progressing-now')).toBeUndefined()
})

test('a new brain metastasis on a brain scan is progression, in the brain', () => {
  const read = readTreated([
    liverMetastasis('2025-01-01'),
    taken('osimertinib', '2025-02-01'),
    status('stable', '2026-10-01'),
    scan('MRI of the brain', '2026-11-05', 'Two new brain lesions, 5 and 8 mm.'),
  ])
  expect([read.value('progressing-now'), read.value('progressing-sites')]).toEqual([true, ['brain']])
})

test('a visit that calls the patient stable does not take back progression on the scan', () => {
  const read = readTreated([
    liverMetastasis('2025-01-01'),
    taken('osimertinib', '2025-02-01'),
    scan('CT chest and abdomen', '2026-11-01', 'Progressive disease in the liver.'),
    {
      resourceType: 'ClinicalImpression',
      id: 'ci',
      status: 'completed',
      subject: { reference: 'Patient/ann' },
      date: '2026-11-10',
      summary: 'Patient clinically stable.',
    },
  ])
  expect(read.value('progressing-now')).toBe(true)
})

test.each([
  'Hypertension stable.',
  'Patient clinically stable.',
  'Osimertinib continued at a stable dose.',
  'Progression of COPD.',
  'Suspected progression, CT ordered.',
  'No complaints.',
])('the words of a visit that are not about the tumour leave progression open: %s', (summary) => {
  const read = readTreated([
    liverMetastasis('2025-01-01'),
    taken('osimertinib', '2025-02-01'),
    {
      resourceType: 'ClinicalImpression',
      id: 'ci',
      status: 'completed',
      subject: { reference: 'Patient/ann' },
      date: '2026-11-10',
      summary,
    },
  ])
  expect(read.value('progressing-now')).toBeUndefined()
})

test('a drug for another disease is not treatment of the lung cancer', () => {
  const read = readTreated([
    liverMetastasis('2025-01-01'),
    taken('cyclophosphamide', '2020-02-01', '2020-06-01', { reasonCode: [{ text: 'Breast cancer' }] }),
  ])
  expect(read.value('prior-drugs')).toBeUndefined()
})
