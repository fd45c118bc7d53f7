import { describe, expect, test } from 'vitest'
import { observation, planOfFixture, withRegimen } from './plan-of.ts'

/** A measured clearance goes before the estimate, for doses and for limits: 45 mL/min measured where the formula says about 75. */
const plan = (...resources: readonly ReturnType<typeof observation>[]) => planOfFixture('no-driver-pdl1-80-fit', { resources })
const carboplatin = (p: ReturnType<typeof plan>) =>
  withRegimen(p, 'carboplatin-pembrolizumab-pemetrexed').regimen.components.find((c) => c.drug === 'carboplatin')!
const isOffered = (p: ReturnType<typeof plan>, drug: string) => p.options.some((o) => o.drugs.includes(drug) && o.standing !== 'needs-data')

test('by the estimate alone cisplatin is possible: the others differ from this by the measured value only', () => {
  expect(isOffered(plan(), 'cisplatin')).toBe(true)
})

describe('measured', () => {
  const ways = [
    { name: '24-hour urine by its code', code: '2164-2' },
    { name: '24-hour urine in words', text: 'Creatinine clearance, 24 hour urine'.replace(',', '') },
    { name: 'by isotope', text: 'Measured GFR (51Cr-EDTA)' },
    { name: 'by contrast medium', text: 'Iohexol clearance' },
  ]
  test.each(ways)('$name', ({ name: _, ...way }) => {
    const p = plan(observation({ ...way, value: 45, unit: 'mL/min', on: '2026-11-21' }))
    expect(p.case.facts['gfr-measured']).toMatchObject({ value: 45 })
    expect(p.case.facts['creatinine-clearance']).toMatchObject({ value: 45 })
    // 5 × (45 + 25)
    expect(carboplatin(p).doseMg).toBe(350)
    expect(isOffered(p, 'cisplatin')).toBe(false)
  })

  test('per 1.73 m² is not taken for mL/min, and nothing is computed around it', () => {
    const p = plan(observation({ text: 'Measured GFR', value: 45, unit: 'mL/min/{1.73_m2}', on: '2026-11-21' }))
    expect(p.case.facts['gfr-measured']).toHaveProperty('unknown')
    expect(p.case.facts['creatinine-clearance']).toMatchObject({ unknown: 'conflicting' })
    expect(p.problems.some((one) => one.code === 'unknown-unit')).toBe(true)
    expect(carboplatin(p).doseMg).toBeUndefined()
    expect(carboplatin(p).missing).toContain('creatinine-clearance')
    expect(isOffered(p, 'cisplatin')).toBe(false)
  })

  test('an old value that cannot be used stops nothing', () => {
    const p = plan(observation({ text: 'Measured GFR', value: 45, unit: 'mL/min/{1.73_m2}', on: '2025-11-21' }))
    expect(carboplatin(p).doseMg).toBeGreaterThan(400)
  })

  test('a reported estimate never enters Calvert', () => {
    const p = plan(observation({ text: 'eGFR', value: 45, unit: 'mL/min/{1.73_m2}', on: '2026-11-21' }))
    expect(carboplatin(p).doseMg).toBeGreaterThan(400)
  })
})

/** The label of topotecan counts the clearance with the ideal weight: 75 years, 120 kg, 160 cm, creatinine 1.4 mg/dL is 28.7 mL/min, with the actual weight 65.8. */
describe('a clearance made by the weight', () => {
  const heavy = ['weight=120 kg', 'height=160 cm', 'age=75', 'sex=female', 'creatinine=123.8 umol/L']
  const topotecan = (set: readonly string[]) =>
    withRegimen(planOfFixture('es-sclc-relapse-60-days', { set }), 'topotecan').regimen.components[0]!

  test('topotecan is halved', () => {
    expect(topotecan(heavy)).toMatchObject({ protocolDose: 1.5, doseMg: 1.75 })
    expect(topotecan(heavy).derivation?.join(' ')).toContain('ideal weight')
  })
  test('and is not for kidneys that are good by either weight', () => {
    // √(160 × 120 ÷ 3600) = 2.309 m²; × 1.5 = 3.46
    expect(topotecan([...heavy.slice(0, -1), 'creatinine=60 umol/L']).doseMg).toBe(3.5)
  })
  test('a weight below the ideal counts as it is: the smaller of the two', () => {
    const thin = planOfFixture('es-sclc-relapse-60-days', {
      set: ['weight=45 kg', 'height=170 cm', 'age=75', 'sex=female', 'creatinine=80 umol/L'],
    })
    expect(thin.case.facts['creatinine-clearance-ideal']).toMatchObject({ value: expect.closeTo(38.2, 1) })
    expect(thin.case.facts['creatinine-clearance']).toMatchObject({ value: expect.closeTo(38.2, 1) })
  })
  test('without a height the number waits for it', () => {
    const planned = topotecan(['weight=120 kg', 'height=unknown', 'age=75', 'sex=female', 'creatinine=123.8 umol/L'])
    expect(planned.doseMg).toBeUndefined()
    expect(planned.missing).toContain('height')
  })
  test('cisplatin is not open on the strength of the weight', () => {
    const plan = planOfFixture('no-driver-pdl1-80-fit', { set: heavy })
    const cisplatin = plan.options.filter((o) => o.drugs.includes('cisplatin'))
    expect(cisplatin.length).toBeGreaterThan(0)
    for (const option of cisplatin) {
      expect(['conditional', 'needs-data']).toContain(option.standing)
      expect(option.cautions.map((c) => c.say).join(' ')).toContain('measure the clearance')
    }
  })
})
