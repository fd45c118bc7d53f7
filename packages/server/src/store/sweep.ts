import type { Database } from './database.ts'

/** How long is kept what is only there for a while, by the column that says since when. */
const KEPT = [
  ['idempotency', 'recorded_at', '24 hours'],
  ['search_result', 'recorded_at', '1 hour'],
  ['export_job', 'started_at', '24 hours'],
  ['import_progress', 'updated_at', '30 days'],
] as const

export async function sweep(database: Database): Promise<void> {
  for (const table of ['provider_state', 'cds_client_token']) await database.query(`delete from ${table} where ends_at < now()`)
  for (const [table, column, time] of KEPT) await database.query(`delete from ${table} where ${column} < now() - interval '${time}'`)
}
