import zlib from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { buildServer, json, type Route } from '../src/api/index.ts'

const LONG = { words: Array.from({ length: 2000 }, (_, i) => `a line of a plan, ${i}`) }
const OPEN = { open: 'a test' } as const
const routes: readonly Route[] = [
  { id: 'long', method: 'GET', path: '/long', rule: OPEN, summary: '', handle: () => Promise.resolve(json(LONG)) },
  { id: 'short', method: 'GET', path: '/short', rule: OPEN, summary: '', handle: () => Promise.resolve(json({ words: [] })) },
  {
    id: 'paper',
    method: 'GET',
    path: '/paper',
    rule: OPEN,
    summary: '',
    handle: () => Promise.resolve({ status: 200, contentType: 'application/pdf', body: Buffer.alloc(50_000) }),
  },
]
const server = buildServer({ routes })
afterAll(() => server.close())
const get = (url: string, accepts?: string) =>
  server.inject({ method: 'GET', url, headers: accepts === undefined ? {} : { 'accept-encoding': accepts } })

test.each([
  ['br', 'gzip, deflate, br', zlib.brotliDecompressSync],
  ['gzip', 'gzip, deflate', zlib.gunzipSync],
  ['gzip', 'br;q=0, gzip', zlib.gunzipSync],
] as const)('a long answer is sent as %s to who takes %s, and is the same', async (encoding, accepts, read) => {
  const answer = await get('/long', accepts)
  expect(answer.headers).toMatchObject({ 'content-encoding': encoding, vary: 'accept-encoding' })
  expect(answer.rawPayload.length).toBeLessThan(JSON.stringify(LONG).length / 4)
  expect(answer.headers['content-length']).toBe(String(answer.rawPayload.length))
  expect(JSON.parse(read(answer.rawPayload).toString())).toEqual(LONG)
})

test('as it is: for who takes nothing else, where it is short, where it is no text', async () => {
  const plain = await get('/long')
  expect(plain.headers['content-encoding']).toBeUndefined()
  expect(plain.headers.vary).toBe('accept-encoding')
  expect(plain.json()).toEqual(LONG)
  for (const url of ['/short', '/paper']) expect((await get(url, 'br, gzip')).headers['content-encoding'], url).toBeUndefined()
})
