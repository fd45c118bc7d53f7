import type { Criterion, FactDefinition, NodeOf, Op } from '@secondwind/core'
import {
  type BinaryName,
  binary,
  cases,
  choose,
  count,
  decimal,
  type Elm,
  integer,
  list,
  of,
  query,
  ref,
  scoped,
  truth,
  UNKNOWN,
  unary,
  words,
} from './elm-tree.ts'
import { type ColumnType, columnsOf, type FactColumn } from './snapshot.ts'

/**
 * The CQL backend: a criterion as ELM, from which the CQL text is printed (`cql-print.ts`).
 *
 * CQL's own `and`, `or` and `not` are Kleene's. Engines and versions differ in what `in`, `exists`, `Count` and `contains` say of null,
 * so none of them ever sees one: membership is asked of a value that is known, and items that may still count are counted apart
 * from those that surely do. A date known in part comes as its first and last day, because CQL would call "March 2026 on or after 1 March" unknown.
 */
export interface ElmScope {
  readonly columns: ReadonlyMap<string, FactColumn>
  /** The library that defines a named criterion; undefined for one in the same library. */
  readonly criteria: string | undefined
  readonly facts: string
}

export const elmScope = (facts: readonly FactDefinition[], criteria: string | undefined): ElmScope => ({
  columns: new Map(columnsOf(facts).map((c) => [c.fact.id, c])),
  criteria,
  facts: 'Facts',
})

export const inDateName = (fact: string): string => `${fact} in date`
export const cutOffName = (days: number): string => `${days} days before`

/** Where a leaf finds its fact: a definition of the facts library, or a field of the item of a list. */
interface Place {
  typeOf(fact: string): ColumnType | 'rows'
  value(fact: string, fresh: boolean): Elm
}

export function criterionElm(criterion: Criterion, scope: ElmScope): Elm {
  return emit(criterion, scope, {
    typeOf: (fact) => columnOf(scope, fact).type,
    value: (fact, fresh) => ref(fresh ? inDateName(fact) : fact, scope.facts),
  })
}

function columnOf(scope: ElmScope, fact: string): FactColumn {
  const column = scope.columns.get(fact)
  if (!column) throw new Error(`invariant: criterion names fact ${fact}, which is not in the registry`)
  return column
}

const COMPARISONS: { readonly [cmp in NodeOf<'compare'>['cmp']]: BinaryName } = {
  '<': 'Less',
  '<=': 'LessOrEqual',
  '>': 'Greater',
  '>=': 'GreaterOrEqual',
  '=': 'Equal',
}

function emit(criterion: Criterion, scope: ElmScope, place: Place): Elm {
  const inner = (node: Criterion): Elm => emit(node, scope, place)
  const together = (type: 'And' | 'Or', parts: readonly Elm[]): Elm => parts.reduce((left, right) => binary(type, left, right))
  const table: { readonly [K in Op]: (node: NodeOf<K>) => Elm } = {
    const: ({ value }) => (value === 'unknown' ? UNKNOWN : truth(value === 'true')),
    ref: ({ id }) => ref(id, scope.criteria),
    is: (node) => isOneOf(place.value(node.fact, node.fresh === true), place.typeOf(node.fact), node.values),
    compare: (node) => binary(COMPARISONS[node.cmp], place.value(node.fact, node.fresh === true), decimal(decimalText(node.value))),
    within: (node) => {
      const date = place.value(node.fact, false)
      const cutOff = ref(cutOffName(node.days), scope.facts)
      return cases(
        [
          [of(date, 'never'), truth(false)],
          [binary('GreaterOrEqual', of(date, 'first'), cutOff), truth(node.since)],
          [binary('Less', of(date, 'last'), cutOff), truth(!node.since)],
        ],
        UNKNOWN,
      )
    },
    all: (node) => together('And', node.of.map(inner)),
    any: (node) => together('Or', node.of.map(inner)),
    not: (node) => unary('Not', inner(node.of)),
    atLeast: (node) => {
      const parts = list(node.of.map(inner))
      const part: Elm = { type: 'AliasRef', name: 'X' }
      return counted(tally(parts, 'X', part), tally(parts, 'X', notFalse(part)), '>=', node.min)
    },
    some: (node) => countedItems(node.fact, node.where, '>=', 1, scope),
    count: (node) => countedItems(node.fact, node.where, node.cmp, node.value, scope),
    known: (node) => unary('Not', unary('IsNull', place.value(node.fact, false))),
  }
  return (table[criterion.op] as (node: Criterion) => Elm)(criterion)
}

