import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { contextOf, JSON_TYPE, type Route } from '../../api/index.ts'
import { refuse } from '../../issue.ts'
import { isRole } from '../roles.ts'
import { resourceScope } from '../scopes.ts'
import { endedPage, loginPage } from './login-page.ts'
import { type LoginFault, languageOf } from './login-words.ts'
import { accountId } from './people.ts'
import type { EmbeddedProvider } from './provider.ts'
import type { ProviderState } from './state.ts'

const HTML = 'text/html; charset=utf-8'
const ID = /^[A-Za-z0-9.-]{1,64}$/
/** How long a launch that began in the record waits for its app, seconds. */
const LAUNCH_WAITS = 600
const LAUNCH = 'Launch'
/** Pages of the sign-in: their own style, no script (the provider adds the digest of one where it needs it), in no frame. */
const PAGES = "default-src 'none'; style-src 'unsafe-inline'; script-src 'none'; base-uri 'none'; frame-ancestors 'none'"

/** Hangs the provider into the server: its own addresses below /oidc, and the page on which people say who they are. */
export function mountProvider(
  server: FastifyInstance,
  { provider, state, keepPatient, trusted }: EmbeddedProvider,
  site: string,
  sites: () => Promise<readonly string[]> = () => Promise.resolve([]),
): void {
  const answer = provider.callback()
  const own = new URL(trusted.issuer)
  server.route({
    method: ['GET', 'POST', 'OPTIONS', 'DELETE'],
    url: '/oidc/*',
    config: { routeId: 'oidc' },
    handler: async (request, reply) => {
      const url = asAsked(request)
      // RFC 6749 lets a browser post the question: the answer is the same as to the address that says it
      if (request.method === 'POST' && new URL(url, own).pathname === AUTHORIZE) return reply.code(303).header('location', url).send()
      // it answers by itself: what every answer of ours carries is laid in before
      for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) reply.raw.setHeader(name, value)
      reply.raw.setHeader('content-security-policy', PAGES)
      reply.hijack()
      const raw = request.raw as IncomingMessage & { originalUrl?: string; body?: unknown }
      // its address is the one it was given: a header of the sender would stand in its discovery document
      Object.assign(raw.headers, { 'x-forwarded-proto': own.protocol.slice(0, -1), 'x-forwarded-host': own.host })
      raw.originalUrl = url
      raw.url = url.slice('/oidc'.length)
      raw.body = await withClient(provider, url, request)
      void answer(raw, reply.raw)
      return reply
    },
  })
  const page = async (
    request: FastifyRequest,
    reply: FastifyReply,
    fault?: LoginFault,
    form = new URLSearchParams(),
  ): Promise<FastifyReply> => {
    const { params, uid } = await provider.interactionDetails(request.raw, reply.raw)
    const scopes = String(params.scope ?? '').split(' ')
    const asksPatient = scopes.includes('launch/patient') && (await launchOf(state, params.launch)) === undefined
    // people know an app by its name, not by the id under which it was registered
    const client = await provider.Client.find(String(params.client_id))
    const given = (name: string): string => (form.get(name) ?? '').trim().slice(0, 100)
    return reply
      .header('content-type', HTML)
      .header('content-security-policy', PAGES)
      .code(fault ? 422 : 200)
      .send(
        loginPage({
          action: `/oidc-login/${uid}`,
          client: client?.clientName ?? String(params.client_id),
          site: form.has('site') ? given('site') : site,
          sites: await sites(),
          scopes: scopes.filter((s) => resourceScope(s) !== undefined),
          asksPatient,
          language: languageOf(params.ui_locales, request.headers['accept-language']),
          given: { role: given('role'), self: given('self'), patient: given('patient') },
          ...(fault ? { fault } : {}),
        }),
      )
  }
  const lost = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
    reply
      .code(400)
      .header('content-type', HTML)
      .header('content-security-policy', PAGES)
      .send(endedPage(languageOf(undefined, request.headers['accept-language'])))
  server.get('/oidc-login/:uid', { config: { routeId: 'oidc-login' } }, (request, reply) =>
    page(request, reply).catch(() => lost(request, reply)),
  )
  server.post('/oidc-login/:uid', { config: { routeId: 'oidc-login' } }, async (request, reply) => {
    const details = await provider.interactionDetails(request.raw, reply.raw).catch(() => undefined)
    if (details === undefined) return lost(request, reply)
    const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '')
    const [role, from, self] = [form.get('role') ?? '', form.get('site') ?? '', (form.get('self') ?? '').trim()]
    const again = (fault: LoginFault): Promise<FastifyReply> => page(request, reply, fault, form)
    if (!isRole(role) || role === 'integration') return again('role')
    if (!/^[\w.-]{1,64}$/.test(from)) return again('site')
    const isOwn = role === 'patient' || role === 'carer'
    if (isOwn && self === '') return again(`${role}-empty`)
    if (isOwn && !ID.test(self)) return again('self-form')
    const who = role === 'patient' ? `Patient/${self}` : role === 'carer' ? `RelatedPerson/${self}` : `Practitioner/${role}`
    const { params } = details
    const scopes = String(params.scope ?? '').split(' ')
    const launched = await launchOf(state, params.launch)
    if (scopes.includes('launch') && launched === undefined) return again('launch')
    const chosen = launched ?? (scopes.includes('launch/patient') ? (form.get('patient') ?? '').trim() : undefined)
    if (chosen !== undefined && !ID.test(chosen)) return again('which')

    const account = accountId({ role, who, site: from })
    const grant = new provider.Grant({ accountId: account, clientId: params.client_id as string })
    grant.addOIDCScope(scopes.filter((s) => resourceScope(s) === undefined).join(' '))
    grant.addResourceScope(String(params.resource ?? ''), scopes.filter((s) => resourceScope(s) !== undefined).join(' '))
    const grantId = await grant.save()
    if (chosen !== undefined) await keepPatient(grantId, chosen)
    reply.hijack()
    await provider.interactionFinished(request.raw, reply.raw, { login: { accountId: account, remember: false }, consent: { grantId } })
    return reply
  })
}

