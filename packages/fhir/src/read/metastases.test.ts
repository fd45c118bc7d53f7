import { expect, test } from 'vitest'
import { answer, clinicalCase, coded, condition, note, reported, result, verified, withStatus } from '../../test/clinical.ts'

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
  { name: 'where it comes from', code: 'Metastasis to breast from lung', expected: ['breast'] },
  { name: 'the primary named', code: 'Liver metastases of lung adenocarcinoma', expected: ['liver'] },
  { name: 'lung to lung', code: 'Metastasis to contralateral lung from the left lung', expected: ['lung'] },
  { name: 'a site of spread in the lung', code: 'Metastases to lung', expected: ['lung'] },
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

const brain = (text?: string) => condition('icd10|C79.31', { id: 'brain', ...(text === undefined ? {} : { note: [{ text }] }) })
const onBrain = { focus: [{ reference: 'Condition/brain' }] }

test.each([
  { name: 'a question and true', asked: 'Metastasis causes symptoms', value: { valueBoolean: true }, expected: true },
  { name: 'a question and false', asked: 'Does the metastasis produce symptoms?', value: { valueBoolean: false }, expected: false },
  { name: 'yes in words', asked: 'Symptomatic metastasis', value: { valueString: 'yes' }, expected: true },
  { name: 'yes with a code', asked: 'Symptoms from metastasis', value: coded('snomed|373066001'), expected: true },
  { name: 'no with a code', asked: 'Symptoms from metastasis', value: coded('snomed|373067005'), expected: false },
  { name: 'the word itself', asked: 'Metastasis symptomatic', value: coded('Symptomatic'), expected: true },
  { name: 'its opposite', asked: 'Metastasis symptoms', value: coded('Asymptomatic'), expected: false },
  { name: 'asked the other way round', asked: 'Asymptomatic metastasis', value: { valueBoolean: true }, expected: false },
  { name: 'unknown', asked: 'Symptomatic metastasis', value: { valueString: 'unknown' }, expected: '<not-recorded>' },
])('symptoms of a metastasis as an observation: $name', ({ asked, value, expected }) => {
  expect(answer(clinicalCase([lung, brain(), result(asked, value, '2026-11-01', onBrain)]), 'brain-symptomatic')).toBe(expected)
})

test('symptoms of nothing that is recorded are nobody’s, and a narrow question denies only what it asks', () => {
  expect(answer(clinicalCase([lung, result('Metastasis causes symptoms', { valueBoolean: true })]), 'brain-symptomatic')).not.toBe(true)
  for (const asked of [
    'Symptomatic brain metastases',
    'New brain metastases',
    'Untreated brain metastases',
    'Progressing brain metastases',
  ])
    expect(answer(clinicalCase([lung, result(asked, { valueString: 'no' })]), 'brain-metastases')).not.toBe(false)
})

test.each([
  { text: '10 lesions; largest 42 mm; causes headaches', count: 10, largestMm: 42, symptomatic: true },
  { text: 'n = 3, max. diameter 18mm, asymptomatic', count: 3, largestMm: 18, symptomatic: false },
  { text: 'Number of lesions: 4. Presents with left hemiparesis.', count: 4, largestMm: null, symptomatic: true },
  { text: 'Three lesions causing no headaches.', count: 3, largestMm: null, symptomatic: null },
  { text: 'Single lesion, no seizures.', count: 1, largestMm: null, symptomatic: null },
  { text: 'Lesion in segment 4, not painful.', count: null, largestMm: null, symptomatic: null },
])('words of a note: $text', ({ text, ...expected }) => {
  expect(row(clinicalCase([lung, brain(text)]), 'brain')).toMatchObject(expected)
})

