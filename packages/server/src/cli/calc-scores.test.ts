import { calculatorsOf, notComputed } from '@secondwind/care'
import { expect, test } from 'vitest'
import { openKnowledge } from '../compose.ts'
import { calculated } from './calc.ts'

const { knowledge } = openKnowledge()

const calc = (line: string) => {
  const [name, ...entries] = line.split(' ')
  return calculated(name, entries, knowledge)
}
const computed = (line: string) => {
  const outcome = calc(line)
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.error))
  return outcome.value
}

// worked examples of the toxicity digest; 10⁹/L, /µL, g/dL and mg/dL as charts write them
test.each([
  { line: 'term=neutrophils value=1600/uL lower-limit=2000/uL', v5: 1, v6: 0 },
  { line: 'term=neutrophils value=1500/uL lower-limit=2000/uL', v5: 1, v6: 0 },
  { line: 'term=neutrophils value=1499/uL', v5: 2, v6: 1 },
  { line: 'term=neutrophils value=999/uL', v5: 3, v6: 2 },
  { line: 'term=neutrophils value=499/uL', v5: 4, v6: 3 },
  { line: 'term=neutrophils value=400/uL', v5: 4, v6: 3 },
  { line: 'term=neutrophils value=0.08x10^9/L', v5: 4, v6: 4 },
  { line: 'term=platelets value=24000/uL', v5: 4, v6: 3 },
  { line: 'term=platelets value=50000/uL', v5: 2, v6: 2 },
  { line: 'term=platelets value=9000/uL', v5: 4, v6: 4 },
  { line: 'term=haemoglobin value=10.0g/dL lower-limit=12g/dL', v5: 1, v6: 1 },
  { line: 'term=haemoglobin value=9.9g/dL', v5: 2, v6: 2 },
  { line: 'term=haemoglobin value=7.9g/dL', v5: 3, v6: 3 },
  { line: 'term=haemoglobin value=4.9mmol/L', v5: 2, v6: 2 },
  { line: 'term=alt value=3.0xULN baseline=normal', v5: 1, v6: 1 },
  { line: 'term=alt value=3.01xULN baseline=normal', v5: 2, v6: 2 },
  { line: 'term=alt value=8xULN baseline=normal', v5: 3, v6: 3 },
  { line: 'term=alt value=320U/L upper-limit=40U/L baseline=38U/L', v5: 3, v6: 3 },
  { line: 'term=alt value=8xULN baseline=4xULN', v5: 1, v6: 2 },
  { line: 'term=ast value=8.1xULN baseline=4xULN', v5: 1, v6: 3 },
  { line: 'term=bilirubin value=1.5xULN baseline=normal', v5: 1, v6: 1 },
  { line: 'term=bilirubin value=1.6xULN baseline=normal', v5: 2, v6: 2 },
  { line: 'term=bilirubin value=3.0xULN baseline=normal', v5: 2, v6: 2 },
  { line: 'term=bilirubin value=5.2xULN baseline=2xULN', v5: 2, v6: 3 },
])('ctcae $line: version 5 grade $v5, version 6 grade $v6', ({ line, v5, v6 }) => {
  expect(computed(`ctcae ${line}`)).toMatchObject({ result: v5, unit: '(CTCAE version 5)' })
  expect(computed(`ctcae ${line} version=6`)).toMatchObject({ result: v6, unit: '(CTCAE version 6)' })
})

