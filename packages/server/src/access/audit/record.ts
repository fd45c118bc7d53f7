import type { Queries } from '../../store/index.ts'
import { type AuditEntry, auditEvent } from './event.ts'

/** Keeps events. In an open transaction they are kept with what they tell of, or not at all. */
export async function recordAudit(db: Queries, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return
  await db.query(
    `insert into audit_event (recorded_at, who, patient, patients, body)
     select t, w, p, string_to_array(m, ' '), b from unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::text[]) as e(t, w, p, m, b)`,
    [
      entries.map((e) => e.recordedAt),
      entries.map((e) => e.who),
      entries.map((e) => e.patient ?? null),
      // an id holds no blank
      entries.map((e) => e.patients?.join(' ') ?? null),
      entries.map((e) => JSON.stringify(auditEvent(e))),
    ],
  )
}
