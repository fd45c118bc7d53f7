import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Access, buildServer } from '../src/api/index.ts'
import { chartRoutes } from '../src/charts/index.ts'
import { openKnowledge } from '../src/compose.ts'
import type { Brought, CaseView, FactEntered, ReadingReport } from '../src/contract/charts.ts'
import { planMaker, planRoutes } from '../src/plans/index.ts'
import { openStore, type Store } from '../src/store/index.ts'
import { exampleChart, recordChart } from './store/charts.ts'

const { knowledge } = openKnowledge()
const TODAY = '2026-11-23'
const FOLDER = path.resolve(import.meta.dirname, '../../../fixtures/patients')
const fixture = (name: string): string => fs.readFileSync(path.join(FOLDER, name), 'utf8')

/** Whoever gives a name may do anything but see the patient `hidden`. */
const NAMED: Access = {
  identify: ({ requestId, headers }) =>
    Promise.resolve(
      headers.authorization === undefined
        ? undefined
        : { requestId, who: headers.authorization.replace('Bearer ', ''), role: 'oncologist', site: 'north', purpose: 'TREAT' },
    ),
  authorize: (_context, { patient, id, type }) =>
    Promise.resolve(
      patient === 'hidden' || (type === 'Patient' && id === 'hidden')
        ? { allowed: false, issue: { code: 'forbidden', severity: 'error', path: '', message: 'this is not open to you' } }
        : // records whose id begins so are set apart from everybody
          { allowed: true, sight: { maySee: (version) => !version.id.startsWith('secret') } },
    ),
}

let store: Store
let server: FastifyInstance
let other: http.Server
let source: string
beforeAll(async () => {
  const chart = exampleChart('alk-pregnant')
  // another hospital: `$everything` in two pages for `whole`, single searches for `parts`, a page that is lost for `broken`
  other = http.createServer((request, response) => {
    const url = new URL(request.url!, 'http://127.0.0.1')
    const answer = (value: unknown, status = 200) =>
      response.writeHead(status, { 'content-type': 'application/fhir+json' }).end(JSON.stringify(value))
    const bundle = (resources: readonly unknown[], next?: string) => ({
      resourceType: 'Bundle',
      type: 'searchset',
      entry: resources.map((resource) => ({ resource })),
      ...(next ? { link: [{ relation: 'next', url: next }] } : {}),
    })
    if (request.headers.authorization !== 'Bearer good') return answer({ resourceType: 'OperationOutcome' }, 401)
    const half = Math.ceil(chart.resources.length / 2)
    if (url.pathname === '/fhir/Patient/whole/$everything')
      return answer(
        url.searchParams.has('page')
          ? bundle(chart.resources.slice(half))
          : bundle(chart.resources.slice(0, half), `${source}/Patient/whole/$everything?page=2`),
      )
    if (url.pathname === '/fhir/Patient/broken/$everything')
      return url.searchParams.has('page')
        ? answer({}, 500)
        : answer(bundle(chart.resources.slice(0, half), `${source}/Patient/broken/$everything?page=2`))
    if (url.pathname === '/fhir/Patient/parts') return answer(chart.resources.find(({ resourceType }) => resourceType === 'Patient'))
    if (url.searchParams.get('patient') === 'parts')
      return answer(bundle(chart.resources.filter(({ resourceType }) => `/fhir/${resourceType}` === url.pathname)))
    return answer({ resourceType: 'OperationOutcome' }, 404)
  })
  await new Promise<void>((ready) => other.listen(0, '127.0.0.1', ready))
  source = `http://127.0.0.1:${(other.address() as AddressInfo).port}/fhir`
  store = await openStore({ database: { memory: true } })
  const maker = planMaker(knowledge)
  const parts = { store, maker: () => maker, today: () => TODAY, now: () => new Date() }
  server = buildServer({
    routes: [...planRoutes(parts), ...chartRoutes({ ...parts, servers: [source] })],
    access: NAMED,
  })
}, 120_000)
afterAll(async () => {
  await server.close()
  await store.close()
  other.close()
})

