import fs from 'node:fs'
import http from 'node:http'
import os from 'node:os'

export interface Answer {
  readonly status: number
  readonly text: string
}

export type Ask = (method: string, url: string, body?: string) => Promise<Answer>

/** A server that is measured: where it is, and which process it is. */
export interface Peer {
  readonly name: string
  readonly pid: number | undefined
  readonly ask: Ask
  stop(): Promise<void>
}

export interface Measured {
  readonly peer: string
  readonly name: string
  readonly atOnce: number
  readonly requests: number
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly resourcesPerSecond?: number
  /** Processor time of the server's process for one request: changes less with what else the machine does. */
  readonly cpuMs?: number
  /** Processes that wanted to run on this machine, over the last minute. */
  readonly load: number
}

/** Requests over kept connections, as a busy client has them. */
export function asker(base: string, headers: { readonly [name: string]: string } = {}): Ask {
  const { hostname, port, pathname } = new URL(base)
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 })
  return (method, url, body) =>
    new Promise((resolve, reject) => {
      const request = http.request(
        {
          agent,
          hostname,
          port,
          method,
          path: `${pathname.replace(/\/$/, '')}${url}`,
          headers: {
            ...headers,
            accept: 'application/fhir+json, application/json',
            ...(body === undefined ? {} : { 'content-type': 'application/fhir+json', 'content-length': Buffer.byteLength(body) }),
          },
        },
        (response) => {
          const parts: Buffer[] = []
          response.on('data', (part: Buffer) => parts.push(part))
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }))
          response.on('error', reject)
        },
      )
      request.on('error', reject)
      request.end(body)
    })
}

export function must(answer: Answer, ...statuses: readonly number[]): string {
  if (!statuses.includes(answer.status))
    throw new Error(`${answer.status} instead of ${statuses.join(' or ')}: ${answer.text.slice(0, 400)}`)
  return answer.text
}

/** Milliseconds of processor time that a process has used (Linux; elsewhere undefined). */
function cpuOf(pid: number | undefined): number | undefined {
  try {
    const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
    return (Number(fields[11]) + Number(fields[12])) * 10
  } catch {
    return undefined
  }
}

const rounded = (value: number): number => Math.round(value * 100) / 100

/** Runs `one` `total` times, `atOnce` at a time. It gives how many resources it moved, and throws when an answer is wrong. */
export async function measure(
  peer: Peer,
  name: string,
  total: number,
  atOnce: number,
  one: (n: number, ask: Ask) => Promise<number>,
): Promise<Measured> {
  const times: number[] = []
  let next = 0
  let resources = 0
  const worker = async (): Promise<void> => {
    for (;;) {
      const n = next
      next += 1
      if (n >= total) return
      const started = performance.now()
      // added after the wait: the others add meanwhile
      const moved = await one(n, peer.ask)
      resources += moved
      times.push(performance.now() - started)
    }
  }
  const cpu = cpuOf(peer.pid)
  const started = performance.now()
  await Promise.all(Array.from({ length: atOnce }, worker))
  const seconds = (performance.now() - started) / 1000
  const used = cpuOf(peer.pid)
  times.sort((a, b) => a - b)
  const quantile = (q: number): number => rounded(times[Math.min(times.length - 1, Math.floor(q * times.length))]!)
  const result: Measured = {
    peer: peer.name,
    name,
    atOnce,
    requests: total,
    perSecond: rounded(total / seconds),
    p50: quantile(0.5),
    p95: quantile(0.95),
    p99: quantile(0.99),
    ...(resources === 0 ? {} : { resourcesPerSecond: Math.round(resources / seconds) }),
    ...(cpu === undefined || used === undefined ? {} : { cpuMs: rounded((used - cpu) / total) }),
    load: rounded(os.loadavg()[0]!),
  }
  tell(result)
  return result
}

function tell({ peer, name, atOnce, perSecond, p50, p95, p99, cpuMs, resourcesPerSecond, load }: Measured): void {
  const moved = resourcesPerSecond === undefined ? '' : `   ${resourcesPerSecond} resources/s`
  console.log(
    `${peer.padEnd(12)} ${`${name} (${atOnce} at once)`.padEnd(46)} ${String(perSecond).padStart(9)} /s   p50 ${p50}  p95 ${p95}  p99 ${p99} ms   cpu ${cpuMs ?? '?'} ms   load ${load}${moved}`,
  )
}
