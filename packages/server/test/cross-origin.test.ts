import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mountProvider, smartRoutes, tokenIdentity } from '../src/access/identity/index.ts'
import { type EmbeddedProvider, embeddedProvider } from '../src/access/identity/provider.ts'
import { openAccess } from '../src/access/index.ts'
import { buildServer, type Route } from '../src/api/index.ts'
import { fhirRoutes } from '../src/fhir-api/index.ts'
import { readServeConfig } from '../src/serve-config.ts'
import { openStore, type Store } from '../src/store/index.ts'

const LISTED = 'https://app.example.org'
const STRANGER = 'https://elsewhere.example.org'
const BASE = 'http://127.0.0.1:8421'

let store: Store
let embedded: EmbeddedProvider
const servers: FastifyInstance[] = []
let server: FastifyInstance
let closed: FastifyInstance

beforeAll(async () => {
  store = await openStore({ database: { memory: true } })
  const app = {
    client_id: 'app',
    redirect_uris: [`${LISTED}/back`],
    token_endpoint_auth_method: 'none' as const,
    grant_types: ['authorization_code', 'refresh_token'],
  }
  embedded = await embeddedProvider(BASE, [app], 'north', store.database, [LISTED])
  const discovery: Route = {
    id: 'cds.discovery',
    method: 'GET',
    path: '/cds-services',
    rule: { open: 'test' },
    handle: async () => ({ status: 200, body: { services: [] } }),
  }
  const serverOf = (origins: readonly string[]): FastifyInstance => {
    const routes = [
      ...fhirRoutes({ store, software: 'test', startedAt: '2026-11-23T00:00:00Z' }),
      ...smartRoutes(BASE, () => embedded.state),
      discovery,
    ]
    const access = openAccess({ database: store.database, identify: tokenIdentity([embedded.trusted]), now: () => new Date() })
    const built = buildServer({ routes, access, publicUrl: BASE, origins })
    mountProvider(built, embedded, 'north')
    servers.push(built)
    return built
  }
  server = serverOf([LISTED])
  closed = serverOf([])
}, 120_000)
afterAll(async () => {
  for (const one of servers) await one.close()
  await store.close()
})

const ask = (of: FastifyInstance, method: 'GET' | 'POST' | 'OPTIONS', url: string, origin: string, wanted?: string) =>
  of.inject({
    method,
    url,
    headers: {
      origin,
      ...(wanted === undefined ? {} : { 'access-control-request-method': wanted, 'access-control-request-headers': 'authorization' }),
      ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
    },
  })

test('a page of a listed origin may call, with every refusal readable, and never with credentials', async () => {
  const before = await ask(server, 'OPTIONS', '/fhir/Patient/1', LISTED, 'PUT')
  expect(before.statusCode).toBe(204)
  expect(before.headers).toMatchObject({ 'access-control-allow-origin': LISTED, vary: 'Origin' })
  expect(before.headers['access-control-allow-methods']).toContain('PUT')
  expect(before.headers['access-control-allow-headers']).toContain('Authorization')
  const refused = await ask(server, 'GET', '/fhir/Patient/1', LISTED)
  expect(refused.statusCode).toBe(401)
  expect(refused.headers['access-control-allow-origin']).toBe(LISTED)
  expect(refused.headers['access-control-expose-headers']).toContain('ETag')
  for (const { headers } of [before, refused]) expect(headers['access-control-allow-credentials']).toBeUndefined()
})

test.each([
  ['a stranger', () => server, STRANGER],
  ['"null", as a page in a sandbox sends', () => server, 'null'],
  ['a name that begins like a listed one', () => server, `${LISTED}.evil.example`],
  ['a listed host in plain http', () => server, 'http://app.example.org'],
  ['anybody, where no origin is listed', () => closed, LISTED],
])('not %s', async (_name, of, origin) => {
  for (const url of ['/fhir/Patient/1', '/fhir', '/cds-services/second-wind-patient-view', '/plans/1']) {
    const before = await ask(of(), 'OPTIONS', url, origin, 'GET')
    expect(before.statusCode).toBe(403)
    expect(before.headers['access-control-allow-origin']).toBeUndefined()
    expect((await ask(of(), 'GET', url, origin)).headers['access-control-allow-origin']).toBeUndefined()
  }
})

test.each([
  '/fhir/metadata',
  '/fhir/.well-known/smart-configuration',
  '/cds-services',
  '/oidc/.well-known/openid-configuration',
  '/oidc/jwks',
])('any page may read what tells nothing of a patient: %s', async (url) => {
  const answer = await ask(closed, 'GET', url, STRANGER)
  expect(answer.statusCode).toBe(200)
  expect(answer.headers['access-control-allow-credentials']).toBeUndefined()
  // the provider names the one who asks, which without credentials is the same
  expect(['*', STRANGER]).toContain(answer.headers['access-control-allow-origin'])
  expect((await ask(closed, 'OPTIONS', url, STRANGER, 'GET')).headers['access-control-allow-methods']).toContain('GET')
})

test('what is no address for pages elsewhere answers none: the workspace, its people, its audit log', async () => {
  for (const url of ['/me', '/app/', '/audit', '/openapi.json', '/oidc-login/x', '/oidc/auth'])
    for (const method of ['GET', 'OPTIONS'] as const)
      expect(
        (await ask(server, method, url, LISTED, method === 'OPTIONS' ? 'GET' : undefined)).headers['access-control-allow-origin'],
      ).toBeUndefined()
})

test('the token endpoint answers pages of listed origins', async () => {
  expect((await ask(server, 'OPTIONS', '/oidc/token', LISTED, 'POST')).headers['access-control-allow-origin']).toBe(LISTED)
  const answer = await server.inject({
    method: 'POST',
    url: '/oidc/token',
    headers: { origin: LISTED, 'content-type': 'application/x-www-form-urlencoded' },
    payload: 'grant_type=authorization_code&code=none&client_id=app&redirect_uri=x',
  })
  expect(answer.json()).toMatchObject({ error: 'invalid_grant' })
  expect(answer.headers['access-control-allow-origin']).toBe(LISTED)
  const stranger = await server.inject({
    method: 'POST',
    url: '/oidc/token',
    headers: { origin: STRANGER, 'content-type': 'application/x-www-form-urlencoded' },
    payload: 'grant_type=authorization_code&code=none&client_id=app&redirect_uri=x',
  })
  expect(stranger.headers['access-control-allow-origin']).toBeUndefined()
})

test('every answer of the sign-in carries what every other answer carries', async () => {
  for (const url of [
    '/oidc/.well-known/openid-configuration',
    '/oidc/auth?client_id=nobody',
    '/oidc/token',
    '/oidc/session/end',
    '/oidc-login/lost',
  ]) {
    const { headers } = await server.inject({ method: 'GET', url })
    expect([url, headers]).toEqual([
      url,
      expect.objectContaining({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'strict-transport-security': expect.stringContaining('max-age'),
        'content-security-policy': expect.stringContaining("default-src 'none'"),
        'x-request-id': expect.any(String),
      }),
    ])
  }
})

test.each([
  ['', true],
  ['https://app.example.org, https://two.example.org:8443', true],
  ['http://localhost:3000', true],
  ['*', false],
  ['https://app.example.org,*', false],
  ['null', false],
  ['http://app.example.org', false],
  ['https://app.example.org/path', false],
  ['https://*.example.org', false],
])('SECONDWIND_ORIGINS=%s', (value, isFine) => {
  expect(readServeConfig({ SECONDWIND_ORIGINS: value }).ok).toBe(isFine)
})