const headers = { authorization: 'Bearer Practitioner/1' }
const caseOf = async (patient: string): Promise<CaseView> => (await server.inject({ url: `/charts/${patient}/case`, headers })).json()
const sendText = (url: string, payload: string) =>
  server.inject({ method: 'POST', url, headers: { ...headers, 'content-type': 'text/plain' }, payload })
const enter = async (patient: string, entry: object, revision?: number) =>
  server.inject({
    method: 'POST',
    url: `/charts/${patient}/facts`,
    headers: { ...headers, 'if-match': `W/"${revision ?? (await caseOf(patient)).revision}"` },
    payload: entry,
  })
const planFact = async (patient: string, fact: string): Promise<Record<string, unknown>> =>
  ((await server.inject({ url: `/plans/${patient}`, headers })).json() as { case: { facts: Record<string, Record<string, unknown>> } }).case
    .facts[fact]!
const issueOf = (answer: { json(): unknown }) => {
  const { issue } = answer.json() as { issue: { details: { text: string; coding: { code: string }[] } }[] }
  return { code: issue[0]!.details.coding[0]!.code, text: issue[0]!.details.text }
}

describe('bringing a chart in', () => {
  test('the reading report says what is in the file and stores nothing; kept once, the same file adds nothing', async () => {
    const text = fixture('egfr-exon19-brain-mets-fit.json')
    const report: ReadingReport = (await sendText('/charts/reading', text)).json()
    const [patient] = report.patients
    expect(patient).toMatchObject({ isHere: false, name: 'Erna Fixture', birthDate: '1968-04-03', plan: { status: 'proposed' } })
    expect(patient!.understood.find(({ id }) => id === 'egfr-exon19-deletion')).toMatchObject({ fact: { value: true } })
    expect(patient!.understood.every(({ sources }) => sources.length > 0)).toBe(true)
    expect(patient!.counts.new).toBe(exampleChart('egfr-exon19-brain-mets-fit').resources.length)
    expect((await server.inject({ url: '/plans/egfr-exon19-brain-mets-fit', headers })).statusCode).toBe(404)
    const first: Brought = (await sendText('/charts', text)).json()
    expect(first).toMatchObject({ patients: ['egfr-exon19-brain-mets-fit'], created: patient!.counts.new, updated: 0 })
    const again: ReadingReport = (await sendText('/charts/reading', text)).json()
    expect(again.patients[0]!.counts).toMatchObject({ same: first.created, new: 0, changed: 0 })
    expect((await sendText('/charts', text)).json()).toMatchObject({ created: 0, updated: 0, unchanged: first.created })
  })

  test('a changed resource is a newer version; the old file dropped afterwards does not take it back', async () => {
    const { patient, resources } = exampleChart('squamous-pdl1-0')
    const bundle = (list: readonly object[]) =>
      JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: list.map((resource) => ({ resource })) })
    await sendText('/charts', bundle(resources))
    const newer = resources.map((resource) =>
      resource.resourceType === 'Patient' ? { ...resource, maritalStatus: { text: 'married' } } : resource,
    )
    expect(((await sendText('/charts/reading', bundle(newer))).json() as ReadingReport).patients[0]!.counts.changed).toBe(1)
    expect((await sendText('/charts', bundle(newer))).json()).toMatchObject({ updated: 1 })
    expect(((await sendText('/charts/reading', bundle(resources))).json() as ReadingReport).patients[0]!.counts).toMatchObject({
      older: 1,
      changed: 0,
    })
    await sendText('/charts', bundle(resources))
    expect((await store.read('Patient', patient))!.body).toContain('married')
  })

  test('two persons under one id are never put together', async () => {
    const chart = (name: string, born: string) =>
      JSON.stringify({
        resourceType: 'Bundle',
        type: 'collection',
        entry: [
          { resource: { resourceType: 'Patient', id: '1', name: [{ family: name }], birthDate: born, gender: 'male' } },
          {
            resource: {
              resourceType: 'Observation',
              id: '1',
              status: 'final',
              code: { text: 'ECOG' },
              subject: { reference: 'Patient/1' },
              valueInteger: 1,
              effectiveDateTime: TODAY,
            },
          },
        ],
      })
    const first: Brought = (await sendText('/charts', chart('Ames', '1950-01-01'))).json()
    const reading: ReadingReport = (await sendText('/charts/reading', chart('Berg', '1961-02-02'))).json()
    expect(reading.patients[0]).toMatchObject({ isRenamed: true, isHere: false, counts: { new: 2, changed: 0 } })
    const second: Brought = (await sendText('/charts', chart('Berg', '1961-02-02'))).json()
    expect(first.patients).toEqual(['1'])
    expect(second.patients[0]).not.toBe('1')
    expect((await store.read('Patient', '1'))!.body).toContain('Ames')
    expect((await sendText('/charts', chart('Berg', '1961-02-02'))).json()).toMatchObject({ created: 0, updated: 0 })
  })

  test('resources without ids get the same ones each time; references follow', async () => {
    const text = JSON.stringify({
      resourceType: 'Bundle',
      type: 'collection',
      entry: [
        {
          fullUrl: 'urn:uuid:11111111-2222-4333-8444-555555555555',
          resource: { resourceType: 'Patient', birthDate: '1960-01-01', gender: 'female' },
        },
        {
          resource: {
            resourceType: 'Observation',
            status: 'final',
            code: { text: 'ECOG performance status' },
            subject: { reference: 'urn:uuid:11111111-2222-4333-8444-555555555555' },
            valueInteger: 2,
            effectiveDateTime: TODAY,
          },
        },
      ],
    })
    const first: Brought = (await sendText('/charts', text)).json()
    expect(first).toMatchObject({ created: 2 })
    expect(await planFact(first.patients[0]!, 'ecog')).toMatchObject({ value: 2 })
    expect((await sendText('/charts', text)).json()).toMatchObject({ created: 0, unchanged: 2 })
  })

  test('several patients in one file: each is reported, and those that are meant are kept', async () => {
    const text = [
      ...exampleChart('ros1-first-line').resources,
      ...exampleChart('braf-v600e-first-line').resources.filter(({ resourceType }) => resourceType !== 'Practitioner'),
    ]
      .map((r) => JSON.stringify(r))
      .join('\n')
    const report: ReadingReport = (await sendText('/charts/reading', text)).json()
    expect(report.patients.map(({ storedAs }) => storedAs)).toEqual(['Patient/braf-v600e-first-line', 'Patient/ros1-first-line'])
    expect((await sendText('/charts?only=1', text)).json()).toMatchObject({ patients: ['ros1-first-line'] })
    expect((await server.inject({ url: '/plans/braf-v600e-first-line', headers })).statusCode).toBe(404)
  })

  test('who may not see a patient learns nothing of what stands here, and nothing is kept', async () => {
    const text = JSON.stringify({ resourceType: 'Patient', id: 'hidden', birthDate: '1950-01-01' })
    const [patient] = ((await sendText('/charts/reading', text)).json() as ReadingReport).patients
    expect(patient).toMatchObject({ isHere: false, refusal: 'this is not open to you' })
    expect((await sendText('/charts', text)).statusCode).toBe(403)
    expect(await store.read('Patient', 'hidden')).toBeUndefined()
  })

  test.each([
    ['cut off', fixture('ros1-first-line.json').slice(0, 4000), 400, 'not-json'],
    ['a table', 'name,ecog\nAda,1\n', 400, 'not-json'],
    ['a PDF', '%PDF-1.7 %âãÏÓ 1 0 obj', 400, 'not-json'],
    ['nothing', ' ', 400, 'not-json'],
    ['no patient', '{"resourceType":"Organization","id":"o"}', 422, 'missing-patient'],
  ])('a wrong file is refused with what to do: %s', async (_name, text, status, code) => {
    const answer = await sendText('/charts/reading', text)
    expect([answer.statusCode, issueOf(answer).code]).toEqual([status, code])
  })

  test('a file beyond what is read here is refused before it is read', async () => {
    const answer = await sendText('/charts/reading', `"${'x'.repeat(65 * 1024 * 1024)}"`)
    expect([answer.statusCode, issueOf(answer).code]).toEqual([413, 'too-large'])
  })
})

