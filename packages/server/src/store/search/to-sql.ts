import { dateRange } from './dates.ts'
import { type SearchParameter, searchTable } from './definitions.ts'
import { fold, IMPLIED, targetOf } from './extract.ts'
import { numberOf, type Prefix, unescaped, withoutPrefix } from './parse.ts'
import type { Filter, SearchRequest, SetApart, SortRule } from './request.ts'
import { scopeSql } from './scope.ts'

/** The values of a statement, numbered as they are added. */
export class Values {
  readonly list: unknown[] = []
  add(value: unknown, type: string): string {
    this.list.push(value)
    return `$${this.list.length}::${type}`
  }
}

/** Codes of the value sets that a search names, looked up before. */
export type ValueSets = ReadonlyMap<string, readonly { readonly system: string; readonly code: string }[]>

/** What a search may look through on its way. */
export type Through = NonNullable<SearchRequest['through']>

/** A condition on the row `alias` of `resource_current`. */
export function filterSql(filter: Filter, alias: string, values: Values, sets: ValueSets, through: Through = new Map()): string {
  switch (filter.kind) {
    case 'id':
      return `${alias}.id = any(${values.add(filter.ids, 'text[]')})`
    case 'last-updated':
      return any(filter.values.map((value) => instantSql(value, `${alias}.recorded_at`, values)))
    case 'any':
      return any(filter.filters.map((one) => filterSql(one, alias, values, sets, through)))
    case 'all':
      return `(${filter.filters.map((one) => filterSql(one, alias, values, sets, through)).join(' and ')})`
    case 'chain':
      return `${alias}.rid in (select r.rid from ix_reference r join resource_current ${alias}t on ${alias}t.type = r.target_type and ${alias}t.id = r.target_id
        where r.param = ${filter.reference.number} and r.target_type = ${values.add(filter.target, 'text')} and ${seenSql(filter.target, `${alias}t`, values, through)}
          and ${filterSql(filter.filter, `${alias}t`, values, sets, through)})`
    case 'has':
      return `(${alias}.type, ${alias}.id) in (select r.target_type, r.target_id from ix_reference r join resource_current ${alias}s on ${alias}s.rid = r.rid
        where r.param = ${filter.reference.number} and ${seenSql(filter.type, `${alias}s`, values, through)}
          and ${filterSql(filter.filter, `${alias}s`, values, sets, through)})`
    case 'in': {
      const codes = sets.get(filter.url) ?? []
      const inside = `select x.rid from ix_token x join unnest(${values.add(
        codes.map((c) => c.system),
        'text[]',
      )}, ${values.add(
        codes.map((c) => c.code),
        'text[]',
      )}) as k(system, code) on x.code = k.code and (x.system = k.system or x.system = '${IMPLIED}') where x.param = ${filter.parameter.number}`
      return `${alias}.rid ${filter.isNot ? 'not in' : 'in'} (${inside})`
    }
    case 'compartment':
      return compartmentSql(filter.patient, alias, values)
    case 'care-dates': {
      const dated = `select from ix_date x where x.rid = ${alias}.rid and x.param in (${careDates().join(',')})`
      const first = values.add(filter.first, 'timestamptz')
      return `(not exists (${dated}) or exists (${dated} and x.last >= ${first} and x.first <= ${values.add(filter.last, 'timestamptz')}))`
    }
    case 'parameter':
      return parameterSql(filter, alias, values)
  }
}

const any = (conditions: readonly string[]): string => (conditions.length === 1 ? conditions[0]! : `(${conditions.join(' or ')})`)

/** What names the patient in a parameter of its compartment, and the patient. */
function compartmentSql(patient: string, alias: string, values: Values): string {
  const id = values.add(patient, 'text')
  const numbers = compartmentNumbers().join(',')
  // one list, not an "or": for that every resource of the network would be looked at
  return `${alias}.rid in (select p.rid from resource_current p where p.type = 'Patient' and p.id = ${id}
    union all select x.rid from ix_reference x where x.target_type = 'Patient' and x.target_id = ${id} and x.param in (${numbers}))`
}

/** Parameters that say when care took place, as against when somebody was born or a record was made. */
const CARE_DATES = [
  'date',
  'onset-date',
  'recorded-date',
  'authoredon',
  'authored',
  'effective',
  'effective-time',
  'period',
  'collected',
  'occurrence',
  'start-date',
  'whenhandedover',
  'issued',
]

let careNumbers: readonly number[] | undefined

function careDates(): readonly number[] {
  const table = searchTable()
  careNumbers ??= [...table.types].flatMap((type) =>
    CARE_DATES.flatMap((name) => {
      const parameter = table.of(type).get(name)
      return parameter?.kind === 'date' ? [parameter.number] : []
    }),
  )
  return careNumbers
}

let numbers: readonly number[] | undefined

