import { describe, expect, test } from 'vitest'
import { planOf } from './plan-of.ts'

/** A symptom speaks of its day: a fresh one triggers, an old or undated one is asked about, none says nothing. */
const told = (words: string, day?: string) => ({
  resourceType: 'Observation',
  id: 'symptom',
  status: 'final',
  subject: { reference: 'Patient/p' },
  code: { text: words },
  ...(day ? { effectiveDateTime: day } : {}),
  valueBoolean: true,
})
const BASE = ['stage-group=ivb', 'stage-iv=true', 'histology=adenocarcinoma', 'ecog=1']
const planWith = (words: string, day?: string, ...set: readonly string[]) => planOf([...BASE, ...set], [told(words, day)])
const shown = (plan: ReturnType<typeof planOf>, id: string) => {
  const alert = plan.alerts.find((a) => a.id === id)
  return alert && `${alert.urgency}${alert.suspected ? '?' : ''}`
}

const FRESH = '2026-11-20'
const OLD = '2026-01-27'
describe.each([
  ['Confusion', 'symptomatic-brain-metastases', 'urgent?', 'brain-metastases=unknown'],
  ['Confusion', 'leptomeningeal-disease', 'urgent?', 'brain-metastases=false'],
  ['New neurological deficit', 'symptomatic-brain-metastases', 'urgent?', 'brain-metastases=true'],
  ['Headache with vomiting', 'raised-intracranial-pressure', 'emergency?', 'brain-metastases=unknown'],
  ['Blurred vision', 'leptomeningeal-disease', 'urgent?', 'brain-metastases=false'],
  ['Facial swelling', 'svc-obstruction', 'urgent?', 'brain-metastases=false'],
  ['Leg swelling', 'venous-thromboembolism', 'emergency?', 'brain-metastases=false'],
])('%s', (words, alert, urgency, set) => {
  test(`of this week: ${urgency} ${alert}`, () => expect(shown(planWith(words, FRESH, set), alert)).toBe(urgency))
  test('of ten months ago, or without a day: asked about, no emergency', () => {
    for (const day of [OLD, undefined]) {
      const plan = planWith(words, day, set)
      expect(plan.alerts.filter((a) => a.urgency === 'emergency')).toEqual([])
      expect(plan.alerts.filter((a) => a.urgency === 'soon' && a.title.includes('is it there now?'))).toHaveLength(1)
    }
  })
})

describe('MRI of the spine comes first', () => {
  const first = (day?: string) => planWith('Leg weakness', day).options.find((o) => o.id === 'test-cord-mri-first')
  test('for legs that are weak this week', () => expect(first(FRESH)?.standing).toBe('recommended'))
  test('above the molecular results, and both are told', () =>
    expect(
      planWith('Leg weakness', FRESH)
        .options.filter((o) => o.standing === 'recommended')
        .map((o) => o.id),
    ).toEqual(['test-cord-mri-first', 'test-broad-panel-before-1l']))
  test('for legs that were weak ten months ago only once somebody has asked again', () => {
    expect(first(OLD)?.standing).toBe('needs-data')
    expect(first(OLD)?.needs.map((n) => n.fact)).toContain('leg-weakness')
  })
  test('not for legs that nobody calls weak', () => expect(planOf(BASE).options.some((o) => o.id === 'test-cord-mri-first')).toBe(false))
})

describe('symptoms that may be harm, or the brain', () => {
  const problem = (words: string, on = '2026-11-20') => ({
    resourceType: 'Condition',
    id: 'problem',
    subject: { reference: 'Patient/p' },
    clinicalStatus: { coding: [{ code: 'active' }] },
    code: { text: words },
    onsetDateTime: on,
  })
  const given = (drug: string) => ({
    resourceType: 'MedicationAdministration',
    id: 'given',
    status: 'completed',
    subject: { reference: 'Patient/p' },
    medicationCodeableConcept: { text: drug },
    effectiveDateTime: '2026-11-10',
  })
  const on = (drug: string, words: string, ...set: readonly string[]) =>
    planOf([...BASE, 'brain-metastases=false', ...set], [given(drug), problem(words)])
  const going = (plan: ReturnType<typeof planOf>) => plan.options.find((o) => o.procedure === 'continue')?.standing
  const first = (plan: ReturnType<typeof planOf>) => `${plan.options[0]?.id} ${plan.options[0]?.standing}`

  test('a headache under a checkpoint inhibitor: hypophysitis or meningitis, cortisol and MRI before the next dose', () => {
    const plan = on('pembrolizumab', 'Headache')
    expect(shown(plan, 'immune-headache')).toBe('urgent')
    expect(first(plan)).toBe('hold-current recommended')
    for (const id of ['tsh-cortisol', 'brain-mri']) expect(plan.tests.find((t) => t.id === id)?.urgency).toBe('urgent')
  })
  test('a headache under osimertinib is no immune event, but the brain is imaged', () => {
    const plan = on('osimertinib', 'Headache')
    expect(shown(plan, 'immune-headache')).toBeUndefined()
    expect(plan.tests.find((t) => t.id === 'brain-mri')?.urgency).toBe('urgent')
  })
  test('a headache beside known brain metastases is asked about before a new drug; none is not', () => {
    const known = (words: string, day?: string) => planOf([...BASE, 'brain-metastases=true'], [problem(words, day)])
    expect(shown(known('Headache'), 'symptomatic-brain-metastases')).toBe('urgent')
    expect(shown(known('Headache', '2021-11-20'), 'symptomatic-brain-metastases')).toBeUndefined()
    expect(shown(known('Gout'), 'symptomatic-brain-metastases')).toBeUndefined()
  })
  test('a rash without a grade is graded; one of grade 1 is not asked about', () => {
    expect(shown(on('pembrolizumab', 'Rash'), 'rash-not-graded')).toBe('urgent')
    expect(shown(on('pembrolizumab', 'Rash grade 1'), 'rash-not-graded')).toBeUndefined()
  })
  test.each(['pembrolizumab', 'osimertinib'])('Stevens-Johnson syndrome on %s is an emergency', (drug) => {
    const plan = on(drug, 'Stevens-Johnson syndrome')
    expect(shown(plan, 'severe-skin-reaction')).toBe('emergency')
    expect(going(plan)).toBeUndefined()
  })
  test('dysphagia: looked into in everybody, and a checkpoint inhibitor waits', () => {
    expect(shown(on('osimertinib', 'Dysphagia'), 'dysphagia')).toBe('urgent')
    expect(going(on('pembrolizumab', 'Dysphagia'))).toBe('conditional')
    expect(shown(on('pembrolizumab', 'Gout'), 'dysphagia')).toBeUndefined()
  })
  test('syncope on a drug that lengthens QT: ECG now, the drug waits; on pemetrexed an ECG today', () => {
    const plan = on('osimertinib', 'Syncope', 'qtc=unknown')
    expect(shown(plan, 'syncope')).toBe('emergency')
    expect(first(plan)).toBe('hold-current recommended')
    expect(plan.tests.find((t) => t.id === 'ecg-qtc')?.urgency).toBe('emergency')
    expect(shown(on('pemetrexed', 'Syncope'), 'syncope')).toBe('urgent')
    expect(shown(on('osimertinib', 'Gout'), 'syncope')).toBeUndefined()
  })
})
