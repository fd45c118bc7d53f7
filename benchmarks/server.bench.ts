import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { cluster } from '../packages/server/test/reliability/cluster.ts'
import { observationOf, smallChart, transactionOf, wholeCharts } from './server/charts.ts'
import { type Ask, type Measured, measure, must, type Peer } from './server/measure.ts'
import { hapi, medplum, secondWind } from './server/peers.ts'

/**
 * `npm run bench -- server [PATIENTS] [pglite] [alone] [quick]`: the server as it is started for use (`secondwind serve`), over HTTP, on a PostgreSQL of its own
 * that does fsync (or on the embedded database). Beside it, in the same run and on the same PostgreSQL, HAPI FHIR's JPA server as its starter sets it up,
 * and as an upper limit Medplum's router on a repository in memory; `alone` leaves them out. Every answer is checked. Client, servers and database share
 * this machine's cores; the peers wait while another is measured, and nobody's turn begins before our background work of the turn before is done: a peer would
 * pay for it.
 */
const numbers = process.argv.slice(2).filter((word) => /^\d+$/.test(word))
const patients = Number(numbers[0] ?? 10_000)
/** `quick`: a tenth of everything, for a machine that is busy; the pairs stay in one run. */
const share = process.argv.includes('quick') ? 0.1 : 1
const whole = 100 * share
const isEmbedded = process.argv.includes('pglite')
const isAlone = process.argv.includes('alone')
const CONNECTIONS = 10

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-bench-'))
const chart = wholeCharts()
const results: Measured[] = []
const keep = async (one: Promise<Measured>): Promise<void> => void results.push(await one)

/** Sends a chart as one transaction; gives how many resources it moved. */
const send = async (ask: Ask, resources: ReturnType<typeof smallChart>['resources']): Promise<number> => {
  const answer = JSON.parse(must(await ask('POST', '/fhir', transactionOf(resources)), 200)) as { entry: unknown[] }
  if (answer.entry.length !== resources.length) throw new Error('an entry has no answer')
  return resources.length
}

const id = (n: number): string => `small-${(n * 7919) % patients}`
const text = (body: string, part: string): number => {
  if (!body.includes(part)) throw new Error(`${part} is not in the answer: ${body.slice(0, 200)}`)
  return 0
}

/** Nothing that counts as a resource. */
const done = (_body: string): number => 0

/** What every peer is asked, each peer in turn. */
const COMMON: readonly (readonly [name: string, total: number, atOnce: number, one: (n: number, ask: Ask) => Promise<number>])[] = [
  ['read Patient', 3000, 1, async (n, ask) => text(must(await ask('GET', `/fhir/Patient/${id(n)}`), 200), id(n))],
  ['read Patient', 6000, 16, async (n, ask) => text(must(await ask('GET', `/fhir/Patient/${id(n)}`), 200), id(n))],
  ['create Observation', 600, 1, async (n, ask) => text(must(await ask('POST', '/fhir/Observation', observationOf(id(n), n)), 201), id(n))],
  [
    'create Observation',
    1500,
    16,
    async (n, ask) => text(must(await ask('POST', '/fhir/Observation', observationOf(id(n * 3), n)), 201), id(n * 3)),
  ],
  [
    'update Patient',
    1000,
    4,
    async (n, ask) => {
      const patient = { ...smallChart((n * 7919) % patients).resources[0]!, language: `l${n}` }
      return text(must(await ask('PUT', `/fhir/Patient/${id(n)}`, JSON.stringify(patient)), 200), `l${n}`)
    },
  ],
  ['delete MedicationRequest', 500, 4, async (n, ask) => done(must(await ask('DELETE', `/fhir/MedicationRequest/${id(n)}-m`), 200, 204))],
]
/** Not asked of the repository in memory, which has no index: it looks at everything it holds. */
const SEARCHES: typeof COMMON = [
  [
    'search: a patient\u2019s results by code',
    1500,
    4,
    async (n, ask) => text(must(await ask('GET', `/fhir/Observation?patient=${id(n)}&code=http://loinc.org|718-7`), 200), `${id(n)}-o0`),
  ],
  [
    'search: all of a patient, newest first',
    800,
    4,
    async (n, ask) => text(must(await ask('GET', `/fhir/Observation?patient=${id(n)}&_sort=-date&_count=20`), 200), `${id(n)}-o1`),
  ],
  [
    'search: by identifier',
    1500,
    4,
    async (n, ask) => text(must(await ask('GET', `/fhir/Patient?identifier=urn:bench|${(n * 7919) % patients}`), 200), id(n)),
  ],
]

/** Looks in a row that must find nothing to do: between the message of a write and its job lies up to a second. */
const QUIET_LOOKS = 6

