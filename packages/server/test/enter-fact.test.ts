import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FactEntered } from '../src/contract/charts.ts'
import { type Charts, headers, issueOf, openCharts } from './chart-server.ts'
import { recordChart } from './store/charts.ts'

let charts: Charts
let store: Charts['store']
let server: Charts['server']
let caseOf: Charts['caseOf']
let sendText: Charts['sendText']
let enter: Charts['enter']
let undo: Charts['undo']
let planFact: Charts['planFact']
beforeAll(async () => {
  charts = await openCharts()
  ;({ store, server, caseOf, sendText, enter, undo, planFact } = charts)
}, 120_000)
afterAll(() => charts.close())

/** A patient who hardly anything is known of: everything that is entered is new. */
const bare = async (id: string): Promise<string> => {
  await sendText(
    '/charts',
    [
      { resourceType: 'Patient', id, birthDate: '1960-05-01', gender: 'female' },
      {
        resourceType: 'Condition',
        id: `${id}-c`,
        subject: { reference: `Patient/${id}` },
        code: { text: 'Adenocarcinoma of lung, stage IV' },
        recordedDate: '2026-10-01',
      },
      {
        resourceType: 'Condition',
        id: `${id}-b`,
        subject: { reference: `Patient/${id}` },
        code: { coding: [{ system: 'http://snomed.info/sct', code: '94225005' }], text: 'Metastasis to brain' },
        recordedDate: '2026-10-01',
      },
    ]
      .map((resource) => JSON.stringify(resource))
      .join('\n'),
  )
  return id
}

/** What a person edits on the one-pager; each is read back by the plan as it was meant. */
const EDITED: readonly (readonly [string, string, unknown])[] = [
  ['ecog', '2', 2],
  ['karnofsky', '70', 70],
  ['weight', '61.5 kg', 61.5],
  ['height', '168 cm', 168],
  ['pd-l1-tps', '60', 60],
  ['egfr-exon19-deletion', 'no', false],
  ['egfr-l858r', 'yes', true],
  ['egfr-exon20-insertion', 'no', false],
  ['alk-fusion', 'no', false],
  ['ros1-fusion', 'yes', true],
  ['ret-fusion', 'no', false],
  ['ntrk-fusion', 'yes', true],
  ['braf-v600e', 'yes', true],
  ['kras-g12c', 'yes', true],
  ['met-exon14-skipping', 'yes', true],
  ['stk11-mutation', 'yes', true],
  ['tmb', '12 {mutations}/Mb', 12],
  ['msi-high', 'yes', true],
  ['her2-ihc', '3', 3],
  ['creatinine', '1.0 mg/dL', 88.4],
  ['bilirubin', '14 umol/L', 14],
  ['haemoglobin', '10.1 g/dL', 101],
  ['neutrophils', '2.4 10*9/L', 2.4],
  ['platelets', '180 10*9/L', 180],
  ['potassium', '4.1 mmol/L', 4.1],
  ['calcium', '2.4 mmol/L', 2.4],
  ['smoking-status', 'former', 'former'],
  ['pack-years', '30', 30],
  ['pain-score', '6', 6],
  ['back-pain', 'yes', true],
  ['haemoptysis', 'no', false],
  ['fever', 'yes', true],
  ['headache', 'no', false],
  ['pregnancy', 'no', false],
  ['diabetes', 'yes', true],
  ['ild', 'yes', true],
  ['copd', 'no', false],
  ['autoimmune-disease', 'yes', true],
  ['hypertension', 'yes', true],
  ['brain-metastasis-count', '3', 3],
  ['brain-largest-mm', '14 mm', 14],
  ['brain-symptomatic', 'no', false],
  ['stage-group', 'ivb', 'ivb'],
  ['m-category', 'm1b', 'm1b'],
  ['disease-status', 'stable', 'stable'],
  ['metastatic-sites', 'brain,liver', ['brain', 'liver']],
  ['preferences', 'oral-only', ['oral-only']],
  ['declines', 'chemotherapy', ['chemotherapy']],
  ['code-status', 'dnr', 'dnr'],
  ['wants-prognosis', 'full', 'full'],
  ['carer-at-home', 'yes', true],
  ['travel-minutes', '45 min', 45],
  ['language', 'Spanish', 'Spanish'],
  ['birth-date', '1961-05-01', '1961-05-01'],
  ['sex', 'male', 'male'],
]
test('every fact that is edited is read back as it was meant, with who said so', async () => {
  const patient = await bare('edited')
  const missed: string[] = []
  for (const [fact, value, meant] of EDITED) {
    const answer = await enter(patient, { fact, value, because: 'newer', why: 'asked at the visit' })
    const got = answer.statusCode === 201 ? await planFact(patient, fact) : issueOf(answer)
    const read = 'value' in got ? got.value : got
    const isSame = typeof meant === 'number' ? Math.abs(Number(read) - meant) < 0.05 : JSON.stringify(read) === JSON.stringify(meant)
    if (!isSame) missed.push(`${fact}=${value}: ${JSON.stringify(got)}`)
  }
  expect(missed).toEqual([])
  const { entries } = await caseOf(patient)
  expect(entries.length).toBe(EDITED.length)
  expect(entries[0]).toMatchObject({ by: 'Practitioner/1', why: 'asked at the visit', isUndone: false })
}, 60_000)

