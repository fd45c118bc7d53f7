import { expect, test } from 'vitest'
import { answer, clinicalCase, coded, condition, note, reported, result } from '../../test/clinical.ts'
import { codesOf } from '../../test/reading.ts'

test.each([
  { text: 'Large right pleural effusion. No pericardial effusion.', facts: { 'pleural-effusion': true, 'pericardial-effusion': false } },
  {
    text: 'Epidural disease at T8 abutting the cord without cord compression.',
    facts: { 'cord-contact': true, 'cord-compression': false },
  },
  { text: 'Compression of the spinal cord at T6 by epidural tumour.', facts: { 'cord-compression': true, 'cord-contact': true } },
  { text: 'Suspected cord compression.', facts: { 'cord-compression': '<not-informative>' } },
  {
    text: 'Cavitating mass in the right upper lobe encasing the pulmonary artery.',
    facts: { 'tumour-cavitation': true, 'vessel-invasion': true },
  },
  { text: 'Honeycombing at the bases.', facts: { ild: true, 'ild-kind': 'fibrotic' } },
  { text: 'No honeycombing. No interstitial lung disease.', facts: { ild: false } },
  { text: 'Superior vena cava obstruction by the mediastinal mass.', facts: { 'svc-obstruction': true } },
  { text: 'Mass occluding the right main bronchus.', facts: { 'airway-obstruction': true } },
  { text: 'Acute pulmonary embolism in the right lower lobe.', facts: { 'pulmonary-embolism': true, 'venous-thromboembolism': true } },
  { text: 'No pulmonary embolism.', facts: { 'pulmonary-embolism': false, 'venous-thromboembolism': false } },
  { text: 'Leptomeningeal enhancement along the cerebellar folia.', facts: { 'leptomeningeal-disease': true } },
  { text: 'Pathological fracture of the left femoral neck.', facts: { 'pathological-fracture': true } },
  { text: 'Pathological fracture of the seventh rib.', facts: { 'pathological-fracture': false } },
  { text: 'Pathological fracture.', facts: { 'pathological-fracture': '<not-recorded>' } },
  { text: 'No pathological fracture of the femur.', facts: { 'pathological-fracture': false } },
  { text: 'Risk of pathological fracture of the femur.', facts: { 'pathological-fracture': false } },
  {
    text: 'Collapse of the T8 vertebra with a retropulsed bone fragment.',
    facts: { 'vertebral-collapse': '<not-recorded>', 'epidural-bone-fragment': true },
  },
  {
    text: 'Painful collapse of the L2 vertebra. No retropulsed fragment.',
    facts: { 'vertebral-collapse': true, 'epidural-bone-fragment': false },
  },
  { text: 'Lytic lesion of the femur, impending pathological fracture.', facts: { 'fracture-threatened': true } },
  { text: 'No impending fracture.', facts: { 'fracture-threatened': false } },
  { text: 'Osteoporotic vertebral collapse, unchanged.', facts: { 'vertebral-collapse': false } },
  { text: 'Endobronchial tumour in the right main bronchus.', facts: { 'endobronchial-tumour': true } },
  { text: 'No endobronchial lesion.', facts: { 'endobronchial-tumour': false } },
  { text: 'Appearance of radionecrosis in the left frontal lobe.', facts: { 'brain-radionecrosis': true } },
  { text: 'Possible radionecrosis.', facts: { 'brain-radionecrosis': '<not-informative>' } },
  { text: 'Progression versus radionecrosis.', facts: { 'brain-radionecrosis': '<not-recorded>' } },
  { text: 'Recurrent pericardial effusion.', facts: { 'pericardial-effusion-recurrent': true, 'pericardial-effusion': true } },
  { text: 'No recurrent pericardial effusion.', facts: { 'pericardial-effusion-recurrent': false } },
  { text: 'Tumour abutting the right main bronchus.', facts: { 'lung-lesion-ultracentral': true } },
  { text: 'Midline shift of 6 mm.', facts: { 'brain-mass-effect': true } },
  { text: 'Left pleural effusion with mediastinal shift.', facts: { 'mediastinal-shift': true, 'pleural-effusion': true } },
  { text: 'Ipsilateral mediastinal shift after lobectomy.', facts: { 'mediastinal-shift': false } },
  { text: 'No pneumothorax.', facts: { pneumothorax: false, 'mediastinal-shift': false } },
  { text: 'Nothing of note.', facts: { 'pleural-effusion': false, 'cord-compression': false } },
])('imaging: $text', ({ text, facts }) => {
  const read = clinicalCase([reported('CT or MRI', text)])
  expect(Object.fromEntries(Object.keys(facts).map((fact) => [fact, answer(read, fact)]))).toEqual(facts)
})

