import type { Criterion, FactDefinition } from '@secondwind/core'
import { cutOffName, inDateName } from './elm.ts'
import {
  AS_OF,
  asType,
  binary,
  choose,
  type Elm,
  type ElmDefinition,
  type ElmLibrary,
  emptyList,
  fhirType,
  first,
  integer,
  maximum,
  NULL,
  of,
  query,
  ref,
  retrieve,
  scoped,
  systemType,
  truth,
  unary,
  words,
} from './elm-tree.ts'
import { type ColumnType, columnsOf, type FactColumn } from './snapshot.ts'

/**
 * The library that reads facts from case features: one FHIR Observation a fact (`case-features.ts`), as in the CPG-on-FHIR guide.
 * A hospital with its own way to a fact replaces one definition here; the rules above do not change.
 */
export const FACTS_LIBRARY = 'SecondWindFacts'
export const FACTS_SYSTEM = 'https://second-wind.example.org/fhir/CodeSystem/facts'

/** Codes of an Observation's components. */
export const VALUE = 'value'
export const USABLE_UNTIL = 'usable-until'
export const itemCode = (fact: string): string => `${fact}-item`

export function factsLibrary(facts: readonly FactDefinition[], criteria: readonly Criterion[], version: string): ElmLibrary {
  const asked = askedOf(criteria)
  const columns = columnsOf(facts)
  const definitions: ElmDefinition[] = asked.days.map((days) => ({
    name: cutOffName(days),
    expression: binary('Subtract', { type: 'ParameterRef', name: AS_OF }, { type: 'Quantity', value: days, unit: 'days' }),
  }))
  for (const column of columns) {
    const { fact } = column
    const unit = fact.unit === undefined ? '' : `, ${fact.unit}`
    definitions.push({ name: fact.id, expression: factElm(column), comment: `${fact.label}${unit}` })
    // what never goes stale is always in date
    if (asked.fresh.has(fact.id) && fact.freshDays === undefined) definitions.push({ name: inDateName(fact.id), expression: ref(fact.id) })
    else if (asked.fresh.has(fact.id)) {
      const until = `${fact.id} usable until`
      definitions.push(
        { name: until, expression: observation(fact.id, 'O', onlyComponent('O', USABLE_UNTIL, dateOf(fhirValue('C', 'dateTime')))) },
        {
          name: inDateName(fact.id),
          expression: choose(binary('GreaterOrEqual', ref(until), { type: 'ParameterRef', name: AS_OF }), ref(fact.id), NULL),
        },
      )
    }
  }
  return {
    id: FACTS_LIBRARY,
    version,
    about: 'Facts of one patient, read from case features: an Observation a fact. Null is unknown.',
    includes: [],
    codeSystem: FACTS_SYSTEM,
    codes: columns.flatMap(({ fact, type }) => [
      { code: fact.id, display: fact.label },
      ...(type === 'rows' ? [{ code: itemCode(fact.id), display: `${fact.label}, one of them` }] : []),
    ]),
    hasAsOf: true,
    definitions,
  }
}

interface Asked {
  readonly days: readonly number[]
  /** Facts that some criterion wants in date. */
  readonly fresh: ReadonlySet<string>
}

function askedOf(criteria: readonly Criterion[]): Asked {
  const days = new Set<number>()
  const fresh = new Set<string>()
  const walk = (c: Criterion): void => {
    if (c.op === 'all' || c.op === 'any' || c.op === 'atLeast') c.of.forEach(walk)
    else if (c.op === 'not') walk(c.of)
    else if (c.op === 'some' || c.op === 'count') walk(c.where)
    else if (c.op === 'within') days.add(c.days)
    else if ((c.op === 'is' || c.op === 'compare') && c.fresh) fresh.add(c.fact)
  }
  criteria.forEach(walk)
  return { days: [...days].sort((a, b) => a - b), fresh }
}

/** The one Observation of a fact; more than one is an error of the input, which an engine reports. */
const observation = (code: string, alias: string, value: Elm): Elm =>
  unary('SingletonFrom', query(retrieve('Observation', code), alias, undefined, value))

const fhirValue = (alias: string, type: string): Elm => of(asType(scoped(alias, 'value'), fhirType(type)), 'value')
const fhirStructure = (alias: string, type: string, ...path: readonly string[]): Elm =>
  of(asType(scoped(alias, 'value'), fhirType(type)), ...path)
const dateOf = (dateTime: Elm): Elm => unary('DateFrom', dateTime)
const codeOf = (alias: string): Elm => of(first(fhirStructure(alias, 'CodeableConcept', 'coding')), 'code', 'value')

/** Components of one code, each turned into a value. */
const components = (alias: string, code: string, value: Elm): Elm =>
  query(scoped(alias, 'component'), 'C', binary('Equal', of(first(of(scoped('C', 'code'), 'coding')), 'code', 'value'), words(code)), value)
const onlyComponent = (alias: string, code: string, value: Elm): Elm => unary('SingletonFrom', components(alias, code, value))

function factElm(column: FactColumn): Elm {
  const { fact } = column
  if (column.type === 'rows') {
    const item = query(retrieve('Observation', itemCode(fact.id)), 'R', undefined, {
      type: 'Tuple',
      element: column.fields.map(({ field, type }) => ({ name: field, value: fieldElm(field, type) })),
    })
    // the header says that the list is known, and how long it is
    return choose(unary('IsNull', observation(fact.id, 'O', fhirValue('O', 'integer'))), NULL, item)
  }
  if (column.type === 'texts') return observation(fact.id, 'O', textsElm('O', VALUE, fhirValue('O', 'integer')))
  return observation(fact.id, 'O', singleElm('O', column.type, fact.absentValue === 'never' || fact.daysBetween === true))
}

/** A list of codes: its length first, so that none is told from unknown. */
const textsElm = (alias: string, code: string, length: Elm): Elm =>
  choose(
    unary('IsNull', length),
    NULL,
    choose(binary('Equal', length, integer(0)), emptyList(systemType('String')), components(alias, code, codeOf('C'))),
  )

function singleElm(alias: string, type: Exclude<ColumnType, 'texts'>, mayBeNever: boolean): Elm {
  const isNever = binary('Equal', fhirValue(alias, 'string'), words('never'))
  switch (type) {
    case 'truth':
      return fhirValue(alias, 'boolean')
    case 'number': {
      const number = fhirStructure(alias, 'Quantity', 'value', 'value')
      return mayBeNever ? choose(isNever, maximum, number) : number
    }
    case 'text':
      return codeOf(alias)
    case 'date':
      // an Observation that only says why the date is missing has no value
      return choose(unary('IsNull', scoped(alias, 'value')), NULL, {
        type: 'Tuple',
        element: [
          { name: 'never', value: { type: 'Coalesce', operand: [isNever, truth(false)] } },
          { name: 'first', value: dateOf(fhirStructure(alias, 'Period', 'start', 'value')) },
          { name: 'last', value: dateOf(fhirStructure(alias, 'Period', 'end', 'value')) },
        ],
      })
  }
}

/** A field of an item: a component of that code; for a list of codes a first component of the code with its length. */
function fieldElm(field: string, type: ColumnType): Elm {
  if (type === 'texts') return textsElm('R', field, onlyComponent('R', `${field}-count`, fhirValue('C', 'integer')))
  return onlyComponent('R', field, singleElm('C', type, type === 'number'))
}
