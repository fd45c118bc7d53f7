import { expect, test } from 'vitest'
import { codesOf, factOf, observation, readCase, texted } from '../../test/reading.ts'

const ECOG = '89247-1'
const answer = (system: string, code: string) => ({ valueCodeableConcept: { coding: [{ system, code }] } })

test.each([
  { name: 'integer', value: { valueInteger: 1 }, expected: 1 },
  { name: 'Quantity in {score}', value: { valueQuantity: { value: 2, unit: '{score}' } }, expected: 2 },
  { name: 'LOINC answer', value: answer('http://loinc.org', 'LA9625-0'), expected: 3 },
  { name: 'SNOMED grade', value: answer('http://snomed.info/sct', '422512005'), expected: 1 },
  { name: 'concept in words', value: { valueCodeableConcept: { text: 'ECOG 1' } }, expected: 1 },
  { name: 'string in words', value: { valueString: 'ECOG PS: 2 (tired)' }, expected: 2 },
  { name: 'history in words', value: { valueString: 'ECOG was 3, now 1' }, expected: 1 },
  { name: 'history without the name', value: { valueString: '3, now 1' }, expected: 1 },
  { name: 'history behind', value: { valueString: '1 (was 0 in May)' }, expected: 1 },
  { name: 'a trend', value: { valueString: '3 -> 1' }, expected: 1 },
  { name: 'concept with a history', value: { valueCodeableConcept: { text: 'ECOG 2, previously 1' } }, expected: 2 },
  { name: 'only of another time', value: { valueString: 'previously 1' }, expected: undefined },
  { name: 'grade written alone', value: { valueString: '0' }, expected: 0 },
  {
    name: 'answer in the interpretation only',
    value: { interpretation: [{ coding: [{ system: 'http://loinc.org', code: 'LA9622-7' }] }] },
    expected: 0,
  },
  { name: 'a range is not one grade', value: { valueString: 'ECOG 1-2' }, expected: undefined },
  { name: '"1 to 2" is not one grade', value: { valueString: '1 to 2' }, expected: undefined },
  { name: 'grade 7 is not on the scale', value: { valueInteger: 7 }, expected: undefined },
  { name: 'half a grade', value: { valueQuantity: { value: 1.5 } }, expected: undefined },
])('ECOG as $name', ({ value, expected }) => {
  const read = readCase([observation('e', ECOG, '2026-11-20', value)])
  if (expected === undefined) {
    expect(factOf(read, 'ecog')).toHaveProperty('unknown')
    expect(read.issues.some(({ path, severity }) => path.startsWith('Observation/e') && severity === 'warning')).toBe(true)
  } else expect(factOf(read, 'ecog')).toMatchObject({ value: expected, on: '2026-11-20' })
})

test('a text code names the scale', () => {
  expect(factOf(readCase([texted('e', 'ECOG performance status', '2026-11-20', { valueInteger: 2 })]), 'ecog')).toMatchObject({ value: 2 })
})

test.each([
  { karnofsky: 90, ecog: 1 },
  { karnofsky: 70, ecog: 2 },
  { karnofsky: 60, ecog: undefined },
  { karnofsky: 40, ecog: undefined },
])('Karnofsky $karnofsky without any ECOG', ({ karnofsky, ecog }) => {
  const read = readCase([observation('k', '89243-0', '2026-11-20', { valueInteger: karnofsky })])
  expect(factOf(read, 'karnofsky')).toMatchObject({ value: karnofsky })
  if (ecog === undefined) expect(factOf(read, 'ecog')).toMatchObject({ unknown: 'not-informative' })
  else {
    expect(factOf(read, 'ecog')).toMatchObject({ value: ecog, words: `approximate, from Karnofsky ${karnofsky}` })
    expect(codesOf(read.issues)).toContain('read-from-text')
  }
})

test('a Karnofsky value never stands in for an ECOG that is there but unreadable', () => {
  const read = readCase([
    observation('e', ECOG, '2026-11-20', { valueInteger: 7 }),
    observation('k', '89243-0', '2026-11-20', { valueInteger: 90 }),
  ])
  expect(factOf(read, 'ecog')).toMatchObject({ unknown: 'conflicting' })
})

test('two grades on one day contradict each other, older ones do not', () => {
  const grade = (id: string, on: string, valueInteger: number) => observation(id, ECOG, on, { valueInteger })
  const same = readCase([grade('a', '2026-11-20', 1), grade('b', '2026-11-20', 3)])
  expect(factOf(same, 'ecog')).toMatchObject({ unknown: 'conflicting' })
  const issue = same.issues.find(({ code }) => code === 'contradictory-result')
  expect(issue?.message).toContain('1 (Observation/a)')
  expect(issue?.message).toContain('3 (Observation/b)')
  const older = readCase([grade('a', '2026-09-20', 1), grade('b', '2026-11-20', 3)])
  expect(factOf(older, 'ecog')).toMatchObject({ value: 3 })
  expect(codesOf(older.issues)).not.toContain('contradictory-result')
})

