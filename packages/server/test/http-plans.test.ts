import fs from 'node:fs'
import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Access, buildServer, DENY, type Route } from '../src/api/index.ts'
import { openApi } from '../src/api/openapi.ts'
import { cardLog, cdsRoutes, SERVICES } from '../src/cds-hooks/index.ts'
import { openKnowledge, PROJECT } from '../src/compose.ts'
import { type Jobs, startJobs } from '../src/jobs/index.ts'
import { knowledgeRoutes } from '../src/knowledge-api/routes.ts'
import { planMaker, planRoutes, streamRoutes } from '../src/plans/index.ts'
import { openStore, type Store } from '../src/store/index.ts'
import { exampleChart, recordChart } from './store/charts.ts'

const { knowledge } = openKnowledge()
const TODAY = '2026-11-23'
const now = () => new Date(`${TODAY}T10:00:00Z`)

/** Everybody who gives a name may do anything, but sees no patient called `hidden`: what is tested here is the routes. */
const NAMED: Access = {
  identify: ({ requestId, headers }) =>
    Promise.resolve(
      headers.authorization === undefined
        ? undefined
        : { requestId, who: headers.authorization.replace('Bearer ', ''), role: 'oncologist', site: 'north', purpose: 'TREAT' },
    ),
  authorize: (_context, { patient }) =>
    Promise.resolve(
      patient === 'hidden'
        ? { allowed: false, issue: { code: 'forbidden', severity: 'error', path: '', message: 'no' } }
        : { allowed: true },
    ),
}

let store: Store
let jobs: Jobs
let server: FastifyInstance
let routes: readonly Route[]
let patient: string
beforeAll(async () => {
  store = await openStore({ database: { memory: true } })
  const maker = planMaker(knowledge)
  jobs = await startJobs({ store, maker: () => maker, today: () => TODAY, now, tell: () => {}, pollMilliseconds: 20 })
  patient = await recordChart(store, 'egfr-exon19-brain-mets-fit')
  await recordChart(store, 'cord-compression-suspected')
  await jobs.idle()
  routes = [
    ...planRoutes({ store, maker: () => maker, today: () => TODAY, now }),
    ...streamRoutes(store.database),
    ...knowledgeRoutes({ knowledge: () => knowledge, releases: path.join(PROJECT, 'releases'), database: store.database }),
    ...cdsRoutes({
      surroundings: () => ({ knowledge, today: TODAY }),
      ownChart: async (_request, id) => ({ resources: (await store.chart(id)).resources.map(({ body }) => JSON.parse(body!)) }),
      log: cardLog(store.database),
      now,
    }),
  ]
  server = buildServer({ routes, access: NAMED })
}, 120_000)
afterAll(async () => {
  await server.close()
  await jobs.stop()
  await store.close()
})

const headers = { authorization: 'Bearer Practitioner/1' }
const get = (url: string, more: Record<string, string> = {}) => server.inject({ method: 'GET', url, headers: { ...headers, ...more } })
const post = (url: string, payload: object) => server.inject({ method: 'POST', url, headers, payload })
const issueOf = (answer: { json(): unknown }) => {
  const { issue } = answer.json() as { issue: { expression?: string[]; details: { text: string; coding: { code: string }[] } }[] }
  return { code: issue[0]!.details.coding[0]!.code, at: issue[0]!.expression?.[0] }
}

