import { describe, expect, test } from 'vitest'
import { planOf, planOfFixture } from './plan-of.ts'

/** Harm while a drug runs: the pause is what we advise, and going on is not. */
const running = (drugs: string, ...set: readonly string[]) =>
  planOf([
    'egfr-exon19-deletion=false',
    'egfr-l858r=false',
    'alk-fusion=false',
    'ros1-fusion=false',
    'histology=adenocarcinoma',
    'stage-group=ivb',
    'ecog=1',
    'palliative-lines=1',
    `current-drugs=${drugs}`,
    `prior-drugs=${drugs}`,
    'progressing-now=false',
    'disease-status=stable',
    'brain-metastases=false',
    ...set,
  ])
const goingOn = (plan: ReturnType<typeof planOf>) => plan.options.find((o) => o.procedure === 'continue')?.standing
const first = (plan: ReturnType<typeof planOf>) => `${plan.options[0]?.id} ${plan.options[0]?.standing}`

describe('kidneys under a checkpoint inhibitor', () => {
  test.each([['creatinine=256 umol/L'], ['acute-kidney-injury=true']])('%s: hold, immune nephritis?', (set) => {
    const plan = running('pembrolizumab', set)
    expect(plan.alerts.find((a) => a.id === 'immune-related-adverse-event')?.title).toContain('nephritis')
    expect(first(plan)).toBe('hold-current recommended')
    expect(goingOn(plan)).not.toBe('recommended')
  })
  test('creatinine of 1.9 times the earlier one: hold, also below every limit', () => {
    const plan = running('pembrolizumab', 'creatinine=140 umol/L', 'creatinine-earlier=75 umol/L')
    expect(plan.alerts.find((a) => a.id === 'immune-related-adverse-event')?.title).toContain('nephritis')
    expect(first(plan)).toBe('hold-current recommended')
  })
  test('high and as before: nothing; high in chronic disease without an earlier one: the earlier one is asked for', () => {
    const stable = running('pembrolizumab', 'creatinine=218 umol/L', 'creatinine-earlier=210 umol/L', 'chronic-kidney-disease=true')
    expect(stable.alerts.map((a) => a.id)).not.toContain('immune-related-adverse-event')
    expect(stable.options[0]?.procedure).toBe('continue')
    const alone = running('pembrolizumab', 'creatinine=218 umol/L', 'chronic-kidney-disease=true')
    expect(alone.alerts.find((a) => a.id === 'immune-related-adverse-event')).toMatchObject({ urgency: 'soon' })
    expect(alone.options[0]?.procedure).toBe('continue')
  })
  test('creatinine 80: nothing of the kind', () => {
    const plan = running('pembrolizumab', 'creatinine=80 umol/L')
    expect(plan.alerts.map((a) => a.id)).not.toContain('immune-related-adverse-event')
    expect(plan.options[0]?.procedure).toBe('continue')
  })
})

describe('an anti-angiogenic drug', () => {
  test.each([['gi-perforation-risk=true'], ['nephrotic-syndrome=true'], ['bleeding-disorder=true']])(
    '%s: hold, going on is no option',
    (set) => {
      const plan = running('docetaxel,ramucirumab', set)
      expect(first(plan)).toBe('hold-current recommended')
      expect(goingOn(plan)).toBeUndefined()
      expect(plan.notAdvised.some((n) => n.class === 'anti-angiogenic' && n.reason === 'unsafe')).toBe(true)
    },
  )
  test('nothing of it: going on stays open', () => expect(goingOn(running('docetaxel,ramucirumab'))).toBeDefined())
})

test('a CT that suspects pneumonitis on osimertinib: the pause is not one for a QTc that nobody has measured', () => {
  const ct = {
    resourceType: 'DiagnosticReport',
    status: 'final',
    code: { text: 'CT chest' },
    subject: { reference: 'Patient/p' },
    effectiveDateTime: '2026-11-21',
    conclusion: 'Findings suspicious for drug-induced pneumonitis.',
  }
  const plan = planOfFixture('egfr-osimertinib-progression-untested', { set: ['qtc=unknown'], resources: [ct] })
  expect(plan.alerts.map((a) => a.id)).toContain('drug-induced-pneumonitis')
  expect(plan.options.filter((o) => o.standing === 'recommended' && o.procedure === 'hold').map((o) => o.id)).toEqual(['hold-current'])
})

describe('a clot and bleeding', () => {
  const clot = (...set: readonly string[]) =>
    planOfFixture('no-driver-pdl1-80-fit', { set: ['pulmonary-embolism=yes', ...set] }).alerts.find(
      (a) => a.id === 'venous-thromboembolism',
    )?.actions[0]
  test.each([['bleeding-disorder=yes'], ['haemoptysis=yes']])('%s: no dose before the bleeding has been assessed', (set) =>
    expect(clot(set)).toContain('no anticoagulant dose before'),
  )
  test('neither: full anticoagulation', () => expect(clot()).toContain('full anticoagulation today'))
})

describe('a symptom of long ago', () => {
  const seizure = (day?: string) =>
    planOf(
      [],
      [
        {
          resourceType: 'Observation',
          id: 'seizure',
          status: 'final',
          subject: { reference: 'Patient/p' },
          code: { text: 'Seizure' },
          ...(day ? { effectiveDateTime: day } : {}),
          valueBoolean: true,
        },
      ],
    ).alerts.find((a) => a.id === 'seizure')?.urgency
  test('of this week: emergency', () => expect(seizure('2026-11-20')).toBe('emergency'))
  test('of last year: asked', () => expect(seizure('2025-07-11')).toBe('urgent'))
  test('without a day: asked', () => expect(seizure()).toBe('urgent'))
})
