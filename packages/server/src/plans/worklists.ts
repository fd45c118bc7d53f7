import { type ChartScope, patientsIn, type Queries } from '../store/index.ts'
import type { ShownChange } from './plan-state.ts'

/** What needs somebody today. Each list is one query over the newest plans. */
export const WORKLISTS = {
  emergencies: 'Patients with an emergency or an urgent alert, the most pressing first',
  'missing-tests': 'Patients whose next treatment waits for a result',
  changed: 'Plans that came out differently: by new data, by a new release of the knowledge, or by the calendar',
  'without-decision': 'Patients with a plan and no decision recorded on this state of the chart',
  refused: 'Charts that must be put right before a plan can be made safely',
} as const

export type WorklistName = keyof typeof WORKLISTS
export const isWorklist = (name: string): name is WorklistName => Object.hasOwn(WORKLISTS, name)

export interface WorklistItem {
  readonly patient: string
  readonly site: string
  readonly story: string
  readonly status: string
  readonly asOf: string
  readonly revision: number
  /** The chart has changed since this plan was made: it is made again as soon as can be, and until then this is what it was. */
  readonly isBehind?: true
  readonly knowledge: string
  readonly first?: { readonly option: string; readonly title: string; readonly standing: string }
  readonly alerts: readonly { readonly id: string; readonly urgency: string; readonly title: string }[]
  readonly tests: readonly { readonly id: string; readonly title: string; readonly urgency: string; readonly before?: string }[]
  /** Of the list `changed`. */
  readonly change?: {
    readonly seq: number
    readonly at: string
    readonly cause: string
    readonly priority: number
    readonly changes: readonly ShownChange[]
  }
}

export interface WorklistPage {
  readonly items: readonly WorklistItem[]
  /** Give it back to read on; absent on the last page. */
  readonly next?: string
}

interface Row {
  readonly patient: string
  readonly site: string
  readonly story: string
  readonly status: string
  readonly as_of: string
  readonly revision: number
  readonly is_behind: boolean
  readonly knowledge_version: string
  readonly first_option: string | null
  readonly first_title: string | null
  readonly first_standing: string | null
  readonly alerts: WorklistItem['alerts']
  readonly tests: WorklistItem['tests']
  readonly change_seq?: number
  readonly change_at?: string
  readonly cause?: string
  readonly priority?: number
  readonly changes?: readonly ShownChange[]
  readonly sort_key: string
}

/** `order`: a text that sorts as the list should; the patient (the change) makes it unique, so that paging holds while plans change. */
const LISTS: { readonly [name in WorklistName]: { readonly where: string; readonly order: string; readonly changes?: true } } = {
  emergencies: {
    where: '(s.emergencies > 0 or s.urgent_alerts > 0)',
    order: `lpad((9999 - s.emergencies)::text, 4, '0') || lpad((9999 - s.urgent_alerts)::text, 4, '0') || s.patient`,
  },
  'missing-tests': {
    where: `s.tests_before_treatment > 0 and s.status = 'proposed'`,
    order: `lpad((9999 - s.tests_before_treatment)::text, 4, '0') || s.patient`,
  },
  changed: {
    where: '(c.handled_at is null and (c.snoozed_until is null or c.snoozed_until <= current_date))',
    order: `c.priority::text || lpad(c.seq::text, 18, '0')`,
    changes: true,
  },
  'without-decision': {
    where: `s.status = 'proposed' and not exists (
      select 1 from decision_journal d where d.patient = s.patient and (d.body::json ->> 'chartRevision')::bigint = s.revision)`,
    order: 's.patient',
  },
  refused: { where: `s.status = 'refused'`, order: 's.patient' },
}

/**
 * Whether the chart of a patient has changed since that revision: an acknowledged write is there before the plan that knows of it, and where planning fails
 * the old one stands. SQL.
 */
export const isBehind = (patient: string, revision: string): string =>
  `exists (select from chart_head h where h.chart = 'Patient/' || ${patient} and h.revision > ${revision})`

