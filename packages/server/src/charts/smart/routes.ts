import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { providerKey } from '../../access/identity/state.ts'
import { type ApiRequest, type ApiResponse, contextOf, json, type Route } from '../../api/index.ts'
import type { FhirFetch } from '../../cds-hooks/gather.ts'
import type { FoundThere, SignedInThere, SignInBegun } from '../../contract/charts.ts'
import { Refused, refusal } from '../../issue.ts'
import { queryOf } from '../../plans/requests.ts'
import type { Database } from '../../store/index.ts'
import { pullChart } from '../pull.ts'
import { signInOf, unusable } from './discovery.ts'
import { exchange } from './exchange.ts'
import type { HeldSignIns } from './held.ts'
import { searchThere } from './patients.ts'
import { seal, unseal } from './sealed.ts'
import type { SmartServer } from './servers.ts'

export interface SmartRoutesConfig {
  readonly servers: readonly SmartServer[]
  readonly database: Database
  readonly fetch: FhirFetch
  readonly held: HeldSignIns
  readonly now: () => Date
  /** Who may bring charts in. */
  readonly rule: Route['rule']
}

/** What goes to the other server and comes back with the browser, sealed. */
interface Leaving {
  readonly server: string
  readonly who: string
  readonly state: string
  readonly verifier: string
  readonly token: string
  readonly issuer?: string
  readonly endsAt: number
  /** There once the browser is back. */
  readonly code?: string
}

const COOKIE = 'second-wind.pull'
/** Seconds that somebody has to sign in at the other server. */
const WAITS = 600
const ARRIVES = '/charts/pull/arrived'

/**
 * Signing in at another FHIR server to fetch a chart from it: SMART App Launch 2.2, standalone, authorization code with PKCE. The browser carries a sealed
 * cookie that it cannot read; tokens are in the memory of this server, for one request where the patient was chosen at the sign-in.
 */
