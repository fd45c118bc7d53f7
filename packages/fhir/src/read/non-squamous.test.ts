import { describe, expect, test } from 'vitest'
import { answer, clinicalCase, condition, note, reported, result } from '../../test/clinical.ts'

const facts = (...resources: Parameters<typeof clinicalCase>[0]) => {
  const read = clinicalCase(resources)
  return { histology: answer(read, 'histology'), excluded: answer(read, 'squamous-excluded') }
}
const lung = condition('icd10|C34.11', { id: 'lung' })
const nsclc = condition('snomed|254637007', { id: 'nsclc' })

describe('a tumour of which only "non-squamous" is said', () => {
  test.each([
    { name: 'as the diagnosis', chart: [condition('Non-squamous non-small cell lung cancer')] },
    {
      name: 'beside a code',
      chart: [condition('', { code: { coding: [{ system: 'http://snomed.info/sct', code: '254637007' }], text: 'NSCLC, nonsquamous' } })],
    },
    { name: 'in its note', chart: [{ ...nsclc, note: [{ text: 'Histology: not squamous.' }] }] },
    { name: 'as a histology result', chart: [nsclc, result('loinc|31206-6', { valueString: 'NSCLC, non-squamous' })] },
    { name: 'in a pathology report', chart: [nsclc, reported('Biopsy', 'NSCLC; squamous cell carcinoma excluded.', '2026-10-01', 'PAT')] },
    { name: 'in a note', chart: [lung, note('62-year-old man with metastatic non-squamous NSCLC.')] },
  ])('$name', ({ chart }) => expect(facts(...chart)).toEqual({ histology: 'nsclc-nos', excluded: true }))

  test.each([
    { name: 'nobody says so', chart: [nsclc], histology: 'nsclc-nos' },
    {
      name: 'suspected only',
      chart: [nsclc, result('loinc|31206-6', { valueString: 'NSCLC, possibly non-squamous' })],
      histology: 'nsclc-nos',
    },
    {
      name: 'squamous not excluded',
      chart: [nsclc, reported('Biopsy', 'NSCLC, squamous not excluded.', '2026-10-01', 'PAT')],
      histology: 'nsclc-nos',
    },
    { name: 'the label of a drug', chart: [nsclc, note('Pemetrexed is approved in non-squamous NSCLC.')], histology: 'nsclc-nos' },
    { name: 'a subtype says more', chart: [condition('snomed|254626006'), note('Non-squamous NSCLC.')], histology: 'adenocarcinoma' },
  ])('not: $name', ({ chart, histology }) => expect(facts(...chart)).toEqual({ histology, excluded: false }))

  test('a squamous histology stands, and the contradiction is said', () => {
    const read = clinicalCase([condition('snomed|254634000'), note('Metastatic non-squamous NSCLC.')])
    expect(answer(read, 'histology')).toBe('squamous')
    expect(answer(read, 'squamous-excluded')).toBe(false)
    expect(read.issues.some(({ code, message }) => code === 'contradictory-result' && message.includes('non-squamous'))).toBe(true)
  })
})
