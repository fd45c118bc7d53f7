import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { FhirResource, StoreConfig } from '../../src/store/index.ts'
import { openStore } from '../../src/store/index.ts'
import { rebuild } from '../../src/store/rebuild.ts'
import { verifyChains } from '../../src/store/verify.ts'
import { postgresServer } from '../store/postgres-server.ts'
import { type ServingChild, serve } from './serving.ts'

/**
 * `node packages/server/test/crash/run.ts [ROUNDS] [pglite|server|postgres …]`: clients write through `secondwind serve` while it, or PostgreSQL under it,
 * is killed at a random moment. After each round: everything that was acknowledged is there, no transaction is there in part, every chain holds, and the
 * search index is what the versions say. Prints one line a round and ends with the number of rounds.
 */
const rounds = Number(process.argv[2] ?? 5)
const kinds = process.argv.slice(3)
const CLIENTS = 4

interface Load {
  /** By client: the highest number that was acknowledged. */
  readonly acknowledged: number[]
  stop(): Promise<void>
}

const bundle = (client: number, n: number): string => {
  const patient = { resourceType: 'Patient', id: `c${client}`, multipleBirthInteger: n }
  const result = (id: string) => ({
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { text: 'count' },
    subject: { reference: `Patient/c${client}` },
    valueInteger: n,
  })
  const entries = [patient, result(`c${client}-same`), result(`c${client}-${n}`)]
  return JSON.stringify({
    resourceType: 'Bundle',
    type: 'transaction',
    entry: entries.map((resource) => ({ resource, request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` } })),
  })
}

/** Each client writes one transaction after the other, and notes the number only when the server has said 200. */
function load({ base, token }: ServingChild, first: readonly number[]): Load {
  const acknowledged = [...first]
  let isRunning = true
  const clients = acknowledged.map(async (_, client) => {
    for (let n = first[client]! + 1; isRunning; n += 1) {
      try {
        const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' }
        const answer = await fetch(`${base}/fhir`, { method: 'POST', headers, body: bundle(client, n) })
        await answer.arrayBuffer()
        if (answer.status === 200) acknowledged[client] = n
      } catch {
        // the connection is gone: nothing was promised
        if (isRunning) await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
  })
  return {
    acknowledged,
    stop: async () => {
      isRunning = false
      await Promise.all(clients)
    },
  }
}

/** What must be true after any crash. Gives the numbers that are stored, for the next round to go on from. */
async function check(database: StoreConfig['database'], acknowledged: readonly number[]): Promise<readonly number[]> {
  const store = await openStore({ database })
  try {
    const stored: number[] = []
    for (const [client, promised] of acknowledged.entries()) {
      const value = async (type: string, id: string, field: string): Promise<number> => {
        const body = (await store.read(type, id))?.body
        return body === null || body === undefined ? 0 : Number((JSON.parse(body) as FhirResource)[field])
      }
      const n = await value('Patient', `c${client}`, 'multipleBirthInteger')
      if (n < promised) throw new Error(`client ${client}: ${promised} was acknowledged, ${n} is stored`)
      const same = await value('Observation', `c${client}-same`, 'valueInteger')
      if (same !== n) throw new Error(`client ${client}: half a transaction: the patient says ${n}, the result ${same}`)
      const own = n === 0 ? 0 : await value('Observation', `c${client}-${n}`, 'valueInteger')
      if (own !== n) throw new Error(`client ${client}: half a transaction: result ${n} is missing`)
      stored.push(n)
    }
    const { problems, versions } = await verifyChains(store.database)
    if (problems.length > 0) throw new Error(`a chain is broken: ${JSON.stringify(problems[0])}`)
    const count = async () => (await store.database.query<{ n: number }>('select count(*) as n from ix_reference'))[0]!.n
    const before = await count()
    await rebuild(store.database, undefined)
    if ((await count()) !== before) throw new Error('the search index is not what the versions say')
    console.log(`    ${versions} versions, every chain holds`)
    return stored
  } finally {
    await store.close()
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 300 + Math.random() * 1500))

async function embedded(): Promise<number> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-crash-'))
  let numbers: readonly number[] = new Array<number>(CLIENTS).fill(0)
  try {
    for (let round = 1; round <= rounds; round += 1) {
      const child = await serve({ SECONDWIND_DATA: folder })
      const under = load(child, numbers)
      await pause()
      await child.end('SIGKILL')
      await under.stop()
      console.log(`  round ${round}: server killed after ${under.acknowledged.join(', ')}`)
      numbers = await check({ folder }, under.acknowledged)
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
      await pause()
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
      numbers = await check({ postgres: config }, under.acknowledged)
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
