import type { ApiResponse } from '../api/index.ts'
import { Refused, refuse } from '../issue.ts'
import type { StoredVersion, Written } from '../store/index.ts'
import { parseSearch } from '../store/search/parse.ts'
import { create, type FhirCall, type FhirHandler, removedResponse, resourceOf, typeOf } from './handlers.ts'
import { type Identified, type Repository, versionOfTag } from './repository.ts'
import { writtenResponse } from './respond.ts'
import { withinSight } from './search-sight.ts'

/** `If-None-Exist`: creates only when the search finds nothing; one match is given back as it is. */
export const conditionalCreate: FhirHandler = async (call, repo) => {
  const criteria = call.headers.ifNoneExist
  if (criteria === undefined) return create(call, repo)
  const type = typeOf(call)
  const resource = resourceOf(call, type)
  const written = await repo.inTransaction<Written>(async (inside) => {
    const [one] = await matching(inside, type, [...new URLSearchParams(criteria.replace(/^\?/, ''))], 'If-None-Exist')
    return { ok: true, value: one === undefined ? await inside.create(resource) : { outcome: 'unchanged', version: one } }
  })
  return writtenResponse(call, written)
}

/** `PUT /Patient?identifier=…`: updates the one that is found, creates where there is none. */
export const conditionalUpdate: FhirHandler = async (call, repo) => {
  const type = typeOf(call)
  const resource = resourceOf(call, type)
  const match = versionOfTag(call.headers.ifMatch)
  const written = await repo.inTransaction<Written>(async (inside) => {
    const [one] = await matching(inside, type, call.query, 'address')
    if (one === undefined) {
      const value =
        resource.id === undefined ? await inside.create(resource) : await inside.write({ kind: 'update', resource: resource as Identified })
      return { ok: true, value }
    }
    if (resource.id !== undefined && resource.id !== one.id)
      return refuse('invalid-request', `${type}.id`, `the search finds ${one.id}, the resource says ${resource.id}`, 'leave the id out')
    const write = { kind: 'update' as const, resource: { ...resource, id: one.id }, ...(match === undefined ? {} : { ifMatch: match }) }
    return { ok: true, value: await inside.write(write) }
  })
  return writtenResponse(call, written)
}

export const conditionalPatch: FhirHandler = async (call, repo) => {
  const type = typeOf(call)
  const written = await repo.inTransaction<Written>(async (inside) => {
    const [one] = await matching(inside, type, call.query, 'address')
    if (one === undefined) return refuse('not-found', type, 'nothing matches', 'check the search in the address')
    return { ok: true, value: await inside.patch(type, one.id, call.body, versionOfTag(call.headers.ifMatch)) }
  })
  return writtenResponse(call, written)
}

/** Deletes the one that is found. Several: refused; a search is too easily wider than meant. */
export const conditionalDelete: FhirHandler = async (call, repo): Promise<ApiResponse> => {
  const type = typeOf(call)
  const written = await repo.inTransaction<Written>(async (inside) => {
    const [one] = await matching(inside, type, call.query, 'address')
    const nothing: Written = { outcome: 'unchanged', version: undefined }
    return { ok: true, value: one === undefined ? nothing : await inside.write({ kind: 'delete', type, id: one.id }) }
  })
  return removedResponse(written)
}

/**
 * None or one. Between servers, too: whoever asks the same waits until the first has created what it did not find.
 * Two questions that are worded differently and mean the same resource are not held apart; identifiers are asked for in one way.
 */
export async function matching(
  repo: Repository,
  type: string,
  criteria: FhirCall['query'],
  where: string,
): Promise<readonly StoredVersion[]> {
  const pairs = criteria.filter(([name]) => !['_format', '_pretty', '_count', '_sort'].includes(name))
  if (pairs.length === 0) return refuse('invalid-request', where, 'a conditional request needs criteria', 'write ?identifier=system|value')
  const parsed = parseSearch(type, [...pairs, ['_count', '2']], { who: repo.session.author.who, base: repo.session.base })
  if (!parsed.ok) throw new Refused(parsed.error)
  const { sights, limited } = await withinSight(repo, parsed.value.request)
  const key = pairs
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('&')
  await repo.transaction.lock(`${type}?${key}`)
  const { matches } = await repo.transaction.search(limited)
  if (matches.length > 1)
    return refuse(
      'multiple-matches',
      where,
      'more than one resource matches',
      'ask by something that only one of them has, such as an identifier',
    )
  return repo.inSight(matches, () => sights.get(type) ?? {})
}
