import { expect, test } from 'vitest'
import { recordAudit, seal, verifyAudit } from '../src/access/index.ts'
import { onBothDatabases } from './store/databases.ts'

onBothDatabases('the audit chain', (bench) => {
  const entry = (i: number) => ({
    recordedAt: `2026-11-23T10:00:0${i % 10}.000Z`,
    who: 'Practitioner/1',
    interaction: 'read',
    route: 't',
    what: [`Observation/${i}`],
    outcome: 'done' as const,
  })

  test('is whole, and shows what was changed, taken out or cut off', { timeout: 60_000 }, async () => {
    const store = await bench.open()
    const db = store.database
    await recordAudit(db, [...Array.from({ length: 30 }, (_, i) => entry(i)), { ...entry(30), patients: ['a', 'b'] }])
    expect(await verifyAudit(db)).toMatchObject({ events: 31, unsealed: 31, faults: [] })
    while ((await seal(db)) > 0);
    const whole = await verifyAudit(db)
    expect(whole).toMatchObject({ events: 31, unsealed: 0, faults: [], head: { place: 31 } })
    await expect(db.query(`update audit_event set who = 'x' where seq = 3`)).rejects.toThrow(/only grows/)
    await expect(db.query('delete from audit_link where place = 3')).rejects.toThrow(/only grows/)

    // somebody with the keys of the database
    const tamper = async (statement: string, table: string): Promise<readonly string[]> => {
      await db.query(`alter table ${table} disable trigger all`)
      await db.query(statement)
      return (await verifyAudit(db, whole.head)).faults
    }
    expect(await tamper(`update audit_event set who = 'Practitioner/2' where seq = 5`, 'audit_event')).toEqual([
      expect.stringContaining('event 5'),
    ])
    await db.query(`update audit_event set who = 'Practitioner/1' where seq = 5`)
    expect((await verifyAudit(db)).faults).toEqual([])
    // taken from among those who were seen together
    expect(await tamper(`update audit_event set patients = '{a}' where seq = 31`, 'audit_event')).toEqual([
      expect.stringContaining('event 31'),
    ])
    await db.query(`update audit_event set patients = '{a,b}' where seq = 31`)
    expect((await verifyAudit(db)).faults).toEqual([])
    expect(await tamper('delete from audit_link where place > 20', 'audit_link')).toEqual([expect.stringContaining('cut off')])
    expect(await tamper('delete from audit_event where seq = 7', 'audit_event')).toContainEqual(expect.stringContaining('event 7'))
  })
})
