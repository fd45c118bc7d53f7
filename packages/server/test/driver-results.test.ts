import { describe, expect, test } from 'vitest'
import { planOf } from './plan-of.ts'

/** Part of the drivers is settled, part is not: who waits, and for what. */
const result = (text: string, valueString: string) => ({
  resourceType: 'Observation',
  id: text.toLowerCase().replace(/[^a-z]+/g, '-'),
  status: 'final',
  subject: { reference: 'Patient/p' },
  effectiveDateTime: '2026-11-15',
  code: { text },
  valueString,
})
const PATIENT = [
  'stage-group=ivb',
  'histology=adenocarcinoma',
  'ecog=1',
  'palliative-lines=0',
  'pd-l1-tps=80',
  'brain-metastases=false',
  'pregnancy=false',
  'creatinine-clearance=80 mL/min',
]
const NEVER = 'light-or-never-smoker=true'
const SMOKER = 'light-or-never-smoker=false'
const EGFR = result('EGFR mutation analysis', 'Not detected')
const ALK_FAILED = result('ALK fusion analysis', 'Analysis failed, insufficient RNA')
const warned = (plan: ReturnType<typeof planOf>) =>
  plan.notAdvised.find((n) => n.rule === 'nr-ici-driver-result-awaited')?.class === 'immune-checkpoint-inhibitor'
const hasIo = (plan: ReturnType<typeof planOf>) =>
  plan.options.some((o) => o.drugs.includes('pembrolizumab') && o.standing !== 'needs-data')

describe('EGFR is negative and ALK has failed', () => {
  test.each([NEVER, SMOKER])('%s: no immunotherapy before it is known, and the plan says so', (smoking) => {
    const plan = planOf([...PATIENT, smoking], [EGFR, ALK_FAILED])
    expect(warned(plan)).toBe(true)
    expect(hasIo(plan)).toBe(false)
    expect(plan.options[0]).toMatchObject({ id: 'test-broad-panel-before-1l', standing: 'recommended' })
    expect(plan.options[0]!.needs.map((n) => n.test)).toContain('ngs-broad-dna-rna')
  })
  test('an organ is failing: platinum without immunotherapy comes first', () =>
    expect(planOf([...PATIENT, SMOKER, 'visceral-crisis=true'], [EGFR, ALK_FAILED]).options[0]).toMatchObject({
      drugs: ['carboplatin', 'pemetrexed'],
      standing: 'recommended',
    }))
  test('entered by hand as negative, the warning follows', () =>
    expect(warned(planOf([...PATIENT, SMOKER, 'alk-fusion=false'], [EGFR, ALK_FAILED]))).toBe(false))
})

describe('EGFR and ALK are negative, ROS1 and RET were never tested', () => {
  const both = [EGFR, result('ALK FISH', 'Not rearranged')]
  test('never-smoker: wait', () => expect(warned(planOf([...PATIENT, NEVER], both))).toBe(true))
  test('smoker: not for this', () => expect(warned(planOf([...PATIENT, SMOKER], both))).toBe(false))
  test('KRAS found: the others are not expected any more', () =>
    expect(warned(planOf([...PATIENT, NEVER], [...both, result('KRAS mutation analysis', 'KRAS G12C detected')]))).toBe(false))
})

describe('a complete panel of DNA alone', () => {
  const NO_DRIVER = [
    'egfr-exon19-deletion',
    'egfr-l858r',
    'egfr-atypical',
    'egfr-exon20-insertion',
    'alk-fusion',
    'ros1-fusion',
    'ret-fusion',
    'braf-v600e',
    'erbb2-tkd-mutation',
    'kras-g12c',
    'kras-other',
  ].map((id) => `${id}=false`)
  const panel = (...set: readonly string[]) => planOf([...PATIENT, ...NO_DRIVER, 'molecular-testing=complete', 'rna-tested=false', ...set])
  test('never-smoker: RNA first, and immunotherapy names the results that it needs', () => {
    const plan = panel(NEVER, 'ntrk-fusion=unknown', 'met-exon14-skipping=unknown')
    expect(plan.options[0]).toMatchObject({ id: 'test-rna-before-1l', standing: 'recommended' })
    // the other need is a question to the patient
    expect(plan.options[0]!.needs.filter((n) => n.fact !== 'declines').map((n) => n.test)).toEqual([
      'ngs-broad-dna-rna',
      'ngs-broad-dna-rna',
    ])
    const alone = plan.options.find((o) => o.id === '1l-pembrolizumab-mono-pdl1-high')!
    expect(alone.standing).toBe('conditional')
    expect(alone.needs.map((n) => n.fact)).toEqual(['ntrk-fusion', 'met-exon14-skipping'])
  })
  test('smoker: DNA is enough', () => {
    const plan = panel(SMOKER, 'ntrk-fusion=false', 'met-exon14-skipping=false')
    expect(plan.options.some((o) => o.id === 'test-rna-before-1l')).toBe(false)
    expect(hasIo(plan)).toBe(true)
  })
  test('smoking not asked: RNA first would need to know', () =>
    expect(
      panel('light-or-never-smoker=unknown', 'ntrk-fusion=false', 'met-exon14-skipping=false').options.find(
        (o) => o.id === 'test-rna-before-1l',
      )?.standing,
    ).toBe('needs-data'))
})

describe('one sample shows EGFR L858R', () => {
  const of = (id: string, on: string, valueString: string, specimen: string) => ({
    ...result('EGFR L858R mutation analysis', valueString),
    id,
    effectiveDateTime: on,
    specimen: { reference: `Specimen/${specimen}`, display: specimen },
  })
  const FOUND = of('found', '2026-11-10', 'Detected', 'lung biopsy')
  const broad = (plan: ReturnType<typeof planOf>) => plan.tests.find(({ id }) => id === 'ngs-broad-dna-rna')
  const says = (plan: ReturnType<typeof planOf>) => JSON.stringify(broad(plan) ?? {}).includes('denied by another')

  test('and another of the same days denies it: it stands, it is told, and a test is to confirm it before it is treated', () => {
    const plan = planOf([...PATIENT, NEVER], [FOUND, of('denied', '2026-11-14', 'Not detected', 'liver biopsy')])
    expect(plan.case.facts['egfr-l858r']).toMatchObject({ value: true, disputed: true })
    expect(plan.case.story).toContain('EGFR L858R (denied by another sample)')
    expect(says(plan)).toBe(true)
    expect(broad(plan)).toMatchObject({ urgency: 'urgent', before: 'the treatment that rests on it' })
    const resting = plan.options.filter(({ drugs }) => drugs.includes('osimertinib')).map(({ id }) => id)
    expect(resting.length).toBeGreaterThan(0)
    expect(broad(plan)!.settles).toEqual(expect.arrayContaining(resting.slice(0, 1)))
  })
  test.each([
    ['no other', []],
    [
      'another long after',
      [of('denied', '2026-11-15', 'Not detected', 'liver biopsy')].map((o) => ({ ...o, effectiveDateTime: '2024-02-01' })),
    ],
    ['another that could not tell', [of('failed', '2026-11-14', 'Analysis failed, insufficient DNA', 'liver biopsy')]],
  ])('and %s denies it: nothing to confirm', (_name, more) => {
    const plan = planOf([...PATIENT, NEVER], [FOUND, ...more])
    expect(plan.case.facts['egfr-l858r']).not.toHaveProperty('disputed')
    expect(says(plan)).toBe(false)
  })
})
