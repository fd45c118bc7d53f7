import { refuse } from '../issue.ts'
import { storedVersion, type VersionRow } from './append.ts'
import type { Queries } from './database.ts'
import { find } from './search/find.ts'
import { scopeSql } from './search/scope.ts'
import type { ChartContent, HistoryPage, HistoryRequest, Readers, StoredVersion } from './types.ts'

const NEWEST = 'select * from chart_version where type = $1 and id = $2 order by version desc limit 1'
/** How far a chart follows references to what belongs to no patient. */
const REACH = 3

export const readers = (queries: Queries): Readers => ({
  read: async (type, id) => one(await queries.query<VersionRow>(NEWEST, [type, id])),
  readMany: async (keys) => {
    const [only, ...others] = keys
    // PostgreSQL plans a statement over arrays anew each time, which takes longer than doing it
    if (only !== undefined && others.length === 0) return (await queries.query<VersionRow>(NEWEST, [only.type, only.id])).map(storedVersion)
    const rows = await queries.query<VersionRow>(
      `select v.* from unnest($1::text[], $2::text[]) as k(type, id) join resource_current c on c.type = k.type and c.id = k.id
       join chart_version v on v.type = c.type and v.id = c.id and v.version = c.version`,
      [keys.map(({ type }) => type), keys.map(({ id }) => id)],
    )
    return rows.map(storedVersion)
  },
  readVersion: async (type, id, version) =>
    one(await queries.query<VersionRow>('select * from chart_version where type = $1 and id = $2 and version = $3', [type, id, version])),
  readAsOf: async (type, id, knownAt) =>
    one(
      await queries.query<VersionRow>(
        'select * from chart_version where type = $1 and id = $2 and recorded_at <= $3::timestamptz order by version desc limit 1',
        [type, id, knownAt],
      ),
    ),
  history: (request) => history(queries, request),
  chart: (patient, knownAt) => chart(queries, patient, knownAt),
  search: (request) => find(queries, request),
})

const one = (rows: readonly VersionRow[]): StoredVersion | undefined => (rows[0] === undefined ? undefined : storedVersion(rows[0]))

/** Newest first. The cursor is the number in the order of recording: versions that come while the pages are turned do not move it. */
async function history(queries: Queries, request: HistoryRequest): Promise<HistoryPage> {
  const values: unknown[] = []
  const place = (value: unknown, type: string): string => {
    values.push(value)
    return `$${values.length}::${type}`
  }
  const conditions = ['true']
  if (request.type !== undefined) conditions.push(`type = ${place(request.type, 'text')}`)
  if (request.id !== undefined) conditions.push(`id = ${place(request.id, 'text')}`)
  if (request.since !== undefined) conditions.push(`recorded_at >= ${place(request.since, 'timestamptz')}`)
  if (request.at !== undefined) conditions.push(`recorded_at <= ${place(request.at, 'timestamptz')}`)
  if (request.within !== undefined) conditions.push(scopeSql(request.within, 'chart_version', place))
  const all = conditions.join(' and ')
  const total =
    request.id === undefined
      ? undefined
      : (await queries.query<{ n: number }>(`select count(*) as n from chart_version where ${all}`, [...values]))[0]?.n
  let after = ''
  if (request.cursor !== undefined) {
    const seq = Number(request.cursor)
    if (!Number.isSafeInteger(seq))
      return refuse('invalid-parameter', '_cursor', 'this page is not there', 'start again from the first page')
    after = `and seq < ${place(seq, 'bigint')}`
  }
  const rows = await queries.query<VersionRow & { readonly seq: number }>(
    `select * from chart_version where ${all} ${after} order by seq desc limit ${place(request.count + 1, 'int')}`,
    values,
  )
  const page = rows.slice(0, request.count)
  return {
    versions: page.map(storedVersion),
    ...(rows.length > request.count && page.length > 0 ? { next: String(page.at(-1)!.seq) } : {}),
    ...(total === undefined ? {} : { total }),
  }
}

/**
 * The chart of a patient: the living resources in it, with what they refer to and belongs to nobody. With `knownAt`, as it was recorded then,
 * whatever came, changed or was deleted later.
 */
async function chart(queries: Queries, patient: string, knownAt?: string): Promise<ChartContent> {
  const name = `Patient/${patient}`
  const until = knownAt ?? 'infinity'
  const rows = await queries.query<VersionRow>(
    `select * from (select distinct on (v.type, v.id) v.* from chart_version v
       where (v.type, v.id) in (select type, id from chart_version where chart = $1) and v.recorded_at <= $2::timestamptz
       order by v.type, v.id, v.version desc) newest where chart = $1`,
    [name, until],
  )
  const newest = rows.map(storedVersion)
  const living = newest.filter(({ body }) => body !== null)
  const [head] = await queries.query<{ revision: number; recorded_at: string }>(
    'select revision, recorded_at from chart_version where chart = $1 and recorded_at <= $2::timestamptz order by revision desc limit 1',
    [name, until],
  )
  const resources = await withShared(queries, living, until)
  return { chart: name, revision: head?.revision ?? 0, recordedAt: head?.recorded_at, resources: inOrder(resources) }
}

const inOrder = (versions: readonly StoredVersion[]): readonly StoredVersion[] =>
  [...versions].sort((a, b) => (`${a.type}/${a.id}` < `${b.type}/${b.id}` ? -1 : 1))

/** Medications, organizations and the like to which a chart refers: in no patient's chart themselves. */
async function withShared(queries: Queries, own: readonly StoredVersion[], until: string): Promise<readonly StoredVersion[]> {
  const all = new Map(own.map((version) => [`${version.type}/${version.id}`, version]))
  let fresh = own
  for (let round = 0; round < REACH && fresh.length > 0; round += 1) {
    const wanted = new Set<string>()
    for (const { body } of fresh)
      for (const [, reference] of (body ?? '').matchAll(/"reference":"([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})/g))
        if (reference !== undefined && !reference.startsWith('Patient/') && !all.has(reference)) wanted.add(reference)
    if (wanted.size === 0) break
    const keys = [...wanted].map((reference) => reference.split('/') as [string, string])
    const rows = await queries.query<VersionRow>(
      `select distinct on (v.type, v.id) v.* from unnest($1::text[], $2::text[]) as k(type, id)
       join chart_version v on v.type = k.type and v.id = k.id where v.recorded_at <= $3::timestamptz order by v.type, v.id, v.version desc`,
      [keys.map(([type]) => type), keys.map(([, id]) => id), until],
    )
    fresh = rows.map(storedVersion).filter(({ body, chart: of }) => body !== null && !of.startsWith('Patient/'))
    for (const version of fresh) all.set(`${version.type}/${version.id}`, version)
  }
  return [...all.values()]
}
