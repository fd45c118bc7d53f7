import type { InjectOptions } from 'fastify'
import type { Route } from '../../src/api/index.ts'
import { singleUser } from '../../src/api/single-user.ts'
import { openKnowledge } from '../../src/compose.ts'
import { startService } from '../../src/service.ts'
import { exampleChart, recordChart } from '../store/charts.ts'
import { runRandom } from './random.ts'

/**
 * `node packages/server/test/fuzz/routes.ts [REQUESTS [SEED]]`: malformed requests on every route of the whole service.
 * No request may end with 5xx, hang, tell anything of how the server is made, or show a patient to whoever has no token.
 */
const TOKEN = 'a-token-for-the-fuzzer'
const SECRET = 'Zzyzx-Unmistakable'
const PATIENCE_MS = 15_000

export interface RouteFuzz {
  readonly done: number
  readonly byStatus: { readonly [status: string]: number }
  readonly faults: readonly string[]
  readonly slowestMs: number
  readonly slowest: string
}

export async function fuzzRoutes(requests: number, seed: number): Promise<RouteFuzz> {
  const { access } = singleUser('north', TOKEN)
  const service = await startService({ database: { memory: true }, knowledge: openKnowledge().knowledge, sign: { access } })
  const { store, server, routes } = service
  try {
    const patient = await recordChart(store, 'squamous-pdl1-0')
    await store.commit({ who: 'Device/test', site: 'north' }, [
      { kind: 'update', resource: { resourceType: 'Patient', id: 'secret', name: [{ family: SECRET }] } },
    ])
    const { next } = runRandom(seed, 0)
    const maker = requestMaker(next, patient, routes)
    const byStatus: Record<string, number> = {}
    const faults: string[] = []
    let slowestMs = 0
    let slowest = ''
    for (let i = 0; i < requests && faults.length < 20; i++) {
      const { route, isSigned, ...request } = maker()
      const started = performance.now()
      let timer: NodeJS.Timeout | undefined
      const answer = await Promise.race([
        server.inject(request as InjectOptions).catch((error: Error) => ({ statusCode: -1, body: error.message })),
        new Promise<{ statusCode: number; body: string }>((resolve) => {
          timer = setTimeout(() => resolve({ statusCode: 0, body: '' }), PATIENCE_MS)
        }),
      ])
      clearTimeout(timer)
      const took = performance.now() - started
      if (took > slowestMs) {
        slowestMs = took
        slowest = `${request.method} ${request.url.slice(0, 120)} (run ${i})`
      }
      const { statusCode, body } = answer as { statusCode: number; body: string }
      byStatus[statusCode] = (byStatus[statusCode] ?? 0) + 1
      const say = (what: string): void =>
        void faults.push(
          `${what}: run ${i}, seed ${seed}: ${request.method} ${String(request.url).slice(0, 300)} ${JSON.stringify(request.payload ?? '').slice(0, 500)} -> ${statusCode} ${body.slice(0, 300)}`,
        )
      if (statusCode === 0) say('hangs')
      // a request that HTTP itself refuses never comes to the server
      else if (statusCode >= 500) say('5xx')
      else if (/node_modules|\.ts:\d+|\bat [A-Za-z.]+ \(|syntax error at|relation "/.test(body)) say('tells how it is made')
      else if (!isSigned && !('open' in route.rule) && (statusCode < 400 || body.includes(SECRET))) say('open to nobody')
    }
    return { done: Object.values(byStatus).reduce((a, b) => a + b, 0), byStatus, faults, slowestMs, slowest }
  } finally {
    await service.close()
  }
}

const NASTY = [
  '',
  ' ',
  '0',
  '-1',
  '1e309',
  'null',
  'undefined',
  'NaN',
  '__proto__',
  'constructor',
  "' or 1=1 --",
  "'; drop table chart_version; --",
  '<script>alert(1)</script>',
  '../../etc/passwd',
  '%00',
  '%',
  '%ff%fe',
  '\u0000',
  '\ud800',
  '𝕏'.repeat(40),
  'a'.repeat(5000),
  'Patient/secret',
  '*',
  '$everything',
  '_history',
  '2026-13-45',
  '9999999999999999999',
  'ge2026',
  '{"a":1}',
  '[]',
  'true',
  '|',
  'http://x|y',
  ',',
  ',,,',
  '\\',
  '\\,',
  'eq',
  'Observation',
  'NoSuchType',
]
const PARAMETERS = [
  '_id',
  '_count',
  '_sort',
  '_include',
  '_revinclude',
  '_lastUpdated',
  '_has:Observation:patient:code',
  'patient',
  'subject',
  'subject.name',
  'code',
  'date',
  'status',
  'name',
  'name:exact',
  'identifier',
  '_format',
  '_elements',
  '_summary',
  '_total',
  '_cursor',
  'asOf',
  'knownAt',
  'format',
  'cursor',
  'site',
  'since',
  'after',
  '_since',
  '_type',
  '_at',
  'gender:missing',
  'code:in',
  'value-quantity',
  'nothing',
]
const HEADERS = [
  'if-match',
  'if-none-match',
  'if-none-exist',
  'prefer',
  'accept',
  'x-request-id',
  'idempotency-key',
  'last-event-id',
  'if-modified-since',
  'content-encoding',
  'range',
  'x-forwarded-for',
  'x-forwarded-host',
]
const CONTENT = [
  'application/json',
  'application/fhir+json',
  'application/json-patch+json',
  'application/fhir+ndjson',
  'text/plain',
  'application/x-www-form-urlencoded',
  'text/xml',
  'nonsense',
  '',
]

function requestMaker(next: () => number, patient: string, routes: readonly Route[]) {
  const below = (n: number): number => Math.floor(next() * n)
  const pick = <T>(of: readonly T[]): T => of[below(of.length)]!
  const chart = exampleChart('squamous-pdl1-0').resources
  const word = (): string => (next() < 0.5 ? pick(NASTY) : pick([patient, 'secret', 'Patient', 'Observation', '1', '2026-11-23', 'x']))
  const value = (depth: number): unknown => {
    switch (below(depth > 0 ? 8 : 6)) {
      case 0:
        return pick(NASTY)
      case 1:
        return next() * 1e6 - 5e5
      case 2:
        return null
      case 3:
        return next() < 0.5
      case 4:
        return word()
      case 5:
        return [Number.MAX_VALUE, -0, Number.MAX_SAFE_INTEGER][below(3)]
      case 6:
        return Array.from({ length: below(4) }, () => value(depth - 1))
      default:
        return Object.fromEntries(
          Array.from({ length: below(5) }, () => [
            pick([
              'resourceType',
              'id',
              'meta',
              'entry',
              'set',
              'context',
              'hook',
              'feedback',
              'subject',
              'code',
              'reference',
              pick(NASTY),
            ]),
            value(depth - 1),
          ]),
        )
    }
  }
  /** A resource of the example with something broken in it. */
  const broken = (): unknown => {
    const resource = JSON.parse(JSON.stringify(pick(chart))) as Record<string, unknown>
    for (let i = below(3) + 1; i > 0; i--)
      resource[pick([...Object.keys(resource), 'meta', 'subject', 'contained', 'extension'])] = value(3)
    return resource
  }
  const bundle = (): unknown => ({
    resourceType: 'Bundle',
    type: pick(['transaction', 'batch', 'collection', word()]),
    entry: Array.from({ length: below(4) }, () => ({
      ...(next() < 0.3 ? { fullUrl: pick(['urn:uuid:1', word()]) } : {}),
      resource: next() < 0.8 ? broken() : value(2),
      request: {
        method: pick(['PUT', 'POST', 'DELETE', 'PATCH', 'GET', word()]),
        url: pick([`Observation/${word()}`, 'Observation', `Patient?name=${word()}`, word()]),
        ...(next() < 0.3 ? { ifMatch: word(), ifNoneExist: word() } : {}),
      },
    })),
  })
  const hook = (): unknown => ({
    hook: pick(['patient-view', 'order-select', 'order-sign', word()]),
    hookInstance: word(),
    ...(next() < 0.3 ? { fhirServer: word(), fhirAuthorization: value(2) } : {}),
    context:
      next() < 0.7
        ? { userId: 'Practitioner/1', patientId: patient, selections: value(1), draftOrders: next() < 0.5 ? bundle() : value(2) }
        : value(2),
    prefetch: next() < 0.5 ? { patient: broken(), conditions: bundle() } : value(3),
  })
  const body = (): string => {
    const made = pick([broken, bundle, hook, () => value(4), () => value(4)])()
    const text = JSON.stringify(made) ?? ''
    if (next() < 0.12) return text.slice(0, below(text.length + 1))
    if (next() < 0.03) return '['.repeat(20_000)
    return text
  }
  return () => {
    const route = pick(routes)
    const path = route.path.replace(/:([A-Za-z]+)(\([^)]*\))?/g, (_all, name: string) =>
      encoded(
        name === 'patient'
          ? pick([patient, patient, word()])
          : name === 'type'
            ? pick(['Patient', 'Observation', 'Condition', word()])
            : name === 'service'
              ? pick(['second-wind-order-sign', 'second-wind-patient-view', word()])
              : word(),
      ).replace(/^$/, '_'),
    )
    const query = Array.from(
      { length: next() < 0.6 ? below(4) : 0 },
      () => `${encodeURIComponent(pick(PARAMETERS))}=${next() < 0.9 ? encoded(word()) : word()}`,
    ).join('&')
    const isSigned = next() < 0.85
    const hasBody = route.method !== 'GET' || next() < 0.05
    const type = next() < 0.8 ? 'application/json' : pick(CONTENT)
    const headers: Record<string, string> = {
      ...(isSigned
        ? { authorization: `Bearer ${TOKEN}` }
        : next() < 0.5
          ? { authorization: pick(['Bearer x', 'Bearer ', 'Basic eDp5', 'x'.repeat(300)]) }
          : {}),
      ...(hasBody && type !== '' ? { 'content-type': type } : {}),
      ...(next() < 0.3 ? { [pick(HEADERS)]: asciiOf(word()) } : {}),
    }
    // a stream has no end: it is begun, not waited for
    const isStream = route.id === 'plan.changes'
    return {
      route,
      isSigned: isSigned && !isStream,
      method: next() < 0.95 ? route.method : pick(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const),
      url: `${path}${query === '' ? '' : `?${query}`}`,
      headers: isStream ? {} : headers,
      ...(hasBody ? { payload: body() } : {}),
    }
  }
}

const encoded = (text: string): string => encodeURIComponent(text.toWellFormed())
/** What a header may hold: HTTP itself refuses the rest. */
const asciiOf = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 2000)

if (process.argv[1] === import.meta.filename) {
  const [requests = 100_000, seed = 20261123] = process.argv.slice(2).map(Number)
  const started = performance.now()
  const { done, byStatus, faults, slowestMs, slowest } = await fuzzRoutes(requests, seed)
  const seconds = (performance.now() - started) / 1000
  const statuses = Object.entries(byStatus).map(([status, n]) => `${n} x ${status}`)
  console.log(`${done} requests in ${seconds.toFixed(0)} s; ${statuses.join(', ')}; slowest ${slowestMs.toFixed(0)} ms: ${slowest}`)
  for (const fault of faults) console.log(fault)
  console.log(`${done - faults.length} passed, ${faults.length} failed`)
  process.exitCode = faults.length > 0 || done < requests ? 1 : 0
}
