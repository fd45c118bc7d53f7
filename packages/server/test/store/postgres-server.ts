import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import type { PostgresConfig } from '../../src/store/database-postgres.ts'

/** A PostgreSQL of our own for the length of a test file: in a folder, behind a socket, without a port. */
export interface PostgresServer {
  readonly version: string
  readonly config: PostgresConfig
  /** A new empty database on it. */
  database(): Promise<PostgresConfig>
  /** A new empty schema in its first database: made in no time. */
  schema(): Promise<PostgresConfig>
  /** All its processes end at once, without a checkpoint; then a start that recovers from the log. */
  crash(): void
  stop(): void
}

/**
 * The server that SECONDWIND_POSTGRES names (a connection string), else one from the programs on this machine (Debian: `apt-get install postgresql`).
 * It refuses to run as root, so root starts it as the user `postgres`.
 */
export async function postgresServer(isDurable = false): Promise<PostgresServer | { readonly skipped: string }> {
  const missing = postgresMissing()
  if (missing !== undefined) return { skipped: missing }
  const url = process.env.SECONDWIND_POSTGRES
  if (url)
    return onServer(
      { connectionString: url },
      () => {},
      () => {},
    )
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-pg-'))
  ownedByPostgres(folder)
  const run = (program: string, args: readonly string[]) => runPostgres(program, args, folder)
  const data = path.join(folder, 'data')
  const options = `-k ${folder} -c listen_addresses='' -c fsync=${isDurable ? 'on' : 'off'} -c jit=off -c max_connections=60`
  const start = (): string | undefined => run('pg_ctl', ['-D', data, '-o', options, '-l', path.join(folder, 'log'), '-w', 'start'])
  const stop = (): void => {
    run('pg_ctl', ['-D', data, '-m', 'immediate', 'stop'])
    fs.rmSync(folder, { recursive: true, force: true })
  }
  const failed = run('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C']) ?? start()
  if (failed !== undefined) {
    stop()
    return { skipped: `PostgreSQL did not start: ${failed}` }
  }
  const crash = (): void => {
    run('pg_ctl', ['-D', data, '-m', 'immediate', 'stop'])
    const problem = start()
    if (problem !== undefined) throw new Error(`PostgreSQL did not come back: ${problem}`)
  }
  return onServer({ host: folder, user: 'postgres', database: 'postgres' }, stop, crash)
}

const asRoot = process.getuid?.() === 0

/** Gives a folder to the user as whom PostgreSQL runs here. */
export function ownedByPostgres(folder: string): void {
  if (asRoot) spawnSync('chown', ['postgres', folder])
}

/** How one of PostgreSQL's own programs is started, as its user. */
export function postgresCommand(program: string, args: readonly string[]): readonly [command: string, args: readonly string[]] {
  const command = path.join(programs()!, program)
  return asRoot ? ['setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', command, ...args]] : [command, args]
}

/** Runs one of PostgreSQL's own programs; gives the last line of what went wrong. */
function runPostgres(program: string, args: readonly string[], folder: string): string | undefined {
  const { status, stderr, error } = spawnSync(...postgresCommand(program, args), {
    encoding: 'utf8',
    cwd: folder,
    timeout: 60_000,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  return status === 0 ? undefined : `${error?.message ?? ''}${stderr}`.trim().split('\n').at(-1)
}

/** Why no PostgreSQL can be started here; undefined when one can. */
export function postgresMissing(): string | undefined {
  if (process.env.SECONDWIND_POSTGRES) return undefined
  if (programs() === undefined) return 'PostgreSQL is not installed here (apt-get install postgresql) and SECONDWIND_POSTGRES is not set'
  return asRoot && spawnSync('id', ['postgres']).status !== 0 ? 'PostgreSQL does not run as root, and there is no user postgres' : undefined
}

/** Debian keeps the server's programs off the path. */
function programs(): string | undefined {
  const asked = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' })
  const versions = fs.existsSync('/usr/lib/postgresql') ? fs.readdirSync('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a)) : []
  return [asked.stdout?.trim(), ...versions.map((v) => `/usr/lib/postgresql/${v}/bin`)].find(
    (folder) => folder && fs.existsSync(path.join(folder, 'initdb')),
  )
}

let made = 0

async function onServer(config: PostgresConfig, stop: () => void, crash: () => void): Promise<PostgresServer> {
  const ask = async (text: string): Promise<readonly Record<string, string>[]> => {
    const client = new pg.Client(config)
    await client.connect()
    try {
      return (await client.query(text)).rows
    } finally {
      await client.end()
    }
  }
  const [row] = await ask('show server_version')
  return {
    version: `PostgreSQL ${row?.server_version?.split(' ')[0]}`,
    config,
    database: async () => {
      made += 1
      const name = `secondwind_${process.pid}_${made}`
      await ask(`create database ${name}`)
      return config.connectionString === undefined
        ? { ...config, database: name }
        : { connectionString: withDatabase(config.connectionString, name) }
    },
    schema: async () => {
      made += 1
      const schema = `place_${process.pid}_${made}`
      await ask(`create schema ${schema}`)
      return { ...config, schema }
    },
    crash,
    stop,
  }
}

function withDatabase(connectionString: string, name: string): string {
  const url = new URL(connectionString)
  url.pathname = `/${name}`
  return url.href
}
