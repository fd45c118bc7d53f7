import type { ColumnType, FactColumn } from './snapshot.ts'

export type DialectName = 'postgresql' | 'duckdb' | 'spark'

/**
 * All that differs between the engines. Everything else, three-valued logic above all, is standard SQL and written once in `sql.ts`.
 *
 * Lists: PostgreSQL keeps the rows of a list fact in a child table (`case_snapshot_lines`, one row an item), and the parent's column is true while
 * the list is known; DuckDB and Spark keep them as a column of structs, NULL while unknown.
 */
export interface SqlDialect {
  readonly name: DialectName
  readonly types: { readonly [T in ColumnType]: string }
  readonly keepsListsInChildTables: boolean
  quote(name: string): string
  /** A string literal. */
  text(value: string): string
  /** A number literal of the type of the columns: a decimal literal would be compared as a decimal. */
  number(value: number): string
  /** True when a list column holds one of the values; null while the list is. */
  overlaps(column: string, values: readonly string[]): string
  /** True when a list column holds something that is none of the values. */
  holdsOther(column: string, values: readonly string[]): string
  /** A whole number with bit `i` set where a list column holds value `i`; null while the list is. At most 62 values. */
  memberBits(column: string, values: readonly string[]): string
  /** How many items of a list satisfy a condition on `r`: only those for which it is true. */
  countItems(list: ListSource, condition: string): string
  /** Whole days from one date to another. */
  days(from: string, to: string): string
  /** Column type of a list of items with these fields. */
  listType(fields: readonly (readonly [name: string, type: string])[]): string
  /** Verdicts to ask for in one query: PostgreSQL allows 1,664 columns; DuckDB takes time with the square of them to plan. */
  readonly verdictsAtOnce: number
  /** Makes a named query be computed once, where the engine lets one say so: else its formulas are worked out anew in each criterion. */
  readonly onceOnly: string
  /** Ends a `create table`. */
  readonly tableSuffix: string
}

export interface ListSource {
  /** The list column or, with child tables, the flag that says it is known. */
  readonly column: string
  readonly childTable: string
}

/** The bit of one value among some, as the body of a `case`. */
const bitOf = (values: readonly string[], text: (value: string) => string): string =>
  values.map((value, i) => `when ${text(value)} then cast(${2n ** BigInt(i)} as bigint)`).join(' ')

const doubleQuoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
const singleQuoted = (value: string): string => `'${value.replaceAll("'", "''")}'`

const postgresql: SqlDialect = {
  name: 'postgresql',
  types: { truth: 'boolean', number: 'double precision', text: 'text', texts: 'text[]', date: 'date' },
  keepsListsInChildTables: true,
  quote: doubleQuoted,
  text: singleQuoted,
  number: (value) => `${singleQuoted(String(value))}::double precision`,
  overlaps: (column, values) => `${column} && array[${values.map(singleQuoted).join(', ')}]::text[]`,
  holdsOther: (column, values) => `(not (${column} <@ array[${values.map(singleQuoted).join(', ')}]::text[]))`,
  memberBits: (column, values) =>
    `(case when ${column} is not null then (select coalesce(bit_or(case x ${bitOf(values, singleQuoted)} else 0 end), 0) from unnest(${column}) x) end)`,
  countItems: ({ childTable }, condition) =>
    `(select count(*) filter (where ${condition}) from ${childTable} r where r.case_id = s.case_id)`,
  days: (from, to) => `(${to} - ${from})`,
  listType: () => 'boolean',
  verdictsAtOnce: 400,
  onceOnly: 'materialized ',
  tableSuffix: '',
}

const duckdb: SqlDialect = {
  name: 'duckdb',
  types: { truth: 'boolean', number: 'double', text: 'varchar', texts: 'varchar[]', date: 'date' },
  keepsListsInChildTables: false,
  quote: doubleQuoted,
  text: singleQuoted,
  number: (value) => `cast(${value} as double)`,
  overlaps: (column, values) => `list_has_any(${column}, [${values.map(singleQuoted).join(', ')}])`,
  holdsOther: (column, values) => `(len(list_filter(${column}, lambda r: r not in (${values.map(singleQuoted).join(', ')}))) > 0)`,
  memberBits: (column, values) =>
    `(case when ${column} is not null then coalesce(list_bit_or(list_transform(${column}, lambda x: case x ${bitOf(values, singleQuoted)} else 0 end)), 0) end)`,
  countItems: ({ column }, condition) => `len(list_filter(${column}, lambda r: coalesce(${condition}, false)))`,
  days: (from, to) => `date_diff('day', ${from}, ${to})`,
  listType: (fields) => `struct(${fields.map(([name, type]) => `${doubleQuoted(name)} ${type}`).join(', ')})[]`,
  verdictsAtOnce: 60,
  onceOnly: 'materialized ',
  tableSuffix: '',
}

const backQuoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``
/** Spark reads a backslash in a literal as an escape. */
const sparkText = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

const spark: SqlDialect = {
  name: 'spark',
  types: { truth: 'boolean', number: 'double', text: 'string', texts: 'array<string>', date: 'date' },
  keepsListsInChildTables: false,
  quote: backQuoted,
  text: sparkText,
  number: (value) => `cast(${value} as double)`,
  overlaps: (column, values) => `arrays_overlap(${column}, array(${values.map(sparkText).join(', ')}))`,
  holdsOther: (column, values) => `(size(array_except(${column}, array(${values.map(sparkText).join(', ')}))) > 0)`,
  memberBits: (column, values) =>
    `aggregate(${column}, cast(0 as bigint), (bits, x) -> bits | case x ${bitOf(values, sparkText)} else cast(0 as bigint) end)`,
  countItems: ({ column }, condition) => `size(filter(${column}, r -> coalesce(${condition}, false)))`,
  days: (from, to) => `datediff(${to}, ${from})`,
  listType: (fields) => `array<struct<${fields.map(([name, type]) => `${backQuoted(name)}: ${type}`).join(', ')}>>`,
  verdictsAtOnce: 200,
  onceOnly: '',
  tableSuffix: ' using parquet',
}

export const DIALECTS: { readonly [name in DialectName]: SqlDialect } = { postgresql, duckdb, spark }

/** The columns that one value of a type takes: a date is two days and whether it never was. */
export function valueColumns(name: string, type: ColumnType, dialect: SqlDialect): readonly (readonly [name: string, type: string])[] {
  if (type !== 'date') return [[name, dialect.types[type]]]
  return [
    [`${name}_first`, dialect.types.date],
    [`${name}_last`, dialect.types.date],
    [`${name}_never`, dialect.types.truth],
  ]
}

export const itemColumns = (column: FactColumn, dialect: SqlDialect): readonly (readonly [name: string, type: string])[] =>
  column.fields.flatMap(({ field, type }) => valueColumns(field, type, dialect))
