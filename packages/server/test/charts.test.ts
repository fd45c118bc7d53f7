import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Brought, ReadingReport } from '../src/contract/charts.ts'
import { type Charts, headers, issueOf, openCharts, TODAY } from './chart-server.ts'
import { exampleChart, recordChart } from './store/charts.ts'

const FOLDER = path.resolve(import.meta.dirname, '../../../fixtures/patients')
const fixture = (name: string): string => fs.readFileSync(path.join(FOLDER, name), 'utf8')

let store: Charts['store']
let server: Charts['server']
let caseOf: Charts['caseOf']
let sendText: Charts['sendText']
let enter: Charts['enter']
let planFact: Charts['planFact']
let close: Charts['close']
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
  const charts = await openCharts([source])
  ;({ store, server, caseOf, sendText, enter, planFact, close } = charts)
}, 120_000)
afterAll(async () => {
  await close()
  other.close()
})

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

  test.each([null, 'x', 7, []])('a meta that is %j is no fault of ours: the answer is an issue or a report', async (meta) => {
    const bundle = JSON.parse(fixture('alk-pregnant.json')) as { entry: { resource: { meta?: unknown; resourceType: string } }[] }
    bundle.entry.find(({ resource }) => resource.resourceType === 'DiagnosticReport')!.resource.meta = meta
    for (const path of ['/charts/reading', '/charts']) {
      const answer = await sendText(path, JSON.stringify(bundle))
      expect(answer.statusCode, `${path} ${answer.body.slice(0, 200)}`).toBeLessThan(500)
      // nothing is kept as something else than was sent
      if (path === '/charts') expect(answer.statusCode).toBeGreaterThanOrEqual(400)
    }
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
    const entered = await enter(patient, { fact: 'ecog', value: '1', because: 'wrong', why: 'asked again' })
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
    expect((await enter(patient, { fact: 'ecog', value: '3', because: 'newer', why: 'seen today' })).statusCode).toBe(201)
    const { since } = await caseOf(patient)
    expect(since!.facts.find(({ id }) => id === 'ecog')).toMatchObject({ after: { value: 3 } })
    expect(since!.plan.length).toBeGreaterThan(0)
  })
})
