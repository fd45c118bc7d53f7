import fs from 'node:fs'
import http from 'node:http'
import { check } from '../crash/load.ts'
import { type ServingChild, serve } from '../crash/serving.ts'
import { cluster, until } from './cluster.ts'

const CLIENTS = 1000
const REQUESTS = 4
/** Megabytes that a process may take at most under this load; operator guide, "Sizing". */
const MOST_MB = 1024

/** What it takes now, and at most since it started (Linux). */
function memoryMb(pid: number): { readonly now: number; readonly peak: number } | undefined {
  try {
    const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8')
    const of = (name: string): number => Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)![1]) / 1024)
    return { now: of('VmRSS'), peak: of('VmHWM') }
  } catch {
    return undefined
  }
}

/** Sockets that the process has open (Linux). */
function socketsOf(pid: number): number {
  return fs.readdirSync(`/proc/${pid}/fd`).filter((fd) => {
    try {
      return fs.readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith('socket:')
    } catch {
      return false
    }
  }).length
}

interface Heard {
  readonly answers: Map<number, number>
  readonly kept: string[]
}

/** One client on one connection: writes and reads in turn. Every request ends with an answer, or this never does, and the runner's limit ends it. */
async function client({ base, token }: ServingChild, n: number, heard: Heard): Promise<void> {
  const { hostname, port } = new URL(base)
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  const ask = (method: string, path: string, body?: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' }
      const request = http.request({ agent, hostname, port, method, path, headers }, (response) => {
        response.resume()
        response.on('end', () => resolve(response.statusCode ?? 0))
        response.on('error', reject)
      })
      request.on('error', reject)
      request.end(body)
    })
  try {
    for (let k = 0; k < REQUESTS; k += 1) {
      const id = `m${n}-${k}`
      const body = JSON.stringify({
        resourceType: 'Observation',
        id,
        status: 'final',
        code: { text: 'count' },
        subject: { reference: `Patient/m${n % 50}` },
      })
      const status = k % 2 === 0 ? await ask('PUT', `/fhir/Observation/${id}`, body) : await ask('GET', `/fhir/Patient/m${n % 50}`)
      heard.answers.set(status, (heard.answers.get(status) ?? 0) + 1)
      if (k % 2 === 0 && (status === 200 || status === 201)) heard.kept.push(id)
    }
  } finally {
    agent.destroy()
  }
}

/** A thousand clients at once: every request is answered, with success or with 429 or 503; memory is bounded, no socket is left, and nothing acknowledged is lost. */
export async function manyClients(): Promise<string | undefined> {
  const started = await cluster()
  if ('skipped' in started) return started.skipped
  const { primary, end } = started
  let child: ServingChild | undefined
  try {
    child = await serve({ SECONDWIND_DATABASE_URL: primary.url })
    const { base, token } = child
    for (let n = 0; n < 50; n += 1) {
      const body = JSON.stringify({ resourceType: 'Patient', id: `m${n}` })
      const answer = await fetch(`${base}/fhir/Patient/m${n}`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' },
        body,
      })
      if (answer.status !== 201) throw new Error(`a patient was not taken: ${answer.status}`)
    }
    const pid = child.child.pid!
    const before = socketsOf(pid)
    const heard: Heard = { answers: new Map(), kept: [] }
    const serving = child
    await Promise.all(Array.from({ length: CLIENTS }, (_, n) => client(serving, n, heard)))
    const odd = [...heard.answers.keys()].filter((status) => ![200, 201, 429, 503].includes(status))
    if (odd.length > 0) throw new Error(`some requests were answered with ${odd.join(', ')}`)
    const total = [...heard.answers.values()].reduce((sum, n) => sum + n, 0)
    if (total !== CLIENTS * REQUESTS) throw new Error(`${CLIENTS * REQUESTS - total} requests were not answered`)
    await until('the sockets are closed', () => socketsOf(pid) <= before + 10)
    const memory = memoryMb(pid)!
    if (memory.peak > MOST_MB) throw new Error(`the process took ${memory.peak} MB`)
    if ((await fetch(`${base}/ready`)).status !== 200) throw new Error('it is not ready afterwards')
    const told = [...heard.answers].map(([status, n]) => `${n} × ${status}`).join(', ')
    console.log(`    ${CLIENTS} clients, ${total} requests, each answered: ${told}; at most ${memory.peak} MB`)
    if ((await child.end('SIGTERM')) !== 0) throw new Error('the server did not stop cleanly')
    await check({ postgres: { connectionString: primary.url } }, { acknowledged: [], kept: heard.kept })
    return undefined
  } finally {
    await child?.end('SIGKILL')
    await end()
  }
}
