import { hash } from 'node:crypto'
import type { StoredVersion } from './types.ts'

/** The hash of a version: over everything that it says and the hash before it, so that nothing in the chain can be changed, taken out or put in. */
export function versionHash(version: Omit<StoredVersion, 'hash'>): string {
  const { priorHash, site, type, id, chart, revision, recordedAt, recordedBy, method, body } = version
  return chainHash([
    priorHash,
    site,
    type,
    id,
    String(version.version),
    chart,
    String(revision),
    recordedAt,
    recordedBy,
    method,
    body ?? '',
  ])
}

/** SHA-256 over parts of which none can run into the next. */
export function chainHash(parts: readonly string[]): string {
  let text = ''
  for (const part of parts) text += `${part.length}:${part}`
  return hash('sha256', text, 'hex')
}
