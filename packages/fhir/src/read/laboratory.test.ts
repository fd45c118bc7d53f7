import { expect, test } from 'vitest'
import { codesOf, factOf, observation, quantity, readCase, texted } from '../../test/reading.ts'

// conversions worked by hand: creatinine 113.12 g/mol, so 1 mg/dL is 88.42 umol/L; calcium 40.08 g/mol; glucose 180.16 g/mol; 98.6 F is 37 C
test.each([
  { name: 'creatinine in mg/dL', loinc: '2160-0', value: 1, unit: 'mg/dL', fact: 'creatinine', expected: 88.42 },
  { name: 'creatinine in umol/L', loinc: '14682-9', value: 88, unit: 'umol/L', fact: 'creatinine', expected: 88 },
  { name: 'creatinine, micro sign', loinc: '14682-9', value: 88, unit: 'µmol/L', fact: 'creatinine', expected: 88 },
  { name: 'haemoglobin in g/dl, lower case', loinc: '718-7', value: 13.5, unit: 'g/dl', fact: 'haemoglobin', expected: 135 },
  { name: 'calcium in mg/dL', loinc: '17861-6', value: 10, unit: 'mg/dL', fact: 'calcium', expected: 2.495 },
  { name: 'platelets per 10*3/uL', loinc: '777-3', value: 250, unit: '10*3/uL', fact: 'platelets', expected: 250 },
  { name: 'platelets as K/uL', loinc: '777-3', value: 250, unit: 'K/uL', fact: 'platelets', expected: 250 },
  { name: 'platelets per uL', loinc: '777-3', value: 250000, unit: '/uL', fact: 'platelets', expected: 250 },
  { name: 'platelets as x10^9/L', loinc: '777-3', value: 250, unit: 'x10^9/L', fact: 'platelets', expected: 250 },
  { name: 'platelets as 10³/µL', loinc: '777-3', value: 250, unit: '10³/µL', fact: 'platelets', expected: 250 },
  { name: 'platelets in giga per litre', loinc: '777-3', value: 250, unit: 'G/L', fact: 'platelets', expected: 250 },
  { name: 'neutrophils as cells per uL', loinc: '751-8', value: 4200, unit: '{cells}/uL', fact: 'neutrophils', expected: 4.2 },
  { name: 'bilirubin in mg/dL', loinc: '1975-2', value: 1, unit: 'mg/dL', fact: 'bilirubin', expected: 17.104 },
  { name: 'albumin in g/dL', loinc: '1751-7', value: 4, unit: 'g/dL', fact: 'albumin', expected: 40 },
  { name: 'glucose in mg/dL', loinc: '2345-7', value: 180.16, unit: 'mg/dL', fact: 'glucose', expected: 10.0007 },
  { name: 'ALT in ukat/L', loinc: '1742-6', value: 0.5, unit: 'ukat/L', fact: 'alt', expected: 30 },
  { name: 'potassium in mEq/L', loinc: '2823-3', value: 4.1, unit: 'mEq/L', fact: 'potassium', expected: 4.1 },
  { name: 'temperature in Fahrenheit', loinc: '8310-5', value: 98.6, unit: '[degF]', fact: 'temperature', expected: 37 },
  { name: 'weight in pounds', loinc: '29463-7', value: 154, unit: '[lb_av]', fact: 'weight', expected: 69.8532 },
  { name: 'height in inches', loinc: '8302-2', value: 68, unit: '[in_i]', fact: 'height', expected: 172.72 },
  { name: 'height in metres', loinc: '8302-2', value: 1.72, unit: 'm', fact: 'height', expected: 172 },
])('$name becomes $expected', ({ loinc, value, unit, fact, expected }) => {
  const read = readCase([observation('a', loinc, '2026-11-20', quantity(value, unit))])
  const known = factOf(read, fact)
  expect(known).toMatchObject({ on: '2026-11-20', sources: [{ reference: 'Observation/a', path: 'value' }] })
  expect('value' in known && known.value).toBeCloseTo(expected, 3)
})

