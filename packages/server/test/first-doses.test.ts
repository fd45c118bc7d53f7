import { describe, expect, test } from 'vitest'
import { planText } from '../src/cli/text.ts'
import { knowledge, planOf, withRegimen } from './plan-of.ts'

/** Split, step-up and lead-in doses: what is given first is never hidden behind the lasting dose. Worked from the labels that the regimens cite. */
const BODY = ['sex=female', 'age=60', 'height=165 cm', 'creatinine=79.58 umol/L', 'bilirubin-xuln=0.6', 'ast-xuln=0.7', 'alt-xuln=0.7']
const STAGE = ['stage-group=ivb', 'ecog=1', 'histology=adenocarcinoma']
const plan = (...set: readonly string[]) => planOf([...BODY, 'weight=60 kg', ...STAGE, ...set])
/** The text as words in one line: how it is wrapped is not under test. */
const text = (...set: readonly string[]) => planText(plan(...set), knowledge, 100).replace(/\s+/g, ' ')

const EXON20 = ['egfr-exon20-insertion=yes']
const amivantamab = (id: string, ...set: readonly string[]) =>
  withRegimen(plan(...EXON20, ...set), id).regimen.components.find((c) => c.drug === 'amivantamab')!

describe('amivantamab is split in its first week and never doubled', () => {
  const withChemotherapy = 'amivantamab-carboplatin-pemetrexed'
  test.each([
    { weight: '79.9 kg', second: 1050, weekly: 1400, lasting: 1750 },
    { weight: '80 kg', second: 1400, weekly: 1750, lasting: 2100 },
  ])('with chemotherapy at $weight', ({ weight, second, weekly, lasting }) => {
    const planned = amivantamab(withChemotherapy, `weight=${weight}`)
    expect(planned.steps?.map((s) => [s.cycle, s.day, s.doseMg])).toEqual([
      [1, 1, 350],
      [1, 2, second],
      [1, 8, weekly],
      [1, 15, weekly],
      [2, 1, weekly],
    ])
    expect(planned).toMatchObject({ days: [1], doseMg: lasting })
  })

  test('the first two days together are one weekly dose', () => {
    for (const weight of ['60 kg', '95 kg']) {
      const [first, second, week2] = amivantamab(withChemotherapy, `weight=${weight}`).steps!
      expect(first!.doseMg! + second!.doseMg!).toBe(week2!.doseMg)
    }
  })

  test('without a weight no number stands on any day that depends on it', () => {
    const planned = amivantamab(withChemotherapy, 'weight=unknown')
    expect(planned.doseMg).toBeUndefined()
    expect(planned.missing).toContain('weight')
    expect(planned.steps?.map((s) => s.protocolDose)).toEqual([350, null, null, null, null])
  })

  test('the text says 350 mg on day 1, and no full dose before day 8', () => {
    const printed = text(...EXON20)
    expect(printed).toContain('cycle 1 day 1: 350 mg, then cycle 1 day 2: 1050 mg')
    expect(printed).not.toMatch(/amivantamab 1[47]\d0 mg iv, day 1, 2/)
  })

  test('its visits of the first weeks are not counted for ever', () => {
    const { burden } = withRegimen(plan(...EXON20), withChemotherapy)
    expect(burden?.visitsPerMonth).toBe(1.4)
    expect(burden?.start).toEqual({ days: 21, visits: 4 })
    // how long amivantamab runs is not known: hours are not known, and are not none
    expect(burden?.infusionHoursPerMonth).toBeUndefined()
  })
})

describe('step-up of the others', () => {
  test('tarlatamab begins with 1 mg, in the text too', () => {
    const small = [
      'histology=sclc',
      'stage-group=extensive',
      'prior-drugs=carboplatin,etoposide',
      'palliative-lines=1',
      'progressing-now=yes',
    ]
    const planned = withRegimen(plan(...small), 'tarlatamab').regimen.components[0]!
    expect(planned.steps?.map((s) => [s.day, s.doseMg])).toEqual([
      [1, 1],
      [8, 10],
      [15, 10],
    ])
    expect(text(...small)).toContain('tarlatamab iv, in steps: cycle 1 day 1: 1 mg, then cycle 1 day 8: 10 mg')
  })

  test('brigatinib begins with 90 mg for seven days', () => {
    const [lead, lasting] = withRegimen(plan('alk-fusion=yes'), 'brigatinib').regimen.components[0]!.steps!
    expect([lead, lasting]).toMatchObject([
      { day: 1, doseMg: 90 },
      { day: 8, doseMg: 180 },
    ])
  })

  test('repotrectinib is once daily for 14 days, in the text too', () => {
    const set = ['ros1-fusion=yes']
    const planned = withRegimen(plan(...set), 'repotrectinib').regimen.components[0]!
    expect(planned.steps?.[0]).toMatchObject({ day: 1, days: 'daily', doseMg: 160 })
    expect(text(...set, 'prior-drugs=taletrectinib', 'palliative-drugs=taletrectinib')).toContain(
      'daily, day 1 to 14: 160 mg, then twice-daily, from day 15',
    )
  })
})

test('what is said beside a number stands in the text with it', () => {
  const small = ['histology=sclc', 'stage-group=extensive', 'creatinine=260 umol/L']
  // a clearance of about 19 mL/min: the number stands, and that it must be confirmed stands with it
  expect(text(...small)).toMatch(/carboplatin 5 AUC iv, day 1 = \d+ mg \(below 30 mL\/min/)
})

test('no regimen with a first dose of its own shows the lasting one alone', () => {
  const stepped = knowledge.regimens.filter((r) => r.components.some((c) => c.steps !== undefined))
  expect(stepped.map((r) => r.id).sort()).toEqual([
    'amivantamab',
    'amivantamab-carboplatin-pemetrexed',
    'amivantamab-lazertinib',
    'brigatinib',
    'durvalumab-tarlatamab',
    'repotrectinib',
    'tarlatamab',
  ])
  // a first dose told in words beside a number is not read by a machine
  for (const regimen of knowledge.regimens)
    for (const { note = '', dose, bands } of regimen.components)
      if (dose !== undefined || bands !== undefined) expect(note, regimen.id).not.toMatch(/split|for the first|lead-in|step-up|on day \d/i)
})
