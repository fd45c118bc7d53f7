import { err, type Result } from '@secondwind/core'
import { Refused, type ServerIssue } from '../issue.ts'
import { type Answer, append, type Member, prepare } from './append.ts'
import { type Database, heardByTransaction, type Transaction, TryAgain, withRetries } from './database.ts'
import { openPglite } from './database-pglite.ts'
import { openPostgres, type PostgresConfig } from './database-postgres.ts'
import { decisionJournal } from './decisions.ts'
import { grouped } from './group.ts'
import { claim, keep } from './idempotency.ts'
import { migrate } from './migrate.ts'
import { chartsNaming } from './naming.ts'
import { outbox } from './outbox.ts'
import type { Projection } from './projection.ts'
import { readers } from './read.ts'
import { catchUp, isOurs, noteDue, prepareDerived, writeCases } from './rebuild.ts'
import { sweep } from './sweep.ts'
import {
  type Author,
  Moved,
  type Store,
  type StoredVersion,
  type StoreHooks,
  type StoreTransaction,
  type TransactionOptions,
  type Write,
  type Written,
} from './types.ts'

export interface StoreConfig {
  /** `{ postgres }`: a server. `{ folder }`: embedded, in that folder. `{ memory: true }`: embedded, gone at the end. `{ open }`: one that is open already. */
  readonly database:
    | { readonly postgres: PostgresConfig }
    | { readonly folder: string }
    | { readonly memory: true }
    | { readonly open: Database }
  /** Where instants come from. Without it: the clock of the database, so that servers whose clocks differ agree. */
  readonly clock?: () => Date
  readonly hooks?: StoreHooks
  readonly projection?: Projection
  /** Cases are worked out by `catchUp`, not while the writer waits: a chart that was just written has no snapshot, never an old one. For servers. */
  readonly areCasesLater?: boolean
  /** What it tells while it starts (migrations, rebuilding). */
  readonly tell?: (text: string) => void
}

export async function openDatabase(config: StoreConfig['database']): Promise<Database> {
  if ('open' in config) return config.open
  return 'postgres' in config ? openPostgres(config.postgres) : openPglite('folder' in config ? config.folder : undefined)
}

/** Opens the store: brings the database to its newest form, and makes derived tables again that no longer stand as they should. */
export async function openStore(config: StoreConfig): Promise<Store> {
  const database = await openDatabase(config.database)
  try {
    for (const name of await migrate(database)) config.tell?.(`migration ${name}`)
    await prepareDerived(database, config.projection, config.tell, config.areCasesLater === true)
  } catch (error) {
    await database.close()
    throw error
  }
  return storeOn(database, config)
}

/** Carries a refusal out of a transaction, so that it is rolled back. */
class RolledBack extends Error {
  readonly result: Result<never, readonly ServerIssue[]>
  constructor(result: Result<never, readonly ServerIssue[]>) {
    super('rolled back')
    this.result = result
  }
}

