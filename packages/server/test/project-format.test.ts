import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { columnsOf, DAY_FACTS, DIALECTS, snapshotDdl, snapshotRecords, snapshotRow, snapshotTables } from '@secondwind/compiler'
import { type PatientCase, vocabulary } from '@secondwind/core'
import { readPatientCase } from '@secondwind/fhir'
import { afterAll, expect, test } from 'vitest'
import { openKnowledge, parseCharts, readerFor } from '../src/compose.ts'
import { MANIFEST, SUCCESS } from '../src/project/format.ts'
import { writeSnapshots } from '../src/project/write-snapshots.ts'

const AS_OF = '2026-11-23'
const { knowledge } = openKnowledge()
const words = vocabulary(knowledge.facts, knowledge.criteria)
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'snapshots-'))
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))

const fixtures = path.resolve(import.meta.dirname, '../../../fixtures/patients')
const cases: readonly PatientCase[] = fs
  .readdirSync(fixtures)
  .filter((file) => file.endsWith('.json'))
  .flatMap((file) => {
    const parsed = parseCharts(fs.readFileSync(path.join(fixtures, file)))
    if (!parsed.ok) throw new Error(`${file} cannot be read`)
    return parsed.value.map((chart) => {
      const read = readPatientCase(chart, readerFor(knowledge), { asOf: AS_OF })
      if (!read.ok) throw new Error(`${file} cannot be read`)
      return read.value.patientCase
    })
  })

async function database() {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson()
  return { connection, rows }
}

test('the columns of the Parquet file are those of the SQL snapshot, by name, type and order', async () => {
  const folder = path.join(scratch, 'columns.parquet')
  writeSnapshots(folder, cases.slice(0, 2), knowledge)
  const { connection, rows } = await database()
  for (const statement of snapshotDdl(words, DIALECTS.duckdb)) await connection.run(statement)
  const seen = await rows(`select column_name, column_type from (describe select * from read_parquet('${folder}/*.parquet'))`)
  const expected = await rows('select column_name, column_type from (describe case_snapshot)')
  expect(seen).toEqual(expected)
  expect(seen).toHaveLength(snapshotTables(words, DIALECTS.duckdb)[0]!.columns.length)
})

test('every cell of every fixture patient reads back as the SQL backend would have it', async () => {
  const folder = path.join(scratch, 'cells.parquet')
  writeSnapshots(
    folder,
    cases.map((patientCase) => ({ patientCase, site: null })),
    knowledge,
    { rowsPerPart: 10 },
  )
  const { connection, rows } = await database()
  for (const statement of snapshotDdl(words, DIALECTS.duckdb)) await connection.run(statement)
  const columns = columnsOf(knowledge.facts)
  const records = cases.flatMap((one) => snapshotRecords(snapshotRow(one, columns, DAY_FACTS), words, DIALECTS.duckdb).case_snapshot!)
  const json = path.join(scratch, 'rows.ndjson')
  fs.writeFileSync(json, records.map((record) => `${JSON.stringify(record)}\n`).join(''))
  const types = snapshotTables(words, DIALECTS.duckdb)[0]!.columns.map(([name, type]) => `"${name}": '${type.replaceAll("'", "''")}'`)
  await connection.run(`insert into case_snapshot by name select * from read_json('${json}', columns = {${types.join(', ')}})`)
  const parquet = `read_parquet('${folder}/*.parquet')`
  expect(await rows(`select count(*) from ${parquet}`)).toEqual([[String(cases.length)]])
  expect(await rows(`select case_id from (select * from ${parquet} except all select * from case_snapshot)`)).toEqual([])
  expect(await rows(`select case_id from (select * from case_snapshot except all select * from ${parquet})`)).toEqual([])
})

test('the same cases give the same bytes, and the mark of a whole folder comes with its manifest', () => {
  const [one, two] = ['one.parquet', 'two.parquet'].map((name) => path.join(scratch, name)) as [string, string]
  const manifest = writeSnapshots(one, cases, knowledge, { rowsPerPart: 16 })
  expect(writeSnapshots(two, cases, knowledge, { rowsPerPart: 16 })).toEqual(manifest)
  const files = fs.readdirSync(one).sort()
  expect(files).toEqual([SUCCESS, MANIFEST, 'part-00000.parquet', 'part-00001.parquet', 'part-00002.parquet'])
  for (const file of files) expect(fs.readFileSync(path.join(two, file)).equals(fs.readFileSync(path.join(one, file))), file).toBe(true)
  expect(manifest.rows).toBe(cases.length)
})

test('a snapshot of nobody has every column and no row', async () => {
  const folder = path.join(scratch, 'empty.parquet')
  expect(writeSnapshots(folder, [], knowledge).rows).toBe(0)
  const { rows } = await database()
  expect(await rows(`select count(*), count(histology) from read_parquet('${folder}/*.parquet')`)).toEqual([['0', '0']])
})
