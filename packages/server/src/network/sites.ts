import type { NetworkOverdue, NetworkSite } from '../contract/network.ts'
import type { Queries } from '../store/index.ts'

interface Resource {
  readonly type: string
  readonly id: string
  readonly site: string
  readonly body: string | null
}

interface Codeable {
  readonly text?: string
  readonly coding?: readonly { readonly code?: string; readonly display?: string }[]
}

/** Hospitals, their places and services in a network at most: more are no network but a country. */
const MOST = 5000

/** One line of numbers a site, from the rows of the patients. */
export interface SiteCounts extends NetworkOverdue {
  readonly site: string
  /** Who manages most of the records of the site: `Organization/…`. */
  readonly organization: string | undefined
  readonly living: number
  readonly closed: number
  readonly unplanned: number
  readonly refused: number
}

export async function countSites(db: Queries, today: string): Promise<readonly SiteCounts[]> {
  const rows = await db.query<{
    readonly site: string
    readonly organization: string | null
    readonly records: number
    readonly living: number
    readonly closed: number
    readonly unplanned: number
    readonly refused: number
    readonly emergencies: number
    readonly changed: number
    readonly decisions_due: number
    readonly orders_overdue: number
    readonly orders_without_clock: number
    readonly appointments_missed: number
  }>(
    `select w.site, w.organization, count(*) as records,
       count(*) filter (where not w.is_closed) as living, count(*) filter (where w.is_closed) as closed,
       count(*) filter (where not w.is_closed and w.status = 'unplanned') as unplanned,
       count(*) filter (where not w.is_closed and w.status = 'refused') as refused,
       count(*) filter (where not w.is_closed and w.emergencies > 0) as emergencies,
       count(*) filter (where not w.is_closed and c.patient is not null) as changed,
       count(*) filter (where not w.is_closed and w.status = 'proposed'
         and ((w.decided_at is null and not w.is_continuing) or w.weighty_at > w.decided_at)) as decisions_due,
       coalesce(sum(o.overdue) filter (where not w.is_closed), 0) as orders_overdue,
       coalesce(sum(o.unclocked) filter (where not w.is_closed), 0) as orders_without_clock,
       count(*) filter (where not w.is_closed and w.missed_appointment_on is not null) as appointments_missed
     from workspace_patient w
     left join (select distinct patient from plan_change where handled_at is null and (snoozed_until is null or snoozed_until <= $1::date)) c
       on c.patient = w.patient
     left join (
       select o.patient, count(*) filter (where coalesce(o.due_on, o.authored_on + k.ninetieth_days) < $1::date) as overdue,
         count(*) filter (where coalesce(o.due_on, o.authored_on + k.ninetieth_days) is null) as unclocked
       from workspace_order o left join workspace_clock k on k.key = o.key where o.is_open group by o.patient) o on o.patient = w.patient
     group by w.site, w.organization order by w.site, records desc, w.organization`,
    [today],
  )
  return [...Map.groupBy(rows, ({ site }) => site)].map(([site, own]) => {
    const sum = (of: (row: (typeof own)[number]) => number): number => own.reduce((total, row) => total + of(row), 0)
    return {
      site,
      organization: own.find(({ organization }) => organization !== null)?.organization ?? undefined,
      living: sum(({ living }) => living),
      closed: sum(({ closed }) => closed),
      unplanned: sum(({ unplanned }) => unplanned),
      refused: sum(({ refused }) => refused),
      emergencies: sum(({ emergencies }) => emergencies),
      changed: sum(({ changed }) => changed),
      decisionsDue: sum((row) => row.decisions_due),
      ordersOverdue: sum((row) => row.orders_overdue),
      ordersWithoutClock: sum((row) => row.orders_without_clock),
      appointmentsMissed: sum((row) => row.appointments_missed),
      toPutRight: sum(({ refused, unplanned }) => refused + unplanned),
    }
  })
}

/**
 * The sites of the network: every one that has patients, and every hospital that offers a service. A site goes by the organization that manages most of its records,
 * else by the one that was recorded there.
 */