describe('pulling from another server', () => {
  const pull = (patient: string, more: object = {}) =>
    server.inject({ method: 'POST', url: '/charts/pull', headers, payload: { server: source, patient, token: 'good', ...more } })
  test('$everything page by page, or type by type, gives what a file would', async () => {
    for (const patient of ['whole', 'parts']) {
      const answer = await pull(patient)
      expect(answer.statusCode).toBe(200)
      const report: ReadingReport = (await sendText('/charts/reading', answer.body)).json()
      expect(report.patients[0]!.understood.find(({ id }) => id === 'alk-fusion')).toMatchObject({ fact: { value: true } })
    }
  })
  test.each([
    ['a page that is lost', 'broken', {}, 503],
    ['a token that is none', 'whole', { token: 'bad' }, 503],
    ['a server that is not allowed', 'whole', { server: 'http://169.254.169.254/latest' }, 403],
    ['an address for an id', '../x', {}, 400],
  ])('%s gives nothing', async (_name, patient, more, status) => {
    expect((await pull(patient, more)).statusCode).toBe(status)
  })
})

describe('the case on one page', () => {
  test('identity, story, sections and what is not known', async () => {
    const patient = await recordChart(store, 'pending-ngs-visceral-crisis')
    const view = await caseOf(patient)
    expect(view).toMatchObject({ patient, asOf: TODAY, plan: { status: 'proposed' } })
    expect(view.story.length).toBeGreaterThan(10)
    expect(view.header.map(({ id }) => id)).toEqual(['ecog', 'weight', 'height', 'bsa', 'allergies', 'code-status'])
    expect(view.pending.length).toBeGreaterThan(0)
    expect(view.open.length).toBeGreaterThan(0)
    const biomarkers = view.sections.find(({ id }) => id === 'biomarkers')!
    expect(biomarkers.facts.some(({ fact }) => 'unknown' in fact)).toBe(true)
  })

  test('a contradiction shows what each entry says alone', async () => {
    const patient = await recordChart(store, 'es-sclc-first-line')
    for (const [at, value] of [0, 3].entries())
      await store.commit({ who: 'Device/test', site: 'north' }, [
        {
          kind: 'create',
          resource: {
            resourceType: 'Observation',
            id: `rival-${at}`,
            status: 'final',
            code: { coding: [{ system: 'http://loinc.org', code: '89247-1' }] },
            subject: { reference: `Patient/${patient}` },
            effectiveDateTime: TODAY,
            valueInteger: value,
          },
        },
      ])
    const ecog = (await caseOf(patient)).header.find(({ id }) => id === 'ecog')!
    expect(ecog.fact).toMatchObject({ unknown: 'conflicting' })
    expect(ecog.said!.map(({ fact }) => 'value' in fact && fact.value)).toEqual([0, 3])
  })

  test('what is set apart from who asks speaks through the facts, never with its words', async () => {
    const patient = await recordChart(store, 'met-exon14-elderly')
    const words = 'Known to liaison psychiatry since the death of her son; severe depression, on sertraline'
    await store.commit({ who: 'Device/test', site: 'north' }, [
      {
        kind: 'create',
        resource: {
          resourceType: 'Condition',
          id: 'secret-1',
          subject: { reference: `Patient/${patient}` },
          code: { text: 'Severe depression after the death of her son' },
          note: [{ text: words }],
          recordedDate: '2026-11-01',
        },
      },
      {
        kind: 'create',
        resource: {
          resourceType: 'Goal',
          id: 'secret-2',
          lifecycleStatus: 'active',
          subject: { reference: `Patient/${patient}` },
          description: { text: 'Nobody must know of the clinic' },
        },
      },
    ])
    const answer = await server.inject({ url: `/charts/${patient}/case`, headers })
    expect(answer.statusCode).toBe(200)
    expect(answer.body).not.toMatch(/liaison|death of her son|Nobody must know/)
    const reading = await sendText('/charts/reading', fixture('met-exon14-elderly.json'))
    expect(reading.body).not.toMatch(/liaison|death of her son|Nobody must know/)
    const entered = await enter(patient, { fact: 'ecog', value: '1', because: 'wrong' })
    expect([entered.statusCode, /liaison|death of her son/.test(entered.body)]).toEqual([201, false])
  })

  test('what changed since the last decision', async () => {
    const patient = await recordChart(store, 'no-driver-pdl1-80-fit')
    const plan = await server.inject({ url: `/plans/${patient}`, headers })
    const decided = await server.inject({
      method: 'POST',
      url: `/plans/${patient}/decisions`,
      headers,
      payload: {
        planDigest: String(plan.headers.etag).replaceAll('"', ''),
        asOf: TODAY,
        chosen: null,
        reason: 'wait for the scan',
        dissent: [],
      },
    })
    expect(decided.statusCode).toBe(201)
    expect((await caseOf(patient)).since).toMatchObject({ number: 1, facts: [], plan: [] })
    expect((await enter(patient, { fact: 'ecog', value: '3', because: 'newer' })).statusCode).toBe(201)
    const { since } = await caseOf(patient)
    expect(since!.facts.find(({ id }) => id === 'ecog')).toMatchObject({ after: { value: 3 } })
    expect(since!.plan.length).toBeGreaterThan(0)
  })
})

