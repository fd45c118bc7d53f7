import { storedVersion, type VersionRow } from './append.ts'
import { type Database, type Queries, sqlState, type Transaction, withRetries } from './database.ts'
import type { Projection } from './projection.ts'
import { readers } from './read.ts'
import { searchTable } from './search/definitions.ts'
import { extract } from './search/extract.ts'
import { writeIndexes } from './search/write-indexes.ts'
import type { FhirResource, StoredVersion } from './types.ts'

/** Everything that can be thrown away: made again from the versions alone, so that it must come out the same. */
const BATCH = 500
const INDEX = 'search-index'
const CASES = 'case-snapshot'

/** Where progress is told: an operator who starts a new release wants to know how far it is. */
type Tell = ((text: string) => void) | undefined

export interface Rebuilt {
  readonly resources: number
  readonly charts: number
  readonly cases: number
}

/** What the index tables are made from: changes with the search parameters. */
export const indexFingerprint = (): string => {
  const table = searchTable()
  let sum = 0
  for (const type of table.types) for (const { number } of table.of(type).values()) sum = (Math.imul(sum, 31) + number) >>> 0
  // the first number: how the rows are made (2: a patient stays with the site that registered them). To be raised when `extract` finds other rows: an update only
  // writes those that differ from what it says of the version before
  return `2-${sum}`
}

/** At the start: makes what is missing, and makes again what was made by another release. */
export async function prepareDerived(
  database: Database,
  projection: Projection | undefined,
  tell: Tell,
  areCasesLater: boolean,
): Promise<void> {
  await saveParameters(database)
  if ((await fingerprint(database, INDEX)) !== indexFingerprint()) {
    if (await isEmpty(database)) await database.transaction((tx) => mark(tx, INDEX, indexFingerprint()))
    else {
      tell?.('search parameters have changed: indexing every resource again')
      await rebuildIndex(database)
    }
  }
  if (projection !== undefined && (await fingerprint(database, CASES)) !== projection.fingerprint) {
    if (!(await isEmpty(database))) tell?.(`cases are of another release: working out every one again, with ${projection.release}`)
    await beginCases(database, projection)
  }
  // a server answers meanwhile, and works them out between requests
  if (projection !== undefined && !areCasesLater) await catchUp(database, projection, undefined, tell)
}

/**
 * Whether the snapshots in the database are of this process's knowledge. During an upgrade they may be of a newer one: then a case is left to a process
 * that has it, and nothing of the older is written among them.
 */
export const isOurs = async (tx: Queries, projection: Projection): Promise<boolean> =>
  (await fingerprint(tx, CASES)) === projection.fingerprint

/** A writer to one of these charts waits for all of them. */
const AT_ONCE = 4
/** After so many cases it is told how far the work is. */
const TELL_AFTER = 1000

/** DATA EXCEPTION, INTEGRITY CONSTRAINT VIOLATION, PROGRAM LIMIT EXCEEDED: PostgreSQL documentation, appendix A. */
const isOfContent = (error: unknown): boolean => /^(22|23|54)/.test(sqlState(error) ?? '')

/**
 * Works out the cases that are due, in small transactions: a process that dies leaves the rest to the next. `calm` is awaited before each. A case that the
 * database refuses for what it holds has no snapshot, and is told without its name: it must not keep all that come after it waiting.
 */
export async function catchUp(database: Database, projection: Projection, calm = async () => {}, tell: Tell = undefined): Promise<number> {
  let cases = 0
  let toldAt = 0
  for (;;) {
    await calm()
    const done = await workOut(database, projection, AT_ONCE).catch(async (error: unknown) => {
      if (!isOfContent(error)) throw error
      return workOut(database, projection, 1).catch((reason: unknown) => {
        if (!isOfContent(reason)) throw reason
        process.emitWarning(`a case cannot be kept: the database refuses it (${sqlState(reason)})`)
        return workOut(database, { ...projection, write: async () => {} }, 1)
      })
    })
    if (done === 0) return cases
    cases += done
    if (tell === undefined || cases - toldAt < TELL_AFTER) continue
    toldAt = cases
    tell(`cases: ${cases} worked out with ${projection.release}, ${await casesDue(database)} left`)
  }
}

