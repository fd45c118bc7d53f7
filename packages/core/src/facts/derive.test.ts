import { describe, expect, test } from 'vitest'
import { deriveFacts } from './derive.ts'
import type { Fact, FactDefinition } from './fact.ts'
import { bodySurfaceArea, cockcroftGault, correctedCalcium } from './formulas.ts'

const definition = (id: string, more: Partial<FactDefinition> = {}): FactDefinition => ({
  id,
  label: id,
  type: 'quantity',
  group: 'g',
  absence: 'asked',
  ...more,
})
const REGISTRY: readonly FactDefinition[] = [
  definition('creatinine-clearance', { unit: 'mL/min', freshDays: 30, derivedFrom: ['creatinine', 'age', 'weight', 'sex'] }),
  definition('age', { derivedFrom: ['birth-date'] }),
  definition('stage-iv', { type: 'truth', derivedFrom: ['stage-group', 'm-category', 'metastatic-sites'] }),
  definition('pregnancy-possible', { type: 'truth', derivedFrom: ['sex', 'age', 'sterilised-or-menopausal'] }),
  definition('pregnancy', { type: 'truth', absence: 'witnessed', test: 'pregnancy-test', derivedFrom: ['pregnancy-possible'] }),
  definition('egfr-t790m', { type: 'truth', absence: 'witnessed', needsLaterSample: true, test: 'rebiopsy-tissue' }),
  definition('ntrk-fusion', { type: 'truth', absence: 'witnessed', needsRna: ['kras-g12c'], test: 'ngs-broad-dna-rna' }),
  definition('light-or-never-smoker', { type: 'truth', derivedFrom: ['smoking-status', 'pack-years'] }),
]
const known = (value: Fact extends infer F ? (F extends { value: infer V } ? V : never) : never, more: object = {}): Fact => ({
  value,
  sources: [],
  ...more,
})
const derive = (facts: Record<string, Fact>) => deriveFacts(facts, '2026-11-23', REGISTRY)

// worked by hand from the published formulas
test('Cockcroft-Gault: man of 60, 72 kg, creatinine 88.42 µmol/L (1 mg/dL) is (140-60)×72/72 = 80', () => {
  expect(cockcroftGault({ creatinineUmolPerL: 88.42, ageYears: 60, weightKg: 72, isFemale: false })).toBeCloseTo(80, 10)
  expect(cockcroftGault({ creatinineUmolPerL: 88.42, ageYears: 60, weightKg: 72, isFemale: true })).toBeCloseTo(68, 10)
})
test('Mosteller: 180 cm and 80 kg is 2.00 m²', () => expect(bodySurfaceArea({ heightCm: 180, weightKg: 80 })).toBeCloseTo(2, 10))
test('calcium 2.40 with albumin 30 g/L is 2.60', () =>
  expect(correctedCalcium({ calciumMmolPerL: 2.4, albuminGPerL: 30 })).toBeCloseTo(2.6, 10))

describe('derived facts', () => {
  const renal = {
    creatinine: known(88.42, { on: '2026-11-20' }),
    'birth-date': known('1966-01-01'),
    weight: known(72, { on: '2026-11-01' }),
    sex: known('male'),
  }

  test('clearance from creatinine, birth date, weight and sex, dated by its oldest input', () => {
    const fact = derive(renal)['creatinine-clearance'] as { value: number; on: string }
    expect(fact.value).toBeCloseTo(80, 6)
    expect(fact.on).toBe('2026-11-01')
  })
  test('an unknown weight leaves the clearance unknown', () => {
    const { weight: _, ...without } = renal
    expect(derive(without)['creatinine-clearance']).toBeUndefined()
  })
  test('a stale creatinine makes the clearance stale', () => {
    expect(derive({ ...renal, creatinine: known(88.42, { stale: true }) })['creatinine-clearance']).toMatchObject({ stale: true })
  })
  test('what was entered by hand is left alone', () => {
    expect(derive({ ...renal, 'creatinine-clearance': known(30, { enteredByHand: true }) })['creatinine-clearance']).toMatchObject({
      value: 30,
    })
  })
  test('deriving again after a change follows the change', () => {
    const first = derive(renal)
    const second = deriveFacts({ ...first, creatinine: known(176.84) }, '2026-11-23', REGISTRY)
    expect((second['creatinine-clearance'] as { value: number }).value).toBeCloseTo(40, 6)
  })
})

test.each([
  { name: 'stage group IVB', facts: { 'stage-group': known('ivb') }, expected: true },
  { name: 'M1a', facts: { 'm-category': known('m1a') }, expected: true },
  {
    name: 'stage IIIB of old and a metastasis found later',
    facts: { 'stage-group': known('iiib'), 'metastatic-sites': known(['bone']) },
    expected: true,
  },
  { name: 'stage IIIA and nothing more', facts: { 'stage-group': known('iiia') }, expected: false },
])('stage IV: $name', ({ facts, expected }) => {
  expect(derive(facts as Record<string, Fact>)['stage-iv']).toMatchObject({ value: expected })
})
test('stage IV is unknown when nothing says a stage', () => expect(derive({})['stage-iv']).toBeUndefined())

