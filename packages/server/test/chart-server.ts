import type { FastifyInstance } from 'fastify'
import { type Access, buildServer } from '../src/api/index.ts'
import { chartRoutes } from '../src/charts/index.ts'
import { openKnowledge } from '../src/compose.ts'
import type { CaseView } from '../src/contract/charts.ts'
import { planMaker, planRoutes } from '../src/plans/index.ts'
import { openStore, type Store } from '../src/store/index.ts'

export const { knowledge } = openKnowledge()
export const TODAY = '2026-11-23'

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

export const headers = { authorization: 'Bearer Practitioner/1' }

/** Charts and plans over a store in memory, as `Practitioner/1` uses them. `servers`: where charts may be pulled from. */
export async function openCharts(servers: readonly string[] = []) {
  const store: Store = await openStore({ database: { memory: true } })
  const maker = planMaker(knowledge)
  const parts = { store, maker: () => maker, today: () => TODAY, now: () => new Date() }
  const server: FastifyInstance = buildServer({
    routes: [...planRoutes(parts), ...chartRoutes({ ...parts, servers })],
    access: NAMED,
  })
  const caseOf = async (patient: string): Promise<CaseView> => (await server.inject({ url: `/charts/${patient}/case`, headers })).json()
  return {
    store,
    server,
    caseOf,
    sendText: (url: string, payload: string) =>
      server.inject({ method: 'POST', url, headers: { ...headers, 'content-type': 'text/plain' }, payload }),
    enter: async (patient: string, entry: object, revision?: number) =>
      server.inject({
        method: 'POST',
        url: `/charts/${patient}/facts`,
        headers: { ...headers, 'if-match': `W/"${revision ?? (await caseOf(patient)).revision}"` },
        payload: entry,
      }),
    undo: async (patient: string, entry: string, revision?: number) =>
      server.inject({
        method: 'POST',
        url: `/charts/${patient}/facts/${entry}/undo`,
        headers: { ...headers, 'if-match': `W/"${revision ?? (await caseOf(patient)).revision}"` },
      }),
    planFact: async (patient: string, fact: string): Promise<Record<string, unknown>> =>
      ((await server.inject({ url: `/plans/${patient}`, headers })).json() as { case: { facts: Record<string, Record<string, unknown>> } })
        .case.facts[fact]!,
    close: async (): Promise<void> => {
      await server.close()
      await store.close()
    },
  }
}
export type Charts = Awaited<ReturnType<typeof openCharts>>

export const issueOf = (answer: { json(): unknown }) => {
  const { issue } = answer.json() as { issue: { details: { text: string; coding: { code: string }[] } }[] }
  return { code: issue[0]!.details.coding[0]!.code, text: issue[0]!.details.text }
}
