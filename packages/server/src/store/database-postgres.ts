import pg from 'pg'
import { type Database, type Isolation, PARSERS, type Planned, type Queries, statements, type Transaction } from './database.ts'
import { placesOf } from './places.ts'

export interface PostgresConfig {
  /** May name several servers: the one that takes writes is found among them, again and again. */
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

/** Milliseconds that a request waits for a connection (a new one, or one that others use) before it is told to come again. */
const PATIENCE = 15_000

/** Connections to the server that takes writes, wherever it is at the moment. */
export interface Connections {
  /** Throws what the last server said when none of them takes writes. */
  connect(): Promise<pg.PoolClient>
  end(): Promise<void>
}

export function connectionsTo({ connectionString, ...config }: pg.PoolConfig): Connections {
  const places = connectionString === undefined ? [] : placesOf(connectionString)
  let current = 0
  // a name may lead to a standby for a while: only with several servers is there another to ask
  class Client extends pg.Client {
    constructor(given: pg.ClientConfig) {
      super(places.length === 0 ? given : { ...given, connectionString: places[current] })
    }
  }
  const pool = new pg.Pool({
    ...config,
    connectionTimeoutMillis: PATIENCE,
    keepAlive: true,
    Client: Client as unknown as NonNullable<pg.PoolConfig['Client']>,
    ...(places.length > 1 ? { onConnect: refuseStandby } : {}),
  })
  // an idle connection that the server closed: the pool drops it, and the next query opens another
  pool.on('error', () => {})
  // one in use: its statement fails and tells; the event beside it must not end the process
  pool.on('connect', (client) => client.on('error', () => {}))
  return {
    connect: async () => {
      for (let tries = 1; ; tries += 1) {
        const asked = current
        try {
          return await pool.connect()
        } catch (error) {
          if (tries >= places.length) throw error
          // the first of several that fail together moves on
          if (current === asked) current = (asked + 1) % places.length
        }
      }
    },
    end: () => pool.end(),
  }
}

async function refuseStandby(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ is_standby: boolean }>('select pg_is_in_recovery() as is_standby')
  // READ ONLY SQL TRANSACTION, PostgreSQL documentation, appendix A
  if (rows[0]?.is_standby === true) throw Object.assign(new Error('this server is a standby'), { code: '25006' })
}

/** PostgreSQL 15 or later. A connection that breaks is replaced; a statement on it fails and is the caller's to repeat. */
export function openPostgres(config: PostgresConfig): Database {
  const { connections = 10, schema, ...where } = config
  const path = schema === undefined ? '' : ` -c search_path=${schema}`
  const given: pg.PoolConfig & { readonly pipeline: true } = {
    ...where,
    max: connections,
    types,
    options: `-c timezone=UTC -c jit=off${path}`,
    // statements that do not wait for one another go to the database together
    pipeline: true,
    application_name: 'secondwind',
  }
  const pool = connectionsTo(given)
  const rows = async <Row>(on: pg.PoolClient, text: string, values: readonly unknown[], planned: Planned): Promise<readonly Row[]> =>
    (await on.query({ text, values: [...values], ...(planned === 'once' ? prepared(text, values) : {}) } as pg.QueryConfig)).rows as Row[]
  const on = async <T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> => {
    const client = await pool.connect()
    let broken = false
    try {
      return await work(client)
    } catch (error) {
      // whatever is no word of the server about the statement is a lost connection
      broken = !(error instanceof pg.DatabaseError) || isBroken(error)
      throw error
    } finally {
      client.release(broken)
    }
  }
  return {
    kind: 'postgres',
    native: { postgres: config },
    query: <Row>(text: string, values: readonly unknown[] = [], planned: Planned = 'once') =>
      on((client) => rows<Row>(client, text, values, planned)),
    script: (text) =>
      on(async (client) => {
        await client.query(text)
      }),
    transaction: async <T>(work: (tx: Transaction) => Promise<T>, isolation: Isolation = 'read committed') => {
      const client = await pool.connect()
      let broken = false
      let isOver = false
      try {
        // the first statement goes with it, on one way to the database: it cannot fail without those after it
        const asked = statements()
        void asked.follow(client.query(BEGIN[isolation]))
        let isPlannedOnce = isolation !== 'repeatable read'
        const query: Queries['query'] = async <Row>(text: string, values: readonly unknown[] = [], planned: Planned = 'once') => {
          // the connection is with somebody else by then
          if (isOver) throw new Error('a statement came after the end of its transaction')
          if (planned === 'by-value' && isPlannedOnce) {
            isPlannedOnce = false
            void asked.follow(client.query(PLAN_AS_USUAL))
          }
          return asked.follow(rows<Row>(client, text, values, planned))
        }
        const result = await work({ isOpen: true, query })
        isOver = true
        // after a statement that failed the database takes this for a rollback
        const ended = client.query('commit')
        await Promise.allSettled([ended])
        await asked.ended()
        const { command } = await ended
        if (command !== 'COMMIT') throw new Error(`the database ended a transaction with ${command}`)
        return result
      } catch (error) {
        isOver = true
        broken = isBroken(error)
        // a connection on which not even a rollback works is not given back
        await client.query('rollback').catch(() => {
          broken = true
        })
        throw error
      } finally {
        client.release(broken)
      }
    },
    close: () => pool.end(),
  }
}

/**
 * A transaction that writes asks some ten statements, each by a key: planned once, and by an index also while a table is still small, since the plan stays.
 * PostgreSQL would plan those over arrays anew each time, which takes longer than doing them.
 */
const PLANNED = 'begin; set local plan_cache_mode = force_generic_plan; set local enable_seqscan = off'
const BEGIN: { readonly [isolation in Isolation]: string } = {
  'read committed': PLANNED,
  impatient: `${PLANNED}; set local lock_timeout = 100`,
  'repeatable read': 'begin isolation level repeatable read',
}
const PLAN_AS_USUAL = 'set local plan_cache_mode = auto; set local enable_seqscan = on'

/** After these words of the server the connection is of no use: it shuts down, or it takes no writes any more. */
const isBroken = (error: unknown): boolean => error instanceof pg.DatabaseError && /^(08|57P|25006)/.test(error.code ?? '')

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
