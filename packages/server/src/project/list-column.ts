import { type ColumnMetaData, type FileMetaData, parquetSchema, type SchemaTree } from 'hyparquet'
import { parquetHeader, readPage } from 'hyparquet/src/column.js'
import { convert, DEFAULT_PARSERS } from 'hyparquet/src/convert.js'
import { decompressPage, readDataPage, readDataPageV2 } from 'hyparquet/src/datapage.js'
import { getTreePath } from 'hyparquet/src/schema.js'

/**
 * List columns of a row group, read at the level of Parquet's own encoding: rows with the same list share one array.
 * hyparquet would build an object for every item of every row; most rows hold one of few lists, and most of the time went into that.
 * Only the shape that `format.ts` writes (and DuckDB and Spark write the same); anything else is `undefined`, and is read the general way.
 */
export function listColumn(
  metadata: FileMetaData,
  group: number,
  name: string,
  bytesOf: (start: number, end: number) => ArrayBuffer,
): readonly (readonly unknown[] | null)[] | undefined {
  const tree = parquetSchema(metadata)
  const rows = Number(metadata.row_groups[group]!.num_rows)
  const leaves: Leaf[] = []
  for (const { meta_data: chunk } of metadata.row_groups[group]!.columns) {
    if (chunk === undefined || chunk.path_in_schema[0] !== name) continue
    const path = getTreePath(tree, chunk.path_in_schema)
    const shape = path.slice(1).map(({ element }) => element.repetition_type)
    if (!SHAPES.has(shape.join())) return undefined
    const leaf = leafOf(chunk, path, bytesOf)
    if (leaf.starts.length !== rows + 1) return undefined
    leaves.push(leaf)
  }
  if (leaves.length === 0) return undefined
  const shared = new Map<number, { readonly row: number; readonly list: readonly unknown[] }[]>()
  const lists = new Array<readonly unknown[] | null>(rows)
  for (let row = 0; row < rows; row++) {
    if (leaves[0]!.definition[leaves[0]!.starts[row]!] === 0) {
      lists[row] = null
      continue
    }
    const hash = hashOf(leaves, row)
    const known = shared.get(hash)
    const same = known?.find((one) => leaves.every((leaf) => isSame(leaf, one.row, row)))
    if (same) {
      lists[row] = same.list
      continue
    }
    const list = listAt(leaves, row)
    lists[row] = list
    if (known) known.push({ row, list })
    else shared.set(hash, [{ row, list }])
  }
  return lists
}

/** A list of texts; a field of a list of items; a list of texts in such a field. */
const SHAPES: ReadonlySet<string> = new Set([
  'OPTIONAL,REPEATED,OPTIONAL',
  'OPTIONAL,REPEATED,OPTIONAL,OPTIONAL',
  'OPTIONAL,REPEATED,OPTIONAL,OPTIONAL,REPEATED,OPTIONAL',
])

interface Leaf {
  /** Of the items; undefined where the items are the texts themselves. */
  readonly field: string | undefined
  readonly isNested: boolean
  /** Entry at which each row begins, and the end of the last. */
  readonly starts: Int32Array
  readonly repetition: Uint8Array
  readonly definition: Uint8Array
  /** The definition level of an entry that has a value. */
  readonly full: number
  /** Place of the value in `values`, plus 1. */
  readonly places: Int32Array
  readonly values: readonly unknown[]
}

