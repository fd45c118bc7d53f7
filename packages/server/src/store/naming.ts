import type { Queries } from './database.ts'

/** Who and where: named by nearly every chart, and read for no fact of a case. */
const DIRECTORY: ReadonlySet<string> = new Set([
  'Endpoint',
  'Group',
  'HealthcareService',
  'Location',
  'Organization',
  'Practitioner',
  'PractitionerRole',
])
/** As far as a chart follows references (`read.ts`). */
const REACH = 3

/**
 * Charts of patients that name these resources, which stand in none: a medication that was sent after its order, or put right, changes the case of everybody
 * whose chart names it. Through others that belong to no patient as well (a medication and what it is made of).
 */
export async function chartsNaming(
  queries: Queries,
  resources: readonly { readonly type: string; readonly id: string }[],
): Promise<readonly string[]> {
  const shared = resources.filter(({ type }) => !DIRECTORY.has(type))
  if (shared.length === 0) return []
  const rows = await queries.query<{ chart: string }>(
    `with recursive named(type, id, chart, depth) as (
       select type, id, '', 0 from unnest($1::text[], $2::text[]) as k(type, id)
       union
       select c.type, c.id, c.chart, n.depth + 1 from named n
         join ix_reference r on r.target_type = n.type and r.target_id = n.id
         join resource_current c on c.rid = r.rid and not c.is_deleted
       where n.depth < ${REACH} and n.chart not like 'Patient/%')
     select distinct chart from named where chart like 'Patient/%' order by chart`,
    [shared.map(({ type }) => type), shared.map(({ id }) => id)],
  )
  return rows.map(({ chart }) => chart)
}
