import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { verifyAudit } from '../../src/access/index.ts'
import { openStore, type StoreConfig } from '../../src/store/index.ts'
import { CLIENTS, check, load } from '../crash/load.ts'
import { type ServingChild, serve } from '../crash/serving.ts'
import { ownedByPostgres } from '../store/postgres-server.ts'
import { cluster, until } from './cluster.ts'

const CHART = path.resolve(import.meta.dirname, '../../../../fixtures/patients/squamous-pdl1-0.json')

interface Disk {
  readonly folder: string
  /** Takes all the room that is left. */
  fill(): void
  free(): void
  unmount(): void
}

/** A disk of its own size: a tmpfs. Undefined where this user may not mount. */
function disk(megabytes: number): Disk | undefined {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-disk-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'tmpfs', folder])
  if (mounted.status !== 0) {
    fs.rmdirSync(folder)
    return undefined
  }
  ownedByPostgres(folder)
  const ballast = path.join(folder, 'ballast')
  return {
    folder,
    fill: () => {
      const file = fs.openSync(ballast, 'w')
      try {
        for (;;) fs.writeSync(file, Buffer.alloc(4096, 1))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      } finally {
        fs.closeSync(file)
      }
    },
    free: () => fs.rmSync(ballast, { force: true }),
    unmount: () => {
      spawnSync('umount', ['-l', folder])
      fs.rmSync(folder, { recursive: true, force: true })
    },
  }
}

interface Heard {
  readonly status: number
  readonly retryAfter: string | null
  readonly body: string
}

const ask = async ({ base, token }: ServingChild, method: string, url: string, body?: object): Promise<Heard> => {
  const answer = await fetch(`${base}${url}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, retryAfter: answer.headers.get('retry-after'), body: await answer.text() }
}

const must = (isSo: boolean, what: string): void => {
  if (!isSo) throw new Error(what)
}

/** The reads that were answered while nothing new could be written are in the audit log all the same, and its chain is whole. */
async function readsAreTold(database: StoreConfig['database']): Promise<void> {
  const store = await openStore({ database })
  try {
    await until('the log has what was kept for it', async () => (await store.database.query(WAITING)).length === 0)
    const [row] = await store.database.query<{ n: number }>(
      `select count(*) as n from audit_event where body like '%"name":"fhir-read"%' and body like '%"outcome":"0"%'`,
    )
    must(row!.n >= FULL_READS, `${FULL_READS} reads were answered, ${row!.n} are in the audit log`)
    const { faults, events } = await verifyAudit(store.database)
    must(faults.length === 0, `the audit chain is broken: ${faults[0]}`)
    console.log(`    ${FULL_READS} reads and a plan on the full disk, each in the audit log; ${events} events, the chain holds`)
  } finally {
    await store.close()
  }
}

const WAITING = 'select 1 from audit_reserve where entry is not null limit 1'
const FULL_READS = 200

/**
 * The disk of the database fills up while clients write: writes end with 503 and say what to do, reads go on, and when there is room again everything
 * goes on by itself. Then the disk of the database's own log fills up: PostgreSQL stops, the server stays and says 503, and finds it again.
 */
export async function diskFull(): Promise<string | undefined> {
  const data = disk(160)
  if (data === undefined) return 'no disk can be mounted here (not root, or not allowed)'
  const log = disk(24)!
  const inside = path.join(data.folder, 'data')
  const started = await cluster({
    data: inside,
    wal: path.join(log.folder, 'wal'),
    settings: ['-c min_wal_size=2MB', '-c max_wal_size=8MB', '-c checkpoint_timeout=30s'],
  })
  if ('skipped' in started) {
    data.unmount()
    log.unmount()
    return started.skipped
  }
  const { primary, end } = started
  const database = { postgres: { connectionString: primary.url } }
  let child: ServingChild | undefined
  try {
    child = await serve({ SECONDWIND_DATABASE_URL: primary.url })
    const serving = child
    const chart = JSON.parse(fs.readFileSync(CHART, 'utf8')) as { entry: { resource: { resourceType: string; id: string } }[] }
    const patient = chart.entry.find(({ resource }) => resource.resourceType === 'Patient')!.resource.id
    const sent = await ask(serving, 'POST', '/fhir', {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: chart.entry.map(({ resource }) => ({ resource, request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` } })),
    })
    must(sent.status === 200, `the chart was not taken: ${sent.body.slice(0, 300)}`)
    const first = load(serving, new Array<number>(CLIENTS).fill(0))
    await until('clients write', () => first.kept.length >= 20)
    data.fill()
    await until('writes are refused', () => (first.answers.get(503) ?? 0) >= 20)
    const write = await ask(serving, 'PUT', '/fhir/Patient/too-much', {
      resourceType: 'Patient',
      id: 'too-much',
      name: [{ text: 'x'.repeat(200_000) }],
    })
    must(write.status === 503, `a write on a full disk was answered with ${write.status}: ${write.body.slice(0, 300)}`)
    must(write.retryAfter === '60', `Retry-After is ${write.retryAfter}`)
    must(/disk of the database is full/.test(write.body) && /make room/.test(write.body), `it does not say what to do: ${write.body}`)
    for (let n = 0; n < FULL_READS; n += 1) {
      const read = await ask(serving, 'GET', `/fhir/Patient/c${n % CLIENTS}`)
      must(read.status === 200, `read ${n} on a full disk was answered with ${read.status}: ${read.body.slice(0, 300)}`)
    }
    for (const url of [`/plans/${patient}`, `/fhir/Observation?patient=${patient}&_count=5`, `/fhir/Patient/${patient}/$everything`]) {
      const read = await ask(serving, 'GET', url)
      must(read.status === 200, `${url} on a full disk was answered with ${read.status}: ${read.body.slice(0, 300)}`)
    }
    must((await ask(serving, 'GET', '/ready')).status === 200, 'a full disk takes the server out of the balancer: reads must go on')
    must((await ask(serving, 'GET', '/fhir/Patient/too-much')).status === 404, 'a refused write is there')
    data.free()
    const before = first.kept.length
    await until('writes go on when there is room again', () => first.kept.length > before + 20)
    await first.stop()
    console.log(`    data disk full: ${[...first.answers].map(([status, n]) => `${n} × ${status}`).join(', ')}`)
    const numbers = await check(database, first)
    await readsAreTold(database)

    const second = load(serving, numbers)
    await until('clients write', () => second.kept.length >= 20)
    log.fill()
    await until('PostgreSQL is gone', () => (second.answers.get(503) ?? 0) >= 20)
    must((await ask(serving, 'GET', '/health')).status === 200, 'the server died with its database')
    must((await ask(serving, 'GET', '/ready')).status === 503, 'the server says ready without a database')
    log.free()
    await primary.stop('immediate').catch(() => {})
    await primary.start()
    const then = second.kept.length
    await until('writes go on by themselves', () => second.kept.length > then + 20)
    await second.stop()
    console.log(`    log disk full: ${[...second.answers].map(([status, n]) => `${n} × ${status}`).join(', ')}`)
    must((await child.end('SIGTERM')) === 0, `the server did not stop cleanly: ${child.said().slice(-1500)}`)
    await check(database, second)
    return undefined
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${child?.said().slice(-1500)}`)
  } finally {
    await child?.end('SIGKILL')
    await end()
    data.unmount()
    log.unmount()
  }
}
