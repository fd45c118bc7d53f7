import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Issuer, mountProvider, smartRoutes, tokenIdentity } from '../src/access/identity/index.ts'
import { type EmbeddedProvider, embeddedProvider } from '../src/access/identity/provider.ts'

import { auditHooks, openAccess } from '../src/access/index.ts'
import { buildServer } from '../src/api/index.ts'
import { fhirRoutes } from '../src/fhir-api/index.ts'
import { openStore, type Store } from '../src/store/index.ts'
import { Browser, CALLBACK, launch, type Tokens } from './browser.ts'

let store: Store
let server: FastifyInstance
let base: string
let embedded: EmbeddedProvider
/** Another provider, on another address: the external party. */
let external: FastifyInstance
let outside: EmbeddedProvider
let elsewhere: Store
const backend = { key: undefined as unknown as Parameters<SignJWT['sign']>[0] }

async function freePort(): Promise<number> {
  const probe = buildServer({ routes: [] })
  const address = await probe.listen({ port: 0, host: '127.0.0.1' })
  await probe.close()
  return Number(new URL(address).port)
}

beforeAll(async () => {
  store = await openStore({ database: { memory: true }, hooks: auditHooks })
  const put = { who: 'Device/test', site: 'north' }
  const patient = (id: string) => ({ kind: 'update' as const, resource: { resourceType: 'Patient', id, name: [{ family: id }] } })
  await store.commit(put, [patient('ann'), patient('ben')])

  const { privateKey, publicKey } = await generateKeyPair('ES384', { extractable: true })
  backend.key = privateKey
  const jwk = { ...(await exportJWK(publicKey)), kid: 'lab-1', alg: 'ES384', use: 'sig' }
  const app = {
    client_id: 'app',
    redirect_uris: [CALLBACK],
    token_endpoint_auth_method: 'none' as const,
    grant_types: ['authorization_code', 'refresh_token'],
    application_type: 'native' as const,
  }
  const lab = {
    client_id: 'lab',
    redirect_uris: [],
    response_types: [],
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'private_key_jwt' as const,
    token_endpoint_auth_signing_alg: 'ES384' as const,
    jwks: { keys: [jwk] },
    scope: 'system/Patient.rs',
  }
  const [port, other] = [await freePort(), await freePort()]
  base = `http://127.0.0.1:${port}`
  embedded = await embeddedProvider(base, [app, lab], 'north', store.database)
  elsewhere = await openStore({ database: { memory: true } })
  outside = await embeddedProvider(`http://127.0.0.1:${other}`, [app], 'north', elsewhere.database)
  external = buildServer({ routes: smartRoutes(`http://127.0.0.1:${other}`, () => outside.state) })
  mountProvider(external, outside, 'north')
  await external.listen({ port: other, host: '127.0.0.1' })

  const believed: Issuer = { ...outside.trusted, keys: new URL(`${outside.trusted.issuer}/jwks`) }
  const access = openAccess({ database: store.database, identify: tokenIdentity([embedded.trusted, believed]), now: () => new Date() })
  const routes = [
    ...fhirRoutes({ store, software: 'test', startedAt: new Date().toISOString() }),
    ...smartRoutes(base, () => embedded.state),
  ]
  server = buildServer({ routes, access, publicUrl: base })
  mountProvider(server, embedded, 'north')
  await server.listen({ port, host: '127.0.0.1' })
}, 120_000)
afterAll(async () => {
  await server.close()
  await external.close()
  await store.close()
  await elsewhere.close()
})

const read = async (url: string, token?: string) =>
  (await fetch(`${base}${url}`, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } })).status

