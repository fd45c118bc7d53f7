import { afterAll, describe, expect, test } from 'vitest'
import { type EmbeddedProvider, mountProvider, smartRoutes, tokenIdentity } from '../src/access/identity/index.ts'
import { embeddedProvider } from '../src/access/identity/provider.ts'
import { openAccess } from '../src/access/index.ts'
import { buildServer } from '../src/api/index.ts'
import { fhirRoutes } from '../src/fhir-api/index.ts'
import type { Store } from '../src/store/index.ts'
import { Browser, CALLBACK, launch, type Tokens } from './browser.ts'
import { onBothDatabases } from './store/databases.ts'

const APP = {
  client_id: 'app',
  redirect_uris: [CALLBACK],
  token_endpoint_auth_method: 'none' as const,
  grant_types: ['authorization_code', 'refresh_token'],
  application_type: 'native' as const,
}

interface Running {
  readonly base: string
  stop(): Promise<void>
}
const running = new Set<Running>()
afterAll(async () => {
  for (const one of running) await one.stop()
}, 60_000)

async function freePort(): Promise<number> {
  const probe = buildServer({ routes: [] })
  const address = await probe.listen({ port: 0, host: '127.0.0.1' })
  await probe.close()
  return Number(new URL(address).port)
}

/** A server on a store, under an address that clients know it by: `listens` where another stands behind the same one. */
async function serve(store: Store, base: string, listens = base): Promise<Running> {
  const embedded: EmbeddedProvider = await embeddedProvider(base, [APP], 'north', store.database)
  const access = openAccess({ database: store.database, identify: tokenIdentity([embedded.trusted]), now: () => new Date() })
  const routes = [
    ...fhirRoutes({ store, software: 'test', startedAt: new Date().toISOString() }),
    ...smartRoutes(base, () => embedded.state),
  ]
  const server = buildServer({ routes, access, publicUrl: base })
  mountProvider(server, embedded, 'north')
  await server.listen({ port: Number(new URL(listens).port), host: '127.0.0.1' })
  const one = {
    base: listens,
    stop: async () => {
      running.delete(one)
      await server.close()
      // connections that the client kept open are closed now: it must have noticed before it is asked again
      await fetch(listens).catch(() => {})
      await new Promise((resolve) => setTimeout(resolve, 50))
    },
  }
  running.add(one)
  return one
}

async function refreshed(base: string, token: string): Promise<Tokens & { readonly error?: string }> {
  const answer = await fetch(`${base}/oidc/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token, client_id: 'app' }),
  })
  return (await answer.json()) as Tokens & { readonly error?: string }
}
const read = async (url: string, token: string): Promise<number> =>
  (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status
const withPatients = async (store: Store): Promise<void> => {
  const result = await store.commit(
    { who: 'Device/test', site: 'north' },
    ['ann', 'ben'].map((id) => ({ kind: 'update', resource: { resourceType: 'Patient', id, name: [{ family: id }] } })),
  )
  expect(result.ok).toBe(true)
}
const OFFLINE = 'openid offline_access launch/patient patient/Patient.rs'

onBothDatabases('who is signed in', (bench) => {
  test('a restart signs nobody out: access tokens, refresh tokens and their patient, launches, the session of the browser', async () => {
    const store = await bench.open()
    await withPatients(store)
    const base = `http://127.0.0.1:${await freePort()}`
    const before = await serve(store, base)
    const browser = new Browser()
    const { tokens } = await launch(base, OFFLINE, { patient: 'ann' }, { prompt: 'consent' }, browser)
    const { tokens: own } = await launch(base, 'openid user/*.cruds', {})
    const begun = await fetch(`${base}/plans/ben/launches`, { method: 'POST', headers: { authorization: `Bearer ${own!.access_token}` } })
    const { launch: id } = (await begun.json()) as { launch: string }
    await before.stop()

    await serve(store, base)
    expect(await read(`${base}/fhir/Patient/ann`, tokens!.access_token)).toBe(200)
    const fresh = await refreshed(base, tokens!.refresh_token!)
    expect(fresh.patient).toBe('ann')
    expect(await read(`${base}/fhir/Patient/ann`, fresh.access_token)).toBe(200)
    expect(await read(`${base}/fhir/Patient/ben`, fresh.access_token)).toBe(403)
    expect((await launch(base, 'openid launch patient/Patient.rs', {}, { launch: id })).tokens).toMatchObject({ patient: 'ben' })
    // the cookie of the first sign-in still names a session: only the consent that such an app always needs is asked for, and no sign-in
    expect(await launch(base, 'openid', {}, { prompt: 'none' }, browser)).toEqual({ error: 'interaction_required' })
    expect(await launch(base, 'openid', {}, { prompt: 'none' })).toEqual({ error: 'login_required' })
  })

  test('what was used or revoked stays so, and nothing in the table can be used as a token', async () => {
    const store = await bench.open()
    await withPatients(store)
    const base = `http://127.0.0.1:${await freePort()}`
    const first = await serve(store, base)
    const { tokens } = await launch(base, OFFLINE, { patient: 'ann' }, { prompt: 'consent' })
    const once = tokens!.refresh_token!
    const next = await refreshed(base, once)
    await first.stop()
    await serve(store, base)
    const rows = JSON.stringify(await store.database.query('select * from provider_state'))
    for (const secret of [once, next.refresh_token!]) expect(rows).not.toContain(secret)
    // used twice: stolen, perhaps; everything of the grant ends
    expect(next.refresh_token).not.toBe(once)
    expect((await refreshed(base, once)).error).toBe('invalid_grant')
    expect((await refreshed(base, next.refresh_token!)).error).toBe('invalid_grant')
    const { tokens: other } = await launch(base, OFFLINE, { patient: 'ann' }, { prompt: 'consent' })
    await fetch(`${base}/oidc/token/revocation`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ token: other!.refresh_token!, client_id: 'app' }),
    })
    expect((await refreshed(base, other!.refresh_token!)).error).toBe('invalid_grant')
  })

  test('what has ended is gone, and is swept', async () => {
    const store = await bench.open()
    const base = `http://127.0.0.1:${await freePort()}`
    await withPatients(store)
    await serve(store, base)
    const { tokens } = await launch(base, OFFLINE, { patient: 'ann' }, { prompt: 'consent' })
    await store.database.query(`update provider_state set ends_at = now() - interval '1 second'`)
    expect((await refreshed(base, tokens!.refresh_token!)).error).toBe('invalid_grant')
    await store.sweep()
    expect(await store.database.query('select 1 from provider_state')).toEqual([])
  })

  describe.skipIf(bench.kind === 'pglite')('several processes (the embedded database has one)', () => {
    test('on one PostgreSQL share keys, sessions, codes and refresh tokens', async () => {
      const store = await bench.open()
      const second = await bench.again()
      await withPatients(store)
      const [one, two] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`]
      // two at once: both make keys, one pair stands
      await Promise.all([serve(store, one), serve(second, one, two)])
      const { tokens } = await launch(one, OFFLINE, { patient: 'ann' }, { prompt: 'consent' })
      expect(await read(`${two}/fhir/Patient/ann`, tokens!.access_token)).toBe(200)
      expect(await read(`${two}/fhir/Patient/ben`, tokens!.access_token)).toBe(403)
      const fresh = await refreshed(two, tokens!.refresh_token!)
      expect(fresh.patient).toBe('ann')
      expect(await read(`${one}/fhir/Patient/ann`, fresh.access_token)).toBe(200)
    })
  })
})
