import { expect, test } from 'vitest'
import { testKnowledge } from '../../test/knowledge.ts'
import { factOf, observation, quantity, readCase, TODAY } from '../../test/reading.ts'
import { applyOverrides } from '../index.ts'

const chart = [
  observation('c', '2160-0', '2026-11-20', quantity(176.84, 'umol/L')),
  observation('w', '29463-7', '2026-11-20', quantity(72, 'kg')),
  observation('e', '89247-1', '2026-11-20', { valueInteger: 3 }),
]

test.each([
  { entry: 'ecog=1', fact: 'ecog', value: 1 },
  { entry: 'creatinine=88 umol/L', fact: 'creatinine', value: 88 },
  { entry: 'creatinine=1 mg/dL', fact: 'creatinine', value: 88.42 },
  { entry: 'pd-l1-tps=60', fact: 'pd-l1-tps', value: 60 },
  { entry: 'pd-l1-tps=60 %', fact: 'pd-l1-tps', value: 60 },
  { entry: 'alk-fusion=yes', fact: 'alk-fusion', value: true },
  { entry: 'alk-fusion=negative', fact: 'alk-fusion', value: false },
  { entry: 'histology=Small cell carcinoma', fact: 'histology', value: 'sclc' },
  { entry: 'preferences=oral-only,few-visits', fact: 'preferences', value: ['few-visits', 'oral-only'] },
  { entry: 'declines=none', fact: 'declines', value: [] },
  { entry: 'last-ici-on=2026-09', fact: 'last-ici-on', value: '2026-09' },
  { entry: 'creatinine-clearance=40', fact: 'creatinine-clearance', value: 40 },
])('$entry', ({ entry, fact, value }) => {
  expect(factOf(readCase(chart, { overrides: [entry] }), fact)).toMatchObject({ value, on: TODAY, enteredByHand: true })
})

test('what follows is derived anew, and what the chart said stays visible', () => {
  const read = readCase(chart, { overrides: ['creatinine=88.42 umol/L'] })
  const clearance = factOf(read, 'creatinine-clearance')
  expect('value' in clearance && clearance.value).toBeCloseTo(62.9, 1)
  const issue = read.issues.find(({ path }) => path === 'creatinine')
  expect(issue).toMatchObject({ severity: 'information', code: 'contradictory-result' })
  expect(issue?.message).toContain('176.84 umol/L on 2026-11-20 (Observation/c)')
})

test('a fact can be set back to unknown', () => {
  expect(factOf(readCase(chart, { overrides: ['ecog=unknown'] }), 'ecog')).toMatchObject({ unknown: 'not-recorded' })
})

test.each([
  { entry: 'ecoog=1', code: 'unknown-fact', remedy: 'did you mean ecog?' },
  { entry: 'ecog', code: 'invalid-element', remedy: 'ecog=1' },
  { entry: 'ecog=7', code: 'implausible-value', remedy: 'from 0 to 5' },
  { entry: 'ecog=1.5', code: 'implausible-value', remedy: 'from 0 to 5' },
  { entry: 'ecog=good', code: 'invalid-element', remedy: '0 to 5' },
  { entry: 'creatinine=88', code: 'unknown-unit', remedy: 'umol/L' },
  { entry: 'creatinine=1.1 umol/L', code: 'implausible-unit', remedy: 'unit' },
  { entry: 'creatinine=88 furlong', code: 'unknown-unit', remedy: 'umol/L' },
  { entry: 'histology=adenocarcinom', code: 'invalid-element', remedy: 'did you mean adenocarcinoma?' },
  { entry: 'alk-fusion=perhaps', code: 'invalid-element', remedy: 'yes, no or unknown' },
  { entry: 'last-ici-on=September', code: 'invalid-element', remedy: 'YYYY-MM-DD' },
])('$entry is refused', ({ entry, code, remedy }) => {
  const result = applyOverrides(readCase(chart).patientCase, [entry, 'weight=70 kg'], testKnowledge())
  expect(result.ok).toBe(false)
  if (!result.ok) {
    expect(result.error).toHaveLength(1)
    expect(result.error[0]).toMatchObject({ code, severity: 'error' })
    expect(result.error[0]?.remedy).toContain(remedy)
  }
})

