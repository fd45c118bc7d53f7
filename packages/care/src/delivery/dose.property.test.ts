import type { RegimenComponent } from '@secondwind/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkCalculatedMg, checkDoseMg } from './check/index.ts'
import type { DoseAdjustment, DoseInputs, DoseRequest, DosingPolicy } from './contract.ts'
import { computeDose } from './dose.ts'

const RUNS = { seed: 20261123, numRuns: 3000 }

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true, noDefaultInfinity: true })
const input = (min: number, max: number) => real(min, max).map((value) => ({ value }))

/** Now and then a value that no patient has: it must count as missing, in both implementations alike. */
const sometimesBroken = (min: number, max: number) =>
  fc.oneof(
    { weight: 40, arbitrary: input(min, max) },
    { weight: 1, arbitrary: fc.constantFrom({ value: 0 }, { value: -1 }, { value: Number.NaN }) },
  )

const inputs: fc.Arbitrary<DoseInputs> = fc.record(
  {
    weightKg: sometimesBroken(25, 300),
    heightCm: sometimesBroken(100, 230),
    ageYears: fc.integer({ min: 18, max: 115 }).map((value) => ({ value })),
    isFemale: fc.boolean(),
    creatinineUmolPerL: sometimesBroken(15, 2000),
    measuredClearanceMlPerMin: input(3, 250),
  },
  { requiredKeys: [] },
)

const component: fc.Arbitrary<RegimenComponent> = fc
  .oneof(
    fc.record({ unit: fc.constantFrom('mg' as const, 'ug' as const), dose: real(0.1, 2000) }),
    fc.record({ unit: fc.constant('mg/m2' as const), dose: real(0.5, 1250) }),
    fc.record({ unit: fc.constant('mg/kg' as const), dose: real(0.5, 20), capMg: real(50, 1000) }, { requiredKeys: ['unit', 'dose'] }),
    fc.record({ unit: fc.constant('AUC' as const), dose: real(1, 7) }),
    fc.record({
      unit: fc.constant('mg' as const),
      bands: fc
        .tuple(real(30, 120), real(50, 2000), real(50, 2000))
        .map(([belowKg, light, heavy]) => [{ belowKg, dose: light }, { dose: heavy }]),
    }),
    fc.record({
      unit: fc.constant('mg' as const),
      steps: fc.tuple(real(0.1, 10), real(0.1, 200)).map(([first, then]) => [
        { day: 1, dose: first },
        { day: 8, dose: then },
      ]),
    }),
    fc.record({ unit: fc.constantFrom('mg' as const, 'mg/m2' as const) }),
  )
  .map((part): RegimenComponent => ({ drug: 'drug', route: 'iv', days: [1], ...part }))

const policy: fc.Arbitrary<DosingPolicy> = fc
  .record({
    cap: real(90, 150),
    bmi: real(20, 40),
    floor: fc.option(real(40, 90), { nil: undefined }),
    step: fc.constantFrom(0.1, 0.25, 1, 5, 10, 50),
  })
  .map(({ cap, bmi, floor, step }) => ({
    calvertGfrCapMlPerMin: cap,
    adjustedWeightFromBmi: bmi,
    ...(floor === undefined ? {} : { creatinineFloorUmolPerL: floor }),
    roundingLimitPercent: { cytotoxic: 6, biologic: 10 },
    roundingStepMg: { other: step },
    biologicClasses: [],
    cytotoxicClasses: [],
    verifyAbove: [],
    cites: [],
  }))

const adjustment: fc.Arbitrary<DoseAdjustment> = fc
  .oneof(fc.record({ factor: real(0.1, 1) }), fc.record({ dose: real(0.1, 500) }), fc.constant({ omit: true as const }), fc.constant({}))
  .map((change) => ({
    id: 'rule',
    drug: 'drug',
    when: { op: 'const', value: 'true' } as const,
    say: 'said',
    cites: [],
    review: 'confirmed' as const,
    ...change,
  }))

const request: fc.Arbitrary<DoseRequest> = fc.record(
  { component, isBiologic: fc.boolean(), inputs, policy, adjustment },
  { requiredKeys: ['component', 'isBiologic', 'inputs', 'policy'] },
)

test('two calculations, written apart, agree on every dose and on every missing one', () => {
  let doses = 0
  fc.assert(
    fc.property(request, (r) => {
      const first = computeDose(r)
      const second = checkCalculatedMg(r)
      if (first.kind !== 'dose') {
        expect(second).toBeUndefined()
        return
      }
      doses++
      expect(second).toBeDefined()
      expect(Math.abs(second! - first.calculatedMg)).toBeLessThanOrEqual(0.01)
    }),
    { ...RUNS, numRuns: 10_000 },
  )
  expect(doses).toBeGreaterThan(2500)
})

