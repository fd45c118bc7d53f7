import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { ownedByPostgres, postgresCommand, postgresMissing } from '../store/postgres-server.ts'

/**
 * PostgreSQL servers of our own that can be stopped, filled up, copied and promoted while clients write: durable (fsync on), behind sockets, without a port.
 * Everything is awaited without blocking, so that the load of the same process goes on.
 */
export interface Node {
  readonly socket: string
  readonly data: string
  start(): Promise<void>
  /** `fast` ends sessions and writes a checkpoint; `immediate` is the pulled plug. */
  stop(how: 'fast' | 'immediate'): Promise<void>
  /** A standby becomes the primary. */
  promote(): Promise<void>
  ask(text: string): Promise<readonly Record<string, unknown>[]>
  /** Connection string of its database `second_wind`. */
  readonly url: string
}

export interface Cluster {
  readonly folder: string
  readonly primary: Node
  /** A copy that follows the primary's log. */
  standby(): Promise<Node>
  end(): Promise<void>
}

export interface Places {
  /** Where the data and the log are to be, if not in a new folder: for disks of a chosen size. */
  readonly data?: string
  readonly wal?: string
  readonly settings?: readonly string[]
  /** Listens here on the loopback, for clients that know no sockets; without it on sockets only. */
  readonly port?: number
  readonly walSegmentMb?: number
}

export async function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  const child = spawn(command, [...args], { cwd, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (part: Buffer) => {
    said += String(part)
  })
  // pg_ctl leaves the server behind with its own output: the end of the program counts, not of its pipes
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
  if (code !== 0) throw new Error(`${path.basename(command)} ${args.join(' ')}: ${said.trim().slice(-500)}`)
}

const postgres = (program: string, args: readonly string[], cwd: string): Promise<void> => {
  const [command, rest] = postgresCommand(program, args)
  return run(command, rest, cwd)
}

export async function cluster({
  data,
  wal,
  settings = [],
  port,
  walSegmentMb = 1,
}: Places = {}): Promise<Cluster | { readonly skipped: string }> {
  const missing = process.env.SECONDWIND_POSTGRES
    ? 'a server of our own is needed, and SECONDWIND_POSTGRES names another'
    : postgresMissing()
  if (missing !== undefined) return { skipped: missing }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-cluster-'))
  ownedByPostgres(folder)
  const nodes: Node[] = []
  const make = (name: string, where: string): Node => {
    const socket = path.join(folder, name)
    fs.mkdirSync(socket)
    ownedByPostgres(socket)
    const options = [
      `-k ${socket}`,
      port === undefined ? "-c listen_addresses=''" : `-c listen_addresses=127.0.0.1 -p ${port}`,
      '-c jit=off',
      '-c max_connections=60',
      ...settings,
    ].join(' ')
    const node: Node = {
      socket,
      data: where,
      url:
        port === undefined
          ? `postgres://postgres@localhost/second_wind?host=${socket}`
          : `postgres://postgres@127.0.0.1:${port}/second_wind`,
      start: () => postgres('pg_ctl', ['-D', where, '-o', options, '-l', path.join(folder, `${name}.log`), '-w', 'start'], folder),
      stop: (how) => postgres('pg_ctl', ['-D', where, '-m', how, '-w', 'stop'], folder),
      promote: () => postgres('pg_ctl', ['-D', where, '-w', 'promote'], folder),
      ask: async (text) => {
        const client = new pg.Client({ host: socket, user: 'postgres', database: 'postgres', ...(port === undefined ? {} : { port }) })
        await client.connect()
        try {
          return (await client.query(text)).rows
        } finally {
          await client.end()
        }
      },
    }
    nodes.push(node)
    return node
  }
  const end = async (): Promise<void> => {
    for (const node of nodes) await node.stop('immediate').catch(() => {})
    fs.rmSync(folder, { recursive: true, force: true })
  }
  try {
    const place = data ?? path.join(folder, 'data')
    const log = wal === undefined ? [] : [`--waldir=${wal}`]
    await postgres(
      'initdb',
      ['-D', place, '-U', 'postgres', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C', `--wal-segsize=${walSegmentMb}`, ...log],
      folder,
    )
    const primary = make('one', place)
    await primary.start()
    await primary.ask('create database second_wind')
    return {
      folder,
      primary,
      standby: async () => {
        const copy = path.join(folder, 'copy')
        await postgres('pg_basebackup', ['-h', primary.socket, '-U', 'postgres', '-D', copy, '-R', '-X', 'stream', '-c', 'fast'], folder)
        // its name towards the primary, for synchronous_standby_names
        fs.appendFileSync(
          path.join(copy, 'postgresql.auto.conf'),
          `\nprimary_conninfo = 'host=${primary.socket} user=postgres application_name=two'\n`,
        )
        const node = make('two', copy)
        await node.start()
        return node
      },
      end,
    }
  } catch (error) {
    await end()
    throw error
  }
}

/** Waits until `isSo`; throws what was waited for when it does not come. Seconds are a limit against hanging, never a measure. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>, seconds = 60): Promise<void> {
  const end = Date.now() + seconds * 1000
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