test.each([
  {
    text: 'Progressive bilateral leg weakness and urinary retention since Monday.',
    facts: { 'leg-weakness': true, 'sphincter-disturbance': true },
  },
  {
    text: 'Denies back pain, leg weakness or incontinence.',
    facts: { 'back-pain': false, 'leg-weakness': false, 'sphincter-disturbance': false },
  },
  { text: 'Coughing blood, about a spoonful.', facts: { haemoptysis: true } },
  { text: 'Afebrile.', facts: { fever: false } },
  { text: 'Passed out in the bathroom yesterday.', facts: { syncope: true } },
  { text: 'Food gets stuck for two weeks.', facts: { dysphagia: true } },
  { text: 'Counselled about rash, headache and swallowing difficulties.', facts: { headache: false, dysphagia: false } },
  { text: 'Had DKA in 2003. GI bleed 2015.', facts: { ketoacidosis: false, 'serious-bleeding': false } },
  { text: 'DKA since yesterday.', facts: { ketoacidosis: true } },
  { text: 'Risk of cord compression explained.', facts: { 'cord-compression': false } },
  {
    text: 'Headache with vomiting for three days, papilloedema.',
    facts: { 'headache-vomiting': true, 'raised-intracranial-pressure': true },
  },
  { text: 'New breathlessness on exertion.', facts: { 'new-dyspnoea-or-cough': true } },
  {
    text: 'Lives alone. Travel time 90 min. Has capacity.',
    facts: { 'lives-alone': true, 'travel-minutes': 90, 'decision-capacity': true },
  },
  { text: 'Pain 7/10, PHQ-9 14, SINS 13, weight loss 8 %.', facts: { 'pain-score': 7, phq9: 14, sins: 13, 'weight-loss-percent': 8 } },
  { text: 'Leg power 3/5.', facts: { 'leg-power': 3 } },
])('note: $text', ({ text, facts }) => {
  const read = clinicalCase([note(text)])
  expect(Object.fromEntries(Object.keys(facts).map((fact) => [fact, answer(read, fact)]))).toEqual(facts)
})

test('facts from text carry their words and an issue', () => {
  const read = clinicalCase([note('Coughing blood since Monday.')])
  expect(read.facts.haemoptysis).toMatchObject({ value: true, words: 'Coughing blood since Monday.', on: '2026-11-20' })
  expect(codesOf(read.issues)).toContain('read-from-text')
})

test.each([
  { name: 'PHQ-9 by LOINC', read: clinicalCase([result('loinc|44261-6', { valueInteger: 12 })]), fact: 'phq9', expected: 12 },
  {
    name: 'pain as a quantity',
    read: clinicalCase([result('loinc|72514-3', { valueQuantity: { value: 6, code: '{score}' } })]),
    fact: 'pain-score',
    expected: 6,
  },
  { name: 'mMRC by name', read: clinicalCase([result('mMRC dyspnoea scale', { valueInteger: 3 })]), fact: 'dyspnoea-mmrc', expected: 3 },
  {
    name: 'leg power, the weaker leg',
    read: clinicalCase([result('Leg power (MRC)', { valueString: 'right 4/5, left 3/5' })]),
    fact: 'leg-power',
    expected: 3,
  },
  { name: 'G8 keeps its half', read: clinicalCase([result('G8 screen', { valueQuantity: { value: 12.5 } })]), fact: 'g8', expected: 12.5 },
  {
    name: 'haemoptysis volume',
    read: clinicalCase([result('Haemoptysis volume 24 h', { valueQuantity: { value: 150, code: 'mL' } })]),
    fact: 'haemoptysis-ml',
    expected: 150,
  },
  { name: 'haemoptysis yes', read: clinicalCase([result('Haemoptysis', { valueBoolean: true })]), fact: 'haemoptysis', expected: true },
  { name: 'haemoptysis no', read: clinicalCase([result('Haemoptysis', coded('No'))]), fact: 'haemoptysis', expected: false },
  {
    name: 'stridor not assessed',
    read: clinicalCase([result('Stridor', { valueString: 'not assessed' })]),
    fact: 'stridor',
    expected: '<not-informative>',
  },
  { name: 'pain nobody asked', read: clinicalCase([]), fact: 'pain-score', expected: '<not-recorded>' },
  {
    name: 'a score that cannot be',
    read: clinicalCase([result('loinc|44261-6', { valueInteger: 40 })]),
    fact: 'phq9',
    expected: '<not-recorded>',
  },
  { name: 'self-harm item', read: clinicalCase([result('loinc|44260-8', { valueInteger: 1 })]), fact: 'suicidal-ideation', expected: true },
])('$name', ({ read, fact, expected }) => {
  expect(answer(read, fact)).toBe(expected)
})