test('words: a goal, an allergy, an illness and a medicine are one more line each', async () => {
  const patient = await bare('lines')
  for (const [fact, value] of [
    ['goals', 'See the apple trees bloom, at home'],
    ['allergies', 'penicillin'],
    ['comorbidities', 'Gout'],
    ['medicines', 'apixaban 5 mg'],
  ] as const)
    expect((await enter(patient, { fact, value, because: 'newer' })).statusCode, fact).toBe(201)
  const view = await caseOf(patient)
  expect(view.goals.map(({ words }) => words)).toEqual(['See the apple trees bloom, at home'])
  expect((await planFact(patient, 'allergies')).value).toEqual(['penicillin'])
  expect(await planFact(patient, 'anticoagulated')).toMatchObject({ value: true })
})

test('a correction marks what was wrong as entered in error, and undoing it brings it back; nothing is removed', async () => {
  const patient = await bare('corrected')
  await enter(patient, { fact: 'ecog', value: '1', because: 'newer' })
  const rival = await enter(patient, { fact: 'ecog', value: '3', because: 'newer', why: 'seen today' })
  expect([rival.statusCode, issueOf(rival).code]).toEqual([422, 'contradictory-result'])
  const answer = await enter(patient, { fact: 'ecog', value: '3', because: 'wrong', why: 'mistyped' })
  const entered: FactEntered = answer.json()
  expect([answer.statusCode, entered.fact]).toMatchObject([201, { value: 3 }])
  expect(await planFact(patient, 'ecog')).toMatchObject({ value: 3 })
  expect((await undo(patient, entered.entry, entered.revision)).statusCode).toBe(200)
  expect(await planFact(patient, 'ecog')).toMatchObject({ value: 1 })
  expect((await caseOf(patient)).entries.find(({ id }) => id === entered.entry)).toMatchObject({ isUndone: true })
  const { versions } = await store.history({ type: 'Observation', id: entered.written[0]!.split('/')[1]!, count: 10 })
  expect(versions.map(({ method }) => method)).toEqual(['update', 'create'])
  const taken = await enter(patient, { fact: 'ecog', value: 'unknown', because: 'wrong', why: 'of another patient' })
  expect(taken.statusCode).toBe(201)
  expect(await planFact(patient, 'ecog')).toMatchObject({ unknown: 'not-recorded' })
})

test.each([
  ['a fact that follows from others', { fact: 'bsa', value: '1.8 m2', because: 'newer' }, 400, 'not-supported'],
  ['a fact that there is none of', { fact: 'ecogg', value: '1', because: 'newer' }, 422, 'unknown-fact'],
  ['a value that cannot be', { fact: 'ecog', value: '9', because: 'newer' }, 422, 'implausible-value'],
  ['a number without its unit', { fact: 'creatinine', value: '88', because: 'newer' }, 422, 'unknown-unit'],
  ['a day that has not come', { fact: 'ecog', value: '1', on: '2027-01-01', because: 'newer' }, 422, 'future-date'],
  ['neither newer nor wrong', { fact: 'ecog', value: '1' }, 400, 'invalid-request'],
  ['a newer finding that is none', { fact: 'ecog', value: 'unknown', because: 'newer' }, 400, 'invalid-request'],
])('%s is refused', async (_name, entry, status, code) => {
  await bare('refused')
  const answer = await enter('refused', entry)
  expect([answer.statusCode, issueOf(answer).code]).toEqual([status, code])
})

