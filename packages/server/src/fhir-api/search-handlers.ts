import type { ApiResponse, Sight } from '../api/index.ts'
import { FHIR_JSON } from '../api/index.ts'
import { informationOutcome } from '../api/outcome.ts'
import { Refused, refuse } from '../issue.ts'
import type { FoundPage, StoredVersion } from '../store/index.ts'
import { parseSearch } from '../store/search/parse.ts'
import type { Filter } from '../store/search/request.ts'
import { type FhirCall, type FhirHandler, typeOf } from './handlers.ts'
import { patientOf, type Repository } from './repository.ts'
import { etag, preferOf, shaped } from './respond.ts'
import { withinSight } from './search-sight.ts'

export const search: FhirHandler = async (call, repo) => searchIn(call, repo, typeOf(call), call.query, [])

/** `POST /Observation/_search`: the same search with its parameters in the body, where no log keeps them. */
export const searchByPost: FhirHandler = async (call, repo) => {
  // parameters in another form would be passed over, and everything found
  if (call.body !== undefined && typeof call.body !== 'string')
    return refuse(
      'unsupported-media-type',
      'Content-Type',
      'a search is posted as a form',
      'send its parameters as application/x-www-form-urlencoded',
    )
  const form = typeof call.body === 'string' ? [...new URLSearchParams(call.body)] : []
  const query = [...call.query, ...form]
  return searchIn({ ...call, query }, repo, call.params.type === undefined ? undefined : typeOf(call), query, [])
}

export const searchSystem: FhirHandler = async (call, repo) => searchIn(call, repo, undefined, call.query, [])

/** `GET /Patient/1/Observation?…`: what stands in a patient's compartment. */
export const searchCompartment: FhirHandler = async (call, repo) => {
  const type = call.params.compartmentType ?? ''
  const own = { ...call, params: { ...call.params, type } }
  return searchIn(own, repo, typeOf(own), call.query, [{ kind: 'compartment', patient: call.params.id! }])
}

async function searchIn(
  call: FhirCall,
  repo: Repository,
  type: string | undefined,
  query: FhirCall['query'],
  filters: readonly Filter[],
): Promise<ApiResponse> {
  const { isLenient } = preferOf(call.headers.prefer)
  const parsed = parseSearch(type, query, { who: repo.session.author.who, isLenient, base: call.base })
  if (!parsed.ok) throw new Refused(parsed.error)
  const { request, used, ignored } = parsed.value
  const { sights, limited } = await withinSight(repo, { ...request, filters: [...request.filters, ...filters] })
  const page = await repo.readers.search(limited)
  const visible = await seenPage(repo, page, sights)
  await repo.session.request.seen({ interaction: 'search', ...(type === undefined ? {} : { type }) }, [
    ...visible.matches,
    ...visible.included,
  ])
  const path = type === undefined ? '' : filters.length > 0 ? `/Patient/${call.params.id}/${type}` : `/${type}`
  return bundleResponse(call, visible, `${call.base}${path}`, used, ignored)
}

async function seenPage(repo: Repository, page: FoundPage, sights: ReadonlyMap<string, Sight>): Promise<FoundPage> {
  const sightOf = ({ type }: StoredVersion): Sight | undefined => sights.get(type)
  const matches = await repo.inSight(page.matches, sightOf)
  // a number that counts what is not shown would tell of it
  const { total: _total, ...rest } = page
  const total = page.total === undefined || matches.length < page.matches.length ? {} : { total: page.total }
  return { ...rest, ...total, matches, included: await repo.inSight(page.included, sightOf) }
}

function bundleResponse(
  call: FhirCall,
  page: FoundPage,
  address: string,
  used: FhirCall['query'],
  ignored: readonly string[],
): ApiResponse {
  const link = (pairs: FhirCall['query']): string => {
    const text = queryText(pairs)
    return text === '' ? address : `${address}?${text}`
  }
  const plain = used.filter(([name]) => name !== '_cursor')
  const links = [
    { relation: 'self', url: link(used) },
    { relation: 'first', url: link(plain) },
    ...(page.next === undefined ? [] : [{ relation: 'next', url: link([...plain, ['_cursor', page.next]]) }]),
  ]
  const outcomes = ignored.map((name) => ({
    resource: informationOutcome(`the parameter ${name} is unknown and was passed over, as "handling=lenient" asks`),
    search: { mode: 'outcome' },
  }))
  const head = JSON.stringify({
    resourceType: 'Bundle',
    type: 'searchset',
    ...(page.total === undefined ? {} : { total: page.total }),
    link: links,
  })
  // the stored texts are put together as they are: parsing a page only to print it again would cost more than finding it
  const entries = [
    ...page.matches.map((version) => entryText(call, version, 'match')),
    ...page.included.map((version) => entryText(call, version, 'include')),
    ...outcomes.map((outcome) => JSON.stringify(outcome)),
  ]
  const body = entries.length === 0 ? head : `${head.slice(0, -1)},"entry":[${entries.join(',')}]}`
  return { status: 200, body, contentType: FHIR_JSON }
}