function storeOn(database: Database, { clock, hooks, projection, areCasesLater = false, tell }: StoreConfig): Store {
  const inside = (tx: Transaction, author: Author, versions: StoredVersion[], charts: Set<string>): StoreTransaction => ({
    ...readers(tx),
    author,
    sql: tx,
    lock: async (key) => {
      await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [key])
    },
    append: async (writes) => {
      const done = await append(tx, [{ author, prepared: writes.map(prepare) }], clock)
      versions.push(...done.versions)
      for (const chart of done.charts) charts.add(chart)
      return decided(done.answers[0]!)
    },
  })

  const transaction = async <T>(
    author: Author,
    work: (tx: StoreTransaction) => Promise<Result<T, readonly ServerIssue[]>>,
    { idempotency, isBulk = false }: TransactionOptions = {},
  ): Promise<Result<T, readonly ServerIssue[]>> => {
    try {
      return await withRetries(() =>
        database.transaction(async (sql) => {
          if (idempotency !== undefined) {
            const before = await claim<T>(sql, author.who, idempotency)
            if (before?.ok) return before
            if (before) throw new RolledBack(before)
          }
          const versions: StoredVersion[] = []
          const charts = new Set<string>()
          const tx = inside(sql, author, versions, charts)
          const result = await work(tx)
          if (!result.ok) throw new RolledBack(err(result.error))
          await project(projection, sql, versions, charts, isBulk || areCasesLater)
          if (versions.length > 0) await hooks?.beforeCommit?.(sql, versions)
          if (idempotency !== undefined) await keep(sql, author.who, idempotency, result.value)
          return result
        }),
      )
    } catch (error) {
      if (error instanceof RolledBack) return error.result
      if (error instanceof Refused) return err(error.issues)
      throw error
    }
  }

  const carried = grouped({
    // the embedded database has one connection
    lanes: database.kind === 'postgres' ? LANES : 1,
    together: (members, steps) =>
      database.transaction(
        async (sql) => {
          steps.began()
          const { answers } = await append(sql, members, clock, async (versions, charts) => {
            await project(projection, sql, versions, new Set(charts), areCasesLater)
            await hooks?.beforeCommit?.(sql, versions)
          })
          steps.ended()
          return answers
        },
        members.length === 1 ? 'read committed' : 'impatient',
      ),
    alone: ({ author, prepared }: Member) =>
      transaction<readonly Written[]>(author, (tx) => tx.append(prepared.map(({ write }) => write))).catch((error: unknown) => {
        if (error instanceof Moved) return 'moved'
        throw error
      }),
  })

  return {
    ...readers(database),
    database,
    transaction,
    commit: async (author: Author, writes: readonly Write[], options?: TransactionOptions) =>
      writes.length === 1 && options === undefined
        ? decided(await carried({ author, prepared: writes.map(prepare) }))
        : transaction<readonly Written[]>(author, (tx) => tx.append(writes), options),
    decisions: decisionJournal(database, clock ?? (() => new Date())),
    outbox: outbox(database),
    catchUp: (calm) => (projection === undefined ? Promise.resolve(0) : catchUp(database, projection, calm, tell)),
    settledAt: async () => {
      if (clock !== undefined) return clock().toISOString()
      const [row] = await database.query<{ at: string }>(
        `select coalesce(min(xact_start), clock_timestamp()) - interval '1 millisecond' as at from pg_stat_activity
         where backend_xid is not null and datname = current_database() and pid <> pg_backend_pid()`,
      )
      return row!.at
    },
    sweep: () => sweep(database),
    ping: async () => {
      await database.query('select 1')
    },
    close: () => database.close(),
  }
}

/** Transactions at a time that carry single writes, at most: some of the connections stay for those who read. */
const LANES = 4

function decided(answer: Answer): Exclude<Answer, string> {
  if (answer === 'moved') throw new Moved()
  if (answer === 'again') throw new TryAgain()
  return answer
}

/** The snapshot of every patient whose case can have changed. */
async function project(
  projection: Projection | undefined,
  tx: Transaction,
  versions: readonly StoredVersion[],
  charts: ReadonlySet<string>,
  isLater: boolean,
): Promise<void> {
  if (projection === undefined) return
  const touched = new Set(versions.filter(projection.isAbout).map(({ chart }) => chart))
  const moved = [...charts].filter((chart) => !versions.some((v) => v.chart === chart))
  const named = await chartsNaming(
    tx,
    versions.filter(({ chart }) => !chart.startsWith('Patient/')),
  )
  const patients = [...new Set([...touched, ...moved, ...named])].filter((chart) => chart.startsWith('Patient/')).sort()
  if (patients.length === 0) return
  // where another release made the tables, its processes work out the cases
  if (!isLater && (await isOurs(tx, projection))) await writeCases(tx, projection, patients)
  else noteDue(tx, patients).catch(heardByTransaction)
}
