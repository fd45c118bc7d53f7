import { expect, test } from 'vitest'
import { answer, clinicalCase, coded, concept, condition, note, result } from '../../test/clinical.ts'
import { codesOf } from '../../test/reading.ts'

const lung = (more = {}) => condition('snomed|254626006', { id: 'lung', onsetDateTime: '2026-10-01', ...more })
const eighth = { method: concept('snomed|897275008') }
const ninth = { method: concept('snomed|1269566009') }
const staged = (code: string, display?: string) => ({
  valueCodeableConcept: { coding: [{ system: 'http://cancerstaging.org', code, ...(display ? { display } : {}) }] },
})

test.each([
  { name: 'cancerstaging.org 4', value: staged('4', 'IV'), expected: 'iv' },
  { name: 'cancerstaging.org 4A', value: staged('4A'), expected: 'iva' },
  { name: 'cancerstaging.org IVB', value: staged('IVB'), expected: 'ivb' },
  { name: 'SNOMED stage 4', value: coded('snomed|258228008'), expected: 'iv' },
  { name: 'SNOMED AJCC IIIC', value: coded('snomed|1222806003'), expected: 'iiic' },
  { name: 'SNOMED AJCC IV', value: coded('snomed|1222837003'), expected: 'iv' },
  { name: 'text', value: { valueString: 'Stage IVA' }, expected: 'iva' },
  { name: 'text with its categories', value: { valueString: 'IVA (cT2a N0 M1b)' }, expected: 'iva' },
  { name: 'German', value: { valueString: 'Stadium IVB' }, expected: 'ivb' },
  { name: 'Spanish', value: { valueString: 'Estadio IV' }, expected: 'iv' },
  { name: 'categories alone', value: { valueString: '(cT2a N0 M1b)' }, expected: '<not-recorded>' },
  { name: 'text of small cell', value: { valueString: 'extensive' }, expected: 'extensive' },
  { name: 'words that are no stage', value: { valueString: 'see report' }, expected: '<not-recorded>' },
])('stage group: $name', ({ value, expected }) => {
  const read = clinicalCase([lung(), result('loinc|21908-9', value, '2026-10-02', eighth)])
  expect(answer(read, 'stage-group')).toBe(expected)
  if (!expected.startsWith('<')) expect(answer(read, 'stage-edition')).toBe('8')
})

test('Condition.stage and a code that says the stage', () => {
  expect(answer(clinicalCase([lung({ stage: [{ summary: staged('4B').valueCodeableConcept }] })]), 'stage-group')).toBe('ivb')
  expect(answer(clinicalCase([condition('snomed|423121009')]), 'stage-group')).toBe('iv')
  expect(answer(clinicalCase([condition('Small cell lung cancer, extensive stage')]), 'stage-group')).toBe('extensive')
})

test.each([
  { name: 'cM1c of the eighth', value: coded('snomed|1229910003'), method: eighth, m: 'm1c', edition: '8' },
  { name: 'M1c2 in words, ninth', value: { valueString: 'cM1c2' }, method: ninth, m: 'm1c2', edition: '9' },
  { name: 'M1c2 without an edition can only be the ninth', value: { valueString: 'M1c2' }, method: {}, m: 'm1c2', edition: '9' },
  { name: 'M1c without an edition stays open', value: { valueString: 'M1c' }, method: {}, m: 'm1c', edition: '<not-recorded>' },
  { name: 'M1c2 does not exist in the eighth', value: { valueString: 'cM1c2' }, method: eighth, m: 'm1c', edition: '8' },
  { name: 'cM0', value: coded('snomed|1229901006'), method: eighth, m: 'm0', edition: '8' },
])('M category: $name', ({ value, method, m, edition }) => {
  const read = clinicalCase([lung(), result('snomed|399387003', value, '2026-10-02', method)])
  expect(answer(read, 'm-category')).toBe(m)
  expect(answer(read, 'm-edition')).toBe(edition)
})

test('T and N', () => {
  const read = clinicalCase([
    lung(),
    result('snomed|399504009', coded('snomed|1228931008')),
    result('loinc|21906-3', { valueString: 'cN2b' }),
  ])
  expect(answer(read, 't-category')).toBe('t2')
  expect(answer(read, 'n-category')).toBe('n2')
})

test('a stage with its focus on another cancer is not the stage of the lung', () => {
  const breast = condition('Breast cancer', { id: 'breast' })
  const read = clinicalCase([
    lung(),
    breast,
    result('loinc|21908-9', staged('2A'), '2026-10-02', { focus: [{ reference: 'Condition/breast' }] }),
  ])
  expect(answer(read, 'stage-group')).toBe('<not-recorded>')
})

