import { describe, expect, test } from 'vitest'
import { answer, clinicalCase, coded, concept, condition, note, reported, result, verified, withStatus } from '../../test/clinical.ts'
import { codesOf } from '../../test/reading.ts'

test.each([
  { name: 'ILD by ICD-10', code: 'icd10|J84.10', fact: 'ild', expected: true },
  { name: 'fibrotic ILD by ICD-10 child', code: 'icd10|J84.112', fact: 'ild-kind', expected: 'fibrotic' },
  { name: 'pulmonary fibrosis by SNOMED', code: 'snomed|51615001', fact: 'ild-kind', expected: 'fibrotic' },
  { name: 'ILD in words', code: 'Interstitial lung disease', fact: 'ild', expected: true },
  { name: 'COPD', code: 'icd10|J44.9', fact: 'copd', expected: true },
  { name: 'emphysema in words', code: 'Emphysema', fact: 'copd', expected: true },
  { name: 'Crohn', code: 'snomed|34000006', fact: 'inflammatory-bowel-disease', expected: true },
  { name: 'rheumatoid arthritis', code: 'icd10|M05.79', fact: 'autoimmune-disease', expected: true },
  { name: 'myasthenia', code: 'icd10|G70.00', fact: 'autoimmune-neurological', expected: true },
  { name: 'hypertension', code: 'snomed|38341003', fact: 'hypertension', expected: true },
  { name: 'pulmonary hypertension is another thing', code: 'Pulmonary hypertension', fact: 'hypertension', expected: false },
  { name: 'heart failure', code: 'icd10|I50.32', fact: 'heart-failure', expected: true },
  { name: 'kidney transplant', code: 'icd10|Z94.0', fact: 'organ-transplant', expected: ['kidney'] },
  { name: 'liver transplant in words', code: 'Status post liver transplantation', fact: 'organ-transplant', expected: ['liver'] },
  {
    name: 'autologous cells are no transplant in this sense',
    code: 'Autologous stem cell transplant',
    fact: 'organ-transplant',
    expected: [],
  },
  { name: 'HIV', code: 'icd10|B20', fact: 'hiv', expected: true },
  { name: 'hepatitis B', code: 'icd10|B18.1', fact: 'hbv-surface-antigen', expected: true },
  { name: 'psychosis', code: 'icd10|F20.9', fact: 'psychiatric-illness', expected: true },
  { name: 'cirrhosis', code: 'icd10|K74.60', fact: 'cirrhosis', expected: true },
  { name: 'dialysis', code: 'icd10|Z99.2', fact: 'dialysis', expected: true },
  { name: 'diabetes insipidus is not diabetes', code: 'Diabetes insipidus', fact: 'diabetes', expected: false },
  { name: 'no condition', code: 'Gout', fact: 'ild', expected: false },
  { name: 'denied in its own words', code: 'No history of interstitial lung disease', fact: 'ild', expected: false },
  { name: 'suspected in its own words', code: 'Possible interstitial lung disease', fact: 'ild', expected: '<not-informative>' },
  { name: 'a relative', code: 'Family history of rheumatoid arthritis', fact: 'autoimmune-disease', expected: false },
])('$name', ({ code, fact, expected }) => {
  expect(answer(clinicalCase([condition(code)]), fact)).toEqual(expected)
})

describe('status', () => {
  test.each([
    { name: 'refuted is a denial', more: verified('refuted'), expected: false },
    { name: 'provisional is unknown', more: verified('provisional'), expected: '<not-informative>' },
    { name: 'entered in error is silence', more: verified('entered-in-error'), expected: false },
    { name: 'fibrosis does not resolve', more: withStatus('resolved'), expected: true },
  ])('ILD: $name', ({ more, expected }) => {
    expect(answer(clinicalCase([condition('icd10|J84.10', more)]), 'ild')).toEqual(expected)
  })

  test('a resolved pneumonia is no active infection, a past embolism is still a thromboembolism', () => {
    expect(answer(clinicalCase([condition('icd10|J18.9', withStatus('resolved'))]), 'active-infection')).toBe(false)
    const past = clinicalCase([condition('icd10|I26.99', { ...withStatus('resolved'), onsetDateTime: '2024-02-03' })])
    expect(answer(past, 'venous-thromboembolism')).toBe(true)
    expect(answer(past, 'venous-thromboembolism-on')).toBe('2024-02-03')
    expect(answer(past, 'pulmonary-embolism')).toBe(false)
  })

  test('an infarct gives the date of the arterial event', () => {
    expect(answer(clinicalCase([condition('icd10|I21.4', { onsetDateTime: '2026-08-01' })]), 'arterial-event-on')).toBe('2026-08-01')
  })
})

