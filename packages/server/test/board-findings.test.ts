import { describe, expect, test } from 'vitest'
import { planOf, planOfFixture } from './plan-of.ts'

/** What a thoracic board said when it read the plans. */
const standing = (plan: ReturnType<typeof planOf>, drug: string) =>
  plan.options.filter((o) => o.drugs.includes(drug) && o.trial === undefined).map((o) => o.standing)

describe('no transfusion is wanted', () => {
  const with84 = (...set: readonly string[]) => planOfFixture('no-driver-pdl1-5-nonsquamous', { set: ['declines=transfusion', ...set] })
  test('anaemia: chemotherapy stands on a condition that says so', () => {
    const plan = with84('haemoglobin=84 g/L')
    expect(standing(plan, 'carboplatin')).not.toContain('recommended')
    expect(plan.options.flatMap((o) => o.cautions).some((c) => c.rule === 'no-transfusion-anaemia')).toBe(true)
  })
  test('good counts: recommended, and what to agree is said', () => {
    const plan = with84('haemoglobin=132 g/L', 'platelets=240 10*9/L')
    expect(standing(plan, 'carboplatin')).toContain('recommended')
    expect(plan.options[0]!.cautions.some((c) => c.rule === 'no-transfusion-cytotoxic')).toBe(true)
  })
  test('transfusions are accepted: nothing is said', () =>
    expect(
      planOfFixture('no-driver-pdl1-5-nonsquamous', { set: ['declines=', 'haemoglobin=84 g/L'] })
        .options.flatMap((o) => o.cautions)
        .some((c) => c.rule?.startsWith('no-transfusion')),
    ).toBe(false))
})

describe('low sodium and platinum', () => {
  test.each([
    ['sodium=118 mmol/L', false],
    ['sodium=139 mmol/L', true],
  ])('%s: cisplatin recommended %s', (set, isRecommended) =>
    expect(standing(planOfFixture('es-sclc-first-line', { set: [set] }), 'cisplatin').includes('recommended')).toBe(isRecommended),
  )
  test('carboplatin stays', () =>
    expect(standing(planOfFixture('es-sclc-first-line', { set: ['sodium=118 mmol/L'] }), 'carboplatin')).toContain('recommended'))
})

describe('many brain metastases of small cell cancer', () => {
  const plan = (...set: readonly string[]) =>
    planOf([
      'stage-group=ivb',
      'histology=sclc',
      'ecog=1',
      'brain-metastases=true',
      'brain-metastasis-count=12',
      'palliative-lines=1',
      ...set,
    ])
  const whole = (p: ReturnType<typeof planOf>) => p.options.find((o) => o.technique === 'wbrt-hippocampal-avoidance')?.standing
  test('with symptoms: whole-brain radiation leads', () => expect(whole(plan('brain-symptomatic=true'))).toBe('recommended'))
  test('without: an alternative', () => expect(whole(plan('brain-symptomatic=false'))).not.toBe('recommended'))
  test('not asked: never recommended by being unknown', () => expect(whole(plan('brain-symptomatic=unknown'))).not.toBe('recommended'))
})

describe('kidneys', () => {
  const alerts = (...set: readonly string[]) => planOfFixture('squamous-pdl1-0', { set }).alerts.map((a) => a.id)
  test('creatinine of twice the earlier one is an injury, whatever runs', () =>
    expect(alerts('creatinine=160 umol/L', 'creatinine-earlier=80 umol/L')).toContain('kidney-injury'))
  test('stable is none, nor is one without an earlier value', () => {
    expect(alerts('creatinine=160 umol/L', 'creatinine-earlier=150 umol/L')).not.toContain('kidney-injury')
    expect(alerts('creatinine=160 umol/L', 'creatinine-earlier=unknown')).not.toContain('kidney-injury')
  })
})
