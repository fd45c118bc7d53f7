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

test.each([
  { text: 'Had pneumonia in 2014. Otherwise well.', fact: 'active-infection', expected: false },
  { text: 'Past history: pulmonary embolism 2012, sepsis 2016.', fact: 'active-infection', expected: false },
  { text: 'Sepsis in 2016.', fact: 'active-infection', expected: false },
  { text: 'In 2014 he had a seizure.', fact: 'seizure', expected: false },
  { text: 'Pneumonia last winter, fully recovered.', fact: 'active-infection', expected: false },
  { text: 'Sepsis protocol explained.', fact: 'active-infection', expected: false },
  { text: 'Pneumonia in 2014 and pneumonia again now.', fact: 'active-infection', expected: true },
  { text: 'Pneumonia in November 2026.', fact: 'active-infection', expected: true },
  { text: 'Pneumonia, CT of 2024 was clear.', fact: 'active-infection', expected: true },
  { text: 'Leg weakness since 2024.', fact: 'leg-weakness', expected: true },
  { text: 'Call us for fever, coughing blood or leg weakness.', fact: 'leg-weakness', expected: false },
  { text: 'Call us for fever, coughing blood or leg weakness.', fact: 'haemoptysis', expected: false },
  { text: 'Red flags for cord compression discussed: leg weakness, urinary retention.', fact: 'sphincter-disturbance', expected: false },
  { text: 'Patient worries about confusion.', fact: 'confusion', expected: false },
  { text: 'Wife reports he had a seizure last night.', fact: 'seizure', expected: true },
  { text: 'He says he would kill himself if the pain goes on.', fact: 'suicidal-ideation', expected: true },
  { text: 'Coughing up about half a cup of blood since this morning.', fact: 'haemoptysis-ml', expected: 120 },
  { text: 'Coughed up a cup of blood today.', fact: 'haemoptysis-ml', expected: 240 },
  { text: 'Coughing up phlegm, no blood.', fact: 'haemoptysis', expected: false },
])('a note speaks of the patient now: $text', ({ text, fact, expected }) => {
  expect(answer(clinicalCase([lung, note(text, '2026-11-21')]), fact)).toBe(expected)
})
