import { SpanStatusCode, trace } from '@opentelemetry/api'
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node'
import { afterAll, expect, test } from 'vitest'
import { buildServer, loginRequired } from '../src/api/index.ts'
import { singleUser } from '../src/api/single-user.ts'
import { openKnowledge } from '../src/compose.ts'
import { Refused } from '../src/issue.ts'
import { readServeConfig } from '../src/serve-config.ts'
import { type ServiceConfig, startService } from '../src/service.ts'
import { recordChart } from './store/charts.ts'

const { knowledge } = openKnowledge()
const closing: { close(): Promise<void> }[] = []
afterAll(async () => {
  for (const one of closing) await one.close()
})

async function service(more: Partial<ServiceConfig> = {}) {
  const { access, token } = singleUser('north', 'a-token-for-this-test')
  const serving = await startService({ database: { memory: true }, knowledge, sign: { access }, ...more })
  closing.push(serving)
  return {
    ...serving,
    ask: (url: string, headers = {}) =>
      serving.server.inject({ method: 'GET', url, headers: { authorization: `Bearer ${token}`, ...headers } }),
  }
}

test('the whole service starts, answers, counts, and says what it counted', { timeout: 60_000 }, async () => {
  const exporter = new InMemorySpanExporter()
  trace.setGlobalTracerProvider(new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }))
  const { ask, store } = await service()
  const patient = await recordChart(store, 'squamous-pdl1-0')
  expect((await ask(`/plans/${patient}`)).statusCode).toBe(200)
  expect((await ask('/plans/nobody-of-that-name')).statusCode).toBe(404)
  expect((await ask('/health')).statusCode).toBe(200)
  expect((await ask('/ready')).statusCode).toBe(200)

  const metrics = (await ask('/metrics')).body
  expect(metrics).toMatch(/secondwind_request_seconds_count\{route="plan.read",method="GET",status="2xx"\} 1/)
  expect(metrics).toMatch(/secondwind_request_seconds_count\{route="plan.read",method="GET",status="4xx"\} 1/)
  expect(metrics).toContain('secondwind_jobs{queue="replan",state="dead"} 0')
  // no name of a patient in what leaves for monitoring
  expect(metrics).not.toContain(patient)
  const spans = exporter.getFinishedSpans()
  expect(spans.map((s) => s.name)).toContain('plan.read')
  const failed = spans.find((s) => s.status.code === SpanStatusCode.ERROR)
  expect(failed?.status.message).toBe('not-found')
  expect(JSON.stringify(spans.map((s) => [s.name, s.attributes, s.status]))).not.toContain('nobody-of-that-name')

  const api = JSON.parse((await ask('/openapi.json')).body) as { paths: object }
  expect(Object.keys(api.paths)).toContain('/plans/{patient}')
  expect((await ask('/jobs')).json()).toMatchObject({ dead: [] })
})

test('who asks too often is told to wait, and others are not', { timeout: 60_000 }, async () => {
  const { ask, server } = await service({ requestsPerMinute: 10 })
  const statuses: number[] = []
  for (let i = 0; i < 12; i++) statuses.push((await ask('/knowledge')).statusCode)
  expect(statuses.slice(0, 10).every((s) => s === 200)).toBe(true)
  expect(statuses.slice(10)).toEqual([429, 429])
  const refused = await ask('/knowledge')
  expect(refused.json()).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ code: 'throttled' }] })
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  expect((await server.inject({ method: 'GET', url: '/health' })).statusCode).toBe(200)
})

test('a limit holds for addresses that are not there, for the sign-in, and for tokens that are made up', { timeout: 60_000 }, async () => {
  const times = async (n: number, one: (i: number) => Promise<{ statusCode: number }>): Promise<readonly number[]> => {
    const statuses: number[] = []
    for (let i = 0; i < n; i++) statuses.push((await one(i)).statusCode)
    return statuses
  }
  const limited = () => {
    const server = buildServer({
      routes: [
        { id: 'health', method: 'GET', path: '/health', rule: { open: 'a test' }, handle: async () => ({ status: 204 }) },
        { id: 'own', method: 'GET', path: '/own', rule: { interaction: 'read', about: 'own' }, handle: async () => ({ status: 204 }) },
      ],
      access: {
        identify: async ({ headers, requestId }) => {
          if (headers.authorization === undefined) return undefined
          if (headers.authorization !== 'Bearer good') throw new Refused([loginRequired()])
          return { requestId, who: 'Practitioner/x', role: 'x', site: 'x', purpose: 'TREAT' }
        },
        authorize: async () => ({ allowed: true }),
      },
      requestsPerMinute: 5,
      proxies: ['10.0.0.1'],
    })
    // as the embedded provider hangs its addresses into the server
    server.get('/beside', async () => 'fine')
    return server
  }
  const from = '10.0.0.1'
  const server = limited()
  expect(await times(7, (i) => server.inject({ method: 'GET', url: `/nothing-${i}`, remoteAddress: '10.0.0.7' }))).toEqual([
    404, 404, 404, 404, 404, 429, 429,
  ])
  expect(await times(7, () => server.inject({ method: 'GET', url: '/beside', remoteAddress: '10.0.0.8' }))).toEqual([
    200, 200, 200, 200, 200, 429, 429,
  ])
  const bad = (i: number) => ({ authorization: `Bearer bad-${i}` })
  expect(await times(7, (i) => server.inject({ method: 'GET', url: '/own', headers: bad(i), remoteAddress: '10.0.0.9' }))).toEqual([
    401, 401, 401, 401, 401, 429, 429,
  ])
  // whoever has signed in counts for themselves, and what a trusted proxy says of the address is believed
  const good = { authorization: 'Bearer good', 'x-forwarded-for': '192.0.2.1' }
  expect(await times(6, () => server.inject({ method: 'GET', url: '/own', headers: good, remoteAddress: from }))).toEqual([
    204, 204, 204, 204, 204, 429,
  ])
  const others = (i: number) => ({ ...bad(i), 'x-forwarded-for': '192.0.2.2' })
  expect((await times(6, (i) => server.inject({ method: 'GET', url: '/own', headers: others(i), remoteAddress: from }))).at(-1)).toBe(429)
  expect(await times(9, () => server.inject({ method: 'GET', url: '/health', remoteAddress: '10.0.0.9' }))).toEqual(Array(9).fill(204))
  // whoever is no proxy of ours cannot give itself another address
  const lied = (i: number) => ({ ...bad(i), 'x-forwarded-for': `192.0.2.${i}` })
  expect((await times(6, (i) => server.inject({ method: 'GET', url: '/own', headers: lied(i), remoteAddress: '10.0.0.10' }))).at(-1)).toBe(
    429,
  )
  await server.close()
})

test.each([
  ['10.0.0.1', true],
  ['10.0.0.0/8, ::1', true],
  ['', true],
  ['everybody', false],
  ['10.0.0.0/99', false],
])('SECONDWIND_PROXIES=%s', (value, isFine) => {
  expect(readServeConfig({ SECONDWIND_PROXIES: value }).ok).toBe(isFine)
})
