import { afterAll, beforeAll, describe } from 'vitest'
import type { Database } from '../../src/store/database.ts'
import { openPglite } from '../../src/store/database-pglite.ts'
import { openStore, type Store, type StoreConfig } from '../../src/store/index.ts'
import { type PostgresServer, postgresMissing, postgresServer } from './postgres-server.ts'

/** What a conformance suite gets: new, empty stores on the database that it runs on. */
export interface Bench {
  readonly kind: 'pglite' | 'postgres'
  /** An empty place for a store: for suites that open stores (or servers) themselves. Only the newest one can be used on PGlite. */
  place(): Promise<StoreConfig['database']>
  /** A store on an empty database of its own, closed at the end of the suite. On PGlite only the newest one can be used. */
  open(config?: Omit<StoreConfig, 'database'>): Promise<Store>
  /** Another store on the database of the newest one, as a second process has it. Only on a server; the embedded one has one process. */
  again(config?: Omit<StoreConfig, 'database'>): Promise<Store>
}

/** One suite on both databases. PostgreSQL is skipped, with the reason printed, only where there is no server to start. */
export function onBothDatabases(name: string, suite: (bench: Bench) => void): void {
  describe(`${name}: PGlite`, () => suite(benchOn('pglite', embedded())))
  const missing = postgresMissing()
  if (missing !== undefined) console.log(`skipped: ${name} on PostgreSQL: ${missing}`)
  describe.skipIf(missing !== undefined)(`${name}: PostgreSQL`, () => suite(benchOn('postgres', onServer())))
}

/** One embedded database a file (it takes seconds to start), a schema of its own a place. */
function embedded(): () => Promise<StoreConfig['database']> {
  let database: Database
  let made = 0
  beforeAll(async () => {
    database = await openPglite()
  }, 60_000)
  afterAll(() => database?.close(), 60_000)
  return async () => {
    made += 1
    await database.script(`create schema place_${made}; set search_path to place_${made}`)
    return { open: { ...database, close: async () => {} } }
  }
}

function onServer(): () => Promise<StoreConfig['database']> {
  let server: PostgresServer
  beforeAll(async () => {
    const started = await postgresServer()
    if ('skipped' in started) throw new Error(started.skipped)
    server = started
  }, 60_000)
  afterAll(() => server?.stop(), 60_000)
  return async () => ({ postgres: await server.schema() })
}

function benchOn(kind: Bench['kind'], place: () => Promise<StoreConfig['database']>): Bench {
  const stores: Store[] = []
  let newest: StoreConfig['database'] | undefined
  afterAll(async () => {
    for (const store of stores) await store.close()
  }, 60_000)
  const keep = async (config: StoreConfig): Promise<Store> => {
    const store = await openStore(config)
    stores.push(store)
    return store
  }
  return {
    kind,
    place: async () => {
      newest = await place()
      return newest
    },
    open: async (config = {}) => {
      newest = await place()
      return keep({ ...config, database: newest })
    },
    again: (config = {}) => keep({ ...config, database: newest! }),
  }
}
