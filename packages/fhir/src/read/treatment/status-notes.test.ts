import { expect, test } from 'vitest'
import { brainMetastasis, liverMetastasis, readTreated, scan, status, taken } from '../../../test/treatment.ts'

const OSIMERTINIB = taken('osimertinib', '2025-06-10')
const noted = (text: string) => ({ note: [{ text }] })
const read = (text: string) => readTreated([liverMetastasis('2025-05-01'), OSIMERTINIB, status('progression', '2026-11-13', noted(text))])

test.each([
  { text: 'Oligoprogression', kind: 'oligo' },
  { text: 'Oligoprogression: one lesion in the left adrenal', kind: 'oligo' },
  { text: 'Oligoprogressive disease, left adrenal only', kind: 'oligo' },
  { text: 'Isolated progression of the left adrenal metastasis', kind: 'oligo' },
  { text: 'Progression in the left adrenal only; everything else in response', kind: 'oligo' },
  { text: 'CNS only progression', kind: 'cns-only' },
  { text: 'Progression in the brain only; extracranial disease stable', kind: 'cns-only' },
  { text: 'Multifocal progression', kind: 'systemic' },
  { text: 'Not oligoprogressive', kind: undefined },
  { text: 'Possible oligoprogression', kind: undefined },
  { text: 'Progression', kind: undefined },
])('the note of a coded status says how the disease grows: $text', ({ text, kind }) => {
  expect(read(text).value('progression-kind')).toBe(kind)
})

test('a report that calls it oligoprogression, or all else stable, says so too', () => {
  const reported = (conclusion: string) =>
    readTreated([
      liverMetastasis('2025-05-01'),
      OSIMERTINIB,
      scan('CT of the chest and abdomen', '2026-11-03', conclusion),
      status('progression', '2026-11-13'),
    ]).value('progression-kind')
  expect(reported('Oligoprogression: left adrenal metastasis grown to 28 mm.')).toBe('oligo')
  expect(reported('Left adrenal metastasis has grown from 15 to 28 mm. All other lesions stable.')).toBe('oligo')
  expect(reported('Left adrenal metastasis has grown from 15 to 28 mm.')).toBe(undefined)
})

test('a drug named only in the status of the disease was given, and the chart is told', () => {
  const { value, issues } = readTreated([
    brainMetastasis('2025-05-01'),
    status('progression', '2026-11-13', noted('Progression on osimertinib: new liver metastases')),
  ])
  expect(value('prior-drugs')).toEqual(['osimertinib'])
  expect(value('last-systemic-on')).not.toBe('never')
  expect(issues.map(({ message }) => message)).toContainEqual(
    expect.stringContaining('osimertinib is named in words about the disease only'),
  )
})

test('a drug that is planned or was declined is none that was given; an order leaves the words aside', () => {
  const after = (text: string) =>
    readTreated([liverMetastasis('2025-05-01'), status('progression', '2026-11-13', noted(text))]).value('prior-drugs')
  expect(after('Progression; osimertinib planned')).toBe(undefined)
  expect(after('Progression; osimertinib declined')).toBe(undefined)
  expect(after('Progression, switch to osimertinib')).toBe(undefined)
  expect(after('Progression: start osimertinib')).toBe(undefined)
  expect(after('Progression. Next osimertinib')).toBe(undefined)
  expect(after('Progression under carboplatin and pemetrexed')).toEqual(['carboplatin', 'pemetrexed'])
  expect(after('Progressive disease after first-line osimertinib')).toEqual(['osimertinib'])
  expect(read('Progression on osimertinib').issues.filter(({ message }) => message.includes('words about the disease only'))).toEqual([])
  expect(read('Progression on osimertinib').value('current-drugs')).toEqual(['osimertinib'])
})
