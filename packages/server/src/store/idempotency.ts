import type { Result } from '@secondwind/core'
import { refusal, type ServerIssue } from '../issue.ts'
import type { Transaction } from './database.ts'
import type { IdempotencyKey } from './types.ts'

/**
 * Claims a key inside the transaction of the request: undefined, and the request is to be done; an answer, and it was done before.
 * Two requests with one key at once: the second waits for the first, then gets its answer.
 */
export async function claim<T>(
  tx: Transaction,
  who: string,
  { key, requestHash }: IdempotencyKey,
): Promise<Result<T, readonly ServerIssue[]> | undefined> {
  const claimed = await tx.query(
    'insert into idempotency (who, key, request_hash, recorded_at) values ($1, $2, $3, now()) on conflict (who, key) do nothing returning key',
    [who, key, requestHash],
  )
  if (claimed.length > 0) return undefined
  const [row] = await tx.query<{ request_hash: string; answer: T }>(
    'select request_hash, answer from idempotency where who = $1 and key = $2',
    [who, key],
  )
  if (row?.request_hash === requestHash) return { ok: true, value: row.answer }
  return {
    ok: false,
    error: [
      refusal(
        'key-reused',
        'Idempotency-Key',
        'this key came before with another request',
        'use a new key for each request, and the same only to repeat one',
      ),
    ],
  }
}

/** Keeps what was answered. Refusals are not kept: what was refused may be put right and sent again. */
export async function keep(tx: Transaction, who: string, { key }: IdempotencyKey, answer: unknown): Promise<void> {
  await tx.query('update idempotency set answer = $3::json where who = $1 and key = $2', [who, key, JSON.stringify(answer ?? null)])
}
