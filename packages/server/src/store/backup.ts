import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { finished } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { err, ok, type Result } from '@secondwind/core'
import { Refused, refusal, refuse, type ServerIssue } from '../issue.ts'
import type { Database, Transaction } from './database.ts'
import { linesOfFile } from './lines.ts'
import { migrate } from './migrate.ts'
import { scan } from './scan.ts'

/**
 * A backup is one file: gzipped lines of JSON, every row of every table that cannot be made again, from one snapshot, with a digest at the end. It
 * restores into either database, so it is also how an embedded one moves to PostgreSQL. The search index and the case snapshots are left out and made again.
 */
const FORMAT = 'second-wind-backup/1'

/** Made again from the rest, of no use elsewhere, or a secret: keys and sessions of the embedded provider would sign in whoever finds a backup. */
const DERIVED =
  /^(migration|chart_head|resource_current|search_parameter|search_result|export_job|import_progress|case_due|plan_state|audit_reserve|provider_key|provider_state|cds_client_token|ix_.*|derived_state|case_snapshot.*)$/

interface Head {
  readonly format: string
  readonly madeAt: string
  readonly migrations: readonly { readonly name: string; readonly digest: string }[]
  readonly tables: readonly string[]
}

interface End {
  readonly rows: { readonly [table: string]: number }
  /** SHA-256 of every line before this one. */
  readonly digest: string
}

export interface BackedUp {
  readonly rows: { readonly [table: string]: number }
  readonly bytes: number
}

