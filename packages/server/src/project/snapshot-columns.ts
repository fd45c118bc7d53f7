import fs from 'node:fs'
import { type FileMetaData, parquetMetadata, parquetRead } from 'hyparquet'
import { listColumn } from './list-column.ts'

/** The values of one column, null or undefined where unknown. A date is its day number. */
export type ColumnValues = ArrayLike<unknown>

/** One Parquet file, of which columns are read by name. What another program has written (sorted, compacted, filtered) is read as well. */
export class SnapshotFile {
  readonly rows: number
  readonly columns: ReadonlySet<string>
  readonly #at: string
  readonly #metadata: FileMetaData
  readonly #lists: ReadonlySet<string>

  private constructor(at: string, metadata: FileMetaData) {
    this.#at = at
    this.#metadata = metadata
    this.rows = Number(metadata.num_rows)
    const [root, ...elements] = metadata.schema
    const names: string[] = []
    const lists: string[] = []
    let next = 0
    for (let i = 0; i < (root?.num_children ?? 0); i++) {
      names.push(elements[next]!.name)
      if ((elements[next]!.num_children ?? 0) > 0) lists.push(elements[next]!.name)
      next = behind(elements, next)
    }
    this.columns = new Set(names)
    this.#lists = new Set(lists)
  }

  /** Throws what hyparquet throws for a file that is not Parquet. */
  static open(at: string): SnapshotFile {
    const handle = fs.openSync(at, 'r')
    try {
      const { size } = fs.fstatSync(handle)
      const tail = Buffer.alloc(8)
      fs.readSync(handle, tail, 0, 8, Math.max(0, size - 8))
      const length = Math.min(size, tail.readUInt32LE() + 8)
      const bytes = new ArrayBuffer(length)
      fs.readSync(handle, new Uint8Array(bytes), 0, length, size - length)
      return new SnapshotFile(at, parquetMetadata(bytes))
    } finally {
      fs.closeSync(handle)
    }
  }

  /** Reads the columns that are there; each in the order of the rows. */
  async read(names: readonly string[]): Promise<ReadonlyMap<string, ColumnValues>> {
    const wanted = names.filter((name) => this.columns.has(name))
    const read = new Map<string, ColumnValues>()
    if (wanted.length === 0 || this.rows === 0) return read
    const handle = fs.openSync(this.#at, 'r')
    try {
      const columns: string[] = []
      for (const name of wanted) {
        const lists = this.#lists.has(name) ? this.#readLists(name, handle) : undefined
        if (lists === undefined) columns.push(name)
        else read.set(name, lists)
      }
      if (columns.length === 0) return read
      await parquetRead({
        file: {
          byteLength: fs.fstatSync(handle).size,
          slice: (start, end) => sliceOf(handle, start, end ?? fs.fstatSync(handle).size),
        },
        metadata: this.#metadata,
        columns,
        parsers: { dateFromDays: (days: number) => days } as never,
        onChunk: ({ columnName, columnData, rowStart, rowEnd }) => {
          if (rowStart === 0 && rowEnd === this.rows) {
            read.set(columnName, columnData)
            return
          }
          const all = (read.get(columnName) as unknown[] | undefined) ?? new Array<unknown>(this.rows)
          for (let row = rowStart; row < rowEnd; row++) all[row] = columnData[row - rowStart]
          read.set(columnName, all)
        },
      })
    } finally {
      fs.closeSync(handle)
    }
    return read
  }

  #readLists(name: string, handle: number): ColumnValues | undefined {
    const all: (readonly unknown[] | null)[] = []
    for (let group = 0; group < this.#metadata.row_groups.length; group++) {
      const lists = listColumn(this.#metadata, group, name, (start, end) => sliceOf(handle, start, end))
      if (lists === undefined) return undefined
      for (const list of lists) all.push(list)
    }
    return all
  }
}

function sliceOf(handle: number, start: number, end: number): ArrayBuffer {
  const bytes = new ArrayBuffer(end - start)
  const into = new Uint8Array(bytes)
  for (let at = 0; at < into.length; ) {
    const read = fs.readSync(handle, into, at, into.length - at, start + at)
    if (read === 0) throw new Error('the file has become shorter while it was read')
    at += read
  }
  return bytes
}

/** The place behind an element and all below it. */
function behind(elements: readonly { readonly num_children?: number }[], at: number): number {
  let next = at + 1
  for (let i = 0; i < (elements[at]!.num_children ?? 0); i++) next = behind(elements, next)
  return next
}
