import { describe, expect, test } from 'vitest'
import { note } from '../../../test/clinical.ts'
import { condition, type Json, liverMetastasis, readTreated, taken } from '../../../test/treatment.ts'

const facts = (chart: readonly Json[]) => {
  const read = readTreated([liverMetastasis('2026-01-01'), ...chart])
  return {
    suspects: read.value('pneumonitis-suspects'),
    grade: read.value('prior-pneumonitis-grade'),
    active: read.value('pneumonitis-active'),
  }
}
const said = (text: string) => facts([note(text, '2026-11-20')])
const NO_GRADE = 'unknown: not-recorded'
const DOUBT = 'unknown: not-informative'
const NOTHING = { suspects: undefined, grade: undefined, active: undefined }
const TDXD = ['trastuzumab-deruxtecan']

describe('an illness of the lung that the words lay to a drug', () => {
  test.each([
    { text: 'T-DXd ILD grade 2', suspects: TDXD, grade: 2 },
    { text: 'Grade 1 ILD under trastuzumab deruxtecan.', suspects: TDXD, grade: 1 },
    { text: 'Trastuzumab deruxtecan discontinued because of interstitial lung disease', suspects: TDXD, grade: NO_GRADE },
    { text: 'Enhertu-associated ILD', suspects: TDXD, grade: NO_GRADE },
    { text: 'Developed ILD after 6 cycles of T-DXd.', suspects: TDXD, grade: NO_GRADE },
    { text: 'T-DXd held for new ground-glass opacities, ILD G1', suspects: TDXD, grade: 1 },
    { text: 'Lung toxicity grade 3 on Dato-DXd', suspects: ['datopotamab-deruxtecan'], grade: 3 },
    { text: 'Organising pneumonia on osimertinib', suspects: ['osimertinib'], grade: NO_GRADE },
    { text: 'Interstitial pneumonia caused by gefitinib', suspects: ['gefitinib'], grade: NO_GRADE },
    { text: 'ILD (gr. 1) under datopotamab deruxtecan', suspects: ['datopotamab-deruxtecan'], grade: 1 },
    { text: 'T-DXd ILD grade 2, docetaxel since', suspects: TDXD, grade: 2 },
    { text: 'Pneumonitis grade 2 on osimertinib, docetaxel since', suspects: ['osimertinib'], grade: 2 },
  ])('$text', ({ text, ...expected }) => expect(said(text)).toEqual({ ...expected, active: true }))

  test.each([
    'No ILD on T-DXd.',
    'Monitor for ILD on T-DXd.',
    'Known ILD, T-DXd not given.',
    'ILD: T-DXd is contraindicated',
    'Pre-existing ILD. On T-DXd since March.',
    'Unchanged ILD on osimertinib',
    'ILD due to amiodarone',
    'Drug-induced ILD from amiodarone; on osimertinib now',
    'ILD with a UIP pattern.',
    'Mother had ILD on gefitinib',
  ])('nothing: %s', (text) => expect(said(text)).toEqual(NOTHING))

  test.each(['Possible T-DXd ILD', 'Suspected ILD on osimertinib', 'Osimertinib tolerated well by mouth, ILD, cough'])(
    'a doubt: %s',
    (text) => expect(said(text)).toEqual({ suspects: DOUBT, grade: undefined, active: DOUBT }),
  )

  test('a day beside it is its day: over long before the note', () => {
    expect(said('Pneumonitis grade 3 on osimertinib in 2024')).toEqual({ suspects: ['osimertinib'], grade: 3, active: false })
    expect(said('T-DXd since January 2024, ILD grade 2 now').active).toBe(true)
    expect(said('h/o T-DXd pneumonitis').active).toBe(false)
  })
})

describe('an illness of the lung as an event or a condition', () => {
  const osimertinib = taken('osimertinib', '2026-06-01')
  const ild = (more: Json): Json => condition('Interstitial lung disease', { clinicalStatus: { coding: [{ code: 'active' }] }, ...more })

  test('an adverse event and the reason of a stop', () => {
    const event = {
      resourceType: 'AdverseEvent',
      id: 'ild',
      actuality: 'actual',
      subject: { reference: 'Patient/ann' },
      event: { text: 'Interstitial lung disease, grade 2' },
      date: '2026-11-01',
    }
    expect(facts([osimertinib, event])).toEqual({ suspects: ['osimertinib'], grade: 2, active: true })
    const stopped = taken('trastuzumab deruxtecan', '2026-03-01', '2026-11-01', {
      statusReason: [{ text: 'Interstitial lung disease grade 3' }],
    })
    expect(facts([stopped])).toMatchObject({ suspects: TDXD, grade: 3 })
  })

  test('a report that finds it new while a drug runs leaves it open', () => {
    const ct = (text: string) => note(text, '2026-11-20')
    expect(facts([osimertinib, ct('CT: bilateral interstitial lung disease, new since the last scan.')]).active).toBe(DOUBT)
    expect(facts([osimertinib, ct('CT: known interstitial lung disease, nothing new.')])).toEqual(NOTHING)
    expect(facts([ct('CT: bilateral interstitial lung disease, new since the last scan.')])).toEqual(NOTHING)
  })

  test('a condition: begun under the drug, older than it, or without a date', () => {
    expect(facts([osimertinib, ild({ onsetDateTime: '2026-10-01' })])).toMatchObject({ suspects: ['osimertinib'], active: true })
    expect(facts([osimertinib, ild({ onsetDateTime: '2020-01-01' })])).toEqual(NOTHING)
    expect(facts([osimertinib, ild({})])).toEqual({ suspects: DOUBT, grade: undefined, active: DOUBT })
    expect(facts([ild({})])).toEqual(NOTHING)
    expect(facts([osimertinib, ild({ note: [{ text: 'Known since childhood.' }] })])).toEqual(NOTHING)
  })
})
