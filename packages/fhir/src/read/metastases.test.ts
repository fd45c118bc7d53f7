import { expect, test } from 'vitest'
import { answer, clinicalCase, condition, note, reported, result, verified, withStatus } from '../../test/clinical.ts'

const lung = condition('snomed|254626006', { id: 'lung', onsetDateTime: '2026-10-01' })
const row = (read: ReturnType<typeof clinicalCase>, site: string) =>
  (answer(read, 'metastases') as readonly { site: string }[]).find((one) => one.site === site)

test.each([
  { name: 'SNOMED brain', code: 'snomed|94225005', expected: ['brain'] },
  { name: 'ICD-10 bone', code: 'icd10|C79.51', expected: ['bone'] },
  { name: 'ICD-10 adrenal with side', code: 'icd10|C79.72', expected: ['adrenal'] },
  { name: 'ICD-10 liver', code: 'icd10|C78.7', expected: ['liver'] },
  { name: 'text spine is bone too', code: 'Metastasis to thoracic spine', expected: ['bone', 'spine'] },
  { name: 'contralateral lung', code: 'snomed|94391008', expected: ['lung'] },
  { name: 'words', code: 'Hepatic metastases', expected: ['liver'] },
])('$name', ({ code, expected }) => {
  expect(answer(clinicalCase([lung, condition(code)]), 'metastatic-sites')).toEqual(expected)
})

test('regional nodes are not a metastasis, and no site named is unknown', () => {
  expect(answer(clinicalCase([lung, condition('icd10|C77.1')]), 'metastatic-sites')).toBe('<not-tested>')
  expect(answer(clinicalCase([lung]), 'metastatic-sites')).toBe('<not-tested>')
})

test('a refuted metastasis is not read, a suspected brain metastasis stays unknown', () => {
  expect(answer(clinicalCase([lung, condition('snomed|94381002', verified('refuted'))]), 'metastatic-sites')).toBe('<not-tested>')
  expect(answer(clinicalCase([lung, condition('snomed|94225005', verified('provisional'))]), 'brain-metastases')).toBe('<not-informative>')
})

test('number, size, symptoms and treatment from the note', () => {
  const read = clinicalCase([
    lung,
    condition('snomed|94225005', { note: [{ text: '3 lesions; largest 15 mm; no symptoms; treated with SRS.' }] }),
  ])
  expect(row(read, 'brain')).toMatchObject({ count: 3, largestMm: 15, symptomatic: false, treated: true })
  expect(answer(read, 'brain-metastases')).toBe(true)
  expect(answer(read, 'brain-metastasis-count')).toBe(3)
  expect(answer(read, 'brain-largest-mm')).toBe(15)
  expect(answer(read, 'brain-symptomatic')).toBe(false)
  expect(answer(read, 'brain-treated')).toBe(true)
})

test('untreated and planned radiosurgery are not treatment', () => {
  expect(answer(clinicalCase([condition('snomed|94225005', { note: [{ text: 'Two lesions, untreated.' }] })]), 'brain-treated')).toBe(false)
  expect(answer(clinicalCase([condition('snomed|94225005', { note: [{ text: 'SRS planned next week.' }] })]), 'brain-treated')).toBe(false)
})

test('counts and sizes as observations with focus', () => {
  const bone = condition('snomed|94222008', { id: 'bone' })
  const focus = { focus: [{ reference: 'Condition/bone' }] }
  const read = clinicalCase([
    lung,
    bone,
    result('Number of metastatic lesions, bone', { valueInteger: 4 }, '2026-11-01', focus),
    result(
      'loinc|21889-1',
      {
        component: [
          {
            code: { coding: [{ system: 'http://loinc.org', code: '33728-7' }] },
            valueQuantity: { value: 2.1, code: 'cm', system: 'http://unitsofmeasure.org' },
          },
        ],
      },
      '2026-11-01',
      focus,
    ),
  ])
  expect(row(read, 'bone')).toMatchObject({ count: 4, largestMm: 21 })
})

test('the size of the primary tumour is not a metastasis', () => {
  expect(
    answer(
      clinicalCase([
        lung,
        result('loinc|21889-1', { valueQuantity: { value: 4, code: 'cm' } }, '2026-11-01', { focus: [{ reference: 'Condition/lung' }] }),
      ]),
      'metastatic-sites',
    ),
  ).toBe('<not-tested>')
})

