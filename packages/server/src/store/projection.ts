import type { Transaction } from './database.ts'
import type { ChartContent, StoredVersion } from './types.ts'

/**
 * What is worked out from a chart and kept beside it, in the same transaction: the case snapshot. Given to the store by `compose.ts`, which knows
 * the readers and the knowledge; the store only knows that it can be thrown away and made again.
 */
export interface Projection {
  /** Changes when the tables or their content would come out differently: a new knowledge release, a new fact. The tables are then made again. */
  readonly fingerprint: string
  /** The release of the knowledge, for people. */
  readonly release: string
  /** Statements that make the empty tables, each named `case_snapshot…` with a column `case_id`. */
  readonly create: readonly string[]
  /** Statements that remove them. */
  readonly drop: readonly string[]
  /** Whether what was written can change the case. */
  readonly isAbout: (version: StoredVersion) => boolean
  /** Writes the rows of one patient, of whom none stand. Must not throw for a chart that cannot be understood: no rows is an answer. */
  readonly write: (tx: Transaction, chart: ChartContent) => Promise<void>
}
