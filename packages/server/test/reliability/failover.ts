import { verifyAudit } from '../../src/access/index.ts'
import { openStore } from '../../src/store/index.ts'
import { CLIENTS, check, load } from '../crash/load.ts'
import { type ServingChild, serve } from '../crash/serving.ts'
import { cluster, type Node, until } from './cluster.ts'

const ROUNDS = 2

async function auditHolds(connectionString: string): Promise<void> {
  const store = await openStore({ database: { postgres: { connectionString } } })
  try {
    const { faults, events } = await verifyAudit(store.database)
    if (faults.length > 0) throw new Error(`the audit chain is broken: ${faults[0]}`)
    console.log(`    ${events} audit events, the chain holds`)
  } finally {
    await store.close()
  }
}

/**
 * PostgreSQL is restarted under load, then loses its power and a standby is promoted. The server, told of both by one connection string, finds the
 * one that takes writes by itself. With a synchronous standby, nothing that was acknowledged is lost.
 */
export async function failover(): Promise<string | undefined> {
  const started = await cluster()
  if ('skipped' in started) return started.skipped
  const { primary, standby, end } = started
  let child: ServingChild | undefined
  try {
    const second: Node = await standby()
    // after the copy was made: the standby must not wait for itself when it is the primary
    await primary.ask("alter system set synchronous_standby_names = 'two'")
    await primary.ask('select pg_reload_conf()')
    await until('the standby follows synchronously', async () => {
      const [row] = await primary.ask("select sync_state from pg_stat_replication where application_name = 'two'")
      return row?.sync_state === 'sync'
    })
    child = await serve({ SECONDWIND_DATABASE_URL: `postgres://postgres@localhost/second_wind?host=${primary.socket},${second.socket}` })
    let numbers: readonly number[] = new Array<number>(CLIENTS).fill(0)
    for (let round = 1; round <= ROUNDS; round += 1) {
      const under = load(child, numbers)
      await until('clients write', () => under.kept.length >= 20)
      await primary.stop('fast')
      await primary.start()
      const then = under.kept.length
      await until('writes go on after a restart', () => under.kept.length > then + 20)
      await under.stop()
      console.log(`    restart ${round}: ${told(under.answers)}`)
      numbers = await check({ postgres: { connectionString: primary.url } }, under)
    }
    const under = load(child, numbers)
    await until('clients write', () => under.kept.length >= 40)
    await primary.stop('immediate')
    const before = Date.now()
    await second.promote()
    const then = under.kept.length
    await until('writes go on at the standby', () => under.kept.length > then)
    const seconds = ((Date.now() - before) / 1000).toFixed(1)
    await until('writes go on at the standby', () => under.kept.length > then + 40)
    await under.stop()
    console.log(`    failover: ${told(under.answers)}; first write ${seconds} s after the promotion was asked for`)
    await check({ postgres: { connectionString: second.url } }, under)
    if ((await child.end('SIGTERM')) !== 0) throw new Error('the server did not stop cleanly')
    await auditHolds(second.url)
    return undefined
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${child?.said().slice(-1500)}`)
  } finally {
    await child?.end('SIGKILL')
    await end()
  }
}

const told = (answers: ReadonlyMap<number, number>): string =>
  [...answers].map(([status, n]) => `${n} × ${status === 0 ? 'no answer' : status}`).join(', ')
