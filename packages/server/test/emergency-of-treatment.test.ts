import { describe, expect, test } from 'vitest'
import { planOf } from './plan-of.ts'

/** Emergencies that a running drug caused, or that drain before anything else: named in the chart, they come first and treatment waits. */
const BASE = ['stage-group=ivb', 'histology=adenocarcinoma', 'ecog=1', 'brain-metastases=false']
const problem = (words: string, on: string) => ({
  resourceType: 'Condition',
  id: 'problem',
  subject: { reference: 'Patient/p' },
  clinicalStatus: { coding: [{ code: 'active' }] },
  code: { text: words },
  onsetDateTime: on,
})
const given = (drug: string) => ({
  resourceType: 'MedicationAdministration',
  id: `given-${drug}`,
  status: 'completed',
  subject: { reference: 'Patient/p' },
  medicationCodeableConcept: { text: drug },
  effectiveDateTime: '2026-11-10',
})
const ct = (conclusion: string) => ({
  resourceType: 'DiagnosticReport',
  id: 'ct',
  status: 'final',
  code: { text: 'CT chest' },
  subject: { reference: 'Patient/p' },
  effectiveDateTime: '2026-11-21',
  conclusion,
})
const shown = (plan: ReturnType<typeof planOf>, id: string) => plan.alerts.find((a) => a.id === id)?.urgency
const NEW = '2026-11-21'

describe.each([
  ['Bowel perforation', ['docetaxel', 'ramucirumab'], 'gut-perforation'],
  ['Tracheo-oesophageal fistula', ['docetaxel', 'ramucirumab'], 'gut-perforation'],
  ['Gastrointestinal haemorrhage', ['docetaxel', 'ramucirumab'], 'serious-bleeding'],
  ['Adrenal crisis', ['pembrolizumab'], 'adrenal-crisis'],
  ['Diabetic ketoacidosis', ['pembrolizumab'], 'hyperglycaemia'],
])('%s on %s', (words, drugs, alert) => {
  const plan = planOf(BASE, [...drugs.map(given), problem(words, NEW)])
  test('is the first alert, an emergency', () => expect(`${plan.alerts[0]?.id} ${plan.alerts[0]?.urgency}`).toBe(`${alert} emergency`))
  test('what runs is held, and going on is no option', () => {
    expect(`${plan.options[0]?.id} ${plan.options[0]?.standing}`).toBe('hold-current recommended')
    expect(plan.options.some((o) => o.procedure === 'continue')).toBe(false)
  })
  test('of years ago it is no emergency', () =>
    expect(shown(planOf(BASE, [...drugs.map(given), problem(words, '2021-02-01')]), alert)).not.toBe('emergency'))
  test('not named: no such alert', () => expect(shown(planOf(BASE, drugs.map(given)), alert)).toBeUndefined())
})

test('a gut bleed without an anti-angiogenic drug is urgent, haemophilia is no bleed', () => {
  expect(shown(planOf(BASE, [given('pemetrexed'), problem('Melaena', NEW)]), 'serious-bleeding')).toBe('urgent')
  expect(shown(planOf(BASE, [given('pemetrexed'), problem('Haemophilia A', NEW)]), 'serious-bleeding')).toBeUndefined()
})

test('type 1 diabetes that began under a checkpoint inhibitor is an immune event until judged; one of before is not', () => {
  const diabetic = (on: string) =>
    shown(planOf(BASE, [given('pembrolizumab'), problem('Type 1 diabetes mellitus', on)]), 'immune-related-adverse-event')
  expect(diabetic(NEW)).toBe('urgent')
  expect(diabetic('1990-05-01')).toBeUndefined()
})

describe('the mediastinum', () => {
  test.each([
    ['Large left pleural effusion with mediastinal shift to the right.', 'pleural-effusion', 'emergency'],
    ['Right tension pneumothorax.', 'pneumothorax', 'emergency'],
    ['Small right apical pneumothorax.', 'pneumothorax', 'urgent'],
    ['Collapse of the left lung with shift of the mediastinum.', 'mediastinal-shift', 'urgent'],
  ])('%s', (words, alert, urgency) => expect(shown(planOf(BASE, [ct(words)]), alert)).toBe(urgency))
  test.each(['Large left pleural effusion. No mediastinal shift.', 'No pneumothorax.', 'Ipsilateral mediastinal shift after lobectomy.'])(
    '%s: none of these',
    (words) => {
      const plan = planOf(BASE, [ct(words)])
      for (const id of ['pneumothorax', 'mediastinal-shift']) expect(shown(plan, id)).toBeUndefined()
      expect(shown(plan, 'pleural-effusion')).not.toBe('emergency')
    },
  )
})

