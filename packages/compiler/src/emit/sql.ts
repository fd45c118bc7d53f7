import { type Criterion, type DayNumber, isoDay, latestDay, type NodeOf, type Op, type Vocabulary } from '@secondwind/core'
import { dayFactSql } from './day-facts.ts'
import { type ColumnType, columnName, columnsOf, type FactColumn } from './snapshot.ts'
import { type SqlDialect, valueColumns } from './sql-dialects.ts'

/**
 * The SQL backend: a criterion becomes one boolean expression over `case_snapshot`, NULL for unknown.
 *
 * SQL's own AND, OR and NOT are Kleene's, so only four things need care: membership in a known list, dates that are known in part,
 * counting (an aggregate drops nulls, so what is sure and what may still be are counted apart), and freshness.
 * Every day that is compared is a constant, worked out here from the plan's date.
 */
export interface SqlContext {
  readonly words: Vocabulary
  readonly dialect: SqlDialect
  readonly columns: ReadonlyMap<string, FactColumn>
  readonly asOf: DayNumber
}

/** Alias of the snapshot in every query. */
const SNAPSHOT = 's'
export const TABLE = 'case_snapshot'

export function sqlContext(words: Vocabulary, dialect: SqlDialect, asOf: string): SqlContext {
  const day = latestDay(asOf)
  if (day === undefined) throw new Error(`invariant: ${asOf} is not a day`)
  return { words, dialect, columns: new Map(columnsOf(words.facts).map((c) => [c.fact.id, c])), asOf: day }
}

export const childTable = (column: FactColumn): string => `${TABLE}_${column.name}`

/** Where the fact of a leaf is found: a column of the snapshot, or a field of the item `r` of a list. */
interface Place {
  readonly isItem: boolean
  column(name: string): string
  typeOf(fact: string): ColumnType | 'rows'
  nameOf(fact: string): string
}

export function criterionSql(criterion: Criterion, context: SqlContext): string {
  return emit(criterion, context, {
    isItem: false,
    column: (name) => `${SNAPSHOT}.${context.dialect.quote(name)}`,
    typeOf: (fact) => columnOf(context, fact).type,
    nameOf: columnName,
  })
}

function columnOf(context: SqlContext, fact: string): FactColumn {
  const column = context.columns.get(fact)
  if (!column) throw new Error(`invariant: criterion names fact ${fact}, which is not in the registry`)
  return column
}

function emit(criterion: Criterion, context: SqlContext, place: Place): string {
  const { dialect } = context
  const inner = (node: Criterion): string => emit(node, context, place)
  const value = (fact: string): string => place.column(place.nameOf(fact))
  const table: { readonly [K in Op]: (node: NodeOf<K>) => string } = {
    const: (node) => (node.value === 'unknown' ? `cast(null as ${dialect.types.truth})` : node.value),
    ref: (node) => {
      const target = context.words.named.get(node.id)
      if (!target) throw new Error(`invariant: criterion refers to ${node.id}, which is not defined`)
      return inner(target.when)
    },
    is: (node) => whenFresh(node, isOneOf(value(node.fact), place.typeOf(node.fact), node.values, dialect), context, place),
    compare: (node) => whenFresh(node, `(${value(node.fact)} ${node.cmp} ${dialect.number(node.value)})`, context, place),
    within: (node) => {
      const [first, last, never] = valueColumns(place.nameOf(node.fact), 'date', dialect).map(([name]) => place.column(name))
      const cutOff = `date '${isoDay(context.asOf - node.days)}'`
      return `(case when ${never} then false when ${first} >= ${cutOff} then ${node.since} when ${last} < ${cutOff} then ${!node.since} end)`
    },
    all: (node) => `(${node.of.map(inner).join(' and ')})`,
    any: (node) => `(${node.of.map(inner).join(' or ')})`,
    not: (node) => `(not ${inner(node.of)})`,
    atLeast: (node) => {
      const parts = node.of.map(inner)
      const sure = parts.map((part) => `(case when ${part} then 1 else 0 end)`).join(' + ')
      const possible = parts.map((part) => `(case when not ${part} then 0 else 1 end)`).join(' + ')
      return counted(`(${sure})`, `(${possible})`, '>=', node.min)
    },
    some: (node) => countedItems(node.fact, node.where, '>=', 1, context),
    count: (node) => countedItems(node.fact, node.where, node.cmp, node.value, context),
    known: (node) => {
      if (place.typeOf(node.fact) !== 'date') return `(${value(node.fact)} is not null)`
      const [first, , never] = valueColumns(place.nameOf(node.fact), 'date', dialect).map(([name]) => place.column(name))
      return `(${first} is not null or coalesce(${never}, false))`
    },
  }
  return (table[criterion.op] as (node: Criterion) => string)(criterion)
}

