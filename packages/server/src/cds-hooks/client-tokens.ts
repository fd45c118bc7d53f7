import { createHash } from 'node:crypto'
import { createLocalJWKSet, createRemoteJWKSet, decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose'
import { ASYMMETRIC, CLOCK_SECONDS } from '../access/identity/tokens.ts'
import type { Identify } from '../access/index.ts'
import { CDS_CLIENT_SCOPE } from '../access/scopes.ts'
import { type Credentials, loginRequired, type RequestContext } from '../api/index.ts'
import { Refused, refusal } from '../issue.ts'
import type { Queries } from '../store/index.ts'
import type { CdsClient } from './clients.ts'

/** Seconds for which a token may be good at most: long enough for any clock, short enough to be remembered until it ends. */
const MOST_SECONDS = 3600
/** Beneath it are the services, and nothing else that such a token opens. */
const SERVICES = '/cds-services'

const refused = (message: string, remedy: string): never => {
  throw new Refused([{ ...loginRequired(), message, remedy }])
}

/** Finds whoever another `identify` knows, and CDS clients by the tokens that they sign themselves. */
export function withCdsClients(
  identify: Identify,
  clients: readonly CdsClient[],
  config: { readonly base: string; readonly database: Queries },
): Identify {
  if (clients.length === 0) return identify
  const known = new Map(clients.map((client) => [client.iss, believer(client, config)]))
  return (credentials) => {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(credentials.headers.authorization ?? '')?.[1]
    const believe = token === undefined ? undefined : known.get(issuerOf(token))
    return believe === undefined ? identify(credentials) : believe(token!, credentials)
  }
}

function issuerOf(token: string): string {
  try {
    return decodeJwt(token).iss ?? ''
  } catch {
    return ''
  }
}

/**
 * Believes the tokens of one client: its signature, by a key that the operator named or at an address that the operator allowed; for exactly the service that
 * is called; for an hour at most; and once.
 */
function believer(
  client: CdsClient,
  { base, database }: { readonly base: string; readonly database: Queries },
): (token: string, credentials: Credentials) => Promise<RequestContext> {
  const own =
    client.jwks === undefined ? undefined : client.jwks instanceof URL ? createRemoteJWKSet(client.jwks) : createLocalJWKSet(client.jwks)
  const named = new Map(client.jku.map((address) => [address.href, createRemoteJWKSet(address)]))
  const keysOf = (token: string) => {
    const { jku } = headerOf(token)
    if (jku === undefined) return own
    if (client.jwks instanceof URL && client.jwks.href === jku) return own
    return typeof jku === 'string' && URL.canParse(jku) ? named.get(new URL(jku).href) : undefined
  }
  return async (token, { path, requestId }) => {
    if (path !== SERVICES && !path.startsWith(`${SERVICES}/`))
      refused('a token that a CDS client signs itself opens the CDS services only', 'sign in at the provider for anything else')
    const keys = keysOf(token)
    if (keys === undefined)
      return refused('the token names keys (jku) that are not on the list of this client', 'ask the operator to add the address')
    let payload: JWTPayload
    try {
      ;({ payload } = await jwtVerify(token, keys, {
        issuer: client.iss,
        audience: audiencesOf(base, path),
        algorithms: ASYMMETRIC,
        clockTolerance: CLOCK_SECONDS,
        requiredClaims: ['iss', 'aud', 'exp', 'iat', 'jti'],
      }))
    } catch (error) {
      if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError))
        throw new Refused([
          refusal('unavailable', 'Authorization', 'the keys of the CDS client cannot be read at the moment', 'try again in a moment'),
        ])
      return refused(whyNot(error), `sign a new token for each call, with aud ${base}${path}`)
    }
    const { exp = 0, iat = 0, jti, tenant } = payload
    if (exp - iat > MOST_SECONDS || iat > Date.now() / 1000 + CLOCK_SECONDS)
      refused(`the token is good for more than ${MOST_SECONDS} seconds, or of a time to come`, 'let it end five minutes after it is made')
    if (typeof jti !== 'string' || jti === '' || jti.length > 500) return refused('the token has no jti', 'give each token its own')
    if (client.tenants !== undefined && !client.tenants.includes(String(tenant)))
      refused('the token is of a tenant that is not on the list of this client', 'ask the operator to add the tenant')
    if (!(await isFirst(database, client.iss, jti, exp))) refused('the token was used before (jti)', 'sign a new token for each call')
    return {
      requestId,
      who: `Device/${deviceOf(client.iss)}`,
      role: 'integration',
      site: client.site,
      purpose: 'TREAT',
      client: client.name,
      scopes: [CDS_CLIENT_SCOPE],
      endsAt: exp * 1000,
    }
  }
}

const headerOf = (token: string): { readonly jku?: unknown } => {
  try {
    return decodeProtectedHeader(token)
  } catch {
    return refused('the token is no JWT', 'send a signed JWT')
  }
}

/** For the service that is called; a token for a service is good for its feedback, too. With or without a slash at the end. */
function audiencesOf(base: string, path: string): string[] {
  const plain = path.replace(/\/+$/, '')
  const service = plain.replace(/\/feedback$/, '')
  return [...new Set([plain, service])].flatMap((one) => [`${base}${one}`, `${base}${one}/`])
}

const whyNot = (error: errors.JOSEError): string => {
  if (error instanceof errors.JWTExpired) return 'the token has expired'
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud') return 'the token is for another service (aud)'
  if (error instanceof errors.JWTClaimValidationFailed) return `the token is missing ${error.claim}, or has it in another form`
  if (error instanceof errors.JWKSNoMatchingKey) return 'the token is signed by a key that is not among those of this client (kid)'
  return 'the token cannot be believed'
}

/** Whether nobody used this token before, in whichever process. */
const isFirst = async (database: Queries, iss: string, jti: string, exp: number): Promise<boolean> =>
  (
    await database.query(
      'insert into cds_client_token (id, ends_at) values ($1, to_timestamp($2::float8)) on conflict do nothing returning id',
      [
        createHash('sha256')
          .update(JSON.stringify([iss, jti]))
          .digest('base64url'),
        exp + 2 * CLOCK_SECONDS,
      ],
    )
  ).length > 0

/** An id by which the audit log names the client: its host, or what is left of its name. */
const deviceOf = (iss: string): string =>
  (URL.canParse(iss) && new URL(iss).host !== '' ? new URL(iss).host : iss).replace(/[^A-Za-z0-9.-]/g, '-').slice(0, 64)