test.each([
  { line: 'term=creatinine value=1.3mg/dL upper-limit=1.1mg/dL baseline=0.9mg/dL', grade: 1 },
  { line: 'term=creatinine value=1.7mg/dL upper-limit=1.1mg/dL baseline=0.9mg/dL', grade: 2 },
  { line: 'term=creatinine value=3.5mg/dL upper-limit=1.1mg/dL baseline=0.9mg/dL', grade: 3 },
  { line: 'term=creatinine value=7.0mg/dL upper-limit=1.1mg/dL baseline=0.9mg/dL', grade: 4 },
  { line: 'term=calcium-high value=12.6mg/dL', grade: 3 },
  // 13.5 mg/dL is 3.37 mmol/L, the printed limit in mmol/L is 3.4: graded in the unit it came in
  { line: 'term=calcium-high value=13.6mg/dL', grade: 4 },
  { line: 'term=calcium-high value=3.39mmol/L', grade: 3 },
  { line: 'term=qtc value=480ms baseline=430ms', grade: 1 },
  { line: 'term=qtc value=481ms baseline=430ms', grade: 2 },
  { line: 'term=qtc value=501ms baseline=unknown', grade: 3 },
  { line: 'term=qtc value=470ms baseline=405ms', grade: 3 },
  { line: 'term=sodium-low value=127mmol/L symptoms=no', grade: 2 },
  { line: 'term=sodium-low value=127mmol/L symptoms=yes', grade: 3 },
  { line: 'term=sodium-low value=123mmol/L', grade: 3 },
  { line: 'term=sodium-low value=119mmol/L', grade: 4 },
  { line: 'term=potassium-low value=3.2mmol/L lower-limit=3.5mmol/L symptoms=yes', grade: 2 },
  { line: 'term=potassium-low value=2.9mmol/L', grade: 3 },
  { line: 'term=magnesium-high value=3.5mg/dL', grade: 3 },
  { line: 'term=lipase value=2.5xULN symptoms=no', grade: 2 },
  { line: 'term=lipase value=2.5xULN symptoms=yes', grade: 3 },
  { line: 'term=lipase value=6xULN symptoms=yes', grade: 4 },
  { line: 'term=diarrhoea value=3', grade: 1 },
  { line: 'term=diarrhoea value=4', grade: 2 },
  { line: 'term=diarrhoea value=7', grade: 3 },
])('ctcae $line: grade $grade', ({ line, grade }) => {
  expect(computed(`ctcae ${line}`).result).toBe(grade)
})

test('a grade without the value before treatment is said to be the least it can be', () => {
  expect(computed('ctcae term=qtc value=480ms baseline=unknown')).toMatchObject({ result: 1, unit: '(CTCAE version 5, at least)' })
  expect(computed('ctcae term=qtc value=501ms baseline=unknown').unit).toBe('(CTCAE version 5)')
})

test.each([
  { name: 'a lower limit that decides', line: 'term=neutrophils value=1600/uL', path: 'lower-limit', code: 'missing-input' },
  { name: 'an unknown state before treatment', line: 'term=alt value=8xULN', path: 'baseline', code: 'missing-input' },
  { name: 'symptoms that decide', line: 'term=sodium-low value=127mmol/L', path: 'symptoms', code: 'missing-input' },
  {
    name: 'a rule of the other version',
    line: 'term=neutrophils value=400/uL version=6 rule-version=5',
    path: 'version',
    code: 'contradictory-result',
  },
  { name: 'a term the version does not have', line: 'term=lymphocytes value=0.4x10^9/L version=6', path: 'term', code: 'invalid-element' },
  { name: 'a number without its unit', line: 'term=neutrophils value=400', path: 'value', code: 'unknown-unit' },
  { name: 'a count in multiples', line: 'term=platelets value=0.5xULN', path: 'value', code: 'invalid-element' },
  {
    name: 'multiples and units together',
    line: 'term=alt value=8xULN upper-limit=40U/L baseline=normal',
    path: 'upper-limit',
    code: 'unknown-unit',
  },
  {
    name: 'limits the wrong way round',
    line: 'term=neutrophils value=1600/uL lower-limit=7500/uL upper-limit=2000/uL',
    path: 'lower-limit',
    code: 'contradictory-result',
  },
])('ctcae refuses $name', ({ line, path, code }) => {
  const outcome = calc(`ctcae ${line}`)
  if (outcome.ok) throw new Error(`graded ${outcome.value.result}`)
  expect(outcome.error.map((i) => [i.path, i.code])).toContainEqual([path, code])
})

