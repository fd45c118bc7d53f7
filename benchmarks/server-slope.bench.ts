import os from 'node:os'
import { buildServer } from '../packages/server/src/api/index.ts'
import { fhirRoutes, loadDefinitions } from '../packages/server/src/fhir-api/index.ts'
import { openStore, type Store, type Write } from '../packages/server/src/store/index.ts'
import { OPEN } from '../packages/server/test/fhir-api/client.ts'
import { cluster } from '../packages/server/test/reliability/cluster.ts'
import { smallChart } from './server/charts.ts'
import { type Ask, asker, must } from './server/measure.ts'

/**
 * `npm run bench -- server-slope [SIZE …]`: what the number of patients costs. One PostgreSQL (fsync on) holds a database of each size, of small charts of
 * three resources; the same keyed reads and writes, spread over all patients, are asked of each in turn, one request after the other, so that whatever
 * else the machine does meets all sizes alike. Over HTTP; the FHIR API runs in this process, without sign-in. Each answer is checked.
 */
const given = process.argv.slice(2).map(Number)
const sizes = given.length > 0 ? given : [1_000, 10_000, 100_000]
const CHARTS_AT_ONCE = 500
const EACH = 3

const postgres = await cluster({ settings: ['-c shared_buffers=512MB', '-c max_wal_size=4GB'], walSegmentMb: 16 })
if ('skipped' in postgres) {
  console.log(`skipped: ${postgres.skipped}`)
  process.exit(0)
}
const { primary, end } = postgres
const at = (database: string): string => primary.url.replace('/second_wind', `/${database}`)
const stores: Store[] = []
const servers: ReturnType<typeof buildServer>[] = []

async function grow(store: Store, from: number, to: number): Promise<void> {
  for (let there = from; there < to; there += CHARTS_AT_ONCE) {
    const writes: Write[] = []
    for (let n = there; n < Math.min(to, there + CHARTS_AT_ONCE); n += 1)
      for (const resource of smallChart(n).resources.slice(0, EACH)) writes.push({ kind: 'update', resource })
    const kept = await store.commit({ who: 'Device/bench', site: 'north' }, writes)
    if (!kept.ok) throw new Error(kept.error[0]!.message)
  }
}

/** A database of each size: each is a copy of the one before, grown. */
async function databases(): Promise<readonly string[]> {
  const names: string[] = []
  for (const [index, size] of sizes.entries()) {
    const name = `of_${size}`
    await primary.ask(`create database ${name}${index === 0 ? '' : ` template ${names[index - 1]}`}`)
    const store = await openStore({ database: { postgres: { connectionString: at(name) } } })
    const started = performance.now()
    const from = sizes[index - 1] ?? 0
    await grow(store, from, size)
    const rate = Math.round(((size - from) * EACH * 1000) / (performance.now() - started))
    await store.database.query('analyze')
    const [bytes] = await store.database.query<{ n: number }>('select pg_database_size(current_database()) as n')
    // a database that is copied may have no connection
    await store.close()
    console.log(
      `${size} patients: ${rate} resources/s stored and indexed, ${Math.round(bytes!.n / 1e6)} MB; load ${os.loadavg()[0]!.toFixed(1)}`,
    )
    names.push(name)
  }
  return names
}

const patient = (n: number, size: number): string => `small-${(n * 7919) % size}`
const holds = (text: string, part: string): void => {
  if (!text.includes(part)) throw new Error(`${part} is not in the answer`)
}
const get = async (ask: Ask, url: string, part: string): Promise<void> => holds(must(await ask('GET', url), 200), part)

const KINDS: readonly (readonly [name: string, total: number, one: (n: number, size: number, ask: Ask) => Promise<void>])[] = [
  ['read Patient', 2000, (n, size, ask) => get(ask, `/fhir/Patient/${patient(n, size)}`, patient(n, size))],
  [
    'a patient\u2019s results by code',
    800,
    (n, size, ask) => get(ask, `/fhir/Observation?patient=${patient(n, size)}&code=http://loinc.org|718-7`, `${patient(n, size)}-o0`),
  ],
  ['Patient by identifier', 800, (n, size, ask) => get(ask, `/fhir/Patient?identifier=urn:bench|${(n * 7919) % size}`, patient(n, size))],
  ['whole chart ($everything)', 500, (n, size, ask) => get(ask, `/fhir/Patient/${patient(n, size)}/$everything`, patient(n, size))],
  [
    'update Patient',
    400,
    async (n, size, ask) => {
      const resource = { ...smallChart((n * 7919) % size).resources[0]!, language: `l${n}` }
      holds(must(await ask('PUT', `/fhir/Patient/${patient(n, size)}`, JSON.stringify(resource)), 200), `l${n}`)
    },
  ],
]

const rounded = (value: number): number => Math.round(value * 100) / 100
try {
  const asks: Ask[] = []
  for (const name of await databases()) {
    const store = await openStore({ database: { postgres: { connectionString: at(name) } } })
    stores.push(store)
    const server = buildServer({
      routes: fhirRoutes({ store, software: 'second-wind', startedAt: new Date().toISOString() }),
      access: OPEN,
    })
    servers.push(server)
    asks.push(asker(await server.listen({ host: '127.0.0.1', port: 0 })))
  }
  loadDefinitions()
  const results: Record<string, Record<string, number>> = {}
  for (const [name, total, one] of KINDS) {
    const times = sizes.map(() => [] as number[])
    // the first tenth warms: connections, prepared statements, pages
    for (let n = 0; n < total * 1.1; n += 1)
      for (const [index, size] of sizes.entries()) {
        const started = performance.now()
        await one(n, size, asks[index]!)
        if (n >= total * 0.1) times[index]!.push(performance.now() - started)
      }
    const quantile = (of: number[], q: number): number => rounded(of.sort((a, b) => a - b)[Math.floor(q * of.length)]!)
    const medians = times.map((of) => quantile(of, 0.5))
    const slope = rounded(medians.at(-1)! / medians[0]!)
    results[name] = { ...Object.fromEntries(sizes.map((size, i) => [`p50 of ${size}`, medians[i]!])), slope }
    const told = sizes.map((size, i) => `${size}: p50 ${medians[i]}  p95 ${quantile(times[i]!, 0.95)} ms`).join('   ')
    console.log(`${name.padEnd(30)} ${told}   slope ${slope}   load ${os.loadavg()[0]!.toFixed(1)}`)
  }
  console.log(JSON.stringify({ bench: 'server-slope', sizes, load: os.loadavg()[0], results }))
} finally {
  for (const server of servers) await server.close()
  for (const store of stores) await store.close()
  await end()
}
process.exit(0)
