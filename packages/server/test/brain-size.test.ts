import { plan } from '@secondwind/care'
import type { Fact } from '@secondwind/core'
import { describe, expect, test } from 'vitest'
import { AS_OF, knowledge, planOfFixture } from './plan-of.ts'

/** A brain metastasis that is large and nothing else, and one that causes symptoms, are two situations: the first calls for no steroid. */
const alertsOf = (set: readonly string[], size?: Fact) => {
  const first = planOfFixture('egfr-exon19-brain-mets-fit', { set })
  if (size === undefined) return first.alerts
  const facts = { ...first.case.facts, 'brain-largest-mm': size }
  const patientCase = { patient: first.patient, asOf: AS_OF, facts }
  return plan({ knowledge, patientCase, problems: [], chartDigest: '', software: '' }).alerts
}
const alert = (alerts: ReturnType<typeof alertsOf>, id: string) => alerts.find((one) => one.id === id)
const LARGE = 'brain-largest-mm=34 mm'
const giveSteroid = /^First: dexamethasone/

describe('a brain metastasis of 34 mm', () => {
  test.each([
    { name: 'no symptoms', set: ['brain-symptomatic=false'] },
    { name: 'nobody has asked about symptoms', set: ['brain-symptomatic=unknown'] },
  ])('$name: surgeon and radiation oncologist, no steroid', ({ set }) => {
    const alerts = alertsOf([LARGE, ...set])
    expect(alert(alerts, 'symptomatic-brain-metastases')).toBeUndefined()
    const large = alert(alerts, 'large-brain-metastasis')!
    expect(large.urgency).toBe('urgent')
    expect(large.actions.some((action) => giveSteroid.test(action))).toBe(false)
    expect(large.actions.join(' ')).toMatch(/No steroid without symptoms or mass effect/)
    expect(large.actions.join(' ')).not.toMatch(/driving/)
  })

  test.each(['brain-symptomatic=true', 'brain-mass-effect=true'])('%s: as before, and once', (set) => {
    const alerts = alertsOf([LARGE, set])
    expect(alert(alerts, 'symptomatic-brain-metastases')!.actions[0]).toMatch(giveSteroid)
    expect(alert(alerts, 'large-brain-metastasis')).toBeUndefined()
  })

  test('it puts off new chemotherapy, not the drug that reaches the brain', () => {
    const options = planOfFixture('egfr-exon19-brain-mets-fit', { set: [LARGE, 'brain-symptomatic=false', 'pregnancy=no'] }).options
    expect(options.find((o) => o.id === 'egfr-common-1l-osimertinib')!.standing).toBe('alternative')
    const chemotherapy = options.filter((o) => o.drugs.includes('pemetrexed'))
    expect(chemotherapy.length).toBeGreaterThan(0)
    expect(chemotherapy.every((o) => o.standing === 'conditional')).toBe(true)
  })

  test('seen 690 days ago: a new MRI first, and the age stands in front', () => {
    const seen = { value: 34, unit: 'mm', on: '2025-01-02', stale: true, sources: [{ reference: 'DiagnosticReport/old' }] } as const
    const large = alert(alertsOf(['brain-symptomatic=unknown'], seen), 'large-brain-metastasis')!
    expect(large.urgency).toBe('soon')
    expect(large.actions[0]).toBe('Largest brain metastasis: 34 mm, seen on 2025-01-02 (690 days ago)')
    expect(large.actions[1]).toMatch(/^First: a new MRI/)
    expect(large.actions.some((action) => giveSteroid.test(action))).toBe(false)
  })

  test('seen three weeks ago: urgent, with its day', () => {
    const seen = { value: 34, unit: 'mm', on: '2026-11-02', sources: [{ reference: 'DiagnosticReport/mri' }] } as const
    const large = alert(alertsOf(['brain-symptomatic=unknown'], seen), 'large-brain-metastasis')!
    expect(large.urgency).toBe('urgent')
    expect(large.actions[0]).toBe('Largest brain metastasis: 34 mm, seen on 2026-11-02 (21 days ago)')
  })
})

test.each(['brain-largest-mm=29 mm', 'brain-largest-mm=unknown'])('%s without symptoms: neither alert', (set) => {
  const ids = alertsOf([set, 'brain-symptomatic=false']).map(({ id }) => id)
  expect(ids).not.toContain('large-brain-metastasis')
  expect(ids).not.toContain('symptomatic-brain-metastases')
})
