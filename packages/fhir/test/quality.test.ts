import { type Fact, isKnown, type ListItem } from '@secondwind/core'
import { describe, expect, test } from 'vitest'
import { parseCharts, readPatientCase } from '../src/index.ts'
import { concept, condition, reported, result } from './clinical.ts'
import { testKnowledge } from './knowledge.ts'
import { bundle } from './reading.ts'

type Resource = { readonly [element: string]: unknown }

const AS_OF = '2026-11-23'
const subject = { reference: 'Patient/ann' }
let next = 0
const id = (): string => `q${next++}`

const ANN: Resource = { resourceType: 'Patient', id: 'ann', gender: 'female', birthDate: '1960-05-01' }
const DEAD: Resource = { ...ANN, deceasedDateTime: '2026-06-15T08:00:00Z' }
const STAGE_IV = condition('icd10|C34.1', {
  onsetDateTime: '2026-01-05',
  stage: [{ summary: { text: 'Stage IV' } }],
})

/** The facts of a chart by all readers. */
function factsOf(patient: Resource, resources: readonly Resource[], asOf = AS_OF): Readonly<Record<string, Fact>> {
  const parsed = parseCharts(JSON.stringify(bundle(patient, ...resources)))
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  const read = readPatientCase(parsed.value[0]!, testKnowledge(), { asOf })
  if (!read.ok) throw new Error('not read')
  return read.value.patientCase.facts
}

/** Value of a known fact; of an unknown one its reason in angle brackets. */
const answer = (facts: Readonly<Record<string, Fact>>, fact: string): unknown => {
  const found = facts[fact]
  return isKnown(found) ? found.value : `<${found?.unknown}>`
}

const encounter = (code: string, on: string, more: Resource = {}): Resource => ({
  resourceType: 'Encounter',
  id: id(),
  status: 'finished',
  class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code },
  subject,
  period: { start: on },
  ...more,
})
const visit = (on: string, more: Resource = {}): Resource => encounter('AMB', on, more)
const dose = (drug: string, on: string): Resource => ({
  resourceType: 'MedicationAdministration',
  id: id(),
  status: 'completed',
  medicationCodeableConcept: { text: drug },
  subject,
  effectiveDateTime: on,
})
const order = (drug: string, on: string, more: Resource = {}): Resource => ({
  resourceType: 'MedicationRequest',
  id: id(),
  status: 'active',
  intent: 'order',
  medicationCodeableConcept: { text: drug },
  subject,
  authoredOn: on,
  ...more,
})

describe('death', () => {
  test.each([
    { name: 'alive', patient: ANN, expected: 'never' },
    { name: 'died', patient: DEAD, expected: '2026-06-15' },
    { name: 'died, no day', patient: { ...ANN, deceasedBoolean: true }, expected: '<not-recorded>' },
    { name: 'dies after the day that is asked', patient: { ...ANN, deceasedDateTime: '2027-01-01' }, expected: 'never' },
  ])('$name', ({ patient, expected }) => expect(answer(factsOf(patient, []), 'died-on')).toBe(expected))

  test.each([
    { name: 'lung cancer by code', value: { valueCodeableConcept: concept('icd10|C34.9') }, expected: true },
    { name: 'in words', value: { valueString: 'Metastatic carcinoma of the lung' }, expected: true },
    { name: 'an infarct', value: { valueCodeableConcept: concept('icd10|I21.9') }, expected: false },
  ])('of $name', ({ value, expected }) => {
    expect(answer(factsOf(DEAD, [result('loinc|69453-9', value, '2026-06-15')]), 'died-of-cancer')).toBe(expected)
  })

  test('of a cause that nobody recorded', () => expect(answer(factsOf(DEAD, []), 'died-of-cancer')).toBe('<not-recorded>'))
})

describe('the last dose before death', () => {
  test('a dose 14 days before', () => {
    const facts = factsOf(DEAD, [STAGE_IV, dose('pembrolizumab', '2026-05-10'), dose('pembrolizumab', '2026-06-01')])
    expect(answer(facts, 'last-dose-on')).toBe('2026-06-01')
    expect(answer(facts, 'last-dose-to-death-days')).toBe(14)
  })

  test('tablets whose order nobody closed are no dose on the day of death', () => {
    const facts = factsOf(DEAD, [STAGE_IV, order('osimertinib', '2026-02-01')])
    expect(answer(facts, 'last-dose-on')).toBe('<not-recorded>')
    expect(answer(facts, 'last-dose-to-death-days')).toBe('<not-recorded>')
  })

  test('no treatment at all', () => {
    expect(answer(factsOf(DEAD, [STAGE_IV]), 'last-dose-to-death-days')).toBe('never')
  })
})

