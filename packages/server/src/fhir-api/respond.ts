import { tryGetDataType } from '@medplum/core'
import { type ApiResponse, FHIR_JSON } from '../api/index.ts'
import { informationOutcome } from '../api/outcome.ts'
import type { StoredVersion, Written } from '../store/index.ts'
import type { FhirCall } from './handlers.ts'
import { loadDefinitions } from './validate.ts'

/** Where FHIR lives under the server's address. */
export const FHIR_BASE = '/fhir'

export const etag = (version: StoredVersion): string => `W/"${version.version}"`
const httpDate = (instant: string): string => new Date(instant).toUTCString()

export const locationOf = (base: string, { type, id, version }: StoredVersion): string => `${base}/${type}/${id}/_history/${version}`

/** `Prefer: return=minimal`: what the client wants back of what it wrote. */
export function preferOf(prefer: string | undefined): {
  readonly returns: 'minimal' | 'representation' | 'OperationOutcome'
  readonly isLenient: boolean
  readonly isAsync: boolean
} {
  const text = prefer ?? ''
  const returns = /return=(minimal|representation|OperationOutcome)/.exec(text)?.[1] ?? 'representation'
  return {
    returns: returns as 'minimal' | 'representation' | 'OperationOutcome',
    isLenient: /handling=lenient/.test(text),
    isAsync: /respond-async/.test(text),
  }
}

/** The stored text as it is: no resource is parsed to be sent. */
export function resourceResponse(call: FhirCall, version: StoredVersion, status: number): ApiResponse {
  const headers = { etag: etag(version), 'last-modified': httpDate(version.recordedAt) }
  if (status === 304) return { status, headers }
  return { status, headers, body: shaped(version.body ?? '', call), contentType: FHIR_JSON }
}

export function writtenResponse(call: FhirCall, { outcome, version }: Written): ApiResponse {
  if (version === undefined) return { status: 204 }
  const status = outcome === 'created' ? 201 : 200
  const headers = {
    etag: etag(version),
    'last-modified': httpDate(version.recordedAt),
    ...(outcome === 'created' ? { location: locationOf(call.base, version) } : {}),
  }
  const { returns } = preferOf(call.headers.prefer)
  if (returns === 'minimal') return { status, headers }
  if (returns === 'OperationOutcome') {
    const what = outcome === 'unchanged' ? 'says what is recorded already: no new version' : outcome
    return {
      status,
      headers,
      body: informationOutcome(`${version.type}/${version.id} version ${version.version} ${what}`),
      contentType: FHIR_JSON,
    }
  }
  return { status, headers, body: version.body ?? '', contentType: FHIR_JSON }
}

/** `_summary`, `_elements` and `_pretty` of a body; without them the stored text. */
export function shaped(body: string, { query }: Pick<FhirCall, 'query'>): string {
  const value = (name: string): string | undefined => query.filter(([n]) => n === name).at(-1)?.[1]
  const elements = value('_elements')
  const summary = value('_summary')
  const isPretty = value('_pretty') === 'true'
  if (elements === undefined && (summary === undefined || summary === 'false') && !isPretty) return body
  const resource = JSON.parse(body) as Readonly<Record<string, unknown>>
  const chosen =
    elements !== undefined ? only(resource, elements.split(',')) : summary === undefined ? resource : summarised(resource, summary)
  return JSON.stringify(chosen, null, isPretty ? 2 : undefined)
}

const SUBSETTED = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }

function only(resource: Readonly<Record<string, unknown>>, names: readonly string[]): Readonly<Record<string, unknown>> {
  const wanted = new Set([
    'resourceType',
    'id',
    'meta',
    ...mandatory(String(resource.resourceType)),
    ...names.map((name) => elementIn(name)),
  ])
  return subsetted(Object.fromEntries(Object.entries(resource).filter(([key]) => wanted.has(key) || wanted.has(key.replace(/^_/, '')))))
}

/** `name`, or `Patient.name`, or deeper: a part of an element comes with the whole of it. */
const elementIn = (name: string): string => {
  const [first = '', second] = name.trim().split('.')
  return second !== undefined && /^[A-Z]/.test(first) ? second : first
}

/** Elements without which a resource of the type is none: FHIR wants them in every part of one. */
function mandatory(type: string): readonly string[] {
  loadDefinitions()
  const elements = Object.entries(tryGetDataType(type)?.elements ?? {})
  return elements
    .filter(([, { min }]) => min > 0)
    .flatMap(([name, { type: types }]) =>
      name.endsWith('[x]') ? types.map(({ code }) => name.replace('[x]', code[0]!.toUpperCase() + code.slice(1))) : [name],
    )
}

function summarised(resource: Readonly<Record<string, unknown>>, summary: string): Readonly<Record<string, unknown>> {
  if (summary === 'text') return only(resource, ['text', 'status', 'code', 'subject'])
  // `data` is everything but the narrative; so is `true` here: leaving out more would hide what a clinician may need
  return subsetted(Object.fromEntries(Object.entries(resource).filter(([key]) => key !== 'text')))
}

/** Marked as a part, so that nobody writes it back as the whole. */
function subsetted(resource: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const meta = (resource.meta ?? {}) as { tag?: readonly unknown[] }
  return { ...resource, meta: { ...meta, tag: [...(meta.tag ?? []), SUBSETTED] } }
}
