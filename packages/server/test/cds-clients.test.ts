import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tokenIdentity } from '../src/access/identity/index.ts'
import { cdsClientsIn, withCdsClients } from '../src/cds-hooks/index.ts'
import { openKnowledge } from '../src/compose.ts'
import type { Serving } from '../src/compose-server.ts'
import { startService } from '../src/service.ts'
import { openDatabase } from '../src/store/open.ts'

const BASE = 'https://second-wind.example.org'
const EHR = 'https://ehr.example.org'
const SERVICE = '/cds-services/second-wind-patient-view'
type Key = Parameters<SignJWT['sign']>[0]

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'second-wind-cds-clients-'))
let serving: Serving
/** Where the EHR publishes its keys, and one address more that nobody allowed. */
let published: http.Server
let keysAt: string
let signing: Key
let publishedKey: Key
/** Of nobody who is trusted. */
let forged: Key
let service: string
const asked: string[] = []

beforeAll(async () => {
  const own = await generateKeyPair('ES384', { extractable: true })
  const other = await generateKeyPair('RS384', { extractable: true })
  signing = own.privateKey
  publishedKey = other.privateKey
  forged = (await generateKeyPair('ES384')).privateKey
  const jwk = async (key: Key, kid: string, alg: string): Promise<JWK> => ({ ...(await exportJWK(key as CryptoKey)), kid, alg, use: 'sig' })
  const keys = JSON.stringify({ keys: [await jwk(other.publicKey, 'rsa-1', 'RS384')] })
  published = http.createServer((request, response) => {
    asked.push(request.url ?? '')
    response.setHeader('content-type', 'application/json').end(keys)
  })
  await new Promise<void>((resolve) => published.listen(0, '127.0.0.1', resolve))
  keysAt = `http://127.0.0.1:${(published.address() as AddressInfo).port}`
  const file = path.join(folder, 'clients.json')
  const client = {
    iss: EHR,
    name: 'Example EHR',
    site: 'north',
    jwks: { keys: [await jwk(own.publicKey, 'ec-1', 'ES384')] },
    jku: [`${keysAt}/keys`],
  }
  const vendor = { iss: 'vendor', jwks: client.jwks, tenants: ['hospital-one'] }
  fs.writeFileSync(file, JSON.stringify([client, vendor]))
  const clients = cdsClientsIn(file, 'main')
  if (!clients.ok) throw new Error(clients.error[0]!.message)
  const database = await openDatabase({ memory: true })
  serving = await startService({
    database: { open: database },
    knowledge: openKnowledge().knowledge,
    sign: { identify: withCdsClients(tokenIdentity([]), clients.value, { base: BASE, database }) },
    publicUrl: BASE,
  })
  await serving.store.commit({ who: 'Device/test', site: 'north' }, [
    { kind: 'update', resource: { resourceType: 'Patient', id: 'ann', name: [{ family: 'Secret' }], birthDate: '1960-01-01' } },
  ])
  const { services } = (await serving.server.inject({ url: '/cds-services' })).json() as { services: { id: string; hook: string }[] }
  service = `/cds-services/${services.find(({ hook }) => hook === 'patient-view')!.id}`
}, 120_000)
afterAll(async () => {
  await serving.close()
  await new Promise((resolve) => published.close(resolve))
  fs.rmSync(folder, { recursive: true, force: true })
})

let count = 0
interface Token {
  readonly key?: Key
  readonly header?: Record<string, unknown>
  readonly claims?: Record<string, unknown>
  readonly without?: string
}

/** As CDS Hooks 2.0 describes it, unless it says otherwise. */
async function token({ key = signing, header = {}, claims = {}, without }: Token = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const all: Record<string, unknown> = { iss: EHR, aud: `${BASE}${service}`, iat: now, exp: now + 300, jti: `call-${++count}`, ...claims }
  if (without !== undefined) delete all[without]
  return new SignJWT(all).setProtectedHeader({ alg: 'ES384', kid: 'ec-1', typ: 'JWT', ...header }).sign(key)
}

const call = async (bearer: string, url = service, body: object = {}) => {
  const answer = await serving.server.inject({
    method: 'POST',
    url,
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    payload: JSON.stringify({
      hook: 'patient-view',
      hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea',
      context: { userId: 'Practitioner/1', patientId: 'ann' },
      ...body,
    }),
  })
  return { status: answer.statusCode, text: answer.body }
}

test('a CDS client that signs its own token is answered, by its key in the file and by keys at an address that is allowed', async () => {
  expect((await call(await token())).status).toBe(200)
  const named = await token({ key: publishedKey, header: { alg: 'RS384', kid: 'rsa-1', jku: `${keysAt}/keys` } })
  expect((await call(named)).status).toBe(200)
  expect((await call(await token({ claims: { aud: [`${BASE}${service}`, 'https://other.example.org'] } }))).status).toBe(200)
})

test('a token is good once, in whichever process it comes', async () => {
  const once = await token()
  expect((await call(once)).status).toBe(200)
  const again = await call(once)
  expect(again.status).toBe(401)
  expect(again.text).toContain('jti')
  // two at once: one of them is answered
  const both = await token()
  const answers = await Promise.all([call(both), call(both)])
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 401])
})