test.each([
  {
    name: 'creatinine 1.1 umol/L looks like mg/dL',
    loinc: '2160-0',
    value: 1.1,
    unit: 'umol/L',
    fact: 'creatinine',
    code: 'implausible-unit',
    unknown: 'conflicting',
  },
  {
    name: 'creatinine 88 mg/dL looks like umol/L',
    loinc: '2160-0',
    value: 88,
    unit: 'mg/dL',
    fact: 'creatinine',
    code: 'implausible-unit',
    unknown: 'conflicting',
  },
  {
    name: 'haemoglobin 13.5 g/L looks like g/dL',
    loinc: '718-7',
    value: 13.5,
    unit: 'g/L',
    fact: 'haemoglobin',
    code: 'implausible-unit',
    unknown: 'conflicting',
  },
  {
    name: 'height 1.72 cm looks like metres',
    loinc: '8302-2',
    value: 1.72,
    unit: 'cm',
    fact: 'height',
    code: 'implausible-unit',
    unknown: 'conflicting',
  },
  {
    name: 'potassium 42 mmol/L is possible in no unit',
    loinc: '2823-3',
    value: 42,
    unit: 'mmol/L',
    fact: 'potassium',
    code: 'implausible-value',
    unknown: 'conflicting',
  },
  {
    name: 'a negative creatinine',
    loinc: '2160-0',
    value: -80,
    unit: 'umol/L',
    fact: 'creatinine',
    code: 'implausible-value',
    unknown: 'conflicting',
  },
  {
    name: 'creatinine without a unit is not guessed',
    loinc: '2160-0',
    value: 88,
    unit: undefined,
    fact: 'creatinine',
    code: 'unknown-unit',
    unknown: 'unmapped',
  },
  { name: 'creatinine in kg', loinc: '2160-0', value: 88, unit: 'kg', fact: 'creatinine', code: 'unknown-unit', unknown: 'unmapped' },
])('$name', ({ loinc, value, unit, fact, code, unknown }) => {
  const read = readCase([observation('a', loinc, '2026-11-20', quantity(value, unit))])
  expect(factOf(read, fact)).toMatchObject({ unknown, would: 'repeat-value-with-units' })
  expect(codesOf(read.issues)).toContain(code)
})

test('a value that cannot be believed takes back an older one that could', () => {
  const read = readCase([
    observation('old', '2160-0', '2026-11-01', quantity(80, 'umol/L')),
    observation('new', '2160-0', '2026-11-20', quantity(1.1, 'umol/L')),
  ])
  expect(factOf(read, 'creatinine')).toMatchObject({ unknown: 'conflicting' })
  expect(factOf(read, 'creatinine-clearance')).toHaveProperty('unknown')
})

