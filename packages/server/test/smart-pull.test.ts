import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Access, buildServer } from '../src/api/index.ts'
import { chartRoutes, type SmartServer, smartServersIn } from '../src/charts/index.ts'
import { openKnowledge } from '../src/compose.ts'
import type { FoundThere, SignedInThere } from '../src/contract/charts.ts'
import { planMaker } from '../src/plans/index.ts'
import { openStore, type Store } from '../src/store/index.ts'
import { exampleChart } from './store/charts.ts'

/** Whoever gives a name may do anything: what is shown here is what stands against the other server, not who may come. */
const NAMED: Access = {
  identify: ({ requestId, headers }) =>
    Promise.resolve(
      headers.authorization === undefined
        ? undefined
        : { requestId, who: headers.authorization.replace('Bearer ', ''), role: 'oncologist', site: 'north', purpose: 'TREAT' },
    ),
  authorize: () => Promise.resolve({ allowed: true }),
}
const CHART = exampleChart('alk-pregnant')

let store: Store
let server: FastifyInstance
/** A server of whom nothing is to be believed; `/elsewhere` stands for what it must not make us call. */
let other: http.Server
let origin: string
let called: { readonly path: string; readonly body: string; readonly authorization: string | undefined }[] = []
let at: { readonly [name: string]: string }

beforeAll(async () => {
  other = http.createServer((request, response) => {
    let body = ''
    request.on('data', (part) => {
      body += String(part)
    })
    request.on('end', () => {
      const url = new URL(request.url!, origin)
      called.push({ path: url.pathname, body, authorization: request.headers.authorization })
      const json = (value: unknown, status = 200) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
      const [, name, ...rest] = url.pathname.split('/')
      const asked = rest.join('/')
      const token = { access_token: `token-${name}`, token_type: 'Bearer' }
      const configuration = {
        authorization_endpoint: `${origin}/${name}/auth`,
        token_endpoint: `${origin}/${name}/token`,
        code_challenge_methods_supported: ['S256'],
        capabilities: ['context-standalone-patient', 'permission-v2'],
      }
      if (asked === '.well-known/smart-configuration')
        return json({
          ...configuration,
          ...(name === 'greedy' ? { token_endpoint: 'http://169.254.169.254/token' } : {}),
          ...(name === 'false' ? { authorization_endpoint: 'https://phishing.example/auth' } : {}),
          ...(name === 'plain' ? { code_challenge_methods_supported: ['plain'] } : {}),
          ...(name === 'nobody' ? { capabilities: [] } : {}),
        })
      if (asked === 'token') {
        if (name === 'moving') return response.writeHead(307, { location: `${origin}/elsewhere` }).end()
        return json({ ...token, ...(name === 'nobody' ? {} : { patient: CHART.patient }) })
      }
      if (request.headers.authorization !== `Bearer token-${name}`) return json({}, 401)
      if (asked === 'Patient')
        return json({ resourceType: 'Bundle', entry: [{ resource: CHART.resources.find((one) => one.id === CHART.patient) }] })
      if (asked === `Patient/${CHART.patient}/$everything`)
        return json({ resourceType: 'Bundle', entry: CHART.resources.map((resource) => ({ resource })) })
      return json({}, 404)
    })
  })
  await new Promise<void>((ready) => other.listen(0, '127.0.0.1', ready))
  origin = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
  const names = ['good', 'nobody', 'greedy', 'false', 'plain', 'moving', 'secret']
  at = Object.fromEntries(names.map((name) => [name, `${origin}/${name}`]))
  const servers: readonly SmartServer[] = names.map((name) => ({
    server: at[name]!,
    clientId: 'us',
    signInAt: [],
    ...(name === 'secret' ? { clientSecret: 'hush: hush' } : {}),
  }))
  store = await openStore({ database: { memory: true } })
  const maker = planMaker(openKnowledge().knowledge)
  const routes = chartRoutes({ store, maker: () => maker, today: () => '2026-11-23', now: () => new Date(), smartServers: servers })
  server = buildServer({ routes, access: NAMED })
}, 120_000)
afterAll(async () => {
  await server.close()
  await store.close()
  other.closeAllConnections()
  other.close()
})

const post = (url: string, payload: object, { who = 'Practitioner/1', cookie }: { who?: string; cookie?: string } = {}) =>
  server.inject({ method: 'POST', url, payload, headers: { authorization: `Bearer ${who}`, ...(cookie === undefined ? {} : { cookie }) } })
