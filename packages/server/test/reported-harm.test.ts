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
