import { expect, test } from 'vitest'
import { answer, clinicalCase, condition, note } from '../../test/clinical.ts'

const subject = { reference: 'Patient/ann' }
const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64')
const lung = condition('icd10|C34.12')

test('a pathology report that is only an attachment is read; beside a conclusion it is not', () => {
  const report = (more: object) => ({
    resourceType: 'DiagnosticReport',
    id: 'path',
    status: 'final',
    subject,
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: 'PAT' }] }],
    code: { text: 'Lung biopsy pathology' },
    effectiveDateTime: '2026-11-01',
    presentedForm: [{ contentType: 'text/plain', data: base64('Squamous cell carcinoma, p40 positive.') }],
    ...more,
  })
  expect(answer(clinicalCase([lung, report({})]), 'histology')).toBe('squamous')
  expect(answer(clinicalCase([lung, report({ conclusion: 'Adenocarcinoma.' })]), 'histology')).toBe('adenocarcinoma')
})

test('a document, an answer in own words and a message are notes', () => {
  const document = {
    resourceType: 'DocumentReference',
    id: 'doc',
    status: 'current',
    subject,
    date: '2026-11-20T10:00:00Z',
    content: [{ attachment: { contentType: 'text/plain; charset=utf-8', data: base64('New haemoptysis since Monday.') } }],
  }
  const answers = {
    resourceType: 'QuestionnaireResponse',
    id: 'answers',
    status: 'completed',
    subject,
    authored: '2026-11-20',
    item: [
      {
        linkId: 'g',
        item: [{ linkId: '1', text: 'Anything else?', answer: [{ valueString: 'My left leg is swollen: swollen left leg.' }] }],
      },
    ],
  }
  const message = {
    resourceType: 'Communication',
    id: 'message',
    status: 'completed',
    subject,
    sent: '2026-11-20T10:00:00Z',
    payload: [{ contentString: 'Facial swelling since yesterday.' }],
  }
  const read = clinicalCase([lung, document, answers, message])
  expect([answer(read, 'haemoptysis'), answer(read, 'leg-swelling'), answer(read, 'face-arm-swelling')]).toEqual([true, true, true])
})

test.each([
  { text: 'The centre can observe patients for 24 hours and treat cytokine release.', expected: true },
  { text: 'The centre cannot treat cytokine release syndrome.', expected: false },
])('bispecific antibodies: $text', ({ text, expected }) => {
  expect(answer(clinicalCase([lung, note(text)]), 'site-crs-capable')).toBe(expected)
})
