import type { PgBoss } from 'pg-boss'
import { type Calm, calmness } from '../calm.ts'
import type { PlanMaker } from '../plans/plan-maker.ts'
import { replan } from '../plans/replan.ts'
import { chartsNaming, type Store } from '../store/index.ts'
import { bossOn, jobsSchema, within } from './boss.ts'

export interface JobsConfig {
  readonly store: Store
  readonly maker: () => PlanMaker
  readonly today: () => string
  readonly now: () => Date
  /** What goes wrong; never anything of a patient. */
  readonly tell: (message: string) => void
  /** Tells when requests leave time; without it there are none. */
  readonly calm?: Calm
  /** Milliseconds between two looks into the outbox, unless one look was not enough. */
  readonly pollMilliseconds?: number
}

export interface JobState {
  readonly queue: string
  readonly waiting: number
  readonly running: number
  readonly dead: number
}

/** A job that failed in all its tries. Its data names a patient: for those who may see jobs only. */
export interface DeadJob {
  readonly id: string
  readonly queue: string
  readonly data: unknown
  readonly failedAt: string
  readonly error: string
}

export interface Jobs {
  /** Asks for a new plan of each of these patients; one that waits already is not asked for twice. */
  askReplan(patients: readonly string[]): Promise<void>
  states(): Promise<readonly JobState[]>
  dead(): Promise<readonly DeadJob[]>
  /** Puts the dead jobs back into their queues. Gives how many. */
  revive(): Promise<number>
  /** Waits until nothing waits or runs any more: for tests and for a clean end. */
  idle(milliseconds?: number): Promise<void>
  /** Lets what runs end, takes nothing new. What waits is done by the next process. */
  stop(): Promise<void>
}

const REPLAN = 'replan'
const DEAD = 'replan-dead'
const SWEEP = 'sweep'
/** Plans made again at a time: with the longest waits well within the time after which a job counts as lost. */
const BATCH = 20
/** Messages that one look takes. */
const TAKEN = 200
/** Patients whose plans a sweep asks for at a time. */
const SWEEP_BATCH = 500

/**
 * Background work: plans are made again when a chart has changed (the outbox says so), when a new release of the knowledge is there, and every night,
 * since a plan hangs on the day. At least once: a process that dies leaves its job to the next; making a plan twice changes nothing.
 */
export async function startJobs(config: JobsConfig): Promise<Jobs> {
  const { store, maker, today, now, tell, calm = calmness(), pollMilliseconds = 250 } = config
  const boss = bossOn(store.database)
  boss.on('error', (error) => tell(`jobs: ${error.message}`))
  await boss.start()
  await boss.createQueue(DEAD)
  await boss.createQueue(REPLAN, {
    // one waiting job for each patient; while one runs another may wait, so that no change is missed
    policy: 'short',
    retryLimit: 5,
    retryDelay: 2,
    retryBackoff: true,
    retryDelayMax: 300,
    expireInSeconds: 60,
    deadLetter: DEAD,
  })
  await boss.createQueue(SWEEP, { policy: 'exclusive', retryLimit: 5, retryDelay: 10, retryBackoff: true, expireInSeconds: 900 })
  // the next process does it if this one is gone at the hour
  await boss.schedule(SWEEP, '10 0 * * *', {}, { tz: 'UTC' })

  await boss.work<{ patient: string }>(
    REPLAN,
    { batchSize: BATCH, pollingIntervalSeconds: 0.5, burstWhenBatchFull: true, perJobResults: true },
    async (jobs) => {
      const results = []
      // well within the time after which a job counts as lost
      const quiet = calm.waiter(10_000)
      for (const { id, data } of jobs) {
        await quiet()
        try {
          const { outcome } = await replan(store, maker(), data.patient, today(), now)
          results.push({ id, status: 'completed' as const, output: { outcome } })
        } catch (error) {
          results.push({ id, status: 'failed' as const, output: { error: messageOf(error) } })
        }
      }
      return results
    },
  )
  await boss.work(SWEEP, { pollingIntervalSeconds: 2 }, () => sweep(boss, store, today(), maker().knowledge.digest))
  await boss.send(SWEEP, {}, { singletonKey: 'start' })

  const relay = startRelay(boss, store, pollMilliseconds, tell)
  return {
    askReplan: async (patients) => {
      await boss.insert(REPLAN, jobsOf(patients))
    },
    states: () =>
      Promise.all(
        [REPLAN, SWEEP].map(async (queue) => {
          const { queued, active } = await countsOf(store, queue)
          return { queue, waiting: queued, running: active, dead: queue === REPLAN ? (await countsOf(store, DEAD)).queued : 0 }
        }),
      ),
    dead: () => deadJobs(store),
    revive: async () => {
      const waiting = await deadJobs(store)
      await boss.insert(REPLAN, jobsOf(waiting.map(({ data }) => (data as { patient: string }).patient)))
      if (waiting.length > 0)
        await boss.deleteJob(
          DEAD,
          waiting.map(({ id }) => id),
        )
      return waiting.length
    },
    idle: async (milliseconds = 30_000) => {
      const end = Date.now() + milliseconds
      while (Date.now() < end) {
        if ((await store.outbox.size()) === 0) {
          const counts = [await countsOf(store, REPLAN), await countsOf(store, SWEEP)]
          if (counts.every(({ queued, active }) => queued + active === 0)) return
        }
        await sleep(50)
      }
      throw new Error('jobs are still waiting or running')
    },
    stop: async () => {
      await relay.stop()
      await boss.stop({ graceful: true, timeout: 20_000 })
    },
  }
}

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 500)
const jobsOf = (patients: readonly string[]) => patients.map((patient) => ({ data: { patient }, singletonKey: patient }))