const casesDue = async (db: Queries): Promise<number> =>
  (await db.query<{ n: number }>('select count(*)::int as n from case_due'))[0]?.n ?? 0

/** The first so many cases that are due, together; gives how many. */
const workOut = (database: Database, projection: Projection, atOnce: number): Promise<number> =>
  database.transaction(async (tx) => {
    if (!(await isOurs(tx, projection))) return 0
    const due = await tx.query<{ chart: string }>(`select chart from case_due order by chart limit ${atOnce} for update skip locked`)
    if (due.length === 0) return 0
    const charts = due.map(({ chart }) => chart)
    // who writes to the chart now waits until its snapshot is there, and then makes it anew
    await tx.query('select 1 from chart_head where chart = any($1::text[]) order by chart collate "C" for update', [charts])
    await writeCases(tx, projection, charts)
    await tx.query('delete from case_due where chart = any($1::text[])', [charts])
    return charts.length
  })

export async function rebuild(database: Database, projection: Projection | undefined, tell: Tell = undefined): Promise<Rebuilt> {
  const { resources, charts } = await rebuildIndex(database)
  return { resources, charts, cases: projection === undefined ? 0 : await rebuildCases(database, projection, tell) }
}

const isEmpty = async (database: Database): Promise<boolean> => (await database.query('select 1 from chart_version limit 1')).length === 0

const fingerprint = async (database: Queries, name: string): Promise<string | undefined> =>
  (await database.query<{ fingerprint: string }>('select fingerprint from derived_state where name = $1', [name]))[0]?.fingerprint

async function mark(tx: Transaction, name: string, value: string, release: string | null = null): Promise<void> {
  await tx.query(
    `insert into derived_state (name, fingerprint, rebuilt_at, release) values ($1, $2, now(), $3)
     on conflict (name) do update set fingerprint = excluded.fingerprint, rebuilt_at = excluded.rebuilt_at, release = excluded.release`,
    [name, value, release],
  )
}

async function saveParameters(database: Database): Promise<void> {
  const table = searchTable()
  const all = [...table.types].flatMap((type) => [...table.of(type).values()])
  await database.query(
    `insert into search_parameter (param, type, name, kind) select * from unnest($1::int[], $2::text[], $3::text[], $4::text[])
     on conflict (param) do nothing`,
    [all.map((p) => p.number), all.map((p) => p.type), all.map((p) => p.name), all.map((p) => p.kind)],
  )
}

/**
 * In one transaction, with writers kept out: who reads meanwhile sees the tables as they were. `resource_current` keeps its numbers where the
 * resource is known, so that pages of a search that is being read stay right.
 */
async function rebuildIndex(database: Database): Promise<{ readonly resources: number; readonly charts: number }> {
  return database.transaction(async (tx) => {
    await tx.query('lock table chart_head, resource_current in share row exclusive mode')
    for (const table of ['ix_token', 'ix_reference', 'ix_date', 'ix_string', 'ix_quantity']) await tx.query(`delete from ${table}`)
    await tx.query('delete from resource_current c where not exists (select from chart_version v where v.type = c.type and v.id = c.id)')
    await tx.query('delete from chart_head')
    await tx.query(
      `insert into chart_head (chart, revision, hash, recorded_at)
       select distinct on (chart) chart, revision, hash, recorded_at from chart_version order by chart, revision desc`,
    )
    let resources = 0
    let last = { type: '', id: '' }
    for (;;) {
      const rows: readonly VersionRow[] = await tx.query<VersionRow>(
        `select distinct on (type, id) * from chart_version where (type, id) > ($1, $2) order by type, id, version desc limit ${BATCH}`,
        [last.type, last.id],
      )
      if (rows.length === 0) break
      await writeIndexes(
        tx,
        rows.map(storedVersion).map((version) => ({ version, rows: indexRowsOf(version), rid: undefined })),
      )
      resources += rows.length
      last = rows.at(-1)!
    }
    await mark(tx, INDEX, indexFingerprint())
    const charts = (await tx.query<{ n: number }>('select count(*) as n from chart_head'))[0]?.n ?? 0
    return { resources, charts }
  })
}

