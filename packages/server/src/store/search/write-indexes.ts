import type { Transaction } from '../database.ts'
import type { StoredVersion } from '../types.ts'
import type { IndexRows } from './extract.ts'

export interface Indexed {
  readonly version: StoredVersion
  /** Undefined for a tombstone: it is found by nothing. */
  readonly rows: IndexRows | undefined
  /** Of the resource where it is already known. */
  readonly rid: number | undefined
  /** By what the version before is found, where one is: as `extract` says, which made those rows (`indexFingerprint`). What stays the same is left as it is. */
  readonly before?: IndexRows | undefined
}

const TABLES = ['token', 'reference', 'date', 'string', 'quantity'] as const
type Table = (typeof TABLES)[number]

/**
 * A patient stays with the site that registered them, whoever writes to them later: writing must not hand a chart, and its reading, to another site.
 * Whoever registers again what was deleted registers anew. A version that the same statement records is not seen yet: then it is the first, at its own site.
 */
const REGISTERED_AT = `coalesce((select first.site from chart_version first where first.type = t.type and first.id = t.id and first.version = 1 + coalesce(
  (select max(gone.version) from chart_version gone where gone.type = t.type and gone.id = t.id and gone.method = 'delete' and gone.version < t.version), 0)), t.site)`

/** What else is written in the same statement: expressions of its `with`, and their values from `$1` on. */
export interface Beside {
  readonly text: string
  readonly values: readonly unknown[]
}

/** Makes the newest versions those that are found: `resource_current` and the index tables. */
export async function writeIndexes(tx: Transaction, indexed: readonly Indexed[], beside?: Beside): Promise<void> {
  const isFirst = indexed.every(({ rid }) => rid === undefined)
  const changed = isFirst ? undefined : changesOf(indexed)
  await tx.query(textOf(beside, isFirst), [
    ...(beside?.values ?? []),
    ...(changed === undefined ? [] : TABLES.flatMap((table) => [[...changed[table].rids], [...changed[table].params]])),
    ...currentOf(indexed),
    ...rowsOf(indexed, changed),
  ])
}

/** Of a table, the resources whose rows change and the parameters in which any of them does: rows of both are taken away, and written as they are now. */
interface Change {
  readonly rids: Set<number>
  readonly params: Set<number>
}
type Changes = Readonly<Record<Table, Change>>

/** An update mostly changes one element, and a row that is found as before need not be taken out of the indexes and put there again. */
function changesOf(indexed: readonly Indexed[]): Changes {
  const none = (): Change => ({ rids: new Set(), params: new Set() })
  const changes: Changes = { token: none(), reference: none(), date: none(), string: none(), quantity: none() }
  for (const { rid, before, rows } of indexed) {
    if (rid === undefined) continue
    for (const table of TABLES) {
      const old = byParameter(before?.[table])
      const now = byParameter(rows?.[table])
      for (const param of new Set([...old.keys(), ...now.keys()])) {
        if (old.get(param) === now.get(param)) continue
        changes[table].rids.add(rid)
        changes[table].params.add(param)
      }
    }
  }
  return changes
}

function byParameter(rows: IndexRows[Table] = []): ReadonlyMap<number, string> {
  const texts = new Map<number, string>()
  // an amount without an end on one side has a null there
  for (const row of rows) texts.set(row.param, `${texts.get(row.param) ?? ''}${JSON.stringify(row)}`)
  return texts
}

/** The statements, by what is written beside and whether something stands there already: made once, since they are long. */
const TEXTS = new Map<string, string>()

function textOf(beside: Beside | undefined, isFirst: boolean): string {
  const key = `${isFirst} ${beside?.text ?? ''}`
  const text = TEXTS.get(key) ?? filling(beside, isFirst)
  TEXTS.set(key, text)
  return text
}