describe('SMART App Launch', () => {
  test('discovery tells where to sign in, and what is supported', async () => {
    const smart = (await (await fetch(`${base}/fhir/.well-known/smart-configuration`)).json()) as Record<string, string[]>
    expect(smart.code_challenge_methods_supported).toEqual(['S256'])
    expect(smart.capabilities).toContain('permission-v2')
    const openid = (await (await fetch(`${base}/oidc/.well-known/openid-configuration`)).json()) as Record<string, string>
    expect(openid.authorization_endpoint).toBe(smart.authorization_endpoint as unknown as string)
    expect(openid.token_endpoint).toBe(smart.token_endpoint as unknown as string)
  })

  test('standalone: the patient is chosen, stands beside the token, and the token opens that patient only', async () => {
    const { tokens } = await launch(base, 'openid fhirUser launch/patient patient/Patient.rs', { patient: 'ann' })
    expect(tokens).toMatchObject({ patient: 'ann' })
    expect(await read('/fhir/Patient/ann', tokens!.access_token)).toBe(200)
    expect(await read('/fhir/Patient/ben', tokens!.access_token)).toBe(403)
    expect(await read('/fhir/Observation', tokens!.access_token)).toBe(403)
    expect(JSON.parse(Buffer.from(tokens!.id_token!.split('.')[1]!, 'base64url').toString())).toMatchObject({
      fhirUser: `${base}/fhir/Practitioner/oncologist`,
    })
  })

  test('from the record: the launch names the patient, once begun by somebody who may see them', async () => {
    const { tokens } = await launch(base, 'openid user/*.cruds', {})
    const begun = await fetch(`${base}/plans/ben/launches`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokens!.access_token}` },
    })
    const { iss, launch: id } = (await begun.json()) as { iss: string; launch: string }
    expect(iss).toBe(embedded.fhirBase)
    const app = await launch(base, 'openid launch patient/Patient.rs', {}, { launch: id })
    expect(app.tokens).toMatchObject({ patient: 'ben' })
    expect((await launch(base, 'openid launch patient/Patient.rs', {}, { launch: 'made-up' })).error).toBe('form')
  })

  test('a refresh token keeps the patient', async () => {
    const { tokens } = await launch(
      base,
      'openid offline_access launch/patient patient/Patient.rs',
      { patient: 'ann' },
      { prompt: 'consent' },
    )
    const answer = await fetch(`${base}/oidc/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: tokens!.refresh_token!, client_id: 'app' }),
    })
    const fresh = (await answer.json()) as Tokens
    expect(fresh.patient).toBe('ann')
    expect(await read('/fhir/Patient/ann', fresh.access_token)).toBe(200)
    expect(await read('/fhir/Patient/ben', fresh.access_token)).toBe(403)
  })

  const offline = 'openid fhirUser offline_access launch/patient patient/Patient.rs'
  const redeem = async (form: Record<string, string>) => {
    const answer = await fetch(`${base}/oidc/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form),
    })
    return (await answer.json()) as Tokens & { readonly error?: string }
  }
  const refresh = (token: string, more: Record<string, string> = {}) =>
    redeem({ grant_type: 'refresh_token', refresh_token: token, ...more })

  test('an app that asks as SMART says, without prompt, may come back; it is told of every scope; without a secret its token says who it is', async () => {
    const { tokens } = await launch(base, offline, { patient: 'ann' })
    expect(tokens!.scope!.split(' ').sort()).toEqual(offline.split(' ').sort())
    const fresh = await refresh(tokens!.refresh_token!)
    expect(fresh).toMatchObject({ patient: 'ann', scope: tokens!.scope })
    expect(await read('/fhir/Patient/ann', fresh.access_token)).toBe(200)
    expect((await refresh('made-up')).error).toBe('invalid_request')
    // nor does it help whoever says that they are another
    expect((await refresh(fresh.refresh_token!, { client_id: 'lab' })).error).toBeDefined()
  })

  test('what was taken back opens nothing any more: a refresh token or a code used twice, a sign-out', async () => {
    const first = (await launch(base, offline, { patient: 'ann' })).tokens!
    const second = await refresh(first.refresh_token!)
    expect(await read('/fhir/Patient/ann', second.access_token)).toBe(200)
    expect((await refresh(first.refresh_token!)).error).toBe('invalid_grant')
    expect((await refresh(second.refresh_token!)).error).toBeDefined()
    for (const { access_token } of [first, second]) expect(await read('/fhir/Patient/ann', access_token)).toBe(401)

    const browser = new Browser()
    const { tokens } = await launch(base, 'openid user/Patient.rs', {}, {}, browser)
    expect(await read('/fhir/Patient/ann', tokens!.access_token)).toBe(200)
    const page = await browser.go(`${base}/oidc/session/end?id_token_hint=${tokens!.id_token}`)
    const field = (name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(page.text)![1]!
    expect((await browser.go(/action="([^"]+)"/.exec(page.text)![1]!, { logout: 'yes' })).status).toBe(400)
    expect(await read('/fhir/Patient/ann', tokens!.access_token)).toBe(200)
    const again = await browser.go(`${base}/oidc/session/end?id_token_hint=${tokens!.id_token}`)
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(again.text)![1]!
    expect(field('xsrf')).not.toBe(xsrf)
    await browser.go(/action="([^"]+)"/.exec(again.text)![1]!, { xsrf, logout: 'yes' })
    expect(await read('/fhir/Patient/ann', tokens!.access_token)).toBe(401)
  })

  test('the question may be posted, as SMART asks; a header of the sender changes no address of the provider', async () => {
    const challenge = await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier())
    const form = { response_type: 'code', client_id: 'app', redirect_uri: CALLBACK, scope: 'openid user/Patient.rs', state: 's' }
    const asked = { ...form, code_challenge: challenge, code_challenge_method: 'S256', aud: `${base}/fhir` }
    expect((await new Browser().go(`${base}/oidc/auth`, asked)).text).toContain('Sign in to Second Wind')
    const odd = { 'x-forwarded-host': 'evil.example.org', 'x-forwarded-proto': 'https' }
    const openid = await (await fetch(`${base}/oidc/.well-known/openid-configuration`, { headers: odd })).text()
    expect(openid).not.toContain('evil')
    const smart = (await (await fetch(`${base}/fhir/.well-known/smart-configuration`)).json()) as Record<string, readonly string[]>
    const { response_types_supported, token_endpoint_auth_methods_supported } = JSON.parse(openid) as typeof smart
    expect(response_types_supported).toEqual(smart.response_types_supported)
    expect(token_endpoint_auth_methods_supported).toEqual(expect.arrayContaining([...smart.token_endpoint_auth_methods_supported!]))
  })

  test.each([
    ['without PKCE', { code_challenge: '', code_challenge_method: '' }],
    ['with a plain challenge', { code_challenge_method: 'plain' }],
    ['without saying for which server', { aud: '' }],
    ['for another server', { aud: 'https://elsewhere.example.org/fhir' }],
    ['to an address that is not registered', { redirect_uri: 'http://127.0.0.1:9/elsewhere' }],
    ['for an app that is not registered', { client_id: 'stranger' }],
  ])('%s it is refused', async (_name, more) => {
    const refused = await launch(base, 'openid launch/patient patient/Patient.rs', { patient: 'ann' }, more)
    expect(refused.tokens).toBeUndefined()
    expect(refused.error).toBeDefined()
  })

  test('the page refuses what is no person, and shows nothing of its caller as HTML', async () => {
    expect((await launch(base, 'openid user/*.rs', { role: 'constructor' })).page).toContain('Choose a role')
    expect((await launch(base, 'openid user/*.rs', { role: 'integration' })).page).toContain('Choose a role')
    expect((await launch(base, 'openid user/*.rs', { role: 'patient', self: '' })).page).toContain('To sign in as a patient, write')
    expect((await launch(base, 'openid user/*.rs', { site: '<script>' })).page).not.toContain('<script>')
  })

  test.each([
    ['en', 'carer', '', 'To sign in as a carer, write your id'],
    ['es-MX', 'carer', '', 'Para entrar como persona cuidadora'],
    ['de', 'carer', '', 'Für die Anmeldung als Angehörige'],
    ['de', 'patient', 'Patient/ann', 'Schreiben Sie sie ohne Patient/'],
    ['fr', 'carer', '', 'To sign in as a carer, write your id'],
  ])('what is missing is said on the page, in the language of the person (%s): %s "%s"', async (language, role, self, words) => {
    const { page = '' } = await launch(base, 'openid user/Patient.rs', { role, self }, { ui_locales: language })
    const alert = /<p class="fault" id="fault" role="alert">([^<]*)</.exec(page)?.[1] ?? ''
    expect(alert.replaceAll('&#39;', "'")).toContain(words)
    expect(page).toContain(`<html lang="${language === 'fr' ? 'en' : language.slice(0, 2)}">`)
    // what was filled in stands there still, and the cursor is where it has to be mended
    expect(page).toContain(`value="${role}" checked`)
    expect(page).toMatch(/name="self" value="[^"]*" autocomplete="off" aria-invalid="true" aria-describedby="fault" autofocus/)
  })

  test('a patient signs in for themselves', async () => {
    const { tokens } = await launch(base, 'openid user/Patient.rs', { role: 'patient', self: 'ann' })
    expect(await read('/fhir/Patient/ann', tokens!.access_token)).toBe(200)
    expect(await read('/fhir/Patient/ben', tokens!.access_token)).toBe(403)
  })
})

describe('backend services', () => {
  const assertion = (key: Parameters<SignJWT['sign']>[0], kid = 'lab-1', ends: string | number = '2m') =>
    new SignJWT({})
      .setProtectedHeader({ alg: 'ES384', kid })
      .setIssuer('lab')
      .setSubject('lab')
      .setAudience(`${base}/oidc/token`)
      .setJti(randomBytes(12).toString('hex'))
      .setIssuedAt()
      .setExpirationTime(ends)
      .sign(key)
  const ask = async (jwt: string, scope: string) => {
    const answer = await fetch(`${base}/oidc/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: jwt,
      }),
    })
    return (await answer.json()) as { access_token?: string; error?: string; scope?: string }
  }

  test('a signed assertion gives the scopes that were registered, and no more', async () => {
    const { access_token: token } = await ask(await assertion(backend.key), 'system/Patient.rs')
    expect(await read('/fhir/Patient/ben', token)).toBe(200)
    expect(await read('/fhir/Observation', token)).toBe(403)
    for (const scope of ['system/*.cruds', 'patient/*.rs', ''])
      expect((await ask(await assertion(backend.key), scope)).error).toBe('invalid_scope')
  })

  test('a program reads by its id what it finds by a search, where that is in no chart', async () => {
    const author = { who: 'Device/test', site: 'north' }
    const group = { resourceType: 'Group', id: 'clinic', type: 'person', actual: true }
    await store.commit(author, [{ kind: 'update', resource: group }])
    const signed = async (scope: string) => {
      const own = await generateKeyPair('ES256', { extractable: true })
      const keys = { keys: [{ ...(await exportJWK(own.publicKey)), alg: 'ES256' }] }
      const bearer = await new SignJWT({ role: 'integration', site: 'north', fhirUser: 'Device/lab', scope })
        .setProtectedHeader({ alg: 'ES256' })
        .setIssuer(embedded.trusted.issuer)
        .setAudience(embedded.trusted.audience)
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(own.privateKey)
      const access = openAccess({
        database: store.database,
        identify: tokenIdentity([{ ...embedded.trusted, keys }]),
        now: () => new Date(),
      })
      const routes = fhirRoutes({ store, software: 'test', startedAt: new Date().toISOString() })
      const own_ = buildServer({ routes, access, publicUrl: base })
      const status = async (method: 'GET' | 'DELETE', url: string) =>
        (await own_.inject({ method, url, headers: { authorization: `Bearer ${bearer}` } })).statusCode
      return { status, close: () => own_.close() }
    }
    const wide = await signed('system/*.cruds')
    for (const url of ['/fhir/Group/clinic', '/fhir/Group/clinic/_history', '/fhir/Group/clinic/_history/1', '/fhir/Group?_id=clinic'])
      expect([url, await wide.status('GET', url)]).toEqual([url, 200])
    const narrow = await signed('system/Patient.rs patient/Group.rs')
    for (const url of ['/fhir/Group/clinic', '/fhir/Group/clinic/_history', '/fhir/Group?_id=clinic'])
      expect([url, await narrow.status('GET', url)]).toEqual([url, 403])
    expect(await wide.status('DELETE', '/fhir/Group/clinic')).toBe(204)
    await wide.close()
    await narrow.close()
  })

  test('who may have much may ask for less', async () => {
    const answer = await ask(await assertion(backend.key), 'system/Patient.s')
    expect(answer.scope).toBe('system/Patient.s')
    expect(await read('/fhir/Patient?name=ben', answer.access_token)).toBe(200)
    expect(await read('/fhir/Patient/ben', answer.access_token)).toBe(403)
  })

  test('an assertion is good once, and for five minutes at most', async () => {
    const once = await assertion(backend.key)
    expect((await ask(once, 'system/Patient.rs')).access_token).toBeDefined()
    expect((await ask(once, 'system/Patient.rs')).error).toBe('invalid_client')
    for (const ends of ['10m', '1h', '10y'])
      expect((await ask(await assertion(backend.key, 'lab-1', ends), 'system/Patient.rs')).error).toBe('invalid_client')
    expect((await ask(await assertion(backend.key, 'another'), 'system/Patient.rs')).error).toBe('invalid_client')
  })

  test('another key gives nothing', async () => {
    const { privateKey } = await generateKeyPair('ES384')
    expect((await ask(await assertion(privateKey), 'system/Patient.rs')).error).toBe('invalid_client')
  })
})