const cookieOf = (answer: { readonly headers: { readonly [name: string]: unknown } }): string =>
  String(answer.headers['set-cookie']).split(';')[0]!
const begin = (server_: string, who?: string) => post('/charts/pull/sign-in', { server: server_ }, who === undefined ? {} : { who })
const issueOf = (answer: { json(): unknown }): string => {
  const { issue } = answer.json() as { readonly issue: readonly { readonly details: { readonly text: string } }[] }
  return issue[0]!.details.text
}

/** As far as the browser is back with a code. */
async function arrive(name: string, { who, state }: { readonly who?: string; readonly state?: string } = {}) {
  const begun = await begin(at[name]!, who)
  const authorize = new URL((begun.json() as { authorize: string }).authorize)
  const back = await server.inject({
    url: `/charts/pull/arrived?code=once&state=${state ?? authorize.searchParams.get('state')}`,
    headers: { cookie: cookieOf(begun) },
  })
  return { authorize, begun, back, cookie: cookieOf(back) }
}

describe('signing in at another server', () => {
  test('code with PKCE: the challenge goes out, the verifier goes back, the chart of the chosen patient comes, and the cookie is spent', async () => {
    called = []
    const { authorize, begun, back, cookie } = await arrive('good')
    expect(Object.fromEntries(authorize.searchParams)).toMatchObject({
      response_type: 'code',
      client_id: 'us',
      aud: at.good,
      scope: 'launch/patient patient/*.rs',
      code_challenge_method: 'S256',
    })
    expect(String(begun.headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Lax/)
    expect(back.statusCode).toBe(303)
    expect(String(back.headers.location)).toMatch(/\/app\/bring\?pull=arrived$/)
    const answer = await post('/charts/pull/signed-in', {}, { cookie })
    const given = answer.json() as SignedInThere
    expect(given).toMatchObject({ server: at.good, patient: CHART.patient })
    expect('chart' in given && given.chart.split('\n')).toHaveLength(CHART.resources.length)
    expect(answer.body).not.toContain('token-good')
    expect(String(answer.headers['set-cookie'])).toContain('Max-Age=0')
    const form = new URLSearchParams(called.find(({ path: one }) => one === '/good/token')!.body)
    const { createHash } = await import('node:crypto')
    expect(createHash('sha256').update(form.get('code_verifier')!).digest('base64url')).toBe(authorize.searchParams.get('code_challenge'))
  })

  test('a confidential client shows its secret to the token address alone', async () => {
    called = []
    const { authorize, cookie } = await arrive('secret')
    expect(authorize.href).not.toContain('hush')
    await post('/charts/pull/signed-in', {}, { cookie })
    const basic = called.find(({ path: one }) => one === '/secret/token')!
    expect(Buffer.from(basic.authorization!.replace('Basic ', ''), 'base64').toString()).toBe('us:hush%3A+hush')
    expect(called.filter(({ authorization }) => authorization?.startsWith('Basic'))).toHaveLength(1)
  })

  test('where no patient is chosen there, one is searched for here; the sign-in is for who began it, and is forgotten with the chart', async () => {
    const { authorize, cookie } = await arrive('nobody')
    expect(authorize.searchParams.get('scope')).toBe('user/*.read')
    const { held } = (await post('/charts/pull/signed-in', {}, { cookie })).json() as { held: string }
    const search = (who?: string) => post('/charts/pull/patients', { held, name: 'Fixture' }, who === undefined ? {} : { who })
    const { patients } = (await search()).json() as { patients: readonly FoundThere[] }
    expect(patients.map(({ id }) => id)).toEqual([CHART.patient])
    expect((await search('Practitioner/2')).statusCode).toBe(410)
    expect((await post('/charts/pull/patients', { held, name: ' ' })).statusCode).toBe(400)
    const pull = () => post('/charts/pull', { server: at.nobody, patient: CHART.patient, held })
    expect((await post('/charts/pull', { server: at.good, patient: CHART.patient, held })).statusCode).toBe(503)
    expect((await pull()).statusCode).toBe(200)
    expect((await pull()).statusCode).toBe(410)
  })
})

describe('what is refused', () => {
  test('a server that the operator has not named is never called', async () => {
    called = []
    for (const name of [`${origin}/stranger`, 'http://169.254.169.254/latest', `${origin}/good/../stranger`, 7])
      expect((await post('/charts/pull/sign-in', { server: name })).statusCode).toBe(403)
    expect(called).toEqual([])
  })

  test.each([
    ['greedy', /token_endpoint is at http:\/\/169\.254\.169\.254, which nobody here has allowed/],
    ['false', /authorization_endpoint is at https:\/\/phishing\.example, which nobody here has allowed/],
    ['plain', /PKCE/],
  ])('%s: a sign-in at addresses, or in ways, that are not allowed', async (name, says) => {
    const answer = await begin(at[name]!)
    expect(answer.statusCode).toBe(503)
    expect(issueOf(answer)).toMatch(says)
    expect(answer.headers['set-cookie']).toBeUndefined()
  })

  test('a token address that sends elsewhere is not followed', async () => {
    called = []
    const { cookie } = await arrive('moving')
    const answer = await post('/charts/pull/signed-in', {}, { cookie })
    expect(issueOf(answer)).toMatch(/gave no token/)
    expect(called.map(({ path: one }) => one)).not.toContain('/elsewhere')
  })

  test('another state, another browser, a changed cookie and another person bring nothing', async () => {
    called = []
    expect(String((await arrive('good', { state: 'guessed' })).back.headers.location)).toMatch(/pull=lost$/)
    const { authorize, begun, cookie } = await arrive('good')
    const url = `/charts/pull/arrived?code=once&state=${authorize.searchParams.get('state')}`
    expect(String((await server.inject({ url })).headers.location)).toMatch(/pull=lost$/)
    const changed = `${cookie.slice(0, -4)}AAAA`
    expect(String((await server.inject({ url, headers: { cookie: changed } })).headers.location)).toMatch(/pull=lost$/)
    expect((await post('/charts/pull/signed-in', {}, { cookie: changed })).statusCode).toBe(404)
    expect((await post('/charts/pull/signed-in', {}, { cookie, who: 'Practitioner/2' })).statusCode).toBe(404)
    // begun, and never come back
    expect((await post('/charts/pull/signed-in', {}, { cookie: cookieOf(begun) })).statusCode).toBe(404)
    expect(called.map(({ path: one }) => one)).not.toContain('/good/token')
  })

  test('somebody who turned back there is told so', async () => {
    const begun = await begin(at.good!)
    const state = new URL((begun.json() as { authorize: string }).authorize).searchParams.get('state')
    const back = await server.inject({
      url: `/charts/pull/arrived?error=access_denied&state=${state}`,
      headers: { cookie: cookieOf(begun) },
    })
    expect(String(back.headers.location)).toMatch(/pull=refused$/)
  })
})

describe('the file of servers', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'second-wind-smart-'))
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))
  const read = (content: unknown) => {
    const file = path.join(folder, 'servers.json')
    fs.writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
    return smartServersIn(file, { SECRET_OF_EAST: 'hush' })
  }
  test('is taken with its secret from the environment', () => {
    const east = {
      server: 'https://fhir.east.example/r4/',
      clientId: 'us',
      name: 'East',
      secretIn: 'SECRET_OF_EAST',
      signInAt: ['https://login.east.example'],
    }
    expect(read([east])).toEqual({
      ok: true,
      value: [
        {
          server: 'https://fhir.east.example/r4',
          clientId: 'us',
          name: 'East',
          clientSecret: 'hush',
          signInAt: ['https://login.east.example'],
        },
      ],
    })
  })
  test.each([
    ['plain http elsewhere', [{ server: 'http://fhir.east.example', clientId: 'us' }]],
    ['a name in the address', [{ server: 'https://me@fhir.east.example', clientId: 'us' }]],
    ['no client id', [{ server: 'https://fhir.east.example' }]],
    ['a secret that is not there', [{ server: 'https://fhir.east.example', clientId: 'us', secretIn: 'NOT_SET' }]],
    [
      'a sign-in that is no origin',
      [{ server: 'https://fhir.east.example', clientId: 'us', signInAt: ['https://login.east.example/path'] }],
    ],
    ['the same twice', [1, 2].map(() => ({ server: 'https://fhir.east.example', clientId: 'us' }))],
    ['no list', {}],
    ['no JSON', '{'],
  ])('%s stops the start, by name', (_name, content) => {
    const result = read(content)
    expect(result.ok ? [] : result.error.map(({ path: one }) => one)[0]).toMatch(/^SECONDWIND_SMART_SERVERS/)
  })
})
