import { randomBytes } from 'node:crypto'
import { refuse } from '../../issue.ts'
import { storedVersion, type VersionRow } from '../append.ts'
import type { Queries } from '../database.ts'
import type { StoredVersion } from '../types.ts'
import type { Filter, FoundPage, IncludeRule, SearchRequest } from './request.ts'
import { scopeSql } from './scope.ts'
import { apartSql, filterSql, orderSql, type ValueSets, Values } from './to-sql.ts'
import { lookUpValueSets } from './value-sets.ts'

/** A sorted search keeps at most so many matches for its pages; what has more must be narrowed. */
const MOST_KEPT = 10_000
/** What `_include` and `_revinclude` may add to a page. */
const MOST_INCLUDED = 2000
const MOST_ROUNDS = 5

const COLUMNS = 'v.site, v.type, v.id, v.version, v.chart, v.revision, v.recorded_at, v.recorded_by, v.method, v.body, v.hash, v.prior_hash'

interface FoundRow extends VersionRow {
  readonly rid: number
}

/**
 * One page of a search.
 *
 * Without an order of its own, what is found comes in the order in which it was first recorded, which no write changes: the pages together hold
 * everything that matched throughout exactly once. With `_sort` the matches are kept when they fill more than a page, and each page shows them as
 * they were found (what was deleted since is left out).
 */
export async function find(queries: Queries, request: SearchRequest): Promise<FoundPage> {
  const kept = request.cursor?.startsWith('s.') ? request.cursor : undefined
  if (kept !== undefined) return keptPage(queries, request, kept)
  const sets = await lookUpValueSets(queries, request.filters)
  if (request.count === 0) return { matches: [], included: [], total: await countMatches(queries, request, sets) }
  return request.sort.length === 0 ? plainPage(queries, request, sets) : sortedPage(queries, request, sets)
}

function where(request: SearchRequest, values: Values, sets: ValueSets): string {
  const { types, filters, within, apart, through } = request
  const type = types.length === 1 ? `c.type = ${values.add(types[0], 'text')}` : `c.type = any(${values.add(types, 'text[]')})`
  return [
    type,
    'not c.is_deleted',
    ...filters.map((filter: Filter) => filterSql(filter, 'c', values, sets, through)),
    ...(within ?? []).map((scope) => scopeSql(scope, 'c', placer(values), types.length === 1 && types[0] === 'Patient')),
    ...(apart === undefined ? [] : [apartSql(apart, types, 'c', values)]),
  ].join(' and ')
}

async function countMatches(queries: Queries, request: SearchRequest, sets: ValueSets): Promise<number> {
  const values = new Values()
  const [row] = await queries.query<{ n: number }>(
    `select count(*) as n from resource_current c where ${where(request, values, sets)}`,
    values.list,
    'by-value',
  )
  return row?.n ?? 0
}

async function plainPage(queries: Queries, request: SearchRequest, sets: ValueSets): Promise<FoundPage> {
  const values = new Values()
  const conditions = where(request, values, sets)
  const after = request.cursor === undefined ? undefined : Number(request.cursor)
  if (after !== undefined && !Number.isSafeInteger(after)) return badCursor()
  const rest = after === undefined ? '' : `and c.rid > ${values.add(after, 'bigint')}`
  const rows = await queries.query<FoundRow>(
    `select f.rid, ${COLUMNS} from (select c.rid, c.type, c.id, c.version from resource_current c
       where ${conditions} ${rest} order by c.rid limit ${values.add(request.count + 1, 'int')}) f
     join chart_version v on v.type = f.type and v.id = f.id and v.version = f.version order by f.rid`,
    values.list,
    'by-value',
  )
  const page = rows.slice(0, request.count)
  const hasMore = rows.length > request.count
  const isWhole = after === undefined && !hasMore
  const total = isWhole ? page.length : request.isTotalWanted ? await countMatches(queries, request, sets) : undefined
  return {
    matches: page.map(storedVersion),
    included: await includedWith(
      queries,
      request,
      page.map((row) => row.rid),
    ),
    ...(total === undefined ? {} : { total }),
    ...(hasMore ? { next: String(page.at(-1)!.rid) } : {}),
  }
}

const placer =
  (values: Values) =>
  (value: unknown, type: string): string =>
    values.add(value, type)

type Found = readonly [rid: number, type: string, id: string, version: number]

async function sortedPage(queries: Queries, request: SearchRequest, sets: ValueSets): Promise<FoundPage> {
  const values = new Values()
  const rows = await queries.query<{ rid: number; type: string; id: string; version: number }>(
    `select c.rid, c.type, c.id, c.version from resource_current c where ${where(request, values, sets)}
     order by ${orderSql(request.sort, 'c')} limit ${values.add(MOST_KEPT + 1, 'int')}`,
    values.list,
    'by-value',
  )
  if (rows.length > MOST_KEPT)
    return refuse(
      'too-costly',
      '_sort',
      `more than ${MOST_KEPT} resources match: too many to keep in order`,
      'narrow the search (a patient, dates, _lastUpdated), leave _sort out, or use $export',
    )
  const found: readonly Found[] = rows.map(({ rid, type, id, version }) => [rid, type, id, version])
  if (found.length <= request.count) return foundPage(queries, request, found, found.length, undefined)
  const token = randomBytes(18).toString('base64url')
  await queries.query(`insert into search_result (token, recorded_at, who, query, found) values ($1, now(), $2, $3, $4::json)`, [
    token,
    request.who,
    queryMark(request),
    JSON.stringify(found),
  ])
  return foundPage(queries, request, found.slice(0, request.count), found.length, `s.${token}.${request.count}`)
}

