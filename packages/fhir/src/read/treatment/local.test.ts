import { describe, expect, test } from 'vitest'
import { brainMetastasis, type Json, procedure, readTreated, snomed } from '../../../test/treatment.ts'

const M = 'http://hl7.org/fhir/us/mcode/StructureDefinition/'
const summary = (site: string, code: string, cGy: number, fractions: number, technique: Json, intent?: string): Json =>
  procedure('Radiotherapy course of treatment', undefined, {
    meta: { profile: [`${M}mcode-radiotherapy-course-summary`] },
    code: snomed('1217123003', 'Radiotherapy course of treatment (regime/therapy)'),
    performedPeriod: { start: '2026-08-01', end: '2026-08-14' },
    bodySite: [snomed(code, site)],
    extension: [
      ...(intent === undefined ? [] : [{ url: `${M}mcode-procedure-intent`, valueCodeableConcept: snomed(intent) }]),
      {
        url: `${M}mcode-radiotherapy-modality-and-technique`,
        extension: [{ url: `${M}mcode-radiotherapy-technique`, valueCodeableConcept: technique }],
      },
      {
        url: `${M}mcode-radiotherapy-dose-delivered-to-volume`,
        extension: [
          { url: 'totalDoseDelivered', valueQuantity: { value: cGy, code: 'cGy', system: 'http://unitsofmeasure.org' } },
          { url: 'fractionsDelivered', valueUnsignedInt: fractions },
        ],
      },
    ],
  })

describe('radiation', () => {
  test('mCODE course summary: dose in cGy, site by code, intent', () => {
    const read = readTreated([
      summary('Bone structure of femur', '71341001', 3000, 10, snomed('441799006', 'Intensity modulated radiation therapy'), '363676003'),
    ])
    expect(read.value('radiation-courses')).toEqual([
      { site: 'bone', doseGy: 30, fractions: 10, end: '2026-08-14', technique: null, intent: 'palliative' },
    ])
    expect(read.value('thoracic-radiation-on')).toBeUndefined()
  })
  test.each([
    {
      name: 'whole brain',
      text: 'Whole-brain radiotherapy 30 Gy in 10 fractions',
      site: 'brain',
      technique: 'wbrt',
      doseGy: 30,
      fractions: 10,
      whole: true,
    },
    {
      name: 'radiosurgery',
      text: 'Gamma Knife radiosurgery, left frontal brain metastasis, 20 Gy',
      site: 'brain',
      technique: 'srs',
      doseGy: 20,
      fractions: null,
      whole: undefined,
    },
    {
      name: 'SBRT adrenal',
      text: 'SBRT of the adrenal metastasis, 5 x 8 Gy',
      site: 'adrenal',
      technique: 'sbrt',
      doseGy: 40,
      fractions: 5,
      whole: undefined,
    },
    {
      name: 'palliative spine',
      text: 'Palliative radiation of thoracic spine 20 Gy/5',
      site: 'spine',
      technique: null,
      doseGy: 20,
      fractions: 5,
      whole: undefined,
    },
  ])('$name from text', ({ text, site, technique, doseGy, fractions, whole }) => {
    const read = readTreated([procedure(text, '2026-07-01')])
    expect(read.value('radiation-courses')).toMatchObject([{ site, technique, doseGy, fractions, end: '2026-07-01' }])
    expect(read.value('whole-brain-radiation')).toBe(whole)
  })
  test('brain treatment before the metastasis was found does not treat it', () => {
    expect(readTreated([brainMetastasis('2026-10-01'), procedure('SRS brain', '2025-01-01')]).value('brain-treated')).toBeUndefined()
    expect(readTreated([brainMetastasis('2026-10-01'), procedure('SRS brain', '2026-10-15')]).value('brain-treated')).toBe(true)
    expect(
      readTreated([brainMetastasis('2026-10-01'), procedure('SRS brain', '2026-12-15', { status: 'preparation' })]).value('brain-treated'),
    ).toBeUndefined()
  })
  test('prophylactic cranial irradiation is not a treatment of metastases', () => {
    expect(
      readTreated([brainMetastasis('2026-10-01'), procedure('Prophylactic cranial irradiation', '2026-10-15')]).value('brain-treated'),
    ).toBeUndefined()
  })
})

describe('surgery', () => {
  test('craniotomy is major and treats the brain; a biopsy is no operation', () => {
    const read = readTreated([
      brainMetastasis('2026-10-01'),
      procedure('Craniotomy for resection of brain metastasis', '2026-10-20'),
      procedure('CT-guided lung biopsy', '2026-09-01'),
    ])
    expect(read.value('surgeries')).toEqual([{ procedure: 'craniotomy-resection', on: '2026-10-20' }])
    expect(read.value('major-surgery-on')).toBe('2026-10-20')
    expect(read.value('brain-treated')).toBe(true)
  })
  test('planned operation from a service request', () => {
    const read = readTreated([
      {
        resourceType: 'ServiceRequest',
        id: 's',
        status: 'active',
        intent: 'order',
        subject: { reference: 'Patient/ann' },
        code: { text: 'Intramedullary nailing of femur' },
        occurrenceDateTime: '2026-12-01',
      },
    ])
    expect(read.value('planned-surgery-on')).toBe('2026-12-01')
    expect(read.value('major-surgery-on')).toBeUndefined()
  })
  test('drainage is not major', () => {
    expect(
      readTreated([procedure('Thoracentesis', '2026-11-01', { code: snomed('91602002', 'Thoracentesis') })]).value('major-surgery-on'),
    ).toBeUndefined()
  })
})