/** Turns news of charts into jobs, in one transaction each: a message is gone when its job is there. */
function startRelay(boss: PgBoss, store: Store, poll: number, tell: JobsConfig['tell']): { stop(): Promise<void> } {
  let isRunning = true
  let wake: (() => void) | undefined
  const loop = async (): Promise<void> => {
    while (isRunning) {
      const taken = await store.outbox
        .take(TAKEN, async (messages, tx) => {
          const own = messages.flatMap(({ chart }) => (chart.startsWith('Patient/') ? [chart] : []))
          const shared = messages
            .filter(({ chart }) => !chart.startsWith('Patient/'))
            .map(({ chart }) => chart.split('/') as [string, string])
          const named = await chartsNaming(
            tx,
            shared.map(([type, id]) => ({ type, id })),
          )
          const patients = new Set([...own, ...named].map((chart) => chart.slice('Patient/'.length)))
          if (patients.size > 0) await boss.insert(REPLAN, jobsOf([...patients]), { db: within(tx) })
        })
        .catch((error: unknown) => {
          tell(`outbox: ${messageOf(error)}`)
          return 0
        })
      // one at a time they would cost a transaction each
      if (taken === TAKEN || !isRunning) continue
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, poll)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }
  const done = loop()
  return {
    stop: async () => {
      isRunning = false
      wake?.()
      await done
    },
  }
}

/** Asks for the plans that are of another day or another release, and for those of patients who never had one. */
async function sweep(boss: PgBoss, store: Store, today: string, digest: string): Promise<void> {
  for (let after = ''; ; ) {
    const rows = await store.database.query<{ id: string }>(
      `select r.id from resource_current r left join plan_state s on s.patient = r.id
       where r.type = 'Patient' and not r.is_deleted and r.id > $1
         and (s.patient is null or s.knowledge_digest <> $2 or s.as_of < $3::date)
       order by r.id limit $4`,
      [after, digest, today, SWEEP_BATCH],
    )
    if (rows.length === 0) return
    await boss.insert(REPLAN, jobsOf(rows.map(({ id }) => id)))
    after = rows.at(-1)!.id
  }
}

async function countsOf(store: Store, queue: string): Promise<{ readonly queued: number; readonly active: number }> {
  const [row] = await store.database.query<{ queued: number; active: number }>(
    `select count(*) filter (where state in ('created', 'retry')) as queued, count(*) filter (where state = 'active') as active
     from ${jobsSchema(store.database)}.job where name = $1`,
    [queue],
  )
  return row ?? { queued: 0, active: 0 }
}

async function deadJobs(store: Store): Promise<readonly DeadJob[]> {
  const rows = await store.database.query<{ id: string; data: unknown; created_on: string; output: { error?: string } | null }>(
    `select id, data, created_on, output from ${jobsSchema(store.database)}.job where name = $1 and state in ('created', 'retry', 'active') order by created_on limit 1000`,
    [DEAD],
  )
  return rows.map(({ id, data, created_on, output }) => ({ id, queue: REPLAN, data, failedAt: created_on, error: output?.error ?? '' }))
}
