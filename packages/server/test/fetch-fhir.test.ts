import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fhirFetch } from '../src/cds-hooks/index.ts'

let base: string
let asked: { url: string; authorization: string | undefined }[] = []
const server = http.createServer((request, response) => {
  asked.push({ url: request.url!, authorization: request.headers.authorization })
  if (request.url === '/fhir/moved') response.writeHead(302, { location: '/secret' }).end()
  else if (request.url === '/fhir/huge') response.end('x'.repeat(5000))
  else if (request.url === '/fhir/slow') return
  else if (request.url === '/fhir/broken') response.end('{')
  else response.end(JSON.stringify({ resourceType: 'Patient', id: request.url }))
})
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

test('only a server that was named is called, with the token that came for it', async () => {
  const fetch = fhirFetch([`${base}/fhir`])!
  asked = []
  expect(await fetch(`${base}/fhir/Patient/1`, 'secret')).toEqual({ resourceType: 'Patient', id: '/fhir/Patient/1' })
  expect(asked).toEqual([{ url: '/fhir/Patient/1', authorization: 'Bearer secret' }])
  for (const url of [
    `${base}/admin`,
    `${base}/fhir/../admin`,
    `${base}/fhirx/1`,
    'http://169.254.169.254/latest',
    'file:///etc/passwd',
    'nonsense',
  ])
    expect(await fetch(url, 'secret'), url).toBeUndefined()
  expect(asked).toHaveLength(1)
})

test('a redirect is not followed; what is late, too large or not JSON counts as not read', async () => {
  const fetch = fhirFetch([`${base}/fhir/`], { milliseconds: 300, bytes: 2000 })!
  asked = []
  for (const path of ['moved', 'huge', 'slow', 'broken']) expect(await fetch(`${base}/fhir/${path}`, undefined), path).toBeUndefined()
  expect(asked.map((a) => a.url)).not.toContain('/secret')
})

test('where no server was named there is nothing to call', () => {
  expect(fhirFetch([])).toBeUndefined()
})
