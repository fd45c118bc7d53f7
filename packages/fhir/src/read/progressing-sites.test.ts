import { expect, test } from 'vitest'
import { answer, clinicalCase, condition, note, result } from '../../test/clinical.ts'

const lung = condition('snomed|254626006', { id: 'lung', onsetDateTime: '2026-10-01' })
const sitesOf = (...resources: Parameters<typeof clinicalCase>[0]) => answer(clinicalCase(resources), 'metastatic-sites')
const NONE = '<not-tested>'

test.each([
  { text: 'CT: new liver lesions and a growing left adrenal nodule.', sites: ['adrenal', 'liver'] },
  { text: 'Progression in bone', sites: ['bone'] },
  { text: 'PD (liver)', sites: ['liver'] },
  { text: 'Disease progression: liver, bone', sites: ['bone', 'liver'] },
  { text: 'Liver and bone progression.', sites: ['bone', 'liver'] },
  { text: 'Progressed on osimertinib in the liver', sites: ['liver'] },
  { text: 'Progressive disease with new lesions in the liver and spine', sites: ['bone', 'liver', 'spine'] },
  { text: 'Relapse in the adrenal', sites: ['adrenal'] },
  { text: 'Two new small hypodense liver lesions', sites: ['liver'] },
  { text: 'The adrenal nodule has grown from 10 to 22 mm', sites: ['adrenal'] },
  { text: 'Unchanged liver lesions and a new bone lesion', sites: ['bone'] },
  { text: 'No new brain lesions, progression in liver', sites: ['liver'] },
  { text: 'Interval increase in size of multiple hepatic lesions.', sites: ['liver'] },
  { text: 'Progression: bone (T8), liver; stable brain', sites: ['bone', 'liver', 'spine'] },
  { text: 'Oligoprogression in left adrenal gland', sites: ['adrenal'] },
  { text: 'The disease has spread to the bone', sites: ['bone'] },
  { text: 'Progression of bone disease', sites: ['bone'] },
  { text: 'New contralateral lung nodules', sites: ['lung'] },
  { text: 'Metastases: liver, bone.', sites: ['bone', 'liver'] },
  { text: 'Bone metastases (lung adenocarcinoma)', sites: ['bone'] },
  { text: 'Oligometastatic disease in the adrenal', sites: ['adrenal'] },
])('"$text" names its sites', ({ text, sites }) => {
  const read = clinicalCase([lung, note(text)])
  expect(answer(read, 'metastatic-sites')).toEqual(sites)
  expect(read.issues.some(({ code, message }) => code === 'read-from-text' && message.includes(text.slice(0, 20)))).toBe(true)
})

test.each([
  'No new liver lesions',
  'No progression in bone',
  'No new lesions in liver, bone or adrenals',
  'Liver lesions have not grown',
  'New liver lesions, likely cysts',
  'New indeterminate liver lesion',
  'If progression in the liver, docetaxel',
  'Patient asked what happens on progression in the liver',
  'Breast cancer, relapse in bone 2012',
  'Risk of progression in the liver',
  'Progression of liver disease',
  'Progression of chronic kidney disease',
  'New skin lesions, acne-like',
  'Growing thyroid nodule',
  'New sclerotic bone lesions consistent with treatment response',
  'PD-L1 in liver biopsy 60%',
  'Progression in the lung',
  'New lung nodules',
  'Progression in the mediastinum',
])('"%s" names no metastasis', (text) => expect(sitesOf(lung, note(text))).toBe(NONE))

test('in the brain "new" alone is a suspicion, growth or progression is not', () => {
  expect(answer(clinicalCase([lung, note('New brain lesions')]), 'brain-metastases')).toBe('<not-informative>')
  expect(answer(clinicalCase([lung, note('Progression with new brain lesions')]), 'brain-metastases')).toBe(true)
  expect(answer(clinicalCase([lung, note('Intracranial progression')]), 'brain-metastases')).toBe(true)
  expect(answer(clinicalCase([lung, note('No intracranial progression')]), 'brain-metastases')).not.toBe(true)
})

test('what progresses is said of its site, and dated', () => {
  const rows = answer(clinicalCase([lung, note('New liver lesions', '2026-11-20')]), 'metastases')
  expect(rows).toMatchObject([{ site: 'liver', progressing: true, foundOn: '2026-11-20' }])
})

test('the lung cancer itself, a disease status and the reason of a stop name sites too', () => {
  expect(sitesOf({ ...lung, note: [{ text: 'Metastases to liver and bone.' }] })).toEqual(['bone', 'liver'])
  expect(sitesOf({ ...lung, note: [{ text: 'No metastases in liver.' }] })).toBe(NONE)
  expect(sitesOf(lung, result('loinc|97509-4', { valueCodeableConcept: { text: 'Progression: new liver lesions' } }))).toEqual(['liver'])
  const stopped = {
    resourceType: 'MedicationStatement',
    id: 'osimertinib',
    status: 'stopped',
    subject: { reference: 'Patient/ann' },
    medicationCodeableConcept: { text: 'osimertinib' },
    statusReason: [{ text: 'progression in bone' }],
  }
  expect(sitesOf(lung, stopped)).toEqual(['bone'])
})
