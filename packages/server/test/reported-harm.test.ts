import { describe, expect, test } from 'vitest'
import { observation, planOfFixture } from './plan-of.ts'

/** Harm that the chart states as a number raises its alert and bars what it forbids, without the word for it. */
const FIXTURE = 'no-driver-pdl1-80-fit'
const isOffered = (plan: ReturnType<typeof planOfFixture>, drug: string) =>
  plan.options.some((o) => o.drugs.includes(drug) && o.standing !== 'needs-data')

describe('an amount of blood coughed up', () => {
  const coughed = (value: number) =>
    planOfFixture(FIXTURE, { resources: [observation({ text: 'Blood coughed up in 24 h', value, unit: 'mL', on: '2026-11-23' })] })

  test('300 mL: emergency, and no anti-angiogenic drug', () => {
    const plan = coughed(300)
    expect(plan.case.facts.haemoptysis).toMatchObject({ value: true })
    expect(plan.alerts.find((a) => a.id === 'haemoptysis')).toMatchObject({ urgency: 'emergency' })
    expect(isOffered(plan, 'bevacizumab')).toBe(false)
    expect(plan.notAdvised.some((n) => n.class === 'anti-angiogenic' && n.reason === 'unsafe')).toBe(true)
  })
  test('5 mL: urgent, and no anti-angiogenic drug', () => {
    const plan = coughed(5)
    expect(plan.alerts.find((a) => a.id === 'haemoptysis')).toMatchObject({ urgency: 'urgent' })
    expect(isOffered(plan, 'bevacizumab')).toBe(false)
  })
  test('0 mL says nothing of the kind', () => {
    const plan = coughed(0)
    expect(plan.case.facts.haemoptysis).toMatchObject({ value: false })
    expect(plan.alerts.map((a) => a.id)).not.toContain('haemoptysis')
    expect(isOffered(plan, 'bevacizumab')).toBe(true)
  })
})

describe('a clot and what forbids the full dose', () => {
  const first = (...set: readonly string[]) => {
    const alerts = planOfFixture(FIXTURE, { set: ['pulmonary-embolism=yes', ...set] }).alerts.filter(
      (a) => a.id === 'venous-thromboembolism',
    )
    expect(alerts).toHaveLength(1)
    return alerts[0]!.actions[0]!
  }
  test('nothing forbids it: full dose', () => expect(first('platelets=220 10*9/L')).toContain('full anticoagulation today'))
  test('platelets not known: the full dose, after a look at them', () => expect(first('platelets=unknown')).toContain("today's platelets"))
  test.each([
    { name: 'platelets 30', set: ['platelets=30 10*9/L'], says: 'not the full dose' },
    { name: 'bleeding in the brain', set: ['brain-haemorrhage=yes'], says: 'no anticoagulant dose now' },
    { name: 'both', set: ['brain-haemorrhage=yes', 'platelets=30 10*9/L'], says: 'no anticoagulant dose now' },
    { name: '200 mL coughed up', set: ['haemoptysis-ml=200 mL'], says: 'no anticoagulant dose now' },
    { name: 'on apixaban, bleeding in the brain', set: ['brain-haemorrhage=yes', 'anticoagulated=yes'], says: 'no anticoagulant dose now' },
  ])('$name', ({ set, says }) => {
    expect(first(...set)).toContain(says)
    expect(first(...set)).not.toContain('full anticoagulation today')
  })
})

describe('weights that tell of a loss', () => {
  const weights = (...series: readonly (readonly [string, number])[]) =>
    planOfFixture(FIXTURE, {
      without: (r) => JSON.stringify(r).includes('29463-7'),
      resources: series.map(([on, value]) => observation({ code: '29463-7', value, unit: 'kg', on })),
    })
  const lossOf = (plan: ReturnType<typeof weights>) => plan.case.facts['weight-loss-percent']
  const nutrition = (plan: ReturnType<typeof weights>) => plan.support.find((s) => s.service === 'nutrition')!.actions.join(' ')

  test('72 to 60 kg in nine weeks is a loss of 17%: cachexia, and doses by the new weight', () => {
    const plan = weights(['2026-09-19', 72], ['2026-10-10', 68], ['2026-11-21', 60])
    expect(lossOf(plan)).toMatchObject({ value: 16.7, derived: true })
    expect(nutrition(plan)).toContain('cachexia')
    expect(nutrition(plan)).toContain('recalculate')
  })
  test('a weight of two years ago is not a loss of six months', () => {
    const plan = weights(['2024-09-19', 90], ['2026-11-21', 60])
    expect(lossOf(plan)).toHaveProperty('unknown')
    expect(nutrition(plan)).not.toContain('cachexia')
  })
  test('one weight says nothing, two of the same week neither', () => {
    expect(lossOf(weights(['2026-11-21', 60]))).toHaveProperty('unknown')
    expect(lossOf(weights(['2026-11-19', 62], ['2026-11-21', 60]))).toHaveProperty('unknown')
  })
  test('a gain is no loss', () => expect(lossOf(weights(['2026-08-01', 60], ['2026-11-21', 66]))).toMatchObject({ value: -10 }))
  test('what the chart says in percent goes before what is worked out', () => {
    const plan = planOfFixture(FIXTURE, {
      without: (r) => JSON.stringify(r).includes('29463-7'),
      resources: [
        observation({ code: '29463-7', value: 72, unit: 'kg', on: '2026-09-19' }),
        observation({ code: '29463-7', value: 60, unit: 'kg', on: '2026-11-21' }),
        observation({ text: 'Weight loss', value: 12, unit: '%', on: '2026-11-21' }),
      ],
    })
    expect(lossOf(plan)).toMatchObject({ value: 12 })
  })
})

describe('what would change the standing', () => {
  test('is said as it can be typed, with its unit', () => {
    const said = planOfFixture(FIXTURE).options.flatMap((o) => o.wouldChange)
    expect(said.length).toBeGreaterThan(0)
    for (const change of said) expect(change.set?.length).toBe(Object.keys(change.facts).length)
  })
  test('nothing is promised that an emergency hides', () => {
    const plan = planOfFixture(FIXTURE, { set: ['svc-obstruction=yes'] })
    expect(plan.alerts.length).toBeGreaterThan(0)
    for (const option of plan.options)
      for (const change of option.wouldChange) {
        const after = planOfFixture(FIXTURE, { set: ['svc-obstruction=yes', ...(change.set ?? [])] })
        const standing = after.options.find((o) => o.id === option.id)?.standing ?? 'not-offered'
        expect([change.to, 'not-offered'], `${option.id} ${change.set}`).toContain(standing)
      }
  })
})