/** One page of a list, of the charts that the caller may see. */
export async function worklistPage(
  db: Queries,
  name: WorklistName,
  {
    count,
    cursor,
    site,
    within,
  }: { readonly count: number; readonly cursor?: string; readonly site?: string; readonly within?: ChartScope },
): Promise<WorklistPage> {
  const list = LISTS[name]
  const values: unknown[] = []
  const place = (value: unknown): string => `$${values.push(value)}`
  const where = [list.where]
  if (cursor !== undefined) where.push(`${list.order} collate "C" > ${place(cursor)}`)
  if (site !== undefined) where.push(`s.site = ${place(site)}`)
  where.push(patientsIn(within, 's.patient', place))
  const rows = await db.query<Row>(
    `select s.patient, s.site, s.story, s.status, s.as_of, s.revision, ${isBehind('s.patient', 's.revision')} as is_behind,
       s.knowledge_version, s.first_option, s.first_title, s.first_standing, s.alerts, s.tests,
       ${list.changes ? 'c.seq as change_seq, c.at as change_at, c.cause, c.priority, c.changes,' : ''} ${list.order} as sort_key
     from plan_state s ${list.changes ? 'join plan_change c on c.patient = s.patient' : ''}
     where ${where.join(' and ')}
     order by ${list.order} collate "C" limit ${place(count + 1)}`,
    values,
  )
  const page = rows.slice(0, count)
  return { items: page.map(itemOf), ...(rows.length > count ? { next: page.at(-1)!.sort_key } : {}) }
}

function itemOf(row: Row): WorklistItem {
  return {
    patient: `Patient/${row.patient}`,
    site: row.site,
    story: row.story,
    status: row.status,
    asOf: row.as_of,
    revision: row.revision,
    ...(row.is_behind ? { isBehind: true } : {}),
    knowledge: row.knowledge_version,
    ...(row.first_option === null
      ? {}
      : { first: { option: row.first_option, title: row.first_title ?? '', standing: row.first_standing ?? '' } }),
    alerts: row.alerts,
    tests: row.tests,
    ...(row.change_seq === undefined
      ? {}
      : { change: { seq: row.change_seq, at: row.change_at!, cause: row.cause!, priority: row.priority!, changes: row.changes! } }),
  }
}

/** Marks one change as looked at. False: there is no such open change of this patient. */
export async function handleChange(db: Queries, patient: string, seq: number, by: string, as: string, at: string): Promise<boolean> {
  const rows = await db.query(
    'update plan_change set handled_at = $3, handled_by = $4, handled_as = $5 where patient = $1 and seq = $2 and handled_at is null returning seq',
    [patient, seq, at, by, as],
  )
  return rows.length > 0
}

/** What somebody does with the changes of a plan that they have seen. */
export interface Handling {
  /** The newest one they saw: what came after stays open. */
  readonly upTo: number
  readonly as: string
  readonly code: string
  readonly note: string
  readonly by: string
  readonly at: string
}

/** Handles every open change of a patient up to the one that was seen; gives which they were. */
export const handleChanges = async (db: Queries, patient: string, { upTo, as, code, note, by, at }: Handling): Promise<readonly number[]> =>
  (
    await db.query<{ seq: number }>(
      `update plan_change set handled_at = $3, handled_by = $4, handled_as = $5, handled_reason = $6, handled_comment = $7,
         snoozed_until = null, snoozed_at = null, snoozed_by = null
       where patient = $1 and seq <= $2 and handled_at is null returning seq`,
      [patient, upTo, at, by, as, code, note === '' ? null : note],
    )
  ).map(({ seq }) => seq)

/** Puts them off until a day: until then they are in no list. */
export const snoozeChanges = async (
  db: Queries,
  patient: string,
  { upTo, code, note, by, at }: Handling,
  until: string,
): Promise<readonly number[]> =>
  (
    await db.query<{ seq: number }>(
      `update plan_change set snoozed_until = $3, snoozed_at = $4, snoozed_by = $5, handled_reason = $6, handled_comment = $7
       where patient = $1 and seq <= $2 and handled_at is null returning seq`,
      [patient, upTo, until, at, by, code, note === '' ? null : note],
    )
  ).map(({ seq }) => seq)

/** Opens again what this very person handled or put off; gives which they were. */
export const reopenChanges = async (db: Queries, patient: string, seqs: readonly number[], by: string): Promise<readonly number[]> =>
  (
    await db.query<{ seq: number }>(
      `update plan_change set handled_at = null, handled_by = null, handled_as = null, handled_reason = null, handled_comment = null,
         snoozed_until = null, snoozed_at = null, snoozed_by = null
       where patient = $1 and seq = any($2::bigint[]) and coalesce(handled_by, snoozed_by) = $3 returning seq`,
      [patient, seqs, by],
    )
  ).map(({ seq }) => seq)