describe('events are never only where the chart would have shown them', () => {
  test.each([
    { name: 'nothing in the chart', resources: [], fact: 'intensive-care-to-death-days', expected: '<not-recorded>' },
    {
      name: 'encounters, none of them intensive',
      resources: [visit('2026-03-01')],
      fact: 'intensive-care-to-death-days',
      expected: 'never',
    },
    {
      name: 'admitted to intensive care',
      resources: [encounter('IMP', '2026-06-01', { location: [{ location: { display: 'Intensive Care Unit 2' } }] })],
      fact: 'intensive-care-to-death-days',
      expected: 14,
    },
    {
      name: 'a stay that was cancelled',
      resources: [encounter('IMP', '2026-06-01', { status: 'cancelled', type: [{ text: 'Intensive care' }] }), visit('2026-03-01')],
      fact: 'intensive-care-to-death-days',
      expected: 'never',
    },
    {
      name: 'one emergency visit',
      resources: [encounter('EMER', '2026-06-10')],
      fact: 'emergency-before-last-to-death-days',
      expected: 'never',
    },
    {
      name: 'two emergency visits',
      resources: [encounter('EMER', '2026-06-10'), encounter('EMER', '2026-05-20')],
      fact: 'emergency-before-last-to-death-days',
      expected: 26,
    },
    {
      name: 'two records of one emergency visit',
      resources: [encounter('EMER', '2026-06-10'), encounter('EMER', '2026-06-10')],
      fact: 'emergency-before-last-to-death-days',
      expected: 'never',
    },
    // a clinic does not see what a hospice does: its encounters are no witness
    { name: 'encounters and no hospice', resources: [visit('2026-03-01')], fact: 'hospice-to-death-days', expected: '<not-recorded>' },
    {
      name: 'hospice as an episode of care',
      resources: [
        {
          resourceType: 'EpisodeOfCare',
          id: 'e',
          status: 'finished',
          type: [{ text: 'Hospice' }],
          patient: subject,
          period: { start: '2026-06-12' },
        },
      ],
      fact: 'hospice-to-death-days',
      expected: 3,
    },
  ])('$name', ({ resources, fact, expected }) => expect(answer(factsOf(DEAD, [STAGE_IV, ...resources]), fact)).toBe(expected))
})

describe('before the first line', () => {
  const treated = [STAGE_IV, dose('carboplatin', '2026-02-10'), dose('pemetrexed', '2026-02-10')]
  test('start and classes of the first line', () => {
    const facts = factsOf(ANN, treated)
    expect(answer(facts, 'first-line-start-on')).toBe('2026-02-10')
    expect(answer(facts, 'first-line-classes')).toContain('platinum')
  })

  test('nobody treated', () => expect(answer(factsOf(ANN, [STAGE_IV]), 'first-line-start-on')).toBe('never'))

  test.each([
    {
      name: 'a panel a week before',
      more: [reported('Next generation sequencing panel', 'No driver found', '2026-02-03', 'GE')],
      expected: -7,
    },
    { name: 'a panel a week after', more: [reported('Genomic sequencing', 'ALK fusion', '2026-02-17', 'GE')], expected: 7 },
    {
      name: 'a report that is still preliminary',
      more: [{ ...reported('Genomic panel', '', '2026-02-03', 'GE'), status: 'preliminary' }],
      expected: 'never',
    },
    {
      name: 'a panel that failed',
      more: [reported('Genomic panel', 'Insufficient tissue for molecular testing', '2026-02-03', 'GE')],
      expected: 'never',
    },
    { name: 'no reports at all', more: [], expected: '<not-recorded>' },
  ])('$name', ({ more, expected }) => expect(answer(factsOf(ANN, [...treated, ...more]), 'first-line-to-molecular-days')).toBe(expected))

  test('a failed panel is remembered, and so is the next one', () => {
    const facts = factsOf(ANN, [
      ...treated,
      reported('Genomic panel', 'Insufficient tissue for molecular testing', '2026-01-20', 'GE'),
      reported('Genomic panel', 'EGFR L858R', '2026-02-20', 'GE'),
    ])
    expect(answer(facts, 'sample-failed-on')).toBe('2026-01-20')
    expect(answer(facts, 'report-to-failure-days')).toBe(-31)
  })

  test('PD-L1 by the day of its release', () => {
    const facts = factsOf(ANN, [
      ...treated,
      result('PD-L1 TPS', { valueQuantity: { value: 60, unit: '%' } }, '2026-01-15', { issued: '2026-01-22T10:00:00Z' }),
    ])
    expect(answer(facts, 'pd-l1-reported-on')).toBe('2026-01-22')
  })

  test('performance status, smoking, imaging of the brain', () => {
    const facts = factsOf(ANN, [
      ...treated,
      result('loinc|89247-1', { valueInteger: 1 }, '2026-02-01'),
      result('loinc|89247-1', { valueInteger: 2 }, '2026-09-01'),
      reported('MRI brain with contrast', 'No metastases.', '2026-02-05'),
    ])
    expect(answer(facts, 'first-line-to-ecog-days')).toBe(-9)
    expect(answer(facts, 'first-line-to-brain-imaging-days')).toBe(-5)
    expect(answer(facts, 'stage-iv-to-smoking-days')).toBe('never')
  })
})

