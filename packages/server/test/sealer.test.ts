import { expect, test } from 'vitest'
import { seal, startSealer, verifyAudit } from '../src/access/index.ts'
import type { Database } from '../src/store/index.ts'
import { until } from './reliability/cluster.ts'
import { onBothDatabases } from './store/databases.ts'

onBothDatabases('the sealer of the audit log', (bench) => {
  const event = (seq: number): string =>
    `insert into audit_event (seq, recorded_at, who, body) overriding system value values (${seq}, now(), 'Practitioner/1', '{}')`
  const links = async (db: Database): Promise<readonly number[]> =>
    (await db.query<{ event: number }>('select event from audit_link order by place')).map((row) => row.event)

  test('looks once a turn for what there is, not again and again while requests come', { timeout: 60_000 }, async () => {
    const { database } = await bench.open()
    let looks = 0
    const counted: Database = {
      ...database,
      transaction: (work, isolation) => {
        looks += 1
        return database.transaction(work, isolation)
      },
    }
    await database.query(event(1))
    const sealer = startSealer(counted, () => {}, 3_600_000)
    await until('the first look', async () => (await links(database)).length === 1)
    await database.query(event(2))
    // whoever looked again at once would have seen it by now
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect({ looks, links: await links(database) }).toEqual({ looks: 1, links: [1] })
    await sealer.stop()
    expect(await links(database)).toEqual([1, 2])
  })

  test('finds what came after later events were sealed', { timeout: 60_000 }, async () => {
    const { database } = await bench.open()
    await database.query(event(7))
    expect(await seal(database, false)).toBe(1)
    await database.query(event(5))
    await database.query(event(8))
    expect(await seal(database, false)).toBe(1)
    expect(await seal(database)).toBe(1)
    expect(await links(database)).toEqual([7, 8, 5])
    expect(await verifyAudit(database)).toMatchObject({ unsealed: 0, faults: [] })
  })
})