/** A cursor goes with the search it came from. */
const queryMark = ({ types, sort }: SearchRequest): string =>
  `${types.join(',')} by ${sort.map(({ by, isDescending }) => `${isDescending ? '-' : ''}${typeof by === 'string' ? by : by.name}`).join(',')}`

async function keptPage(queries: Queries, request: SearchRequest, cursor: string): Promise<FoundPage> {
  const [, token = '', offset = ''] = cursor.split('.')
  const at = Number(offset)
  const [row] = await queries.query<{ who: string; query: string; found: readonly Found[] }>(
    'select who, query, found from search_result where token = $1',
    [token],
  )
  if (row === undefined || row.who !== request.who || row.query !== queryMark(request) || !Number.isSafeInteger(at) || at < 0)
    return badCursor()
  const end = at + request.count
  const next = end < row.found.length ? `s.${token}.${end}` : undefined
  return foundPage(queries, request, row.found.slice(at, end), row.found.length, next)
}

const badCursor = (): never =>
  refuse('invalid-parameter', '_cursor', 'this page is not there any more', 'search again from the first page; pages are kept for an hour')

async function foundPage(
  queries: Queries,
  request: SearchRequest,
  found: readonly Found[],
  total: number,
  next: string | undefined,
): Promise<FoundPage> {
  const values = new Values()
  const of = (at: 0 | 1 | 2 | 3, type: string): string =>
    values.add(
      found.map((f) => f[at]),
      type,
    )
  const keys = `unnest(${of(0, 'bigint[]')}, ${of(1, 'text[]')}, ${of(2, 'text[]')}, ${of(3, 'int[]')}) with ordinality as f(rid, type, id, version, n)`
  const scope = (request.within ?? []).map((one) => `and ${scopeSql(one, 'c', placer(values))}`).join(' ')
  const rows = await queries.query<FoundRow>(
    `select f.rid, ${COLUMNS} from ${keys} join chart_version v on v.type = f.type and v.id = f.id and v.version = f.version
     join resource_current c on c.rid = f.rid and not c.is_deleted ${scope} order by f.n`,
    values.list,
    'by-value',
  )
  return {
    matches: rows.map(storedVersion),
    included: await includedWith(
      queries,
      request,
      rows.map((row) => row.rid),
    ),
    total,
    ...(next === undefined ? {} : { next }),
  }
}

/** What `_include` and `_revinclude` add: each once, and never a match. */
async function includedWith(queries: Queries, request: SearchRequest, matches: readonly number[]): Promise<readonly StoredVersion[]> {
  const { include, revInclude, within } = request
  if (matches.length === 0 || (include.length === 0 && revInclude.length === 0)) return []
  const seen = new Set(matches)
  const added: StoredVersion[] = []
  let fresh: readonly number[] = matches
  for (let round = 0; fresh.length > 0 && round < MOST_ROUNDS; round += 1) {
    const isFirst = round === 0
    const rows = [
      ...(await each(include, isFirst, (rule) => includedBy(queries, rule, fresh, within))),
      ...(await each(revInclude, isFirst, (rule) => referringBy(queries, rule, fresh, within))),
    ]
    const next: number[] = []
    for (const row of rows) {
      if (seen.has(row.rid)) continue
      seen.add(row.rid)
      next.push(row.rid)
      added.push(storedVersion(row))
    }
    if (added.length > MOST_INCLUDED)
      refuse('too-costly', '_include', `more than ${MOST_INCLUDED} resources would be included`, 'ask for fewer matches a page with _count')
    fresh = next
  }
  return added
}

async function each(
  rules: readonly IncludeRule[],
  isFirst: boolean,
  rowsOf: (rule: IncludeRule) => Promise<readonly FoundRow[]>,
): Promise<readonly FoundRow[]> {
  const rows: FoundRow[] = []
  for (const rule of rules) if (isFirst || rule.isIterated) rows.push(...(await rowsOf(rule)))
  return rows
}

const includedBy = (queries: Queries, { parameter, target }: IncludeRule, rids: readonly number[], within: SearchRequest['within']) => {
  const values = new Values()
  const conditions = [
    `r.rid = any(${values.add(rids, 'bigint[]')})`,
    `r.param = ${parameter.number}`,
    'not c.is_deleted',
    ...(target === undefined ? [] : [`r.target_type = ${values.add(target, 'text')}`]),
    ...(within ?? []).map((scope) => scopeSql(scope, 'c', placer(values))),
  ]
  return queries.query<FoundRow>(
    `select distinct on (c.rid) c.rid, ${COLUMNS} from ix_reference r join resource_current c on c.type = r.target_type and c.id = r.target_id
     join chart_version v on v.type = c.type and v.id = c.id and v.version = c.version
     where ${conditions.join(' and ')} order by c.rid limit ${MOST_INCLUDED + 1}`,
    values.list,
    'by-value',
  )
}

const referringBy = (queries: Queries, { parameter, source }: IncludeRule, rids: readonly number[], within: SearchRequest['within']) => {
  const values = new Values()
  const conditions = [
    `t.rid = any(${values.add(rids, 'bigint[]')})`,
    `r.param = ${parameter.number}`,
    `c.type = ${values.add(source, 'text')}`,
    'not c.is_deleted',
    ...(within ?? []).map((scope) => scopeSql(scope, 'c', placer(values))),
  ]
  return queries.query<FoundRow>(
    `select distinct on (c.rid) c.rid, ${COLUMNS} from resource_current t join ix_reference r on r.target_type = t.type and r.target_id = t.id
     join resource_current c on c.rid = r.rid join chart_version v on v.type = c.type and v.id = c.id and v.version = c.version
     where ${conditions.join(' and ')} order by c.rid limit ${MOST_INCLUDED + 1}`,
    values.list,
    'by-value',
  )
}
