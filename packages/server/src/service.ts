import path from 'node:path'
import { auditSearchRoutes } from './access/audit/search.ts'
import { accessRoutes, auditHooks, type Identify, openAccess, startSealer } from './access/index.ts'
import { CDS_CLIENT_SCOPE } from './access/scopes.ts'
import { type Access, contextOf, type Route } from './api/index.ts'
import { openApi } from './api/openapi.ts'
import { JSON_TYPE } from './api/route.ts'
import { boardRoutes } from './board/index.ts'
import { cardLog, cdsRoutes, fhirFetch } from './cds-hooks/index.ts'
import { chartRoutes, type SmartServer } from './charts/index.ts'
import { knowledgeRoot, PROJECT, software, today } from './compose.ts'
import { type Composition, composeServer, type Serving } from './compose-server.ts'
import { type DemoLoading, demoRoutes } from './demo/progress.ts'
import { startJobs } from './jobs/index.ts'
import { jobRoutes } from './jobs/routes.ts'
import { knowledgePages } from './knowledge-api/page-routes.ts'
import { knowledgeRoutes } from './knowledge-api/routes.ts'
import { type Metrics, metricsOf } from './metrics.ts'
import { networkCounts, networkRoutes } from './network/index.ts'
import { OPERATIONS } from './openapi/index.ts'
import { ownPlanRoutes, type SitePhones } from './own-plan/index.ts'
import { plannerRoutes } from './planner-parts/index.ts'
import { planMaker, planRoutes, streamRoutes } from './plans/index.ts'
import { planSchema } from './plans/schema.ts'
import { hiddenFrom, withheld } from './plans/withhold.ts'
import { timelineRoutes } from './timeline/routes.ts'
import { startWorkspace, workspaceRoutes } from './workspace/index.ts'

export interface ServiceConfig extends Omit<Composition, 'access' | 'hooks' | 'routes'> {
  /** Who sends a request; and, for trying out alone, an access of its own instead of the table. */
  readonly sign: { readonly identify: Identify } | { readonly access: Access }
  /** FHIR servers from which CDS Hooks may read and charts may be pulled; those at which people sign in to pull one. */
  readonly fhirServers?: readonly string[]
  readonly smartServers?: readonly SmartServer[]
  /** The numbers that patients call, by site. */
  readonly phones?: SitePhones
  /** Routes that come with the way of signing in. */
  readonly signInRoutes?: readonly Route[]
  /** Where the server is filled with invented patients: how far that is. */
  readonly demo?: DemoLoading
}

/** The whole service: FHIR API, plans, CDS Hooks, knowledge, access and audit, and the jobs behind them. One process of it, or many on one PostgreSQL. */
export async function startService(config: ServiceConfig): Promise<Serving> {
  const { knowledge, sign, fhirServers = [], smartServers = [], phones = new Map(), signInRoutes = [], tell = () => {} } = config
  const clock = config.clock ?? (() => new Date())
  const maker = planMaker(knowledge)
  const fetch = fhirFetch(fhirServers)
  let access: Access | undefined
  let metrics: Metrics | undefined
  const later: Access = {
    identify: (credentials) => access!.identify(credentials),
    authorize: (context, action, on) => access!.authorize(context, action, on),
    onRead: (context, action, seen) => access!.onRead!(context, action, seen),
    onRefusal: (context, action, issue) => access!.onRefusal!(context, action, issue),
  }
  const { log } = config
  const serving = await composeServer({
    ...config,
    log: (entry) => {
      metrics?.observe(entry)
      log?.(entry)
    },
    access: later,
    hooks: auditHooks,
    routes: ({ store }) => {
      metrics = metricsOf(store.database, () => jobs)
      const routes: Route[] = [
        ...planRoutes({ store, maker: () => maker, today, now: clock }),
        ...plannerRoutes({ store, maker: () => maker, today }),
        ...streamRoutes(store.database),
        ...chartRoutes({ store, maker: () => maker, today, now: clock, servers: fhirServers, smartServers }),
        ...workspaceRoutes({ store, knowledge: () => knowledge, today, now: clock }),
        ...networkRoutes(networkCounts(store.database, () => knowledge, today, clock)),
        ...ownPlanRoutes({ store, maker: () => maker, today, now: clock, phones }),
        ...timelineRoutes({ store, maker: () => maker, today }),
        ...knowledgeRoutes({ knowledge: () => knowledge, releases: path.join(PROJECT, 'releases'), database: store.database }),
        ...knowledgePages({
          knowledge: () => knowledge,
          releases: path.join(PROJECT, 'releases'),
          root: knowledgeRoot(),
          database: store.database,
          today,
          now: clock,
        }),
        ...cdsRoutes({
          surroundings: () => ({ knowledge, today: today(), ...(fetch ? { fetch } : {}) }),
          ownChart: async (request, patient) => {
            // a CDS client that signs its own tokens sends the chart, or says where it is: it opens none of ours
            if (contextOf(request).scopes?.includes(CDS_CLIENT_SCOPE) === true) return undefined
            const sight = await request.authorize({ interaction: 'read', type: 'plan', patient })
            const { resources } = await store.chart(patient)
            await request.seen({ interaction: 'read', type: 'plan', patient }, resources)
            if (resources.length === 0) return undefined
            const hidden = hiddenFrom(sight, resources)
            return { resources: resources.map(({ body }) => JSON.parse(body!)), shown: (plan) => withheld(plan, hidden) }
          },
          log: cardLog(store.database),
          now: clock,
        }),
        ...accessRoutes(store.database, clock),
        ...auditSearchRoutes(store.database),
        ...boardRoutes({ store, maker: () => maker, today, now: clock, phones }),
        ...jobRoutes(() => jobs),
        metrics.route,
        ...signInRoutes,
        ...(config.demo === undefined ? [] : demoRoutes(store.database, config.demo)),
      ]
      const described: Route = {
        id: 'openapi',
        method: 'GET',
        path: '/openapi.json',
        rule: { open: 'describes the addresses of this server, and nothing of any patient' },
        summary: 'This document',
        handle: () =>
          Promise.resolve({
            status: 200,
            contentType: JSON_TYPE,
            body: JSON.stringify(
              openApi(serving.routes, {
                version: software,
                schemas: { 'plan-document.schema.json': planSchema() },
                operations: OPERATIONS,
              }),
            ),
          }),
      }
      return [...routes, described]
    },
  })
  const { store } = serving
  const table = openAccess({
    database: store.database,
    identify: 'identify' in sign ? sign.identify : sign.access.identify,
    now: clock,
  })
  access = 'identify' in sign ? table : { ...table, authorize: sign.access.authorize }
  const sealer = startSealer(store.database, tell)
  const jobs = await startJobs({ store, maker: () => maker, today, now: clock, tell, calm: serving.calm })
  const workspace = startWorkspace({ store, maker: () => maker, today, now: clock, tell })
  return {
    ...serving,
    close: async () => {
      await serving.server.close()
      await workspace.stop()
      await jobs.stop()
      await sealer.stop()
      await serving.close()
    },
  }
}