const goal = (text: string) => ({
  resourceType: 'Goal',
  id: 'g',
  lifecycleStatus: 'active',
  subject: { reference: 'Patient/ann' },
  description: { text },
  startDate: '2026-11-01',
})

test.each([
  { text: 'Would prefer tablets and as few hospital visits as possible', fact: 'preferences', expected: ['few-visits', 'oral-only'] },
  { text: 'She declines chemotherapy', fact: 'declines', expected: ['chemotherapy'] },
  { text: 'Does not want any more treatment', fact: 'declines', expected: ['all-anticancer'] },
  { text: 'To attend her daughter’s wedding in May', fact: 'preferences', expected: ['event-to-live-for'] },
  { text: 'Jehovah’s Witness, declines blood products', fact: 'declines', expected: ['transfusion'] },
  { text: 'Does not want to know the prognosis', fact: 'wants-prognosis', expected: 'none' },
  { text: 'Wants to know her prognosis', fact: 'wants-prognosis', expected: 'full' },
  { text: 'Paint the shed', fact: 'goals', expected: ['Paint the shed'] },
  { text: 'Paint the shed', fact: 'preferences', expected: '<not-recorded>' },
])('goal: $text', ({ text, fact, expected }) => {
  const read = clinicalCase([goal(text)])
  expect(answer(read, fact)).toEqual(expected)
  expect(answer(read, 'goals-recorded')).toBe(true)
})

test('code status: ICD-10, consent, words; none recorded is unknown', () => {
  expect(answer(clinicalCase([condition('icd10|Z66')]), 'code-status')).toBe('dnr')
  const consent = {
    resourceType: 'Consent',
    id: 'c',
    status: 'active',
    patient: { reference: 'Patient/ann' },
    scope: { coding: [{ code: 'adr' }] },
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentcategorycodes', code: 'dnr' }] }],
  }
  expect(answer(clinicalCase([consent]), 'code-status')).toBe('dnr')
  expect(answer(clinicalCase([result('Code status', { valueCodeableConcept: { text: 'Full code' } })]), 'code-status')).toBe('full')
  expect(answer(clinicalCase([]), 'code-status')).toBe('<not-recorded>')
})

test('a questionnaire answers like an observation', () => {
  const response = {
    resourceType: 'QuestionnaireResponse',
    id: 'q',
    status: 'completed',
    subject: { reference: 'Patient/ann' },
    authored: '2026-11-10',
    item: [
      { linkId: '1', text: 'PHQ-9 total score', answer: [{ valueInteger: 11 }] },
      { linkId: '2', text: 'Haemoptysis', answer: [{ valueBoolean: false }] },
      { linkId: '3', text: 'What matters most to you?', answer: [{ valueString: 'I want to stay at home' }] },
    ],
  }
  const read = clinicalCase([response])
  expect([answer(read, 'phq9'), answer(read, 'haemoptysis'), answer(read, 'preferences')]).toEqual([11, false, ['stay-at-home']])
})

test('staging is complete with recent scans of body and brain', () => {
  const body = reported('CT chest abdomen pelvis', 'Mass.', '2026-11-01')
  const brain = reported('MRI brain', 'No brain metastases.', '2026-11-03')
  expect(answer(clinicalCase([body, brain]), 'staging-complete')).toBe(true)
  expect(answer(clinicalCase([body]), 'staging-complete')).toBe('<not-recorded>')
  expect(answer(clinicalCase([body, brain]), 'brain-imaging-on')).toBe('2026-11-03')
})

test('a past event is dated by its words, never by the note; teaching is not a finding', () => {
  const read = clinicalCase([note('Remote history of myocardial infarction. Patient educated on signs of cord compression.')])
  expect(answer(read, 'coronary-disease')).toBe(true)
  expect(answer(read, 'arterial-event-on')).toBe('<not-recorded>')
  expect(answer(read, 'cord-compression')).toBe(false)
  expect(answer(clinicalCase([note('Previous stroke in 2015.')]), 'arterial-event-on')).toBe('2015')
})
