import zlib from 'node:zlib'
import type { PlanDocument } from '@secondwind/core'
import type { Queries } from '../store/index.ts'
import type { MadePlan } from './plan-maker.ts'

export type ChangeCause = 'first' | 'data' | 'release' | 'calendar'

/** The newest plan that was made of a patient. */
export interface KeptPlan {
  readonly revision: number
  readonly asOf: string
  readonly knowledgeDigest: string
  readonly digest: string
  readonly document: PlanDocument
}

/** One difference, as a worklist shows it. */
export interface ShownChange {
  readonly kind: string
  readonly subject: string
  readonly before?: string
  readonly after?: string
}

export async function readPlanState(db: Queries, patient: string): Promise<KeptPlan | undefined> {
  const [row] = await db.query<{
    revision: number
    as_of: string
    knowledge_digest: string
    document_digest: string
    document: Uint8Array
  }>('select revision, as_of, knowledge_digest, document_digest, document from plan_state where patient = $1', [patient])
  if (row === undefined) return undefined
  return {
    revision: row.revision,
    asOf: row.as_of,
    knowledgeDigest: row.knowledge_digest,
    digest: row.document_digest,
    document: JSON.parse(zlib.gunzipSync(row.document).toString('utf8')) as PlanDocument,
  }
}

/** Puts a plan in place of the one that stands. An older revision never takes the place of a newer one: gives false then. */
export async function writePlanState(
  db: Queries,
  patient: string,
  site: string,
  revision: number,
  { document, text, digest }: MadePlan,
  plannedAt: string,
): Promise<boolean> {
  const first = document.options[0]
  const count = (urgency: string): number => document.alerts.filter((a) => a.urgency === urgency).length
  const rows = await db.query(
    `insert into plan_state (patient, site, revision, as_of, knowledge_version, knowledge_digest, planned_at, document_digest, document, status, story,
       first_option, first_title, first_standing, emergencies, urgent_alerts, tests_before_treatment, alerts, tests)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
     on conflict (patient) do update set
       site = excluded.site, revision = excluded.revision, as_of = excluded.as_of, knowledge_version = excluded.knowledge_version,
       knowledge_digest = excluded.knowledge_digest, planned_at = excluded.planned_at, document_digest = excluded.document_digest,
       document = excluded.document, status = excluded.status, story = excluded.story, first_option = excluded.first_option,
       first_title = excluded.first_title, first_standing = excluded.first_standing, emergencies = excluded.emergencies,
       urgent_alerts = excluded.urgent_alerts, tests_before_treatment = excluded.tests_before_treatment, alerts = excluded.alerts, tests = excluded.tests
     where plan_state.revision <= excluded.revision
     returning patient`,
    [
      patient,
      site,
      revision,
      document.asOf,
      document.knowledge.version,
      document.knowledge.digest,
      plannedAt,
      digest,
      zlib.gzipSync(text, { level: 4 }),
      document.status,
      document.case.story,
      first?.id ?? null,
      first?.title ?? null,
      first?.standing ?? null,
      count('emergency'),
      count('urgent'),
      document.tests.filter((t) => t.before !== undefined).length,
      JSON.stringify(
        document.alerts.map(({ id, urgency, title, suspected }) => ({ id, urgency, title, ...(suspected ? { suspected } : {}) })),
      ),
      JSON.stringify(document.tests.map(({ id, title, urgency, before }) => ({ id, title, urgency, ...(before ? { before } : {}) }))),
    ],
  )
  return rows.length > 0
}

export async function recordChange(
  db: Queries,
  change: {
    readonly patient: string
    readonly site: string
    readonly at: string
    readonly revision: number
    readonly knowledgeDigest: string
    readonly cause: ChangeCause
    readonly priority: 1 | 2 | 3
    readonly changes: readonly ShownChange[]
  },
): Promise<void> {
  await db.query(
    'insert into plan_change (patient, site, at, revision, knowledge_digest, cause, priority, changes) values ($1, $2, $3, $4, $5, $6, $7, $8)',
    [
      change.patient,
      change.site,
      change.at,
      change.revision,
      change.knowledgeDigest,
      change.cause,
      change.priority,
      JSON.stringify(change.changes),
    ],
  )
}
