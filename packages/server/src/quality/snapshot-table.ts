import fs from 'node:fs'
import path from 'node:path'
import {
  CaseTableBuilder,
  err,
  type FactDefinition,
  type FactValue,
  type Issue,
  isoDay,
  type KnowledgeBase,
  ok,
  type Result,
  Room,
  sharedMemory,
  vocabulary,
} from '@secondwind/core'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { FORMAT_VERSION, MANIFEST, partName, SUCCESS, snapshotLayout } from '../project/format.ts'
import { Coder } from './coder.ts'
import type { CohortTable } from './tables.ts'

interface Manifest {
  readonly format: number
  readonly asOf: string
  readonly rows: number
  readonly knowledge: { readonly version: string; readonly digest: string }
  readonly parts: readonly { readonly file: string; readonly rows: number }[]
}

/** Whether a path is a snapshot made by `secondwind project`. */
export const isSnapshot = (folder: string): boolean => fs.existsSync(path.join(folder, MANIFEST)) || /\.parquet\/?$/.test(folder)

/**
 * A snapshot of cases as a table, with the facts that are asked and no others. Refuses one that is not whole, that another fact registry made, or that
 * was made for another day than the one asked: its facts are those of its own day.
 */
export async function tableOfSnapshot(
  folder: string,
  knowledge: KnowledgeBase,
  asked: readonly FactDefinition[],
  asOf: string | undefined,
): Promise<Result<CohortTable & { readonly asOf: string }, readonly Issue[]>> {
  const refuse = (message: string, remedy: string): Result<never, readonly Issue[]> =>
    err([{ code: 'missing-input', severity: 'error', path: folder, message, remedy }])
  if (!fs.existsSync(path.join(folder, SUCCESS))) return refuse('is no finished snapshot', 'make it with "secondwind project"')
  const manifest = JSON.parse(fs.readFileSync(path.join(folder, MANIFEST), 'utf8')) as Manifest
  if (manifest.format !== FORMAT_VERSION)
    return refuse(`is a snapshot of format ${manifest.format}, not ${FORMAT_VERSION}`, 'project again with this version')
  if (asOf !== undefined && asOf !== manifest.asOf)
    return refuse(`was made for ${manifest.asOf}, not for ${asOf}`, `leave --as-of out, or project again with --as-of ${asOf}`)
  const { facts } = snapshotLayout(knowledge.facts)
  const wanted = facts.filter(({ column }) => asked.some(({ id }) => id === column.fact.id))
  const names = wanted.flatMap(({ column: { name, type } }) =>
    type === 'date' ? [`${name}_first`, `${name}_last`, `${name}_never`] : [name],
  )
  const patients: string[] = []
  const sites: (string | null)[] = []
  const coder = new Map(wanted.map(({ column }) => [column.fact.id, new Coder(manifest.rows)]))
  for (const [i] of manifest.parts.entries()) {
    const file = await asyncBufferFromFile(path.join(folder, partName(i)))
    const schema = (await parquetMetadataAsync(file)).schema.map(({ name }) => name)
    const absent = names.filter((name) => !schema.includes(name))
    // other rules over the same facts are no reason to project again
    if (absent.length > 0)
      return refuse(
        `was made with knowledge ${manifest.knowledge.version}, which had no ${absent.slice(0, 3).join(', ')}`,
        'project again with this knowledge',
      )
    const rows = (await parquetReadObjects({ file, columns: ['case_id', 'site', ...names] })) as readonly {
      readonly [column: string]: unknown
    }[]
    for (const row of rows) {
      const at = patients.push(String(row.case_id)) - 1
      sites.push((row.site as string | null) ?? null)
      for (const { column } of wanted) coder.get(column.fact.id)!.put(at, valueIn(row, column.name, column.type, column.fields))
    }
  }
  const room = new Room(sharedMemory())
  const builder = new CaseTableBuilder(patients.length, room)
  for (const definition of asked) {
    const own = coder.get(definition.id)
    if (own === undefined) continue
    if (definition.id === 'care-site') for (const [at, site] of sites.entries()) own.fill(at, site ?? undefined)
    builder.add(definition, own)
  }
  return ok({ words: vocabulary(asked, knowledge.criteria), room, patients, table: builder.table(), asOf: manifest.asOf })
}

type Fields = readonly { readonly field: string; readonly type: string }[]

function valueIn(row: { readonly [column: string]: unknown }, name: string, type: string, fields: Fields): FactValue | undefined {
  if (type === 'date') return dateIn(row[`${name}_first`], row[`${name}_last`], row[`${name}_never`])
  const value = row[name]
  if (value === null || value === undefined) return undefined
  if (type !== 'rows') return value === Number.POSITIVE_INFINITY ? 'never' : (value as FactValue)
  return (value as readonly { readonly [column: string]: unknown }[]).map((item) =>
    Object.fromEntries(
      fields.map(({ field, type: of }) => [field, (valueIn(item, field, of, []) as string | number | boolean | undefined) ?? null]),
    ),
  )
}

/** First and last day as the partial date that they came from. */
function dateIn(first: unknown, last: unknown, never: unknown): string | undefined {
  if (never === true) return 'never'
  const from = isoOf(first)
  const to = isoOf(last)
  if (from === undefined || to === undefined) return undefined
  if (from === to) return from
  return from.slice(0, 7) === to.slice(0, 7) ? from.slice(0, 7) : from.slice(0, 4)
}

const isoOf = (day: unknown): string | undefined =>
  day instanceof Date ? day.toISOString().slice(0, 10) : typeof day === 'number' ? isoDay(day) : undefined