test('stage III with metastases of the same work-up is a mismatch; months later it is a recurrence', () => {
  const three = result('loinc|21908-9', staged('3A'), '2024-03-01', eighth)
  const same = clinicalCase([lung({ onsetDateTime: '2024-03-01' }), three, condition('snomed|94222008', { onsetDateTime: '2024-03-20' })])
  expect(codesOf(same.issues)).toContain('stage-mismatch')
  expect(answer(same, 'metastatic-recurrence')).toBe(false)
  const later = clinicalCase([lung({ onsetDateTime: '2024-03-01' }), three, condition('snomed|94222008', { onsetDateTime: '2025-09-20' })])
  expect(codesOf(later.issues)).not.toContain('stage-mismatch')
  expect(answer(later, 'metastatic-recurrence')).toBe(true)
  const nodes = clinicalCase([lung({ onsetDateTime: '2024-03-01' }), three, condition('icd10|C77.1', { onsetDateTime: '2024-03-02' })])
  expect(codesOf(nodes.issues)).not.toContain('stage-mismatch')
})

test('without an earlier stage a metastasis long after a lobectomy is a recurrence', () => {
  const lobectomy = (performedDateTime: string, status = 'completed') => ({
    resourceType: 'Procedure',
    id: 'operation',
    status,
    subject: { reference: 'Patient/ann' },
    code: { text: 'Lobectomy of lung' },
    performedDateTime,
  })
  const adrenal = (on?: string) => condition('snomed|94161006', on === undefined ? {} : { onsetDateTime: on })
  const four = (on: string) => result('loinc|21908-9', staged('4A'), on, eighth)
  const recurrence = (...more: Parameters<typeof clinicalCase>[0]) =>
    answer(clinicalCase([lung({ onsetDateTime: '2024-06-06' }), ...more]), 'metastatic-recurrence')
  expect(recurrence(lobectomy('2024-06-16'), adrenal('2026-11-01'), four('2026-11-03'))).toBe(true)
  expect(recurrence(lobectomy('2024-06-16'), adrenal('2026-11-01'))).toBe(true)
  expect(recurrence(lobectomy('2024-06-16'), adrenal('2024-06-20'))).toBe(false)
  expect(recurrence(lobectomy('2024-06-16'), adrenal())).toBe(false)
  expect(recurrence(lobectomy('2024-06-16', 'not-done'), adrenal('2026-11-01'))).toBe(false)
  expect(recurrence(lobectomy('2024-06-16'), four('2024-06-10'), adrenal('2026-11-01'))).toBe(false)
  // an operation years before this cancer was of something else
  expect(recurrence(lobectomy('2010-06-16'), adrenal('2024-06-20'))).toBe(false)
})

test('a stage in a note is read only when nothing coded says one, and is marked', () => {
  const read = clinicalCase([lung(), note('65 year old with stage IVB adenocarcinoma.')])
  expect(answer(read, 'stage-group')).toBe('ivb')
  expect(codesOf(read.issues)).toContain('read-from-text')
})

test('TNM in a note, and "metastatic" in the name of the cancer', () => {
  const read = clinicalCase([lung(), note('Adenocarcinoma cT3N2M1c, PS 1.')])
  expect([answer(read, 't-category'), answer(read, 'n-category'), answer(read, 'm-category')]).toEqual(['t3', 'n2', 'm1c'])
  expect(answer(clinicalCase([lung(), note('Stage IV with cM1c2.')]), 'm-category')).toBe('m1c2')
  expect(answer(clinicalCase([condition('Metastatic lung adenocarcinoma')]), 'm-category')).toBe('m1')
  expect(answer(clinicalCase([condition('Non-metastatic lung adenocarcinoma')]), 'stage-iv')).not.toBe(true)
})

test('M0 beside a metastasis of the same work-up is said; one found a year later is not a contradiction', () => {
  const none = result('snomed|399387003', coded('snomed|1229901006'), '2025-01-10', eighth)
  const brain = (on: string) => condition('snomed|94225005', { onsetDateTime: on })
  const same = clinicalCase([lung({ onsetDateTime: '2025-01-01' }), none, brain('2025-01-12')])
  expect(codesOf(same.issues)).toContain('stage-mismatch')
  expect(answer(same, 'stage-iv')).toBe(true)
  expect(codesOf(clinicalCase([lung({ onsetDateTime: '2025-01-01' }), none, brain('2026-01-12')]).issues)).not.toContain('stage-mismatch')
})

