import type { ApiRequest, ApiResponse } from '../api/index.ts'
import { contextOf, idempotencyOf } from '../api/index.ts'
import { Refused, refuse } from '../issue.ts'
import type { FhirResource, Store, StoredVersion, Written } from '../store/index.ts'
import { searchTable } from '../store/search/definitions.ts'
import { unknownType } from '../store/search/parse.ts'
import { type FhirSession, type Repository, versionOfTag } from './repository.ts'
import { FHIR_BASE, resourceResponse, writtenResponse } from './respond.ts'

/** One FHIR interaction. A bundle's entries come here too, each as a request of its own on the bundle's repository. */
export interface FhirCall {
  readonly method: string
  readonly params: { readonly [name: string]: string }
  readonly query: readonly (readonly [string, string])[]
  readonly headers: FhirHeaders
  readonly body: unknown
  readonly base: string
}

export interface FhirHeaders {
  readonly ifMatch?: string | undefined
  readonly ifNoneMatch?: string | undefined
  readonly ifNoneExist?: string | undefined
  readonly ifModifiedSince?: string | undefined
  readonly prefer?: string | undefined
}

export type FhirHandler = (call: FhirCall, repo: Repository) => Promise<ApiResponse>

export const callOf = (request: ApiRequest): FhirCall => ({
  method: request.method,
  params: request.params,
  query: request.query,
  headers: {
    ifMatch: header(request, 'if-match'),
    ifNoneMatch: header(request, 'if-none-match'),
    ifNoneExist: header(request, 'if-none-exist'),
    ifModifiedSince: header(request, 'if-modified-since'),
    prefer: header(request, 'prefer'),
  },
  // a body that says null says nothing
  body: request.body ?? undefined,
  base: `${request.base}${FHIR_BASE}`,
})

const header = (request: ApiRequest, name: string): string | undefined => {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

export function sessionOf(store: Store, request: ApiRequest): FhirSession {
  const { who, site } = contextOf(request)
  const idempotency = idempotencyOf(request)
  return {
    store,
    request,
    author: { who, site },
    base: `${request.base}${FHIR_BASE}`,
    ...(idempotency === undefined ? {} : { idempotency }),
  }
}

/** The type in the address, if FHIR has it. */
export function typeOf({ params }: FhirCall): string {
  const type = params.type ?? ''
  if (!searchTable().types.has(type)) throw new Refused([unknownType(type, 'address')])
  return type
}

export const read: FhirHandler = async (call, repo) => conditional(call, await repo.read(typeOf(call), call.params.id!))

export const vread: FhirHandler = async (call, repo) =>
  conditional(call, await repo.readVersion(typeOf(call), call.params.id!, call.params.vid!))

/** 304 for who has it already. */
function conditional(call: FhirCall, version: StoredVersion): ApiResponse {
  const { ifNoneMatch, ifModifiedSince } = call.headers
  const isKnown =
    ifNoneMatch !== undefined
      ? ifNoneMatch.split(',').some((tag) => tag.trim() === '*' || tag.replace(/^\s*W\//, '').trim() === `"${version.version}"`)
      : ifModifiedSince !== undefined && Math.floor(Date.parse(version.recordedAt) / 1000) * 1000 <= Date.parse(ifModifiedSince)
  return resourceResponse(call, version, isKnown ? 304 : 200)
}

export const create: FhirHandler = async (call, repo) => {
  const type = typeOf(call)
  const resource = resourceOf(call, type)
  return writtenResponse(call, await repo.create(resource))
}

export const update: FhirHandler = async (call, repo) => {
  const type = typeOf(call)
  const resource = resourceOf(call, type)
  const { id } = call.params
  if (resource.id !== id)
    return refuse(
      'invalid-request',
      `${type}.id`,
      `the address says ${id}, the resource ${resource.id ?? 'nothing'}`,
      'send both with the same id',
    )
  const match = versionOfTag(call.headers.ifMatch)
  const { ifNoneMatch } = call.headers
  if (ifNoneMatch === undefined) {
    const write = { kind: 'update' as const, resource: { ...resource, id: id! }, ...(match === undefined ? {} : { ifMatch: match }) }
    return writtenResponse(call, await repo.write(write))
  }
  if (ifNoneMatch.trim() !== '*')
    return refuse(
      'version-conflict',
      'If-None-Match',
      'an update goes only with "*" here',
      'send If-Match with the version that you change',
    )
  // "only where there is none yet": to pass over it would write over somebody's work
  return writtenResponse(
    call,
    await repo.inTransaction<Written>(async (inside) => {
      const standing = await inside.readers.read(type, id!)
      if (standing !== undefined && standing.body !== null)
        return refuse('version-conflict', `${type}/${id}`, `${type}/${id} is there already`, 'read it, merge, and send it with If-Match')
      return { ok: true, value: await inside.write({ kind: 'update', resource: { ...resource, id: id! } }) }
    }),
  )
}

export const patch: FhirHandler = async (call, repo) =>
  writtenResponse(call, await repo.patch(typeOf(call), call.params.id!, call.body, versionOfTag(call.headers.ifMatch)))

export const remove: FhirHandler = async (call, repo) => {
  const match = versionOfTag(call.headers.ifMatch)
  const written = await repo.write({
    kind: 'delete',
    type: typeOf(call),
    id: call.params.id!,
    ...(match === undefined ? {} : { ifMatch: match }),
  })
  return removedResponse(written)
}

export const removedResponse = ({ version }: Written): ApiResponse => ({
  status: 204,
  ...(version === undefined ? {} : { headers: { etag: `W/"${version.version}"` } }),
})

/** The body as a resource of the type in the address. */
export function resourceOf({ body }: FhirCall, type: string): FhirResource {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return refuse('not-fhir', 'body', 'the body is no resource', `send a ${type} as application/fhir+json`)
  const resource = body as FhirResource
  if (resource.resourceType !== type)
    return refuse(
      'not-fhir',
      'resourceType',
      `the address says ${type}, the body ${String(resource.resourceType ?? 'nothing').slice(0, 60)}`,
      'send the resource to the address of its type',
    )
  return resource
}
