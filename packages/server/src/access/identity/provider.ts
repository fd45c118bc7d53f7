import { exportJWK, generateKeyPair, type JSONWebKeySet, type JWK } from 'jose'
import Provider, { type ClientMetadata, type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { Database } from '../../store/index.ts'
import { isUnderstood } from '../narrowing.ts'
import { resourceScope } from '../scopes.ts'
import { failedPage, signOutPage } from './login-page.ts'
import { languageOf } from './login-words.ts'
import { accountOf } from './people.ts'
import { digest, type ProviderState, providerKey, providerState } from './state.ts'
import type { Issuer } from './tokens.ts'

export interface EmbeddedProvider {
  readonly provider: Provider
  /** How our own API believes its tokens. */
  readonly trusted: Issuer
  /** Sessions, grants and tokens; and the patients of grants and launches. */
  readonly state: ProviderState
  /** Keeps for which patient a grant was given, as long as the grant. */
  keepPatient(grantId: string, patient: string): Promise<void>
  readonly fhirBase: string
}

/** An app or program that may ask for tokens. For programs: `grant_types: ['client_credentials']`, `private_key_jwt` and their keys. */
export type RegisteredClient = ClientMetadata & { readonly scope?: string }

/** Seconds that an access token lasts: short, though it ends with its grant (`stands`) as well. */
const TOKEN_SECONDS = 900
/** Five minutes, and a clock that goes wrong a little. */
const ASSERTION_SECONDS = 330
const OWN_SCOPES = ['openid', 'profile', 'fhirUser', 'offline_access', 'online_access', 'launch', 'launch/patient']
/** How long somebody stays signed in, seconds. */
const SESSION_SECONDS = 8 * 3600

/**
 * The embedded OpenID provider, for trying out: seeded people, no passwords; keys and sessions in the database. SMART App Launch 2.2: PKCE, scopes v2,
 * standalone and EHR launch, backend services with signed assertions.
 */
export async function embeddedProvider(
  base: string,
  clients: readonly RegisteredClient[],
  site: string,
  database: Database,
  origins: readonly string[] = [],
): Promise<EmbeddedProvider> {
  const issuer = `${base}/oidc`
  const fhirBase = `${base}/fhir`
  const key = await providerKey(database, 'signing', signingKey)
  const cookies = await providerKey(database, 'cookies', () => Promise.resolve({ keys: [crypto.randomUUID()] }))
  const state = providerState(database)
  const patientOf = async (grantId: string | undefined): Promise<string | undefined> =>
    grantId === undefined ? undefined : (await state.kept<GrantPatient>(GRANT_PATIENT, grantId))?.patient
  const registered = new Map(clients.map(({ client_id: id, scope }) => [id, scope]))
  const configuration: Configuration = {
    // the provider would hold `scope` against its own list, in which no scope of a resource can stand
    clients: clients.map(({ scope: _scope, ...metadata }) => metadata),
    adapter: state.adapter,
    jwks: { keys: [key.own] },
    scopes: OWN_SCOPES,
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { clientAuthSigningAlgValues: ['RS256', 'RS384', 'ES256', 'ES384'], idTokenSigningAlgValues: ['ES256'] },
    claims: { openid: ['sub'], profile: ['name'], fhirUser: ['fhirUser'] },
    // what an app of SMART sends beside what OAuth knows
    extraParams: {
      aud: (ctx: KoaContextWithOIDC, value?: string) => {
        // an app that does not say for which server it asks may have been sent here by another, to which it would give the token
        if (value === undefined && ctx.query.resource === undefined && isOfLaunch(String(ctx.oidc.params?.scope ?? '')))
          throw new errors.InvalidRequest(`aud is missing: it must be ${fhirBase}`)
        if (value !== undefined && value.replace(/\/+$/, '') !== fhirBase) throw new errors.InvalidTarget(`aud must be ${fhirBase}`)
      },
      launch: () => {},
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: { enabled: true },
      introspection: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: async (ctx, form) => {
          ctx.body = signOutPage(askedIn(ctx), form)
        },
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => fhirBase,
        useGrantedResource: () => true,
        getResourceServerInfo: (ctx, resource, client) => {
          if (resource !== fhirBase) throw new errors.InvalidTarget()
          const isProgram = client.grantTypeAllowed('client_credentials')
          const allowed = allowedScopes(requestedScopes(ctx), registered.get(client.clientId), isProgram)
          // a token that opens nothing would be taken for one that works
          if (isProgram && allowed.length === 0 && ctx.oidc.params?.grant_type === 'client_credentials')
            throw new errors.InvalidScope('none of these scopes is registered for this program', String(ctx.oidc.params.scope ?? ''))
          return {
            scope: allowed.join(' '),
            audience: fhirBase,
            accessTokenTTL: TOKEN_SECONDS,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: 'ES256' } },
          }
        },
      },
    },
    // a page open in a browser may ask for it as well (online_access), without another question
    issueRefreshToken: async (_ctx, client, code) =>
      client.grantTypeAllowed('refresh_token') && (code.scopes.has('offline_access') || code.scopes.has('online_access')),
    // pages that the operator names, and those of an app where it waits for its code
    clientBasedCORS: (_ctx, origin, client) =>
      origins.includes(origin) ||
      (client.clientAuthMethod === 'none' && (client.redirectUris ?? []).some((uri) => URL.parse(uri)?.origin === origin)),
    pkce: { required: () => true },
    responseTypes: ['code'],
    // SMART backend services: a signed assertion is good for five minutes at most
    assertJwtClientAuthClaimsAndHeader: async (_ctx, { exp }) => {
      if (Number(exp) > Date.now() / 1000 + ASSERTION_SECONDS)
        throw new errors.InvalidClientAuth(`the assertion ends more than ${ASSERTION_SECONDS} seconds from now`)
    },
    cookies: { keys: cookies.keys, short: { sameSite: 'lax' }, long: { sameSite: 'lax' } },
    ttl: {
      AccessToken: TOKEN_SECONDS,
      ClientCredentials: TOKEN_SECONDS,
      AuthorizationCode: 60,
      IdToken: TOKEN_SECONDS,
      Interaction: 600,
      Grant: SESSION_SECONDS,
      Session: SESSION_SECONDS,
      RefreshToken: SESSION_SECONDS,
    },
    interactions: { url: (_ctx, { uid }) => `/oidc-login/${uid}` },
    findAccount: (_ctx, id) => {
      const account = accountOf(id)
      return account && { accountId: id, claims: () => ({ sub: id, name: account.role, fhirUser: `${fhirBase}/${account.who}` }) }
    },
    extraTokenClaims: async (_ctx, token) => {
      if (token.kind === 'ClientCredentials') return { role: 'integration', site, fhirUser: `Device/${token.clientId}` }
      const account = 'accountId' in token ? accountOf(token.accountId) : undefined
      const grant = 'grantId' in token ? token.grantId : undefined
      const patient = await patientOf(grant)
      return (
        account && {
          role: account.role,
          site: account.site,
          fhirUser: account.who,
          ...(patient ? { patient } : {}),
          ...(grant ? { [GRANT_CLAIM]: digest(grant) } : {}),
        }
      )
    },
    renderError: (ctx, out) => {
      ctx.type = 'html'
      ctx.body = failedPage(askedIn(ctx), `${out.error}: ${out.error_description ?? ''}`)
    },
  }
  const provider = new Provider(issuer, configuration)
  provider.proxy = true
  // SMART wants the patient of the launch beside the token
  provider.use(async (ctx, next) => {
    await next()
    const { oidc } = ctx as Partial<KoaContextWithOIDC>
    if (oidc?.route !== 'token' || typeof ctx.body !== 'object' || ctx.body === null || !('access_token' in ctx.body)) return
    // the token names what it opens; the app is told of everything it was granted, signing in and launching too
    const own =
      (oidc.entities.AuthorizationCode ?? oidc.entities.RefreshToken)?.scope?.split(' ').filter((one) => OWN_SCOPES.includes(one)) ?? []
    const opened = 'scope' in ctx.body ? String(ctx.body.scope).split(' ') : []
    if (own.length > 0) Object.assign(ctx.body, { scope: [...new Set([...own, ...opened])].join(' ') })
    const patient = await patientOf(oidc.entities.AccessToken?.grantId)
    if (patient) Object.assign(ctx.body, { patient, need_patient_banner: true })
  })
  return {
    provider,
    trusted: {
      issuer,
      audience: fhirBase,
      keys: key.published,
      claims: { role: 'role', site: 'site', who: 'fhirUser' },
      isScoped: true,
      stands: async (payload) => payload[GRANT_CLAIM] === undefined || state.stands('Grant', String(payload[GRANT_CLAIM])),
    },
    state,
    keepPatient: (grantId, patient) => state.keep(GRANT_PATIENT, grantId, { patient } satisfies GrantPatient, SESSION_SECONDS),
    fhirBase,
  }
}

