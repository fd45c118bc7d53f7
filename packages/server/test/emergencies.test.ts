import type { PlanDocument } from '@secondwind/core'
import { describe, expect, test } from 'vitest'
import { openKnowledge, parseCharts, planChart } from '../src/compose.ts'

/** Emergencies, suspicions and support as whole plans show them: each row is a clinical situation, facts entered by hand. */
const { knowledge } = openKnowledge()
const AS_OF = '2026-11-23'
const STAGE = ['stage-group=ivb', 'histology=adenocarcinoma', 'ecog=1']

function planOf(set: readonly string[], ...extra: readonly object[]): PlanDocument {
  const subject = { reference: 'Patient/p' }
  const cancer = { coding: [{ system: 'http://snomed.info/sct', code: '254637007' }] }
  const resources = [
    { resourceType: 'Patient', id: 'p' },
    { resourceType: 'Condition', id: 'cancer', subject, code: cancer },
    ...extra.map((resource) => ({ subject, ...resource })),
  ]
  const bundle = { resourceType: 'Bundle', type: 'collection', entry: resources.map((resource) => ({ resource })) }
  const charts = parseCharts(Buffer.from(JSON.stringify(bundle)))
  if (!charts.ok) throw new Error(JSON.stringify(charts.error))
  const overrides = [...new Map([...STAGE, ...set].map((entry) => [entry.split('=')[0], entry])).values()]
  const plan = planChart(charts.value[0]!, { knowledge, asOf: AS_OF, overrides })
  if (!plan.ok) throw new Error(JSON.stringify(plan.error))
  return plan.value
}

/** `?` marks a suspicion. */
const alertsOf = (plan: PlanDocument): readonly string[] =>
  plan.alerts.map((a) => `${a.urgency} ${a.id}${'suspected' in a && a.suspected ? '?' : ''}`)

const quiet = [
  'leg-power=5',
  'spo2=97 %',
  'pain-score=1',
  'suicidal-ideation=false',
  'qtc=420 ms',
  'potassium=4.1 mmol/L',
  'sodium=139 mmol/L',
]