// every worked example of the instrument, toxicity, outlook and support digests
test.each([
  {
    line: 'mascc burden=mild systolic=110mmHg copd=no tumour=solid dehydration=no onset=outpatient age=55',
    result: 26,
    unit: 'points: low risk',
  },
  {
    line: 'mascc burden=moderate systolic=110mmHg copd=no tumour=solid dehydration=no onset=outpatient age=70',
    result: 22,
    unit: 'points: low risk',
  },
  {
    line: 'mascc burden=moderate systolic=110mmHg copd=yes tumour=solid dehydration=no onset=outpatient age=70',
    result: 18,
    unit: 'points: not low risk',
  },
  {
    line: 'mascc burden=severe systolic=85mmHg copd=yes tumour=solid dehydration=yes onset=inpatient age=70',
    result: 4,
    unit: 'points: not low risk',
  },
  {
    line: 'mascc burden=none systolic=90mmHg copd=no tumour=haematological prior-fungal=yes dehydration=no onset=outpatient age=60',
    result: 15,
    unit: 'points: not low risk',
  },
  { line: 'khorana site=lung platelets=400000/uL haemoglobin=9g/dL leukocytes=12000/uL bmi=30', result: 4, unit: 'points: high' },
  {
    line: 'khorana site=lung platelets=200000/uL haemoglobin=13g/dL growth-factor=no leukocytes=7000/uL bmi=25',
    result: 1,
    unit: 'points: intermediate',
  },
  {
    line: 'khorana site=lung platelets=350000/uL haemoglobin=13g/dL growth-factor=no leukocytes=7000/uL bmi=25kg/m2',
    result: 2,
    unit: 'points: intermediate',
  },
  {
    line: 'carg age=74 cancer=lung dose=standard drugs=2 haemoglobin=10.5g/dL sex=male clearance=60mL/min hearing=good falls=0 medicines=alone walking=not-limited social=none',
    result: 9,
    unit: 'points: intermediate',
  },
  {
    line: 'carg age=68 cancer=lung dose=standard drugs=2 haemoglobin=12.5g/dL clearance=70 hearing=excellent falls=0 medicines=alone walking=not-limited social=none',
    result: 4,
    unit: 'points: low',
  },
  {
    line: 'carg age=78 cancer=lung dose=standard drugs=2 haemoglobin=9.8g/dL sex=female clearance=30 hearing=fair falls=1 medicines=some-help walking=limited-little social=some',
    result: 21,
    unit: 'points: high',
  },
  {
    line: 'g8 intake=none weight-loss=none mobility=goes-out neuropsychological=none bmi=25 medicines-above-3=no health=better age=72',
    result: 17,
    unit: 'points: above the cut-off',
  },
  {
    line: 'g8 intake=moderate weight-loss=1-to-3kg mobility=goes-out neuropsychological=none bmi=22 medicines-above-3=yes health=same age=78',
    result: 12,
    unit: 'points: geriatric assessment',
  },
  {
    line: 'g8 intake=none weight-loss=none mobility=goes-out neuropsychological=none bmi=22 medicines-above-3=yes health=unknown age=81',
    result: 12.5,
    unit: 'points: geriatric assessment',
  },
  { line: 'lipi leukocytes=12.0x10^9/L neutrophils=9.6x10^9/L ldh=300U/L ldh-limit=250U/L', result: 2, unit: 'points: poor' },
  { line: 'lipi leukocytes=1.2x10^9/L neutrophils=0.9x10^9/L ldh=250U/L ldh-limit=250U/L', result: 0, unit: 'points: good' },
  { line: 'morphine-equivalent hydrocodone=20mg', result: 20, unit: 'MME/day' },
  { line: 'morphine-equivalent oxycodone=20mg', result: 30, unit: 'MME/day' },
  { line: 'morphine-equivalent fentanyl-patch=25mcg/h', result: 60, unit: 'MME/day' },
  { line: 'morphine-equivalent morphine=60mg hydromorphone=4mg', result: 80, unit: 'MME/day' },
  { line: 'morphine-equivalent tramadol=200mg', result: 40, unit: 'MME/day' },
])('$line = $result', ({ line, result, unit }) => {
  const value = computed(line)
  expect([value.result, value.unit]).toEqual([result, unit])
  expect(value.by.source).not.toBe('')
})

test('prophylaxis is spoken of from two Khorana points on', () => {
  const says = (line: string) => computed(line).derivation.some((l) => l.includes('preventive anticoagulation'))
  const base = 'khorana site=lung haemoglobin=13g/dL growth-factor=no leukocytes=7000/uL bmi=25'
  expect(says(`${base} platelets=200000/uL`)).toBe(false)
  expect(says(`${base} platelets=350000/uL`)).toBe(true)
})

