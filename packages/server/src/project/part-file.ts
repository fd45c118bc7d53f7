import { createHash } from 'node:crypto'
import type { FactDefinition, PatientCase } from '@secondwind/core'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { software } from '../compose.ts'
import { writeDurably } from './durable.ts'
import { CASE_ID, PROJECTED_ON, parquetSchema, SITE } from './format.ts'
import { SnapshotRows } from './snapshot-rows.ts'

/** Rows that are held before they are encoded: some 40 MB. */
const ROWS_A_GROUP = 8192

/** One Parquet file of snapshots while it is made. Nothing is on disk before `finish`, and then all of it. */
export class PartFile {
  readonly #registry: readonly FactDefinition[]
  readonly #bytes = new ByteWriter()
  readonly #parquet: ParquetWriter
  #rows: SnapshotRows
  #written = 0

  constructor(registry: readonly FactDefinition[]) {
    this.#registry = registry
    this.#rows = new SnapshotRows(registry)
    this.#parquet = new ParquetWriter({ writer: this.#bytes, schema: parquetSchema(this.#rows.layout.columns), createdBy: software })
  }

  get size(): number {
    return this.#written + this.#rows.size
  }

  add(patientCase: PatientCase, site: string | null): void {
    this.#rows.add(patientCase, site)
    if (this.#rows.size >= ROWS_A_GROUP) this.#flush()
  }

  /** Writes the file; its digest. */
  finish(file: string): { readonly rows: number; readonly sha256: string } {
    this.#flush()
    this.#parquet.finish()
    const bytes = new Uint8Array(this.#bytes.getBuffer())
    writeDurably(file, bytes)
    return { rows: this.#written, sha256: createHash('sha256').update(bytes).digest('hex') }
  }

  #flush(): void {
    const { data, layout, size } = this.#rows
    if (size === 0) return
    this.#parquet.write({
      // who is in a part is worth knowing before it is read; the other statistics would cost more than the rows
      columnData: layout.columns.map(({ name }, at) => ({
        name,
        data: data[at]!,
        statistics: at === CASE_ID || at === SITE || at === PROJECTED_ON,
      })),
      rowGroupSize: size,
    })
    this.#written += size
    this.#rows = new SnapshotRows(this.#registry)
  }
}
