import type { ListItem } from '@secondwind/core'
import { describe, expect, test } from 'vitest'
import { dose, type Json, ordered, readTreated, taken } from '../../../test/treatment.ts'

const structured = (value: number, unit: string, timing: Json): Json => ({
  dosageInstruction: [{ doseAndRate: [{ doseQuantity: { value, unit } }], timing }],
})

describe('what is taken now', () => {
  test.each([
    { name: 'active statement without dates', chart: [taken('pantoprazole 40 mg')], classes: ['ppi'] },
    { name: 'active order', chart: [ordered('pantoprazole 40 MG Oral Tablet', '2026-05-01')], classes: ['ppi'] },
    { name: 'completed last year', chart: [taken('pantoprazole 40 mg', '2025-01-01', '2025-06-01')], classes: undefined },
    { name: 'stopped order', chart: [ordered('pantoprazole 40 mg', '2026-05-01', { status: 'stopped' })], classes: undefined },
    {
      name: 'order whose bounds are over',
      chart: [
        ordered('pantoprazole', '2026-01-01', { dosageInstruction: [{ timing: { repeat: { boundsPeriod: { end: '2026-02-01' } } } }] }),
      ],
      classes: undefined,
    },
    { name: 'never taken', chart: [taken('pantoprazole', undefined, undefined, { status: 'not-taken' })], classes: undefined },
    { name: 'an infusion of an antiemetic is not a medicine taken now', chart: [dose('ondansetron', '2026-11-20')], classes: undefined },
    { name: 'entered in error', chart: [taken('pantoprazole', undefined, undefined, { status: 'entered-in-error' })], classes: undefined },
    { name: 'brand name', chart: [taken('Eliquis 5 mg twice daily')], classes: ['doac'] },
    {
      name: 'a medication list of text',
      chart: [
        {
          resourceType: 'List',
          id: 'l',
          status: 'current',
          mode: 'working',
          title: 'Medications',
          subject: { reference: 'Patient/ann' },
          entry: [{ item: { display: 'pantoprazole 40 mg' } }],
        },
      ],
      classes: ['ppi'],
    },
    {
      name: 'contained Medication',
      chart: [
        taken('x', undefined, undefined, {
          medicationCodeableConcept: undefined,
          medicationReference: { reference: '#m' },
          contained: [{ resourceType: 'Medication', id: 'm', code: { text: 'pantoprazole' } }],
        }),
      ],
      classes: ['ppi'],
    },
    {
      name: 'dispensed for ninety days two months ago',
      chart: [
        {
          resourceType: 'MedicationDispense',
          id: 'd',
          status: 'completed',
          subject: { reference: 'Patient/ann' },
          medicationCodeableConcept: { text: 'pantoprazole' },
          whenHandedOver: '2026-09-25',
          daysSupply: { value: 90 },
        },
      ],
      classes: ['ppi'],
    },
  ] as const)('$name', ({ chart, classes }) => {
    expect(readTreated(chart as readonly Json[]).value('medicine-classes')).toEqual(classes)
  })

  test('an unknown medicine is listed with an issue', () => {
    const read = readTreated([taken('Nerve tonic drops')])
    expect(read.value('unmapped-medicines')).toEqual(['Nerve tonic drops'])
    expect(read.value('medicines')).toEqual([{ name: 'Nerve tonic drops', drug: '', classes: [], dailyDoseMg: null, since: null }])
    expect(read.issues.map((issue) => issue.code)).toContain('unmapped-code')
  })

  test('a code that says another drug than the name is reported, and the name counts', () => {
    const read = readTreated([
      taken('x', undefined, undefined, {
        medicationCodeableConcept: {
          coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code: '40790', display: 'warfarin 5 MG Oral Tablet' }],
        },
      }),
    ])
    expect(read.value('medicine-classes')).toEqual(['vka'])
    expect(read.issues.map((issue) => issue.code)).toContain('suspicious-code')
  })

  test('an ingredient code alone', () => {
    const read = readTreated([
      taken('x', undefined, undefined, {
        medicationCodeableConcept: { coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code: '40790' }] },
      }),
    ])
    expect((read.value('medicines') as readonly ListItem[])[0]).toMatchObject({ drug: 'pantoprazole' })
  })

  test('QT-prolonging medicines are counted', () => {
    expect(readTreated([taken('ondansetron 8 mg'), taken('methadone 10 mg'), taken('metformin')]).value('qt-prolonging-count')).toBe(2)
  })
})

