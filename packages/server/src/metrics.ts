import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { LogEntry, Route } from './api/index.ts'
import type { Jobs } from './jobs/index.ts'
import { queryOf } from './plans/requests.ts'
import type { Database } from './store/index.ts'

export interface Metrics {
  observe(entry: LogEntry): void
  readonly route: Route
}

/** What Prometheus reads: times and outcomes by route, jobs that wait or are dead, events that are not sealed yet, and the process. Nothing of a patient. */
export function metricsOf(database: Database, jobs: () => Jobs): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const requests = new Histogram({
    name: 'secondwind_request_seconds',
    help: 'Seconds from request to answer, by route, method and class of status',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  })
  new Gauge({
    name: 'secondwind_jobs',
    help: 'Jobs by queue and state',
    labelNames: ['queue', 'state'],
    registers: [registry],
    async collect() {
      for (const { queue, waiting, running, dead } of await jobs().states()) {
        this.set({ queue, state: 'waiting' }, waiting)
        this.set({ queue, state: 'running' }, running)
        this.set({ queue, state: 'dead' }, dead)
      }
    },
  })
  new Gauge({
    name: 'secondwind_outbox',
    help: 'Changed charts of which no job has heard yet',
    registers: [registry],
    async collect() {
      const [row] = await database.query<{ n: number }>('select count(*) as n from outbox')
      this.set(row?.n ?? 0)
    },
  })
  new Gauge({
    name: 'secondwind_cases_due',
    help: 'Case snapshots that are still to be worked out, by the release of the knowledge with which that is done',
    labelNames: ['release'],
    registers: [registry],
    async collect() {
      this.reset()
      for (const { release, due } of await database.query<{ release: string | null; due: number }>(
        'select release, due::int as due from case_state',
      ))
        this.set({ release: release ?? 'unknown' }, due)
    },
  })
  new Gauge({
    name: 'secondwind_audit_unsealed',
    help: 'Events of the audit log that are not in its chain yet',
    registers: [registry],
    async collect() {
      const [row] = await database.query<{ n: number }>(
        'select (select coalesce(max(seq), 0) from audit_event) - (select coalesce(max(event), 0) from audit_link) as n',
      )
      this.set(Math.max(0, row?.n ?? 0))
    },
  })
  return {
    observe: ({ route, method, status, milliseconds }) =>
      requests.observe({ route, method, status: `${Math.floor(status / 100)}xx` }, milliseconds / 1000),
    route: {
      id: 'metrics',
      method: 'GET',
      path: '/metrics',
      rule: { interaction: 'read', about: 'metrics' },
      summary: 'Metrics for Prometheus',
      handle: async (request) => {
        queryOf(request.query, [])
        return { status: 200, body: await registry.metrics(), contentType: registry.contentType }
      },
    },
  }
}
