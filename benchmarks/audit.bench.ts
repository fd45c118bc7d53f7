import os from 'node:os'
import { recordAudit, seal, verifyAudit } from '../packages/server/src/access/index.ts'
import { openStore } from '../packages/server/src/store/index.ts'
import { postgresServer } from '../packages/server/test/store/postgres-server.ts'

/**
 * `npm run bench -- audit [EVENTS]`: writing events of the audit log, sealing them into the chain, and working the whole chain out again, on a real
 * PostgreSQL. The baseline is the same number of rows read and hashed without a chain. A changed event must be found, or nothing is printed.
 */
const events = Number(process.argv[2] ?? 1_000_000)
const server = await postgresServer()
if ('skipped' in server) {
  console.log(`skipped: ${server.skipped}`)
  process.exit(0)
}
const store = await openStore({ database: { postgres: await server.database() } })
const db = store.database
const processor: number[] = []
/** Seconds by the clock; those of this process's processor time, which other work on the machine changes less, are noted beside. */
const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now()
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  processor.push(Number(((user + system) / 1e6).toFixed(1)))
  return (performance.now() - started) / 1000
}
try {
  const entry = (i: number) => ({
    recordedAt: new Date(Date.UTC(2026, 10, 23) + i).toISOString(),
    who: `Practitioner/${i % 50}`,
    role: 'oncologist',
    site: 'north',
    purpose: 'TREAT',
    interaction: 'read',
    route: 'fhir-read',
    requestId: `request-${i}`,
    patient: `p${i % 10_000}`,
    what: [`Observation/o${i}/_history/1`],
    outcome: 'done' as const,
  })
  const writing = await seconds(async () => {
    for (let at = 0; at < events; at += 1000)
      await recordAudit(
        db,
        Array.from({ length: Math.min(1000, events - at) }, (_, i) => entry(at + i)),
      )
  })
  const sealing = await seconds(async () => {
    while ((await seal(db)) > 0);
  })
  const reading = await seconds(async () => {
    for (let after = 0; ; ) {
      const rows = await db.query<{ seq: number; body: string }>(
        'select seq, body from audit_event where seq > $1 order by seq limit 20000',
        [after],
      )
      if (rows.length === 0) return
      after = rows.at(-1)!.seq
    }
  })
  let whole = await verifyAudit(db)
  const verifying = await seconds(async () => {
    whole = await verifyAudit(db)
  })
  if (whole.faults.length > 0 || whole.events !== events || whole.unsealed !== 0)
    throw new Error(`the chain is not whole: ${whole.faults[0]}`)
  await db.query('alter table audit_event disable trigger all')
  await db.query(`update audit_event set body = replace(body, 'Observation', 'Condition') where seq = $1`, [Math.ceil(events / 2)])
  const broken = await verifyAudit(db)
  if (broken.faults.length !== 1) throw new Error('a changed event was not found')
  console.log(
    `${events} events: written in ${writing.toFixed(1)} s, sealed in ${sealing.toFixed(1)} s, verified in ${verifying.toFixed(1)} s`,
  )
  console.log(
    `read alone: ${reading.toFixed(1)} s; processor time of writing, sealing, reading, verifying: ${processor.join(', ')} s; load ${os.loadavg()[0]!.toFixed(1)}`,
  )
  console.log(
    JSON.stringify({
      bench: 'audit',
      ratios: { 'verify-over-read': Number((verifying / reading).toFixed(2)) },
      figures: {
        events,
        writeSeconds: writing,
        sealSeconds: sealing,
        verifySeconds: verifying,
        readSeconds: reading,
        processor,
        load: os.loadavg()[0],
      },
    }),
  )
} finally {
  await store.close()
  await server.stop()
}
