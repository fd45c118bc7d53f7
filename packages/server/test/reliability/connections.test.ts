import net, { type AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildServer } from '../../src/api/index.ts'
import { fhirRoutes } from '../../src/fhir-api/index.ts'
import { openStore, type Store } from '../../src/store/index.ts'
import { verifyChains } from '../../src/store/verify.ts'
import { OPEN } from '../fhir-api/client.ts'
import { AUTHOR, observation, patient, put } from '../store/resources.ts'

/** Clients that are slow, or gone in the middle: over real sockets. Every wait ends by an event; the runner's own limit is the only clock. */
let store: Store
let server: ReturnType<typeof buildServer>
let port: number
const sockets = new Set<net.Socket>()

beforeAll(async () => {
  store = await openStore({ database: { memory: true } })
  server = buildServer({
    routes: fhirRoutes({ store, software: 'second-wind 0', startedAt: '2026-11-23T00:00:00Z' }),
    access: OPEN,
    patience: { headers: 300, request: 600, look: 50 },
  })
  server.server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await server.listen({ host: '127.0.0.1', port: 0 })
  port = (server.server.address() as AddressInfo).port
  const results = Array.from({ length: 900 }, (_, n) => put(observation(`o${n}`, 'p', { note: [{ text: 'x'.repeat(2000) }] })))
  await store.commit(AUTHOR, [put(patient('p')), ...results])
}, 60_000)
afterAll(async () => {
  await server.close()
  await store.close()
})

/** All that a raw client hears until the connection ends. `talk` does the client's part. */
function raw(talk: (socket: net.Socket) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => talk(socket))
    let heard = ''
    socket.on('data', (part) => {
      heard += String(part)
    })
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? undefined : reject(error),
    )
    socket.on('close', () => resolve(heard))
  })
}

/** Resolves when the server has let go of every socket. */
async function noSockets(): Promise<void> {
  while (sockets.size > 0) await new Promise((resolve) => setTimeout(resolve, 10))
}

const stillServes = async (): Promise<void> => {
  const answer = await fetch(`http://127.0.0.1:${port}/fhir/Patient/p`, { headers: { connection: 'close' } })
  expect(answer.status).toBe(200)
  await answer.arrayBuffer()
}

const versions = async (): Promise<number> => (await store.database.query<{ n: number }>('select count(*) as n from chart_version'))[0]!.n

test('headers that come a byte at a time are answered with 408, and the socket is free again', async () => {
  const slow = Array.from({ length: 20 }, () =>
    raw((socket) => {
      socket.write('GET /fhir/Patient/p HTTP/1.1\r\nHost: x\r\n')
      const drip = setInterval(() => socket.write('x'), 20)
      socket.on('close', () => clearInterval(drip))
    }),
  )
  // meanwhile others are served
  await stillServes()
  for (const heard of await Promise.all(slow)) expect(heard).toMatch(/^HTTP\/1\.1 408 /)
  await noSockets()
})

test('a body that never ends is answered with 408, and nothing of it is kept', async () => {
  const before = await versions()
  const heard = await raw((socket) => {
    socket.write('PUT /fhir/Patient/slow HTTP/1.1\r\nHost: x\r\nContent-Type: application/fhir+json\r\nContent-Length: 5000\r\n\r\n')
    socket.write('{"resourceType":"Patient","id":"slow"')
    const drip = setInterval(() => socket.write(' '), 20)
    socket.on('close', () => clearInterval(drip))
  })
  expect(heard).toMatch(/^HTTP\/1\.1 408 /)
  await noSockets()
  expect(await versions()).toBe(before)
  await stillServes()
})

test('a client that is gone in the middle of an upload leaves nothing behind', async () => {
  const before = await versions()
  const whole = JSON.stringify({
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [1, 2, 3].map((n) => ({ resource: patient(`gone-${n}`), request: { method: 'PUT', url: `Patient/gone-${n}` } })),
  })
  for (const sent of [0, 1, 50, whole.length - 1])
    await raw((socket) => {
      socket.write(`POST /fhir HTTP/1.1\r\nHost: x\r\nContent-Type: application/fhir+json\r\nContent-Length: ${whole.length}\r\n\r\n`)
      socket.write(whole.slice(0, sent), () => socket.destroy())
    })
  await noSockets()
  expect(await versions()).toBe(before)
  await stillServes()
})