/** In which language somebody is spoken to. */
const askedIn = (ctx: KoaContextWithOIDC) =>
  languageOf((ctx.oidc as KoaContextWithOIDC['oidc'] | undefined)?.params?.ui_locales, ctx.get('accept-language'))

/** Scopes by which an app asks for a patient. */
const isOfLaunch = (scopes: string): boolean => scopes.split(' ').some((one) => /^launch(\/|$)|^patient\//.test(one))

/** In a token: the digest of the grant that it came from. Where the grant is taken back (signed out, a code or a refresh token used twice) the token ends. */
const GRANT_CLAIM = 'grant_digest'
const GRANT_PATIENT = 'GrantPatient'
interface GrantPatient {
  readonly patient: string
}

async function signingKey(): Promise<{ readonly own: JWK; readonly published: JSONWebKeySet }> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const shared = { kid: crypto.randomUUID(), use: 'sig', alg: 'ES256' }
  return {
    own: { ...(await exportJWK(privateKey)), ...shared },
    published: { keys: [{ ...(await exportJWK(publicKey)), ...shared }] },
  }
}

/** The scopes of this request, or of the code or token that it exchanges. */
function requestedScopes({ oidc }: KoaContextWithOIDC): readonly string[] {
  const { AuthorizationCode, RefreshToken } = oidc.entities
  const text = (oidc.params?.scope as string | undefined) ?? AuthorizationCode?.scope ?? RefreshToken?.scope ?? ''
  return text.split(' ').filter((scope) => scope !== '')
}

/** Those that open resources, and that the client was registered for, where it was registered for some. A program has those alone that it is registered for. */
function allowedScopes(requested: readonly string[], registered: string | undefined, isProgram: boolean): readonly string[] {
  const own = new Set((registered ?? '').split(' ').filter((scope) => resourceScope(scope) !== undefined))
  const isFree = own.size === 0 && !isProgram
  // what could not be held to is not granted: an app would take it for given
  return requested.filter((scope) => isUnderstood(scope) && (isFree || own.has(scope) || [...own].some((wide) => covers(wide, scope))))
}

/** Whether a client that was registered for the first scope may have the second, which opens a part of it. */
function covers(wide: string, narrow: string): boolean {
  const [of, asked] = [resourceScope(wide)!, resourceScope(narrow)!]
  const isSame = of.context === asked.context && (of.type === '*' || of.type === asked.type)
  return isSame && of.narrowedBy === undefined && [...asked.may].every((letter) => of.may.has(letter))
}