test('morphine equivalents never read like a dose for conversion', () => {
  const { derivation } = computed('morphine-equivalent morphine=60mg')
  expect(derivation.join('\n')).toMatch(/never a dose/)
  expect(derivation.join('\n')).toMatch(/CDC 2022/)
  expect(derivation.join('\n')).toMatch(/naloxone/)
  expect(computed('morphine-equivalent tramadol=20mg').derivation.join('\n')).not.toMatch(/offer naloxone/)
})

test.each([
  {
    name: 'a score with an answer missing',
    line: 'g8 intake=none weight-loss=none mobility=goes-out neuropsychological=none bmi=25 medicines-above-3=no age=72',
    path: 'health',
    code: 'missing-input',
  },
  {
    name: 'MASCC in leukaemia without the fungal history',
    line: 'mascc burden=mild systolic=110mmHg copd=no tumour=haematological dehydration=no onset=outpatient age=55',
    path: 'prior-fungal',
    code: 'missing-input',
  },
  {
    name: 'Khorana without the growth factor where it decides',
    line: 'khorana site=lung platelets=200000/uL haemoglobin=13g/dL leukocytes=7000/uL bmi=25',
    path: 'growth-factor',
    code: 'missing-input',
  },
  {
    name: 'CARG without sex where it decides',
    line: 'carg age=74 cancer=lung dose=standard drugs=2 haemoglobin=10.5g/dL clearance=60 hearing=good falls=0 medicines=alone walking=not-limited social=none',
    path: 'sex',
    code: 'missing-input',
  },
  {
    name: 'more neutrophils than white cells',
    line: 'lipi leukocytes=9x10^9/L neutrophils=9.6x10^9/L ldh=300U/L ldh-limit=250U/L',
    path: 'neutrophils, leukocytes',
    code: 'contradictory-result',
  },
  {
    name: 'an answer that is none',
    line: 'mascc burden=bad systolic=110mmHg copd=no tumour=solid dehydration=no onset=outpatient age=55',
    path: 'burden',
    code: 'invalid-element',
  },
  { name: 'an opioid without a factor', line: 'morphine-equivalent buprenorphine=1mg', path: 'buprenorphine=1mg', code: 'invalid-element' },
  { name: 'no opioid', line: 'morphine-equivalent', path: 'doses', code: 'missing-input' },
  { name: 'a patch in milligrams', line: 'morphine-equivalent fentanyl-patch=25mg', path: 'fentanyl-patch', code: 'invalid-element' },
  { name: 'a score that is not confirmed, with the reason', line: 'cisne copd=no', path: 'cisne', code: 'unknown-fact' },
])('refuses $name', ({ line, path, code }) => {
  const outcome = calc(line)
  if (outcome.ok) throw new Error(`computed ${outcome.value.result}`)
  expect(outcome.error.map((i) => [i.path, i.code])).toContainEqual([path, code])
})

// series of the response digest, as typed
test.each([
  {
    line: 'recist baseline=100 series=70,70,80,80,80 new=no,no,no,no,no nontarget=stable,stable,stable,stable,stable',
    result: 'PR, PR, PR, PR, PR',
  },
  { line: 'recist baseline=100 series=60,50,61 new=no,no,no nontarget=none', result: 'PR, PR, PD' },
  { line: 'recist baseline=25 series=15,12,16,17 new=no,no,no,no nontarget=none', result: 'PR, PR, PR, PD' },
  { line: 'recist baseline=54 series=40,38,47 new=no,no,yes nontarget=stable,stable,progression', result: 'SD, SD, PD' },
  { line: 'recist baseline=28+n20 series=0+n9 new=no nontarget=none', result: 'CR' },
  { line: 'recist baseline=28+n20 series=0+n10 new=no nontarget=none', result: 'PR' },
  { line: 'recist baseline=none series=none,none new=no,no nontarget=stable,progression', result: 'non-CR/non-PD, PD' },
  { line: 'recist baseline=100 series=130,65 new=no,no nontarget=none', result: 'PD, PD' },
  { line: 'irecist baseline=100 series=130,65 new=no,no nontarget=none days=6w,11w', result: 'iUPD, iPR' },
  { line: 'irecist baseline=100 series=130,65,80 new=no,no,no nontarget=none days=6w,11w,20w', result: 'iUPD, iPR, iUPD' },
  { line: 'irecist baseline=100 series=80,100,105 new=no,no,no nontarget=none days=6w,12w,17w', result: 'iSD, iUPD, iCPD' },
  {
    line: 'irecist baseline=100 series=80,100,104,106 new=no,no,no,no nontarget=none days=6w,12w,17w,22w',
    result: 'iSD, iUPD, iUPD, iCPD',
  },
  { line: 'irecist baseline=100 series=70,70,70 new=no,yes,no new-sum=-,12,17 nontarget=none days=6w,12w,17w', result: 'iPR, iUPD, iCPD' },
  {
    line: 'irecist baseline=100 series=80,100,110 new=no,no,no symptoms=no,no,no nontarget=none days=6w,12w,14w',
    result: 'iSD, iUPD, iUPD',
  },
])('$line → $result', ({ line, result }) => {
  expect(computed(line).result).toBe(result)
})