test('one fact set twice to different values is refused', () => {
  expect(applyOverrides(readCase(chart).patientCase, ['ecog=1', 'ecog=2'], testKnowledge()).ok).toBe(false)
})

test('drugs entered by hand bring their classes, and say whether treatment runs', () => {
  const read = readCase(chart, { overrides: ['current-drugs=Tagrisso,pemetrexed', 'palliative-drugs=osimertinib,pemetrexed,carboplatin'] })
  expect(factOf(read, 'current-drugs')).toMatchObject({ value: ['osimertinib', 'pemetrexed'] })
  const classes = factOf(read, 'current-classes')
  expect(classes).toMatchObject({ enteredByHand: true })
  expect('value' in classes && classes.value).toEqual(expect.arrayContaining(['egfr-tki', 'tki']))
  expect(factOf(read, 'on-treatment')).toMatchObject({ value: true, enteredByHand: true })
  const palliative = factOf(read, 'palliative-classes')
  expect('value' in palliative && palliative.value).toEqual(expect.arrayContaining(['platinum', 'egfr-tki']))
})

test('no drug is no class; what is set itself is left alone; an unknown drug is refused', () => {
  const none = readCase(chart, { overrides: ['current-drugs=none'] })
  expect(factOf(none, 'current-classes')).toMatchObject({ value: [] })
  expect(factOf(none, 'on-treatment')).toMatchObject({ value: false })
  const own = readCase(chart, { overrides: ['current-drugs=osimertinib', 'current-classes=tki', 'on-treatment=no'] })
  expect(factOf(own, 'current-classes')).toMatchObject({ value: ['tki'] })
  expect(factOf(own, 'on-treatment')).toMatchObject({ value: false })
  const result = applyOverrides(readCase(chart).patientCase, ['current-drugs=osimertinb'], testKnowledge())
  expect(result.ok ? '' : result.error[0]?.remedy).toContain('osimertinib')
})

test('classes ever given keep those of the other lists', () => {
  const read = readCase(chart, { overrides: ['palliative-drugs=carboplatin,etoposide', 'prior-drugs=tarlatamab'] })
  const classes = factOf(read, 'prior-classes')
  expect('value' in classes && classes.value).toEqual(expect.arrayContaining(['platinum']))
})

const liver = [
  observation('b', '1975-2', '2026-11-20', {
    ...quantity(8.55, 'umol/L'),
    referenceRange: [{ high: { value: 20.52, unit: 'umol/L', code: 'umol/L' } }],
  }),
  observation('a', '1742-6', '2026-11-20', { ...quantity(22, 'U/L'), referenceRange: [{ high: { value: 40, unit: 'U/L', code: 'U/L' } }] }),
]

test.each([
  { entry: 'bilirubin=30 umol/L', fact: 'bilirubin-xuln', value: 1.461988 },
  { entry: 'alt=400 U/L', fact: 'alt-xuln', value: 10 },
  { entry: 'alt-xuln=4', fact: 'alt', value: 160 },
  // nothing of it in the chart: the commonly printed limit, as in reading
  { entry: 'ast=340 U/L', fact: 'ast-xuln', value: 10 },
])('$entry changes $fact with it, by the limit of the same reading', ({ entry, fact, value }) => {
  const read = factOf(readCase(liver, { overrides: [entry] }), fact)
  expect(read).toMatchObject({ enteredByHand: true })
  expect('value' in read && read.value).toBeCloseTo(value, 4)
})

test('a value set back to unknown takes its ratio with it, and one typed beside it is left alone', () => {
  expect(factOf(readCase(liver, { overrides: ['alt=unknown'] }), 'alt-xuln')).toMatchObject({ unknown: 'not-recorded' })
  expect(factOf(readCase(liver, { overrides: ['alt=400 U/L', 'alt-xuln=2'] }), 'alt-xuln')).toMatchObject({ value: 2 })
  expect(factOf(readCase(liver, { overrides: ['ast-xuln=3'] }), 'ast')).toMatchObject({ unknown: 'not-recorded' })
})

