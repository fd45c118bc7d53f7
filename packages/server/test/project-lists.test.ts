import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { ByteWriter, parquetWrite } from 'hyparquet-writer'
import { afterAll, expect, test } from 'vitest'
import { parquetSchema, type SnapshotColumn } from '../src/project/format.ts'
import { SnapshotFile } from '../src/project/snapshot-columns.ts'

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'lists-'))
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))

const COLUMNS: readonly SnapshotColumn[] = [
  { name: 'case_id', kind: 'text', isRequired: true },
  { name: 'codes', kind: 'texts', isRequired: false },
  {
    name: 'lines',
    kind: {
      rows: [
        { name: 'drugs', kind: 'texts', isRequired: false },
        { name: 'number', kind: 'number', isRequired: false },
        { name: 'start_first', kind: 'date', isRequired: false },
        { name: 'done', kind: 'truth', isRequired: false },
        { name: 'name', kind: 'text', isRequired: false },
      ],
    },
    isRequired: false,
  },
]

const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null })
const word = fc.constantFrom('a', 'b', 'osimertinib', 'é', '')
const line = fc.record({
  drugs: maybe(fc.array(word, { maxLength: 3 })),
  number: maybe(fc.constantFrom(0, 1, 2.5, -3, Number.POSITIVE_INFINITY)),
  start_first: maybe(fc.integer({ min: -40_000, max: 40_000 })),
  done: maybe(fc.boolean()),
  name: maybe(word),
})
const rows = fc.array(fc.record({ codes: maybe(fc.array(word, { maxLength: 4 })), lines: maybe(fc.array(line, { maxLength: 4 })) }), {
  minLength: 1,
  maxLength: 60,
})

function write(name: string, data: readonly { readonly codes: unknown; readonly lines: unknown }[]): string {
  const writer = new ByteWriter()
  parquetWrite({
    writer,
    schema: parquetSchema(COLUMNS),
    columnData: [
      { name: 'case_id', data: data.map((_, i) => `Patient/${i}`) },
      { name: 'codes', data: data.map(({ codes }) => codes) as never },
      { name: 'lines', data: data.map(({ lines }) => lines) as never },
    ],
    statistics: false,
    rowGroupSize: 17,
  })
  const file = path.join(scratch, name)
  fs.writeFileSync(file, new Uint8Array(writer.getBuffer()))
  return file
}

async function read(file: string) {
  const columns = await SnapshotFile.open(file).read(['codes', 'lines'])
  return Array.from({ length: columns.get('codes')!.length }, (_, row) => ({
    codes: columns.get('codes')![row] ?? null,
    lines: columns.get('lines')![row] ?? null,
  }))
}

test('lists that were written are the lists that are read, null, empty and nested ones too, in any order and repetition', async () => {
  await fc.assert(
    fc.asyncProperty(rows, async (data) => {
      expect(await read(write('own.parquet', data))).toEqual(data)
    }),
    { seed: 20261123, numRuns: 60 },
  )
})

test('the same after DuckDB has written the file over', async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const other = path.join(scratch, 'other.parquet')
  await fc.assert(
    fc.asyncProperty(rows, async (data) => {
      const own = write('own.parquet', data)
      await connection.run(`copy (select * from '${own}') to '${other}' (format parquet)`)
      expect(await read(other)).toEqual(data)
    }),
    { seed: 20261123, numRuns: 25 },
  )
})
