import { describe, expect, test } from 'vitest'
import { answer, clinicalCase, coded, concept, condition, note, reported, result, verified, withStatus } from '../../test/clinical.ts'
import { codesOf } from '../../test/reading.ts'

const extension = (code: string) => ({
  extension: [
    { url: 'http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior', valueCodeableConcept: concept(code) },
  ],
})
const osimertinib = {
  resourceType: 'MedicationStatement',
  id: 'm',
  status: 'active',
  subject: { reference: 'Patient/ann' },
  effectivePeriod: { start: '2025-01-10' },
  effectiveDateTime: '2025-01-10',
}

describe('histology', () => {
  test.each([
    { name: 'NSCLC by SNOMED', code: 'snomed|254637007', expected: 'nsclc-nos' },
    { name: 'adenocarcinoma by SNOMED', code: 'snomed|254626006', expected: 'adenocarcinoma' },
    { name: 'small cell by SNOMED', code: 'snomed|254632001', expected: 'sclc' },
    { name: 'squamous by SNOMED', code: 'snomed|254634000', expected: 'squamous' },
    { name: 'C34.11 alone says only that it is lung', code: 'icd10|C34.11', expected: 'lung-nos' },
    { name: 'words', code: 'Metastatic lung adenocarcinoma', expected: 'adenocarcinoma' },
    { name: 'words, non-squamous is not squamous', code: 'Non-squamous non-small cell lung cancer', expected: 'nsclc-nos' },
    { name: 'words, large cell neuroendocrine', code: 'Large cell neuroendocrine carcinoma of lung', expected: 'lcnec' },
    { name: 'words, small cell', code: 'Small cell lung cancer, extensive stage', expected: 'sclc' },
  ])('$name', ({ code, expected }) => {
    const read = clinicalCase([condition(code)])
    expect(answer(read, 'histology')).toBe(expected)
    expect(answer(read, 'histology-from-text')).toBe(!code.includes('|'))
  })

  test.each([
    { name: 'adenocarcinoma', code: 'icdo3|8140/3', expected: 'adenocarcinoma' },
    { name: 'LCNEC', code: 'icdo3|8013/3', expected: 'lcnec' },
    { name: 'small cell', code: 'icdo3|8041/3', expected: 'sclc' },
    { name: 'written as mCODE 4 writes it', code: 'icdo3|80703/3', expected: 'squamous' },
  ])('ICD-O-3 of the pathology refines C34: $name', ({ code, expected }) => {
    expect(answer(clinicalCase([condition('icd10|C34.12'), result('loinc|31206-6', coded(code))]), 'histology')).toBe(expected)
  })

  test('the extension refines the code without a contradiction', () => {
    const read = clinicalCase([condition('snomed|254637007', extension('snomed|1187332001'))])
    expect(answer(read, 'histology')).toBe('adenocarcinoma')
    expect(codesOf(read.issues)).not.toContain('contradictory-result')
  })

  test('squamous beside adenocarcinoma is a contradiction', () => {
    const read = clinicalCase([condition('snomed|254634000'), condition('snomed|254626006')])
    expect(answer(read, 'histology')).toBe('<conflicting>')
    expect(codesOf(read.issues)).toContain('contradictory-result')
  })

  test('small cell in a biopsy under treatment is a transformation', () => {
    const read = clinicalCase([
      condition('snomed|254626006', { onsetDateTime: '2025-01-01' }),
      osimertinib,
      reported('Liver biopsy pathology', 'Small cell carcinoma, consistent with transformation.', '2026-10-01', 'PAT'),
    ])
    expect(answer(read, 'histology')).toBe('adenocarcinoma')
    expect(answer(read, 'transformed-histology')).toBe('small-cell')
  })

  const start = condition('snomed|254626006', { onsetDateTime: '2025-01-01' })

  test.each([
    'Small cell carcinoma: transformation of the known EGFR-mutated adenocarcinoma. Synaptophysin positive.',
    'Adenocarcinoma transformed to small cell carcinoma.',
    'Metastatic small cell carcinoma, transformed from adenocarcinoma',
    'Small cell carcinoma (known adenocarcinoma of the lung).',
    'Combined small cell carcinoma and adenocarcinoma',
    'High-grade neuroendocrine carcinoma, small cell type, arising in adenocarcinoma',
    'Metastatic carcinoma with small-cell morphology. Clonally related to the prior adenocarcinoma.',
  ])('a later report that names the old and the new histology: %s', (text) => {
    const read = clinicalCase([start, osimertinib, reported('Liver biopsy pathology', text, '2026-10-01', 'PAT')])
    expect(answer(read, 'histology')).toBe('adenocarcinoma')
    expect(answer(read, 'transformed-histology')).toBe('small-cell')
  })

  test.each([
    { text: 'Adenocarcinoma. No small-cell or squamous transformation.', expected: 'none' },
    { text: 'Adenocarcinoma rather than small cell carcinoma.', expected: 'none' },
    { text: 'Adenocarcinoma with squamous transformation.', expected: 'squamous' },
    { text: 'Adenocarcinoma, possible small cell transformation.', expected: '<not-informative>' },
  ])('denied, suspected and squamous: $text', ({ text, expected }) => {
    const read = clinicalCase([start, osimertinib, reported('Liver biopsy pathology', text, '2026-10-01', 'PAT')])
    expect(answer(read, 'transformed-histology')).toBe(expected)
  })

  test.each([
    { text: 'Rebiopsy of the liver showed transformation to small cell carcinoma.', expected: 'small-cell' },
    { text: 'Progression after small cell transformation.', expected: 'small-cell' },
    { text: 'Plan: rebiopsy to look for small cell transformation.', expected: '<not-tested>' },
    { text: 'RB1 loss: risk of small cell transformation.', expected: '<not-tested>' },
    { text: 'Consider biopsy for small cell transformation.', expected: '<not-tested>' },
    { text: 'No small cell transformation.', expected: '<not-tested>' },
  ])('a note says it, or speaks of a search or a risk: $text', ({ text, expected }) => {
    expect(answer(clinicalCase([start, osimertinib, note(text)]), 'transformed-histology')).toBe(expected)
  })

  test('a diagnosis that was rewritten to the new histology keeps the first one', () => {
    const read = clinicalCase([
      condition('snomed|254632001', { code: { ...concept('snomed|254632001'), text: 'SCLC transformed from EGFR-mutant adenocarcinoma' } }),
      osimertinib,
    ])
    expect(answer(read, 'histology')).toBe('adenocarcinoma')
    expect(answer(read, 'transformed-histology')).toBe('small-cell')
  })

  test('small cell beside adenocarcinoma in the first biopsy is combined', () => {
    const first = reported('Lung biopsy pathology', 'Adenocarcinoma with a small cell component.', '2025-01-03', 'PAT')
    expect(answer(clinicalCase([condition('icd10|C34.11'), first]), 'histology')).toBe('combined-sclc')
    expect(answer(clinicalCase([condition('snomed|254626006'), first]), 'histology')).toBe('<conflicting>')
  })

  test('the same histology again under treatment says that nothing transformed; without a rebiopsy it is unknown', () => {
    expect(
      answer(clinicalCase([start, osimertinib, reported('Pathology', 'Adenocarcinoma.', '2026-10-01', 'PAT')]), 'transformed-histology'),
    ).toBe('none')
    expect(answer(clinicalCase([start, osimertinib]), 'transformed-histology')).toBe('<not-tested>')
  })

  test('a denied or suspected histology is none', () => {
    expect(
      answer(
        clinicalCase([condition('icd10|C34.12'), reported('Pathology', 'No evidence of small cell carcinoma.', '2026-10-01', 'PAT')]),
        'histology',
      ),
    ).toBe('lung-nos')
    const suspected = clinicalCase([
      condition('icd10|C34.12'),
      reported('Pathology', 'Suspicious for squamous cell carcinoma.', '2026-10-01', 'PAT'),
    ])
    expect(answer(suspected, 'histology')).toBe('lung-nos')
    expect(codesOf(suspected.issues)).toContain('histology-unconfirmed')
  })
})

