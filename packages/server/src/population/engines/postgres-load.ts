import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { columnsOf, DIALECTS, type SqlTable, snapshotDdl, snapshotTables } from '@secondwind/compiler'
import type { Vocabulary } from '@secondwind/core'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { BLOCK_VIEW, columnsOfFiles, openDuckdb, parquetOf } from './duckdb.ts'
import type { SnapshotSource } from './snapshot-source.ts'

const { postgresql, duckdb } = DIALECTS

/** The tables of the snapshot in the first schema of the search path, filled from Parquet by COPY. The columns that the files lack come back. */
export async function loadSnapshot(client: pg.Client, source: SnapshotSource, words: Vocabulary): Promise<readonly string[]> {
  const { connection, close } = await openDuckdb()
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-load-'))
  try {
    const { missing, select } = await columnsOfFiles(connection, source.files, words)
    for (const statement of snapshotDdl(words, postgresql)) await client.query(statement.replace('create table', 'create unlogged table'))
    for (const [at, file] of source.files.entries()) {
      await connection.run(`create or replace temp view ${BLOCK_VIEW} as select ${select} from ${parquetOf([file])}`)
      for (const table of snapshotTables(words, postgresql)) {
        const csv = path.join(folder, `${at}-${table.name}.csv`)
        // null stands bare and every text is quoted, so that an empty text is not null
        await connection.run(`copy (${rowsOf(table, words)}) to '${csv.replaceAll("'", "''")}' (format csv, header false, force_quote *)`)
        const to = client.query(copyFrom(`copy ${table.name} from stdin (format csv)`))
        await pipeline(fs.createReadStream(csv), to)
        fs.rmSync(csv)
      }
    }
    for (const table of snapshotTables(words, postgresql)) await client.query(`analyze ${table.name}`)
    return missing
  } finally {
    close()
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

/** The rows of one table as PostgreSQL's COPY reads them. Lists are rows of their own there: the parent only says that the list is known. */
function rowsOf({ name, columns }: SqlTable, words: Vocabulary): string {
  const facts = columnsOf(words.facts)
  const list = facts.find((column) => name === `case_snapshot_${column.name}`)
  const shown = (column: string, type: string): string =>
    type === postgresql.types.texts ? `${arrayLiteral(column)} as ${column.split('.').at(-1)}` : column
  if (!list) {
    const lists = new Set(facts.filter(({ type }) => type === 'rows').map((column) => column.name))
    const cells = columns.map(([column, type]) => {
      const quoted = duckdb.quote(column)
      return lists.has(column) ? `case when ${quoted} is not null then true end as ${quoted}` : shown(quoted, type)
    })
    return `select ${cells.join(', ')} from ${BLOCK_VIEW}`
  }
  const fields = columns.slice(2).map(([field, type]) => shown(`r.${duckdb.quote(field)}`, type))
  const column = duckdb.quote(list.name)
  const items = `select case_id, generate_subscripts(${column}, 1) - 1 as item, unnest(${column}) as r from ${BLOCK_VIEW} where len(${column}) > 0`
  return `select ${['case_id', 'item', ...fields].join(', ')} from (${items})`
}

/** `{"a","b"}`, as PostgreSQL reads an array. */
function arrayLiteral(column: string): string {
  const element = `'"' || replace(replace(v, '\\', '\\\\'), '"', '\\"') || '"'`
  return `'{' || array_to_string(list_transform(${column}, lambda v: ${element}), ',') || '}'`
}
