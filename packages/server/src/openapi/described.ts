export type Json = { readonly [key: string]: unknown }

/**
 * One operation, beyond what its route says: the schema of its answer, and an example that a test sends as it stands. `{{operation path}}` in an example is
 * what the example of that operation answered there (`etag`: its ETag without quotes; `location …`: the last part of the address it gave).
 */
export interface Described {
  readonly summary?: string
  readonly body?: Json
  readonly bodyType?: string
  readonly status: number
  /** JSON Schema of the answer; absent: there is no body. */
  readonly answer?: Json
  readonly answerType?: string
  readonly example: Example
}

export interface Example {
  /** The role of who sends it; `nobody` is not signed in. */
  readonly as: string
  readonly params?: { readonly [name: string]: string }
  readonly query?: { readonly [name: string]: string }
  readonly headers?: { readonly [name: string]: string }
  readonly body?: unknown
}

export const FHIR = 'application/fhir+json'
export const NDJSON = 'application/fhir+ndjson'

export const text = { type: 'string' } as const
export const count = { type: 'integer', minimum: 0 } as const
export const truth = { type: 'boolean' } as const
export const instant = { type: 'string', format: 'date-time' } as const
export const day = { type: 'string', format: 'date' } as const
export const digest = { type: 'string', pattern: '^[0-9a-f]{64}$' } as const

/** An object of which these are always there, and those may be. What is not named is not promised. */
export const object = (required: { readonly [name: string]: Json }, optional: { readonly [name: string]: Json } = {}): Json => ({
  type: 'object',
  required: Object.keys(required),
  properties: { ...required, ...optional },
})
export const list = (items: Json): Json => ({ type: 'array', items })

export const resource = (type: string): Json => ({
  type: 'object',
  required: ['resourceType'],
  properties: { resourceType: { const: type }, id: text, meta: { type: 'object' } },
})
export const bundle = (type: string): Json => ({
  type: 'object',
  required: ['resourceType', 'type'],
  properties: { resourceType: { const: 'Bundle' }, type: { const: type }, total: count, link: { type: 'array' }, entry: { type: 'array' } },
})
