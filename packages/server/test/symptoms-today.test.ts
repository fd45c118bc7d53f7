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
