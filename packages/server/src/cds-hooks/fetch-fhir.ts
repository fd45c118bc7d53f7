import type { FhirFetch } from './gather.ts'

/**
 * Reads from FHIR servers that the operator has named, and from no other: an address in a request must not make this server call into the hospital's network.
 * No redirect is followed; an answer that is late, too large or not JSON counts as not read.
 */
export function fhirFetch(allowed: readonly string[], limits = { milliseconds: 4000, bytes: 32 * 1024 * 1024 }): FhirFetch | undefined {
  if (allowed.length === 0) return undefined
  const bases = allowed.map((base) => new URL(`${base.replace(/\/+$/, '')}/`).href)
  return async (url, token) => {
    try {
      const address = new URL(url)
      if (!bases.some((base) => address.href.startsWith(base))) return undefined
      const answer = await fetch(address, {
        headers: {
          accept: 'application/fhir+json, application/json;q=0.9',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        redirect: 'error',
        signal: AbortSignal.timeout(limits.milliseconds),
      })
      if (!answer.ok || answer.body === null) return undefined
      const parts: Uint8Array[] = []
      let size = 0
      for await (const part of answer.body) {
        size += part.byteLength
        if (size > limits.bytes) return undefined
        parts.push(part)
      }
      return JSON.parse(Buffer.concat(parts).toString('utf8')) as unknown
    } catch {
      return undefined
    }
  }
}
