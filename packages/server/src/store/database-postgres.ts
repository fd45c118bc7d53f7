import pg from 'pg'
import { type Database, PARSERS, type Queries, type Transaction } from './database.ts'

export interface PostgresConfig {
  readonly connectionString?: string
  readonly host?: string
  readonly port?: number
  readonly user?: string
  readonly database?: string
  /** Where the tables are; without it the first of the role's search path. */
  readonly schema?: string
  /** Connections of this process at most. */
  readonly connections?: number
}

const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    PARSERS[oid] ?? (format === undefined ? pg.types.getTypeParser(oid) : pg.types.getTypeParser(oid, format as 'text')),
} as pg.CustomTypesConfig

/** PostgreSQL 15 or later. A connection that breaks is replaced; a statement on it fails and is the caller's to repeat. */
export function openPostgres(config: PostgresConfig): Database {
  const { connections = 10, schema, ...where } = config
  const path = schema === undefined ? '' : ` -c search_path=${schema}`
  const pool = new pg.Pool({
    ...where,
    max: connections,
    types,
    options: `-c timezone=UTC -c jit=off${path}`,
    application_name: 'secondwind',
  })
  // an idle connection that the server closed: the pool drops it, and the next query opens another
  pool.on('error', () => {})
  // one in use: its statement fails and tells; the event beside it must not end the process
  pool.on('connect', (client) => client.on('error', () => {}))
  const rows = async <Row>(on: pg.Pool | pg.PoolClient, text: string, values: readonly unknown[]): Promise<readonly Row[]> =>
    (await on.query({ text, values: [...values], ...prepared(text, values) } as pg.QueryConfig)).rows as Row[]
  return {
    kind: 'postgres',
    native: { postgres: config },
    query: <Row>(text: string, values: readonly unknown[] = []) => rows<Row>(pool, text, values),
    script: async (text) => {
      await pool.query(text)
    },
    transaction: async <T>(work: (tx: Transaction) => Promise<T>, isolation = 'read committed') => {
      const client = await pool.connect()
      let broken: Error | undefined
      try {
        await client.query(isolation === 'read committed' ? 'begin' : `begin isolation level ${isolation}`)
        const query: Queries['query'] = <Row>(text: string, values: readonly unknown[] = []) => rows<Row>(client, text, values)
        const result = await work({ isOpen: true, query })
        await client.query('commit')
        return result
      } catch (error) {
        // a connection on which not even a rollback works is not given back
        await client.query('rollback').catch((failure: Error) => {
          broken = failure
        })
        throw error
      } finally {
        client.release(broken)
      }
    },
    close: () => pool.end(),
  }
}

const NAMES = new Map<string, string>()
const MOST_NAMES = 400

/** Statements with values that come again are prepared once a connection. Searches are as many as their parameters: past a limit they go unprepared. */
function prepared(text: string, values: readonly unknown[]): { readonly name?: string } {
  if (values.length === 0) return {}
  const known = NAMES.get(text)
  if (known !== undefined) return { name: known }
  if (NAMES.size >= MOST_NAMES) return {}
  const name = `s${NAMES.size}`
  NAMES.set(text, name)
  return { name }
}
