import type { KnowledgeBase } from '@secondwind/core'
import type { FastifyInstance } from 'fastify'
import { type Access, buildServer, DENY, type LogEntry, type Route } from './api/index.ts'
import { type Calm, calmness } from './calm.ts'
import { caseProjection } from './case-projection.ts'
import { software } from './compose.ts'
import { fhirRoutes } from './fhir-api/index.ts'
import { healthRoutes } from './health.ts'
import { sqlState } from './store/database.ts'
import { openStore, type Store, type StoreConfig, type StoreHooks } from './store/index.ts'

/** Milliseconds that working out cases is put off at most while requests keep coming. */
const PUT_OFF = 10_000

/** Everything that a server is made of. The one place where store, access, clock and knowledge meet. */
export interface Composition {
  readonly database: StoreConfig['database']
  readonly knowledge: KnowledgeBase
  readonly access?: Access
  /** Where instants come from; without it the clock of the database. */
  readonly clock?: () => Date
  readonly hooks?: StoreHooks
  readonly publicUrl?: string
  readonly bodyLimit?: number
  readonly requestsPerMinute?: number
  readonly proxies?: readonly string[]
  /** Origins of pages that may call this server from a browser, beside its own. */
  readonly origins?: readonly string[]
  /** People and programs sign in with SMART on FHIR. */
  readonly isSmart?: boolean
  readonly log?: (entry: LogEntry) => void
  readonly tell?: (text: string) => void
  /** The routes of other parts: plans, hooks, jobs, login. */
  readonly routes?: (parts: Parts) => readonly Route[]
}

/** What other parts build their routes on. */
export interface Parts {
  readonly store: Store
  readonly knowledge: KnowledgeBase
  readonly clock: () => Date
}

export interface Serving {
  readonly store: Store
  readonly server: FastifyInstance
  readonly routes: readonly Route[]
  /** When there is time for what nobody waits for. */
  readonly calm: Calm
  /** Stops taking requests, finishes those under way, then closes the store. */
  close(): Promise<void>
}

export async function composeServer(composition: Composition): Promise<Serving> {
  const { database, knowledge, access = DENY, clock, hooks, tell, log, publicUrl, bodyLimit, requestsPerMinute, proxies } = composition
  const { origins = [], isSmart = false } = composition
  const store = await openStore({
    database,
    projection: caseProjection(knowledge),
    areCasesLater: true,
    ...(clock === undefined ? {} : { clock }),
    ...(hooks === undefined ? {} : { hooks }),
    ...(tell === undefined ? {} : { tell }),
  })
  const now = clock ?? (() => new Date())
  const fhir = fhirRoutes({ store, software, startedAt: now().toISOString(), isOpenToOrigins: origins.length > 0, isSmart })
  const routes = [...healthRoutes(store), ...fhir, ...(composition.routes?.({ store, knowledge, clock: now }) ?? [])]
  const calm = calmness()
  const server = buildServer({
    routes,
    access,
    origins,
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(bodyLimit === undefined ? {} : { bodyLimit }),
    ...(log === undefined ? {} : { log }),
    ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }),
    ...(proxies === undefined ? {} : { proxies }),
  })
  server.addHook('onRequest', async () => calm.heard())
  server.addHook('onResponse', async () => calm.heard())
  // a failure is that of the next hour: nothing depends on it
  const sweeping = setInterval(() => void store.sweep().catch(() => {}), 3_600_000)
  sweeping.unref()
  // cases of the charts that were written, and those that another process left
  let working: Promise<unknown> | undefined
  const catchingUp = setInterval(() => {
    working ??= store
      .catchUp(calm.waiter(PUT_OFF))
      // it is tried again in a second; the words of the database may quote a chart, its code does not
      .catch((error: unknown) => tell?.(`cases: not worked out (${sqlState(error) ?? (error instanceof Error ? error.name : 'unknown')})`))
      .finally(() => {
        working = undefined
      })
  }, 1000)
  catchingUp.unref()
  return {
    store,
    server,
    routes,
    calm,
    close: async () => {
      clearInterval(sweeping)
      clearInterval(catchingUp)
      await server.close()
      await working
      await store.close()
    },
  }
}
