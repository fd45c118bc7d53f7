import { afterAll, beforeAll, describe } from 'vitest'
import type { Store } from '../../src/store/index.ts'
import { openStore, type StoreConfig } from '../../src/store/index.ts'
import { type PostgresServer, postgresServer } from './postgres-server.ts'

/** What a conformance suite gets: new, empty stores on the database that it runs on. */
export interface Bench {
  readonly kind: 'pglite' | 'postgres'
  /** A store on an empty database of its own, closed at the end of the suite. */
  open(config?: Omit<StoreConfig, 'database'>): Promise<Store>
  /** A second process's view: another store on the database of the first. Only on a server; the embedded one has one process. */
  again(config?: Omit<StoreConfig, 'database'>): Promise<Store>
}

/** One suite on both databases. PostgreSQL is skipped, with the reason printed, only where there is no server to start. */
export function onBothDatabases(name: string, suite: (bench: Bench) => void): void {
  describe(`${name}: PGlite`, () => suite(benchOn('pglite', () => Promise.resolve({ memory: true as const }))))

  let server: PostgresServer | undefined
  // vitest decides what to skip before it runs: the programs are looked for now
  describe(`${name}: PostgreSQL`, () => {
    beforeAll(async () => {
      const started = await postgresServer()
      if ('skipped' in started) console.log(`skipped: ${name} on PostgreSQL: ${started.skipped}`)
      else server = started
    })
    afterAll(() => server?.stop())
    suite(
      benchOn('postgres', async () => {
        if (server === undefined) throw new Error('no PostgreSQL')
        return { postgres: await server.database() }
      }),
    )
  })
}

function benchOn(kind: Bench['kind'], database: () => Promise<StoreConfig['database']>): Bench {
  const stores: Store[] = []
  let newest: StoreConfig['database'] | undefined
  afterAll(async () => {
    for (const store of stores) await store.close()
  })
  const keep = async (config: StoreConfig): Promise<Store> => {
    const store = await openStore(config)
    stores.push(store)
    return store
  }
  return {
    kind,
    open: async (config = {}) => {
      newest = await database()
      return keep({ ...config, database: newest })
    },
    again: (config = {}) => keep({ ...config, database: newest! }),
  }
}
