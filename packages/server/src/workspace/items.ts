import type { WorkspaceChange, WorkspaceClinical, WorkspaceNeed, WorkspaceOrder, WorkspacePatient } from '../contract/workspace.ts'
import { isBehind } from '../plans/worklists.ts'
import type { Queries, StoredVersion } from '../store/index.ts'
import { needsFor } from './needs.ts'
import { birthYearOf, nameOf, type PersonBody, recordNumbersOf } from './person.ts'
import type { Viewer } from './query.ts'

/** Orders of one patient that a list shows; the rest stands in the chart. */
const MOST_ORDERS = 6
const DAY = 86_400_000

interface Row {
  readonly patient: string
  readonly site: string
  readonly is_closed: boolean
  readonly status: WorkspaceClinical['status']
  readonly reason: string | null
  readonly stage: string | null
  readonly services: readonly string[]
  readonly local_sites: readonly string[]
  readonly missed_appointment_on: string | null
  readonly next_appointment_on: string | null
  readonly decided_at: string | null
  readonly story: string | null
  readonly as_of: string | null
  readonly is_behind: boolean
  readonly knowledge_version: string | null
  readonly first_option: string | null
  readonly first_title: string | null
  readonly first_standing: string | null
  readonly alerts: WorkspaceClinical['alerts'] | null
  readonly tests: WorkspaceClinical['tests'] | null
  readonly deciding_tests: readonly string[]
  readonly first_waits_for: readonly string[]
  readonly change_seq: number | null
  readonly change_at: string | null
  readonly cause: WorkspaceChange['cause'] | null
  readonly priority: number | null
  readonly changes: WorkspaceChange['changes'] | null
  readonly open: number
}

/** What is shown of the patients of a page, in the order given. `persons`: their Patient resources, as far as the viewer may see them. */
export async function itemsOf(
  db: Queries,
  patients: readonly string[],
  persons: ReadonlyMap<string, StoredVersion>,
  needs: ReadonlyMap<string, readonly WorkspaceNeed[]>,
  viewer: Viewer,
  today: string,
): Promise<readonly WorkspacePatient[]> {
  if (patients.length === 0) return []
  const rows = await db.query<Row>(
    `select w.patient, w.site, w.is_closed, w.status, w.reason, w.stage, w.services, w.local_sites, w.deciding_tests, w.first_waits_for, w.missed_appointment_on, w.next_appointment_on, w.decided_at,
       s.story, s.as_of, ${isBehind('w.patient', 'w.revision')} as is_behind, s.knowledge_version, s.first_option, s.first_title, s.first_standing, s.alerts, s.tests,
       c.seq as change_seq, c.at as change_at, c.cause, c.priority, c.changes,
       (select count(*) from plan_change o where o.patient = w.patient and ${OPEN_CHANGE('o')}) as open
     from workspace_patient w
     left join plan_state s on s.patient = w.patient
     left join lateral (select o.* from plan_change o where o.patient = w.patient and ${OPEN_CHANGE('o')} order by o.seq desc limit 1) c on true
     where w.patient = any($1::text[])`,
    [patients, today],
  )
  const orders = await openOrders(db, patients, today)
  const byPatient = new Map(rows.map((row) => [row.patient, row]))
  return patients.flatMap((patient) => {
    const row = byPatient.get(patient)
    return row === undefined ? [] : [itemOf(row, persons.get(patient), needs.get(patient) ?? [], orders.get(patient) ?? [], viewer)]
  })
}

const OPEN_CHANGE = (alias: string): string =>
  `${alias}.handled_at is null and (${alias}.snoozed_until is null or ${alias}.snoozed_until <= $2::date)`

function itemOf(
  row: Row,
  person: StoredVersion | undefined,
  needs: readonly WorkspaceNeed[],
  orders: readonly WorkspaceOrder[],
  viewer: Viewer,
): WorkspacePatient {
  return {
    patient: `Patient/${row.patient}`,
    site: row.site,
    ...(person?.body && viewer.mayIdentity ? { person: personOf(JSON.parse(person.body) as PersonBody) } : {}),
    isClosed: row.is_closed,
    needs,
    // an order says what ails: who arranges nothing and treats nobody is told of appointments alone
    orders: viewer.mayClinical || needsFor(viewer.role, false).includes('order-waiting') ? orders : [],
    ...(row.missed_appointment_on === null ? {} : { missedAppointmentOn: row.missed_appointment_on }),
    ...(row.next_appointment_on === null ? {} : { nextAppointmentOn: row.next_appointment_on }),
    ...(viewer.mayClinical ? { clinical: clinicalOf(row) } : {}),
  }
}