function compartmentNumbers(): readonly number[] {
  const table = searchTable()
  numbers ??= [...table.types].flatMap((type) =>
    table.compartment(type).flatMap((name) => {
      const number = table.of(type).get(name)?.number
      return number === undefined ? [] : [number]
    }),
  )
  return numbers
}

const TABLE_OF = {
  token: 'ix_token',
  uri: 'ix_token',
  reference: 'ix_reference',
  date: 'ix_date',
  string: 'ix_string',
  quantity: 'ix_quantity',
  number: 'ix_quantity',
} as const

function parameterSql(filter: Extract<Filter, { kind: 'parameter' }>, alias: string, values: Values): string {
  const { parameter, modifier, values: asked } = filter
  const table = TABLE_OF[parameter.kind]
  const rows = `select x.rid from ${table} x where x.param = ${parameter.number}`
  if (modifier === 'missing') {
    const wanted = new Set(asked)
    // missing=true,false: everything
    if (wanted.size > 1) return 'true'
    const here = `${alias}.rid in (${rows})`
    return wanted.has('true') ? `not ${here}` : here
  }
  if (modifier === 'identifier')
    return `${alias}.rid in (select x.rid from ix_token x where x.param = ${parameter.number} and ${any(asked.map((v) => tokenSql(v, values)))})`
  const condition = any(asked.map((value) => valueSql(parameter, modifier, value, values)))
  return `${alias}.rid ${modifier === 'not' ? 'not in' : 'in'} (${rows} and ${condition})`
}

function valueSql(
  parameter: SearchParameter,
  modifier: Extract<Filter, { kind: 'parameter' }>['modifier'],
  value: string,
  values: Values,
): string {
  switch (parameter.kind) {
    case 'token':
      return tokenSql(value, values)
    case 'uri':
      return modifier === 'below'
        ? `x.code like ${values.add(`${like(value)}%`, 'text')}`
        : `x.code = ${values.add(unescaped(value), 'text')}`
    case 'reference':
      return referenceSql(parameter, typeof modifier === 'object' ? modifier.type : undefined, value, values)
    case 'date':
      return dateSql(value, values)
    case 'string': {
      const text = unescaped(value)
      if (modifier === 'exact') return `x.exact = ${values.add(text, 'text')}`
      return `x.folded like ${values.add(`${modifier === 'contains' ? '%' : ''}${like(fold(text))}%`, 'text')}`
    }
    case 'quantity':
    case 'number':
      return quantitySql(value, values)
  }
}

const like = (text: string): string => text.replace(/[\\%_]/g, '\\$&')

function tokenSql(value: string, values: Values): string {
  const bar = value.search(/(?<!\\)\|/)
  if (bar < 0) return `x.code = ${values.add(unescaped(value), 'text')}`
  const system = unescaped(value.slice(0, bar))
  const code = unescaped(value.slice(bar + 1))
  if (code === '') return system === '' ? `x.system in ('', '${IMPLIED}')` : `x.system = ${values.add(system, 'text')}`
  const ofSystem = system === '' ? `x.system in ('', '${IMPLIED}')` : `x.system in (${values.add(system, 'text')}, '${IMPLIED}')`
  return `x.code = ${values.add(code, 'text')} and ${ofSystem}`
}

function referenceSql(parameter: SearchParameter, type: string | undefined, value: string, values: Values): string {
  const target = targetOf(unescaped(value))
  const id = `x.target_id = ${values.add(target.id, 'text')}`
  const only = parameter.name === 'patient' ? 'Patient' : parameter.targets.length === 1 ? parameter.targets[0] : undefined
  const of = target.type || type || (/^[A-Za-z0-9\-.]{1,64}$/.test(value) ? only : '')
  return of === undefined ? id : `${id} and x.target_type = ${values.add(of, 'text')}`
}

function dateSql(value: string, values: Values): string {
  const { prefix, text } = withoutPrefix(value)
  const range = dateRange(text)!
  const first = (): string => values.add(range.first, 'timestamptz')
  const last = (): string => values.add(range.last, 'timestamptz')
  const conditions: { readonly [P in Prefix]: () => string } = {
    eq: () => `x.first >= ${first()} and x.last <= ${last()}`,
    ne: () => `not (x.first >= ${first()} and x.last <= ${last()})`,
    gt: () => `x.last > ${last()}`,
    lt: () => `x.first < ${first()}`,
    ge: () => `x.last >= ${first()}`,
    le: () => `x.first <= ${last()}`,
    sa: () => `x.first > ${last()}`,
    eb: () => `x.last < ${first()}`,
    // within a tenth of the way from now
    ap: () => {
      const slack = Math.max(86_400_000, Math.abs(Date.now() - Date.parse(range.first)) / 10)
      const from = values.add(new Date(Date.parse(range.first) - slack).toISOString(), 'timestamptz')
      return `x.last >= ${from} and x.first <= ${values.add(new Date(Date.parse(range.last) + slack).toISOString(), 'timestamptz')}`
    },
  }
  return `(${conditions[prefix]()})`
}