test('of a token that was sent no more than a digest is kept, and that until it ends', async () => {
  await call(await token({ claims: { jti: 'very-own-jti' } }))
  const rows = await serving.store.database.query<{ id: string }>('select id, ends_at from cds_client_token')
  expect(rows.length).toBeGreaterThan(0)
  expect(JSON.stringify(rows)).not.toContain('very-own-jti')
  await serving.store.database.query(`update cds_client_token set ends_at = now() - interval '1 second'`)
  await serving.store.sweep()
  expect(await serving.store.database.query('select 1 from cds_client_token')).toEqual([])
})

const now = (): number => Math.floor(Date.now() / 1000)
test.each<[string, () => Token, string]>([
  ['of a client that is not on the list', () => ({ claims: { iss: 'https://stranger.example.org' } }), 'not known'],
  ['for another service', () => ({ claims: { aud: `${BASE}/cds-services/other` } }), 'aud'],
  ['for another server', () => ({ claims: { aud: `https://elsewhere.example.org${SERVICE}` } }), 'aud'],
  ['for the FHIR API', () => ({ claims: { aud: `${BASE}/fhir` } }), 'aud'],
  ['that has ended', () => ({ claims: { iat: now() - 600, exp: now() - 300 } }), 'expired'],
  ['that is good for a day', () => ({ claims: { exp: now() + 86_400 } }), '3600'],
  ['of tomorrow', () => ({ claims: { iat: now() + 86_400, exp: now() + 86_700 } }), 'time to come'],
  ['without exp', () => ({ without: 'exp' }), 'exp'],
  ['without iat', () => ({ without: 'iat' }), 'iat'],
  ['without aud', () => ({ without: 'aud' }), 'aud'],
  ['without jti', () => ({ without: 'jti' }), 'jti'],
  ['signed by another key', () => ({ key: publishedKey, header: { alg: 'RS384' } }), 'not among'],
  ['signed by another key under the same name', () => ({ key: forged }), 'believed'],
  ['whose jku is on no list', () => ({ key: publishedKey, header: { alg: 'RS384', kid: 'rsa-1', jku: `${keysAt}/evil` } }), 'jku'],
  ['of no tenant, where tenants are named', () => ({ claims: { iss: 'vendor' } }), 'tenant'],
  ['of another tenant', () => ({ claims: { iss: 'vendor', tenant: 'hospital-two' } }), 'tenant'],
])('a token %s is refused, and the reason is said', async (_name, made, reason) => {
  const answer = await call(await token(made()))
  expect(answer.status).toBe(401)
  expect(answer.text).toContain(reason)
  expect(asked).not.toContain('/evil')
})

test('of a vendor, the named tenant is answered', async () => {
  expect((await call(await token({ claims: { iss: 'vendor', tenant: 'hospital-one' } }))).status).toBe(200)
})

test('a shared secret or no signature at all is no token', async () => {
  const secret = await new SignJWT({ iss: EHR, aud: `${BASE}${service}`, jti: 'x' })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(new TextEncoder().encode('secretsecretsecretsecretsecretsecret'))
  expect((await call(secret)).status).toBe(401)
  const [, body] = (await token()).split('.')
  const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`
  expect((await call(none)).status).toBe(401)
})

test('it opens the services, and nothing else: no chart of ours, no plan, nobody’s name', async () => {
  const answer = await call(await token())
  expect(answer.status).toBe(200)
  expect(answer.text).not.toContain('Secret')
  for (const url of ['/fhir/Patient/ann', '/fhir/Patient', '/plans/ann', '/me', '/cds-report', '/metrics', '/worklists']) {
    for (const aud of [`${BASE}${url}`, `${BASE}/fhir`, `${BASE}${service}`]) {
      const bearer = await token({ claims: { aud } })
      const seen = await serving.server.inject({ url, headers: { authorization: `Bearer ${bearer}` } })
      expect([url, seen.statusCode]).toEqual([url, 401])
    }
  }
})

test('feedback comes with a token for its address, or for its service', async () => {
  for (const aud of [`${BASE}${service}`, `${BASE}${service}/feedback`]) {
    const answer = await call(await token({ claims: { aud } }), `${service}/feedback`)
    expect([401, 403]).not.toContain(answer.status)
  }
})

test.each<[string, unknown, string]>([
  ['no list', {}, 'no list'],
  ['no issuer', [{ jwks: { keys: [] } }], 'iss'],
  ['no keys', [{ iss: EHR }], 'names no keys'],
  ['keys fetched without https', [{ iss: EHR, jwks: 'http://ehr.example.org/keys' }], 'https'],
  ['keys named without https', [{ iss: EHR, jku: ['http://ehr.example.org/keys'] }], 'jku'],
  ['a secret', [{ iss: EHR, jwks: { keys: [{ kty: 'oct', k: 'AA' }] } }], 'public'],
  ['a private key', [{ iss: EHR, jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'a', y: 'b', d: 'c' }] } }], 'private'],
  ['a setting that there is not', [{ iss: EHR, jwks: `${EHR}/keys`, trust: true }], 'no setting'],
  [
    'the same twice',
    [
      { iss: EHR, jwks: `${EHR}/keys` },
      { iss: EHR, jwks: `${EHR}/keys` },
    ],
    'twice',
  ],
])('a file with %s is refused with the place', (_name, content, reason) => {
  const file = path.join(folder, 'bad.json')
  fs.writeFileSync(file, JSON.stringify(content))
  const read = cdsClientsIn(file, 'main')
  expect(read.ok ? '' : read.error.map(({ path: at, message }) => `${at} ${message}`).join()).toContain(reason)
  expect(cdsClientsIn(path.join(folder, 'none.json'), 'main').ok).toBe(false)
})