function personOf(body: PersonBody): NonNullable<WorkspacePatient['person']> {
  const name = nameOf(body)?.full
  const birthYear = birthYearOf(body)
  const [recordNumber] = recordNumbersOf(body)
  return {
    ...(name === undefined ? {} : { name }),
    ...(birthYear === undefined ? {} : { birthYear }),
    ...(recordNumber === undefined ? {} : { recordNumber }),
  }
}

function clinicalOf(row: Row): WorkspaceClinical {
  return {
    status: row.status,
    ...(row.reason === null ? {} : { reason: row.reason }),
    story: row.story ?? '',
    ...(row.stage === null ? {} : { stage: row.stage }),
    ...(row.as_of === null ? {} : { asOf: row.as_of }),
    ...(row.is_behind ? { isBehind: true } : {}),
    ...(row.knowledge_version === null ? {} : { knowledge: row.knowledge_version }),
    ...(row.first_option === null
      ? {}
      : {
          first: {
            id: row.first_option,
            title: row.first_title ?? '',
            standing: row.first_standing ?? '',
            ...(row.first_waits_for.length === 0 ? {} : { waitsFor: row.first_waits_for }),
          },
        }),
    alerts: row.alerts ?? [],
    tests: (row.tests ?? [])
      .map((test) => (row.deciding_tests.includes(test.id) ? { ...test, decides: true as const } : test))
      .filter((test) => test.before !== undefined || 'decides' in test),
    services: row.services,
    localSites: row.local_sites,
    ...(row.decided_at === null ? {} : { decidedAt: row.decided_at }),
    ...(row.change_seq === null
      ? {}
      : {
          change: {
            seq: row.change_seq,
            at: row.change_at!,
            cause: row.cause!,
            priority: row.priority!,
            open: row.open,
            changes: row.changes ?? [],
          },
        }),
  }
}

interface OrderRow {
  readonly patient: string
  readonly order_id: string
  readonly title: string
  readonly authored_on: string | null
  readonly due_on: string | null
  readonly usual_on: string | null
  readonly orders: number | null
  readonly median_days: number | null
  readonly ninetieth_days: number | null
}

/** The open orders of some patients, the oldest first, each with its clock. */
async function openOrders(
  db: Queries,
  patients: readonly string[],
  today: string,
): Promise<ReadonlyMap<string, readonly WorkspaceOrder[]>> {
  const rows = await db.query<OrderRow>(
    `select patient, order_id, title, authored_on, due_on, usual_on, orders, median_days, ninetieth_days from (
       select o.patient, o.order_id, o.title, o.authored_on, o.due_on, o.authored_on + k.ninetieth_days as usual_on, k.orders, k.median_days, k.ninetieth_days,
         row_number() over (partition by o.patient order by coalesce(o.due_on, o.authored_on + k.ninetieth_days), o.authored_on, o.order_id) as place
       from workspace_order o left join workspace_clock k on k.key = o.key where o.is_open and o.patient = any($1::text[])) l
     where place <= $2 order by patient, place`,
    [patients, MOST_ORDERS],
  )
  return new Map([...Map.groupBy(rows, ({ patient }) => patient)].map(([patient, own]) => [patient, own.map((row) => orderOf(row, today))]))
}

function orderOf(row: OrderRow, today: string): WorkspaceOrder {
  const expectedOn = row.due_on ?? row.usual_on
  const days = row.authored_on === null ? undefined : Math.round((Date.parse(today) - Date.parse(row.authored_on)) / DAY)
  return {
    id: row.order_id,
    title: row.title,
    ...(row.authored_on === null ? {} : { authoredOn: row.authored_on }),
    ...(days === undefined || days < 0 ? {} : { waitingDays: days }),
    ...(expectedOn === null ? {} : { expectedOn, expectedFrom: row.due_on === null ? 'network' : 'order' }),
    ...(row.orders === null || row.due_on !== null
      ? {}
      : { usual: { orders: row.orders, medianDays: row.median_days!, ninetiethDays: row.ninetieth_days! } }),
    isLate: expectedOn !== null && expectedOn < today,
  }
}
