import { Refused, refusal } from '../../issue.ts'
import type { SmartServer } from './servers.ts'

/** What a sign-in gave: a token to read with, and the patient whom its user chose there. */
export interface Given {
  readonly token: string
  readonly patient?: string
}

const LIMITS = { milliseconds: 10_000, bytes: 64 * 1024 }

/**
 * Gives the code of a sign-in back for a token. `address` was checked against what the operator allows (`signInOf`); no redirect is followed, and an answer
 * that is late, too large or no token is refused. Nothing of the answer but its kind of failure is told: it may hold secrets.
 */
export async function exchange(
  at: SmartServer,
  {
    address,
    code,
    verifier,
    redirectTo,
  }: { readonly address: string; readonly code: string; readonly verifier: string; readonly redirectTo: string },
): Promise<Given> {
  const { clientId, clientSecret } = at
  const form = new URLSearchParams({ grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: redirectTo })
  // RFC 6749, 2.3.1: both halves are form-encoded before they are joined
  const asForm = (text: string): string => encodeURIComponent(text).replaceAll('%20', '+')
  const basic = clientSecret === undefined ? undefined : Buffer.from(`${asForm(clientId)}:${asForm(clientSecret)}`).toString('base64')
  if (basic === undefined) form.set('client_id', clientId)
  const answer = await answered(address, form, basic)
  const { access_token: token, token_type: type, patient } = (answer ?? {}) as { readonly [key: string]: unknown }
  if (typeof token !== 'string' || token === '' || (typeof type === 'string' && type.toLowerCase() !== 'bearer'))
    throw new Refused([
      refusal(
        'unavailable',
        at.server,
        'the server gave no token for the sign-in',
        'begin the sign-in again; when it stays so, the operator compares the client id and the redirect address with what that server knows',
      ),
    ])
  return { token, ...(typeof patient === 'string' && patient !== '' ? { patient: patient.replace(/^.*Patient\//, '') } : {}) }
}

async function answered(address: string, form: URLSearchParams, basic: string | undefined): Promise<unknown> {
  try {
    const response = await fetch(address, {
      method: 'POST',
      headers: { accept: 'application/json', ...(basic === undefined ? {} : { authorization: `Basic ${basic}` }) },
      body: form,
      redirect: 'error',
      signal: AbortSignal.timeout(LIMITS.milliseconds),
    })
    if (!response.ok || response.body === null) return undefined
    const parts: Uint8Array[] = []
    let size = 0
    for await (const part of response.body) {
      size += part.byteLength
      if (size > LIMITS.bytes) return undefined
      parts.push(part)
    }
    return JSON.parse(Buffer.concat(parts).toString('utf8'))
  } catch {
    return undefined
  }
}