function leafOf(chunk: ColumnMetaData, schemaPath: SchemaTree[], bytesOf: (start: number, end: number) => ArrayBuffer): Leaf {
  const names = chunk.path_in_schema
  const isNested = names.length === 6
  const full = schemaPath.filter(({ element }) => element.repetition_type !== undefined && element.repetition_type !== 'REQUIRED').length
  const first = Math.min(...[chunk.dictionary_page_offset, chunk.data_page_offset].filter((at) => at !== undefined).map(Number))
  const view = new DataView(bytesOf(first, first + Number(chunk.total_compressed_size)))
  const count = Number(chunk.num_values)
  const decoder = {
    pathInSchema: names,
    element: schemaPath.at(-1)!.element,
    schemaPath,
    ...chunk,
    parsers: { ...DEFAULT_PARSERS, dateFromDays: (days: number) => days },
  } as never as Parameters<typeof readPage>[2]
  const repetition = new Uint8Array(count)
  const definition = new Uint8Array(count)
  const places = new Int32Array(count)
  const values: unknown[] = []
  const placeOf = new Map<unknown, number>()
  const starts: number[] = []
  let entry = 0
  const reader = { view, offset: 0 }
  while (entry < count) {
    const header = parquetHeader(reader)
    if (header.type === 'DICTIONARY_PAGE') {
      const { data = [] } = readPage(reader, header, decoder, undefined, undefined, 0)
      for (const value of convert(data, decoder)) values.push(value)
      continue
    }
    const bytes = new Uint8Array(view.buffer, view.byteOffset + reader.offset, header.compressed_page_size)
    reader.offset += header.compressed_page_size
    const page = header.data_page_header_v2
      ? readDataPageV2(bytes, header, decoder)
      : readDataPage(
          decompressPage(bytes, Number(header.uncompressed_page_size), chunk.codec, undefined),
          header.data_page_header!,
          decoder,
        )
    const { encoding, num_values } = (header.data_page_header_v2 ?? header.data_page_header)!
    const isCoded = encoding.endsWith('_DICTIONARY')
    const { definitionLevels = [], repetitionLevels } = page
    const data = isCoded ? page.dataPage : convert(page.dataPage, decoder)
    let next = 0
    for (let i = 0; i < num_values; i++, entry++) {
      const level = definitionLevels.length === 0 ? full : definitionLevels[i]!
      definition[entry] = level
      repetition[entry] = repetitionLevels[i] ?? 0
      if (repetition[entry] === 0) starts.push(entry)
      if (level !== full) continue
      const value = data[next++]
      places[entry] = isCoded ? Number(value) + 1 : placeAmong(value)
    }
  }
  starts.push(count)
  const field = names.length === 3 ? undefined : names[3]!
  return { field, isNested, starts: Int32Array.from(starts), repetition, definition, full, places, values }

  function placeAmong(value: unknown): number {
    let place = placeOf.get(value)
    if (place === undefined) {
      place = values.length + 1
      values.push(value)
      placeOf.set(value, place)
    }
    return place
  }
}

function hashOf(leaves: readonly Leaf[], row: number): number {
  let hash = 0x811c9dc5
  for (const { starts, places, definition, repetition } of leaves) {
    for (let at = starts[row]!; at < starts[row + 1]!; at++)
      hash = Math.imul(hash ^ (places[at]! + (definition[at]! << 24) + (repetition[at]! << 28)), 0x01000193)
    hash = Math.imul(hash ^ 0x5bd1, 0x01000193)
  }
  return hash
}

function isSame({ starts, places, definition, repetition }: Leaf, one: number, other: number): boolean {
  const length = starts[one + 1]! - starts[one]!
  if (length !== starts[other + 1]! - starts[other]!) return false
  for (let i = 0, a = starts[one]!, b = starts[other]!; i < length; i++, a++, b++)
    if (places[a] !== places[b] || definition[a] !== definition[b] || repetition[a] !== repetition[b]) return false
  return true
}

/** The list of a row that has one. */
function listAt(leaves: readonly Leaf[], row: number): readonly unknown[] {
  const [first] = leaves
  if (first!.definition[first!.starts[row]!] === 1) return []
  if (first!.field === undefined)
    return Array.from({ length: first!.starts[row + 1]! - first!.starts[row]! }, (_, i) => valueAt(first!, first!.starts[row]! + i))
  const items: { [field: string]: unknown }[] = []
  for (const leaf of leaves) {
    let item = -1
    for (let at = leaf.starts[row]!; at < leaf.starts[row + 1]!; at++) {
      if (leaf.repetition[at]! <= 1) {
        item++
        items[item] ??= {}
        items[item]![leaf.field!] = leaf.isNested ? (leaf.definition[at]! < leaf.full - 2 ? null : []) : valueAt(leaf, at)
      }
      if (leaf.isNested && leaf.definition[at] === leaf.full) (items[item]![leaf.field!] as unknown[]).push(valueAt(leaf, at))
    }
  }
  return items
}

const valueAt = ({ places, values }: Leaf, at: number): unknown => (places[at] === 0 ? null : values[places[at]! - 1])
