import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { postgresServer } from '../packages/server/test/store/postgres-server.ts'

/**
 * `npm run bench -- server [PATIENTS] [pglite]`: the server as it is started for use (`secondwind serve`), over HTTP, on a PostgreSQL of its own that
 * does fsync (or on the embedded database). Imports a network of charts as transactions, then reads, writes, searches and plans; each answer is checked.
 * Client, server and database share this machine's cores.
 */
const ROOT = path.resolve(import.meta.dirname, '..')
const patients = Number(process.argv[2] ?? 300)
const isEmbedded = process.argv.includes('pglite')
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-bench-'))

interface Answer {
  readonly status: number
  readonly text: string
}

interface Measured {
  readonly name: string
  readonly requests: number
  readonly perSecond: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly resourcesPerSecond?: number
  /** Processor time of the server process for one request: does not change with what else the machine does. */
  readonly cpuMs?: number
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 32 })

function asker(base: string, token: string) {
  const { hostname, port } = new URL(base)
  return (method: string, url: string, body?: string): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/fhir+json', 'content-length': Buffer.byteLength(body) }),
      }
      const request = http.request({ agent, hostname, port, method, path: url, headers }, (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }))
        response.on('error', reject)
      })
      request.on('error', reject)
      request.end(body)
    })
}

let serverPid: number | undefined

/** Milliseconds of processor time that the server has used (Linux; elsewhere undefined). */
function serverCpu(): number | undefined {
  try {
    const fields = fs.readFileSync(`/proc/${serverPid}/stat`, 'utf8').split(') ')[1]!.split(' ')
    return (Number(fields[11]) + Number(fields[12])) * 10
  } catch {
    return undefined
  }
}

const rounded = (value: number): number => Math.round(value * 100) / 100

async function measure(name: string, total: number, at: number, one: (n: number) => Promise<number>): Promise<Measured> {
  const times: number[] = []
  let next = 0
  let resources = 0
  const worker = async (): Promise<void> => {
    for (;;) {
      const n = next
      next += 1
      if (n >= total) return
      const started = performance.now()
      resources += await one(n)
      times.push(performance.now() - started)
    }
  }
  const cpu = serverCpu()
  const started = performance.now()
  await Promise.all(Array.from({ length: at }, worker))
  const seconds = (performance.now() - started) / 1000
  const used = serverCpu()
  times.sort((a, b) => a - b)
  const quantile = (q: number): number => rounded(times[Math.min(times.length - 1, Math.floor(q * times.length))]!)
  const result: Measured = {
    name: `${name} (${at} at once)`,
    requests: total,
    perSecond: rounded(total / seconds),
    p50: quantile(0.5),
    p95: quantile(0.95),
    p99: quantile(0.99),
    ...(cpu === undefined || used === undefined ? {} : { cpuMs: rounded((used - cpu) / total) }),
    ...(resources === 0 ? {} : { resourcesPerSecond: Math.round(resources / seconds) }),
  }
  console.log(
    `${result.name.padEnd(46)} ${String(result.perSecond).padStart(9)} /s   p50 ${result.p50} ms  p95 ${result.p95} ms  p99 ${result.p99} ms  cpu ${result.cpuMs ?? '?'} ms${result.resourcesPerSecond === undefined ? '' : `   ${result.resourcesPerSecond} resources/s`}`,
  )
  return result
}

