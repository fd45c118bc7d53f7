import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { postgresServer } from '../store/postgres-server.ts'
import { CLIENTS, check, type Load, load } from './load.ts'
import { serve } from './serving.ts'

/**
 * `node packages/server/test/crash/run.ts [ROUNDS] [pglite|server|postgres …]`: clients write through `secondwind serve` while it, or PostgreSQL under it,
 * is killed at a random moment. After each round: everything that was acknowledged is there, no transaction is there in part, every chain holds, and the
 * search index is what the versions say. Prints one line a round and ends with the number of rounds.
 */
const rounds = Number(process.argv[2] ?? 5)
const kinds = process.argv.slice(3)

/** A random moment after each client has written: a crash before the first write would show nothing. */
async function pause({ kept }: Load): Promise<void> {
  for (let tries = 0; kept.length < CLIENTS; tries += 1) {
    if (tries > 600) throw new Error('nothing was written in 30 s')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 1500))
}

async function embedded(): Promise<number> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-crash-'))
  let numbers: readonly number[] = new Array<number>(CLIENTS).fill(0)
  try {
    for (let round = 1; round <= rounds; round += 1) {
      const child = await serve({ SECONDWIND_DATA: folder })
      const under = load(child, numbers)
      await pause(under)
      await child.end('SIGKILL')
      await under.stop()
      console.log(`  round ${round}: server killed after ${under.acknowledged.join(', ')}`)
      numbers = await check({ folder }, under)
    }
    return rounds
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

async function onPostgres(what: 'server' | 'postgres'): Promise<number> {
  const server = await postgresServer(true)
  if ('skipped' in server) {
    console.log(`skipped: crashes on PostgreSQL: ${server.skipped}`)
    return 0
  }
  const config = await server.database()
  const url = config.connectionString ?? `postgres://postgres@localhost/${config.database}?host=${config.host}`
  let numbers: readonly number[] = new Array<number>(CLIENTS).fill(0)
  try {
    for (let round = 1; round <= rounds; round += 1) {
      const child = await serve({ SECONDWIND_DATABASE_URL: url })
      const under = load(child, numbers)
      await pause(under)
      if (what === 'server') await child.end('SIGKILL')
      else {
        server.crash()
        // the server must find its way back to the database by itself
        const before = [...under.acknowledged]
        for (let tries = 0; under.acknowledged.every((n, i) => n === before[i]); tries += 1) {
          if (tries > 150) throw new Error('nothing was written in 30 s after PostgreSQL came back')
          await new Promise((resolve) => setTimeout(resolve, 200))
        }
      }
      await under.stop()
      if (what === 'postgres') {
        const code = await child.end('SIGTERM')
        if (code !== 0) throw new Error(`the server did not stop cleanly (${code}): ${child.said().slice(-2000)}`)
      }
      console.log(`  round ${round}: ${what} killed after ${under.acknowledged.join(', ')}`)
      numbers = await check({ postgres: config }, under)
    }
    return rounds
  } finally {
    server.stop()
  }
}

let done = 0
for (const [kind, run] of [
  ['pglite', embedded],
  ['server', () => onPostgres('server')],
  ['postgres', () => onPostgres('postgres')],
] as const) {
  if (kinds.length > 0 && !kinds.includes(kind)) continue
  console.log(`${kind}:`)
  done += await run()
}
console.log(`${done} crashes, nothing acknowledged lost, nothing half-written`)
