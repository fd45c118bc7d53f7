import type { PGlite } from '@electric-sql/pglite'
import type { PostgresConfig } from './database-postgres.ts'

/**
 * The one door to SQL: a text with `$1` places and its values. Two databases stand behind it (embedded PGlite, PostgreSQL); the text is the same.
 *
 * Values that come back: bigint is a number, timestamptz and date are ISO text (instants in UTC with milliseconds), json is parsed.
 */
/**
 * `once`: PostgreSQL may plan the statement once for all values. `by-value`: it looks at the values each time; for searches, of which one value is rare
 * and another in every chart, so that a plan that is right for one reads the whole network for the other.
 */
export type Planned = 'once' | 'by-value'

export interface Queries {
  query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[], planned?: Planned): Promise<readonly Row[]>
}

/** A transaction that is open: what is done in it is kept together or not at all. */
export interface Transaction extends Queries {
  readonly isOpen: true
}

/** `impatient`: read committed, and given up (`55P03`) after a tenth of a second of waiting for what another transaction holds. */
export type Isolation = 'read committed' | 'repeatable read' | 'impatient'

export interface Database extends Queries {
  readonly kind: 'pglite' | 'postgres'
  /** What a library that brings its own SQL (pg-boss) connects with: the embedded database itself, or how to reach the server. */
  readonly native: { readonly pglite: PGlite } | { readonly postgres: PostgresConfig }
  /** Several statements without values: migrations. */
  script(text: string): Promise<void>
  /**
   * Runs `work` in one transaction, rolled back when it throws, or when a statement failed for which it did not wait: what it asked last may go to the database
   * together with the commit. Never call `query` of the database inside: on the embedded one that waits for itself.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>, isolation?: Isolation): Promise<T>
  close(): Promise<void>
}

/** For a statement of a transaction that nobody waits for: its failure is not lost, the transaction fails with it. */
export const heardByTransaction = (): void => {}

/** The statements of one transaction, so that none fails unheard: not one for which nobody waits, either. */
export function statements(): {
  readonly follow: <T>(statement: Promise<T>) => Promise<T>
  /** Waits for those under way; throws what the first that failed said. */
  readonly ended: () => Promise<void>
} {
  const underWay = new Set<Promise<unknown>>()
  let failure: { readonly error: unknown } | undefined
  return {
    follow: (statement) => {
      underWay.add(statement)
      statement.then(
        () => underWay.delete(statement),
        (error: unknown) => {
          failure ??= { error }
          underWay.delete(statement)
        },
      )
      return statement
    },
    ended: async () => {
      await Promise.allSettled([...underWay])
      if (failure !== undefined) throw failure.error
    },
  }
}

/** What PostgreSQL calls its error: `23505` is a duplicate, `40001` and `40P01` ask for another try. */
export const sqlState = (error: unknown): string | undefined => {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : undefined
}

const TRANSIENT = new Set(['40001', '40P01'])

/** Tries again what two writers at once made impossible: a deadlock, a serialisation failure, a resource that moved meanwhile. */
export async function withRetries<T>(work: () => Promise<T>, tries = 5): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (attempt >= tries || !TRANSIENT.has(sqlState(error) ?? '')) throw error
      await new Promise((resolve) => setTimeout(resolve, attempt * 5 * Math.random()))
    }
  }
}

/** Thrown inside a transaction that must be tried again as a whole. */
export class TryAgain extends Error {
  readonly code = '40001'
}

/** `2026-11-23 12:00:00.123456+00`: nearly every row of the chart has one, and a Date costs more than the rest of reading the row. */
const PLAIN_INSTANT = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/

/** The texts in which PostgreSQL sends a timestamptz (`2026-11-23 12:00:00.123+00`) as ISO, cut to milliseconds. The session's time zone is UTC. */
export function isoInstant(text: string): string {
  const plain = PLAIN_INSTANT.exec(text)
  if (plain !== null) return `${plain[1]}T${plain[2]}.${(plain[3] ?? '').slice(0, 3).padEnd(3, '0')}Z`
  const iso = new Date(text.replace(' ', 'T').replace(/([+-]\d{2})$/, '$1:00'))
  return Number.isNaN(iso.getTime()) ? text : iso.toISOString()
}

/** Object ids of the types whose reading both drivers leave to us. */
export const PARSERS: { readonly [oid: number]: (text: string) => unknown } = {
  20: Number, // bigint
  1082: String, // date
  1184: isoInstant, // timestamptz
  1700: Number, // numeric
}
