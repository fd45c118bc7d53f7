import type { Fact, KnowledgeBase } from '@secondwind/core'
import type { NetworkOverdue, NetworkOverview, NetworkQuality, NetworkWaits } from '../contract/network.ts'
import type { Database } from '../store/index.ts'
import { MeasureCounter } from './measures.ts'
import { countSites, type SiteCounts, sitesOf, sumOf } from './sites.ts'
import { WaitCounter, type WayOfPatient } from './waits.ts'

/** Counts of fewer people are hidden: the custom of public tables in the United States, and what `secondwind quality` does. */
export const SUPPRESS_BELOW = 11
/** Heavy counts are made again when they are older than this. */
const STALE_MS = 15 * 60_000
/** Patients that are counted at a time, with room for other requests between. */
const PART = 1000
const YEAR_DAYS = 365
const DAY = 86_400_000

interface Heavy {
  readonly countedAt: string
  readonly day: string
  readonly waits: NetworkWaits
  readonly quality: NetworkQuality
}

export interface NetworkCounts {
  /** The overview as it stands: live counts, with the heavy ones as old as they say. */
  overview(): Promise<NetworkOverview>
  /** Makes the heavy counts again; those who ask meanwhile get the ones before. */
  refresh(): Promise<void>
}

export function networkCounts(db: Database, knowledge: () => KnowledgeBase, today: () => string, now: () => Date): NetworkCounts {
  let heavy: Heavy | undefined
  let running: Promise<void> | undefined
  const refresh = (): Promise<void> => {
    running ??= countHeavy(db, knowledge(), today(), now())
      .then((counted) => {
        heavy = counted
      })
      .finally(() => {
        running = undefined
      })
    return running
  }
  return {
    refresh,
    overview: async () => {
      const day = today()
      const isStale = heavy === undefined || heavy.day !== day || now().getTime() - Date.parse(heavy.countedAt) > STALE_MS
      // who asks does not wait for it: the answer says how old its counts are
      if (isStale) refresh().catch(() => {})
      const counts = await countSites(db, day)
      return {
        today: day,
        suppressBelow: SUPPRESS_BELOW,
        patients: {
          living: sumOf(counts, ({ living }) => living),
          closed: sumOf(counts, ({ closed }) => closed),
          unplanned: sumOf(counts, ({ unplanned }) => unplanned),
          refused: sumOf(counts, ({ refused }) => refused),
        },
        overdue: overdueOf(counts),
        sites: await sitesOf(db, counts),
        ...(heavy === undefined ? {} : { countedAt: heavy.countedAt, waits: heavy.waits, quality: heavy.quality }),
      }
    },
  }
}

const overdueOf = (counts: readonly SiteCounts[]): NetworkOverdue => ({
  emergencies: sumOf(counts, (one) => one.emergencies),
  changed: sumOf(counts, (one) => one.changed),
  decisionsDue: sumOf(counts, (one) => one.decisionsDue),
  ordersOverdue: sumOf(counts, (one) => one.ordersOverdue),
  ordersWithoutClock: sumOf(counts, (one) => one.ordersWithoutClock),
  appointmentsMissed: sumOf(counts, (one) => one.appointmentsMissed),
  toPutRight: sumOf(counts, (one) => one.toPutRight),
})

interface CaseRow {
  readonly patient: string
  readonly site: string
  readonly tissue_on: string | null
  readonly decided_at: string | null
  readonly facts: { readonly [id: string]: Fact }
}

async function countHeavy(db: Database, knowledge: KnowledgeBase, today: string, now: Date): Promise<Heavy> {
  const [size] = await db.query<{ count: number }>('select count(*) as count from network_case')
  const waits = new WaitCounter(new Date(Date.parse(today) - YEAR_DAYS * DAY).toISOString().slice(0, 10))
  const measures = new MeasureCounter(knowledge, today, size?.count ?? 0)
  for (let after = ''; ; ) {
    const rows = await db.query<CaseRow>(
      `select n.patient, n.site, n.tissue_on, n.facts, (select min(d.recorded_at) from decision_journal d where d.patient = n.patient) as decided_at
       from network_case n where n.patient > $1 order by n.patient limit $2`,
      [after, PART],
    )
    if (rows.length === 0) break
    const ways = rows.map(
      ({ site, tissue_on, decided_at, facts }): WayOfPatient => ({
        site,
        facts,
        tissueOn: tissue_on ?? undefined,
        decidedOn: decided_at?.slice(0, 10),
      }),
    )
    for (const way of ways) waits.add(way)
    measures.add(ways)
    after = rows.at(-1)!.patient
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { countedAt: now.toISOString(), day: today, waits: waits.result(SUPPRESS_BELOW), quality: measures.result(SUPPRESS_BELOW) }
}
