import { createHash } from 'node:crypto'
import { refuse } from '../issue.ts'
import type { IdempotencyKey } from '../store/index.ts'
import type { ApiRequest } from './route.ts'

/** A key makes a request that is sent again safe: it is done once and answered twice. Undefined: the request carries none. */
export function idempotencyOf(request: ApiRequest): IdempotencyKey | undefined {
  const given = request.headers['idempotency-key']
  const key = Array.isArray(given) ? given.join(', ') : given
  if (key === undefined || request.method === 'GET') return undefined
  if (!/^[\x21-\x7e]{8,128}$/.test(key))
    return refuse(
      'invalid-request',
      'Idempotency-Key',
      'the key has a wrong form',
      'send 8 to 128 visible characters, a new UUID for each request',
    )
  const requestHash = createHash('sha256')
    .update(`${request.method} ${request.url}\n`)
    .update(JSON.stringify(request.body ?? null))
    .digest('hex')
  return { key, requestHash }
}