function instantSql(value: string, column: string, values: Values): string {
  const { prefix, text } = withoutPrefix(value)
  const range = dateRange(text)!
  const first = (): string => values.add(range.first, 'timestamptz')
  const last = (): string => values.add(range.last, 'timestamptz')
  if (prefix === 'gt' || prefix === 'sa') return `${column} > ${last()}`
  if (prefix === 'lt' || prefix === 'eb') return `${column} < ${first()}`
  if (prefix === 'ge') return `${column} >= ${first()}`
  if (prefix === 'le') return `${column} <= ${last()}`
  const inside = `${column} between ${first()} and ${last()}`
  return prefix === 'ne' ? `not (${inside})` : `(${inside})`
}

function quantitySql(text: string, values: Values): string {
  const { prefix, value, tolerance, system, unit } = numberOf(text)!
  const number = (n: number): string => values.add(String(n), 'float8')
  const conditions: { readonly [P in Prefix]: () => string } = {
    eq: () => `x.low >= ${number(value - tolerance)} and x.high < ${number(value + tolerance)}`,
    ne: () => `not (x.low >= ${number(value - tolerance)} and x.high < ${number(value + tolerance)})`,
    gt: () => `x.high > ${number(value)}`,
    lt: () => `x.low < ${number(value)}`,
    ge: () => `x.high >= ${number(value)}`,
    le: () => `x.low <= ${number(value)}`,
    sa: () => `x.low > ${number(value)}`,
    eb: () => `x.high < ${number(value)}`,
    ap: () => `x.high >= ${number(value - Math.abs(value) / 10)} and x.low <= ${number(value + Math.abs(value) / 10)}`,
  }
  const parts = [conditions[prefix]()]
  if (system !== undefined) parts.push(`x.system = ${values.add(system, 'text')}`)
  if (unit !== undefined) parts.push(`x.unit = ${values.add(unit, 'text')}`)
  return `(${parts.join(' and ')})`
}

/** A resource that is there, and that the reader may see. */
function seenSql(type: string, alias: string, values: Values, through: Through): string {
  const { within, apart } = through.get(type) ?? {}
  return [
    `not ${alias}.is_deleted`,
    ...(within === undefined ? [] : [scopeSql(within, alias, (value, type) => values.add(value, type))]),
    ...(apart === undefined ? [] : [apartSql(apart, [type], alias, values)]),
  ].join(' and ')
}

/** Nothing that is set apart from the reader. Labels are rare: the few resources that bear one are found first. */
export function apartSql({ labels, who, charts }: SetApart, types: readonly string[], alias: string, values: Values): string {
  const parameters = types.flatMap((type) => searchTable().of(type).get('_security')?.number ?? [])
  const of = (part: 'system' | 'code'): string =>
    values.add(
      labels.map((label) => label[part]),
      'text[]',
    )
  return `(${alias}.rid not in (select x.rid from ix_token x join unnest(${of('system')}, ${of('code')}) as k(system, code)
      on x.system = k.system and x.code = k.code where x.param = any(${values.add(parameters, 'int[]')}))
    or ${alias}.chart = any(${values.add(charts, 'text[]')})
    or exists (select from chart_version w where w.type = ${alias}.type and w.id = ${alias}.id and w.version = ${alias}.version and w.recorded_by = ${values.add(who, 'text')}))`
}

const SORT_COLUMNS = {
  token: ['ix_token', 'code', 'code'],
  uri: ['ix_token', 'code', 'code'],
  reference: ['ix_reference', 'target_id', 'target_id'],
  date: ['ix_date', 'first', 'last'],
  string: ['ix_string', 'folded', 'folded'],
  quantity: ['ix_quantity', 'low', 'high'],
  number: ['ix_quantity', 'low', 'high'],
} as const

/** Resources without a value come last, either way; equal ones stand in the order in which they came. */
export function orderSql(rules: readonly SortRule[], alias: string): string {
  const parts = rules.map(({ by, isDescending }) => {
    const direction = isDescending ? 'desc' : 'asc'
    if (by === '_id') return `${alias}.id collate "C" ${direction}`
    if (by === '_lastUpdated') return `${alias}.recorded_at ${direction}`
    const [table, ascending, descending] = SORT_COLUMNS[by.kind]
    const value = isDescending ? `max(x.${descending})` : `min(x.${ascending})`
    return `(select ${value} from ${table} x where x.rid = ${alias}.rid and x.param = ${by.number}) ${direction} nulls last`
  })
  return [...parts, `${alias}.rid`].join(', ')
}