test.each([
  {
    name: 'a brain MRI that shows none is the witness',
    report: reported('MRI brain with contrast', 'No evidence of intracranial metastases.'),
    expected: false,
  },
  { name: 'normal brain MRI', report: reported('MRI brain', 'Normal brain MRI.'), expected: false },
  {
    name: 'CT without contrast is no witness',
    report: reported('CT head without contrast', 'No intracranial metastases.'),
    expected: '<not-informative>',
  },
  { name: 'a chest CT says nothing of the brain', report: reported('CT chest', 'No metastases.'), expected: '<not-tested>' },
  {
    name: 'a PET says nothing of the brain',
    report: reported('PET-CT skull base to mid thigh', 'No distant metastases.'),
    expected: '<not-tested>',
  },
  { name: 'a report that finds them', report: reported('MRI brain', 'Two cerebellar metastases, largest 12 mm.'), expected: true },
  {
    name: 'a report that suspects them',
    report: reported('MRI brain', 'Possible brain metastasis in the left frontal lobe.'),
    expected: '<not-informative>',
  },
  { name: 'a note that quotes the scan', report: note('MRI brain: no brain metastases.'), expected: false },
  { name: 'no new metastases is not none', report: reported('MRI brain', 'No new brain metastases.'), expected: '<not-tested>' },
])('brain: $name', ({ report, expected }) => {
  expect(answer(clinicalCase([lung, report]), 'brain-metastases')).toBe(expected)
})

test('a recorded metastasis outweighs words of a later scan', () => {
  const read = clinicalCase([
    lung,
    condition('snomed|94225005', { onsetDateTime: '2026-05-01' }),
    reported('MRI brain', 'No evidence of brain metastases.', '2026-11-01'),
  ])
  expect(answer(read, 'brain-metastases')).toBe(true)
})

test('sites in an imaging conclusion carry their words', () => {
  const read = clinicalCase([lung, reported('CT chest abdomen', 'Multiple liver metastases and bone metastases. No adrenal metastasis.')])
  expect(answer(read, 'metastatic-sites')).toEqual(['bone', 'liver'])
  expect(read.facts['metastatic-sites']).toHaveProperty('words')
})

test('brain radiosurgery done counts, prophylactic radiation does not', () => {
  const procedure = (text: string, status = 'completed') => ({
    resourceType: 'Procedure',
    id: text.slice(0, 3),
    status,
    subject: { reference: 'Patient/ann' },
    code: { text },
    performedDateTime: '2026-09-01',
  })
  expect(
    answer(clinicalCase([condition('snomed|94225005'), procedure('Stereotactic radiosurgery to brain metastases')]), 'brain-treated'),
  ).toBe(true)
  expect(answer(clinicalCase([procedure('Prophylactic cranial radiotherapy')]), 'brain-treated')).toBe(false)
})

test('a resolved metastasis is still metastatic disease', () => {
  expect(answer(clinicalCase([condition('snomed|94381002', withStatus('resolved'))]), 'metastatic-sites')).toEqual(['liver'])
})

test.each([
  { text: 'PET-CT: 4 cm RUL mass, mediastinal nodes, liver and bone metastases.', expected: ['bone', 'liver'] },
  { text: 'Metastases to the liver, bone and left adrenal gland.', expected: ['adrenal', 'bone', 'liver'] },
  { text: 'No liver or bone metastases.', expected: '<not-tested>' },
  { text: 'New hepatic lesions suspicious for metastases.', expected: '<not-tested>' },
  { text: 'Metastatic disease at T7 with cord compression.', expected: ['bone', 'spine'] },
  { text: 'Metastatic mediastinal lymph nodes.', expected: '<not-tested>' },
])('a note: $text', ({ text, expected }) => {
  expect(answer(clinicalCase([lung, note(text)]), 'metastatic-sites')).toEqual(expected)
})

test('a brain report speaks of the brain without repeating it, and the size of the primary is nobody else’s', () => {
  const read = clinicalCase([
    lung,
    reported(
      'MRI brain',
      'Three enhancing lesions: left frontal 14 mm, right cerebellar 9 mm, right parietal 5 mm, consistent with metastases.',
    ),
  ])
  expect([
    answer(read, 'brain-metastases'),
    answer(read, 'brain-metastasis-count'),
    answer(read, 'brain-largest-mm'),
    answer(read, 'brain-posterior-fossa'),
  ]).toEqual([true, 3, 14, true])
  const note4cm = clinicalCase([lung, note('4 cm RUL mass, liver metastases. MRI brain: 2 metastases, largest 9 mm, asymptomatic.')])
  expect(row(note4cm, 'liver')).toMatchObject({ largestMm: null })
  expect(row(note4cm, 'brain')).toMatchObject({ count: 2, largestMm: 9, symptomatic: false })
})

test('brain metastases as a question with a no', () => {
  expect(answer(clinicalCase([lung, result('Brain metastases', { valueBoolean: false })]), 'brain-metastases')).toBe(false)
  expect(answer(clinicalCase([lung, result('Brain metastases', { valueString: 'unknown' })]), 'brain-metastases')).toBe('<not-informative>')
})