describe('plans', () => {
  test('the plan document, with an ETag that answers the next question', async () => {
    const answer = await get(`/plans/${patient}`)
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({ schema: 'secondwind/plan/1', patient: `Patient/${patient}`, asOf: TODAY, status: 'proposed' })
    const again = await get(`/plans/${patient}`, { 'if-none-match': answer.headers.etag as string })
    expect(again.statusCode).toBe(304)
    expect((await get(`/plans/${patient}?format=text`)).body).toContain('osimertinib')
    expect((await get(`/plans/${patient}?format=fhir`)).json()).toMatchObject({ resourceType: 'Bundle' })
    expect((await get(`/plans/${patient}?format=patient`)).headers['content-type']).toContain('text/plain')
  })

  test('what was known before the chart came in is nothing', async () => {
    const answer = await get(`/plans/${patient}?knownAt=2020-01-01T00:00:00Z`)
    expect([answer.statusCode, issueOf(answer).code]).toEqual([404, 'not-found'])
  })

  test.each([
    ['asOf=yesterday', 'invalid-parameter', 'asOf'],
    ['asof=2026-11-23', 'unknown-parameter', 'asof'],
    ['asOf=2026-11-23&asOf=2026-11-24', 'invalid-parameter', 'asOf'],
    ['knownAt=2026', 'invalid-parameter', 'knownAt'],
    ['format=pdf', 'invalid-parameter', 'format'],
  ])('a query that is no question is refused: %s', async (query, code, at) => {
    const answer = await get(`/plans/${patient}?${query}`)
    expect(answer.statusCode).toBe(400)
    expect(issueOf(answer)).toEqual({ code, at })
  })

  test('nobody, and whoever may not see the patient, gets nothing', async () => {
    expect((await server.inject({ method: 'GET', url: `/plans/${patient}` })).statusCode).toBe(401)
    expect((await get('/plans/hidden')).statusCode).toBe(403)
    const closed = buildServer({ routes, access: DENY })
    expect((await closed.inject({ method: 'GET', url: `/plans/${patient}`, headers })).statusCode).toBe(401)
    await closed.close()
  })

  test('a what-if changes the plan and stores nothing', async () => {
    const before = (await get(`/plans/${patient}`)).body
    const answer = await post(`/plans/${patient}/what-if`, { set: ['ecog=4'] })
    expect(answer.statusCode).toBe(200)
    const { document, changes } = answer.json() as { document: { case: { facts: { ecog: unknown } } }; changes: unknown[] }
    expect(document.case.facts.ecog).toMatchObject({ value: 4, enteredByHand: true })
    expect(changes.length).toBeGreaterThan(0)
    expect((await get(`/plans/${patient}`)).body).toBe(before)
  })

  test.each([[{}], [{ set: [] }], [{ set: ['ecog'] }], [{ set: [1] }], [[]]])('a what-if that is none is refused: %j', async (body) => {
    expect((await post(`/plans/${patient}/what-if`, body)).statusCode).toBe(400)
  })

  test('a fact that is not in the registry is refused by name', async () => {
    const answer = await post(`/plans/${patient}/what-if`, { set: ['ecogg=1'] })
    expect(answer.statusCode).toBe(422)
    expect(issueOf(answer).code).toBe('unknown-fact')
  })
})

describe('decisions', () => {
  test('a decision names the plan it was made on; one on a plan that has changed is refused', async () => {
    const plan = await get(`/plans/${patient}`)
    const [first] = (plan.json() as { options: { id: string }[] }).options
    const planDigest = String(plan.headers.etag).replaceAll('"', '')
    const decision = {
      planDigest,
      asOf: TODAY,
      chosen: first!.id,
      reason: 'fits, and she wants it',
      dissent: [{ who: 'Dr B', reason: 'brain first' }],
    }
    const made = await post(`/plans/${patient}/decisions`, decision)
    expect(made.statusCode).toBe(201)
    expect(made.json()).toMatchObject({
      number: 1,
      chosen: first!.id,
      recordedBy: 'Practitioner/1',
      planDigest,
      knowledgeRelease: expect.any(String),
    })
    expect((await get(`/plans/${patient}/decisions`)).json()).toHaveLength(1)

    const stale = await post(`/plans/${patient}/decisions`, { ...decision, asOf: '2026-11-24' })
    expect([stale.statusCode, issueOf(stale).at]).toEqual([412, 'planDigest'])
    const other = await post(`/plans/${patient}/decisions`, { ...decision, chosen: 'no-such-option' })
    expect([other.statusCode, issueOf(other).at]).toEqual([400, 'chosen'])
    const empty = await post(`/plans/${patient}/decisions`, { ...decision, reason: ' ' })
    expect([empty.statusCode, issueOf(empty).at]).toEqual([400, 'reason'])
    expect((await get(`/plans/${patient}/decisions`)).json()).toHaveLength(1)
  })
})

describe('worklists and changes', () => {
  test('lists, pages, and names that are none', async () => {
    expect((await get('/worklists')).json()).toHaveLength(5)
    const page = (await get('/worklists/emergencies?count=1')).json() as { items: { alerts: unknown[] }[] }
    expect(page.items).toHaveLength(1)
    expect((await get('/worklists/nothing')).statusCode).toBe(404)
    expect((await get('/worklists/emergencies?count=0')).statusCode).toBe(400)
  })

  test('a changed plan is sent as an event, and is gone from the list when it was handled', { timeout: 60_000 }, async () => {
    const listening = buildServer({ routes, access: NAMED })
    const stream = await listening.listen({ port: 0, host: '127.0.0.1' })
    const abort = new AbortController()
    const events = await fetch(`${stream}/changes`, { headers, signal: abort.signal })
    const reader = events.body!.pipeThrough(new TextDecoderStream()).getReader()
    const weakness = exampleChart('cord-compression-suspected').resources.find((r) => JSON.stringify(r).includes('weakness'))!
    const moved = { ...weakness, id: 'new-weakness', subject: { reference: `Patient/${patient}` } }
    await store.commit({ who: 'Device/test', site: 'north' }, [{ kind: 'update', resource: moved }])
    await jobs.idle()
    let seen = ''
    while (!seen.includes('plan-changed')) seen += (await reader.read()).value ?? ''
    abort.abort()
    await listening.close()
    expect(seen).toContain(`"patient":"Patient/${patient}"`)
    expect(seen).not.toContain('weakness')

    const { items } = (await get('/worklists/changed')).json() as { items: { patient: string; change: { seq: number } }[] }
    const { seq } = items.find((i) => i.patient === `Patient/${patient}`)!.change
    expect((await post(`/plans/${patient}/changes/${seq}`, { as: 'approved' })).statusCode).toBe(400)
    expect((await post(`/plans/${patient}/changes/${seq}`, { as: 'approved', reason: 'seen by the board' })).statusCode).toBe(204)
    expect((await post(`/plans/${patient}/changes/${seq}`, { as: 'approved', reason: 'again' })).statusCode).toBe(404)
  })
})

