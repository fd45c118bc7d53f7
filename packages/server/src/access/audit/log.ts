import { chainHash } from '../../store/hash.ts'
import type { Database, Queries } from '../../store/index.ts'
import { drainReserve } from './reserve.ts'

interface EventRow {
  readonly seq: number
  readonly recorded_at: string
  readonly who: string
  readonly patient: string | null
  /** Where several were seen together. */
  readonly patients: readonly string[] | null
  readonly body: string
}

/** By whom an event is found is part of what is sealed: nobody can be taken out of the answer to "who saw this patient". */
const linkHash = (prior: string, { seq, recorded_at, who, patient, patients, body }: EventRow): string =>
  chainHash([prior, String(seq), recorded_at, who, patient ?? '', body, ...(patients === null ? [] : [patients.join(' ')])])

/** Any number: what every sealer on this database waits for. */
const SEAL_LOCK = 20_261_124
/** Links added at a time. */
const SEAL_BATCH = 5000
/** A transaction that began this many events ago has ended: its events are there. `verify` finds any that are not. */
const LATE = 50_000

/** Whether more events may wait than one sealing takes. */
export const isFull = (sealed: number): boolean => sealed === SEAL_BATCH

/**
 * Adds the newest events to the chain. Gives how many. Sealers of several processes take turns. `late`: also looks through the events before the end of the
 * chain for any that came after later ones were sealed, because their transaction took longer; that look costs as much as some hundred writes.
 */
export function seal(db: Database, late = true): Promise<number> {
  return db.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1::bigint)', [SEAL_LOCK])
    await drainReserve(tx)
    const [head] = await tx.query<{ place: number; hash: string }>('select place, hash from audit_link order by place desc limit 1')
    const rows = await tx.query<EventRow>(
      `select e.seq, e.recorded_at, e.who, e.patient, e.patients, e.body from audit_event e
       where e.seq > (select coalesce(max(event), 0) - $1 from audit_link) and not exists (select 1 from audit_link l where l.event = e.seq)
       order by e.seq limit $2`,
      [late ? LATE : 0, SEAL_BATCH],
    )
    let hash = head?.hash ?? ''
    const hashes = rows.map((row) => {
      hash = linkHash(hash, row)
      return hash
    })
    const first = (head?.place ?? 0) + 1
    if (rows.length > 0)
      await tx.query('insert into audit_link (place, event, hash) select * from unnest($1::bigint[], $2::bigint[], $3::text[])', [
        rows.map((_, i) => first + i),
        rows.map((row) => row.seq),
        hashes,
      ])
    return rows.length
  })
}

export interface AuditVerdict {
  readonly events: number
  /** Events that are not in the chain yet: a second's worth, while the server runs. */
  readonly unsealed: number
  /** Place and hash of the last link: written down elsewhere, it shows that nothing was cut off at the end. */
  readonly head: { readonly place: number; readonly hash: string }
  /** What is broken, in words; empty: the log is whole. */
  readonly faults: readonly string[]
}

const VERIFY_BATCH = 20_000
const MOST_FAULTS = 20

/**
 * Works the whole chain out again and compares. `expected`: a head that was written down before; the chain must still pass through it.
 */
export async function verifyAudit(
  db: Queries,
  expected?: { readonly place: number; readonly hash: string },
  progress?: (done: number) => void,
): Promise<AuditVerdict> {
  const faults: string[] = []
  const fault = (text: string): void => {
    if (faults.length < MOST_FAULTS) faults.push(text)
  }
  let place = 0
  let hash = ''
  for (;;) {
    const rows = await db.query<{ place: number; event: number; hash: string } & Partial<EventRow>>(
      `select l.place, l.event, l.hash, e.seq, e.recorded_at, e.who, e.patient, e.patients, e.body
       from audit_link l left join audit_event e on e.seq = l.event where l.place > $1 order by l.place limit $2`,
      [place, VERIFY_BATCH],
    )
    if (rows.length === 0) break
    for (const row of rows) {
      if (row.place !== place + 1) fault(`links ${place + 1} to ${row.place - 1} are gone`)
      place = row.place
      if (row.body === undefined || row.body === null) fault(`event ${row.event} (link ${row.place}) is gone`)
      else {
        const right = linkHash(hash, row as EventRow)
        if (right !== row.hash) fault(`event ${row.event} (link ${row.place}) is not what was sealed, or a link before it was changed`)
      }
      // goes on from what stands there, so that one change is told as one
      hash = row.hash
      if (expected?.place === row.place && expected.hash !== row.hash) fault(`link ${row.place} is not the one that was written down`)
    }
    progress?.(place)
  }
  if (expected && expected.place > place)
    fault(`the chain ends at link ${place}; link ${expected.place} was written down before: its end was cut off`)
  const [counts] = await db.query<{ events: number; unsealed: number; late: number }>(
    `select (select count(*) from audit_event) as events,
       (select count(*) from audit_event e where not exists (select 1 from audit_link l where l.event = e.seq)) as unsealed,
       (select count(*) from audit_event e where e.recorded_at < now() - interval '10 minutes'
          and e.seq < (select coalesce(max(event), 0) from audit_link) and not exists (select 1 from audit_link l where l.event = e.seq)) as late`,
  )
  if (counts!.late > 0) fault(`${counts!.late} events before the end of the chain are in no link`)
  return { events: counts!.events, unsealed: counts!.unsealed, head: { place, hash }, faults }
}

/** Every event as NDJSON of AuditEvent, oldest first, with its place in the log as id. */
export async function* exportAudit(db: Queries): AsyncGenerator<string> {
  for (let after = 0; ; ) {
    const rows = await db.query<{ seq: number; body: string }>('select seq, body from audit_event where seq > $1 order by seq limit 5000', [
      after,
    ])
    if (rows.length === 0) return
    for (const { seq, body } of rows) yield `${JSON.stringify({ ...(JSON.parse(body) as object), id: `audit-${seq}` })}\n`
    after = rows.at(-1)!.seq
  }
}
