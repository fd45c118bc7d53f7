import type { Database, Transaction } from './database.ts'

/** News of the chart for the jobs: written with the versions it tells of, gone when it was dealt with. */
export interface OutboxMessage {
  readonly seq: number
  readonly topic: 'chart-changed'
  readonly chart: string
  readonly revision: number
  readonly recordedAt: string
  readonly body: { readonly resources: readonly string[]; readonly by: string }
}

export interface Outbox {
  /**
   * Takes up to `count` messages that nobody else holds and gives them to `work`; they are gone when it ends well and stay when it throws,
   * so that each is dealt with at least once. Gives how many were taken.
   */
  take(count: number, work: (messages: readonly OutboxMessage[], tx: Transaction) => Promise<void>): Promise<number>
  size(): Promise<number>
}

interface Row extends Omit<OutboxMessage, 'recordedAt'> {
  readonly recorded_at: string
}

export const outbox = (database: Database): Outbox => ({
  take: (count, work) =>
    database.transaction(async (tx) => {
      const rows = await tx.query<Row>('select * from outbox order by seq limit $1 for update skip locked', [count])
      if (rows.length === 0) return 0
      await work(
        rows.map(({ recorded_at, ...rest }) => ({ ...rest, recordedAt: recorded_at })),
        tx,
      )
      await tx.query('delete from outbox where seq = any($1::bigint[])', [rows.map(({ seq }) => seq)])
      return rows.length
    }),
  size: async () => (await database.query<{ n: number }>('select count(*) as n from outbox'))[0]?.n ?? 0,
})
