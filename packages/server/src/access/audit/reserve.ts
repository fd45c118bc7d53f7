import { randomUUID } from 'node:crypto'
import { type Database, type Queries, sqlState } from '../../store/database.ts'
import type { AuditEntry } from './event.ts'
import { recordAudit } from './record.ts'

/** Parts of events that find room; a read of one patient is one or two of them. */
const SLOTS = 4096
/** Bytes of a part. */
const WIDTH = 448

/** DISK FULL, PostgreSQL documentation, appendix A. */
const isDiskFull = (error: unknown): boolean => sqlState(error) === '53100'

/** Makes the room, where there is none yet. Only on a server: the embedded database is for trying out. */
export async function prepareReserve(db: Database): Promise<void> {
  if (db.kind === 'postgres') await db.query(FILL)
}

const FILL = `insert into audit_reserve (slot, text) select n, repeat('x', ${WIDTH}) from generate_series(1, ${SLOTS}) n on conflict do nothing`

/**
 * Keeps events of reads and refusals. While the disk of the database is full they are kept in the room that was set aside, so that charts and plans can
 * still be read and every read is still told. When that room is used up, reading ends too: nothing is shown of which no trace is kept.
 */
async function recordSeen(db: Database, entries: readonly AuditEntry[]): Promise<void> {
  try {
    await recordAudit(db, entries)
  } catch (error) {
    if (!isDiskFull(error)) throw error
    const parts = entries.flatMap((entry) => {
      const name = randomUUID()
      return partsOf(JSON.stringify(entry)).map((text, part) => ({ name, part, text }))
    })
    await db.transaction(async (tx) => {
      const written = await tx.query(
        `with free as (select slot, row_number() over () as n from
             (select slot from audit_reserve where entry is null order by slot limit $4 for update skip locked) s),
           given as (select * from unnest($1::text[], $2::int[], $3::text[]) with ordinality as k(entry, part, text, n))
         update audit_reserve r set entry = given.entry, part = given.part, text = given.text
         from free join given on given.n = free.n where r.slot = free.slot returning r.slot`,
        [parts.map((p) => p.name), parts.map((p) => p.part), parts.map((p) => p.text), parts.length],
      )
      if (written.length < parts.length) throw error
    })
  }
}

/**
 * Keeps events of reads and refusals; each caller waits until its own are kept. While one statement is under way the next ones gather, so that many readers
 * at once cost one way to the disk together.
 */
export function seenRecorder(db: Database): (entries: readonly AuditEntry[]) => Promise<void> {
  let gathering: { readonly entries: AuditEntry[]; readonly kept: Promise<void> } | undefined
  let last: Promise<void> = Promise.resolve()
  return (entries) => {
    if (gathering === undefined) {
      const mine: AuditEntry[] = []
      const kept = last
        .catch(() => {})
        .then(() => {
          gathering = undefined
          return recordSeen(db, mine)
        })
      gathering = { entries: mine, kept }
      last = kept
    }
    gathering.entries.push(...entries)
    return gathering.kept
  }
}

/** In pieces of plain ASCII, so that characters are bytes and nothing is torn apart. */
function partsOf(json: string): readonly string[] {
  const ascii = json.replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return Array.from({ length: Math.ceil(ascii.length / WIDTH) }, (_, i) => ascii.slice(i * WIDTH, (i + 1) * WIDTH))
}

/** Brings what was kept in the room set aside into the log, and makes the room anew. Inside the transaction of the sealer, one at a time. */
export async function drainReserve(tx: Queries): Promise<void> {
  const [used] = await tx.query('select 1 from audit_reserve where entry is not null limit 1')
  if (used === undefined) return
  await tx.query('lock table audit_reserve in access exclusive mode')
  const rows = await tx.query<{ entry: string; text: string }>(
    'select entry, text from audit_reserve where entry is not null order by entry, part',
  )
  const entries = [...Map.groupBy(rows, ({ entry }) => entry).values()].map(
    (parts) => JSON.parse(parts.map(({ text }) => text).join('')) as AuditEntry,
  )
  await recordAudit(
    tx,
    entries.sort((a, b) => (a.recordedAt < b.recordedAt ? -1 : 1)),
  )
  await tx.query('truncate audit_reserve')
  await tx.query(FILL)
}