test.each([
  { text: 'Feels well. ECOG PS 2, walks daily.', fact: 'ecog', expected: 2 },
  { text: 'Performance status (ECOG): 1.', fact: 'ecog', expected: 1 },
  { text: 'ECOG performance status is now 3', fact: 'ecog', expected: 3 },
  { text: 'KPS 70%', fact: 'karnofsky', expected: 70 },
  { text: 'ECOG 1-2', fact: 'ecog', expected: undefined },
  { text: 'ECOG 1 to 2', fact: 'ecog', expected: undefined },
  { text: 'Declined from ECOG 1 to ECOG 3', fact: 'ecog', expected: 3 },
  { text: 'ECOG was 3, now 1', fact: 'ecog', expected: 1 },
  { text: 'ECOG was 3 in hospital; now 1 on dexamethasone.', fact: 'ecog', expected: 1 },
  { text: 'ECOG was 3. Now 1.', fact: 'ecog', expected: 1 },
  { text: 'ECOG 1 (was 0 in May)', fact: 'ecog', expected: 1 },
  { text: 'ECOG 1 was 0 in May', fact: 'ecog', expected: 1 },
  { text: 'ECOG now 1, previously 3', fact: 'ecog', expected: 1 },
  { text: 'ECOG now 1 previously 3', fact: 'ecog', expected: 1 },
  { text: 'Previously ECOG 3, today ECOG 1.', fact: 'ecog', expected: 1 },
  { text: 'ECOG 3 before dexamethasone, 1 today', fact: 'ecog', expected: 1 },
  { text: 'ECOG was 1 before chemotherapy and is 2 now', fact: 'ecog', expected: 2 },
  { text: 'ECOG PS 2 today (baseline 1)', fact: 'ecog', expected: 2 },
  { text: 'ECOG 2, up from 1', fact: 'ecog', expected: 2 },
  { text: 'ECOG 2 (from 1)', fact: 'ecog', expected: 2 },
  { text: 'ECOG improved from 3 to 1', fact: 'ecog', expected: 1 },
  { text: 'ECOG has worsened to 3', fact: 'ecog', expected: 3 },
  { text: 'ECOG 3 -> 1', fact: 'ecog', expected: 1 },
  { text: 'ECOG 3 \u2192 1', fact: 'ecog', expected: 1 },
  { text: 'Before the pneumonia ECOG 0. ECOG today 2.', fact: 'ecog', expected: 2 },
  { text: 'ECOG was 3 on admission. ECOG is 1 today.', fact: 'ecog', expected: 1 },
  { text: 'KPS was 50%, currently 80%', fact: 'karnofsky', expected: 80 },
  { text: 'ECOG 1 unchanged from last visit', fact: 'ecog', expected: 1 },
  { text: 'ECOG declined to 3 after COVID, now back to 1', fact: 'ecog', expected: 1 },
  { text: 'ECOG was 1, is now 3 because of cord compression', fact: 'ecog', expected: 3 },
  { text: 'ECOG 2 today vs 1 in October', fact: 'ecog', expected: 2 },
  { text: 'ECOG 2. ECOG has improved to 1.', fact: 'ecog', expected: 1 },
  { text: 'ECOG 1, weight 70 kg, was 75 in May', fact: 'ecog', expected: 1 },
  { text: 'ECOG 1, pain was 8, now 3', fact: 'ecog', expected: undefined },
  { text: 'No prior treatment, ECOG 1.', fact: 'ecog', expected: 1 },
  { text: 'ECOG 1, now 3 cycles of chemotherapy', fact: 'ecog', expected: 1 },
  { text: 'ECOG 1 in November', fact: 'ecog', expected: 1 },
  { text: 'ECOG was 1 in May', fact: 'ecog', expected: undefined },
  { text: 'ECOG 1 two months ago', fact: 'ecog', expected: undefined },
  { text: 'Before the pneumonia, ECOG 0', fact: 'ecog', expected: undefined },
  { text: 'ECOG 1, before the pneumonia', fact: 'ecog', expected: undefined },
  { text: 'ECOG 3, could improve from 3 to 1 with dexamethasone', fact: 'ecog', expected: undefined },
  { text: 'ECOG was 3, now 1-2', fact: 'ecog', expected: undefined },
  { text: 'ECOG 1, now 2, today 3', fact: 'ecog', expected: undefined },
  { text: 'ECOG was 1, now 7', fact: 'ecog', expected: undefined },
  { text: 'ECOG was 0 before chemotherapy', fact: 'ecog', expected: undefined },
  { text: 'Trial requires ECOG 0', fact: 'ecog', expected: undefined },
  { text: 'ECOG 9', fact: 'ecog', expected: undefined },
  { text: 'WHO grade 2 tumour', fact: 'ecog', expected: undefined },
  { text: 'ECOG 1 in the morning. ECOG 2 in the evening.', fact: 'ecog', expected: undefined },
])('"$text" in a note', ({ text, fact, expected }) => {
  const note = {
    resourceType: 'ClinicalImpression',
    id: 'n',
    status: 'completed',
    subject: { reference: 'Patient/ann' },
    date: '2026-11-20',
    summary: text,
  }
  const read = readCase([note])
  if (expected === undefined) {
    expect(factOf(read, fact)).toHaveProperty('unknown')
    expect(codesOf(read.issues)).toContain('unread-text')
  } else
    expect(factOf(read, fact)).toMatchObject({
      value: expected,
      on: '2026-11-20',
      sources: [{ reference: 'ClinicalImpression/n', path: 'summary' }],
    })
})

test('a coded grade of the same day stands over the words', () => {
  const note = {
    resourceType: 'ClinicalImpression',
    id: 'n',
    status: 'completed',
    subject: { reference: 'Patient/ann' },
    date: '2026-11-20',
    summary: 'ECOG 2',
  }
  expect(factOf(readCase([note, observation('e', ECOG, '2026-11-20', { valueInteger: 1 })]), 'ecog')).toMatchObject({ value: 1 })
})