describe('autoimmune activity', () => {
  const ra = (more = {}) => clinicalCase([condition('icd10|M06.9', more)])
  test.each([
    { name: 'not said', read: ra(), active: '<not-recorded>', only: false },
    { name: 'on methotrexate', read: ra({ note: [{ text: 'On methotrexate weekly.' }] }), active: true, only: false },
    { name: 'in remission without treatment', read: ra({ note: [{ text: 'In remission, no treatment.' }] }), active: false, only: false },
    { name: 'status remission', read: ra(withStatus('remission')), active: false, only: false },
    { name: 'thyroiditis', read: clinicalCase([condition('icd10|E06.3')]), active: false, only: true },
    {
      name: 'thyroiditis and lupus',
      read: clinicalCase([condition('icd10|E06.3'), condition('icd10|M32.9')]),
      active: '<not-recorded>',
      only: false,
    },
    { name: 'none listed', read: clinicalCase([]), active: false, only: false },
  ])('$name', ({ read, active, only }) => {
    expect(answer(read, 'autoimmune-active')).toBe(active)
    expect(answer(read, 'autoimmune-endocrine-only')).toBe(only)
  })
})

test.each([
  {
    name: 'NYHA',
    read: clinicalCase([condition('icd10|I50.9', { note: [{ text: 'NYHA class III' }] })]),
    fact: 'heart-failure-nyha',
    expected: 3,
  },
  { name: 'NYHA range takes the worse', read: clinicalCase([note('Heart failure NYHA II-III.')]), fact: 'heart-failure-nyha', expected: 3 },
  {
    name: 'heart failure without class is not class 0',
    read: clinicalCase([condition('icd10|I50.9')]),
    fact: 'heart-failure-nyha',
    expected: '<not-recorded>',
  },
  {
    name: 'Child-Pugh',
    read: clinicalCase([condition('icd10|K74.60', { note: [{ text: 'Child-Pugh B.' }] })]),
    fact: 'child-pugh',
    expected: 'b',
  },
  { name: 'Child-Pugh points', read: clinicalCase([note('Cirrhosis, Child-Pugh A6.')]), fact: 'child-pugh', expected: 'a' },
  { name: 'grade before', read: clinicalCase([note('Grade 2 peripheral neuropathy.')]), fact: 'neuropathy-grade', expected: 2 },
  { name: 'grade after', read: clinicalCase([note('Sensory neuropathy, CTCAE grade 1.')]), fact: 'neuropathy-grade', expected: 1 },
  {
    name: 'neuropathy without grade is not grade 0',
    read: clinicalCase([condition('icd10|G62.9')]),
    fact: 'neuropathy-grade',
    expected: '<not-recorded>',
  },
])('$name', ({ read, fact, expected }) => {
  expect(answer(read, fact)).toBe(expected)
})

test.each([
  { name: 'HBsAg negative', read: clinicalCase([result('loinc|5195-3', coded('Negative'))]), fact: 'hbv-surface-antigen', expected: false },
  {
    name: 'HBsAg positive by SNOMED',
    read: clinicalCase([result('loinc|5195-3', coded('snomed|10828004'))]),
    fact: 'hbv-surface-antigen',
    expected: true,
  },
  {
    name: 'anti-HBc reactive in words',
    read: clinicalCase([result('Anti-HBc total', { valueString: 'Reactive' })]),
    fact: 'hbv-core-antibody',
    expected: true,
  },
  {
    name: 'HBV DNA below the limit',
    read: clinicalCase([result('HBV DNA', { valueQuantity: { value: 10, comparator: '<', unit: 'IU/mL' } })]),
    fact: 'hbv-dna-detectable',
    expected: false,
  },
  {
    name: 'HBV DNA measured',
    read: clinicalCase([result('HBV DNA', { valueQuantity: { value: 2400, unit: 'IU/mL' } })]),
    fact: 'hbv-dna-detectable',
    expected: true,
  },
  { name: 'not tested', read: clinicalCase([]), fact: 'hbv-surface-antigen', expected: '<not-tested>' },
  { name: 'pregnant', read: clinicalCase([result('loinc|82810-3', coded('loinc|LA15173-0'))]), fact: 'pregnancy', expected: true },
  { name: 'not pregnant', read: clinicalCase([result('loinc|82810-3', coded('Not pregnant'))]), fact: 'pregnancy', expected: false },
  { name: 'pregnancy test negative', read: clinicalCase([result('Urine hCG', coded('Negative'))]), fact: 'pregnancy', expected: false },
  { name: 'pregnancy nobody tested', read: clinicalCase([]), fact: 'pregnancy', expected: '<not-tested>' },
])('$name', ({ read, fact, expected }) => {
  expect(answer(read, fact)).toBe(expected)
})