const indexRowsOf = ({ body }: StoredVersion) => (body === null ? undefined : extract(JSON.parse(body) as FhirResource))

/**
 * Begins to work out every case anew: in one short transaction the tables are made empty in their new form, every patient is due, and the release is told. The
 * cases follow in small transactions (`catchUp`), so that writers never wait for all of them, and a process that dies loses none: what is due stays due.
 * Meanwhile a patient has the snapshot of this release or none, never that of another.
 */
const beginCases = (database: Database, projection: Projection): Promise<void> =>
  withRetries(() =>
    database.transaction(async (tx) => {
      await tx.query('lock table chart_head in share row exclusive mode')
      await tx.query(`insert into case_due (chart) select chart from chart_head where chart like 'Patient/%' on conflict do nothing`)
      for (const statement of projection.drop) await tx.query(statement)
      for (const statement of projection.create) await tx.query(statement)
      for (const statement of await forgetting(tx)) await tx.query(statement)
      await mark(tx, CASES, projection.fingerprint, projection.release)
    }),
  )

async function rebuildCases(database: Database, projection: Projection, tell: Tell): Promise<number> {
  await beginCases(database, projection)
  return catchUp(database, projection, undefined, tell)
}

/** Works out the cases of these patients, in place of those that stand. */
export async function writeCases(tx: Transaction, projection: Projection, charts: readonly string[]): Promise<void> {
  await tx.query('select clear_cases($1::text[])', [charts])
  for (const chart of charts) await projection.write(tx, await readers(tx).chart(chart.slice('Patient/'.length)))
}

/**
 * Notes that the cases of these patients are to be worked out anew, and takes their snapshots away: the row that says that there is one. What hangs on it in
 * the tables of lists stays until the case is written again (`writeCases`), and nobody comes to it without that row; taking it away, too, was a quarter of a
 * write. One that is due already has lost its own then. The function is of the release that made the tables, which may be another than this process's.
 */
export async function noteDue(tx: Queries, charts: readonly string[]): Promise<void> {
  await tx.query(
    `with due as (insert into case_due (chart) select * from unnest($1::text[]) on conflict do nothing returning chart)
     select forget_cases(array_agg(chart)) from due having count(*) > 0`,
    [charts],
  )
}

/** What makes the functions that take cases away: `forget_cases` their first row, `clear_cases` those of all the tables there are, in one statement that PostgreSQL plans once a connection. */
async function forgetting(tx: Transaction): Promise<readonly string[]> {
  const tables = await tx.query<{ name: string }>(
    `select format('%I', tablename) as name from pg_tables where schemaname = current_schema() and (tablename = 'case_snapshot' or tablename like 'case\\_snapshot\\_%')
     order by tablename`,
  )
  const deletes = tables.map(({ name }) => `delete from ${name} where case_id = any(charts)`)
  const beside = deletes.slice(1).map((text, at) => `d${at} as (${text})`)
  const first = deletes[0] ?? 'null'
  const all = `${beside.length === 0 ? '' : `with ${beside.join(', ')} `}${first}`
  const made = (name: string, body: string): string =>
    `create or replace function ${name}(charts text[]) returns void language plpgsql as $body$ begin ${body}; end $body$`
  return [made('forget_cases', first), made('clear_cases', all)]
}