test('the laboratory own upper limit gives the ratio; without one a common limit does, marked and reported', () => {
  const ranged = readCase([
    observation('a', '1742-6', '2026-11-20', { ...quantity(120, 'U/L'), referenceRange: [{ high: { value: 40, unit: 'U/L' } }] }),
  ])
  expect(factOf(ranged, 'alt-xuln')).toMatchObject({ value: 3 })
  const words = readCase([observation('a', '1742-6', '2026-11-20', { ...quantity(120, 'U/L'), referenceRange: [{ text: '10-40 U/L' }] })])
  expect(factOf(words, 'alt-xuln')).toMatchObject({ value: 3 })
  const bare = readCase([observation('a', '1742-6', '2026-11-20', quantity(120, 'U/L'))])
  expect(factOf(bare, 'alt')).toMatchObject({ value: 120 })
  expect(factOf(bare, 'alt-xuln')).toMatchObject({ value: 3.42857, words: expect.stringContaining('no upper limit was sent') })
  expect(bare.issues).toContainEqual(expect.objectContaining({ code: 'missing-input', message: expect.stringContaining('no upper limit') }))
  expect(ranged.issues.some(({ message }) => message.includes('no upper limit'))).toBe(false)
  const jaundice = readCase([observation('a', '1975-2', '2026-11-20', quantity(3.6, 'mg/dL'))])
  expect(factOf(jaundice, 'bilirubin-xuln')).toMatchObject({ value: expect.closeTo(3.601, 2) })
  const unitless = readCase([observation('a', '1742-6', '2026-11-20', { valueQuantity: { value: 120 } })])
  expect(factOf(unitless, 'alt-xuln')).toHaveProperty('unknown')
  const muscle = readCase([texted('a', 'Creatine kinase', '2026-11-20', quantity(500, 'U/L'))])
  expect(factOf(muscle, 'ck-xuln')).toHaveProperty('unknown')
  expect(muscle.issues).toContainEqual(
    expect.objectContaining({ severity: 'warning', message: expect.stringContaining('500 U/L was sent without') }),
  )
  const otherUnit = readCase([
    observation('a', '1975-2', '2026-11-20', {
      ...quantity(34.208, 'umol/L'),
      referenceRange: [{ high: { value: 1, unit: 'mg/dL', code: 'mg/dL' } }],
    }),
  ])
  expect(factOf(otherUnit, 'bilirubin-xuln')).toMatchObject({ value: 2 })
  const kinase = readCase([
    texted('a', 'Creatine kinase', '2026-11-20', { ...quantity(500, 'U/L'), referenceRange: [{ high: { value: 200, unit: 'U/L' } }] }),
  ])
  expect(factOf(kinase, 'ck-xuln')).toMatchObject({ value: 2.5 })
  expect(kinase.issues.some(({ message }) => message.includes('was sent without'))).toBe(false)
  const longAgo = readCase([texted('a', 'Creatine kinase', '2024-11-20', quantity(500, 'U/L'))])
  expect(longAgo.issues.some(({ message }) => message.includes('was sent without'))).toBe(false)
})

test.each([
  { text: 'QTc interval', value: quantity(455, 'ms'), fact: 'qtc', expected: 455 },
  { text: 'Left ventricular ejection fraction', value: quantity(48, '%'), fact: 'lvef', expected: 48 },
  { text: 'FVC, % of predicted', value: quantity(62, '%'), fact: 'fvc-percent', expected: 62 },
  { text: 'DLCO (% predicted)', value: quantity(44, '%'), fact: 'dlco-percent', expected: 44 },
  { text: 'Serum creatinine', value: quantity(90, 'umol/L'), fact: 'creatinine', expected: 90 },
  { text: 'Creatinine in urine', value: quantity(90, 'umol/L'), fact: 'creatinine', expected: undefined },
  { text: 'LVEF', value: { valueString: '48 %' }, fact: 'lvef', expected: 48 },
  { text: 'Creatinine', value: { valueString: 'haemolysed' }, fact: 'creatinine', expected: undefined },
])('"$text" by its words', ({ text, value, fact, expected }) => {
  const read = readCase([texted('a', text, '2026-11-20', value)])
  if (expected === undefined) expect(factOf(read, fact)).toHaveProperty('unknown')
  else expect(factOf(read, fact)).toMatchObject({ value: expected })
})

test('pressure arrives as components of a panel', () => {
  const part = (code: string, value: number) => ({ code: { coding: [{ system: 'http://loinc.org', code }] }, ...quantity(value, 'mm[Hg]') })
  const read = readCase([observation('bp', '85354-9', '2026-11-20', { component: [part('8480-6', 165), part('8462-4', 95)] })])
  expect(factOf(read, 'systolic-pressure')).toMatchObject({
    value: 165,
    sources: [{ reference: 'Observation/bp', path: 'component[0].value' }],
  })
  expect(factOf(read, 'diastolic-pressure')).toMatchObject({ value: 95 })
  expect(read.unread).toEqual([])
})