async function started(
  databaseUrl: string | undefined,
): Promise<{ readonly child: ChildProcess; readonly base: string; readonly token: string }> {
  const child = spawn(process.execPath, [path.join(ROOT, 'packages/server/src/cli/main.ts'), 'serve'], {
    env: {
      ...process.env,
      SECONDWIND_PORT: '0',
      SECONDWIND_LOGS: 'off',
      SECONDWIND_REQUESTS_PER_MINUTE: '10000000',
      SECONDWIND_DATA: folder,
      ...(databaseUrl === undefined ? {} : { SECONDWIND_DATABASE_URL: databaseUrl }),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let told = ''
  for await (const part of child.stdout!) {
    told += String(part)
    const base = /FHIR R4 at (\S+)\/fhir/.exec(told)?.[1]
    const token = /Bearer (\S+)/.exec(told)?.[1]
    if (base !== undefined && token !== undefined) {
      child.stdout!.resume()
      return { child, base, token }
    }
  }
  throw new Error(`the server did not start: ${told}`)
}

/** The example charts in turn, each copy under ids of its own. */
function chart(n: number, sources: readonly string[]): { readonly id: string; readonly bundle: string; readonly resources: number } {
  const source = JSON.parse(sources[n % sources.length]!) as { entry: { resource: { resourceType: string; id: string } }[] }
  const patient = source.entry.find((e) => e.resource.resourceType === 'Patient')!.resource.id
  const text = JSON.stringify(source.entry.map(({ resource }) => resource)).replaceAll(patient, `bench-${n}`)
  const entry = (JSON.parse(text) as { resourceType: string; id: string }[]).map((resource) => ({
    resource,
    request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
  }))
  return { id: `bench-${n}`, bundle: JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry }), resources: entry.length }
}

/** Nothing that counts as a resource. */
const done = (_text: string): number => 0

const must = (answer: Answer, status: number): string => {
  if (answer.status !== status) throw new Error(`${answer.status} instead of ${status}: ${answer.text.slice(0, 400)}`)
  return answer.text
}

const fixtures = path.join(ROOT, 'fixtures/patients')
const sources = fs
  .readdirSync(fixtures)
  .filter((name) => name.endsWith('.json'))
  .map((name) => fs.readFileSync(path.join(fixtures, name), 'utf8'))
  .filter(
    (text) =>
      text.includes('"entry"') &&
      (JSON.parse(text) as { entry: { resource: { resourceType: string; id?: string } }[] }).entry.every(
        (e) => e.resource.id !== undefined,
      ),
  )
const postgres = isEmbedded ? undefined : await postgresServer(true)
if (postgres !== undefined && 'skipped' in postgres) {
  console.error(postgres.skipped)
  process.exit(1)
}
const config = await postgres?.database()
const url =
  config === undefined ? undefined : (config.connectionString ?? `postgres://postgres@localhost/${config.database}?host=${config.host}`)
const { child, base, token } = await started(url)
serverPid = child.pid
const results: Measured[] = []
try {
  const ask = asker(base, token)
  const id = (n: number): string => `bench-${n % patients}`
  const result = (n: number): string =>
    JSON.stringify({
      resourceType: 'Observation',
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '718-7' }] },
      subject: { reference: `Patient/${id(n)}` },
      effectiveDateTime: '2026-11-20',
      valueQuantity: { value: 8 + (n % 60) / 10, unit: 'g/dL', system: 'http://unitsofmeasure.org', code: 'g/dL' },
    })
  console.log(
    `${postgres === undefined ? 'embedded PGlite (no fsync)' : `${postgres.version}, fsync on`}; ${patients} patients; ${os.cpus().length} cores shared by client, server and database`,
  )
  const importOne = async (n: number): Promise<number> => {
    const { bundle, resources } = chart(n, sources)
    const answer = JSON.parse(must(await ask('POST', '/fhir', bundle), 200)) as { entry: unknown[] }
    if (answer.entry.length !== resources) throw new Error('an entry has no answer')
    return resources
  }
  results.push(await measure('transaction: import a chart', patients, 4, importOne))
  results.push(
    await measure('read Patient', 3000, 1, async (n) =>
      must(await ask('GET', `/fhir/Patient/${id(n)}`), 200).includes(id(n)) ? 0 : Promise.reject(new Error('another patient')),
    ),
    await measure('read Patient', 6000, 16, async (n) => {
      must(await ask('GET', `/fhir/Patient/${id(n)}`), 200)
      return 0
    }),
    await measure('create Observation', 400, 1, async (n) => {
      must(await ask('POST', '/fhir/Observation', result(n)), 201)
      return 0
    }),
    await measure('create Observation', 1000, 16, async (n) => {
      must(await ask('POST', '/fhir/Observation', result(n * 7)), 201)
      return 0
    }),
    await measure('update Patient', 400, 4, async (n) => {
      const body = JSON.stringify({
        resourceType: 'Patient',
        id: id(n),
        gender: 'female',
        birthDate: `19${50 + (n % 40)}-0${1 + (n % 9)}-11`,
        language: `l${n}`,
      })
      must(await ask('PUT', `/fhir/Patient/${id(n)}`, body), 200)
      return 0
    }),
    await measure('search: a patient\u2019s results by code', 2000, 4, async (n) =>
      done(must(await ask('GET', `/fhir/Observation?patient=${id(n)}&code=http://loinc.org|718-7`), 200)),
    ),
    await measure('search: all of a patient, newest first', 600, 4, async (n) =>
      done(must(await ask('GET', `/fhir/Observation?patient=${id(n)}&_sort=-date&_count=20`), 200)),
    ),
    await measure('search: chained by birth date', 300, 4, async (n) =>
      done(must(await ask('GET', `/fhir/Condition?subject:Patient.birthdate=19${50 + (n % 40)}&_count=20`), 200)),
    ),
    await measure('search: _has a result below a limit', 300, 4, async (n) =>
      done(must(await ask('GET', `/fhir/Patient?_has:Observation:patient:code=718-7&_id=${id(n)}`), 200)),
    ),
    await measure('$everything', 200, 4, async (n) => {
      must(await ask('GET', `/fhir/Patient/${id(n)}/$everything`), 200)
      return 0
    }),
  )
  const plan = await ask('GET', `/plans/${id(0)}`)
  if (plan.status === 200)
    results.push(
      await measure('plan', 200, 1, async (n) => {
        must(await ask('GET', `/plans/${id(n)}`), 200)
        return 0
      }),
    )
  else console.log(`plan: not measured, /plans answers ${plan.status}`)
} finally {
  child.kill('SIGTERM')
  await new Promise((resolve) => child.once('exit', resolve))
  if (postgres !== undefined) postgres.stop()
  fs.rmSync(folder, { recursive: true, force: true })
  agent.destroy()
}
console.log(JSON.stringify({ bench: 'server', database: postgres?.version ?? 'pglite', patients, results }))
