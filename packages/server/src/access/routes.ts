import { Readable } from 'node:stream'
import { contextOf, json, orThrow, type Route } from '../api/index.ts'
import { queryOf } from '../plans/requests.ts'
import type { Database } from '../store/index.ts'
import { entryOf } from './audit/event.ts'
import { exportAudit, verifyAudit } from './audit/log.ts'
import { recordAudit } from './audit/record.ts'
import { breakGlass, brokenGlasses, openGlasses, reviewGlass } from './break-glass.ts'
import { POLICY } from './policy.ts'
import { isRole, ROLES } from './roles.ts'

const bodyOf = (body: unknown): { readonly [key: string]: unknown } =>
  typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as { readonly [key: string]: unknown }) : {}

/** Who am I, breaking the glass and looking after it, and the audit log. */
export function accessRoutes(db: Database, now: () => Date): readonly Route[] {
  const me: Route = {
    id: 'access.me',
    method: 'GET',
    path: '/me',
    rule: { open: 'tells whoever asks what is known of themselves, and nothing else' },
    summary: 'Who is signed in, in what role, from which site',
    handle: ({ context, query }) => {
      queryOf(query, [])
      if (!context) return Promise.resolve(json({ signedIn: false }))
      const { who, role, site, purpose, scopes } = context
      const may = isRole(role) ? POLICY[role] : []
      return Promise.resolve(
        json({ signedIn: true, who, role, site, purpose, ...(scopes ? { scopes } : {}), title: isRole(role) ? ROLES[role] : role, may }),
      )
    },
  }
  const shatter: Route = {
    id: 'access.break-glass',
    method: 'POST',
    path: '/break-glass',
    rule: { interaction: 'create', about: 'break-glass' },
    summary: 'Open one chart for an hour, with the reason; the privacy officer is told',
    handle: async (request) => {
      queryOf(request.query, [])
      const context = contextOf(request)
      const glass = orThrow(await breakGlass(db, context, bodyOf(request.body), now()))
      const action = { route: request.route.id, interaction: 'create' as const, type: 'break-glass', patient: glass.patient }
      await recordAudit(db, [entryOf({ ...context, purpose: 'BTG' }, action, now().toISOString(), [])])
      return json(glass, 201)
    },
  }
  const mine: Route = {
    id: 'access.open-glasses',
    method: 'GET',
    path: '/break-glass',
    rule: { interaction: 'read', about: 'break-glass' },
    summary: 'The charts that I have opened this way, while they are open',
    handle: async (request) => {
      queryOf(request.query, [])
      return json({ patients: await openGlasses(db, contextOf(request).who, now()) })
    },
  }
  const all: Route = {
    id: 'access.broken-glasses',
    method: 'GET',
    path: '/break-glass-reviews',
    rule: { interaction: 'search', about: 'break-glass-review' },
    summary: 'Every chart that was opened this way, those that nobody has reviewed first',
    handle: async (request) => {
      queryOf(request.query, [])
      return json({ items: await brokenGlasses(db) })
    },
  }
  const review: Route = {
    id: 'access.review-glass',
    method: 'POST',
    path: '/break-glass-reviews/:id',
    rule: { interaction: 'create', about: 'break-glass-review', idFrom: 'id' },
    summary: 'What the privacy officer found',
    handle: async (request) => {
      queryOf(request.query, [])
      const id = /^\d{1,15}$/.test(request.params.id!) ? Number(request.params.id) : 0
      orThrow(await reviewGlass(db, id, contextOf(request).who, bodyOf(request.body), now()))
      return { status: 204 }
    },
  }
  const log: Route = {
    id: 'audit.export',
    method: 'GET',
    path: '/audit',
    rule: { interaction: 'read', about: 'audit' },
    summary: 'The audit log as NDJSON of AuditEvent, oldest first',
    handle: (request) => {
      queryOf(request.query, [])
      return Promise.resolve({
        status: 200,
        contentType: 'application/fhir+ndjson; charset=utf-8',
        body: Readable.from(exportAudit(db), { objectMode: false }),
      })
    },
  }
  const verify: Route = {
    id: 'audit.verify',
    method: 'GET',
    path: '/audit/verdict',
    rule: { interaction: 'read', about: 'audit' },
    summary: 'Whether the audit log is whole',
    handle: async (request) => {
      queryOf(request.query, [])
      return json(await verifyAudit(db))
    },
  }
  return [me, shatter, mine, all, review, log, verify]
}
