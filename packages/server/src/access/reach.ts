import type { RequestContext } from '../api/index.ts'
import { offeredWhere, type Queries, type Readers } from '../store/index.ts'
import { dateRange } from '../store/search/dates.ts'
import { type Reach, servicesOf } from './policy.ts'

/** Charts (`Patient/…`) that a person reaches in one way. `site`, `offered`, `network` and `scopes` are no lists. */
export async function chartsWithin(
  db: Queries & Partial<Pick<Readers, 'read'>>,
  context: RequestContext,
  reach: Reach,
  at: Date,
): Promise<readonly string[]> {
  const [type, id] = context.who.split('/') as [string, string | undefined]
  switch (reach) {
    case 'self':
      return type === 'Patient' && id !== undefined ? [context.who] : []
    case 'proxy':
      return id === undefined || type !== 'RelatedPerson' ? [] : proxied(db, id, at)
    case 'team':
      return id === undefined ? [] : teamCharts(db, type, id, at)
    case 'board':
      return boardCharts(db, context.who, at)
    case 'referred':
      return id === undefined ? [] : referredCharts(db, type, id)
    default:
      return []
  }
}

/** Whether one chart is within reach: the same answer as the list, without making it. */
export async function reachesChart(db: Queries, context: RequestContext, reach: Reach, patient: string, at: Date): Promise<boolean> {
  switch (reach) {
    case 'network':
    case 'scopes':
      return true
    case 'site': {
      const [row] = await db.query<{ site: string }>(
        `select site from resource_current where type = 'Patient' and id = $1 and not is_deleted`,
        [patient],
      )
      return row?.site === context.site
    }
    case 'offered':
      return isOffered(db, context, patient)
    case 'none':
      return false
    case 'team': {
      const [type, id] = context.who.split('/') as [string, string | undefined]
      return id !== undefined && (await teamCharts(db, type, id, at, `Patient/${patient}`)).length > 0
    }
    default:
      return (await chartsWithin(db, context, reach, at)).includes(`Patient/${patient}`)
  }
}

/**
 * Whether a chart may be begun by this site: its patient was never registered (one whose registration was deleted was), and nothing of another site
 * stands in it, since who begins a chart may read it afterwards. Inside a transaction two sites that begin the same chart take turns.
 */
export async function isNewChart(db: Queries, site: string, patient: string): Promise<boolean> {
  const isTaken = async (): Promise<boolean> =>
    (
      await db.query(
        `select 1 from resource_current where (type = 'Patient' and id = $1) or (chart = 'Patient/' || $1 and site <> $2) limit 1`,
        [patient, site],
      )
    ).length > 0
  if (await isTaken()) return false
  await db.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`begin Patient/${patient}`])
  return !(await isTaken())
}

/** Patients whose active care team names this person for now, or whose general practitioner they are. */
async function teamCharts(db: Queries, type: string, id: string, at: Date, only?: string): Promise<readonly string[]> {
  // few teams say from when and until when: only of those is the text looked at
  const rows = await db.query<{ chart: string; dated: string | null }>(
    `select distinct c.chart, v.body as dated from resource_current c join ix_reference r on r.rid = c.rid join search_parameter p on p.param = r.param
       left join chart_version v on c.type = 'CareTeam' and v.type = c.type and v.id = c.id and v.version = c.version and position('"period"' in v.body) > 0
       where r.target_type = $1 and r.target_id = $2 and not c.is_deleted and ($3::text is null or c.chart = $3) and (
         (c.type = 'Patient' and p.name = 'general-practitioner') or
         (c.type = 'CareTeam' and p.name = 'participant' and exists (
           select 1 from ix_token t join search_parameter s on s.param = t.param
           where t.rid = c.rid and s.type = 'CareTeam' and s.name = 'status' and t.code = 'active')))`,
    [type, id, only ?? null],
  )
  const isIn = (body: string): boolean => {
    const team = JSON.parse(body) as Dated & {
      readonly participant?: readonly (Dated & { readonly member?: { readonly reference?: string } })[]
    }
    const own = (team.participant ?? []).filter(({ member }) => member?.reference?.endsWith(`${type}/${id}`))
    return isDuring(team, at) && own.some((participant) => isDuring(participant, at))
  }
  return [...new Set(rows.filter(({ dated }) => dated === null || isIn(dated)).map(({ chart }) => chart))]
}

