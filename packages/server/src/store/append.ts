import { err, ok, type Result } from '@secondwind/core'
import { refusal, type ServerIssue } from '../issue.ts'
import { chartOf } from './chart-of.ts'
import { heardByTransaction, sqlState, type Transaction } from './database.ts'
import { versionHash } from './hash.ts'
import { extract, type IndexRows } from './search/extract.ts'
import { type Indexed, writeIndexes } from './search/write-indexes.ts'
import type { Author, FhirResource, StoredVersion, Write, Written } from './types.ts'

/** What stands now for a resource that is about to be written. */
interface Current {
  readonly rid: number
  readonly isDeleted: boolean
  readonly newest: StoredVersion
}

interface Head {
  readonly chart: string
  revision: number
  hash: string
  recordedAt: string
}

/** A write with what is worked out of it before a transaction is open. */
export interface Prepared {
  readonly write: Write
  readonly type: string
  readonly id: string
  /** Where it will stand; undefined for a delete, which stays where the resource was. */
  readonly chart: string | undefined
  readonly rows: IndexRows | undefined
}

/** Writes of one author that stand or fall together. */
export interface Member {
  readonly author: Author
  readonly prepared: readonly Prepared[]
}

/**
 * What became of a member. `again`: a resource stands in a chart whose turn was not taken; to be tried anew. `moved`: it is not as the writer saw it
 * (`Write.seen`); whoever allowed the write must look again.
 */
export type Answer = Result<readonly Written[], readonly ServerIssue[]> | 'again' | 'moved'

/** The answer of an append: what became of each member, what was recorded, and the charts that it touched (those that a resource left, too). */
export interface Appended {
  readonly answers: readonly Answer[]
  readonly versions: readonly StoredVersion[]
  readonly charts: readonly string[]
}

/** One chart that a member changed, as it stood after it. */
interface News {
  readonly author: Author
  readonly chart: string
  readonly revision: number
  readonly recordedAt: string
  readonly versions: readonly StoredVersion[]
}

/**
 * Adds versions in an open transaction: takes its turn at each chart, checks what each write demands, then records all of a member or none of it. What one
 * member is refused for takes nothing from the others; no two of them may write the same resource.
 * The instant is that of the database when it was our turn, or of `clock`; what is recorded never lies before the chart's newest version. With `beside` this does
 * not wait for the recording: the transaction fails where that fails, and what `beside` asks comes after it there.
 */
export async function append(
  tx: Transaction,
  members: readonly Member[],
  clock?: () => Date,
  beside?: (versions: readonly StoredVersion[], charts: readonly string[]) => Promise<void>,
): Promise<Appended> {
  const all = members.flatMap(({ prepared }) => prepared)
  // what is created has no place yet, or is refused when it is recorded
  const isNew = all.every(({ write }) => write.kind === 'create')
  const charted = await chartsOf(tx, all)
  // what stands is asked behind the lock on one way to the database, which looks when the lock is ours: what was read before may have changed
  const [locked, standing] = await Promise.allSettled([lockHeads(tx, charted), isNew ? NOTHING : currentOf(tx, all)])
  if (locked.status === 'rejected') throw locked.reason as unknown
  if (standing.status === 'rejected') throw standing.reason as unknown
  const { heads, at } = locked.value
  const current = standing.value
  const instant = clock?.().toISOString() ?? at
  const indexed: Indexed[] = []
  const news: News[] = []
  const answers = members.map((member) => {
    const stop = stopOf(member.prepared, current, heads)
    if (stop !== undefined) return stop
    const done = nextOf(member, current, heads, instant)
    indexed.push(...done.indexed)
    news.push(...done.news)
    return ok(done.written)
  })
  const versions = indexed.map(({ version }) => version)
  const charts = [...new Set(news.map(({ chart }) => chart))]
  if (versions.length > 0) {
    const ends = [...new Set(versions.map(({ chart }) => chart))].map((chart) => heads.get(chart)!)
    const recorded = record(tx, indexed, ends, news)
    if (beside === undefined) {
      const doubled = await recorded.then(
        () => [],
        (error: unknown) => {
          const found = isNew && members.length === 1 ? alreadyThere(error, all) : []
          if (found.length === 0) throw error
          return found
        },
      )
      if (doubled.length > 0) return { answers: [err(doubled)], versions: [], charts: [] }
    } else {
      recorded.catch(heardByTransaction)
      await beside(versions, charts)
    }
  }
  // the ends of chains that a refused member would have begun
  const unused = [...heads.values()].flatMap(({ chart, revision }) => (revision === 0 ? [chart] : []))
  if (unused.length > 0)
    tx.query('delete from chart_head where chart = any($1::text[]) and revision = 0', [unused]).catch(heardByTransaction)
  return { answers, versions, charts }
}

