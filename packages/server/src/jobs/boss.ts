import type { PGlite } from '@electric-sql/pglite'
import { type ConstructorOptions, PgBoss } from 'pg-boss'
import { type Connections, connectionsTo } from '../store/database-postgres.ts'
import type { Database, Transaction } from '../store/index.ts'
import { placesOf } from '../store/places.ts'

/** The schema of the jobs: beside that of the store, where the store has one of its own. */
export const jobsSchema = ({ native }: Database): string =>
  'postgres' in native && native.postgres.schema !== undefined ? `${native.postgres.schema}_jobs` : 'jobs'

/** pg-boss on the database of the store, in a schema of its own. On PostgreSQL it has its own few connections. */
export function bossOn(database: Database): PgBoss {
  const { native } = database
  const shared: ConstructorOptions = { schema: jobsSchema(database), superviseIntervalSeconds: 60, monitorVacuum: false }
  if ('pglite' in native) return new PgBoss({ ...shared, backend: 'pglite', db: embedded(native.pglite) })
  const { connections: _own, schema: _store, ...where } = native.postgres
  const own = { ...where, max: 3, application_name: 'secondwind-jobs' }
  if (placesOf(where.connectionString ?? '').length === 1) return new PgBoss({ ...shared, ...own })
  // several servers: pg-boss knows only one
  const connections = connectionsTo(own)
  const boss = new PgBoss({ ...shared, db: onServer(connections) })
  boss.on('stopped', () => void connections.end())
  return boss
}

/** Through the store's own way to the server that takes writes: jobs fail over with it. */
const onServer = (connections: Connections): NonNullable<ConstructorOptions['db']> => ({
  executeSql: async (text, values) => {
    const client = await connections.connect()
    let broken = true
    try {
      const result = await client.query<Record<string, unknown>>(text, values ?? [])
      broken = false
      return result
    } finally {
      // a block of statements that failed may have left its transaction open
      client.release(broken)
    }
  },
})

/** timestamptz and bigint as pg-boss takes them: the store's own reading (ISO text, numbers) is another. */
const PARSERS = { 1184: (text: string) => new Date(text), 20: (text: string) => Number(text) }

/**
 * The embedded database has one connection: a block of statements that failed half way would leave its transaction open for whoever comes next.
 */
function embedded(pglite: PGlite): NonNullable<ConstructorOptions['db']> {
  return {
    executeSql: async (text, values) => {
      if (values && values.length > 0)
        return { rows: (await pglite.query<Record<string, unknown>>(text, values, { parsers: PARSERS })).rows }
      try {
        return { rows: (await pglite.exec(text, { parsers: PARSERS })).flatMap((result) => result.rows) }
      } catch (error) {
        await pglite.exec('rollback')
        throw error
      }
    },
  }
}

/** An open transaction of the store as pg-boss takes one, so that a job is made together with what it is about. */
export const within = (
  tx: Transaction,
): { readonly executeSql: (text: string, values?: unknown[]) => Promise<{ rows: Record<string, unknown>[] }> } => ({
  executeSql: async (text, values) => ({ rows: [...(await tx.query(text, values))] }),
})
