import { describe, expect, test } from 'vitest'
import { planOf } from './plan-of.ts'

/** A pause is carried by the reason at hand: the heart's label is no evidence for a pause because of the lung. */
const RUNNING = [
  'histology=adenocarcinoma',
  'stage-group=ivb',
  'ecog=1',
  'egfr-exon19-deletion=true',
  'palliative-lines=1',
  'current-drugs=osimertinib',
  'prior-drugs=osimertinib',
  'progressing-now=false',
  'disease-status=stable',
  'brain-metastases=false',
]
const holdOf = (...set: readonly string[]) => planOf([...RUNNING, ...set]).options.find((o) => o.id === 'hold-current')!
const sources = (option: ReturnType<typeof holdOf>) => option.evidence.map(({ source }) => source)
const OF_HEART = 'safe-osimertinib-label-lvef'
const OF_LIVER = 'asco-irae-2021'

describe('what a pause rests on', () => {
  test.each([
    { why: 'the heart', set: 'lvef=42 %', cites: OF_HEART, not: OF_LIVER },
    { why: 'the liver', set: 'alt-xuln=7', cites: OF_LIVER, not: OF_HEART },
    { why: 'the lung', set: 'new-dyspnoea-or-cough=true', cites: 'asco-irae-pneumonitis-2021', not: OF_HEART },
  ])('$why', ({ set, cites, not }) => {
    const hold = holdOf(set)
    expect(hold.standing).toBe('recommended')
    expect(sources(hold)).toContain(cites)
    expect(sources(hold)).not.toContain(not)
  })

  test('an alert that holds the drug brings its own sources', () => {
    const plan = planOf([...RUNNING, 'cord-compression=true', 'current-drugs=carboplatin,pemetrexed', 'prior-drugs=carboplatin,pemetrexed'])
    const hold = plan.options.find((o) => o.procedure === 'hold')!
    const alert = plan.alerts.find((a) => a.id === 'cord-compression')!
    expect(hold.standing).toBe('recommended')
    expect(hold.evidence.map(({ source }) => source)).toEqual(expect.arrayContaining(alert.evidence.map(({ source }) => source)))
    expect(sources(hold)).not.toContain(OF_HEART)
    expect(sources(hold)).not.toContain(OF_LIVER)
  })
})

describe('hospice and a driver whose drug was never given', () => {
  const chart = (...set: readonly string[]) =>
    planOf([
      'histology=adenocarcinoma',
      'stage-group=ivb',
      'palliative-lines=0',
      'progressing-now=unknown',
      'in-hospice=true',
      'life-expectancy-weeks=false',
      'met-exon14-skipping=true',
      'prior-classes=',
      'prior-drugs=',
      ...set,
    ])
  test('ECOG 3: the tablet is asked about before hospice alone, and a talk comes first', () => {
    const [first] = chart('ecog=3').options
    expect(first).toMatchObject({ id: 'metex14-capmatinib', standing: 'recommended' })
    expect(first!.cautions.map(({ rule }) => rule)).toContain('hospice-targeted')
  })
  test.each(['ecog=4', 'declines=targeted-therapy', 'life-expectancy-weeks=true'])('%s: hospice first', (set) => {
    expect(chart('ecog=3', set).options[0]!.id).toBe('hospice')
  })
})