interface Dated {
  readonly period?: { readonly start?: string; readonly end?: string }
}

/** Whether something holds at an instant: a day that ends it belongs to it. An end that cannot be read has come. */
function isDuring({ period }: Dated, at: Date): boolean {
  const instant = at.toISOString()
  const first = period?.start === undefined ? undefined : dateRange(period.start)?.first
  const last = period?.end === undefined ? undefined : (dateRange(period.end)?.last ?? '')
  return (first === undefined || first <= instant) && (last === undefined || instant <= last)
}

/** Patients whom an active order sends to this person by name: an order that is done, taken back or only drafted opens nothing. */
const referredCharts = async (db: Queries, type: string, id: string): Promise<readonly string[]> =>
  (
    await db.query<{ chart: string }>(
      `select distinct c.chart from resource_current c join ix_reference r on r.rid = c.rid join search_parameter p on p.param = r.param
       where r.target_type = $1 and r.target_id = $2 and not c.is_deleted and c.type = 'ServiceRequest' and p.type = c.type and p.name = 'performer'
         and exists (select 1 from ix_token t join search_parameter s on s.param = t.param
           where t.rid = c.rid and s.type = c.type and s.name = 'status' and t.code = 'active')
         and exists (select 1 from ix_token t join search_parameter s on s.param = t.param
           where t.rid = c.rid and s.type = c.type and s.name = 'intent' and t.code = any($3))`,
      [type, id, ORDERED],
    )
  ).map((row) => row.chart)

/** FHIR's request intents that somebody stands behind; a proposal or a plan sends nobody. */
const ORDERED = ['order', 'original-order', 'reflex-order', 'filler-order', 'instance-order']

/** Whether the patient's plan asks for the service of this role, at the own site. */
async function isOffered(db: Queries, { role, site }: RequestContext, patient: string): Promise<boolean> {
  const services = servicesOf(role)
  if (services.length === 0) return false
  const values: unknown[] = [patient]
  const where = offeredWhere('w', { site, services }, (value, type) => `$${values.push(value)}::${type}`)
  return (await db.query(`select 1 from workspace_patient w where w.patient = $1 and ${where}`, values)).length > 0
}

/**
 * Patients on the agenda of a meeting in which this person sits, from the time that its charts are opened (`opens_at`) until it ends or is closed.
 * A case taken from the agenda is out of reach at once.
 */
const boardCharts = async (db: Queries, who: string, at: Date): Promise<readonly string[]> =>
  (
    await db.query<{ patient: string }>(
      `select distinct c.patient from board_member m join board_meeting g on g.id = m.meeting join board_case c on c.meeting = g.id
       where m.who = $1 and g.state <> 'closed' and g.opens_at <= $2 and g.ends_at > $2 and c.state in ('on-agenda', 'decided')`,
      [who, at.toISOString()],
    )
  ).map((row) => `Patient/${row.patient}`)

/** Patients for whom this person is named as related, while that relation is active and its time has not ended. */
async function proxied(db: Queries, id: string, at: Date): Promise<readonly string[]> {
  const rows = await db.query<{ body: string | null }>(
    `select v.body from resource_current c join chart_version v on v.type = c.type and v.id = c.id and v.version = c.version
     where c.type = 'RelatedPerson' and c.id = $1 and not c.is_deleted`,
    [id],
  )
  return rows.flatMap(({ body }) => {
    const person = JSON.parse(body ?? 'null') as (Dated & { active?: boolean; patient?: { reference?: string } }) | null
    const reference = person?.patient?.reference
    return person && person.active !== false && isDuring(person, at) && reference?.startsWith('Patient/') ? [reference] : []
  })
}