const AUTHORIZE = '/oidc/auth'

/**
 * The address of a request, with what was posted to the authorization endpoint. SMART asks for `offline_access` alone: that the person is asked, which OpenID
 * wants said with `prompt=consent`, the page of the sign-in does at each launch.
 */
function asAsked({ url, body, method }: FastifyRequest): string {
  const [path, query] = url.split('?')
  if (path !== AUTHORIZE) return url
  const asked = new URLSearchParams(method === 'POST' && typeof body === 'string' ? body : query)
  const isOffline = (asked.get('scope') ?? '').split(' ').includes('offline_access')
  if (isOffline && !asked.has('prompt')) asked.set('prompt', 'consent')
  else if (method !== 'POST') return url
  return `${AUTHORIZE}?${asked}`
}

/**
 * The body of a request. Apps of SMART that hold no secret refresh without saying who they are (SMART App Launch 2.2 lists no `client_id` there): the refresh
 * token, which is bound to its app, says it.
 */
async function withClient(provider: EmbeddedProvider['provider'], url: string, { body, headers }: FastifyRequest): Promise<unknown> {
  if (url.split('?')[0] !== '/oidc/token' || typeof body !== 'string' || headers.authorization !== undefined) return body
  const form = new URLSearchParams(body)
  if (form.get('grant_type') !== 'refresh_token' || form.has('client_id') || form.has('client_assertion')) return body
  const token = await provider.RefreshToken.find(form.get('refresh_token') ?? '', { ignoreExpiration: true })
  const client = token?.clientId === undefined ? undefined : await provider.Client.find(token.clientId)
  if (client?.clientAuthMethod !== 'none') return body
  form.set('client_id', client.clientId)
  return form.toString()
}

const launchOf = async (state: ProviderState, launch: unknown): Promise<string | undefined> =>
  typeof launch === 'string' ? (await state.kept<{ readonly patient: string }>(LAUNCH, launch))?.patient : undefined

/** SMART's discovery document, and the beginning of a launch from the record. */
export function smartRoutes(base: string, stateOf: () => ProviderState): readonly Route[] {
  const issuer = `${base}/oidc`
  const fhirBase = `${base}/fhir`
  const configuration: Route = {
    id: 'smart.configuration',
    method: 'GET',
    path: '/fhir/.well-known/smart-configuration',
    rule: { open: 'an app reads it before it has a token; it tells where to sign in' },
    summary: 'SMART App Launch: where to sign in and what is supported',
    handle: () =>
      Promise.resolve({
        status: 200,
        contentType: JSON_TYPE,
        body: JSON.stringify({
          issuer,
          jwks_uri: `${issuer}/jwks`,
          authorization_endpoint: `${issuer}/auth`,
          token_endpoint: `${issuer}/token`,
          revocation_endpoint: `${issuer}/token/revocation`,
          token_endpoint_auth_methods_supported: ['none', 'private_key_jwt', 'client_secret_basic'],
          token_endpoint_auth_signing_alg_values_supported: ['RS256', 'RS384', 'ES256', 'ES384'],
          grant_types_supported: ['authorization_code', 'client_credentials', 'refresh_token'],
          response_types_supported: ['code'],
          code_challenge_methods_supported: ['S256'],
          scopes_supported: [
            'openid',
            'fhirUser',
            'launch',
            'launch/patient',
            'offline_access',
            'online_access',
            'patient/*.cruds',
            'user/*.cruds',
            'system/*.cruds',
          ],
          capabilities: [
            'launch-ehr',
            'launch-standalone',
            'authorize-post',
            'client-public',
            'client-confidential-asymmetric',
            'client-confidential-symmetric',
            'sso-openid-connect',
            'context-ehr-patient',
            'context-standalone-patient',
            'permission-offline',
            'permission-online',
            'permission-patient',
            'permission-user',
            'permission-v1',
            'permission-v2',
          ],
        }),
      }),
  }
  const launch: Route = {
    id: 'smart.launch',
    method: 'POST',
    path: '/plans/:patient/launches',
    rule: { interaction: 'read', about: 'plan', patientFrom: 'patient' },
    summary: 'Begin a SMART launch of an app for this patient; give the app `iss` and `launch`',
    handle: async (request) => {
      contextOf(request)
      const patient = request.params.patient!
      if (!ID.test(patient)) return refuse('invalid-request', 'patient', 'is no id', 'send the id of the patient')
      const id = randomBytes(24).toString('base64url')
      await stateOf().keep(LAUNCH, id, { patient }, LAUNCH_WAITS)
      return { status: 201, contentType: JSON_TYPE, body: JSON.stringify({ iss: fhirBase, launch: id }) }
    },
  }
  return [configuration, launch]
}