/** The charts in which these stand and will stand. What the writer has seen need not be looked for. */
async function chartsOf(tx: Transaction, all: readonly Prepared[]): Promise<readonly string[]> {
  const known = all.flatMap(({ chart, write }) => [chart, write.kind === 'create' ? undefined : write.seen?.chart])
  const unknown = all.filter(({ write }) => write.kind !== 'create' && write.seen === undefined)
  const found =
    unknown.length === 0
      ? []
      : await tx.query<{ chart: string }>(
          'select c.chart from unnest($1::text[], $2::text[]) as k(type, id) join resource_current c on c.type = k.type and c.id = k.id',
          [unknown.map(({ type }) => type), unknown.map(({ id }) => id)],
        )
  return [...known.filter((chart) => chart !== undefined), ...found.map(({ chart }) => chart)]
}

/** Why nothing of a member is recorded. */
function stopOf(
  prepared: readonly Prepared[],
  current: ReadonlyMap<string, Current>,
  heads: ReadonlyMap<string, Head>,
): Answer | undefined {
  const doubled = duplicates(prepared)
  if (doubled.length > 0) return err(doubled)
  const old = (one: Prepared): Current | undefined => current.get(`${one.type}/${one.id}`)
  const taken = prepared.filter(({ write }) => write.kind === 'create').flatMap((one) => problemsOf(one, old(one)))
  if (taken.length > 0) return err(taken)
  if (prepared.some((one) => !isAsSeen(one, old(one)))) return 'moved'
  if (prepared.some((one) => old(one) !== undefined && !heads.has(old(one)!.newest.chart))) return 'again'
  const refusals = prepared.flatMap((one) => problemsOf(one, old(one)))
  return refusals.length > 0 ? err(refusals) : undefined
}

const isAsSeen = ({ write }: Prepared, old: Current | undefined): boolean =>
  write.kind === 'create' ||
  write.seen === undefined ||
  (write.seen.version === (old?.newest.version ?? 0) && write.seen.chart === old?.newest.chart)

/** The versions that a member adds to the chains, whose ends go on. */
function nextOf(
  { author, prepared }: Member,
  current: ReadonlyMap<string, Current>,
  heads: ReadonlyMap<string, Head>,
  instant: string,
): { readonly written: readonly Written[]; readonly indexed: readonly Indexed[]; readonly news: readonly News[] } {
  const indexed: Indexed[] = []
  const written: Written[] = []
  const left = new Set<string>()
  for (const one of prepared) {
    const old = current.get(`${one.type}/${one.id}`)
    const isStanding = old !== undefined && !old.isDeleted
    if (one.write.kind === 'delete' ? !isStanding : isStanding && saysTheSame(one.write, old.newest)) {
      written.push({ outcome: 'unchanged', version: isStanding ? old.newest : undefined })
      continue
    }
    const chart = one.chart ?? old!.newest.chart
    if (old !== undefined && old.newest.chart !== chart) left.add(old.newest.chart)
    // what moves is recorded after all that stands where it was, too: it is in one chart at every instant
    const floor = laterOf(instant, heads.get(chart)!, old === undefined ? undefined : heads.get(old.newest.chart))
    const version = nextVersion(one, old?.newest, heads.get(chart)!, author, floor)
    const before = isStanding && old.newest.body !== null ? extract(JSON.parse(old.newest.body) as FhirResource) : undefined
    indexed.push({ version, rows: one.rows, rid: old?.rid, before })
    const outcome = one.write.kind === 'delete' ? 'deleted' : isStanding ? 'updated' : 'created'
    written.push({ outcome, version })
  }
  const charts = new Set([...indexed.map(({ version }) => version.chart), ...left])
  const news = [...charts].map((chart) => {
    const { revision, recordedAt } = heads.get(chart)!
    return {
      author,
      chart,
      revision,
      recordedAt: recordedAt > instant ? recordedAt : instant,
      versions: indexed.flatMap(({ version }) => (version.chart === chart ? [version] : [])),
    }
  })
  return { written, indexed, news }
}