describe('tokens', () => {
  test('of an external provider are believed, fetched keys and all', async () => {
    const { tokens } = await launch(outside.fhirBase.replace('/fhir', ''), 'openid user/Patient.rs', {})
    // it names its own API as audience, and is believed for that
    expect(await read('/fhir/Patient/ann', tokens!.access_token)).toBe(200)
  })

  test('an app that asks for no scope of a resource gets none: not the whole of what its user may', async () => {
    const { tokens } = await launch(base, 'openid fhirUser', {})
    expect(tokens!.access_token).toBeDefined()
    expect(await read('/fhir/Patient/ann', tokens!.access_token)).toBe(403)
    expect(await read('/fhir/Patient?name=ann', tokens!.access_token)).toBe(403)
    const written = await fetch(`${base}/fhir/Patient/ann`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${tokens!.access_token}`, 'content-type': 'application/fhir+json' },
      body: JSON.stringify({ resourceType: 'Patient', id: 'ann', name: [{ family: 'Changed' }] }),
    })
    expect(written.status).toBe(403)
  })

  test.each<[string, object, readonly string[] | undefined]>([
    ['scope as text', { scope: 'user/Patient.rs openid' }, ['user/Patient.rs', 'openid']],
    ['scope as a list', { scope: ['user/Patient.rs'] }, ['user/Patient.rs']],
    ['scp as a list', { scp: ['user/Patient.rs'] }, ['user/Patient.rs']],
    ['scp as text', { scp: 'user/Patient.rs' }, ['user/Patient.rs']],
    ['an empty scope', { scope: '' }, []],
    ['a scope in a form that nobody knows', { scope: { all: true } }, []],
    ['no scope, of a provider that knows none', {}, undefined],
  ])('%s', async (_name, claims, scopes) => {
    const own = await generateKeyPair('ES256', { extractable: true })
    const { isScoped: _always, ...issuer } = embedded.trusted
    const identify = tokenIdentity([{ ...issuer, keys: { keys: [{ ...(await exportJWK(own.publicKey)), alg: 'ES256' }] } }])
    const signed = await new SignJWT({ role: 'oncologist', site: 'north', fhirUser: 'Practitioner/x', ...claims })
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer(issuer.issuer)
      .setAudience(issuer.audience)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(own.privateKey)
    const found = await identify({ requestId: 'r', method: 'GET', path: '/', headers: { authorization: `Bearer ${signed}` }, address: '' })
    expect(found?.scopes).toEqual(scopes)
  })

  test('a client library from elsewhere discovers the provider', async () => {
    const discovered = await client.discovery(new URL(`${base}/oidc`), 'app', undefined, client.None(), {
      execute: [client.allowInsecureRequests],
    })
    const metadata = discovered.serverMetadata()
    expect(metadata.issuer).toBe(`${base}/oidc`)
    const url = client.buildAuthorizationUrl(discovered, {
      redirect_uri: CALLBACK,
      scope: 'openid user/Patient.rs',
      code_challenge: await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier()),
      code_challenge_method: 'S256',
    })
    expect((await new Browser().go(url.href)).text).toContain('Sign in to Second Wind')
  })

  test.each([
    ['no token', undefined, 401],
    ['no JWT', 'abc', 401],
    [
      'a JWT of nobody',
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"iss":"x"}').toString('base64url')}.x`,
      401,
    ],
  ])('%s', async (_name, token, status) => {
    expect(await read('/fhir/Patient/ann', token)).toBe(status)
  })

  test('signed by another key, for another audience, too old, or with a role that is none: refused', async () => {
    const { privateKey } = await generateKeyPair('ES256')
    const make = (claims: Record<string, unknown>, audience = embedded.fhirBase, exp = '5m') =>
      new SignJWT({ role: 'oncologist', site: 'north', fhirUser: 'Practitioner/x', ...claims })
        .setProtectedHeader({ alg: 'ES256' })
        .setIssuer(embedded.trusted.issuer)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime(exp)
        .sign(privateKey)
    expect(await read('/fhir/Patient/ann', await make({}))).toBe(401)
    const own = await generateKeyPair('ES256', { extractable: true })
    const jwk = { ...(await exportJWK(own.publicKey)), alg: 'ES256' }
    const identify = tokenIdentity([{ ...embedded.trusted, keys: { keys: [jwk] } }])
    const signed = (claims: Record<string, unknown>, audience = embedded.fhirBase, exp: string | number = '5m') =>
      new SignJWT({ role: 'oncologist', site: 'north', fhirUser: 'Practitioner/x', ...claims })
        .setProtectedHeader({ alg: 'ES256' })
        .setIssuer(embedded.trusted.issuer)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime(exp)
        .sign(own.privateKey)
    const who = async (token: string) =>
      identify({ requestId: 'r', method: 'GET', path: '/', headers: { authorization: `Bearer ${token}` }, address: '' }).then(
        (context) => context?.who,
        (error: Error) => error.message,
      )
    expect(await who(await signed({}))).toBe('Practitioner/x')
    expect(await who(await signed({}, 'https://elsewhere.example.org'))).toContain('cannot be believed')
    expect(await who(await signed({}, embedded.fhirBase, 1_600_000_000))).toContain('expired')
    expect(await who(await signed({ role: 'constructor' }))).toContain('no role')
    expect(await who(await signed({ fhirUser: 'somebody' }))).toContain('no FHIR reference')
  })
})