test.each([
  { name: 'refuted', more: verified('refuted'), expected: '<not-tested>', issue: undefined },
  { name: 'entered in error', more: verified('entered-in-error'), expected: '<not-tested>', issue: undefined },
  { name: 'provisional', more: verified('provisional'), expected: '<pending>', issue: 'histology-unconfirmed' },
])('a $name diagnosis is no diagnosis', ({ more, expected, issue }) => {
  const read = clinicalCase([condition('snomed|254626006', more)])
  expect(answer(read, 'histology')).toBe(expected)
  if (issue !== undefined) expect(codesOf(read.issues)).toContain(issue)
})

test('suspected lung cancer is not lung cancer', () => {
  const read = clinicalCase([condition('snomed|162573006')])
  expect(answer(read, 'histology')).toBe('<pending>')
  expect(codesOf(read.issues)).toContain('histology-unconfirmed')
})

test('breast cancer alone is out of scope; beside lung cancer it is a second primary while active', () => {
  const breast = condition('snomed|254837009', { code: { ...concept('snomed|254837009'), text: 'Malignant neoplasm of breast' } })
  const alone = clinicalCase([breast])
  expect(answer(alone, 'histology')).toBe('not-lung')
  expect(codesOf(alone.issues)).toContain('histology-out-of-scope')
  const both = clinicalCase([condition('snomed|254626006'), breast])
  expect(answer(both, 'histology')).toBe('adenocarcinoma')
  expect(answer(both, 'second-primary')).toBe(true)
  expect(codesOf(both.issues)).toContain('two-primaries')
  expect(answer(clinicalCase([condition('snomed|254626006'), { ...breast, ...withStatus('remission') }]), 'second-primary')).toBe(false)
})

