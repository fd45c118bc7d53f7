import type { Vocabulary } from '@secondwind/core'
import { DAY_FACTS } from './day-facts.ts'
import { type Cell, type ColumnType, columnsOf, type FactColumn, type SnapshotRow } from './snapshot.ts'
import { childTable, hasLifetime, TABLE } from './sql.ts'
import { itemColumns, type SqlDialect, valueColumns } from './sql-dialects.ts'

export interface SqlTable {
  readonly name: string
  readonly columns: readonly (readonly [name: string, type: string])[]
}

/** The tables of the snapshot in one dialect, from the fact registry: `case_snapshot`, and a child table a list where lists are tables. */
export function snapshotTables(words: Vocabulary, dialect: SqlDialect): readonly SqlTable[] {
  const columns = columnsOf(words.facts)
  const main: (readonly [string, string])[] = [
    ['case_id', dialect.types.text],
    ['site', dialect.types.text],
    ['projected_on', dialect.types.date],
  ]
  for (const column of columns) {
    if (column.type === 'rows') main.push([column.name, dialect.listType(itemColumns(column, dialect))])
    else main.push(...valueColumns(column.name, column.type, dialect))
    if (hasLifetime(column)) main.push([`${column.name}_on`, dialect.types.date], [`${column.name}_fresh_until`, dialect.types.date])
    if (DAY_FACTS.has(column.fact.id)) main.push([`${column.name}_follows`, dialect.types.truth])
  }
  const children = dialect.keepsListsInChildTables
    ? columns
        .filter((c) => c.type === 'rows')
        .map((c) => ({
          name: childTable(c),
          columns: [['case_id', dialect.types.text], ['item', 'integer'], ...itemColumns(c, dialect)] as const,
        }))
    : []
  return [{ name: TABLE, columns: main }, ...children]
}

export function snapshotDdl(words: Vocabulary, dialect: SqlDialect): readonly string[] {
  return snapshotTables(words, dialect).map(({ name, columns }) => {
    const lines = columns.map(([column, type]) => `  ${dialect.quote(column)} ${type}`)
    // no foreign key: a case is filled in one statement, and is taken away by its row in the first table alone
    if (dialect.keepsListsInChildTables) lines.push(`  primary key (${name === TABLE ? 'case_id' : 'case_id, item'})`)
    return `create table ${name} (\n${lines.join(',\n')}\n)${dialect.tableSuffix}`
  })
}

/** A value as JSON that every engine reads into its column. */
type JsonValue = string | number | boolean | null | readonly string[] | readonly { readonly [field: string]: JsonValue }[]
export type JsonRow = { readonly [column: string]: JsonValue }

/** The rows of one case, by table, as JSON objects with the tables' column names. A number that is `never` is the word Infinity. */
export function snapshotRecords(
  row: SnapshotRow,
  words: Vocabulary,
  dialect: SqlDialect,
): { readonly [table: string]: readonly JsonRow[] } {
  const main: Record<string, JsonValue> = { case_id: row.caseId, site: null, projected_on: row.projectedOn }
  const tables: Record<string, readonly JsonRow[]> = { [TABLE]: [main] }
  for (const column of columnsOf(words.facts)) {
    const cell = row.cells.get(column.fact.id)
    const value = cell?.value ?? null
    if (column.type === 'rows') {
      const items = value === null ? null : (value as readonly { readonly [field: string]: Cell }[]).map((item) => itemRecord(item, column))
      main[column.name] = dialect.keepsListsInChildTables && items !== null ? true : items
      if (dialect.keepsListsInChildTables)
        tables[childTable(column)] = (items ?? []).map((item, i) => ({ case_id: row.caseId, item: i, ...item }))
    } else Object.assign(main, valueRecord(column.name, column.type, value as Cell))
    if (hasLifetime(column)) {
      main[`${column.name}_on`] = cell?.on ?? null
      main[`${column.name}_fresh_until`] = cell?.freshUntil ?? null
    }
    if (DAY_FACTS.has(column.fact.id)) main[`${column.name}_follows`] = cell?.follows ?? true
  }
  return tables
}

const itemRecord = (item: { readonly [field: string]: Cell }, column: FactColumn): JsonRow =>
  Object.assign({}, ...column.fields.map(({ field, type }) => valueRecord(field, type, item[field] ?? null))) as JsonRow

function valueRecord(name: string, type: ColumnType, cell: Cell): JsonRow {
  if (type === 'date') {
    const { first, last, never } = (cell ?? { first: null, last: null, never: false }) as Exclude<Cell, null> & {
      first: string | null
      last: string | null
      never: boolean
    }
    return { [`${name}_first`]: first, [`${name}_last`]: last, [`${name}_never`]: never }
  }
  if (typeof cell === 'number' && !Number.isFinite(cell)) return { [name]: String(cell) }
  return { [name]: cell as JsonValue }
}
