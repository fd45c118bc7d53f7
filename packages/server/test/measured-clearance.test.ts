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
