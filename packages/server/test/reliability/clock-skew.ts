import fs from 'node:fs'
import { verifyAudit } from '../../src/access/index.ts'
import { openStore } from '../../src/store/index.ts'
import { CLIENTS, check, load } from '../crash/load.ts'
import { type ServingChild, serve } from '../crash/serving.ts'
import { cluster, until } from './cluster.ts'

/** Debian's libfaketime: programs that are started with it see another clock. */
const LIBRARY = ['/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1', '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1'].find(
  (file) => fs.existsSync(file),
)

const clock = (offset: string): { readonly [name: string]: string } =>
  // timers go on at their own pace: only the time of day is another
  ({ LD_PRELOAD: LIBRARY!, FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: '1', FAKETIME_DONT_RESET: '1' })

/**
 * Two servers whose clocks stand an hour behind and an hour ahead write to the same patients of one database. Recorded time comes from the database,
 * order from the chains: both agree, what was known at an instant never shrinks, and both chains hold.
 */
export async function clockSkew(): Promise<string | undefined> {
  if (LIBRARY === undefined) return 'no clock can be moved here (apt-get install faketime)'
  const started = await cluster()
  if ('skipped' in started) return started.skipped
  const { primary, end } = started
  const children: ServingChild[] = []
  try {
    for (const offset of ['-1h', '+1h']) children.push(await serve({ SECONDWIND_DATABASE_URL: primary.url, ...clock(offset) }))
    const dates = await Promise.all(children.map(async ({ base }) => Date.parse((await fetch(`${base}/health`)).headers.get('date')!)))
    if (dates[1]! - dates[0]! < 7_000_000) throw new Error('the clocks of the two servers were not moved')
    // both write to the same patients, so that neither can be right alone
    const none = new Array<number>(CLIENTS).fill(0)
    const loads = children.map((child) => load(child, none))
    await until('both write', () => loads.every(({ kept }) => kept.length >= 40))
    for (const one of loads) await one.stop()
    for (const child of children)
      if ((await child.end('SIGTERM')) !== 0) throw new Error(`a server did not stop cleanly: ${child.said().slice(-800)}`)
    const database = { postgres: { connectionString: primary.url } }
    // the two write the same numbers: what stands last is the last of either
    await check(database, { acknowledged: none, kept: loads.flatMap(({ kept }) => kept) })
    const store = await openStore({ database })
    try {
      const [gone] = await store.database.query<{ n: number }>(
        `select count(*) as n from chart_version a join chart_version b on a.chart = b.chart and b.revision = a.revision + 1 and b.recorded_at < a.recorded_at`,
      )
      if (gone!.n > 0) throw new Error(`recorded time goes back in ${gone!.n} places`)
      const [late] = await store.database.query<{ n: number }>(
        `select count(*) as n from chart_version where recorded_at > clock_timestamp() or recorded_at < clock_timestamp() - interval '30 minutes'`,
      )
      if (late!.n > 0) throw new Error(`${late!.n} versions carry the time of a server, not of the database`)
      for (let client = 0; client < CLIENTS; client += 1) {
        const { versions } = await store.history({ type: 'Patient', id: `c${client}`, count: 1000 })
        let known = Number.POSITIVE_INFINITY
        for (const { recordedAt } of versions) {
          const { revision } = await store.chart(`c${client}`, recordedAt)
          if (revision > known) throw new Error(`what was known at ${recordedAt} is more than what was known later`)
          known = revision
        }
      }
      const { faults, events } = await verifyAudit(store.database)
      if (faults.length > 0) throw new Error(`the audit chain is broken: ${faults[0]}`)
      console.log(`    ${events} audit events, the chain holds`)
    } finally {
      await store.close()
    }
    return undefined
  } finally {
    for (const child of children) await child.end('SIGKILL')
    await end()
  }
}