export function prepare(write: Write): Prepared {
  if (write.kind === 'delete') return { write, type: write.type, id: write.id, chart: undefined, rows: undefined }
  const { resourceType: type, id } = write.resource
  const rows = extract(write.resource)
  return { write, type, id, chart: chartOf(type, id, rows), rows }
}

function duplicates(prepared: readonly Prepared[]): readonly ServerIssue[] {
  const seen = new Set<string>()
  return prepared.flatMap(({ type, id }) => {
    const key = `${type}/${id}`
    if (!seen.has(key)) {
      seen.add(key)
      return []
    }
    return [
      refusal('duplicate-entry', key, `${key} is written twice in one transaction`, 'send each resource once, or in two transactions'),
    ]
  })
}

const NOTHING: ReadonlyMap<string, Current> = new Map()

async function currentOf(tx: Transaction, prepared: readonly Prepared[]): Promise<ReadonlyMap<string, Current>> {
  const rows = await tx.query<VersionRow & { readonly rid: number; readonly is_deleted: boolean }>(
    `select c.rid, c.is_deleted, v.* from unnest($1::text[], $2::text[]) as k(type, id) join resource_current c on c.type = k.type and c.id = k.id
     join chart_version v on v.type = c.type and v.id = c.id and v.version = c.version`,
    [prepared.map(({ type }) => type), prepared.map(({ id }) => id)],
  )
  return new Map(rows.map((row) => [`${row.type}/${row.id}`, { rid: row.rid, isDeleted: row.is_deleted, newest: storedVersion(row) }]))
}

/**
 * Waits for its turn at each chart, makes the heads that are missing, and tells the time of the database when it was its turn. In one order everywhere, so
 * that two writers never wait for each other. The update changes nothing: it locks, and gives the row, in one statement with the insert.
 */
async function lockHeads(
  tx: Transaction,
  charts: readonly string[],
): Promise<{ readonly heads: ReadonlyMap<string, Head>; readonly at: string }> {
  const rows = await tx.query<{ chart: string; revision: number; hash: string; recorded_at: string; at: string }>(
    `insert into chart_head as h (chart, revision, hash, recorded_at)
     select chart, 0, '', '-infinity' from unnest($1::text[]) with ordinality as k(chart, n) order by n
     on conflict (chart) do update set chart = excluded.chart
     returning h.chart, h.revision, h.hash, h.recorded_at, clock_timestamp() as at`,
    [[...new Set(charts)].sort()],
  )
  return {
    heads: new Map(rows.map(({ chart, revision, hash, recorded_at }) => [chart, { chart, revision, hash, recordedAt: recorded_at }])),
    at: rows.at(-1)?.at ?? '',
  }
}

const exists = (path: string): ServerIssue =>
  refusal(
    'already-exists',
    path,
    `${path} is already there`,
    'to change it send an update; what is another resource needs an id (or a urn:uuid of its entry) that was not used before',
  )

function problemsOf({ write, type, id }: Prepared, old: Current | undefined): readonly ServerIssue[] {
  const path = `${type}/${id}`
  if (write.kind === 'create') return old === undefined ? [] : [exists(path)]
  const { ifMatch } = write
  if (ifMatch === undefined) return []
  const version = old === undefined || old.isDeleted ? undefined : old.newest.version
  if (version === ifMatch) return []
  const now = version === undefined ? 'it is not there' : `the newest version is ${version}`
  return [
    refusal(
      'version-conflict',
      path,
      `${path} was to be changed from version ${ifMatch}, but ${now}`,
      'read it again, merge, and send it with the new version',
    ),
  ]
}

/** What the primary key of the versions says of a create whose id is taken: nobody looked before. The transaction is of no more use. */
function alreadyThere(error: unknown, prepared: readonly Prepared[]): readonly ServerIssue[] {
  const { constraint, detail = '' } = error as { constraint?: string; detail?: string }
  if (sqlState(error) !== '23505' || constraint !== 'chart_version_pkey') return []
  const taken = prepared.filter(({ type, id }) => detail.includes(`(${type}, ${id}, 1)`))
  return (taken.length > 0 ? taken : prepared).map(({ type, id }) => exists(`${type}/${id}`))
}

/** An update that says what is already recorded: no new version. */
const saysTheSame = (write: Write, { body, version }: StoredVersion): boolean =>
  write.kind === 'update' && body !== null && body === bodyOf(write.resource, version, recordedIn(body))

