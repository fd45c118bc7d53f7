import { describe, expect, test } from 'vitest'
import { planOf, planOfFixture } from './plan-of.ts'

describe('two rules that say one thing are one line', () => {
  const plan = planOfFixture('pneumonitis-on-immunotherapy')
  test('every class of drugs is named once for each kind of reason', () => {
    const keys = plan.notAdvised.map((n) =>
      JSON.stringify([n.drugs?.join('+') || n.class || n.rule, n.match ?? 'contains', n.technique, n.site, n.procedure, n.reason]),
    )
    expect(new Set(keys).size).toBe(keys.length)
  })
  test('every reason and every source of a merged line is kept', () => {
    const merged = plan.notAdvised.find((n) => n.alsoRules?.length)!
    expect(merged.because.children).toHaveLength(1 + merged.alsoRules!.length)
    for (const child of merged.because.children!) expect(merged.because.claim).toContain(child.claim)
    expect(merged.evidence.length).toBeGreaterThan(0)
  })
  test('wishes that name no treatment stay apart', () => {
    const declined = planOfFixture('no-driver-pdl1-80-fit', { set: ['declines=radiation,surgery'] }).notAdvised.filter((n) =>
      n.rule.startsWith('declines-'),
    )
    expect(declined.map((n) => n.rule)).toEqual(['declines-radiation', 'declines-surgery'])
  })
})

describe('hospice', () => {
  const at = (ecog: string) => planOfFixture('no-driver-pdl1-80-fit', { set: [ecog] }).options
  test('stands behind every treatment that waits for the same ECOG', () => {
    const options = at('ecog=unknown').filter((o) => o.trial === undefined)
    const hospice = options.findIndex((o) => o.id === 'hospice')
    expect(hospice).toBeGreaterThan(0)
    expect(options.slice(hospice).every((o) => o.approaches.includes('supportive-care'))).toBe(true)
  })
  test('leads at ECOG 4, and is not named at ECOG 1', () => {
    expect(at('ecog=4')[0]!.id).toBe('hospice')
    expect(at('ecog=1').some((o) => o.id === 'hospice')).toBe(false)
  })
})

describe('on tarlatamab', () => {
  const running = (...set: readonly string[]) =>
    planOf([
      'stage-group=ivb',
      'histology=sclc',
      'ecog=1',
      'palliative-lines=2',
      'current-drugs=tarlatamab',
      'brain-metastases=false',
      'last-ici-on=2026-06-01',
      ...set,
    ])
  const ids = (...set: readonly string[]) => running(...set).alerts.map((a) => a.id)
  test('confusion is ICANS until shown otherwise, not harm of a checkpoint inhibitor', () => {
    expect(ids('confusion=yes')).toContain('cytokine-release-syndrome')
    expect(ids('confusion=yes')).not.toContain('immune-neurotoxicity')
  })
  test('ICANS named in the chart is the same emergency', () =>
    expect(ids('cytokine-release-recorded=yes')[0]).toBe('cytokine-release-syndrome'))
  test('nothing of it: no alert', () => expect(ids()).not.toContain('cytokine-release-syndrome'))
  test('confusion after a checkpoint inhibitor without tarlatamab stays an immune suspicion', () =>
    expect(ids('current-drugs=lurbinectedin', 'confusion=yes')).toContain('immune-neurotoxicity'))
})