test('stage IV with M0 and no metastasis is neither', () => {
  const none = result('snomed|399387003', coded('snomed|1229901006'), '2026-10-02', eighth)
  expect(answer(clinicalCase([lung(), none, result('loinc|21908-9', staged('4'), '2026-10-02', eighth)]), 'stage-iv')).toBe('<conflicting>')
})

test.each([
  { text: 'stage four', expected: 'iv' },
  { text: 'IV B', expected: 'ivb' },
  { text: 'Stage IV A', expected: 'iva' },
  { text: 'ED-SCLC', expected: 'extensive' },
  { text: 'ED', expected: 'extensive' },
  { text: 'LD', expected: 'limited' },
  { text: 'Extensive-stage small cell lung cancer', expected: 'extensive' },
])('Condition.stage in words: $text', ({ text, expected }) => {
  expect(answer(clinicalCase([lung({ stage: [{ summary: { text } }] })]), 'stage-group')).toBe(expected)
})

test('an article behind a stage is no letter of it', () => {
  expect(answer(clinicalCase([lung(), note('Stage IV, a 70 year old. Stage IV a month ago.')]), 'stage-group')).toBe('iv')
})

test.each([
  { text: 'cT4 N3 M1b', m: 'm1b', edition: '<not-recorded>' },
  { text: 'M1a (pleural effusion)', m: 'm1a', edition: '<not-recorded>' },
  { text: 'pM1c2', m: 'm1c2', edition: '9' },
])('TNM in the place of the stage group: $text', ({ text, m, edition }) => {
  const read = clinicalCase([lung({ stage: [{ summary: { text } }] })])
  expect([answer(read, 'm-category'), answer(read, 'm-edition'), answer(read, 'stage-iv')]).toEqual([m, edition, true])
  expect(answer(clinicalCase([lung(), result('loinc|21908-9', { valueCodeableConcept: { text } })]), 'm-category')).toBe(m)
})

test('a stage that nobody understands is said', () => {
  const read = clinicalCase([lung({ stage: [{ summary: { text: 'see MDT letter' } }] })])
  expect(codesOf(read.issues)).toContain('unread-text')
  expect(answer(read, 'stage-group')).toBe('<not-recorded>')
})

test.each([
  { name: 'cM category', value: 'M1c1', m: 'm1c1', edition: '9' },
  { name: 'M stage (TNM9)', value: 'M1c', m: 'm1c', edition: '9' },
  { name: 'Distant metastasis', value: 'cM1c2 (two organ systems)', m: 'm1c2', edition: '9' },
  { name: 'Metastatic category', value: 'pM1b', m: 'm1b', edition: '<not-recorded>' },
  { name: 'cM', value: 'M0', m: 'm0', edition: '<not-recorded>' },
  { name: 'Distant metastasis', value: 'present', m: '<not-recorded>', edition: '<not-recorded>' },
  { name: 'M', value: '1', m: '<not-recorded>', edition: '<not-recorded>' },
  { name: 'Adverse event M stage', value: 'M1', m: '<not-recorded>', edition: '<not-recorded>' },
])('M category by name: $name $value', ({ name, value, m, edition }) => {
  const read = clinicalCase([lung(), result(name, { valueCodeableConcept: { text: value } })])
  expect([answer(read, 'm-category'), answer(read, 'm-edition')]).toEqual([m, edition])
})

test('M0 in words beside stage IV is a mismatch; a stage IV found a year later is not', () => {
  const none = result('cM category', { valueCodeableConcept: { text: 'cM0' } }, '2025-01-10')
  const staging = (on: string) => result('loinc|21908-9', staged('4B'), on, eighth)
  expect(codesOf(clinicalCase([lung(), none, staging('2025-01-12')]).issues)).toContain('stage-mismatch')
  expect(codesOf(clinicalCase([lung(), none, staging('2026-01-12')]).issues)).not.toContain('stage-mismatch')
})

test('a category whose code and words differ is neither, and said; a finer word is no difference', () => {
  const m = (text: string) => ({ valueCodeableConcept: { coding: [{ system: 'http://snomed.info/sct', code: '1229901006' }], text } })
  const differ = clinicalCase([lung(), result('snomed|399387003', m('pM1c2'))])
  expect(answer(differ, 'm-category')).toBe('<conflicting>')
  expect(codesOf(differ.issues)).toContain('contradictory-result')
  expect(answer(clinicalCase([lung(), result('snomed|399387003', m('cM0'))]), 'm-category')).toBe('m0')
})
