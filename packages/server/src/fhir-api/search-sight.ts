import type { Sight } from '../api/index.ts'
import { Refused, refuse } from '../issue.ts'
import type { SearchRequest } from '../store/index.ts'
import type { Filter } from '../store/search/request.ts'
import type { Repository } from './repository.ts'

/**
 * Every type that the search reaches is asked of access: what is found, what is included, and what is only looked through in a chain. Gives the search
 * with what may not be seen laid into it, so that neither a count nor a chain tells of it.
 */
export async function withinSight(
  repo: Repository,
  request: SearchRequest,
): Promise<{ readonly sights: ReadonlyMap<string, Sight>; readonly limited: SearchRequest }> {
  const sights = new Map<string, Sight>()
  const found = new Set(request.types)
  for (const { source, parameter, target } of request.include) {
    found.add(source)
    for (const one of target === undefined ? parameter.targets : [target]) found.add(one)
  }
  for (const { source } of request.revInclude) found.add(source)
  for (const type of found) {
    const decision = await repo.decide({ interaction: 'search', type })
    if (decision.allowed) sights.set(type, decision.sight ?? {})
    // what is asked for must be allowed; what would only be included is left out
    else if (request.types.includes(type)) throw new Refused([decision.issue])
  }
  const through = new Map<string, Pick<Sight, 'within' | 'apart'>>()
  for (const type of new Set(request.filters.flatMap(looksThrough))) {
    const { within, apart, maySee, only } = await repo.authorize({ interaction: 'search', type })
    if (only !== undefined || (maySee !== undefined && apart === undefined))
      refuse('forbidden', type, `a search through ${type} would tell of what you may not see`, 'search it by itself')
    through.set(type, { ...(within === undefined ? {} : { within }), ...(apart === undefined ? {} : { apart }) })
  }
  const parts = request.types.flatMap((type) => sights.get(type)?.only ?? [])
  if (parts.length > 0 && request.types.length > 1)
    refuse('forbidden', '_type', 'your sign-in opens a part of a type: it is searched by itself', 'search one type at a time')
  const scopes = request.types.map((type) => sights.get(type)?.within).filter((scope) => scope !== undefined)
  const apart = request.types.map((type) => sights.get(type)?.apart).find((one) => one !== undefined)
  return {
    sights,
    limited: {
      ...request,
      filters: [...request.filters, ...parts],
      through,
      ...(scopes.length === 0 ? {} : { within: scopes }),
      ...(apart === undefined ? {} : { apart }),
    },
  }
}

function looksThrough(filter: Filter): readonly string[] {
  if (filter.kind === 'chain') return [filter.target, ...looksThrough(filter.filter)]
  if (filter.kind === 'has') return [filter.type, ...looksThrough(filter.filter)]
  if (filter.kind === 'any' || filter.kind === 'all') return filter.filters.flatMap(looksThrough)
  return []
}
