import type { Transaction } from '../database.ts'
import type { StoredVersion } from '../types.ts'
import type { IndexRows } from './extract.ts'

export interface Indexed {
  readonly version: StoredVersion
  /** Undefined for a tombstone: it is found by nothing. */
  readonly rows: IndexRows | undefined
  /** Of the resource where it is already known. */
  readonly rid: number | undefined
}

const TABLES = ['ix_token', 'ix_reference', 'ix_date', 'ix_string', 'ix_quantity'] as const

/** Makes the newest versions those that are found: `resource_current` and the index tables. */
export async function writeIndexes(tx: Transaction, indexed: readonly Indexed[]): Promise<void> {
  const versions = indexed.map(({ version }) => version)
  const current = await tx.query<{ rid: number; type: string; id: string }>(
    `insert into resource_current (type, id, version, chart, site, recorded_at, is_deleted)
     select * from unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::timestamptz[], $7::boolean[])
     on conflict (type, id) do update set version = excluded.version, chart = excluded.chart, site = excluded.site,
       recorded_at = excluded.recorded_at, is_deleted = excluded.is_deleted
     returning rid, type, id`,
    [
      versions.map((v) => v.type),
      versions.map((v) => v.id),
      versions.map((v) => v.version),
      versions.map((v) => v.chart),
      versions.map((v) => v.site),
      versions.map((v) => v.recordedAt),
      versions.map((v) => v.body === null),
    ],
  )
  const rids = new Map(current.map(({ rid, type, id }) => [`${type}/${id}`, rid]))
  const known = indexed.flatMap(({ rid }) => (rid === undefined ? [] : [rid]))
  if (known.length > 0) for (const table of TABLES) await tx.query(`delete from ${table} where rid = any($1::bigint[])`, [known])
  const rows = indexed.flatMap(({ version, rows }) =>
    rows === undefined ? [] : [{ rid: rids.get(`${version.type}/${version.id}`)!, rows }],
  )
  await insertAll(tx, rows)
}

async function insertAll(tx: Transaction, rows: readonly { readonly rid: number; readonly rows: IndexRows }[]): Promise<void> {
  const all = <K extends keyof IndexRows>(kind: K): readonly ({ readonly rid: number } & IndexRows[K][number])[] =>
    rows.flatMap(({ rid, rows }) => rows[kind].map((row) => ({ rid, ...(row as IndexRows[K][number]) })))
  const token = all('token')
  if (token.length > 0)
    await tx.query('insert into ix_token select * from unnest($1::bigint[], $2::int[], $3::text[], $4::text[])', [
      token.map((r) => r.rid),
      token.map((r) => r.param),
      token.map((r) => r.system),
      token.map((r) => r.code),
    ])
  const reference = all('reference')
  if (reference.length > 0)
    await tx.query('insert into ix_reference select * from unnest($1::bigint[], $2::int[], $3::text[], $4::text[])', [
      reference.map((r) => r.rid),
      reference.map((r) => r.param),
      reference.map((r) => r.type),
      reference.map((r) => r.id),
    ])
  const date = all('date')
  if (date.length > 0)
    await tx.query('insert into ix_date select * from unnest($1::bigint[], $2::int[], $3::timestamptz[], $4::timestamptz[])', [
      date.map((r) => r.rid),
      date.map((r) => r.param),
      date.map((r) => r.first),
      date.map((r) => r.last),
    ])
  const string = all('string')
  if (string.length > 0)
    await tx.query('insert into ix_string select * from unnest($1::bigint[], $2::int[], $3::text[], $4::text[])', [
      string.map((r) => r.rid),
      string.map((r) => r.param),
      string.map((r) => r.folded),
      string.map((r) => r.exact),
    ])
  const quantity = all('quantity')
  if (quantity.length > 0)
    await tx.query(
      'insert into ix_quantity select * from unnest($1::bigint[], $2::int[], $3::float8[], $4::float8[], $5::text[], $6::text[])',
      [
        quantity.map((r) => r.rid),
        quantity.map((r) => r.param),
        quantity.map((r) => String(r.low)),
        quantity.map((r) => String(r.high)),
        quantity.map((r) => r.system),
        quantity.map((r) => r.unit),
      ],
    )
}