describe('entering one fact', () => {
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
    const rival = await enter(patient, { fact: 'ecog', value: '3', because: 'newer' })
    expect([rival.statusCode, issueOf(rival).code]).toEqual([422, 'contradictory-result'])
    const answer = await enter(patient, { fact: 'ecog', value: '3', because: 'wrong', why: 'mistyped' })
    const entered: FactEntered = answer.json()
    expect([answer.statusCode, entered.fact]).toMatchObject([201, { value: 3 }])
    expect(await planFact(patient, 'ecog')).toMatchObject({ value: 3 })
    const undone = await server.inject({
      method: 'POST',
      url: `/charts/${patient}/facts/${entered.entry}/undo`,
      headers: { ...headers, 'if-match': `W/"${entered.revision}"` },
    })
    expect(undone.statusCode).toBe(200)
    expect(await planFact(patient, 'ecog')).toMatchObject({ value: 1 })
    expect((await caseOf(patient)).entries.find(({ id }) => id === entered.entry)).toMatchObject({ isUndone: true })
    const { versions } = await store.history({ type: 'Observation', id: entered.written[0]!.split('/')[1]!, count: 10 })
    expect(versions.map(({ method }) => method)).toEqual(['update', 'create'])
    const taken = await enter(patient, { fact: 'ecog', value: 'unknown', because: 'wrong' })
    expect(taken.statusCode).toBe(201)
    expect(await planFact(patient, 'ecog')).toMatchObject({ unknown: 'not-recorded' })
  })

  test.each([
    ['a fact that follows from others', { fact: 'bsa', value: '1.8 m2', because: 'newer' }, 400, 'not-supported'],
    ['a fact that there is none of', { fact: 'ecogg', value: '1', because: 'newer' }, 422, 'unknown-fact'],
    ['a value that cannot be', { fact: 'ecog', value: '9', because: 'newer' }, 422, 'implausible-value'],
    ['a number without its unit', { fact: 'creatinine', value: '88', because: 'newer' }, 422, 'unknown-unit'],
    ['a day that has not come', { fact: 'ecog', value: '1', on: '2027-01-01', because: 'newer' }, 422, 'future-date'],
    ['no reason', { fact: 'ecog', value: '1' }, 400, 'invalid-request'],
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
    const answer = await enter(patient, { fact: 'egfr-exon19-deletion', value: 'no', because: 'wrong' })
    expect([answer.statusCode, issueOf(answer).code]).toEqual([422, 'contradictory-result'])
    expect(await planFact(patient, 'egfr-exon19-deletion')).toMatchObject({ value: true })
  })
})
