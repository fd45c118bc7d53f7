import path from 'node:path'
import { type SqlDialect, snapshotTables } from '@secondwind/compiler'
import { type Issue, ok, type Result, type Vocabulary } from '@secondwind/core'
import { openSnapshot } from '../../project/read-snapshots.ts'

/** The Parquet files of a whole case snapshot. */
export interface SnapshotSource {
  readonly at: string
  readonly files: readonly string[]
  /** Of each file. */
  readonly rowsOf: readonly number[]
  readonly rows: number
}

/** Refuses a folder that is not whole, as the columns backend does. */
export function snapshotSource(at: string): Result<SnapshotSource, readonly Issue[]> {
  const opened = openSnapshot(at)
  if (!opened.ok) return opened
  const { manifest } = opened.value
  return ok({
    at,
    files: manifest.parts.map(({ file }) => path.resolve(at, file)),
    rowsOf: manifest.parts.map(({ rows }) => rows),
    rows: manifest.rows,
  })
}

/** The columns of the registry that a snapshot lacks: a fact that is newer than the snapshot is unknown in it. */
export function missingColumns(
  has: ReadonlySet<string>,
  words: Vocabulary,
  dialect: SqlDialect,
): readonly (readonly [name: string, type: string])[] {
  const main = snapshotTables(words, dialect)[0]!
  return main.columns.filter(([name]) => !has.has(name))
}
