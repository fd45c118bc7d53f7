import fs from 'node:fs'
import path from 'node:path'
import { manifestProblems, readManifest, releaseFolders } from '@secondwind/compiler'
import type { KnowledgeBase } from '@secondwind/core'
import { json, type Route } from '../api/index.ts'
import type { FactCatalogue } from '../contract/index.ts'
import { Refused, refusal } from '../issue.ts'
import { queryOf } from '../plans/requests.ts'
import { type Database, patientsIn } from '../store/index.ts'

export interface KnowledgeRoutesConfig {
  readonly knowledge: () => KnowledgeBase
  /** The folder of the kept releases. */
  readonly releases: string
  readonly database: Database
}

/** Releases of the knowledge: which one is applied, which are kept and whole, and whose plans each one changed. */
export function knowledgeRoutes({ knowledge, releases, database }: KnowledgeRoutesConfig): readonly Route[] {
  const applied: Route = {
    id: 'knowledge.applied',
    method: 'GET',
    path: '/knowledge',
    rule: { interaction: 'read', about: 'knowledge' },
    summary: 'The release of the knowledge that plans are made with',
    handle: (request) => {
      queryOf(request.query, [])
      const { version, digest, options, safety, alerts, facts, sources } = knowledge()
      return Promise.resolve(
        json({
          version,
          digest,
          counts: {
            facts: facts.length,
            options: options.length,
            safety: safety.length,
            alerts: alerts.length,
            sources: Object.keys(sources).length,
          },
        }),
      )
    },
  }
  const facts: Route = {
    id: 'knowledge.facts',
    method: 'GET',
    path: '/knowledge/facts',
    rule: { interaction: 'read', about: 'knowledge' },
    summary: 'Every fact that a plan can rest on, with its label, unit, values and freshness, and the units in which it may be shown',
    handle: (request) => {
      queryOf(request.query, [])
      const { digest, facts: all, terminology } = knowledge()
      const etag = `"facts-${digest}"`
      if (request.headers['if-none-match'] === etag) return Promise.resolve({ status: 304, headers: { etag } })
      const { units } = (terminology.units ?? {}) as { units?: FactCatalogue['units'] }
      const catalogue: FactCatalogue = { digest, facts: all, units: units ?? {} }
      return Promise.resolve({ ...json(catalogue), headers: { etag } })
    },
  }
  const kept: Route = {
    id: 'knowledge.releases',
    method: 'GET',
    path: '/knowledge/releases',
    rule: { interaction: 'read', about: 'knowledge' },
    summary: 'The releases that are kept, oldest first, each with what is wrong with it, if anything',
    handle: (request) => {
      queryOf(request.query, [])
      const { digest } = knowledge()
      return Promise.resolve(
        json(
          releaseFolders(releases).map((folder) => {
            const manifest = readManifest(folder)
            return {
              version: path.basename(folder),
              ...(manifest ? { digest: manifest.digest, isApplied: manifest.digest === digest } : { isApplied: false }),
              problems: manifestProblems(folder).map(({ message, remedy }) => ({ message, remedy })),
            }
          }),
        ),
      )
    },
  }
  const one: Route = {
    id: 'knowledge.release',
    method: 'GET',
    path: '/knowledge/releases/:version',
    rule: { interaction: 'read', about: 'knowledge', idFrom: 'version' },
    summary: 'The manifest of one release, and its notes',
    handle: (request) => {
      queryOf(request.query, [])
      const folder = releaseFolders(releases).find((name) => path.basename(name) === request.params.version)
      const manifest = folder === undefined ? undefined : readManifest(folder)
      if (folder === undefined || manifest === undefined)
        throw new Refused([refusal('not-found', 'version', 'no such release is kept here', 'GET /knowledge/releases lists them')])
      const notes = path.join(folder, 'README.md')
      return Promise.resolve(json({ manifest, notes: fs.existsSync(notes) ? fs.readFileSync(notes, 'utf8') : '' }))
    },
  }
  const impact: Route = {
    id: 'knowledge.impact',
    method: 'GET',
    path: '/knowledge/releases/:version/impact',
    rule: { interaction: 'search', about: 'worklist', idFrom: 'version' },
    summary: 'How many plans this release changed when it was taken up, and how many of them still wait to be looked at',
    handle: async (request) => {
      queryOf(request.query, [])
      const folder = releaseFolders(releases).find((name) => path.basename(name) === request.params.version)
      const digest = folder === undefined ? undefined : readManifest(folder)?.digest
      const wanted = digest ?? (request.params.version === knowledge().version ? knowledge().digest : undefined)
      if (wanted === undefined)
        throw new Refused([refusal('not-found', 'version', 'no such release is kept here', 'GET /knowledge/releases lists them')])
      const sight = await request.authorize({ interaction: 'search', type: 'worklist' })
      const values: unknown[] = [wanted]
      const reach = patientsIn(sight.within, 'plan_change.patient', (value) => `$${values.push(value)}`)
      const rows = await database.query<{ priority: number; plans: number; open: number }>(
        `select priority, count(distinct patient) as plans, count(distinct patient) filter (where handled_at is null) as open
         from plan_change where cause = 'release' and knowledge_digest = $1 and ${reach}
         group by priority order by priority`,
        values,
      )
      return json({ version: request.params.version, digest: wanted, byPriority: rows, worklist: '/worklists/changed' })
    },
  }
  return [applied, facts, kept, one, impact]
}
