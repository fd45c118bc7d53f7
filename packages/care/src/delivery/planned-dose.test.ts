import {
  caseView,
  type DoseAdjustment,
  type DosingPolicy,
  type Fact,
  type RegimenComponent,
  type Truth,
  vocabulary,
} from '@secondwind/core'
import { describe, expect, test } from 'vitest'
import { checkCalculatedMg } from './check/index.ts'
import { type DoseContext, doseInputs } from './dose-context.ts'
import { doseOfComponent } from './planned-dose.ts'

const POLICY: DosingPolicy = {
  calvertGfrCapMlPerMin: 125,
  adjustedWeightFromBmi: 25,
  roundingLimitPercent: { cytotoxic: 6, biologic: 10 },
  roundingStepMg: { other: 0.25 },
  biologicClasses: ['monoclonal-antibody'],
  cytotoxicClasses: ['cytotoxic', 'adc'],
  verifyAbove: [{ drug: 'topotecan', route: 'iv', mg: 4, say: 'check again above 4 mg' }],
  cites: [],
}

const known = (value: number | string, more: object = {}): Fact => ({ value, on: '2026-11-20', sources: [], ...more })
const FACTS = { weight: known(80), height: known(180), age: known(60), sex: known('female'), creatinine: known(80) }

type Row = Partial<DoseAdjustment> & { readonly truth: Truth; readonly open?: readonly string[] }

/** A context whose rules are already decided: what is under test is what they do to the dose. */
function context(
  rows: readonly Row[],
  facts: { readonly [id: string]: Fact } = FACTS,
  policy: DosingPolicy | undefined = POLICY,
): DoseContext {
  const open = new Map<unknown, readonly string[]>()
  const rules = rows.map(({ truth, open: facts = [], ...change }, i) => {
    const when = { op: 'const', value: truth } as const
    open.set(when, facts)
    const rule: DoseAdjustment = {
      id: `rule-${i}`,
      drug: 'topotecan',
      when,
      say: `rule ${i}`,
      cites: [],
      review: 'confirmed',
      ...change,
    }
    return { rule, when: () => truth }
  })
  const patientCase = { patient: 'p', asOf: '2026-11-23', facts }
  return {
    patientCase,
    inputs: doseInputs(patientCase),
    view: caseView(vocabulary([], []), {}, '2026-11-23'),
    ...(policy ? { policy } : {}),
    adjustments: new Map([['topotecan', rules]]),
    drugs: new Map(),
    definition: () => undefined,
    openFacts: (criterion) => open.get(criterion) ?? [],
    worked: new Map(),
  }
}

const topotecan: RegimenComponent = { drug: 'topotecan', dose: 1.5, unit: 'mg/m2', route: 'iv', days: [1] }
const planned = (c: DoseContext, component = topotecan, check = checkCalculatedMg) => doseOfComponent(component, c, check)

describe('a dose that is the same for all', () => {
  const tablet: RegimenComponent = { drug: 'topotecan', dose: 80, unit: 'mg', route: 'oral', days: 'daily' }

  test('is worked out once, whoever takes it', () => {
    const one = planned(context([]), tablet)
    expect(one.fields.doseMg).toBe(80)
    expect(planned(context([], { ...FACTS, weight: known(50) }), tablet)).toBe(one)
    expect(planned(context([{ truth: 'false', factor: 0.5 }]), tablet)).toBe(one)
  })
  test('is the own dose of everyone of whom a rule says something', () => {
    const one = planned(context([]), tablet)
    expect(planned(context([{ truth: 'true', factor: 0.5 }]), tablet).fields.doseMg).toBe(40)
    expect(planned(context([{ truth: 'unknown', factor: 0.5, open: ['weight'] }]), tablet).fields).toEqual({ missing: ['weight'] })
    expect(planned(context([{ truth: 'true', topic: 'start-of-cycle' }]), tablet).startLimits).toEqual(['rule 0'])
    expect(planned(context([]), tablet)).toBe(one)
  })
  test('is none of a weight band, of the start either', () => {
    const banded: RegimenComponent = { ...tablet, steps: [{ day: 1, bands: [{ belowKg: 60, dose: 40 }, { dose: 60 }] }] }
    const first = (weight: number) => planned(context([], { ...FACTS, weight: known(weight) }), banded).fields.steps?.[0]?.doseMg
    expect([first(50), first(70), first(50)]).toEqual([40, 60, 40])
  })
})

