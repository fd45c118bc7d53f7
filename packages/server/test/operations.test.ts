import { SpanStatusCode, trace } from '@opentelemetry/api'
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node'
import { afterAll, expect, test } from 'vitest'
import { singleUser } from '../src/api/single-user.ts'
import { openKnowledge } from '../src/compose.ts'
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
