import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { PatientCase, Truth, Vocabulary } from '@secondwind/core'
import {
  columnsOf,
  DAY_FACTS,
  DIALECTS,
  type JsonRow,
  type SqlDialect,
  snapshotDdl,
  snapshotRecords,
  snapshotRow,
  sqlContext,
  verdictsSql,
} from '../../../src/index.ts'
import type { Backend, Batch } from './backend.ts'

/** The rows of all cases, by table. */
export function recordsOf(cases: readonly PatientCase[], words: Vocabulary, dialect: SqlDialect): ReadonlyMap<string, readonly JsonRow[]> {
  const columns = columnsOf(words.facts)
  const tables = new Map<string, JsonRow[]>()
  for (const one of cases) {
    const records = snapshotRecords(snapshotRow(one, columns, DAY_FACTS), words, dialect)
    for (const [table, rows] of Object.entries(records)) tables.set(table, [...(tables.get(table) ?? []), ...rows])
  }
  return tables
}

/** Runs a query whose columns after the first are verdicts, in pieces, and puts the answers together by case. */
async function inPieces(
  batch: Batch,
  dialect: SqlDialect,
  run: (sql: string) => Promise<readonly (readonly unknown[])[]>,
): Promise<readonly (readonly Truth[])[]> {
  const context = sqlContext(batch.words, dialect, batch.asOf)
  const answers = new Map<string, Truth[]>(batch.cases.map((c) => [c.patient, []]))
  for (let from = 0; from < batch.questions.length; from += dialect.verdictsAtOnce) {
    const piece = batch.questions.slice(from, from + dialect.verdictsAtOnce).map(({ when }, i) => ({ id: `q${i}`, when }))
    for (const [id, ...verdicts] of await run(verdictsSql(piece, context))) answers.get(String(id))!.push(...verdicts.map(truthOfSql))
  }
  return batch.cases.map((c) => answers.get(c.patient)!)
}

export const truthOfSql = (value: unknown): Truth => (value === true ? 'true' : value === false ? 'false' : 'unknown')

/** What both PostgreSQL clients offer. */
export interface PostgresClient {
  query(sql: string, values?: readonly unknown[]): Promise<readonly (readonly unknown[])[]>
  close(): Promise<void>
}

export function postgresBackend(name: string, client: PostgresClient): Backend {
  const dialect = DIALECTS.postgresql
  return {
    name,
    answer: async (batch) => {
      await client.query('drop schema if exists conformance cascade')
      await client.query('create schema conformance')
      await client.query('set search_path to conformance')
      for (const statement of snapshotDdl(batch.words, dialect)) await client.query(statement)
      for (const [table, rows] of recordsOf(batch.cases, batch.words, dialect))
        await client.query(`insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1::jsonb)`, [JSON.stringify(rows)])
      return inPieces(batch, dialect, (sql) => client.query(sql))
    },
    close: () => client.close(),
  }
}

export async function pglite(): Promise<Backend> {
  const { PGlite } = await import('@electric-sql/pglite')
  const db = await PGlite.create()
  return postgresBackend('PGlite', {
    query: async (sql, values = []) => (await db.query<readonly unknown[]>(sql, [...values], { rowMode: 'array' })).rows,
    close: () => db.close(),
  })
}

export async function duckdb(): Promise<Backend> {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  const connection = await instance.connect()
  const dialect = DIALECTS.duckdb
  return {
    name: 'DuckDB',
    answer: async (batch) => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-duckdb-'))
      try {
        for (const statement of snapshotDdl(batch.words, dialect))
          await connection.run(statement.replace('create table', 'create or replace table'))
        for (const [table, rows] of recordsOf(batch.cases, batch.words, dialect)) {
          const file = path.join(folder, `${table}.ndjson`)
          fs.writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
          await connection.run(`copy ${table} from '${file}' (format json)`)
        }
        return await inPieces(batch, dialect, async (sql) => (await connection.runAndReadAll(sql)).getRows())
      } finally {
        fs.rmSync(folder, { recursive: true })
      }
    },
    close: async () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}