/** What stands now, then the rows by which it is found: those name the resource by its place in the list, since its number is only known inside. */
function filling(beside: Beside | undefined, isFirst: boolean): string {
  let place = beside?.values.length ?? 0
  const parts = beside === undefined ? [] : [beside.text]
  if (!isFirst) {
    // how the version before was found, as far as that changes; rows that the same statement adds are not seen here
    const deletes = TABLES.map((table) => {
      place += 2
      return `d_${table} as (delete from ix_${table} where rid = any($${place - 1}::bigint[]) and param = any($${place}::int[]))`
    })
    parts.push(deletes.join(', '))
  }
  const next = (...types: readonly string[]): string =>
    `unnest(${types
      .map((type) => {
        place += 1
        return `$${place}::${type}[]`
      })
      .join(', ')})`
  const current = next('text', 'text', 'int', 'text', 'text', 'timestamptz', 'boolean', 'int')
  const rows = (columns: string, ...types: readonly string[]): string =>
    `select k.rid, ${columns} from ${next('int', 'int', ...types)} as x(n, param, ${columns.replace('param, ', '')}) join k on k.n = x.n`
  return `with ${parts.map((part) => `${part},`).join('\n')}
    t as (select * from ${current} as t(type, id, version, chart, site, recorded_at, is_deleted, n)),
    c as (insert into resource_current (type, id, version, chart, site, recorded_at, is_deleted)
      select t.type, t.id, t.version, t.chart, case when t.type = 'Patient' then ${REGISTERED_AT} else t.site end, t.recorded_at, t.is_deleted from t
      on conflict (type, id) do update set version = excluded.version, chart = excluded.chart, site = excluded.site,
        recorded_at = excluded.recorded_at, is_deleted = excluded.is_deleted
      returning rid, type, id),
    k as (select c.rid, t.n from c join t on t.type = c.type and t.id = c.id),
    i1 as (insert into ix_token ${rows('param, system, code', 'text', 'text')}),
    i2 as (insert into ix_reference ${rows('param, target_type, target_id', 'text', 'text')}),
    i3 as (insert into ix_date ${rows('param, first, last', 'timestamptz', 'timestamptz')}),
    i4 as (insert into ix_string ${rows('param, folded, exact', 'text', 'text')})
    insert into ix_quantity ${rows('param, low, high, system, unit', 'float8', 'float8', 'text', 'text')}`
}

const currentOf = (indexed: readonly Indexed[]): readonly unknown[][] => {
  const versions = indexed.map(({ version }) => version)
  return [
    versions.map((v) => v.type),
    versions.map((v) => v.id),
    versions.map((v) => v.version),
    versions.map((v) => v.chart),
    versions.map((v) => v.site),
    versions.map((v) => v.recordedAt),
    versions.map((v) => v.body === null),
    versions.map((_, n) => n),
  ]
}

/** The rows of what is new, and of what stands those that change. */
function rowsOf(indexed: readonly Indexed[], changed: Changes | undefined): readonly unknown[][] {
  const token: unknown[][] = [[], [], [], []]
  const reference: unknown[][] = [[], [], [], []]
  const date: unknown[][] = [[], [], [], []]
  const string: unknown[][] = [[], [], [], []]
  const quantity: unknown[][] = [[], [], [], [], [], []]
  const put = (columns: unknown[][], ...values: readonly unknown[]): void => {
    for (const [at, value] of values.entries()) columns[at]!.push(value)
  }
  for (const [n, { rows: of, rid }] of indexed.entries()) {
    if (of === undefined) continue
    const isWritten = (table: Table, param: number): boolean =>
      rid === undefined || changed === undefined || (changed[table].rids.has(rid) && changed[table].params.has(param))
    for (const { param, system, code } of of.token) if (isWritten('token', param)) put(token, n, param, system, code)
    for (const { param, type, id } of of.reference) if (isWritten('reference', param)) put(reference, n, param, type, id)
    for (const { param, first, last } of of.date) if (isWritten('date', param)) put(date, n, param, first, last)
    for (const { param, folded, exact } of of.string) if (isWritten('string', param)) put(string, n, param, folded, exact)
    // as text: JSON and the driver know no infinity
    for (const { param, low, high, system, unit } of of.quantity)
      if (isWritten('quantity', param)) put(quantity, n, param, String(low), String(high), system, unit)
  }
  return [...token, ...reference, ...date, ...string, ...quantity]
}