test.each([
  { name: 'with a body site', asked: 'Lesion count', value: { valueString: '3' }, more: { bodySite: { text: 'Brain' } } },
  { name: 'a number word', asked: 'Number of lesions', value: { valueString: 'three' }, more: onBrain },
  { name: 'the site in brackets', asked: 'Metastases count (CNS)', value: { valueInteger: 3 }, more: {} },
  { name: 'a question', asked: 'How many brain lesions', value: { valueInteger: 3 }, more: {} },
  { name: 'a quantity', asked: 'Brain metastases, number', value: { valueQuantity: { value: 3, unit: '1' } }, more: {} },
])('number of metastases: $name', ({ asked, value, more }) => {
  expect(answer(clinicalCase([lung, brain(), result(asked, value, '2026-11-01', more)]), 'brain-metastasis-count')).toBe(3)
})

test('lesions that nobody called metastases stay unread, and none counted is none', () => {
  expect(answer(clinicalCase([lung, result('Number of liver lesions', { valueInteger: 3 })]), 'liver-metastases')).not.toBe(true)
  const none = clinicalCase([lung, result('Number of brain metastases', { valueInteger: 0 })])
  expect(answer(none, 'brain-metastases')).toBe(false)
})

const clearMri = reported('MRI brain with contrast', 'No evidence of intracranial metastatic disease.', '2026-11-05')

test.each([
  {
    text: 'Solitary 34 mm left cerebellar metastasis with perifocal oedema and effacement of the fourth ventricle, early hydrocephalus.',
    facts: {
      'brain-metastases': true,
      'brain-metastasis-count': 1,
      'brain-largest-mm': 34,
      'brain-mass-effect': true,
      'raised-intracranial-pressure': true,
    },
  },
  {
    text: 'Interval growth of the known right frontal metastasis from 6 to 14 mm after SRS.',
    facts: { 'brain-metastases': true, 'brain-progressing': true, 'brain-largest-mm': 14 },
  },
  { text: 'Two frontal metastases, no interval growth.', facts: { 'brain-metastasis-count': 2, 'brain-progressing': false } },
  { text: 'Indeterminate 4 mm focus in the left parietal lobe, follow-up advised.', facts: { 'brain-metastases': '<not-informative>' } },
  { text: 'No metastases. Ring-enhancing lesion of 9 mm in the pons.', facts: { 'brain-metastases': '<not-informative>' } },
  { text: 'Possible metastasis in the left frontal lobe.', facts: { 'brain-metastases': '<not-informative>' } },
  { text: 'No enhancing lesion.', facts: { 'brain-metastases': false } },
])('a newer brain scan: $text', ({ text, facts }) => {
  const read = clinicalCase([lung, clearMri, reported('MRI brain with gadolinium', text, '2026-11-20')])
  expect(Object.fromEntries(Object.keys(facts).map((fact) => [fact, answer(read, fact)]))).toEqual(facts)
})

test('bleeding into a metastasis of the brain takes back a clear scan; the bones of the skull are not the brain', () => {
  const bled = clinicalCase([lung, clearMri, reported('CT', 'Bleeding into the right parietal metastasis.', '2026-11-20')])
  expect([answer(bled, 'brain-metastases'), answer(bled, 'brain-haemorrhage')]).toEqual([true, true])
  const skull = clinicalCase([lung, clearMri, reported('CT', 'Metastases in the frontal bone and the parietal pleura.', '2026-11-20')])
  expect(answer(skull, 'brain-metastases')).toBe(false)
  expect(answer(skull, 'metastatic-sites')).toEqual(['bone', 'pleura'])
})

test.each([
  { text: '2 deposits (T9, left ilium); largest 2.1 cm; painful.', expected: true },
  { text: 'Causes severe pain on loading.', expected: true },
  { text: 'Not painful.', expected: false },
  { text: 'Asymptomatic.', expected: false },
])('a painful bone metastasis: $text', ({ text, expected }) => {
  expect(answer(clinicalCase([lung, condition('icd10|C79.51', { note: [{ text }] })]), 'painful-bone-metastasis')).toBe(expected)
})

test('pain elsewhere says nothing of the bones', () => {
  expect(answer(clinicalCase([lung, condition('icd10|C78.7', { note: [{ text: 'painful' }] })]), 'painful-bone-metastasis')).toBe(false)
})
