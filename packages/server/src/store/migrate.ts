import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { Refused, refusal, type ServerIssue } from '../issue.ts'
import type { Database } from './database.ts'

/**
 * Numbered SQL files, run once each in order, the same on both databases. Numbers: 0001–0019 the store, 0020–0039 access and audit,
 * 0040–0059 jobs and alerts. A file that has run is never edited: its digest is kept, and a difference stops the start.
 */
const FOLDER = path.join(import.meta.dirname, 'migrations')

/** Any number: what every process that starts on this database waits for. */
const MIGRATION_LOCK = 20_261_123

export interface Migration {
  readonly name: string
  readonly text: string
}

export const migrationFiles = (folder = FOLDER): readonly Migration[] =>
  fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => ({ name, text: fs.readFileSync(path.join(folder, name), 'utf8') }))

/**
 * Brings the database to the newest form; gives the names of what ran. Processes that start together wait for one another.
 * Refuses a database to which a newer version has already added something: this version would write beside what it does not know.
 */
export async function migrate(database: Database, files = migrationFiles()): Promise<readonly string[]> {
  return database.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1::bigint)', [MIGRATION_LOCK])
    await tx.query(
      'create table if not exists migration (name text primary key, digest text not null, ran_at timestamptz not null default now())',
    )
    const ran = new Map(
      (await tx.query<{ name: string; digest: string }>('select name, digest from migration')).map(({ name, digest }) => [name, digest]),
    )
    const problems = problemsOf(ran, files)
    if (problems.length > 0) throw new Refused(problems)
    const done: string[] = []
    for (const { name, text } of files) {
      if (ran.has(name)) continue
      for (const statement of statementsOf(text)) await tx.query(statement)
      await tx.query('insert into migration (name, digest) values ($1, $2)', [name, digestOf(text)])
      done.push(name)
    }
    return done
  })
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex')

function problemsOf(ran: ReadonlyMap<string, string>, files: readonly Migration[]): readonly ServerIssue[] {
  const unknown = [...ran.keys()].filter((name) => !files.some((file) => file.name === name)).sort()
  if (unknown.length > 0)
    return [
      refusal(
        'newer-database',
        'database',
        `a newer version of Second Wind has worked on this database: it holds ${unknown.join(', ')}, which this version does not know, so it might keep charts that the newer one cannot read`,
        'start the newer version; or, to go back, restore the backup that was made before the upgrade into an empty database',
      ),
    ]
  return files
    .filter(({ name, text }) => ran.has(name) && ran.get(name) !== digestOf(text))
    .map(({ name }) =>
      refusal(
        'migration-changed',
        `migrations/${name}`,
        `migration ${name} has run on this database in another form`,
        'restore the file from the release, and add a new one for the change',
      ),
    )
}

/** Splits a file at the semicolons that end a line, but not inside `$$ … $$`. */
function statementsOf(text: string): readonly string[] {
  const statements: string[] = []
  let current: string[] = []
  let isQuoted = false
  for (const line of text.split('\n')) {
    current.push(line)
    if ((line.split('$$').length - 1) % 2 === 1) isQuoted = !isQuoted
    const code = line.replace(/--.*$/, '').trimEnd()
    if (!isQuoted && code.endsWith(';')) {
      statements.push(current.join('\n'))
      current = []
    }
  }
  if (current.some((line) => line.replace(/--.*$/, '').trim() !== '')) statements.push(current.join('\n'))
  return statements
}