/** The highest dose that rounding may reach: the cap of the drug, Calvert at the cut-off, each times the factor. */
function ceilingMg({ adjustment, component: c, policy: p }: DoseRequest): number {
  const calvertMg = c.unit === 'AUC' ? (adjustment?.dose ?? c.dose ?? 0) * (p.calvertGfrCapMlPerMin + 25) : Number.POSITIVE_INFINITY
  return Math.min(c.capMg ?? Number.POSITIVE_INFINITY, calvertMg) * (adjustment?.factor ?? 1)
}

/** A flat dose stands as the protocol writes it; `check/` rounds it too, which nothing prints. */
const isFlat = (r: DoseRequest): boolean => (r.component.unit === 'mg' || r.component.unit === 'ug') && r.adjustment?.factor === undefined

test('two calculations round alike, except that the printed one never passes a cap and leaves flat doses alone', () => {
  fc.assert(
    fc.property(request, (r) => {
      const first = computeDose(r)
      const second = checkDoseMg(r)
      if (first.kind !== 'dose' || isFlat(r)) return
      // at the very middle between two steps the last binary digit decides: either neighbour is right
      fc.pre(Math.abs(((first.calculatedMg / r.policy.roundingStepMg.other!) % 1) - 0.5) > 1e-6)
      // and a cap within that digit of a step is met from either side
      fc.pre(Math.abs(first.roundedMg - ceilingMg(r)) > 1e-6)
      if (second! <= ceilingMg(r)) expect(Math.abs(second! - first.roundedMg)).toBeLessThanOrEqual(0.01)
      else expect(first.roundedMg).toBeLessThanOrEqual(ceilingMg(r) + 1e-6)
    }),
    RUNS,
  )
})

test('a rounded dose stays within the limit of its kind and never passes a cap', () => {
  fc.assert(
    fc.property(request, (r) => {
      const result = computeDose(r)
      if (result.kind !== 'dose') return
      const limit = r.isBiologic ? r.policy.roundingLimitPercent.biologic : r.policy.roundingLimitPercent.cytotoxic
      expect(result.roundedMg).toBeGreaterThan(0)
      expect(Math.abs(result.roundedMg - result.calculatedMg) / result.calculatedMg).toBeLessThanOrEqual(limit / 100 + 1e-9)
      if (r.component.capMg !== undefined) expect(result.roundedMg).toBeLessThanOrEqual(r.component.capMg + 1e-6)
      expect(result.derivation.length).toBeGreaterThan(0)
      for (const line of result.derivation) expect(line).not.toMatch(/NaN|undefined|Infinity/)
    }),
    RUNS,
  )
})

test('carboplatin never passes the dose of the cut-off, whatever the creatinine', () => {
  fc.assert(
    fc.property(real(1, 7), inputs, policy, (auc, values, choices) => {
      const r = {
        component: { drug: 'drug', unit: 'AUC', dose: auc, route: 'iv', days: [1] },
        isBiologic: false,
        inputs: values,
        policy: choices,
      } as const
      const result = computeDose(r)
      if (result.kind !== 'dose') return
      const highest = auc * (choices.calvertGfrCapMlPerMin + 25)
      expect(result.calculatedMg).toBeLessThanOrEqual(highest + 1e-9)
      expect(result.roundedMg).toBeLessThanOrEqual(highest + 1e-6)
      expect(result.calculatedMg).toBeGreaterThan(auc * 25)
    }),
    RUNS,
  )
})

test('a heavier patient never gets less by weight or body surface', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('mg/kg' as const, 'mg/m2' as const),
      real(0.5, 500),
      real(25, 299),
      real(0, 50),
      real(100, 230),
      policy,
      (unit, dose, kg, more, cm, choices) => {
        const at = (weightKg: number) =>
          computeDose({
            component: { drug: 'drug', unit, dose, route: 'iv', days: [1] },
            isBiologic: false,
            inputs: { weightKg: { value: weightKg }, heightCm: { value: cm } },
            policy: choices,
          })
        const [light, heavy] = [at(kg), at(kg + more)]
        if (light.kind !== 'dose' || heavy.kind !== 'dose') throw new Error('no dose')
        expect(heavy.calculatedMg).toBeGreaterThanOrEqual(light.calculatedMg)
      },
    ),
    RUNS,
  )
})

test('a missing input is named, and giving what is named gives the dose', () => {
  const ALL: Required<DoseInputs> = {
    weightKg: { value: 70 },
    heightCm: { value: 170 },
    ageYears: { value: 60 },
    isFemale: true,
    creatinineUmolPerL: { value: 80 },
    measuredClearanceMlPerMin: { value: 90 },
  }
  const KEY: { readonly [fact: string]: keyof DoseInputs } = {
    weight: 'weightKg',
    height: 'heightCm',
    age: 'ageYears',
    sex: 'isFemale',
    creatinine: 'creatinineUmolPerL',
  }
  fc.assert(
    fc.property(request, (r) => {
      const result = computeDose(r)
      if (result.kind !== 'missing') return
      const given = Object.fromEntries(result.facts.map((fact) => [KEY[fact]!, ALL[KEY[fact]!]]))
      expect(computeDose({ ...r, inputs: { ...r.inputs, ...given } }).kind).toBe('dose')
    }),
    RUNS,
  )
})
