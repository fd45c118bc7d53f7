import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import type { Backend } from './backend.ts'
import { type PostgresClient, postgresBackend } from './sql.ts'

/**
 * A real PostgreSQL for the length of a test: the server that SECONDWIND_POSTGRES names (a connection string), else one of our own from the
 * programs on this machine (Debian: `apt-get install postgresql`), in a folder of its own, without a port. It refuses to run as root, so root
 * starts it as the user `postgres`.
 */
export async function postgres(): Promise<Backend | { readonly skipped: string }> {
  const url = process.env.SECONDWIND_POSTGRES
  if (url) return connected({ connectionString: url }, () => {})
  const bin = programs()
  if (bin === undefined)
    return { skipped: 'PostgreSQL is not installed here and SECONDWIND_POSTGRES is not set; PGlite answered in its place' }
  const asRoot = process.getuid?.() === 0
  if (asRoot && spawnSync('id', ['postgres']).status !== 0)
    return { skipped: 'PostgreSQL does not run as root, and there is no user postgres' }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-postgres-'))
  if (asRoot) spawnSync('chown', ['postgres', folder])
  const run = (program: string, args: readonly string[]): string | undefined => {
    const command = path.join(bin, program)
    const [as, rest] = asRoot ? ['setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', command, ...args]] : [command, args]
    const { status, stderr, error } = spawnSync(as, rest, { encoding: 'utf8', cwd: folder, timeout: 60_000 })
    return status === 0 ? undefined : `${error?.message ?? ''}${stderr}`.trim().split('\n').at(-1)
  }
  const data = path.join(folder, 'data')
  const stop = (): void => {
    run('pg_ctl', ['-D', data, '-m', 'immediate', 'stop'])
    fs.rmSync(folder, { recursive: true, force: true })
  }
  const options = `-k ${folder} -c listen_addresses='' -c fsync=off -c jit=off`
  const failed =
    run('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C']) ??
    run('pg_ctl', ['-D', data, '-o', options, '-l', path.join(folder, 'log'), '-w', 'start'])
  if (failed !== undefined) {
    stop()
    return { skipped: `PostgreSQL did not start: ${failed}` }
  }
  return connected({ host: folder, user: 'postgres', database: 'postgres' }, stop)
}

/** Debian keeps the server's programs off the path. */
function programs(): string | undefined {
  const asked = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' })
  const versions = fs.existsSync('/usr/lib/postgresql') ? fs.readdirSync('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a)) : []
  return [asked.stdout?.trim(), ...versions.map((v) => `/usr/lib/postgresql/${v}/bin`)].find(
    (folder) => folder && fs.existsSync(path.join(folder, 'initdb')),
  )
}

async function connected(config: pg.ClientConfig, stop: () => void): Promise<Backend> {
  const client = new pg.Client(config)
  await client.connect()
  const { rows } = await client.query<{ server_version: string }>('show server_version')
  const port: PostgresClient = {
    query: async (text, values = []) => (await client.query<unknown[]>({ text, values: [...values], rowMode: 'array' })).rows,
    close: async () => {
      await client.end()
      stop()
    },
  }
  return postgresBackend(`PostgreSQL ${rows[0]?.server_version.split(' ')[0]}`, port)
}