test('an observation without a date takes that of the report that lists it, contained ones included', () => {
  const report = {
    resourceType: 'DiagnosticReport',
    id: 'r',
    status: 'final',
    code: { text: 'Chemistry' },
    subject: { reference: 'Patient/ann' },
    effectiveDateTime: '2026-11-19',
    contained: [{ ...observation('k', '2823-3', undefined, quantity(4.4, 'mmol/L')), subject: undefined }],
    result: [{ reference: '#k' }, { reference: 'Observation/na' }],
  }
  const read = readCase([report, observation('na', '2951-2', undefined, quantity(139, 'mmol/L'))])
  expect(factOf(read, 'potassium')).toMatchObject({ value: 4.4, on: '2026-11-19', sources: [{ reference: 'DiagnosticReport/r#k' }] })
  expect(factOf(read, 'sodium')).toMatchObject({ value: 139, on: '2026-11-19' })
})

test('a bound keeps its value and its words; a preliminary result says so; a missing one says why', () => {
  const read = readCase([
    observation('crp', '1988-5', '2026-11-20', quantity(5, 'mg/L', { comparator: '<' })),
    { ...observation('k', '2823-3', '2026-11-20', quantity(4, 'mmol/L')), status: 'preliminary' },
    observation('na', '2951-2', '2026-11-20', { dataAbsentReason: { coding: [{ code: 'not-performed' }] } }),
    { ...observation('ca', '17861-6', '2026-11-20', quantity(9, 'mg/dL')), status: 'entered-in-error' },
  ])
  expect(factOf(read, 'crp')).toMatchObject({ value: 5, words: 'reported as < 5 mg/L' })
  expect(factOf(read, 'potassium')).toMatchObject({ value: 4, words: 'preliminary result' })
  expect(factOf(read, 'sodium')).toMatchObject({ unknown: 'not-tested' })
  expect(factOf(read, 'calcium')).toMatchObject({ unknown: 'not-recorded' })
  expect(codesOf(read.issues)).toContain('entered-in-error')
})

test('a clearance "above 60" is not 60: the formula decides instead', () => {
  const read = readCase([
    observation('g', '62238-1', '2026-11-20', quantity(60, 'mL/min/{1.73_m2}', { comparator: '>' })),
    observation('c', '2160-0', '2026-11-20', quantity(88.42, 'umol/L')),
    observation('w', '29463-7', '2026-11-20', quantity(72, 'kg')),
  ])
  expect(factOf(read, 'creatinine-clearance-measured')).toMatchObject({ unknown: 'unmapped', words: 'reported as > 60 mL/min/{1.73_m2}' })
  const clearance = factOf(read, 'creatinine-clearance')
  expect('value' in clearance && clearance.value).toBeCloseTo(62.9, 1)
  expect(
    factOf(readCase([observation('g', '62238-1', '2026-11-20', quantity(41, 'mL/min/{1.73_m2}'))]), 'creatinine-clearance'),
  ).toMatchObject({ value: 41 })
})

test('later within a day wins where values change by the hour; a weight does not', () => {
  const potassium = readCase([
    observation('a', '2823-3', '2026-11-20T06:00:00Z', quantity(2.9, 'mmol/L')),
    observation('b', '2823-3', '2026-11-20T18:00:00Z', quantity(3.6, 'mmol/L')),
  ])
  expect(factOf(potassium, 'potassium')).toMatchObject({ value: 3.6 })
  const weight = readCase([
    observation('a', '29463-7', '2026-11-20T06:00:00Z', quantity(62, 'kg')),
    observation('b', '29463-7', '2026-11-20T18:00:00Z', quantity(82, 'kg')),
  ])
  expect(factOf(weight, 'weight')).toMatchObject({ unknown: 'conflicting' })
})
