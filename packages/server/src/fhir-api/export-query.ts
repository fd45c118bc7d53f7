import { storedVersion, type VersionRow } from '../store/append.ts'
import type { Database, StoredVersion } from '../store/index.ts'

/** What of the charts an export is about. */
export interface ExportScope {
  /** Versions recorded later are not in it. */
  readonly settledAt: string
  /** Only what was recorded at or after. */
  readonly since?: string
  /** Only these charts. */
  readonly charts?: readonly string[]
  readonly isPatientsOnly?: boolean
}

interface TypeScope extends ExportScope {
  readonly type: string
  /** Living resources, or those that were deleted. */
  readonly kind: 'output' | 'deleted'
}

const AT_ONCE = 1000

/** The newest version of each resource of a type at the instant of the export. */
function newest(scope: TypeScope, values: unknown[]): string {
  const place = (value: unknown, type: string): string => {
    values.push(value)
    return `$${values.length}::${type}`
  }
  const inside = [`v.type = ${place(scope.type, 'text')}`, `v.recorded_at <= ${place(scope.settledAt, 'timestamptz')}`]
  const outside = [
    scope.kind === 'output' ? 'n.body is not null' : 'n.body is null',
    ...(scope.since === undefined ? [] : [`n.recorded_at >= ${place(scope.since, 'timestamptz')}`]),
    ...(scope.charts === undefined ? [] : [`n.chart = any(${place(scope.charts, 'text[]')})`]),
    ...(scope.isPatientsOnly === true ? ["n.chart like 'Patient/%'"] : []),
  ]
  return `select n.* from (select distinct on (v.id) v.* from chart_version v where ${inside.join(' and ')} /*ids*/ order by v.id, v.version desc) n where ${outside.join(' and ')}`
}

/** How many there are, in files of at most `most`: each with its first id. */
export async function countOf(
  database: Database,
  scope: TypeScope,
  most: number,
): Promise<readonly { readonly n: number; readonly from: string }[]> {
  const values: unknown[] = []
  const text = newest(scope, values)
  return database.query<{ n: number; from: string }>(
    `select count(*) as n, min(id) as "from" from (select id, (row_number() over (order by id) - 1) / ${most} as file from (${text}) t) f group by file order by file`,
    values,
  )
}

/** Up to a thousand versions from an id on (or after it), by id. */
export async function pageOf(
  database: Database,
  scope: TypeScope & { readonly from: string; readonly until?: string },
  isFirst: boolean,
): Promise<readonly StoredVersion[]> {
  const values: unknown[] = []
  const text = newest(scope, values)
  values.push(scope.from)
  let range = `and v.id ${isFirst ? '>=' : '>'} $${values.length}::text`
  if (scope.until !== undefined) {
    values.push(scope.until)
    range += ` and v.id < $${values.length}::text`
  }
  const rows = await database.query<VersionRow>(`${text.replace('/*ids*/', range)} order by n.id limit ${AT_ONCE}`, values)
  return rows.map(storedVersion)
}