const entryText = (call: FhirCall, version: StoredVersion, mode: string): string =>
  `{"fullUrl":${JSON.stringify(`${call.base}/${version.type}/${version.id}`)},"resource":${shaped(version.body ?? 'null', call)},"search":{"mode":"${mode}"}}`

/** `_history` of a resource, a type or everything, newest first, tombstones included. */
export const history: FhirHandler = async (call, repo) => {
  const type = call.params.type === undefined ? undefined : typeOf(call)
  const { id } = call.params
  const value = (name: string): string | undefined => call.query.filter(([n]) => n === name).at(-1)?.[1]
  const unknown = call.query.find(([name]) => !['_count', '_since', '_at', '_cursor', '_format', '_pretty'].includes(name))
  if (unknown) refuse('unknown-parameter', unknown[0], `a history has no parameter ${unknown[0]}`, 'use _count, _since, _at')
  const action = { interaction: 'history' as const, ...(type === undefined ? {} : { type }), ...(id === undefined ? {} : { id }) }
  const newest = id === undefined ? undefined : await repo.readers.read(type!, id)
  const sight =
    id === undefined ? await repo.authorize(action) : await repo.authorizeOn({ ...action, type: type!, id, ...patientOf(newest) }, '')
  if (id !== undefined && (newest === undefined || !(await repo.sees(newest, sight))))
    return refuse('not-found', `${type}/${id}`, `${type}/${id} is not there`, 'check the id, or search for it')
  const count = value('_count')
  if (count !== undefined && !/^\d{1,9}$/.test(count))
    refuse('invalid-parameter', '_count', `"${count.slice(0, 40)}" is no whole number`, 'write _count=50')
  const page = await repo.readers.history({
    ...(type === undefined ? {} : { type }),
    ...(id === undefined ? {} : { id }),
    ...instantOf('since', '_since', value('_since')),
    ...instantOf('at', '_at', value('_at')),
    ...(value('_cursor') === undefined ? {} : { cursor: value('_cursor')! }),
    ...(sight.within === undefined ? {} : { within: sight.within }),
    count: count === undefined ? 50 : Math.min(Number(count), 1000),
  })
  const others = id === undefined ? [] : page.versions.map(({ chart }) => chart).filter((chart) => chart !== newest?.chart)
  const closed = await repo.closedCharts(action, others)
  const inReach = (await repo.inSight(page.versions, () => sight)).filter(({ chart }) => !closed.has(chart))
  const versions = await repo.openNow(action, inReach, sight)
  await repo.session.request.seen(sight.through === undefined ? action : { ...action, patient: sight.through }, versions)
  const address = `${call.base}${type === undefined ? '' : `/${type}`}${id === undefined ? '' : `/${id}`}/_history`
  const plain = call.query.filter(([name]) => name !== '_cursor')
  const url = (pairs: FhirCall['query']): string => (pairs.length === 0 ? address : `${address}?${queryText(pairs)}`)
  const isWhole = versions.length === page.versions.length
  return {
    status: 200,
    contentType: FHIR_JSON,
    body: {
      resourceType: 'Bundle',
      type: 'history',
      ...(page.total === undefined || !isWhole ? {} : { total: page.total }),
      link: [
        { relation: 'self', url: url(call.query) },
        ...(page.next === undefined ? [] : [{ relation: 'next', url: url([...plain, ['_cursor', page.next]]) }]),
      ],
      ...(versions.length === 0 ? {} : { entry: versions.map((version) => historyEntry(call, version)) }),
    },
  }
}

const queryText = (pairs: FhirCall['query']): string =>
  new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString()

const METHODS = { create: 'POST', update: 'PUT', delete: 'DELETE' } as const

function historyEntry(call: FhirCall, version: StoredVersion): unknown {
  const { type, id, method, body } = version
  const status = method === 'create' ? '201' : method === 'delete' ? '204' : version.version === 1 ? '201' : '200'
  return {
    fullUrl: `${call.base}/${type}/${id}`,
    ...(body === null ? {} : { resource: JSON.parse(body) as unknown }),
    request: { method: METHODS[method], url: method === 'create' ? type : `${type}/${id}` },
    response: { status, etag: etag(version), lastModified: version.recordedAt },
  }
}

function instantOf(key: 'since' | 'at', name: string, text: string | undefined): { readonly [K in 'since' | 'at']?: string } {
  if (text === undefined) return {}
  // a plus sign that was not escaped arrives as a blank
  const at = new Date(text.replace(/ (\d\d:\d\d)$/, '+$1'))
  if (Number.isNaN(at.getTime()))
    return refuse('invalid-parameter', name, `"${text.slice(0, 40)}" is no instant`, 'write 2026-11-23T12:00:00Z')
  return { [key]: at.toISOString() }
}