test('a client that is gone before the answer to a whole write finds it whole or not at all', async () => {
  const body = (n: number): string =>
    JSON.stringify({
      resourceType: 'Bundle',
      type: 'transaction',
      entry: ['a', 'b'].map((part) => ({ resource: patient(`w${n}-${part}`), request: { method: 'PUT', url: `Patient/w${n}-${part}` } })),
    })
  await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      raw((socket) => {
        socket.write(`POST /fhir HTTP/1.1\r\nHost: x\r\nContent-Type: application/fhir+json\r\nContent-Length: ${body(n).length}\r\n\r\n`)
        socket.write(body(n), () => setTimeout(() => socket.destroy(), n))
      }),
    ),
  )
  await noSockets()
  // on the embedded database this waits for whatever is still being written
  await store.ping()
  const there = await store.database.query<{ id: string }>("select id from resource_current where id like 'w%-a' or id like 'w%-b'")
  const parts = Map.groupBy(there, ({ id }) => id.split('-')[0])
  expect(parts.size).toBeGreaterThan(0)
  for (const [n, of] of parts) expect({ n, parts: of.length }).toEqual({ n, parts: 2 })
  expect((await verifyChains(store.database)).problems).toEqual([])
})

test('a client that reads half of a large answer and goes leaves no socket', async () => {
  let heard = 0
  await Promise.all(
    Array.from({ length: 10 }, () =>
      raw((socket) => {
        socket.write('GET /fhir/Patient/p/$everything?_count=1000 HTTP/1.1\r\nHost: x\r\n\r\n')
        socket.once('data', (part) => {
          heard += part.length
          socket.destroy()
        })
      }),
    ),
  )
  expect(heard).toBeGreaterThan(0)
  await noSockets()
  await stillServes()
})

test('what is no HTTP at all is answered with 400 and closed', async () => {
  for (const nonsense of ['\u0000\u0001\u0002\r\n\r\n', 'GET\r\n\r\n', `GET / HTTP/1.1\r\n${'X: y\r\n'.repeat(3000)}\r\n`]) {
    const heard = await raw((socket) => socket.write(nonsense))
    expect(heard).toMatch(/^HTTP\/1\.1 4(00|31) /)
  }
  await noSockets()
})

test('a body in another encoding is refused: its letters would be lost', async () => {
  const before = await versions()
  const body = Buffer.from(JSON.stringify({ resourceType: 'Patient', id: 'l', name: [{ family: 'M\u00fcller' }] }), 'latin1')
  const answer = await fetch(`http://127.0.0.1:${port}/fhir/Patient/l`, {
    method: 'PUT',
    headers: { 'content-type': 'application/fhir+json', connection: 'close' },
    body,
  })
  expect(answer.status).toBe(400)
  expect(await answer.text()).toContain('not in UTF-8')
  expect(await versions()).toBe(before)
})

test('a server that is told to stop ends the answers that have no end, and stops', async () => {
  const other = buildServer({
    access: OPEN,
    routes: [
      {
        id: 'endless',
        method: 'GET',
        path: '/endless',
        isEndless: true,
        rule: { interaction: 'read', about: 'test' },
        handle: async ({ signal }) => ({
          status: 200,
          contentType: 'text/event-stream',
          body: Readable.from(untilGone(signal), { objectMode: false }),
        }),
      },
    ],
  })
  async function* untilGone(signal: AbortSignal): AsyncGenerator<string> {
    yield ': here\n\n'
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    yield ': the end\n\n'
  }
  await other.listen({ host: '127.0.0.1', port: 0 })
  const answer = await fetch(`http://127.0.0.1:${(other.server.address() as AddressInfo).port}/endless`)
  const text = answer.text()
  // without an end to the stream this would wait until the runner gives up
  await other.close()
  expect(await text).toBe(': here\n\n: the end\n\n')
})