test('one cancer listed twice is one; one on each side are two', () => {
  expect(answer(clinicalCase([condition('icd10|C34.11'), condition('snomed|254626006')]), 'second-primary')).toBe(false)
  expect(answer(clinicalCase([condition('icd10|C34.11'), condition('icd10|C34.32')]), 'second-primary')).toBe(true)
  expect(answer(clinicalCase([condition('icd10|C34.11')]), 'laterality')).toBe('right')
})

test('basal cell skin cancer and a history of cancer are not second primaries', () => {
  expect(
    answer(clinicalCase([condition('snomed|254626006'), condition('icd10|C44.311'), condition('icd10|Z85.3')]), 'second-primary'),
  ).toBe(false)
})

test('what is dated after the day of the plan is not read', () => {
  expect(answer(clinicalCase([condition('snomed|254626006', { onsetDateTime: '2026-12-01' })], '2026-11-23'), 'histology')).toBe(
    '<not-tested>',
  )
})

test.each([
  { text: 'Stage IVB lung adenocarcinoma.', code: 'icd10|C34.11', expected: 'adenocarcinoma', fromText: true },
  { text: 'Mother had squamous cell lung cancer.', code: 'icd10|C34.11', expected: 'lung-nos', fromText: false },
  { text: 'Lung mass, adenocarcinoma suspected.', code: 'icd10|C34.11', expected: 'lung-nos', fromText: false },
  { text: 'Small cell lung cancer.', code: 'snomed|254634000', expected: 'squamous', fromText: false },
])('a note refines only what the codes leave open: $text', ({ text, code, expected, fromText }) => {
  const read = clinicalCase([condition(code), note(text)])
  expect(answer(read, 'histology')).toBe(expected)
  expect(answer(read, 'histology-from-text')).toBe(fromText)
})

describe('mixtures and subtypes in words', () => {
  test.each([
    { code: 'Mixed small cell and adenocarcinoma', expected: 'combined-sclc' },
    { code: 'Combined small cell carcinoma with adenocarcinoma', expected: 'combined-sclc' },
    { code: 'Combined small cell and non-small cell lung cancer', expected: 'combined-sclc' },
    { code: 'Non-small cell lung cancer, squamous', expected: 'squamous' },
    { code: 'NSCLC (squamous)', expected: 'squamous' },
    { code: 'Lung cancer, squamous histology', expected: 'squamous' },
    { code: 'Non-small cell lung cancer, non-squamous', expected: 'nsclc-nos' },
    { code: 'NSCLC, non-squamous histology', expected: 'nsclc-nos' },
    { code: 'Lung cancer, nonsquamous type', expected: 'nsclc-nos' },
    { code: 'NSCLC, not squamous', expected: 'nsclc-nos' },
  ])('$code', ({ code, expected }) => {
    const lung = { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'C34.11' }], text: code }
    expect(answer(clinicalCase([condition(code, { code: lung })]), 'histology')).toBe(expected)
  })

  test('a mixture beside an adenocarcinoma of the same day is not a contradiction of its parts', () => {
    const read = clinicalCase([
      condition('icd10|C34.11'),
      reported('Biopsy', 'Combined small cell carcinoma with adenocarcinoma.', '2026-10-01', 'PAT'),
    ])
    expect(answer(read, 'histology')).toBe('combined-sclc')
  })
})