test.each([
  { name: 'lists of different length', line: 'recist baseline=54 series=40,38 new=no nontarget=stable,stable', path: 'new' },
  { name: 'a word that is no state', line: 'recist baseline=54 series=40 new=maybe nontarget=stable', path: 'new' },
  { name: 'a size that is none', line: 'recist baseline=54 series=fourty new=no nontarget=stable', path: 'series' },
  { name: 'days in no unit', line: 'recist baseline=54 series=40 new=no nontarget=stable days=42', path: 'days' },
  { name: 'other lesions than at baseline', line: 'recist baseline=34+20 series=30 new=no nontarget=stable', path: 'series' },
  { name: 'a node too small for a target', line: 'recist baseline=34+n12 series=30+n9 new=no nontarget=stable', path: 'baseline' },
  { name: 'iRECIST without days', line: 'irecist baseline=54 series=40 new=no nontarget=none', path: 'days' },
  {
    name: 'growth of a new lesion before there was one',
    line: 'irecist baseline=54 series=40 new=larger nontarget=none days=6w',
    path: 'new',
  },
])('refuses $name', ({ line, path }) => {
  const outcome = calc(line)
  if (outcome.ok) throw new Error(`computed ${outcome.value.result}`)
  expect(outcome.error.map((i) => i.path)).toContain(path)
})

test('iRECIST is reported beside RECIST 1.1 on the same scans', () => {
  const { details, derivation } = computed('irecist baseline=100 series=130,65 new=no,no nontarget=none days=6w,11w')
  expect(details).toMatchObject({ visits: ['iUPD', 'iPR'], recist11: ['PD', 'PD'] })
  expect(derivation.join('\n')).toContain('RECIST 1.1, reported beside it: PD, PD')
})

test('CARG below its age says that its rates do not apply', () => {
  const rest =
    'cancer=lung dose=standard drugs=2 haemoglobin=12.5g/dL clearance=70 hearing=good falls=0 medicines=alone walking=not-limited social=none'
  expect(computed(`carg age=60 ${rest}`).derivation.join('\n')).toMatch(/below that age/)
  expect(computed(`carg age=65 ${rest}`).derivation.join('\n')).not.toMatch(/below that age/)
})

test('the list names every calculator, and every score that is not computed with its reason', () => {
  expect(calculatorsOf(knowledge).map((c) => c.name)).toEqual(
    expect.arrayContaining(['morphine-equivalent', 'recist', 'irecist', 'ctcae', 'mascc', 'khorana', 'carg', 'g8', 'lipi']),
  )
  const left = notComputed(knowledge)
  expect(left.map((n) => n.name)).toEqual(expect.arrayContaining(['cisne', 'grim', 'mgps']))
  for (const { because } of left) expect(because.length).toBeGreaterThan(10)
})

test('a score whose points nobody has seen in a source is not computed', () => {
  const doubted = { ...knowledge, scores: knowledge.scores!.map((s) => (s.id === 'lipi' ? { ...s, review: 'unconfirmed' as const } : s)) }
  expect(calculatorsOf(doubted).map((c) => c.name)).not.toContain('lipi')
  expect(notComputed(doubted).map((n) => n.name)).toContain('lipi')
})