describe('steroids in prednisone equivalents', () => {
  // dexamethasone 1 mg is worth 6.67 mg of prednisone, hydrocortisone 0.25, methylprednisolone 1.25 (drugs.yaml, steroid-equivalents)
  test.each([
    { name: 'prednisone 10 mg daily', chart: [taken('prednisone 10 mg daily')], mg: 10, reason: undefined },
    {
      name: 'prednisone 20 mg twice daily',
      chart: [taken('prednisone', undefined, undefined, { dosage: [{ text: '20 mg twice daily' }] })],
      mg: 40,
      reason: undefined,
    },
    {
      name: 'dexamethasone 4 mg bid for brain oedema',
      chart: [
        taken('dexamethasone 4 mg BID', '2026-11-10', undefined, { reasonCode: [{ text: 'Vasogenic edema from brain metastases' }] }),
      ],
      mg: 53.4,
      reason: 'brain-oedema',
    },
    {
      name: 'dexamethasone on chemotherapy days does not count',
      chart: [
        taken('dexamethasone 4 mg twice daily', undefined, undefined, {
          dosage: [{ text: '4 mg twice daily the day before, of and after pemetrexed, each cycle' }],
        }),
      ],
      mg: 0,
      reason: 'antiemetic',
    },
    { name: 'inhaled budesonide does not count', chart: [taken('budesonide 200 ug inhaler')], mg: undefined, reason: undefined },
    {
      name: 'hydrocortisone replacement, structured',
      chart: [
        ordered('hydrocortisone 10 MG Oral Tablet', '2026-01-01', {
          ...structured(2, 'tablet', { repeat: { frequency: 1, period: 1, periodUnit: 'd' } }),
          reasonCode: [{ text: 'Adrenal insufficiency' }],
        }),
      ],
      mg: 5,
      reason: 'replacement',
    },
    {
      name: 'structured twice a day',
      chart: [ordered('methylprednisolone', '2026-11-01', structured(16, 'mg', { code: { coding: [{ code: 'BID' }] } }))],
      mg: 40,
      reason: undefined,
    },
    { name: 'dose not recorded is unknown, not zero', chart: [taken('prednisone')], mg: 'unknown: not-recorded', reason: undefined },
    { name: 'topical hydrocortisone cream', chart: [taken('hydrocortisone 1% cream')], mg: undefined, reason: undefined },
    { name: 'every other day', chart: [taken('prednisone 20 mg every other day')], mg: 10, reason: undefined },
  ] as const)('$name', ({ chart, mg, reason }) => {
    const read = readTreated(chart as readonly Json[])
    expect([read.value('prednisone-mg'), read.value('steroid-reason')]).toEqual([mg, reason])
  })

  test('a dose without frequency is read as once a day, and said so', () => {
    const read = readTreated([taken('prednisone 15 mg')])
    expect(read.value('prednisone-mg')).toBe(15)
    expect(read.issues.map((issue) => issue.code)).toContain('read-from-text')
  })
})

describe('anticoagulation and vitamins', () => {
  test.each([
    { name: 'rivaroxaban, silent on why', text: 'rivaroxaban 20 mg', expected: true },
    { name: 'enoxaparin prophylaxis', text: 'enoxaparin 40 mg daily, thromboprophylaxis', expected: false },
    { name: 'aspirin is no anticoagulant', text: 'aspirin 100 mg', expected: undefined },
  ])('$name', ({ text, expected }) => {
    expect(readTreated([taken(text)]).value('anticoagulated')).toBe(expected)
  })

  test('folic acid since, last vitamin B12', () => {
    const read = readTreated([
      taken('folic acid 0.4 mg daily', '2026-11-10'),
      dose('cyanocobalamin 1000 mcg', '2026-08-01'),
      dose('vitamin B12 1000 mcg', '2026-10-11'),
    ])
    expect(read.value('folic-acid-started-on')).toBe('2026-11-10')
    expect(read.value('vitamin-b12-on')).toBe('2026-10-11')
  })
})

describe('allergies', () => {
  const allergy = (text: string, more: Json = {}): Json => ({
    resourceType: 'AllergyIntolerance',
    id: `a-${text.length}-${text.slice(0, 3)}`,
    patient: { reference: 'Patient/ann' },
    code: { text },
    ...more,
  })
  test.each([
    {
      name: 'anaphylaxis to carboplatin',
      chart: [allergy('Carboplatin', { criticality: 'high', reaction: [{ manifestation: [{ text: 'Anaphylaxis' }] }] })],
      allergies: ['carboplatin'],
      hypersensitivity: ['platinum'],
    },
    { name: 'no known allergies', chart: [allergy('No known allergies')], allergies: undefined, hypersensitivity: undefined },
    { name: 'penicillin rash', chart: [allergy('Penicillin')], allergies: ['penicillin'], hypersensitivity: undefined },
    {
      name: 'refuted',
      chart: [allergy('Paclitaxel', { verificationStatus: { coding: [{ code: 'refuted' }] } })],
      allergies: undefined,
      hypersensitivity: undefined,
    },
    {
      name: 'mild reaction to paclitaxel',
      chart: [allergy('Paclitaxel', { reaction: [{ severity: 'mild', manifestation: [{ text: 'flushing' }] }] })],
      allergies: ['paclitaxel'],
      hypersensitivity: undefined,
    },
    {
      name: 'severity not recorded counts as serious',
      chart: [allergy('Docetaxel')],
      allergies: ['docetaxel'],
      hypersensitivity: ['taxane'],
    },
    {
      name: 'excipient',
      chart: [allergy('Polysorbate 80', { criticality: 'high' })],
      allergies: ['polysorbate 80'],
      hypersensitivity: ['polysorbate-80'],
    },
    {
      name: 'pembrolizumab infusion reaction grade 4',
      chart: [allergy('Pembrolizumab', { note: [{ text: 'Infusion reaction grade 4' }] })],
      allergies: ['pembrolizumab'],
      hypersensitivity: ['monoclonal-antibody'],
    },
  ])('$name', ({ chart, allergies, hypersensitivity }) => {
    const read = readTreated(chart)
    expect([read.value('allergies'), read.value('hypersensitivity')]).toEqual([allergies, hypersensitivity])
  })
})