describe.each([
  ['Myocarditis', 'pembrolizumab', 'immune-myocarditis', 'emergency'],
  ['Guillain-Barre syndrome', 'pembrolizumab', 'immune-neurotoxicity', 'emergency'],
  ['Facial nerve palsy', 'pembrolizumab', 'immune-neurotoxicity', 'emergency'],
  ['Acute pancreatitis', 'pembrolizumab', 'immune-related-adverse-event', 'urgent'],
  ['Autoimmune haemolytic anaemia', 'pembrolizumab', 'immune-related-adverse-event', 'urgent'],
  ['Inflammatory arthritis', 'pembrolizumab', 'immune-related-adverse-event', 'urgent'],
  ['Pneumonia', 'osimertinib', 'drug-induced-pneumonitis', 'urgent'],
  ['Heart failure, NYHA class III', 'osimertinib', 'heart-failure', 'urgent'],
  ['Fever', 'dabrafenib', 'drug-fever', 'urgent'],
  ['Ischaemic stroke', 'bevacizumab', 'arterial-event', 'emergency'],
  ['Posterior reversible encephalopathy syndrome', 'bevacizumab', 'reversible-encephalopathy', 'emergency'],
  ['Thrombotic microangiopathy', 'gemcitabine', 'thrombotic-microangiopathy', 'emergency'],
])('%s that began on %s', (words, drug, alert, urgency) => {
  const plan = planOf(BASE, [given(drug), problem(words, NEW)])
  test(`is ${urgency}, and the drug waits`, () => {
    expect(shown(plan, alert)).toBe(urgency)
    expect(`${plan.options[0]?.id} ${plan.options[0]?.standing}`).toBe('hold-current recommended')
  })
  test('not named: nothing of it', () => expect(shown(planOf(BASE, [given(drug)]), alert)).toBeUndefined())
})

test('an arthritis or diabetes of before the drug is no immune event of it', () => {
  for (const words of ['Inflammatory arthritis', 'Acute pancreatitis'])
    expect(shown(planOf(BASE, [given('pembrolizumab'), problem(words, '2012-05-01')]), 'immune-related-adverse-event')).toBeUndefined()
})

describe('numbers on a drug', () => {
  const on = (drug: string, ...set: readonly string[]) => planOf([...BASE, ...set], [given(drug)])
  test.each([
    ['alectinib', 'heart-rate=38 /min', 'bradycardia', 'emergency'],
    ['alectinib', 'heart-rate=47 /min', 'bradycardia', 'urgent'],
    ['alectinib', 'heart-rate=72 /min', 'bradycardia', undefined],
    ['alectinib', 'heart-rate=unknown', 'bradycardia', undefined],
    ['pembrolizumab', 'heart-rate=38 /min', 'bradycardia', undefined],
    ['ramucirumab', 'systolic-pressure=196 mm[Hg]', 'severe-hypertension', 'urgent'],
    ['ramucirumab', 'systolic-pressure=150 mm[Hg]', 'severe-hypertension', undefined],
    ['alectinib', 'ck-xuln=20', 'high-creatine-kinase', 'urgent'],
    ['alectinib', 'ck-xuln=1', 'high-creatine-kinase', undefined],
  ])('%s, %s', (drug, set, alert, urgency) => expect(shown(on(drug, set), alert)).toBe(urgency))
})

test('anaphylaxis to carboplatin in the list of problems ends going on with it', () => {
  const plan = planOf(BASE, [given('carboplatin'), problem('Anaphylaxis due to carboplatin', NEW)])
  expect(plan.options.some((o) => o.procedure === 'continue' && o.standing === 'recommended')).toBe(false)
  expect(plan.case.facts.hypersensitivity).toMatchObject({ value: ['platinum'] })
})

test('a bone that broke through the tumour calls the orthopaedic surgeon', () => {
  expect(shown(planOf([...BASE, 'pathological-fracture=yes']), 'impending-fracture')).toBe('urgent')
  expect(shown(planOf([...BASE, 'pathological-fracture=no']), 'impending-fracture')).toBeUndefined()
})