test('the comorbidities profile of mCODE: present and absent', () => {
  const url = 'http://hl7.org/fhir/us/mcode/StructureDefinition/'
  const read = clinicalCase([
    result('snomed|398192003', {
      extension: [
        { url: `${url}mcode-related-condition`, valueCodeableConcept: concept('icd10|J44.9') },
        { url: `${url}mcode-related-condition-absent`, valueCodeableConcept: { text: 'Interstitial lung disease' } },
      ],
    }),
  ])
  expect(answer(read, 'copd')).toBe(true)
  expect(read.facts.ild).toMatchObject({ value: false, absence: 'witnessed' })
})

test('smoking', () => {
  expect(answer(clinicalCase([result('loinc|72166-2', coded('snomed|8517006'))]), 'smoking-status')).toBe('former')
  expect(answer(clinicalCase([result('loinc|72166-2', coded('Never smoked tobacco'))]), 'smoking-status')).toBe('never')
  const read = clinicalCase([note('Ex-smoker, 30 pack-years.')])
  expect([answer(read, 'smoking-status'), answer(read, 'pack-years')]).toEqual(['former', 30])
  expect(answer(clinicalCase([result('snomed|401201003', { valueQuantity: { value: 20, unit: 'Pack-Years' } })]), 'pack-years')).toBe(20)
})

test('words of a later note do not take back a lasting illness that has a code', () => {
  const read = clinicalCase([
    condition('icd10|J84.10', { onsetDateTime: '2025-01-01' }),
    reported('CT chest', 'No interstitial lung disease.'),
  ])
  expect(answer(read, 'ild')).toBe(true)
  expect(codesOf(read.issues)).toContain('contradictory-result')
})

test('an illness no rule knows is listed and said to be unjudged', () => {
  const read = clinicalCase([condition('Gout')])
  expect(answer(read, 'comorbidities')).toEqual(['Gout'])
  expect(codesOf(read.issues)).toContain('unmapped-code')
})

test.each(['Malignant spinal cord compression', 'Malignant pleural effusion', 'Cancer-related pain', 'Cancer-associated thrombosis'])(
  '%s is not a second cancer',
  (text) => {
    const read = clinicalCase([condition('snomed|254626006'), condition(text)])
    expect(answer(read, 'second-primary')).toBe(false)
    expect(answer(read, 'histology')).toBe('adenocarcinoma')
  },
)

test('a pneumonitis without grade is not grade 0', () => {
  expect(answer(clinicalCase([note('Ground-glass opacities concerning for pneumonitis.')]), 'pneumonitis-grade')).toBe('<not-informative>')
  expect(answer(clinicalCase([note('Drug-induced pneumonitis on CT.')]), 'pneumonitis-grade')).toBe('<not-recorded>')
  expect(answer(clinicalCase([note('No pneumonitis.')]), 'pneumonitis-grade')).toBe(0)
})

test.each([
  { name: 'a letter', code: 'Child-Pugh class', value: { valueCodeableConcept: { text: 'C' } }, expected: 'c' },
  { name: 'letter and points', code: 'Child-Pugh score', value: { valueString: 'Class C (11 points)' }, expected: 'c' },
  { name: 'points', code: 'Child-Pugh', value: { valueInteger: 12 }, expected: 'c' },
  { name: 'points as a quantity', code: 'Child-Turcotte-Pugh score', value: { valueQuantity: { value: 7 } }, expected: 'b' },
  { name: 'a coded letter', code: 'Child-Pugh class', value: { valueCodeableConcept: { coding: [{ code: 'A' }] } }, expected: 'a' },
  { name: 'no class: open', code: 'Child-Pugh class', value: { valueString: 'not done' }, expected: '<unmapped>' },
])('Child-Pugh as an observation: $name', ({ code, value, expected }) => {
  expect(answer(clinicalCase([condition('Liver cirrhosis'), result(code, value)]), 'child-pugh')).toBe(expected)
})

test('cirrhosis without a class asks for it; without cirrhosis nobody needs one', () => {
  expect(answer(clinicalCase([condition('Liver cirrhosis')]), 'child-pugh')).toBe('<not-recorded>')
  expect(answer(clinicalCase([condition('No cirrhosis')]), 'child-pugh')).toBe('none')
  expect(answer(clinicalCase([]), 'child-pugh')).toBe('none')
})
