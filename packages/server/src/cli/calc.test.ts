import { expect, test } from 'vitest'
import { openKnowledge } from '../compose.ts'
import { calculated, calculationJson } from './calc.ts'

const { knowledge } = openKnowledge()

const calc = (line: string) => {
  const [name, ...entries] = line.split(' ')
  return calculated(name, entries, knowledge)
}

// worked examples of the dosing digest and of the radiation formulas, typed with the units that charts use
test.each([
  { line: 'bsa weight=70kg height=1.70m', result: 1.8181, unit: 'm2', within: 0.0005 },
  { line: 'creatinine-clearance creatinine=1.0mg/dL age=65 sex=male weight=70kg', result: 72.92, unit: 'mL/min', within: 0.05 },
  { line: 'creatinine-clearance creatinine=70.74umol/L age=70 sex=female weight=60kg', result: 61.98, unit: 'mL/min', within: 0.05 },
  { line: 'egfr creatinine=0.8mg/dL age=70 sex=female', result: 79.22, unit: 'mL/min/1.73m2', within: 0.05 },
  { line: 'carboplatin auc=5 gfr=90mL/min', result: 575, unit: 'mg', within: 0.01 },
  { line: 'carboplatin auc=6 gfr=165.28mL/min', result: 900, unit: 'mg', within: 0.01 },
  {
    line: 'carboplatin auc=5 sex=female age=60 height=165cm weight=110kg creatinine=0.7mg/dL',
    result: 652.2,
    unit: 'mg',
    within: 0.1,
  },
  { line: 'bed total=54Gy fractions=3 alpha-beta=10', result: 151.2, unit: 'Gy', within: 0.001 },
  { line: 'eqd2 total=8 fractions=1 alpha-beta=2Gy', result: 20, unit: 'Gy', within: 0.001 },
])('$line', ({ line, result, unit, within }) => {
  const outcome = calc(line)
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.error))
  expect(outcome.value.unit).toBe(unit)
  expect(Math.abs(Number(outcome.value.result) - result)).toBeLessThanOrEqual(within)
  expect(outcome.value.derivation.length).toBeGreaterThan(0)
})

test.each([
  { name: 'a number whose unit could be several', line: 'bsa weight=70 height=170cm', path: 'weight', code: 'unknown-unit' },
  { name: 'an impossible weight', line: 'bsa weight=700kg height=170cm', path: 'weight', code: 'implausible-value' },
  { name: 'an indexed GFR for Calvert', line: 'carboplatin auc=5 gfr=60mL/min/1.73m2', path: 'gfr', code: 'unknown-unit' },
  { name: 'a missing input', line: 'bsa weight=70kg', path: 'height', code: 'missing-input' },
  {
    name: 'an input that is missing for Cockcroft-Gault',
    line: 'carboplatin auc=5 weight=70kg',
    path: 'creatinine',
    code: 'missing-input',
  },
  { name: 'an unknown input', line: 'bsa weight=70kg height=170cm colour=blue', path: 'colour=blue', code: 'invalid-element' },
  { name: 'something that is not a pair', line: 'bsa weight', path: 'weight', code: 'invalid-element' },
  { name: 'the same input twice', line: 'bsa weight=70kg weight=71kg height=170cm', path: 'weight', code: 'contradictory-result' },
  { name: 'half a fraction', line: 'bed total=30 fractions=2.5 alpha-beta=10', path: 'fractions', code: 'invalid-element' },
  { name: 'a dose beyond any schedule', line: 'bed total=3000 fractions=10 alpha-beta=10', path: 'total', code: 'out-of-range' },
  { name: 'a word for a number', line: 'bed total=much fractions=10 alpha-beta=10', path: 'total', code: 'invalid-element' },
  {
    name: 'a sex the formula does not know',
    line: 'creatinine-clearance creatinine=88umol/L age=65 sex=other weight=70kg',
    path: 'sex',
    code: 'invalid-element',
  },
  {
    name: 'a child, Cockcroft-Gault',
    line: 'creatinine-clearance creatinine=40umol/L age=8 sex=male weight=26kg',
    path: 'age',
    code: 'age-out-of-scope',
  },
  { name: 'a child, CKD-EPI', line: 'egfr creatinine=50umol/L age=12 sex=female', path: 'age', code: 'age-out-of-scope' },
  {
    name: 'a child, Calvert',
    line: 'carboplatin auc=5 creatinine=50umol/L age=12 sex=female weight=40kg height=150cm',
    path: 'age',
    code: 'age-out-of-scope',
  },
  {
    name: 'a measured clearance beside the values of another one',
    line: 'carboplatin auc=5 gfr=60mL/min creatinine=2mg/dL age=60 sex=male weight=70kg',
    path: 'gfr',
    code: 'contradictory-result',
  },
  {
    name: 'a baseline that the grade does not count from',
    line: 'ctcae term=diarrhoea value=12 baseline=6',
    path: 'baseline',
    code: 'invalid-element',
  },
  { name: 'no such calculator', line: 'bmi weight=70kg', path: 'bmi', code: 'unknown-fact' },
])('refuses $name', ({ line, path, code }) => {
  const outcome = calc(line)
  if (outcome.ok) throw new Error(`computed ${outcome.value.result}`)
  expect(outcome.error.filter((i) => i.path === path).map((i) => i.code)).toContain(code)
  for (const issue of outcome.error) expect(issue.remedy).toBeTruthy()
})

test('above AUC 6 an estimated clearance is said to be too little; a measured one is not', () => {
  const lines = (line: string): string => {
    const outcome = calc(line)
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.error))
    return outcome.value.derivation.join(' ')
  }
  const rest = 'sex=male age=60 weight=70kg height=175cm creatinine=80umol/L'
  expect(lines(`carboplatin auc=7 ${rest}`)).toContain('above AUC 6 the clearance is measured')
  expect(lines(`carboplatin auc=6 ${rest}`)).not.toContain('above AUC')
  expect(lines('carboplatin auc=7 gfr=90mL/min')).not.toContain('above AUC')
})

test('adults of any age are computed', () => {
  expect(calc('egfr creatinine=80umol/L age=18 sex=female').ok).toBe(true)
})

test('a fault speaks of the input as typed, in units that people write', () => {
  const said = (line: string): string => {
    const outcome = calc(line)
    if (outcome.ok) throw new Error('computed')
    return outcome.error.map((i) => `${i.message} ${i.remedy}`).join(' ')
  }
  expect(said('lipi ldh-limit=250')).toContain('ldh-limit=250')
  expect(said('lipi ldh-limit=250')).not.toMatch(/\bldh=250/)
  expect(said('bsa weight=70 height=170cm')).toContain('lb')
  expect(said('bsa weight=70 height=170cm')).not.toContain('[')
})

test('JSON names the source and every input in its unit', () => {
  const outcome = calc('bsa weight=154lb height=170cm')
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.error))
  expect(JSON.parse(JSON.stringify(calculationJson(outcome.value)))).toMatchObject({
    calculator: 'bsa',
    unit: 'm2',
    source: expect.stringContaining('Mosteller'),
    inputs: [
      { key: 'weight', value: expect.closeTo(69.85, 2), unit: 'kg' },
      { key: 'height', value: 170, unit: 'cm' },
    ],
  })
})