export function smartPullRoutes({ servers, database, fetch, held, now, rule }: SmartRoutesConfig): readonly Route[] {
  const keyOf = async (): Promise<Buffer> =>
    Buffer.from(
      (await providerKey(database, 'chart-pull', () => Promise.resolve({ key: randomBytes(32).toString('base64') }))).key,
      'base64',
    )
  const leavingOf = async (request: ApiRequest): Promise<Leaving | undefined> => {
    const text = cookieIn(request)
    const leaving = text === undefined ? undefined : unseal<Leaving>(await keyOf(), COOKIE, text)
    return leaving === undefined || leaving.endsAt <= now().getTime() ? undefined : leaving
  }
  const atOf = (server: unknown): SmartServer => {
    const at = typeof server === 'string' ? servers.find((one) => one.server === server.replace(/\/+$/, '')) : undefined
    if (at === undefined)
      throw new Refused([
        refusal(
          'forbidden',
          'server',
          'nobody signs in at this server from here',
          'the operator names servers in the file of SECONDWIND_SMART_SERVERS; a file can be dropped instead',
        ),
      ])
    return at
  }

  const begin: Route = {
    id: 'chart.sign-in',
    method: 'POST',
    path: '/charts/pull/sign-in',
    rule,
    summary: 'Begin a sign-in (SMART, code with PKCE) at another FHIR server, to fetch a chart from it',
    handle: async (request) => {
      queryOf(request.query, [])
      const at = atOf((request.body as { readonly server?: unknown } | undefined)?.server)
      const there = await signInOf(at, fetch)
      const leaving: Leaving = {
        server: at.server,
        who: contextOf(request).who,
        state: randomBytes(24).toString('base64url'),
        verifier: randomBytes(48).toString('base64url'),
        token: there.token,
        endsAt: now().getTime() + WAITS * 1000,
        ...(there.issuer === undefined ? {} : { issuer: there.issuer }),
      }
      const authorize = new URL(there.authorize)
      for (const [name, value] of Object.entries({
        response_type: 'code',
        client_id: at.clientId,
        redirect_uri: `${request.base}${ARRIVES}`,
        scope: there.scope,
        state: leaving.state,
        aud: at.server,
        code_challenge: createHash('sha256').update(leaving.verifier).digest('base64url'),
        code_challenge_method: 'S256',
      }))
        authorize.searchParams.set(name, value)
      const answer: SignInBegun = { authorize: authorize.href }
      return json(answer, 200, cookie(request, seal(await keyOf(), COOKIE, leaving), WAITS))
    },
  }

  const arrived: Route = {
    id: 'chart.arrived',
    method: 'GET',
    path: ARRIVES,
    rule: { open: 'where a browser comes back from the sign-in of another server, before it has a token of this one; it only sends it on' },
    summary: 'Back from the sign-in at another server: takes the code out of the address and sends the browser on to the workspace',
    handle: async (request) => {
      const query = new Map(request.query)
      const leaving = await leavingOf(request)
      const isOurs = leaving !== undefined && isSame(query.get('state') ?? '', leaving.state)
      const isTheirs = leaving?.issuer === undefined || !query.has('iss') || query.get('iss') === leaving.issuer
      if (!isOurs || !isTheirs) return onwards(request, 'lost')
      const code = query.get('code')
      if (code === undefined || code === '' || code.length > 2000) return onwards(request, 'refused', cookie(request, '', 0))
      return onwards(request, 'arrived', cookie(request, seal(await keyOf(), COOKIE, { ...leaving, code } satisfies Leaving), WAITS))
    },
  }

  const finish: Route = {
    id: 'chart.signed-in',
    method: 'POST',
    path: '/charts/pull/signed-in',
    rule,
    summary: 'After a sign-in at another server: the chart of the patient who was chosen there, or a sign-in that waits for a patient',
    handle: async (request) => {
      queryOf(request.query, [])
      const leaving = await leavingOf(request)
      const { who } = contextOf(request)
      if (leaving?.code === undefined || leaving.who !== who)
        throw new Refused([
          refusal(
            'not-found',
            'cookie',
            'there is no sign-in of yours that waits here',
            'it lasts ten minutes, and counts once: begin it again',
          ),
        ])
      const at = atOf(leaving.server)
      const { code, verifier, token: address } = leaving
      const { token, patient } = await exchange(at, { address, code, verifier, redirectTo: `${request.base}${ARRIVES}` })
      const spent = cookie(request, '', 0)
      if (patient === undefined) {
        const answer: SignedInThere = { server: at.server, held: held.keep({ who, server: at.server, token }) }
        return json(answer, 200, spent)
      }
      // the token is used here and now, and kept nowhere
      const chart = await pullChart({ server: at.server, patient, token }, [at.server], fetch)
      const answer: SignedInThere = { server: at.server, patient, chart }
      return json(answer, 200, spent)
    },
  }

  const patients: Route = {
    id: 'chart.patients-there',
    method: 'POST',
    path: '/charts/pull/patients',
    rule,
    summary: 'Search the patients of the server at which one has signed in; what is searched for stands in the body, in no address of ours',
    handle: async (request) => {
      queryOf(request.query, [])
      const { held: handle, name, birthDate, number } = (request.body ?? {}) as { readonly [key: string]: unknown }
      const signIn = typeof handle === 'string' ? held.of(handle, contextOf(request).who) : undefined
      if (signIn === undefined) throw ended()
      const text = (one: unknown): string | undefined => (typeof one === 'string' && one.length <= 200 ? one : undefined)
      const asked = Object.entries({ name: text(name), birthDate: text(birthDate), number: text(number) }).filter(
        ([, one]) => one !== undefined,
      )
      const found: readonly FoundThere[] = await searchThere(signIn, Object.fromEntries(asked), fetch)
      return json({ patients: found })
    },
  }
  return [begin, arrived, finish, patients]
}

/** The sign-in that is held for this person, so that a chart can be pulled with it. */
export function heldToken(held: HeldSignIns, handle: string, who: string, server: string): string {
  const signIn = held.of(handle, who)
  if (signIn === undefined) throw ended()
  if (signIn.server !== server.replace(/\/+$/, '')) throw unusable({ server }, 'the sign-in is for another one', 'begin it again')
  return signIn.token
}

const ended = (): Refused =>
  new Refused([
    refusal('gone', 'held', 'the sign-in at the other server has ended', 'it lasts ten minutes, and not over a restart: begin it again'),
  ])

/** A page of our own, with a word on how it went and nothing else. */
const onwards = ({ base }: ApiRequest, how: 'arrived' | 'refused' | 'lost', headers: ApiResponse['headers'] = {}): ApiResponse => ({
  status: 303,
  headers: { ...headers, location: `${base}/app/bring?pull=${how}` },
})

const cookie = ({ base }: ApiRequest, value: string, seconds: number): { readonly 'set-cookie': string } => ({
  'set-cookie': `${COOKIE}=${value}; Path=/charts/pull; Max-Age=${seconds}; HttpOnly; SameSite=Lax${base.startsWith('https:') ? '; Secure' : ''}`,
})

function cookieIn({ headers }: ApiRequest): string | undefined {
  const found = (headers.cookie ?? '').split(';').map((one) => one.trim().split('=') as [string, string?])
  return found.find(([name]) => name === COOKIE)?.[1]
}

const isSame = (a: string, b: string): boolean => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
