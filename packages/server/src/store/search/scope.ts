import type { ChartScope } from './request.ts'

type Place = (value: unknown, type: string) => string

/** The ids of a scope's charts, without `Patient/`. */
const idsOf = (charts: readonly string[]): readonly string[] =>
  charts.filter((chart) => chart.startsWith('Patient/')).map((chart) => chart.slice('Patient/'.length))

/** What of a scope is no list, as conditions on the id of a patient: looks by a key, so that a page of a large site is found without a list of its patients. */
function conditions({ site, offered }: ChartScope, patient: string, place: Place): readonly string[] {
  return [
    ...(site === undefined
      ? []
      : [
          `exists (select from resource_current at_site where at_site.type = 'Patient' and at_site.id = ${patient} and at_site.site = ${place(site, 'text')} and not at_site.is_deleted)`,
        ]),
    ...(offered === undefined
      ? []
      : [
          `exists (select from workspace_patient offered where offered.patient = ${patient} and ${offeredWhere('offered', offered, place)})`,
        ]),
  ]
}

/** Whether the plan of a row's patient asks for one of the services at the site: of the living whose record nobody has set apart. */
export const offeredWhere = (row: string, { site, services }: NonNullable<ChartScope['offered']>, place: Place): string =>
  `(${row}.site = ${place(site, 'text')} and ${row}.services && ${place(services, 'text[]')} and not ${row}.is_closed and ${row}.labels = '')`

const either = (ways: readonly string[]): string => (ways.length === 1 ? ways[0]! : `(${ways.join(' or ')})`)
const isList = ({ site, offered }: ChartScope): boolean => site === undefined && offered === undefined

/** Only what the reader may see, of rows with a `chart`. `isOfPatients`: of nothing but living Patient resources, each of which bears its own site. */
export function scopeSql(scope: ChartScope, alias: string, place: Place, isOfPatients = false): string {
  const { charts, site, andShared } = scope
  const chart = `${alias}.chart`
  const own = isOfPatients && site !== undefined ? [`${alias}.site = ${place(site, 'text')}`] : []
  const { site: _site, ...others } = scope
  const rest = conditions(own.length > 0 ? others : scope, `substr(${chart}, ${'Patient/'.length + 1})`, place)
  return either([
    ...(charts.length > 0 || isList(scope) ? [`${chart} = any(${place(charts, 'text[]')})`] : []),
    ...own,
    ...rest.map((condition) => `(${chart} like 'Patient/%' and ${condition})`),
    ...(andShared ? [`${chart} not like 'Patient/%'`] : []),
  ])
}

/** The same for a table that names patients by their ids. `place` gives the number of a value in the statement; without a scope everything. */
export function patientsIn(within: ChartScope | undefined, patient: string, place: (value: unknown) => string): string {
  if (within === undefined) return 'true'
  const ids = idsOf(within.charts)
  const typed: Place = (value, type) => `${place(value)}::${type}`
  return either([
    ...(ids.length > 0 || isList(within) ? [`${patient} = any(${typed(ids, 'text[]')})`] : []),
    ...conditions(within, patient, typed),
  ])
}

/** The same for `workspace_patient`, whose rows bear the site of their patients. */
export function rowsIn(within: ChartScope | undefined, row: string, place: Place): string {
  if (within === undefined) return 'true'
  const { site, offered } = within
  const ids = idsOf(within.charts)
  return either([
    ...(ids.length > 0 || isList(within) ? [`${row}.patient = any(${place(ids, 'text[]')})`] : []),
    ...(site === undefined ? [] : [`${row}.site = ${place(site, 'text')}`]),
    ...(offered === undefined ? [] : [offeredWhere(row, offered, place)]),
  ])
}