/** Writes beside and renames: a file with the name of a backup is a whole one. */
export async function backup(database: Database, file: string, now: () => Date = () => new Date()): Promise<BackedUp> {
  const draft = `${file}.unfinished`
  const gzip = createGzip({ level: 6 })
  const target = fs.createWriteStream(draft, { mode: 0o600 })
  gzip.pipe(target)
  const digest = createHash('sha256')
  const put = async (line: string): Promise<void> => {
    digest.update(line).update('\n')
    if (!gzip.write(`${line}\n`)) await new Promise((resolve) => gzip.once('drain', resolve))
  }
  const rows: Record<string, number> = {}
  await database.transaction(async (tx) => {
    const tables = await keptTables(tx)
    const migrations = await tx.query<Head['migrations'][number]>('select name, digest from migration order by name')
    await put(JSON.stringify({ format: FORMAT, madeAt: now().toISOString(), migrations, tables } satisfies Head))
    for (const table of tables) {
      rows[table] = 0
      await put(JSON.stringify({ table }))
      const order = table === 'chart_version' ? ' order by seq' : ''
      for await (const piece of scan<{ row: string }>(tx, `select row_to_json(t)::text as row from ${quoted(table)} t${order}`)) {
        for (const { row } of piece) await put(row)
        rows[table] += piece.length
      }
    }
  }, 'repeatable read')
  gzip.end(`${JSON.stringify({ rows, digest: digest.digest('hex') } satisfies End)}\n`)
  await finished(target)
  const handle = fs.openSync(draft, 'r')
  fs.fsyncSync(handle)
  fs.closeSync(handle)
  fs.renameSync(draft, file)
  return { rows, bytes: fs.statSync(file).size }
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

async function keptTables(tx: Transaction): Promise<readonly string[]> {
  const tables = await tx.query<{ name: string }>(
    `select c.relname as name from pg_class c where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace order by c.relname`,
  )
  return tables.map(({ name }) => name).filter((name) => !DERIVED.test(name))
}

/**
 * Restores into an empty database: all of it or nothing. The caller makes the derived tables again and verifies the chains.
 * Refuses a file that is cut off or was changed, one of a newer form, and a database that holds anything.
 */
export async function restore(database: Database, file: string): Promise<Result<BackedUp['rows'], readonly ServerIssue[]>> {
  if (!fs.existsSync(file)) return err([refusal('not-found', file, 'there is no such file', 'give the path of a backup')])
  await migrate(database)
  try {
    return ok(await database.transaction((tx) => restoreInto(tx, file)))
  } catch (error) {
    if (error instanceof Refused) return err(error.issues)
    if ((error as NodeJS.ErrnoException).code?.startsWith('Z_')) return err([broken(file, 'it is cut off or damaged')])
    throw error
  }
}

const broken = (file: string, why: string): ServerIssue =>
  refusal('invalid-request', file, `this is no whole backup: ${why}`, 'use another copy of it; nothing was changed')

const AT_ONCE = 500

async function restoreInto(tx: Transaction, file: string): Promise<BackedUp['rows']> {
  for (const table of await keptTables(tx))
    if ((await tx.query(`select 1 from ${quoted(table)} limit 1`)).length > 0)
      refuse('already-exists', table, 'the database is not empty', 'restore into a new database, or an empty data folder')
  const digest = createHash('sha256')
  const rows: Record<string, number> = {}
  let head: Head | undefined
  let end: End | undefined
  let table: string | undefined
  let waiting: string[] = []
  const flush = async (): Promise<void> => {
    if (table === undefined || waiting.length === 0) return
    await tx.query(
      `insert into ${quoted(table)} overriding system value select * from json_populate_recordset(null::${quoted(table)}, $1::json)`,
      [`[${waiting.join(',')}]`],
    )
    rows[table] = (rows[table] ?? 0) + waiting.length
    waiting = []
  }
  for await (const line of linesOfFile(file, true)) {
    // what stands behind the end is not looked at, but read: the compression checks itself to the last byte
    if (end !== undefined) continue
    if (head === undefined) {
      head = headOf(line, file)
      await sameForm(tx, head, file)
    } else if (line.startsWith('{"rows":')) {
      end = JSON.parse(line) as End
      continue
    } else if (line.startsWith('{"table":')) {
      await flush()
      table = (JSON.parse(line) as { table: string }).table
      if (!head.tables.includes(table)) throw new Refused([broken(file, `it names a table ${table}`)])
      rows[table] = 0
    } else {
      waiting.push(line)
      if (waiting.length >= AT_ONCE) await flush()
    }
    digest.update(line).update('\n')
  }
  await flush()
  if (end === undefined) throw new Refused([broken(file, 'its end is missing')])
  if (end.digest !== digest.digest('hex')) throw new Refused([broken(file, 'its content is not what was written')])
  await moveSequences(tx, Object.keys(rows))
  return rows
}

function headOf(line: string, file: string): Head {
  try {
    const head = JSON.parse(line) as Head
    if (head.format === FORMAT) return head
  } catch {
    // said below
  }
  throw new Refused([broken(file, `it does not begin as ${FORMAT}`)])
}

/** The file must come from the same migrations: an older one is restored with the release that made it, and upgraded there. */
async function sameForm(tx: Transaction, head: Head, file: string): Promise<void> {
  const here = await tx.query<{ name: string; digest: string }>('select name, digest from migration order by name')
  const text = (list: readonly { readonly name: string; readonly digest: string }[]): string =>
    list.map((m) => `${m.name} ${m.digest}`).join('\n')
  if (text(here) !== text(head.migrations))
    throw new Refused([
      refusal(
        'not-supported',
        file,
        'the backup was made by another release of Second Wind',
        'restore it with the release that made it, then upgrade',
      ),
    ])
}

/** New rows get numbers after those that were restored. */
async function moveSequences(tx: Transaction, tables: readonly string[]): Promise<void> {
  const columns = await tx.query<{ table_name: string; column_name: string }>(
    `select table_name, column_name from information_schema.columns
     where table_schema = current_schema() and (is_identity = 'YES' or column_default like 'nextval%') and table_name = any($1::text[])`,
    [tables],
  )
  for (const { table_name, column_name } of columns)
    await tx.query(
      `select setval(pg_get_serial_sequence($1, $2), greatest((select coalesce(max(${quoted(column_name)}), 0) from ${quoted(table_name)}), 1))`,
      [quoted(table_name), column_name],
    )
}
