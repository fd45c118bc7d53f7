import type { FhirFetch } from '../../cds-hooks/gather.ts'
import { Refused, refusal } from '../../issue.ts'
import type { SmartServer } from './servers.ts'

/** What a server says of its sign-in, as far as it is used: both addresses are ones that the operator allows. */
export interface SignInAt {
  readonly authorize: string
  readonly token: string
  readonly issuer?: string
  readonly scope: string
}

/**
 * Reads `.well-known/smart-configuration` of a server. The addresses in it are the server's word: they are used only where their origin is that of the
 * server, or one that the operator has named for it. Refuses a server that cannot do PKCE with SHA-256. Source: SMART App Launch 2.2, section 2.
 */
export async function signInOf(at: SmartServer, fetch: FhirFetch): Promise<SignInAt> {
  const found = (await fetch(`${at.server}/.well-known/smart-configuration`, undefined)) as { readonly [key: string]: unknown } | undefined
  if (typeof found !== 'object' || found === null)
    throw unusable(at, 'it does not say where one signs in (.well-known/smart-configuration)', 'use a token, or drop the file')
  const allowed = new Set([new URL(at.server).origin, ...at.signInAt])
  const address = (key: string): string => {
    const given = found[key]
    if (typeof given !== 'string' || !URL.canParse(given)) throw unusable(at, `it names no ${key}`, 'ask those who run it')
    const url = new URL(given)
    if (!allowed.has(url.origin) || url.username !== '' || url.password !== '')
      throw unusable(
        at,
        `its ${key} is at ${url.origin}, which nobody here has allowed`,
        'the operator names it in signInAt of SECONDWIND_SMART_SERVERS, when it is right',
      )
    return url.href
  }
  const methods = found.code_challenge_methods_supported
  if (Array.isArray(methods) && !methods.includes('S256')) throw unusable(at, 'it cannot protect the sign-in by PKCE (S256)', 'use a token')
  return {
    authorize: address('authorization_endpoint'),
    token: address('token_endpoint'),
    scope: at.scope ?? scopeFor(found.capabilities),
    ...(typeof found.issuer === 'string' ? { issuer: found.issuer } : {}),
  }
}

/** Reading alone, of one patient where the server lets its user choose one at the sign-in; else of those whom the user may see, to be searched for here. */
function scopeFor(capabilities: unknown): string {
  const can = new Set(Array.isArray(capabilities) ? (capabilities as readonly unknown[]) : [])
  const letters = can.has('permission-v2') ? 'rs' : 'read'
  return can.has('context-standalone-patient') ? `launch/patient patient/*.${letters}` : `user/*.${letters}`
}

export const unusable = ({ server }: Pick<SmartServer, 'server'>, why: string, remedy: string): Refused =>
  new Refused([refusal('unavailable', server, `nobody can sign in at this server: ${why}`, remedy)])
