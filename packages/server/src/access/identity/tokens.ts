import { createLocalJWKSet, createRemoteJWKSet, decodeJwt, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'
import { type Credentials, loginRequired, type RequestContext } from '../../api/index.ts'
import { Refused, refusal } from '../../issue.ts'
import type { Identify } from '../open-access.ts'
import { isRole } from '../roles.ts'

/** A provider whose tokens are believed. */
export interface Issuer {
  readonly issuer: string
  /** For whom its tokens must be: the address of our FHIR API. */
  readonly audience: string
  /** Its public keys: where they are fetched, or the keys themselves. */
  readonly keys: URL | JSONWebKeySet
  /** Names of the claims that hold the role, the site and the person as a FHIR reference. */
  readonly claims: { readonly role: string; readonly site: string; readonly who: string }
  /** A token of it that names no scopes opens nothing. Otherwise such a token opens what the role may: many providers know no scopes of resources. */
  readonly isScoped?: true
  /** Whether what a token came from was not taken back since: of a provider whom we can ask at each request. */
  readonly stands?: (payload: JWTPayload) => Promise<boolean>
}

/** Signatures with a key pair only: a shared secret would let whoever checks a token make one. */
export const ASYMMETRIC = ['ES256', 'ES384', 'RS256', 'RS384', 'PS256', 'EdDSA']
export const CLOCK_SECONDS = 30

const broken = (message: string): Refused =>
  new Refused([{ ...loginRequired(), message, remedy: 'sign in again; a token is for this server only, and for a short time' }])

/** Reads `Authorization: Bearer` of a request. No header: nobody. A token that cannot be believed is refused, never taken for nobody. */
export function tokenIdentity(issuers: readonly Issuer[]): Identify {
  const known = new Map(
    issuers.map((one) => [
      one.issuer,
      { ...one, key: one.keys instanceof URL ? createRemoteJWKSet(one.keys) : createLocalJWKSet(one.keys) },
    ]),
  )
  return async ({ headers, requestId }: Credentials) => {
    const { authorization } = headers
    if (authorization === undefined) return undefined
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(authorization)?.[1]
    if (token === undefined) throw broken('the Authorization header holds no bearer token')
    const from = known.get(issuerOf(token))
    if (from === undefined) throw broken('the token is of a provider that is not known here')
    let payload: JWTPayload
    try {
      payload = (
        await jwtVerify(token, from.key, {
          issuer: from.issuer,
          audience: from.audience,
          algorithms: ASYMMETRIC,
          clockTolerance: CLOCK_SECONDS,
          requiredClaims: ['exp', 'iat'],
        })
      ).payload
    } catch (error) {
      if (error instanceof errors.JOSEError)
        throw broken(error instanceof errors.JWTExpired ? 'the token has expired' : 'the token cannot be believed')
      throw new Refused([
        refusal('unavailable', 'Authorization', 'the keys of the provider cannot be read at the moment', 'try again in a moment'),
      ])
    }
    if (from.stands !== undefined && !(await from.stands(payload))) throw broken('the sign-in of this token has ended')
    return contextFrom(payload, from, requestId)
  }
}

function issuerOf(token: string): string {
  try {
    return decodeJwt(token).iss ?? ''
  } catch {
    throw broken('the token is no JWT')
  }
}

/** RFC 9068 says `client_id`, OpenID Connect `azp`. */
function clientOf({ client_id, azp }: JWTPayload): { readonly client?: string } {
  const client = client_id ?? azp
  return typeof client === 'string' && client !== '' ? { client } : {}
}

function contextFrom(payload: JWTPayload, { claims, isScoped }: Pick<Issuer, 'claims' | 'isScoped'>, requestId: string): RequestContext {
  const [role, site, who] = [payload[claims.role], payload[claims.site], payload[claims.who]]
  if (typeof role !== 'string' || !isRole(role)) throw broken('the token names no role of this installation')
  if (typeof site !== 'string' || typeof who !== 'string') throw broken('the token does not say who signs in, or from which site')
  // some providers give the whole address
  const reference = /([A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64})$/.exec(who)?.[1]
  if (reference === undefined) throw broken('the token names its person by no FHIR reference')
  const scopes = scopesOf(payload) ?? (isScoped === true ? [] : undefined)
  return {
    requestId,
    who: reference,
    role,
    site,
    purpose: 'TREAT',
    endsAt: (payload.exp ?? 0) * 1000,
    ...(scopes === undefined ? {} : { scopes }),
    ...clientOf(payload),
    ...(typeof payload.patient === 'string' ? { grant: { patient: payload.patient } } : {}),
  }
}

/**
 * The scopes of a token, in whichever form its provider writes them (`scope` as text, `scp` as text or list). Undefined only where it has no such claim: one
 * that is there and empty, or in a form that nobody knows, opens nothing. Taken for "no limit", an app would get more by asking for less.
 */
function scopesOf({ scope, scp }: JWTPayload): readonly string[] | undefined {
  const given = scope ?? scp
  if (given === undefined) return undefined
  const list: readonly unknown[] = Array.isArray(given) ? given : typeof given === 'string' ? given.split(' ') : []
  return list.filter((one): one is string => typeof one === 'string' && one !== '')
}