test('a corrected calcium that the laboratory sent is computed anew once calcium is changed by hand', () => {
  const calcium = [
    observation('ca', '17861-6', '2026-11-20', quantity(2.3, 'mmol/L')),
    observation('alb', '1751-7', '2026-11-20', quantity(40, 'g/L')),
    observation('cc', '29265-6', '2026-11-20', quantity(2.3, 'mmol/L')),
  ]
  expect(factOf(readCase(calcium), 'calcium-corrected')).toMatchObject({ value: 2.3 })
  expect(factOf(readCase(calcium, { overrides: ['calcium=3.2 mmol/L'] }), 'calcium-corrected')).toMatchObject({ value: 3.2, derived: true })
})

const taking = (id: string, text: string) => ({
  resourceType: 'MedicationStatement',
  id,
  status: 'active',
  subject: { reference: 'Patient/ann' },
  medicationCodeableConcept: { text },
  effectivePeriod: { start: '2026-01-01' },
})

test('a medicine added by its name brings its interaction classes beside those of the chart', () => {
  const read = readCase([taking('m', 'pantoprazole 40 mg daily')], { overrides: ['medicines=+Eliquis'] })
  expect(factOf(read, 'medicine-classes')).toMatchObject({ value: ['doac', 'ppi'], enteredByHand: true })
  expect(factOf(read, 'anticoagulated')).toMatchObject({ value: true })
  const rows = factOf(read, 'medicines')
  expect('value' in rows && rows.value).toMatchObject([{ drug: 'pantoprazole' }, { drug: 'apixaban' }])
})

test('a chart without a list of medicines has one when a hand gives it, and is no longer asked for it', () => {
  const missing = (overrides: readonly string[]): readonly string[] =>
    readCase(chart, { overrides }).issues.flatMap(({ code, message }) => (code === 'missing-input' ? [message] : []))
  expect(missing([]).join()).toMatch(/no medicines list.*no problem list|no problem list.*no medicines list/)
  for (const entry of ['medicines=+apixaban', 'medicines=none']) {
    expect(factOf(readCase(chart, { overrides: [entry] }), 'medicines-list-received')).toMatchObject({ value: true, enteredByHand: true })
    expect(missing([entry])).toEqual([expect.stringContaining('no problem list')])
  }
  // what is not known stays asked for
  expect(missing(['medicines=unknown']).join()).toContain('no medicines list')
})

test('a list of medicines takes the place of the one in the chart, an empty one too', () => {
  const statin = readCase([taking('m', 'apixaban 5 mg twice daily')], { overrides: ['medicines=citalopram'] })
  expect(factOf(statin, 'anticoagulated')).toMatchObject({ value: false })
  expect(factOf(statin, 'qt-prolonging-count')).toMatchObject({ value: 1 })
  const none = readCase([taking('m', 'apixaban 5 mg twice daily')], { overrides: ['medicines=none'] })
  expect(factOf(none, 'medicine-classes')).toMatchObject({ value: [] })
  expect(factOf(none, 'anticoagulated')).toMatchObject({ value: false })
})

test('a prophylactic anticoagulant of the chart stays what it is when another medicine is added', () => {
  const chart = [taking('m', 'enoxaparin 40 mg daily, prophylaxis')]
  expect(factOf(readCase(chart), 'anticoagulated')).toMatchObject({ value: false })
  expect(factOf(readCase(chart, { overrides: ['medicines=+pantoprazole'] }), 'anticoagulated')).toMatchObject({ value: false })
  expect(factOf(readCase(chart, { overrides: ['medicines=+apixaban'] }), 'anticoagulated')).toMatchObject({ value: true })
})

test.each([
  { entry: 'medicines=+apixabn', remedy: 'did you mean apixaban?' },
  { entry: 'medicines=+osimertinib', remedy: 'current-drugs=osimertinib' },
  { entry: 'medicines=+prednisone', remedy: 'prednisone-mg' },
])('$entry is refused: half of what it changes would be left out', ({ entry, remedy }) => {
  const result = applyOverrides(readCase([]).patientCase, [entry], testKnowledge())
  expect(result.ok ? '' : result.error[0]?.remedy).toContain(remedy)
})