describe('CDS Hooks', () => {
  test('discovery is open; a call needs to know who asks', async () => {
    const discovery = await server.inject({ method: 'GET', url: '/cds-services' })
    expect((discovery.json() as { services: unknown[] }).services).toHaveLength(SERVICES.length)
    expect((await server.inject({ method: 'POST', url: '/cds-services/second-wind-patient-view', payload: {} })).statusCode).toBe(401)
  })

  test('cards for a patient of this installation, feedback on them, and the report', async () => {
    const call = { hook: 'order-sign', hookInstance: 'h-1', context: { userId: 'Practitioner/1', patientId: patient } }
    const order = {
      resourceType: 'MedicationRequest',
      id: 'd',
      status: 'draft',
      intent: 'order',
      subject: { reference: `Patient/${patient}` },
      medicationCodeableConcept: { text: 'pembrolizumab' },
    }
    const draftOrders = { resourceType: 'Bundle', type: 'collection', entry: [{ resource: order }] }
    const answer = await post('/cds-services/second-wind-order-sign', { ...call, context: { ...call.context, draftOrders } })
    expect(answer.statusCode).toBe(200)
    const { cards } = answer.json() as { cards: { uuid: string; source: { topic: { code: string } } }[] }
    const card = cards.find((c) => c.source.topic.code === 'egfr-1l-avoid-ici-monotherapy')!
    const overridden = {
      card: card.uuid,
      outcome: 'overridden',
      overrideReason: { reason: { code: 'board-decision' } },
      outcomeTimestamp: `${TODAY}T10:05:00Z`,
    }
    const url = '/cds-services/second-wind-order-sign/feedback'
    expect((await post(url, { feedback: [overridden] })).json()).toEqual({ kept: 1 })
    expect((await post(url, { feedback: [overridden] })).json()).toEqual({ kept: 0 })
    const unknown = await post(url, { feedback: [overridden, { ...overridden, card: 'no-such-card' }] })
    expect([unknown.statusCode, issueOf(unknown).at]).toEqual([404, 'feedback[1].card'])
    const report = (await get('/cds-report?since=2026-01-01')).json() as {
      rules: { rule: string; overridden: number; reasons: unknown[] }[]
    }
    expect(report.rules.find((r) => r.rule === 'egfr-1l-avoid-ici-monotherapy')).toMatchObject({
      overridden: 1,
      acceptedPercent: 0,
      isBelowThreshold: false,
      reasons: [{ reason: 'board-decision', count: 1 }],
    })
    expect((await post('/cds-services/no-such', call)).statusCode).toBe(404)
  })
})

describe('knowledge', () => {
  test('the release that is applied, and those that are kept', async () => {
    expect((await get('/knowledge')).json()).toMatchObject({ version: knowledge.version, digest: knowledge.digest })
    const kept = (await get('/knowledge/releases')).json() as { version: string; problems: unknown[] }[]
    expect(kept.length).toBeGreaterThan(0)
    expect(kept.every((r) => r.problems.length === 0)).toBe(true)
    expect((await get(`/knowledge/releases/${kept[0]!.version}`)).statusCode).toBe(200)
    expect((await get('/knowledge/releases/1999-01-01')).statusCode).toBe(404)
    expect((await get(`/knowledge/releases/${kept[0]!.version}/impact`)).json()).toMatchObject({ byPriority: [] })
  })
})

test('the OpenAPI document describes every route of the table, and no other', () => {
  const schema = JSON.parse(fs.readFileSync(path.join(PROJECT, 'docs/plan-document.schema.json'), 'utf8')) as Record<string, unknown>
  const document = openApi(routes, { version: '1', schemas: { 'plan-document.schema.json': schema } }) as {
    paths: Record<string, Record<string, { operationId: string }>>
    components: { schemas: Record<string, unknown> }
  }
  const described = Object.values(document.paths).flatMap((methods) => Object.values(methods).map((o) => o.operationId))
  expect(described.sort()).toEqual(routes.map((r) => r.id).sort())
  const refs = [...JSON.stringify(document.paths).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name!)
  expect(refs.length).toBeGreaterThan(0)
  for (const name of refs) expect(document.components.schemas).toHaveProperty(name)
})