describe('what follows a finding counts from it on', () => {
  const phq = result('loinc|44261-6', { valueInteger: 14 }, '2026-03-01')
  test.each([
    { name: 'a contact three days later', more: [visit('2026-03-04', { type: [{ text: 'Psycho-oncology' }] })], expected: 3 },
    { name: 'a contact before', more: [visit('2026-02-20', { type: [{ text: 'Psycho-oncology' }] })], expected: 'never' },
    { name: 'no encounters', more: [], expected: '<not-recorded>' },
  ])('$name', ({ more, expected }) => expect(answer(factsOf(ANN, [STAGE_IV, phq, ...more]), 'depression-to-contact-days')).toBe(expected))

  test('a low score asks for nothing', () => {
    expect(answer(factsOf(ANN, [STAGE_IV, result('loinc|44261-6', { valueInteger: 4 }, '2026-03-01')]), 'depression-screen-on')).toBe(
      'never',
    )
  })

  test('a laxative on the day of the opioid', () => {
    const facts = factsOf(ANN, [STAGE_IV, order('morphine', '2026-03-01'), order('senna', '2026-03-01')])
    expect(answer(facts, 'opioid-to-laxative-days')).toBe(0)
    expect(answer(factsOf(ANN, [STAGE_IV, order('morphine', '2026-03-01')]), 'opioid-to-laxative-days')).toBe('never')
  })
})

describe('lists', () => {
  const rows = (facts: Readonly<Record<string, Fact>>, list: string): readonly ListItem[] => {
    const found = facts[list]
    return isKnown(found) ? (found.value as readonly ListItem[]) : []
  }

  test('a visit between two doses, pain on the day', () => {
    const facts = factsOf(ANN, [
      STAGE_IV,
      dose('docetaxel', '2026-02-20'),
      dose('docetaxel', '2026-03-30'),
      visit('2026-03-10', { serviceProvider: { display: 'North' } }),
      visit('2026-03-11'),
      result('loinc|72514-3', { valueInteger: 4 }, '2026-03-10'),
    ])
    expect(rows(facts, 'oncology-visits')).toEqual([
      {
        on: '2026-03-10',
        site: 'North',
        treatmentBeforeDays: 18,
        treatmentAfterDays: 20,
        radiationBeforeDays: 'never',
        painRecorded: true,
        pain: 4,
        painPlan: null,
      },
      {
        on: '2026-03-11',
        site: null,
        treatmentBeforeDays: 19,
        treatmentAfterDays: 19,
        radiationBeforeDays: 'never',
        painRecorded: null,
        pain: null,
        painPlan: null,
      },
    ])
  })

  test('pain was not asked on a day with other observations', () => {
    const facts = factsOf(ANN, [
      STAGE_IV,
      visit('2026-03-10'),
      result('loinc|29463-7', { valueQuantity: { value: 60, unit: 'kg', code: 'kg', system: 'http://unitsofmeasure.org' } }, '2026-03-10'),
    ])
    expect(rows(facts, 'oncology-visits')[0]).toMatchObject({ painRecorded: false })
  })

  test('tablets are not given in the clinic; a drip without a recorded day leaves it open', () => {
    const visitOf = (drug: string) => rows(factsOf(ANN, [STAGE_IV, order(drug, '2026-02-20'), visit('2026-03-10')]), 'oncology-visits')[0]
    expect(visitOf('osimertinib')).toMatchObject({ treatmentBeforeDays: 'never', treatmentAfterDays: 'never' })
    expect(visitOf('docetaxel')).toMatchObject({ treatmentBeforeDays: null, treatmentAfterDays: null })
  })

  test('a chart without encounters says nothing of visits', () =>
    expect(answer(factsOf(ANN, [STAGE_IV]), 'oncology-visits')).toBe('<not-recorded>'))

  test('days of treatment and the last screening for distress', () => {
    const facts = factsOf(ANN, [
      STAGE_IV,
      dose('docetaxel', '2026-02-20'),
      dose('docetaxel', '2026-03-13'),
      result('Distress thermometer', { valueInteger: 5 }, '2026-03-01'),
    ])
    expect(rows(facts, 'treatment-days').map(({ on, distressDays }) => [on, distressDays])).toEqual([
      ['2026-02-20', 'never'],
      ['2026-03-13', 12],
    ])
  })
})

describe('site of care', () => {
  test.each([
    {
      name: 'the managing organization first',
      patient: { ...ANN, managingOrganization: { display: 'North' } },
      more: [visit('2026-03-01', { serviceProvider: { display: 'South' } })],
      expected: 'North',
    },
    {
      name: 'else the provider of the latest encounter',
      patient: ANN,
      more: [visit('2026-05-01', { serviceProvider: { display: 'West' } }), visit('2026-03-01', { serviceProvider: { display: 'South' } })],
      expected: 'West',
    },
    {
      name: 'else the source of the record',
      patient: { ...ANN, meta: { source: 'urn:hospital:7#abc' } },
      more: [],
      expected: 'urn:hospital:7',
    },
    { name: 'else nobody knows', patient: ANN, more: [], expected: '<not-recorded>' },
  ])('$name', ({ patient, more, expected }) => expect(answer(factsOf(patient, more), 'care-site')).toBe(expected))
})