/** Until the background has made every plan that waits. */
async function idle(ask: Ask): Promise<void> {
  for (let quiet = 0; quiet < QUIET_LOOKS; ) {
    const { queues } = JSON.parse(must(await ask('GET', '/jobs'), 200)) as { queues: { waiting: number; running: number }[] }
    quiet = queues.every(({ waiting, running }) => waiting + running === 0) ? quiet + 1 : 0
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

async function ownOnly(peer: Peer): Promise<void> {
  const at = (n: number): string => `whole-${n % whole}`
  await keep(
    measure(peer, 'search: chained by birth date', 300 * share, 4, async (n, ask) =>
      done(must(await ask('GET', `/fhir/Condition?subject:Patient.birthdate=19${50 + (n % 40)}&_count=20`), 200)),
    ),
  )
  await keep(
    measure(peer, 'search: _has a result of that code', 300 * share, 4, async (n, ask) =>
      text(must(await ask('GET', `/fhir/Patient?_has:Observation:patient:code=718-7&_id=${id(n)}`), 200), id(n)),
    ),
  )
  await keep(
    measure(peer, '$everything of a whole chart', 200 * share, 4, async (n, ask) =>
      text(must(await ask('GET', `/fhir/Patient/${at(n)}/$everything`), 200), at(n)),
    ),
  )
  await keep(measure(peer, 'plan', 600 * share, 1, async (n, ask) => text(must(await ask('GET', `/plans/${at(n)}`), 200), 'options')))
  await keep(measure(peer, 'plan', 600 * share, 4, async (n, ask) => text(must(await ask('GET', `/plans/${at(n)}`), 200), 'options')))
  const { services } = JSON.parse(must(await peer.ask('GET', '/cds-services'), 200)) as { services: { id: string; hook: string }[] }
  for (const { id: service, hook } of services) {
    const order = (n: number) => ({
      resourceType: 'MedicationRequest',
      id: 'draft',
      status: 'draft',
      intent: 'order',
      subject: { reference: `Patient/${at(n)}` },
      medicationCodeableConcept: { text: 'cisplatin' },
    })
    const orders = (n: number) =>
      hook === 'patient-view'
        ? {}
        : {
            draftOrders: { resourceType: 'Bundle', type: 'collection', entry: [{ resource: order(n) }] },
            ...(hook === 'order-select' ? { selections: ['MedicationRequest/draft'] } : {}),
          }
    const ask = async (n: number, send: Ask): Promise<number> => {
      const body = { hook, hookInstance: crypto.randomUUID(), context: { userId: 'Practitioner/1', patientId: at(n), ...orders(n) } }
      return text(must(await send('POST', `/cds-services/${service}`, JSON.stringify(body)), 200), '"cards"')
    }
    await keep(measure(peer, `CDS Hooks ${hook}`, 400 * share, 4, ask))
  }
}

const skip = (reason: string): void => console.log(`left out: ${reason}`)
const port = await freePort()
const postgres = isEmbedded
  ? undefined
  : await cluster({ port, settings: ['-c shared_buffers=512MB', '-c max_wal_size=4GB'], walSegmentMb: 16 })
if (postgres !== undefined && 'skipped' in postgres) {
  console.error(postgres.skipped)
  process.exit(1)
}
const peers: Peer[] = []
try {
  const version = postgres === undefined ? undefined : String((await postgres.primary.ask('show server_version'))[0]!.server_version)
  const commit = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).stdout.trim()
  console.log(
    `${version === undefined ? 'embedded PGlite (no fsync)' : `PostgreSQL ${version}, fsync on`}; ${patients} patients; ${os.cpus().length} cores shared by client, servers and database; commit ${commit}`,
  )
  const own = await secondWind(folder, postgres?.primary.url)
  peers.push(own)
  if (!isAlone) {
    if (postgres === undefined) skip('HAPI: it takes no embedded database')
    else {
      await postgres.primary.ask('create database hapi')
      const peer = await hapi(`jdbc:postgresql://127.0.0.1:${port}/hapi`, CONNECTIONS)
      if ('skipped' in peer) skip(`HAPI: ${peer.skipped}`)
      else peers.push(peer)
    }
    peers.push(await medplum())
  }
  for (const peer of peers) {
    await keep(measure(peer, 'transaction: whole charts', whole, 4, (n, ask) => send(ask, chart(n).resources)))
    await keep(
      measure(peer, 'transaction: ten small charts', patients / 10, 4, (n, ask) =>
        send(ask, Array.from({ length: 10 }, (_, i) => smallChart(n * 10 + i).resources).flat()),
      ),
    )
    if (peer === own) {
      const started = performance.now()
      await idle(peer.ask)
      console.log(`every plan was made again in the background ${((performance.now() - started) / 1000).toFixed(1)} s later`)
    }
  }
  for (const [name, total, atOnce, one] of COMMON)
    for (const peer of peers) {
      await idle(own.ask)
      await keep(measure(peer, name, total * share, atOnce, one))
    }
  for (const [name, total, atOnce, one] of SEARCHES)
    for (const peer of peers) if (peer.name !== 'medplum') await keep(measure(peer, name, total * share, atOnce, one))
  await idle(own.ask)
  await ownOnly(own)
  const ratio = (name: string, atOnce: number): number | undefined => {
    const of = (peer: string) => results.find((r) => r.peer === peer && r.name === name && r.atOnce === atOnce)?.perSecond
    const theirs = of('hapi')
    return theirs === undefined ? undefined : Math.round((of('second-wind')! / theirs) * 100) / 100
  }
  const ratios = Object.fromEntries(
    [...COMMON, ...SEARCHES].flatMap(([name, , atOnce]) => {
      const value = ratio(name, atOnce)
      return value === undefined ? [] : [[`${name} (${atOnce} at once)`, value]]
    }),
  )
  if (Object.keys(ratios).length > 0) {
    console.log('requests a second over those of HAPI:')
    for (const [name, value] of Object.entries(ratios)) console.log(`  ${name.padEnd(46)} ${value}`)
  }
  console.log(JSON.stringify({ bench: 'server', database: version ?? 'pglite', commit, patients, ratios, results }))
} finally {
  for (const peer of peers) await peer.stop()
  await postgres?.end()
  fs.rmSync(folder, { recursive: true, force: true })
}
process.exit(0)