test('a chart that has changed in the meantime is not written', async () => {
  const patient = await bare('raced')
  const { revision } = await caseOf(patient)
  expect((await enter(patient, { fact: 'ecog', value: '1', because: 'newer' }, revision)).statusCode).toBe(201)
  const late = await enter(patient, { fact: 'ecog', value: '2', because: 'newer' }, revision)
  expect([late.statusCode, issueOf(late).code]).toEqual([412, 'version-conflict'])
  const blind = await server.inject({
    method: 'POST',
    url: `/charts/${patient}/facts`,
    headers,
    payload: { fact: 'ecog', value: '2', because: 'newer' },
  })
  expect(blind.statusCode).toBe(428)
})

test('what would take other facts back with it is refused, and says which', async () => {
  const patient = await recordChart(store, 'egfr-exon19-brain-mets-fit')
  const answer = await enter(patient, { fact: 'egfr-exon19-deletion', value: 'no', because: 'wrong', why: 'mixed up' })
  expect([answer.statusCode, issueOf(answer).code]).toEqual([422, 'contradictory-result'])
  expect(await planFact(patient, 'egfr-exon19-deletion')).toMatchObject({ value: true })
})

test('an entry against what the chart says needs its reason; what nobody had said is only learned', async () => {
  const patient = await bare('reasons')
  const why = 'seen at the visit'
  const rows: readonly (readonly [string, object, number])[] = [
    ['learned', { fact: 'smoking-status', value: 'former', because: 'newer' }, 201],
    ['said again', { fact: 'smoking-status', value: 'former', because: 'newer' }, 201],
    ['another value', { fact: 'smoking-status', value: 'never', because: 'wrong' }, 422],
    ['another value, with why', { fact: 'smoking-status', value: 'never', because: 'wrong', why }, 201],
    ['taken back', { fact: 'smoking-status', value: 'unknown', because: 'wrong' }, 422],
    ['known by the chart, now otherwise', { fact: 'histology', value: 'squamous', because: 'newer' }, 422],
    ['measured', { fact: 'weight', value: '60 kg', because: 'newer', on: '2026-01-05' }, 201],
    ['measured again', { fact: 'weight', value: '58 kg', because: 'newer' }, 201],
    ['a measurement that was wrong', { fact: 'weight', value: '62 kg', because: 'wrong' }, 422],
    ['one more line', { fact: 'allergies', value: 'penicillin', because: 'newer' }, 201],
    ['another line', { fact: 'allergies', value: 'latex', because: 'newer' }, 201],
  ]
  for (const [name, entry, status] of rows) {
    const answer = await enter(patient, entry)
    expect(answer.statusCode, `${name}: ${answer.body.slice(0, 300)}`).toBe(status)
    if (status === 422)
      expect(issueOf(answer), name).toMatchObject({ code: 'missing-input', text: expect.stringContaining('no reason is given') })
  }
})

test('an entry can be taken back later, but not over what somebody changed since', async () => {
  const patient = await bare('later')
  const why = 'passport seen'
  // both stand in the Patient resource: the former content of the earlier entry does not know the later one
  const entered = async (fact: string, value: string): Promise<FactEntered> => {
    const answer = await enter(patient, { fact, value, because: 'newer', why })
    expect(answer.statusCode, answer.body).toBe(201)
    return answer.json()
  }
  const first = await entered('sex', 'male')
  const second = await entered('birth-date', '1961-05-01')
  const over = await undo(patient, first.entry)
  expect([over.statusCode, issueOf(over).code]).toEqual([412, 'version-conflict'])
  expect(await planFact(patient, 'birth-date')).toMatchObject({ value: '1961-05-01' })
  expect((await undo(patient, second.entry)).statusCode).toBe(200)
  expect(await planFact(patient, 'birth-date')).toMatchObject({ value: '1960-05-01' })
  // the later one is gone: what stands is the earlier one's again
  expect((await undo(patient, first.entry)).statusCode).toBe(200)
  expect(await planFact(patient, 'sex')).toMatchObject({ value: 'female' })
  const { entries } = await caseOf(patient)
  expect(entries.map(({ fact, isUndone }) => [fact, isUndone]).sort()).toEqual([
    ['birth-date', true],
    ['sex', true],
  ])
  const again = await undo(patient, first.entry)
  expect([again.statusCode, issueOf(again).code]).toEqual([409, 'already-exists'])
})
