import type { Author, FhirResource, Write } from '../../src/store/index.ts'

export const AUTHOR: Author = { who: 'Practitioner/test', site: 'north' }

export type Identified = FhirResource & { readonly id: string }

export const patient = (id: string, more: object = {}): Identified => ({ resourceType: 'Patient', id, gender: 'female', ...more })

export const observation = (id: string, of: string, more: object = {}): Identified => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '89247-1' }] },
  subject: { reference: `Patient/${of}` },
  effectiveDateTime: '2026-11-05',
  valueInteger: 1,
  ...more,
})

export const put = (resource: Identified, ifMatch?: number): Write => ({
  kind: 'update',
  resource,
  ...(ifMatch === undefined ? {} : { ifMatch }),
})

/** A clock that a test moves. */
export function testClock(start = '2026-11-23T10:00:00.000Z'): {
  now: () => Date
  set: (iso: string) => void
  tick: (ms?: number) => string
} {
  let at = Date.parse(start)
  return {
    now: () => new Date(at),
    set: (iso) => {
      at = Date.parse(iso)
    },
    tick: (ms = 60_000) => {
      at += ms
      return new Date(at).toISOString()
    },
  }
}

export function must<T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown }): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value
}