function isOneOf(column: string, type: ColumnType | 'rows', values: readonly string[], dialect: SqlDialect): string {
  if (type === 'texts') return `(${dialect.overlaps(column, values)})`
  if (type !== 'truth') return `(${column} in (${values.map(dialect.text).join(', ')}))`
  const yes = values.includes('true')
  const no = values.includes('false')
  if (yes && no) return `(${column} or not ${column})`
  return yes ? column : `(not ${column})`
}

/** A stale value, where freshness is demanded, is unknown. */
function whenFresh(node: NodeOf<'is'> | NodeOf<'compare'>, condition: string, context: SqlContext, place: Place): string {
  if (node.fresh !== true || place.isItem) return condition
  const until = `${SNAPSHOT}.${context.dialect.quote(`${columnName(node.fact)}_fresh_until`)}`
  return hasLifetime(columnOf(context, node.fact))
    ? `(case when ${until} >= date '${isoDay(context.asOf)}' then ${condition} end)`
    : condition
}

/** Only what can grow stale carries its days. */
export const hasLifetime = (column: FactColumn): boolean => column.fact.freshDays !== undefined

/** EXISTS and count() drop what is null: an item that may satisfy the condition keeps the answer open. */
function countedItems(fact: string, where: Criterion, cmp: NodeOf<'count'>['cmp'], value: number, context: SqlContext): string {
  const { dialect } = context
  const list = columnOf(context, fact)
  const types = new Map(list.fields.map((f) => [f.field, f.type]))
  const condition = emit(where, context, {
    isItem: true,
    column: (name) => `r.${dialect.quote(name)}`,
    typeOf: (field) => types.get(field) ?? 'text',
    nameOf: (field) => field,
  })
  const known = `${SNAPSHOT}.${dialect.quote(list.name)}`
  const source = { column: known, childTable: childTable(list) }
  const sure = dialect.countItems(source, condition)
  const possible = dialect.countItems(source, `(${condition} is not false)`)
  return `(case when ${known} is null then null else ${counted(sure, possible, cmp, value)} end)`
}

/** A comparison of a number that is at least `sure` and at most `possible`. */
function counted(sure: string, possible: string, cmp: NodeOf<'count'>['cmp'], value: number): string {
  const [yes, no] = {
    '>=': [`${sure} >= ${value}`, `${possible} < ${value}`],
    '>': [`${sure} > ${value}`, `${possible} <= ${value}`],
    '<': [`${possible} < ${value}`, `${sure} >= ${value}`],
    '<=': [`${possible} <= ${value}`, `${sure} > ${value}`],
    '=': [`${sure} = ${value} and ${possible} = ${value}`, `${sure} > ${value} or ${possible} < ${value}`],
  }[cmp]
  return `(case when ${yes} then true when ${no} then false end)`
}

/**
 * The snapshot with the facts that move with the calendar as they are on the day asked. `facts`: only these; `from`: another table or subquery
 * that has its columns.
 */
export function snapshotOnDay(context: SqlContext, { facts, from = TABLE }: { facts?: ReadonlySet<string>; from?: string } = {}): string {
  const { dialect } = context
  const shown: string[] = [`t.${dialect.quote('case_id')}`]
  for (const column of context.columns.values()) {
    if (facts && !facts.has(column.fact.id)) continue
    const computed = dayFactSql(column.fact.id, context)
    const names = column.type === 'rows' ? [column.name] : valueColumns(column.name, column.type, dialect).map(([name]) => name)
    for (const name of names) {
      shown.push(computed ? `${computed.value} as ${dialect.quote(name)}` : `t.${dialect.quote(name)}`)
    }
    if (hasLifetime(column)) {
      const until = dialect.quote(`${column.name}_fresh_until`)
      shown.push(computed?.freshUntil ? `${computed.freshUntil} as ${until}` : `t.${until}`)
    }
  }
  return `select ${shown.join(',\n    ')}\n  from ${from} t`
}

/** `case_id` and one boolean column for each criterion, named as given. NULL is unknown. */
export function verdictsSql(rules: readonly { readonly id: string; readonly when: Criterion }[], context: SqlContext): string {
  const { dialect } = context
  const verdicts = rules.map(({ id, when }) => `${criterionSql(when, context)} as ${dialect.quote(id)}`)
  return `with on_day as ${dialect.onceOnly}(\n  ${snapshotOnDay(context)}\n)\nselect ${SNAPSHOT}.${dialect.quote('case_id')},\n  ${verdicts.join(',\n  ')}\nfrom on_day ${SNAPSHOT}`
}
