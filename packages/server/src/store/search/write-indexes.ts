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

/**
 * A patient stays with the site that registered them, whoever writes to them later: writing must not hand a chart, and its reading, to another site.
 * Whoever registers again what was deleted registers anew.
 */
const REGISTERED_AT = `(select first.site from chart_version first where first.type = t.type and first.id = t.id and first.version = 1 + coalesce(
  (select max(gone.version) from chart_version gone where gone.type = t.type and gone.id = t.id and gone.method = 'delete' and gone.version < t.version), 0))`

/** Makes the newest versions those that are found: `resource_current` and the index tables. */
export async function writeIndexes(tx: Transaction, indexed: readonly Indexed[]): Promise<void> {
  const versions = indexed.map(({ version }) => version)
  const current = await tx.query<{ rid: number; type: string; id: string }>(
    `insert into resource_current (type, id, version, chart, site, recorded_at, is_deleted)
     select t.type, t.id, t.version, t.chart, case when t.type = 'Patient' then ${REGISTERED_AT} else t.site end, t.recorded_at, t.is_deleted
     from unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::timestamptz[], $7::boolean[])
       as t(type, id, version, chart, site, recorded_at, is_deleted)
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
  if (known.length > 0) await tx.query(EMPTY, [known])
  const rows = indexed.flatMap(({ version, rows }) =>
    rows === undefined ? [] : [{ rid: rids.get(`${version.type}/${version.id}`)!, rows }],
  )
  await insertAll(tx, rows)
}

/** One statement for all tables: each costs a way to the database and back. */
const EMPTY = `with ${TABLES.map((table, at) => `d${at} as (delete from ${table} where rid = any($1::bigint[]))`).join(', ')} select 1`

const FILL = `with t as (insert into ix_token select * from unnest($1::bigint[], $2::int[], $3::text[], $4::text[])),
  r as (insert into ix_reference select * from unnest($5::bigint[], $6::int[], $7::text[], $8::text[])),
  d as (insert into ix_date select * from unnest($9::bigint[], $10::int[], $11::timestamptz[], $12::timestamptz[])),
  s as (insert into ix_string select * from unnest($13::bigint[], $14::int[], $15::text[], $16::text[]))
  insert into ix_quantity select * from unnest($17::bigint[], $18::int[], $19::float8[], $20::float8[], $21::text[], $22::text[])`

async function insertAll(tx: Transaction, rows: readonly { readonly rid: number; readonly rows: IndexRows }[]): Promise<void> {
  const token: unknown[][] = [[], [], [], []]
  const reference: unknown[][] = [[], [], [], []]
  const date: unknown[][] = [[], [], [], []]
  const string: unknown[][] = [[], [], [], []]
  const quantity: unknown[][] = [[], [], [], [], [], []]
  const put = (columns: unknown[][], ...values: readonly unknown[]): void => {
    for (const [at, value] of values.entries()) columns[at]!.push(value)
  }
  for (const { rid, rows: of } of rows) {
    for (const { param, system, code } of of.token) put(token, rid, param, system, code)
    for (const { param, type, id } of of.reference) put(reference, rid, param, type, id)
    for (const { param, first, last } of of.date) put(date, rid, param, first, last)
    for (const { param, folded, exact } of of.string) put(string, rid, param, folded, exact)
    // as text: JSON and the driver know no infinity
    for (const { param, low, high, system, unit } of of.quantity) put(quantity, rid, param, String(low), String(high), system, unit)
  }
  if (rows.length > 0) await tx.query(FILL, [...token, ...reference, ...date, ...string, ...quantity])
}