describe('alerts', () => {
  test.each([
    { name: 'nothing wrong', set: quiet, alerts: [] },
    { name: 'nothing known', set: [], alerts: [] },
    { name: 'cord compression on MRI', set: ['cord-compression=true'], alerts: ['emergency cord-compression'] },
    { name: 'weak legs, no scan', set: ['leg-weakness=true'], alerts: ['emergency cord-compression?'] },
    { name: 'leg power 3, no scan', set: ['leg-power=3'], alerts: ['emergency cord-compression?'] },
    { name: 'epidural tumour at the cord, no deficit', set: ['cord-contact=true'], alerts: ['emergency cord-compression'] },
    { name: 'swollen face, no CT', set: ['face-arm-swelling=true'], alerts: ['urgent svc-obstruction?'] },
    { name: 'seizure, brain not imaged', set: ['seizure=true'], alerts: ['emergency seizure', 'urgent symptomatic-brain-metastases?'] },
    {
      name: 'seizure, brain clear',
      set: ['seizure=true', 'brain-metastases=false'],
      alerts: ['emergency seizure', 'urgent leptomeningeal-disease?'],
    },
    { name: 'corrected calcium 3.2', set: ['calcium-corrected=3.2 mmol/L'], alerts: ['emergency hypercalcaemia'] },
    { name: 'total calcium 3.0, albumin missing', set: ['calcium=3.0 mmol/L'], alerts: ['emergency hypercalcaemia?'] },
    { name: 'corrected calcium 2.75', set: ['calcium-corrected=2.75 mmol/L'], alerts: ['urgent hypercalcaemia'] },
    { name: 'sodium 121', set: ['sodium=121 mmol/L'], alerts: ['emergency hyponatraemia'] },
    { name: 'sodium 128', set: ['sodium=128 mmol/L'], alerts: ['soon hyponatraemia'] },
    {
      name: 'sodium 128 and confused',
      set: ['sodium=128 mmol/L', 'confusion=true', 'brain-metastases=false'],
      alerts: ['emergency hyponatraemia', 'urgent leptomeningeal-disease?'],
    },
    { name: 'QTc 512', set: ['qtc=512 ms'], alerts: ['emergency qtc-over-500'] },
    { name: 'QTc 500 exactly', set: ['qtc=500 ms'], alerts: ['emergency qtc-over-500'] },
    { name: 'QTc 499', set: ['qtc=499 ms'], alerts: [] },
    { name: 'potassium 2.4', set: ['potassium=2.4 mmol/L'], alerts: ['emergency severe-hypokalaemia'] },
    { name: 'potassium 2.8', set: ['potassium=2.8 mmol/L'], alerts: ['urgent severe-hypokalaemia'] },
    {
      name: 'fever ten days after chemotherapy, no count',
      set: ['temperature=38.4 Cel', 'last-cytotoxic-on=2026-11-13'],
      alerts: ['emergency febrile-neutropenia?'],
    },
    {
      name: 'fever and 0.4 neutrophils',
      set: ['temperature=38.4 Cel', 'neutrophils=400 /uL', 'last-cytotoxic-on=2026-11-13'],
      alerts: ['emergency febrile-neutropenia'],
    },
    { name: 'fever without any treatment', set: ['temperature=38.4 Cel'], alerts: [] },
    { name: 'pneumonitis grade 3', set: ['pneumonitis-grade=3'], alerts: ['emergency drug-induced-pneumonitis'] },
    {
      name: 'new cough on pembrolizumab',
      set: ['new-dyspnoea-or-cough=true', 'last-ici-on=2026-11-01'],
      alerts: ['urgent drug-induced-pneumonitis?'],
    },
    { name: 'new cough before any treatment', set: ['new-dyspnoea-or-cough=true'], alerts: [] },
    {
      name: 'diarrhoea grade 2 on a checkpoint inhibitor',
      set: ['diarrhoea-grade=2', 'last-ici-on=2026-11-01'],
      alerts: ['urgent immune-related-adverse-event?'],
    },
    {
      name: 'raised troponin after a checkpoint inhibitor',
      set: ['troponin-xuln=4', 'last-ici-on=2026-11-01'],
      alerts: ['emergency immune-myocarditis?'],
    },
    { name: 'embolism without anticoagulant', set: ['pulmonary-embolism=true'], alerts: ['emergency venous-thromboembolism'] },
    { name: 'embolism on anticoagulant', set: ['pulmonary-embolism=true', 'anticoagulated=true'], alerts: ['soon venous-thromboembolism'] },
    { name: 'haemoptysis, amount not asked', set: ['haemoptysis=true'], alerts: ['urgent haemoptysis'] },
    {
      name: 'haemoptysis from a cavity, amount not asked',
      set: ['haemoptysis=true', 'tumour-cavitation=true'],
      alerts: ['emergency haemoptysis?'],
    },
    {
      name: 'effusion and fast pulse',
      set: ['pericardial-effusion=true', 'heart-rate=124 /min'],
      alerts: ['emergency pericardial-tamponade?'],
    },
    { name: 'effusion, nothing measured', set: ['pericardial-effusion=true'], alerts: ['soon pericardial-tamponade'] },
    { name: 'severe depression, suicide not asked', set: ['phq9=19'], alerts: ['emergency suicidal-ideation?'] },
    { name: 'pain 8', set: ['pain-score=8'], alerts: ['urgent uncontrolled-pain'] },
  ])('$name', ({ set, alerts }) => expect(alertsOf(planOf(set))).toEqual(alerts))

  test('an old dangerous value asks to be measured again instead of staying silent', () => {
    const sodium = {
      resourceType: 'Observation',
      id: 'na',
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '2951-2' }] },
      effectiveDateTime: '2026-10-01',
      valueQuantity: { value: 121, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
    }
    const plan = planOf([], sodium)
    expect(alertsOf(plan)).toContain('emergency hyponatraemia?')
    expect(plan.tests.find((t) => t.id === 'electrolytes')?.urgency).toBe('emergency')
  })

  test('an emergency holds back every new systemic treatment but the one that treats it', () => {
    const held = planOf(['histology=sclc', 'cord-compression=true', 'palliative-lines=0'])
    const treated = planOf(['histology=sclc', 'svc-obstruction=true', 'palliative-lines=0'])
    const sound = (plan: PlanDocument): number =>
      plan.options.filter((o) => o.drugs.length > 0 && ['recommended', 'alternative'].includes(o.standing)).length
    expect(sound(held)).toBe(0)
    expect(sound(treated)).toBeGreaterThan(0)
  })
})

describe('support', () => {
  const SIX = ['counselling', 'nutrition', 'pain-management', 'palliative-care', 'rehabilitation', 'support-group']

  test.each([
    { name: 'nothing asked', set: [] },
    {
      name: 'all screens low',
      set: ['distress=1', 'phq9=2', 'gad7=1', 'nutrition-risk=0', 'pain-score=0', 'dyspnoea-mmrc=0', 'weight=70 kg'],
    },
    { name: 'dying', set: ['ecog=4', 'life-expectancy-weeks=true'] },
  ])('every one of the six services has something to do: $name', ({ set }) => {
    const support = planOf(set).support
    for (const service of SIX) expect(support.find((s) => s.service === service)?.actions.length, service).toBeGreaterThan(0)
  })

  test('a missing screening is an item due', () => {
    const said = planOf([])
      .support.flatMap((s) => s.actions)
      .join('\n')
    for (const words of ['PHQ-9 and GAD-7 at this visit', 'malnutrition screening', 'worst pain of the last 24 hours'])
      expect(said).toContain(words)
  })
})

describe('outlook', () => {
  test.each([
    { name: 'ALK fusion and fit', set: ['alk-fusion=true', 'palliative-lines=0'], median: 81.1 },
    { name: 'ECOG 4', set: ['alk-fusion=true', 'palliative-lines=0', 'ecog=4'], median: undefined },
    { name: 'leptomeningeal disease', set: ['alk-fusion=true', 'palliative-lines=0', 'leptomeningeal-disease=true'], median: undefined },
    { name: 'small cell, fit', set: ['histology=sclc', 'palliative-lines=0'], median: 13 },
  ])('$name', ({ set, median }) => expect(planOf(set).outlook?.median).toBe(median))
})
