import { describe, expect, test } from 'vitest'
import { answer, clinicalCase, concept, condition, withStatus } from '../../test/clinical.ts'
import { codesOf } from '../../test/reading.ts'

const lung = condition('snomed|254626006', { id: 'lung', onsetDateTime: '2026-01-10' })
const liver = condition('snomed|94381002', { id: 'liver', onsetDateTime: '2026-01-10' })
const written = (code: string | undefined, text: string, more = {}) =>
  condition(text, { ...(code === undefined ? {} : { code: { ...concept(code), text } }), ...more })
const beside = (code: string | undefined, text: string, more = {}) => clinicalCase([lung, liver, written(code, text, more)])
const twoPrimaries = (read: ReturnType<typeof clinicalCase>) => read.issues.filter(({ code }) => code === 'two-primaries')

describe('a cancer of another organ that has spread is another cancer, not a metastasis of the lung cancer', () => {
  test.each([
    ['icd10|C50.911', 'Malignant neoplasm of right female breast, metastatic'],
    ['icd10|C50.911', 'Breast cancer, metastatic'],
    ['icd10|C50.911', 'Breast cancer with lung metastases'],
    ['icd10|C50.911', 'Metastatic disease to bone'],
    ['icd10|C61', 'Prostate cancer metastatic to bone'],
    ['icd10|C43.9', 'Metastatic melanoma'],
    ['icd10|C18.9', 'Metastatic colon cancer'],
    ['icd10|C64.1', 'Metastatic renal cell carcinoma'],
    ['snomed|254837009', 'Metastatic malignant neoplasm of female breast'],
    [undefined, 'Metastatic breast cancer'],
    [undefined, 'Metastatic breast CA'],
    [undefined, 'Metastatic invasive ductal carcinoma'],
    [undefined, 'Prostate cancer metastatic to lung'],
    [undefined, 'Malignant neoplasm of upper-outer quadrant of right female breast, metastatic'],
    [undefined, 'Colorectal adenocarcinoma metastatic to liver'],
    [undefined, 'Metastatic melanoma'],
    [undefined, 'Brain metastases from breast cancer'],
    [undefined, 'Pulmonary metastases of renal cell carcinoma'],
  ])('%s %s', (code, text) => {
    const read = beside(code, text)
    expect(answer(read, 'metastatic-sites')).toEqual(['liver'])
    expect(answer(read, 'second-primary')).toBe(true)
    expect(answer(read, 'histology')).toBe('adenocarcinoma')
    expect(twoPrimaries(read).map(({ message }) => message)).toEqual([`another active cancer is recorded: ${text}`])
  })

  test('alone it is out of scope, not a lung cancer of unknown type', () => {
    const read = clinicalCase([written('icd10|C50.911', 'Breast cancer, metastatic')])
    expect(answer(read, 'histology')).toBe('not-lung')
    expect(codesOf(read.issues)).toContain('histology-out-of-scope')
  })

  test.each([withStatus('remission'), withStatus('resolved')])('in remission or resolved it is no active second cancer', (status) => {
    const read = beside('icd10|C50.911', 'Breast cancer, metastatic', status)
    expect(answer(read, 'second-primary')).toBe(false)
    expect(answer(read, 'metastatic-sites')).toEqual(['liver'])
    expect(twoPrimaries(read)).toEqual([])
  })

  test.each([
    ['icd10|Z85.3', 'Personal history of metastatic breast cancer'],
    [undefined, 'Family history of metastatic breast cancer'],
  ])('a history is neither: %s %s', (code, text) => {
    const read = beside(code, text)
    expect(answer(read, 'metastatic-sites')).toEqual(['liver'])
    expect(twoPrimaries(read)).toEqual([])
  })
})

describe('a metastasis of the lung cancer stays one', () => {
  test.each([
    [undefined, 'Metastasis to breast from lung', ['liver', 'breast']],
    [undefined, 'Metastatic adenocarcinoma to the breast from lung primary', ['liver', 'breast']],
    [undefined, 'Secondary malignant neoplasm of breast', ['liver', 'breast']],
    ['icd10|C79.81', 'Secondary malignant neoplasm of breast', ['liver', 'breast']],
    [undefined, 'Metastatic malignant neoplasm to breast', ['liver', 'breast']],
    [undefined, 'Bone metastases', ['liver', 'bone']],
    [undefined, 'Lung adenocarcinoma metastatic to bone', ['liver', 'bone']],
    [undefined, 'Metastatic carcinoma of cervical lymph node', ['liver']],
    ['snomed|94222008', 'Metastatic cancer to bone', ['liver', 'bone']],
  ])('%s %s', (code, text, sites) => {
    const read = beside(code, text)
    const found = answer(read, 'metastatic-sites') as readonly string[]
    for (const site of sites) expect(found).toContain(site)
    expect(answer(read, 'second-primary')).toBe(false)
    expect(twoPrimaries(read)).toEqual([])
  })

  test.each(['Metastatic lung cancer to breast', 'Metastatic non-small cell lung cancer', 'Metastatic NSCLC'])(
    '%s is the lung cancer',
    (text) => {
      const read = clinicalCase([written(undefined, text)])
      expect(['lung-nos', 'nsclc-nos']).toContain(answer(read, 'histology'))
      expect(answer(read, 'second-primary')).toBe(false)
      expect(twoPrimaries(read)).toEqual([])
    },
  )
})

describe('where it cannot be told, the metastasis counts and the doubt is told', () => {
  test.each([
    ['icd10|C71.9', 'Brain metastases', 'brain'],
    ['icd10|C79.51', 'Bone metastases from breast cancer', 'bone'],
    [undefined, 'Metastatic liver cancer', 'liver'],
    ['icd10|C50.911', 'Metastasis to breast from lung', 'breast'],
  ])('%s %s', (code, text, site) => {
    const read = clinicalCase([lung, written(code, text)])
    expect(answer(read, 'metastatic-sites')).toContain(site)
    expect(answer(read, 'second-primary')).toBe('<not-informative>')
    expect(twoPrimaries(read).map(({ message }) => message)).toEqual([
      `this counts as a metastasis of the lung cancer, and may be one of another cancer: ${text}`,
    ])
  })
})
