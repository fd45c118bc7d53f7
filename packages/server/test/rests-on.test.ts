import { describe, expect, test } from 'vitest'
import { planOf, planOfFixture } from './plan-of.ts'

/** An option without drugs of its own stands or falls with the drugs that it rests on (decision 0016). */
const QUIET_BRAIN = [
  'brain-metastases=true',
  'brain-untreated-active=true',
  'brain-symptomatic=false',
  'brain-mass-effect=false',
  'raised-intracranial-pressure=false',
  'brain-haemorrhage=false',
  'brain-largest-mm=8 mm',
  'brain-metastasis-count=3',
  'prednisone-mg=0 mg/d',
]
const WOMAN = ['sex=female', 'age=38']
const standingOf = (plan: ReturnType<typeof planOf>, id: string) => plan.options.find((o) => o.id === id)?.standing
const lineOf = (plan: ReturnType<typeof planOf>, id: string) => plan.notAdvised.find((line) => line.rule === id)

describe('a brain-active targeted drug first', () => {
  const egfr = (...set: readonly string[]) => planOfFixture('egfr-exon19-brain-mets-fit', { set })

  test('pregnant: it falls with every kinase inhibitor, for their reason, and the decision with obstetrics stands first', () => {
    const plan = egfr('pregnancy=yes')
    expect(standingOf(plan, 'brain-targeted-drug-first')).toBeUndefined()
    expect(lineOf(plan, 'brain-targeted-drug-first')).toMatchObject({ reason: 'unsafe' })
    expect(lineOf(plan, 'brain-targeted-drug-first')!.because.claim).toMatch(/Kinase inhibitors are contraindicated throughout pregnancy/)
    expect(lineOf(plan, 'brain-targeted-drug-first')!.evidence.map(({ source }) => source)).toContain('safe-onkopedia-pregnancy')
    expect(plan.options[0]).toMatchObject({ id: 'pregnancy-first-trimester-decision', standing: 'recommended' })
    expect(plan.options.filter((o) => o.standing === 'recommended')).toHaveLength(1)
  })

  test('not known to be pregnant: recommended like its drugs, with the test before the first dose', () => {
    const option = egfr('pregnancy=unknown').options.find((o) => o.id === 'brain-targeted-drug-first')!
    expect(option.standing).toBe('recommended')
    expect(option.cautions).toContainEqual(expect.objectContaining({ rule: 'pregnancy-kinase-inhibitors', before: 'the first dose' }))
    expect(option.needs.map(({ fact }) => fact)).toContain('pregnancy')
  })

  test('not pregnant: recommended, and nothing is said of pregnancy', () => {
    const plan = egfr('pregnancy=no')
    expect(standingOf(plan, 'brain-targeted-drug-first')).toBe('recommended')
    expect(plan.options.flatMap((o) => o.cautions).some(({ rule }) => rule === 'pregnancy-kinase-inhibitors')).toBe(false)
  })

  test('fitness not known: no higher than osimertinib alone, which needs no fitness', () => {
    const plan = egfr('pregnancy=no', 'ecog=unknown')
    expect(standingOf(plan, 'egfr-common-1l-osimertinib')).toBe('alternative')
    expect(plan.options.find((o) => o.id === 'brain-targeted-drug-first')).toMatchObject({
      standing: 'alternative',
      standingBecause: expect.stringMatching(/no higher than what it rests on/),
    })
  })

  test('earlier lines not known: it waits like the drugs it rests on', () => {
    const plan = egfr('pregnancy=no', 'palliative-lines=unknown', 'progressing-now=unknown')
    expect(plan.options.filter((o) => o.drugs.includes('osimertinib') && o.standing !== 'needs-data')).toEqual([])
    expect(standingOf(plan, 'brain-targeted-drug-first')).toBe('needs-data')
  })

  test('an emergency that puts the drugs off puts it off', () => {
    const plan = egfr('pregnancy=no', 'cord-compression=true')
    const drugs = plan.options.filter((o) => o.drugs.length > 0)
    expect(drugs.some((o) => o.standing === 'recommended' || o.standing === 'alternative')).toBe(false)
    expect(standingOf(plan, 'brain-targeted-drug-first')).toBe('conditional')
  })
})

describe('immunotherapy first', () => {
  const noDriver = (...set: readonly string[]) => planOfFixture('no-driver-pdl1-80-fit', { set: [...WOMAN, ...QUIET_BRAIN, ...set] })
  const FIRST = 'brain-immunotherapy-first'

  test('pregnant: it falls with every checkpoint inhibitor', () => {
    const plan = noDriver('pregnancy=yes')
    expect(standingOf(plan, FIRST)).toBeUndefined()
    expect(lineOf(plan, FIRST)!.because.claim).toMatch(/Checkpoint inhibitors are contraindicated throughout pregnancy/)
    expect(plan.options[0]!.id).toBe('pregnancy-first-trimester-decision')
  })
  test('not tested: on its condition, with the test before the first dose', () => {
    const option = noDriver('pregnancy=unknown').options.find((o) => o.id === FIRST)!
    expect(option.standing).toBe('conditional')
    expect(option.cautions).toContainEqual(expect.objectContaining({ rule: 'pregnancy-immunotherapy', before: 'the first dose' }))
  })
  test('not pregnant: on its condition', () => {
    expect(standingOf(noDriver('pregnancy=no'), FIRST)).toBe('conditional')
  })
  test.each(['declines=immunotherapy', 'organ-transplant=kidney'])('%s: gone', (set) => {
    expect(standingOf(noDriver('pregnancy=no', set), FIRST)).toBeUndefined()
  })
})