/** CQL decimals have at most eight digits after the point. */
export function decimalText(value: number): string {
  const text = String(value)
  if (!/^-?\d+(\.\d{1,8})?$/.test(text)) throw new Error(`invariant: ${text} is not a decimal that CQL can write`)
  return text.includes('.') ? text : `${text}.0`
}

/** What the printed CQL cannot say of a criterion, for the compiler to report; empty for every criterion that it can. */
export function notInCql(criterion: Criterion): readonly string[] {
  switch (criterion.op) {
    case 'compare':
      return /^-?\d+(\.\d{1,8})?$/.test(String(criterion.value))
        ? []
        : [`${criterion.fact}: ${criterion.value} has more than eight decimals`]
    case 'all':
    case 'any':
    case 'atLeast':
      return criterion.of.flatMap(notInCql)
    case 'not':
      return notInCql(criterion.of)
    case 'some':
    case 'count':
      return notInCql(criterion.where)
    case 'const':
    case 'ref':
    case 'is':
    case 'within':
    case 'known':
      return []
  }
}

function isOneOf(value: Elm, type: ColumnType | 'rows', values: readonly string[]): Elm {
  if (type === 'truth') {
    const yes = values.includes('true')
    const no = values.includes('false')
    if (yes && no) return binary('Or', value, unary('Not', value))
    return yes ? value : unary('Not', value)
  }
  const known = (answer: Elm): Elm => choose(unary('IsNull', value), UNKNOWN, answer)
  if (type === 'texts') return known(unary('Exists', binary('Intersect', value, list(values.map(codeLiteral)))))
  if (values.length === 1) return binary('Equal', value, codeLiteral(values[0]!))
  return known(binary('In', value, list(values.map(codeLiteral))))
}

/** FHIR has no empty string: a word that stands for "none of the list" is written out in case features and in what asks for them. */
export const EMPTY_CODE = 'not-in-terminology'
const codeLiteral = (value: string): Elm => words(value === '' ? EMPTY_CODE : value)

const notFalse = (part: Elm): Elm => unary('Not', unary('IsFalse', part))

function countedItems(fact: string, where: Criterion, cmp: NodeOf<'count'>['cmp'], value: number, scope: ElmScope): Elm {
  const column = columnOf(scope, fact)
  const types = new Map(column.fields.map(({ field, type }) => [field, type]))
  const condition = emit(where, scope, { typeOf: (field) => types.get(field) ?? 'text', value: (field) => scoped('R', field) })
  const items = ref(fact, scope.facts)
  return choose(unary('IsNull', items), UNKNOWN, counted(tally(items, 'R', condition), tally(items, 'R', notFalse(condition)), cmp, value))
}

/** Each one counts as a one: Count skips nulls, and a query that returns its items may return equal ones once. */
const tally = (items: Elm, alias: string, where: Elm): Elm => count(query(items, alias, where, integer(1)))

/** A comparison of a number that is at least `sure` and at most `possible`. */
function counted(sure: Elm, possible: Elm, cmp: NodeOf<'count'>['cmp'], value: number): Elm {
  const compare = (type: BinaryName, number: Elm): Elm => binary(type, number, integer(value))
  const pairs: { readonly [K in typeof cmp]: readonly [yes: Elm, no: Elm] } = {
    '>=': [compare('GreaterOrEqual', sure), compare('Less', possible)],
    '>': [compare('Greater', sure), compare('LessOrEqual', possible)],
    '<': [compare('Less', possible), compare('GreaterOrEqual', sure)],
    '<=': [compare('LessOrEqual', possible), compare('Greater', sure)],
    '=': [
      binary('And', compare('Equal', sure), compare('Equal', possible)),
      binary('Or', compare('Greater', sure), compare('Less', possible)),
    ],
  }
  const [yes, no] = pairs[cmp]
  return cases(
    [
      [yes, truth(true)],
      [no, truth(false)],
    ],
    UNKNOWN,
  )
}
