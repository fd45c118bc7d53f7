import type { PlanMaker } from '../plans/plan-maker.ts'
import { readPlanState } from '../plans/plan-state.ts'
import type { Store } from '../store/index.ts'
import { countClocks, keepWorkspace, ROW_FORM } from './keep.ts'

/** Milliseconds between two counts of the clocks. */
const EVERY = 600_000
const BATCH = 200

export interface WorkspaceUpkeep {
  /** Makes the rows that are missing (plans of a time before there were rows), or of another form, and counts the clocks; gives how many rows were made. */
  run(): Promise<number>
  stop(): Promise<void>
}

/** Keeps what lists are made of in order: once at the start, and every ten minutes. A failure is that of the next time. */
export function startWorkspace(config: {
  readonly store: Store
  readonly maker: () => PlanMaker
  readonly today: () => string
  readonly now: () => Date
  readonly tell: (message: string) => void
}): WorkspaceUpkeep {
  const { store, maker, today, now, tell } = config
  let isRunning = true
  let running: Promise<number> = Promise.resolve(0)
  const once = async (): Promise<number> => {
    const made = await fill(store, maker(), () => isRunning)
    if (isRunning) await store.database.transaction((tx) => countClocks(tx, today(), now()))
    return made
  }
  const run = (): Promise<number> => {
    const next = running.catch(() => 0).then(once)
    running = next
    return next
  }
  const quietly = (): void =>
    void run().catch((error: unknown) => tell(`workspace: ${error instanceof Error ? error.message : String(error)}`))
  quietly()
  const timer = setInterval(quietly, EVERY)
  timer.unref()
  return {
    run,
    stop: async () => {
      isRunning = false
      clearInterval(timer)
      await running.catch(() => 0)
    },
  }
}

async function fill(store: Store, maker: PlanMaker, isWanted: () => boolean): Promise<number> {
  let made = 0
  for (let after = ''; isWanted(); ) {
    const rows = await store.database.query<{ patient: string }>(
      `select s.patient from plan_state s where s.patient > $1 and not exists (select 1 from workspace_patient w where w.patient = s.patient and w.form = $3)
       order by s.patient limit $2`,
      [after, BATCH, ROW_FORM],
    )
    if (rows.length === 0) break
    for (const { patient } of rows) {
      if (!isWanted()) break
      await store.transaction({ who: 'second-wind', site: 'second-wind' }, async (tx) => {
        await tx.lock(`plan ${patient}`)
        const kept = await readPlanState(tx.sql, patient)
        if (kept) await keepWorkspace(tx.sql, patient, await tx.chart(patient), { document: kept.document }, maker.knowledge, kept.asOf)
        return { ok: true, value: undefined }
      })
      made += 1
    }
    after = rows.at(-1)!.patient
  }
  return made
}