test.each([
  { name: 'a man', facts: { sex: known('male') }, expected: { value: false } },
  { name: 'a woman of 70', facts: { sex: known('female'), 'birth-date': known('1956-01-01') }, expected: { value: false } },
])('pregnancy is excluded for $name', ({ facts, expected }) => {
  expect(derive(facts as Record<string, Fact>).pregnancy).toMatchObject(expected)
})
test('pregnancy stays unknown for a woman of 34 without a test', () => {
  expect(derive({ sex: known('female'), 'birth-date': known('1992-01-01'), pregnancy: { unknown: 'not-tested' } }).pregnancy).toMatchObject(
    { unknown: 'not-tested' },
  )
})

describe('resistance needs a later sample', () => {
  const absent = known(false, { on: '2025-01-10' })
  const failing = { 'progressing-now': known(true), 'current-line-start-on': known('2025-02-01') }
  test('no T790M in the diagnostic biopsy is unknown once the disease grows', () => {
    expect(derive({ ...failing, 'egfr-t790m': absent })['egfr-t790m']).toMatchObject({ unknown: 'not-tested', would: 'rebiopsy-tissue' })
  })
  test('no T790M in a sample taken under treatment stays no', () => {
    expect(derive({ ...failing, 'egfr-t790m': known(false, { on: '2026-10-01' }) })['egfr-t790m']).toMatchObject({ value: false })
  })
  test('T790M once found stays found', () => {
    expect(derive({ ...failing, 'egfr-t790m': known(true, { on: '2025-01-10' }) })['egfr-t790m']).toMatchObject({ value: true })
  })
})

describe('reasons of unknown inputs and stages that disagree', () => {
  test('a conflicting creatinine leaves the clearance conflicting, and says what would settle it', () => {
    const facts = derive({
      creatinine: { unknown: 'conflicting', would: 'repeat-value-with-units' },
      'birth-date': known('1966-01-01'),
      weight: known(72),
      sex: known('male'),
    })
    expect(facts['creatinine-clearance']).toMatchObject({ unknown: 'conflicting', would: 'repeat-value-with-units', derived: true })
  })

  test.each([
    { name: 'IV and M0 of one work-up', group: 'iv', groupOn: '2026-11-01', m: 'm0', mOn: '2026-11-01', expected: 'conflicting' },
    { name: 'IV months after M0', group: 'iva', groupOn: '2026-11-01', m: 'm0', mOn: '2024-11-01', expected: true },
    { name: 'IV and M1', group: 'iv', groupOn: '2026-11-01', m: 'm1b', mOn: '2026-11-01', expected: true },
    { name: 'IIIA and M1 of one work-up', group: 'iiia', groupOn: '2026-11-01', m: 'm1b', mOn: '2026-11-01', expected: 'conflicting' },
    { name: 'M1 months after IIIA', group: 'iiia', groupOn: '2024-11-01', m: 'm1b', mOn: '2026-11-01', expected: true },
    { name: 'extensive small cell may be M0', group: 'extensive', groupOn: '2026-11-01', m: 'm0', mOn: '2026-11-01', expected: true },
    { name: 'IIIA and M0', group: 'iiia', groupOn: '2026-11-01', m: 'm0', mOn: '2026-11-01', expected: false },
  ])('$name', ({ group, groupOn, m, mOn, expected }) => {
    const fact = derive({ 'stage-group': known(group, { on: groupOn }), 'm-category': known(m, { on: mOn }) })['stage-iv']
    expect(fact !== undefined && 'value' in fact ? fact.value : fact?.unknown).toBe(expected)
  })

  test('a metastasis, or a stage set by hand, settles it', () => {
    const facts = { 'stage-group': known('iv'), 'm-category': known('m0') }
    expect(derive({ ...facts, 'metastatic-sites': known(['bone']) })['stage-iv']).toMatchObject({ value: true })
    expect(derive({ ...facts, 'm-category': known('m1c', { enteredByHand: true }) })['stage-iv']).toMatchObject({ value: true })
  })
})

