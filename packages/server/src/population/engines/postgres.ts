import type { Vocabulary } from '@secondwind/core'
import pg from 'pg'
import { Answers, type EngineAnswer, EngineError, lackingColumns } from './engine.ts'
import { loadSnapshot } from './postgres-load.ts'
import type { Script } from './script.ts'
import type { SnapshotSource } from './snapshot-source.ts'

/** The table that a script reads. */
export const SNAPSHOT_TABLE = 'case_snapshot'

/**
 * Runs a script in a PostgreSQL server. Everything stands in a schema of its own that is dropped afterwards, whatever happened; tables are unlogged
 * and not temporary, since PostgreSQL reads no temporary table in parallel.
 */
export async function runInPostgres(
  script: Script,
  source: SnapshotSource,
  words: Vocabulary,
  connection: pg.ClientConfig,
): Promise<EngineAnswer> {
  const client = new pg.Client(connection)
  try {
    await client.connect()
  } catch (error) {
    throw new EngineError(
      `PostgreSQL does not answer: ${(error as Error).message}`,
      'give --connection postgresql://user@host/database, or set SECONDWIND_POSTGRES; the user must be allowed to create a schema',
    )
  }
  const schema = `secondwind_${process.pid}_${Date.now().toString(36)}`
  try {
    const { rows } = await client.query<{ server_version: string }>('show server_version')
    await client.query(`create schema ${schema}`)
    try {
      await client.query(`set search_path to ${schema}`)
      // compiling thousands of expressions takes longer than working them out
      await client.query('set jit = off')
      await client.query("set timezone = 'UTC'")
      const started = performance.now()
      const missing = await loadSnapshot(client, source, words)
      const loaded = performance.now()
      const answers = new Answers()
      for (const step of script.steps) {
        if (step.kind === 'make') {
          await client.query(`create unlogged table ${step.name} as ${step.query}`)
          await client.query(`analyze ${step.name} (case_id)`)
        } else if (step.kind === 'drop') await client.query(`drop table ${step.name}`)
        else answers.take(step, (await client.query<unknown[]>({ text: step.query, rowMode: 'array' })).rows)
      }
      return {
        engine: `PostgreSQL ${rows[0]?.server_version.split(' ')[0]}`,
        lists: answers.lists(),
        counts: answers.counts,
        issues: lackingColumns(source.at, missing),
        timings: { readMs: loaded - started, answerMs: performance.now() - loaded },
      }
    } finally {
      await client.query(`drop schema ${schema} cascade`)
    }
  } finally {
    await client.end()
  }
}
