import { waitsFor } from '@secondwind/care'
import { describe, expect, test } from 'vitest'
import { knowledge, planOf } from './plan-of.ts'

/** What an alert says of the drug that runs, and what the options say, must be the same. */
const NO_DRIVER = [
  'egfr-exon19-deletion',
  'egfr-l858r',
  'egfr-atypical',
  'egfr-exon20-insertion',
  'alk-fusion',
  'ros1-fusion',
  'ret-fusion',
]
const running = (drugs: string, ...set: readonly string[]) =>
  planOf([
    ...NO_DRIVER.map((id) => `${id}=false`),
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

const goesOn = (plan: ReturnType<typeof planOf>) => plan.options.find((o) => o.procedure === 'continue')

describe('an emergency that holds the running drug', () => {
  test.each([
    { drugs: 'pembrolizumab', set: ['visual-symptoms=true'], rule: 'immune-neurotoxicity' },
    { drugs: 'pembrolizumab', set: ['confusion=true'], rule: 'immune-neurotoxicity' },
    { drugs: 'pembrolizumab', set: ['troponin-xuln=4'], rule: 'immune-myocarditis' },
    { drugs: 'pembrolizumab', set: ['fever=true'], rule: 'sepsis' },
    { drugs: 'pembrolizumab', set: ['cortisol=40 nmol/L'], rule: 'adrenal-crisis' },
    { drugs: 'carboplatin,pemetrexed', set: ['fever=true'], rule: 'febrile-neutropenia' },
    { drugs: 'docetaxel', set: ['spo2=86 %'], rule: 'hypoxia' },
    { drugs: 'pembrolizumab', set: ['cord-compression=true'], rule: 'cord-compression' },
    { drugs: 'osimertinib', set: ['potassium=2.3 mmol/L'], rule: 'severe-hypokalaemia' },
    { drugs: 'pembrolizumab', set: ['calcium-corrected=3.3 mmol/L'], rule: 'hypercalcaemia-severe' },
  ])('$rule on $drugs', ({ drugs, set, rule }) => {
    const plan = running(drugs, ...set)
    const first = plan.options.find((o) => o.technique === undefined)
    expect(first).toMatchObject({ standing: 'recommended', procedure: 'hold', rank: rule === 'cord-compression' ? 2 : 1 })
    expect(goesOn(plan)).toBeUndefined()
    const line = plan.notAdvised.find((n) => n.rule === rule)
    expect(line).toMatchObject({ reason: 'unsafe', match: 'contains' })
    expect(drugs.split(',')).toEqual(expect.arrayContaining([...line!.drugs!]))
  })

  test('says nothing of a drug that it does not name', () => {
    for (const set of [['cord-compression=true'], ['calcium-corrected=3.3 mmol/L']]) {
      const plan = running('osimertinib', 'egfr-l858r=true', ...set)
      expect(goesOn(plan)?.standing).toBe('recommended')
      expect(plan.notAdvised.map((n) => n.rule)).not.toContain('cord-compression')
    }
  })
})

test('an urgent suspicion lets the drug go on only once it is settled, and the pause comes first', () => {
  const plan = running('pembrolizumab', 'diarrhoea-grade=2')
  expect(plan.options[0]).toMatchObject({ standing: 'recommended', procedure: 'hold' })
  expect(goesOn(plan)).toMatchObject({ standing: 'conditional' })
  expect(goesOn(plan)!.standingBecause).toContain('on hold until this is settled')
})

test('a thyroid that fails is replaced, and the checkpoint inhibitor goes on', () => {
  const plan = running('pembrolizumab', 'tsh=24 m[IU]/L')
  expect(plan.alerts.map((a) => a.id)).toContain('immune-related-adverse-event')
  expect(plan.options[0]).toMatchObject({ standing: 'recommended', procedure: 'continue' })
})

test('an option that waits names what is handled first; a pause waits for nothing', () => {
  const untreated = planOf(['egfr-l858r=true', 'histology=adenocarcinoma', 'stage-group=ivb', 'ecog=1', 'calcium-corrected=3.3 mmol/L'])
  expect(untreated.options[0]).toMatchObject({ standing: 'conditional' })
  expect(waitsFor(untreated.options[0]!, untreated.alerts).map(({ id }) => id)).toEqual(['hypercalcaemia'])
  const paused = running('pembrolizumab', 'fever=true')
  expect(paused.options[0]).toMatchObject({ standing: 'recommended', procedure: 'hold' })
  expect(waitsFor(paused.options[0]!, paused.alerts)).toEqual([])
})

test('without an alert the drug that works goes on', () => {
  expect(running('pembrolizumab').options[0]).toMatchObject({ standing: 'recommended', procedure: 'continue' })
})

/** "Hold the checkpoint inhibitor", "systemic treatment waits", but not "hold anticoagulants". */
const HOLDS =
  /\b(hold|stop)\b[^.;:]*\b(checkpoint inhibitor|suspected drug|the drug\b|chemotherapy|anti-VEGF|bevacizumab|cancer drug|platinum|next dose)|(systemic (anticancer )?treatment|next (dose|cycle)[^.;]*) waits|no chemotherapy until/i

test('every alert whose words hold a cancer drug names it, so that no option can go on with it', () => {
  const speaks = (actions: readonly string[]) => actions.some((a) => HOLDS.test(a))
  const silent = knowledge.alerts.flatMap((rule) => [
    ...(speaks(rule.actions) && !rule.holds ? [rule.id] : []),
    ...(rule.suspect && speaks(rule.suspect.actions) && !rule.suspect.holds ? [`${rule.id} suspected`] : []),
  ])
  expect(silent).toEqual([])
  expect(knowledge.alerts.filter((rule) => speaks(rule.actions)).length).toBeGreaterThan(12)
})