describe('a value that stands in for a formula', () => {
  const registry: readonly FactDefinition[] = [
    definition('creatinine-clearance', {
      unit: 'mL/min',
      freshDays: 30,
      derivedFrom: ['creatinine', 'age', 'weight', 'sex'],
      standIns: ['gfr-measured', 'creatinine-clearance-measured'],
    }),
  ]
  const renal = { creatinine: known(88.42), age: known(60), weight: known(72), sex: known('male') }
  const clearance = (facts: Record<string, Fact>) => deriveFacts(facts, '2026-11-23', registry)['creatinine-clearance']

  test('a stale eGFR does not make a fresh Cockcroft-Gault stale', () => {
    const fact = clearance({ ...renal, 'creatinine-clearance-measured': known(48, { stale: true }) })
    expect((fact as { value: number }).value).toBeCloseTo(80, 6)
    expect(fact).not.toHaveProperty('stale')
  })
  test('a reported eGFR stands in where the weight is unknown', () => {
    const { weight: _, ...without } = renal
    expect(clearance({ ...without, 'creatinine-clearance-measured': known(48) })).toMatchObject({ value: 48 })
  })
  test('a measured GFR goes before the formula', () => {
    expect(clearance({ ...renal, 'gfr-measured': known(35, { on: '2026-11-20' }) })).toMatchObject({ value: 35, on: '2026-11-20' })
  })
})

describe('smoking and what DNA alone can show', () => {
  test('a never-smoker is a never or light smoker, whatever the pack-years; else the pack-years decide', () => {
    const light = (facts: Record<string, Fact>): unknown => derive(facts)['light-or-never-smoker']
    expect(light({ 'smoking-status': known('never') })).toMatchObject({ value: true })
    expect(light({ 'smoking-status': known('former'), 'pack-years': known(8) })).toMatchObject({ value: true })
    expect(light({ 'smoking-status': known('former'), 'pack-years': known(30) })).toMatchObject({ value: false })
    expect(light({ 'smoking-status': known('former') })).toBe(undefined)
  })
  const dna = { 'ntrk-fusion': known(false, { absence: 'witnessed' }), 'rna-tested': known(false) }
  const ntrk = (facts: Record<string, Fact>): unknown => derive({ ...dna, ...facts })['ntrk-fusion']
  test('in a never-smoker, or where nobody asked, DNA alone is no witness of absence', () => {
    expect(ntrk({ 'smoking-status': known('never') })).toMatchObject({ unknown: 'not-tested', would: 'ngs-broad-dna-rna' })
    expect(ntrk({})).toMatchObject({ unknown: 'not-tested' })
  })
  test('RNA, a smoker, another driver or a value entered by hand leave it as it is', () => {
    const never = { 'smoking-status': known('never') }
    expect(ntrk({ ...never, 'rna-tested': known(true) })).toMatchObject({ value: false })
    expect(ntrk({ 'smoking-status': known('former'), 'pack-years': known(30) })).toMatchObject({ value: false })
    expect(ntrk({ ...never, 'kras-g12c': known(true) })).toMatchObject({ value: false })
    expect(ntrk({ ...never, 'ntrk-fusion': known(false, { enteredByHand: true }) })).toMatchObject({ value: false })
    expect(ntrk({ ...never, 'ntrk-fusion': known(true) })).toMatchObject({ value: true })
  })
})

test('a division by an impossible zero says nothing', () => {
  const facts = { creatinine: 0, weight: 70, age: 60 }
  const known = Object.fromEntries(Object.entries(facts).map(([id, value]) => [id, { value, sources: [] }]))
  const registry: readonly FactDefinition[] = [
    {
      id: 'creatinine-clearance',
      label: 'Creatinine clearance',
      type: 'quantity',
      group: 'labs',
      absence: 'asked',
      derivedFrom: ['creatinine', 'age', 'weight', 'sex'],
    },
  ]
  const derived = deriveFacts({ ...known, sex: { value: 'male', sources: [] } }, '2026-11-23', registry)
  expect(derived['creatinine-clearance']).toBeUndefined()
})

describe('days from one date to another', () => {
  const registry: readonly FactDefinition[] = [definition('gap', { daysBetween: true, derivedFrom: ['from', 'to'] })]
  const gap = (from: Fact | undefined, to: Fact | undefined) =>
    deriveFacts({ ...(from ? { from } : {}), ...(to ? { to } : {}) }, '2026-11-23', registry).gap ?? { unknown: 'not-recorded' }
  test.each([
    { name: 'later', from: '2026-01-01', to: '2026-02-26', days: 56 },
    { name: 'the same day', from: '2026-01-01', to: '2026-01-01', days: 0 },
    { name: 'earlier', from: '2026-01-08', to: '2026-01-01', days: -7 },
    { name: 'over a leap day', from: '2024-02-28', to: '2024-03-01', days: 2 },
    { name: 'the first never was', from: 'never', to: '2026-01-01', days: 'never' },
    { name: 'the second never was', from: '2026-01-01', to: 'never', days: 'never' },
  ])('$name', ({ from, to, days }) => expect(gap(known(from), known(to))).toMatchObject({ value: days }))
  test.each([
    { name: 'one is known to the month only', from: known('2026-01'), to: known('2026-01-31') },
    { name: 'one is not recorded', from: known('2026-01-01'), to: undefined },
    { name: 'one is contradictory', from: known('2026-01-01'), to: { unknown: 'conflicting' } as Fact },
  ])('not known where $name', ({ from, to }) => expect(gap(from, to)).not.toMatchObject({ value: expect.anything() }))
})