const recordedIn = (body: string): string => (JSON.parse(body) as FhirResource).meta?.lastUpdated ?? ''

/** The instant, or the newest in these chains where a clock stood ahead. Both are UTC in one form, so text compares as time. */
const laterOf = (instant: string, ...heads: readonly (Head | undefined)[]): string =>
  heads.reduce(
    (latest, head) => (head !== undefined && head.recordedAt !== '-infinity' && head.recordedAt > latest ? head.recordedAt : latest),
    instant,
  )

function nextVersion(
  { write, type, id, chart }: Prepared,
  old: StoredVersion | undefined,
  head: Head,
  author: Author,
  recordedAt: string,
): StoredVersion {
  const version = (old?.version ?? 0) + 1
  const facts = {
    site: author.site,
    type,
    id,
    version,
    chart: chart ?? old!.chart,
    revision: head.revision + 1,
    recordedAt,
    recordedBy: author.who,
    method: write.kind,
    body: write.kind === 'delete' ? null : bodyOf(write.resource, version, recordedAt),
    priorHash: head.hash,
  }
  const hash = versionHash(facts)
  head.revision = facts.revision
  head.hash = hash
  head.recordedAt = recordedAt
  return { ...facts, hash }
}

/** The resource as it is served: type, id and meta in front, the rest as it came. */
function bodyOf(resource: FhirResource, version: number, recordedAt: string): string {
  const { resourceType, id, meta, ...rest } = resource
  const { versionId: _version, lastUpdated: _updated, ...given } = meta ?? {}
  return JSON.stringify({ resourceType, id, meta: { versionId: String(version), lastUpdated: recordedAt, ...given }, ...rest })
}

/** Versions, the new ends of their chains, one message a chart and author, and what finds them: one statement, since each costs a way to the database and back. */
async function record(tx: Transaction, indexed: readonly Indexed[], heads: readonly Head[], news: readonly News[]): Promise<void> {
  const versions = indexed.map(({ version }) => version)
  const column = <K extends keyof StoredVersion>(key: K) => versions.map((version) => version[key])
  const told = news.map(({ author, versions: of }) =>
    JSON.stringify({ by: author.who, resources: of.map((v) => `${v.type}/${v.id}/_history/${v.version}`) }),
  )
  const text = `recorded as (
       insert into chart_version (site, type, id, version, chart, revision, recorded_at, recorded_by, method, body, hash, prior_hash)
       select * from unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::text[], $6::bigint[], $7::timestamptz[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[])),
     moved as (
       update chart_head h set revision = k.revision, hash = k.hash, recorded_at = k.recorded_at
       from unnest($13::text[], $14::bigint[], $15::text[], $16::timestamptz[]) as k(chart, revision, hash, recorded_at) where h.chart = k.chart),
     told as (
       insert into outbox (topic, chart, revision, recorded_at, body)
       select 'chart-changed', chart, revision, recorded_at, body::json
       from unnest($17::text[], $18::bigint[], $19::timestamptz[], $20::text[]) as k(chart, revision, recorded_at, body))`
  const values = [
    column('site'),
    column('type'),
    column('id'),
    column('version'),
    column('chart'),
    column('revision'),
    column('recordedAt'),
    column('recordedBy'),
    column('method'),
    column('body'),
    column('hash'),
    column('priorHash'),
    heads.map((h) => h.chart),
    heads.map((h) => h.revision),
    heads.map((h) => h.hash),
    heads.map((h) => h.recordedAt),
    news.map((n) => n.chart),
    news.map((n) => n.revision),
    news.map((n) => n.recordedAt),
    told,
  ]
  await writeIndexes(tx, indexed, { text, values })
}

export interface VersionRow {
  readonly site: string
  readonly type: string
  readonly id: string
  readonly version: number
  readonly chart: string
  readonly revision: number
  readonly recorded_at: string
  readonly recorded_by: string
  readonly method: 'create' | 'update' | 'delete'
  readonly body: string | null
  readonly hash: string
  readonly prior_hash: string
}

export const storedVersion = (row: VersionRow): StoredVersion => ({
  site: row.site,
  type: row.type,
  id: row.id,
  version: row.version,
  chart: row.chart,
  revision: row.revision,
  recordedAt: row.recorded_at,
  recordedBy: row.recorded_by,
  method: row.method,
  body: row.body,
  hash: row.hash,
  priorHash: row.prior_hash,
})
