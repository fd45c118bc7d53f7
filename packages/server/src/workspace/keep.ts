import type { KnowledgeBase, PlanDocument } from '@secondwind/core'
import { keepNetworkCase } from '../network/keep.ts'
import type { ChartContent, Queries } from '../store/index.ts'
import { type PlanOrReason, type WorkspaceRow, workspaceRow } from './row.ts'

/**
 * Writes what lists and the overview of the network know of a patient, in the transaction in which the plan is kept. `asOf`: the day of the plan.
 * A patient who is not registered (any more) has no row.
 */
export async function keepWorkspace(
  db: Queries,
  patient: string,
  content: ChartContent,
  planned: PlanOrReason,
  knowledge: KnowledgeBase,
  asOf: string,
): Promise<void> {
  const row = workspaceRow(patient, content.revision, content.resources, planned, knowledge, asOf)
  if (row === undefined) {
    await db.query('delete from workspace_order where patient = $1', [patient])
    await db.query('delete from network_case where patient = $1', [patient])
    await db.query('delete from workspace_patient where patient = $1', [patient])
    return
  }
  await keepOrders(db, row)
  await keepRow(db, row)
  await keepNetworkCase(db, row, content.resources, documentOf(planned), knowledge)
}

const documentOf = (planned: PlanOrReason): PlanDocument | undefined => ('document' in planned ? planned.document : undefined)

async function keepOrders(db: Queries, { patient, orders }: WorkspaceRow): Promise<void> {
  await db.query('delete from workspace_order where patient = $1 and order_id <> all($2::text[])', [patient, orders.map(({ id }) => id)])
  if (orders.length === 0) return
  await db.query(
    `insert into workspace_order (patient, order_id, key, title, authored_on, due_on, reported_on, is_open)
     select $1, o.id, o.key, o.title, o."authoredOn"::date, o."dueOn"::date, o."reportedOn"::date, o."isOpen"
     from json_to_recordset($2::json) as o(id text, key text, title text, "authoredOn" text, "dueOn" text, "reportedOn" text, "isOpen" boolean)
     on conflict (patient, order_id) do update set key = excluded.key, title = excluded.title, authored_on = excluded.authored_on,
       due_on = excluded.due_on, reported_on = excluded.reported_on, is_open = excluded.is_open`,
    [patient, JSON.stringify(orders)],
  )
}

/** Raised when a row of the same plan and chart comes out differently: rows of another form are made again at the next start. */
export const ROW_FORM = 4

const COLUMNS = [
  'patient',
  'site',
  'organization',
  'revision',
  'status',
  'reason',
  'is_closed',
  'sort_name',
  'identity_words',
  'labels',
  'clinical_words',
  'stage',
  'markers',
  'services',
  'local_sites',
  'emergencies',
  'proven_emergencies',
  'urgent_alerts',
  'is_continuing',
  'first_waits_for',
  'is_waiting_for_test',
  'deciding_tests',
  'has_interaction',
  'has_dose_question',
  'has_surgery_option',
  'missed_appointment_on',
  'next_appointment_on',
  'form',
] as const

async function keepRow(db: Queries, row: WorkspaceRow): Promise<void> {
  const values = [
    row.patient,
    row.site,
    row.organization ?? null,
    row.revision,
    row.status,
    row.reason ?? null,
    row.isClosed,
    row.sortName,
    row.identityWords,
    row.labels,
    row.clinicalWords,
    row.stage ?? null,
    row.markers,
    row.services,
    row.localSites,
    row.emergencies,
    row.provenEmergencies,
    row.urgentAlerts,
    row.isContinuing,
    row.firstWaitsFor,
    row.isWaitingForTest,
    row.decidingTests,
    row.hasInteraction,
    row.hasDoseQuestion,
    row.hasSurgeryOption,
    row.appointments.missedOn ?? null,
    row.appointments.nextOn ?? null,
    ROW_FORM,
  ]
  const set = COLUMNS.filter((column) => column !== 'patient').map((column) => `${column} = excluded.${column}`)
  await db.query(
    `insert into workspace_patient (${COLUMNS.join(', ')}, decided_at, weighty_at)
     values (${COLUMNS.map((_, i) => `$${i + 1}`).join(', ')},
       (select max(recorded_at) from decision_journal where patient = $1),
       (select max(at) from plan_change where patient = $1 and priority <= 2))
     on conflict (patient) do update set ${set.join(', ')}`,
    values,
  )
  await db.query(`${EXPECT} where w.patient = $1`, [row.patient])
}

/**
 * The clock of each open order: the day that the order itself names, else nine of ten of its kind were back by then in this network. Where neither is known there is
 * no clock, only the days that it has been waiting.
 */
const EXPECT = `update workspace_patient w set
  waiting_since = (select min(o.authored_on) from workspace_order o where o.patient = w.patient and o.is_open),
  expected_on = (select min(coalesce(o.due_on, o.authored_on + k.ninetieth_days)) from workspace_order o
    left join workspace_clock k on k.key = o.key where o.patient = w.patient and o.is_open)`

/** Of fewer orders nothing is said: one slow report would be the rule. */
export const FEWEST_ORDERS = 20

/** Counts the clocks again, from the orders that came back in the last two years, and lays them over what is open. */
export async function countClocks(db: Queries, today: string, now: Date): Promise<void> {
  await db.query('delete from workspace_clock')
  await db.query(
    `insert into workspace_clock (key, orders, median_days, ninetieth_days, counted_at)
     select key, count(*), percentile_disc(0.5) within group (order by reported_on - authored_on),
       percentile_disc(0.9) within group (order by reported_on - authored_on), $3
     from workspace_order where reported_on >= authored_on and authored_on > $1::date - 730 group by key having count(*) >= $2`,
    [today, FEWEST_ORDERS, now.toISOString()],
  )
  await db.query(`${EXPECT} where exists (select 1 from workspace_order o where o.patient = w.patient and o.is_open)`)
}
