import { columnsOf, DAY_FACTS, type FactColumn } from '@secondwind/compiler'
import type { FactDefinition } from '@secondwind/core'
import type { SchemaElement } from 'hyparquet'

/**
 * Case snapshots as Parquet: one row a patient, `case_snapshot` of the SQL backend column by column, under the same names and in the same order.
 *
 * A snapshot is a folder:
 *
 *     cases.parquet/part-00000.parquet …   the rows, sorted by case inside each part
 *     cases.parquet/_manifest.json         what it was made with and from, and the digest of every part
 *     cases.parquet/_issues.ndjson         what was wrong in the input (only where it was made from FHIR)
 *     cases.parquet/_SUCCESS               written last: without it the folder is not a snapshot
 *
 * Columns, from the fact registry (NULL is unknown, everywhere):
 *
 * | column | type | what |
 * |---|---|---|
 * | `case_id` | STRING | `Patient/<id>`, never null |
 * | `site` | STRING | the organisation that manages the patient, or what `--site` says; null where neither does |
 * | `projected_on` | DATE | the clinical date of the projection, never null |
 * | `<fact>` (truth) | BOOLEAN | |
 * | `<fact>` (integer, quantity) | DOUBLE | in the registry's unit; Infinity is "days since something that never was" |
 * | `<fact>` (code, text) | STRING | |
 * | `<fact>` (codes) | LIST of STRING | the whole set: what is not in it is absent |
 * | `<fact>_first`, `<fact>_last` (date) | DATE | the earliest and the latest day it can mean |
 * | `<fact>_never` (date) | BOOLEAN | known never to have been; both days are then null |
 * | `<fact>` (list) | LIST of STRUCT | fields as above; a date field is three |
 * | `<fact>_on` | DATE | day of the value; only facts that can grow stale |
 * | `<fact>_fresh_until` | DATE | last day on which it may decide what demands freshness; 9999-12-31 is always |
 * | `<fact>_follows` | BOOLEAN | only facts that move with the calendar (`emit/day-facts.ts`): compute it on the day asked, else the column stands |
 *
 * `<fact>` is the fact's id with underscores. No age and no "days since" is stored where it follows from days: a row must not grow old.
 */
export const FORMAT_VERSION = 1

export const MANIFEST = '_manifest.json'
export const ISSUES = '_issues.ndjson'
export const SUCCESS = '_SUCCESS'
export const partName = (part: number): string => `part-${String(part).padStart(5, '0')}.parquet`

/** What a leaf column holds; `date` is days since 1970-01-01. */
export type LeafType = 'truth' | 'number' | 'text' | 'date'
export type ColumnKind = LeafType | 'texts' | { readonly rows: readonly SnapshotColumn[] }

export interface SnapshotColumn {
  readonly name: string
  readonly kind: ColumnKind
  readonly isRequired: boolean
}

/** A fact with the places of its columns in a row; -1 for those that it does not have. */
export interface FactPlaces {
  readonly column: FactColumn
  /** Its value; of a date the first day, followed by the last and "never". */
  readonly value: number
  readonly on: number
  readonly freshUntil: number
  readonly follows: number
}

export interface SnapshotLayout {
  readonly columns: readonly SnapshotColumn[]
  readonly facts: readonly FactPlaces[]
}

export const CASE_ID = 0
export const SITE = 1
export const PROJECTED_ON = 2

/** The columns of a snapshot under one fact registry, in their order. */
export function snapshotLayout(registry: readonly FactDefinition[]): SnapshotLayout {
  const columns: SnapshotColumn[] = [
    { name: 'case_id', kind: 'text', isRequired: true },
    { name: 'site', kind: 'text', isRequired: false },
    { name: 'projected_on', kind: 'date', isRequired: true },
  ]
  const add = (...added: readonly SnapshotColumn[]): number => columns.push(...added) - added.length
  const facts = columnsOf(registry).map((column): FactPlaces => {
    const value = add(...(column.type === 'rows' ? [rowsColumn(column)] : valueColumns(column.name, column.type)))
    const on = column.fact.freshDays === undefined ? -1 : add(optional(`${column.name}_on`, 'date'))
    const freshUntil = column.fact.freshDays === undefined ? -1 : add(optional(`${column.name}_fresh_until`, 'date'))
    const follows = DAY_FACTS.has(column.fact.id) ? add(optional(`${column.name}_follows`, 'truth')) : -1
    return { column, value, on, freshUntil, follows }
  })
  return { columns, facts }
}

const optional = (name: string, kind: ColumnKind): SnapshotColumn => ({ name, kind, isRequired: false })

const valueColumns = (name: string, type: Exclude<FactColumn['type'], 'rows'>): readonly SnapshotColumn[] =>
  type === 'date'
    ? [optional(`${name}_first`, 'date'), optional(`${name}_last`, 'date'), optional(`${name}_never`, 'truth')]
    : [optional(name, type)]

const rowsColumn = (column: FactColumn): SnapshotColumn =>
  optional(column.name, { rows: column.fields.flatMap(({ field, type }) => valueColumns(field, type)) })

const LEAVES: { readonly [leaf in LeafType]: Omit<SchemaElement, 'name'> } = {
  truth: { type: 'BOOLEAN' },
  number: { type: 'DOUBLE' },
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  date: { type: 'INT32', converted_type: 'DATE' },
}

/** The same columns as Parquet wants them: a tree, depth first. */
export function parquetSchema(columns: readonly SnapshotColumn[]): SchemaElement[] {
  return [{ name: 'case_snapshot', num_children: columns.length }, ...columns.flatMap(elements)]
}

function elements({ name, kind, isRequired }: SnapshotColumn): SchemaElement[] {
  const repetition_type = isRequired ? 'REQUIRED' : 'OPTIONAL'
  if (kind === 'texts') return listOf(name, [{ name: 'element', ...LEAVES.text, repetition_type: 'OPTIONAL' }])
  if (typeof kind === 'string') return [{ name, ...LEAVES[kind], repetition_type }]
  return listOf(name, [{ name: 'element', repetition_type: 'OPTIONAL', num_children: kind.rows.length }, ...kind.rows.flatMap(elements)])
}

const listOf = (name: string, element: readonly SchemaElement[]): SchemaElement[] => [
  { name, repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  ...element,
]