describe('small cell cancer: systemic treatment first', () => {
  const sclc = (...set: readonly string[]) => planOfFixture('es-sclc-first-line', { set: [...WOMAN, ...QUIET_BRAIN, ...set] })
  const FIRST = 'brain-small-cell-systemic-first'

  test('eight weeks pregnant: no chemotherapy, so none to start with', () => {
    const plan = sclc('pregnancy=yes', 'gestation-weeks=8 wk')
    expect(standingOf(plan, FIRST)).toBeUndefined()
    expect(lineOf(plan, FIRST)!.because.claim).toMatch(/No chemotherapy in the first trimester/)
  })
  test.each(['gestation-weeks=20 wk', 'gestation-weeks=unknown'])('pregnant, %s: only on condition', (week) => {
    const plan = sclc('pregnancy=yes', week)
    expect(standingOf(plan, FIRST)).toBe('conditional')
    expect(plan.options[0]!.id).toBe('pregnancy-first-trimester-decision')
    expect(plan.options.filter((o) => o.drugs.length > 0 && o.standing !== 'conditional')).toEqual([])
  })
  test('not pregnant: an alternative', () => {
    expect(standingOf(sclc('pregnancy=no'), FIRST)).toBe('alternative')
  })
})

test('in pregnancy no trial and no intrathecal drug is offered', () => {
  const set = ['histology=adenocarcinoma', 'stage-group=ivb', 'ecog=1', 'kras-g12c=true', 'palliative-lines=1', 'progressing-now=true']
  const lepto = [...WOMAN, ...set, 'on-treatment=false', 'leptomeningeal-disease=true']
  const offered = (...more: readonly string[]) => planOf([...lepto, ...more]).options
  expect(offered('pregnancy=no').map(({ id }) => id)).toEqual(
    expect.arrayContaining(['leptomeningeal-intrathecal', 'kras-investigational-2026']),
  )
  const pregnant = offered('pregnancy=yes')
  expect(pregnant.filter((o) => o.approaches.includes('clinical-trial') || o.procedure === 'intrathecal-therapy')).toEqual([])
})

describe('pregnant under treatment', () => {
  const LUNG = ['histology=adenocarcinoma', 'stage-group=ivb', 'ecog=1', 'palliative-lines=1', 'progressing-now=false', ...WOMAN]
  const under = (drugs: string, ...set: readonly string[]) => planOf([...LUNG, `current-drugs=${drugs}`, `prior-drugs=${drugs}`, ...set])
  const HELD = { id: 'hold-current', standing: 'recommended' }

  test.each(['lorlatinib', 'pembrolizumab', 'pemetrexed', 'trastuzumab-deruxtecan'])('%s is held today, after the decision', (drug) => {
    const plan = under(drug, 'pregnancy=yes', 'gestation-weeks=20 wk')
    expect(plan.options[0]!.id).toBe('pregnancy-first-trimester-decision')
    expect(plan.options.find((o) => o.id === 'hold-current')).toMatchObject(HELD)
    expect(plan.options.some((o) => o.procedure === 'continue')).toBe(false)
  })
  test('paclitaxel is held before week 14, not after', () => {
    expect(under('paclitaxel', 'pregnancy=yes', 'gestation-weeks=9 wk').options.find((o) => o.id === 'hold-current')).toMatchObject(HELD)
    const later = under('paclitaxel', 'pregnancy=yes', 'gestation-weeks=20 wk').options.find((o) => o.id === 'hold-current')
    expect(later!.standing).toBe('conditional')
  })
  test.each(['pregnancy=no', 'pregnancy=unknown'])('%s: nothing is held for it', (set) => {
    expect(under('lorlatinib', set).options.find((o) => o.id === 'hold-current')!.standing).toBe('conditional')
  })
})

test('after pneumonitis of grade 2 from any drug no checkpoint inhibitor stands above conditional', () => {
  const plan = planOfFixture('no-driver-pdl1-80-fit', { set: ['prior-pneumonitis-grade=2'] })
  const inhibitors = plan.options.filter((o) => o.approaches.includes('immunotherapy') && o.trial === undefined)
  expect(inhibitors.length).toBeGreaterThan(0)
  expect(inhibitors.every((o) => o.standing === 'conditional')).toBe(true)
  expect(plan.options[0]!.drugs).toEqual(['carboplatin', 'pemetrexed'])
})
