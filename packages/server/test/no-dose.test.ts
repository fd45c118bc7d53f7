import { describe, expect, test } from 'vitest'
import { planOfFixture } from './plan-of.ts'

/** What cannot be ordered is not recommended: where dosing withholds the number, the option stands at most on a condition that says so. */
const rows: readonly (readonly [drug: string, fixture: string, set: string, fine: string])[] = [
  ['etoposide', 'es-sclc-first-line', 'bilirubin=72 umol/L', 'bilirubin=12 umol/L'],
  ['etoposide', 'es-sclc-first-line', 'creatinine-clearance=12 mL/min', 'creatinine-clearance=80 mL/min'],
  ['durvalumab', 'es-sclc-first-line', 'weight=29 kg', 'weight=70 kg'],
  ['topotecan', 'sclc-relapse-8-months', 'dialysis=true', 'dialysis=false'],
  ['lorlatinib', 'alk-first-line-brain-mets', 'creatinine-clearance=12 mL/min', 'creatinine-clearance=80 mL/min'],
  ['brigatinib', 'alk-first-line-brain-mets', 'creatinine-clearance=12 mL/min', 'creatinine-clearance=80 mL/min'],
  ['afatinib', 'egfr-g719x', 'dialysis=true', 'dialysis=false'],
  ['crizotinib', 'ros1-first-line', 'dialysis=true', 'dialysis=false'],
  ['crizotinib', 'ros1-first-line', 'medicine-classes=cyp3a-strong-inhibitor', 'medicine-classes='],
  ['crizotinib', 'ros1-first-line', 'medicine-classes=cyp3a-strong-inducer', 'medicine-classes='],
  ['pralsetinib', 'ret-after-pembrolizumab', 'medicine-classes=antiretroviral-boosted', 'medicine-classes='],
]

describe.each(rows)('%s in %s', (drug, fixture, set, fine) => {
  const withDrug = (...entries: readonly string[]) =>
    planOfFixture(fixture, { set: entries }).options.filter((o) => o.drugs.includes(drug) && o.trial === undefined)
  const isSound = (standing: string) => standing === 'recommended' || standing === 'alternative'

  test(`${set}: no number, and nothing above conditional`, () => {
    for (const option of withDrug(set)) {
      // the emergency start in a failing liver says itself how the drug begins
      if (option.id === '1l-emergency-start-sclc') {
        expect(option.cautions.map((c) => c.say).join(' ')).toContain('half the dose or less')
        continue
      }
      expect(isSound(option.standing), option.id).toBe(false)
      if (option.standing === 'conditional') expect(option.cautions.length, option.id).toBeGreaterThan(0)
    }
  })
  test(`${fine}: it stands as before`, () => expect(withDrug(fine).some(({ standing }) => isSound(standing))).toBe(true))
  test('not measured: unknown does not make it unsound by itself', () =>
    expect(withDrug(`${set.split('=')[0]}=unknown`).length).toBeGreaterThan(0))
})