describe('rules and the number', () => {
  test('no rule: the dose of the protocol', () => {
    expect(planned(context([])).fields.doseMg).toBe(3)
  })
  test('the first true rule applies, one behind it is named', () => {
    const dose = planned(
      context([
        { truth: 'false', omit: true },
        { truth: 'true', dose: 0.75 },
        { truth: 'true', factor: 0.5, say: 'and half' },
      ]),
    )
    expect(dose.fields.doseMg).toBe(1.5)
    expect(dose.notes).toEqual(['holds as well, not in the number: and half'])
  })
  test('an open rule before it withholds the number and names its facts', () => {
    const dose = planned(
      context([
        { truth: 'unknown', open: ['creatinine-clearance'], omit: true },
        { truth: 'true', dose: 0.75 },
      ]),
    )
    expect(dose.fields).toEqual({ missing: ['creatinine-clearance'] })
  })
  test('an open rule behind the one that applies does not', () => {
    const dose = planned(
      context([
        { truth: 'true', dose: 0.75 },
        { truth: 'unknown', open: ['bilirubin'], factor: 0.5 },
      ]),
    )
    expect(dose.fields.doseMg).toBe(1.5)
  })
  test('an unconfirmed rule speaks and does not count, neither true nor open', () => {
    const rows: readonly Row[] = [
      { truth: 'true', review: 'unconfirmed', factor: 0.5, say: 'half' },
      { truth: 'unknown', review: 'unconfirmed', factor: 0.5, open: ['bilirubin'] },
    ]
    const dose = planned(context(rows))
    expect(dose.fields.doseMg).toBe(3)
    expect(dose.notes).toEqual(['unconfirmed, not in the number: half'])
  })
  test('a rule of another route is silent', () => {
    expect(planned(context([{ truth: 'true', route: 'oral', omit: true }])).fields.doseMg).toBe(3)
  })
  test('omitted: no number, and the reason stands in its place', () => {
    const dose = planned(context([{ truth: 'true', omit: true, say: 'not on dialysis' }]))
    expect(dose.fields.doseMg).toBeUndefined()
    expect(dose.notes).toEqual(['no dose: not on dialysis'])
  })
  test('limits before a cycle are listed with the regimen', () => {
    const dose = planned(context([{ truth: 'true', topic: 'start-of-cycle', say: 'haemoglobin 90' }]))
    expect(dose.startLimits).toEqual(['haemoglobin 90'])
    expect(dose.notes).toEqual([])
  })
})

describe('refusals', () => {
  test('two calculations that differ print no dose', () => {
    const dose = planned(context([]), topotecan, () => 3.02)
    expect(dose.fields).toEqual({ missing: [] })
    expect(dose.notes).toEqual(['two calculations disagree: no dose'])
  })
  test('a stale weight is missing', () => {
    expect(planned(context([], { ...FACTS, weight: known(80, { stale: true }) })).fields).toEqual({ missing: ['weight'] })
  })
  test('a sex that the formula does not know is missing', () => {
    const c = context([], { ...FACTS, sex: known('other') })
    expect(planned(c, { ...topotecan, unit: 'AUC', dose: 5 }).fields).toEqual({ missing: ['sex'] })
  })
  test('no policy, no dose', () => {
    const bare = { ...context([]), policy: undefined }
    const dose = doseOfComponent(topotecan, bare as unknown as DoseContext, checkCalculatedMg)
    expect(dose.fields).toEqual({})
    expect(dose.notes).toEqual(['no dosing policy: no dose'])
  })
})

test.each([
  { name: '3 mg', height: 180, weight: 80, note: false },
  { name: '4.25 mg', height: 200, weight: 141.12, note: true },
])('a single dose of topotecan of $name', ({ height, weight, note }) => {
  const dose = planned(context([], { ...FACTS, height: known(height), weight: known(weight) }))
  expect(dose.notes.some((n) => n.includes('check again above 4 mg'))).toBe(note)
})