export async function sitesOf(db: Queries, counts: readonly SiteCounts[]): Promise<readonly NetworkSite[]> {
  const resources = await db.query<Resource>(
    `select c.type, c.id, c.site, v.body from resource_current c
     join chart_version v on v.type = c.type and v.id = c.id and v.version = c.version
     where c.type in ('Organization', 'HealthcareService', 'Location') and not c.is_deleted order by c.type, c.id limit ${MOST}`,
  )
  const read = resources.map(({ type, id, site, body }) => ({ type, id, site, body: JSON.parse(body ?? '{}') as Body }))
  const organizations = new Map(read.filter(({ type }) => type === 'Organization').map((one) => [`Organization/${one.id}`, one]))
  const services = Map.groupBy(
    read.filter(({ type, body }) => type === 'HealthcareService' && body.active !== false),
    ({ body }) => body.providedBy?.reference ?? '',
  )
  const places = new Map<string, Body>()
  for (const { type, body } of read) {
    const owner = body.managingOrganization?.reference
    if (type === 'Location' && owner !== undefined && body.position !== undefined && !places.has(owner)) places.set(owner, body)
  }
  const describe = (site: string, reference: string | undefined): Omit<NetworkSite, 'patients' | 'overdue'> => {
    const place = reference === undefined ? undefined : places.get(reference)
    const organization = reference === undefined ? undefined : organizations.get(reference)?.body
    const city = organization?.address?.[0]?.city ?? place?.address?.city
    const { latitude, longitude } = place?.position ?? {}
    return {
      site,
      name: organization?.name ?? site,
      ...(typeof latitude === 'number' && typeof longitude === 'number' ? { position: { latitude, longitude } } : {}),
      ...(city === undefined ? {} : { city }),
      capabilities: (services.get(reference ?? '') ?? []).map(({ id, body }) => capabilityOf(body, id)),
    }
  }
  const seen = new Set<string>()
  const withPatients = counts.map((count): NetworkSite => {
    const own =
      count.organization ??
      [...organizations].find(
        ([, { site, body }]) => site === count.site || (body.identifier ?? []).some(({ value }) => value === count.site),
      )?.[0]
    if (own !== undefined) seen.add(own)
    const {
      site: _site,
      organization: _organization,
      living,
      closed: _closed,
      unplanned: _unplanned,
      refused: _refused,
      ...overdue
    } = count
    return { ...describe(count.site, own), patients: living, overdue }
  })
  const others = [...services.keys()]
    .filter((reference) => reference !== '' && !seen.has(reference))
    .map(
      (reference): NetworkSite => ({ ...describe(organizations.get(reference)?.site ?? reference, reference), patients: 0, overdue: NONE }),
    )
  return [...withPatients, ...others].sort((a, b) => b.patients - a.patients || (a.name < b.name ? -1 : 1))
}

/** What the hospitals of some sites are called, by who manages the records there. A site whose hospital is not recorded goes by its own name. */
export async function siteNames(db: Queries, sites: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await db.query<{ site: string; body: string | null }>(
    `select s.site, v.body from unnest($1::text[]) as s(site)
     cross join lateral (select w.organization from workspace_patient w where w.site = s.site and w.organization is not null limit 1) o
     join resource_current c on c.type = 'Organization' and 'Organization/' || c.id = o.organization and not c.is_deleted
     join chart_version v on v.type = c.type and v.id = c.id and v.version = c.version`,
    [sites],
  )
  return new Map(
    rows.flatMap(({ site, body }) => ((JSON.parse(body ?? '{}') as Body).name ? [[site, (JSON.parse(body!) as Body).name!]] : [])),
  )
}

interface Body {
  readonly identifier?: readonly { readonly value?: string }[]
  readonly active?: boolean
  readonly name?: string
  readonly providedBy?: { readonly reference?: string }
  readonly managingOrganization?: { readonly reference?: string }
  readonly position?: { readonly latitude?: number; readonly longitude?: number }
  readonly address?: readonly { readonly city?: string }[] & { readonly city?: string }
  readonly type?: readonly Codeable[]
}

const NONE: NetworkOverdue = {
  emergencies: 0,
  changed: 0,
  decisionsDue: 0,
  ordersOverdue: 0,
  ordersWithoutClock: 0,
  appointmentsMissed: 0,
  toPutRight: 0,
}

function capabilityOf({ name, type = [] }: Body, id: string): NetworkSite['capabilities'][number] {
  const coding = type[0]?.coding?.[0]
  return { id: coding?.code ?? id, label: name ?? type[0]?.text ?? coding?.display ?? id }
}

export const sumOf = (counts: readonly SiteCounts[], of: (count: SiteCounts) => number): number =>
  counts.reduce((sum, count) => sum + of(count), 0)
