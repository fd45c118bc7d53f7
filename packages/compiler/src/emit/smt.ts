import type { Comparator, Criterion, FactDefinition, NodeOf, Op, Vocabulary } from '@secondwind/core'
import { and, constant, countOf, FALSE, not, numeral, or, symbol, type Term, TRUE } from './smt-terms.ts'

/** A criterion in SMT: whether it is true, and whether it is false. Neither: unknown. Never both. */
export interface TruthPair {
  readonly t: Term
  readonly f: Term
}

/** One unknown of the solver: a part of what is known about one fact, or about one field of one row of a list. */
export interface Variable {
  readonly name: Term
  readonly sort: 'Bool' | 'Int' | 'Real'
  /** known, stale, never: flags; truth, number: the value; code: whether it holds this code; first, last: days from the plan's day (a partial date is a range); row: the row is there. */
  readonly part: 'known' | 'stale' | 'never' | 'truth' | 'number' | 'code' | 'first' | 'last' | 'row'
  readonly fact: string
  readonly code?: string
  /** Slot of the list, from 0. */
  readonly row?: number
  readonly field?: string
}

/** Rows that a list may hold in the solver's space. Every criterion of the base asks for at most one row that fits; three leave room for two that do not. */
export const ROWS = 3

export interface SmtEmitter {
  /** The pair of a criterion. Named criteria become definitions, everything it looks at becomes variables. */
  pair(criterion: Criterion): TruthPair
  /** The variable of a part of a fact, for constraints. */
  variable(fact: string, part: Variable['part'], code?: string): Term
  /** The variable of a part of a field of a row. */
  rowVariable(list: string, row: number, field: string, part: Variable['part'], code?: string): Term
  /** The variable that says whether a slot of a list holds a row. */
  row(list: string, row: number): Term
  /** The codes that a fact may hold in this space: those of the registry, or of the options, and those that a criterion names. */
  codes(fact: string): readonly string[]
  /** Gives a term a name, so that it is written once. */
  define(name: string, term: Term): Term
  readonly variables: ReadonlyMap<Term, Variable>
  /** In an order in which each names only what stands before it. */
  readonly definitions: ReadonlyMap<Term, Term>
}

/** What a leaf looks at: a fact of the patient, or a field of a row. */
interface Place {
  readonly type: FactDefinition['type']
  known(): Term
  part(part: Variable['part'], code?: string): Term
}

export interface EmitterOptions {
  readonly rows?: number
  /** Put behind what says that a fact is known: two emitters that differ here speak of one patient at two states of knowledge. */
  readonly knowing?: string
  /** Codes of a fact for which the registry lists no values. */
  readonly codes?: (fact: string) => readonly string[] | undefined
}

/**
 * Criteria as SMT-LIB 2: a table by operator, so that a new operator does not compile until it is answered here.
 * Its meaning is that of `explain` (`test/conformance`); lists are bounded to `rows` rows, with one bit that says whether the list is known at all.
 */
export function smtEmitter(words: Vocabulary, { rows = ROWS, knowing = '', codes }: EmitterOptions = {}): SmtEmitter {
  const variables = new Map<Term, Variable>()
  const definitions = new Map<Term, Term>()
  const mentioned = new Map<string, readonly string[]>()

  function declare(variable: Omit<Variable, 'name' | 'sort'>, type: FactDefinition['type']): Term {
    const { part, fact, code, row, field } = variable
    const at = row === undefined ? fact : part === 'row' ? `${fact}#${row}` : `${fact}#${row}.${field}`
    const name = symbol(part === 'known' ? `${at}?${knowing}` : `${at}${SUFFIX[part]}${part === 'code' ? code : ''}`)
    if (!variables.has(name)) {
      const sort = part === 'first' || part === 'last' ? 'Int' : part !== 'number' ? 'Bool' : type === 'integer' ? 'Int' : 'Real'
      variables.set(name, { name, sort, ...variable })
      if (code !== undefined && row === undefined) mentioned.set(fact, [...(mentioned.get(fact) ?? []), code])
    }
    return name
  }

  function definitionOf(fact: string): FactDefinition {
    const at = words.position.get(fact)
    if (at === undefined) throw new Error(`invariant: criterion names fact ${fact}, which is not in the registry`)
    return words.facts[at]!
  }

  function variable(fact: string, part: Variable['part'], code?: string): Term {
    return declare({ part, fact, ...(code === undefined ? {} : { code }) }, definitionOf(fact).type)
  }

  function rowVariable(list: string, row: number, field: string, part: Variable['part'], code?: string): Term {
    const type = FIELD_TYPES[definitionOf(list).fields?.[field] ?? 'text']
    return declare({ part, fact: list, row, field, ...(code === undefined ? {} : { code }) }, type)
  }

  const rowThere = (list: string, row: number): Term => declare({ part: 'row', fact: list, row }, 'truth')

  function codesOf(fact: string): readonly string[] {
    const { type, values, absence } = definitionOf(fact)
    const listed = codes?.(fact) ?? Object.keys(values ?? {})
    // silence about a listed code stands for `none`
    const none = type === 'code' && absence === 'listed' ? ['none'] : []
    return [...new Set([...listed, ...none, ...(mentioned.get(fact) ?? [])])]
  }

  const factPlace = (fact: string): Place => ({
    type: definitionOf(fact).type,
    known: () => variable(fact, 'known'),
    part: (part, code) => variable(fact, part, code),
  })
  const rowPlace = (list: string, row: number, field: string): Place => ({
    type: FIELD_TYPES[definitionOf(list).fields?.[field] ?? 'text'],
    known: () => rowVariable(list, row, field, 'known'),
    part: (part, code) => rowVariable(list, row, field, part, code),
  })

  /** The rows of a list that fit: for each slot, whether it surely does, and whether it may. */
  function fitting(list: string, where: Criterion): { readonly sure: readonly Term[]; readonly possible: readonly Term[] } {
    const slots = Array.from({ length: rows }, (_, row) => {
      const there = rowThere(list, row)
      const { t, f } = emit(where, (field) => rowPlace(list, row, field))
      return { sure: and(there, t), possible: and(there, not(f)) }
    })
    return { sure: slots.map((s) => s.sure), possible: slots.map((s) => s.possible) }
  }

  function emit(criterion: Criterion, place: (fact: string) => Place): TruthPair {
    const table: { readonly [K in Op]: (node: NodeOf<K>) => TruthPair } = {
      const: ({ value }) => ({ t: constant(value === 'true'), f: constant(value === 'false') }),
      ref: ({ id }) => {
        const t = symbol(`${id}!true${knowing}`)
        const f = symbol(`${id}!false${knowing}`)
        if (!definitions.has(t)) {
          const target = words.named.get(id)
          if (!target) throw new Error(`invariant: criterion refers to ${id}, which is not defined`)
          const inner = emit(target.when, factPlace)
          definitions.set(t, inner.t)
          definitions.set(f, inner.f)
        }
        return { t, f }
      },
      is: ({ fact, values, fresh }) => leaf(place(fact), isTerm(place(fact), values), fresh),
      compare: ({ fact, cmp, value, fresh }) => leaf(place(fact), compareTerm(place(fact), cmp, value), fresh),
      within: ({ fact, days, since }) => withinPair(place(fact), days, since),
      all: ({ of }) => {
        const pairs = of.map((c) => emit(c, place))
        return { t: and(...pairs.map((p) => p.t)), f: or(...pairs.map((p) => p.f)) }
      },
      any: ({ of }) => {
        const pairs = of.map((c) => emit(c, place))
        return { t: or(...pairs.map((p) => p.t)), f: and(...pairs.map((p) => p.f)) }
      },
      not: ({ of }) => {
        const { t, f } = emit(of, place)
        return { t: f, f: t }
      },
      atLeast: ({ min, of }) => {
        const pairs = of.map((c) => emit(c, place))
        return countedPair(
          pairs.map((p) => p.t),
          pairs.map((p) => not(p.f)),
          '>=',
          min,
        )
      },
      some: ({ fact, where }) => {
        const { sure, possible } = fitting(fact, where)
        return whenKnown(variable(fact, 'known'), countedPair(sure, possible, '>=', 1))
      },
      count: ({ fact, where, cmp, value }) => {
        const { sure, possible } = fitting(fact, where)
        return whenKnown(variable(fact, 'known'), countedPair(sure, possible, cmp, value))
      },
      known: ({ fact }) => ({ t: place(fact).known(), f: not(place(fact).known()) }),
    }
    return (table[criterion.op] as (node: Criterion) => TruthPair)(criterion)
  }

  return {
    pair: (criterion) => emit(criterion, factPlace),
    variable,
    rowVariable,
    row: rowThere,
    codes: codesOf,
    define: (name, term) => {
      const made = symbol(name)
      definitions.set(made, term)
      return made
    },
    variables,
    definitions,
  }
}

const SUFFIX: { readonly [part in Variable['part']]: string } = {
  known: '?',
  stale: '~old',
  never: '~never',
  truth: '',
  number: '',
  code: '=',
  first: '~first',
  last: '~last',
  row: '',
}

export const FIELD_TYPES = { text: 'code', number: 'quantity', truth: 'truth', date: 'date', texts: 'codes' } as const

function leaf(place: Place, holds: Term, fresh: true | undefined): TruthPair {
  const usable = fresh ? and(place.known(), not(place.part('stale'))) : place.known()
  return { t: and(usable, holds), f: and(usable, not(holds)) }
}

function isTerm(place: Place, values: readonly string[]): Term {
  switch (place.type) {
    case 'truth': {
      const value = place.part('truth')
      return or(...values.map((v) => (v === 'true' ? value : v === 'false' ? not(value) : FALSE)))
    }
    case 'code':
    case 'codes':
    case 'text':
      return or(...values.map((v) => place.part('code', v)))
    case 'integer':
    case 'quantity':
    case 'date':
    case 'list':
      throw new Error(`invariant: "is" on a fact of type ${place.type} (the compiler refuses it)`)
  }
}

/** "Days since" something that never was is endless: below no limit and above every one. */
function compareTerm(place: Place, cmp: Comparator, limit: number): Term {
  if (place.type !== 'integer' && place.type !== 'quantity')
    throw new Error(`invariant: a comparison of a fact of type ${place.type} (the compiler refuses it)`)
  const never = place.part('never')
  const holds = `(${cmp} ${place.part('number')} ${numeral(limit, place.type === 'integer' && Number.isInteger(limit) ? 'Int' : 'Real')})`
  const compared =
    place.type === 'integer' && !Number.isInteger(limit) ? holds.replace(place.part('number'), `(to_real ${place.part('number')})`) : holds
  return cmp === '>' || cmp === '>=' ? or(never, compared) : and(not(never), compared)
}

/** A partial date that straddles the cut-off is unknown, never rounded. */
function withinPair(place: Place, days: number, since: boolean): TruthPair {
  const never = place.part('never')
  const after = and(place.known(), not(never), `(>= ${place.part('first')} ${numeral(-days, 'Int')})`)
  const before = and(place.known(), not(never), `(< ${place.part('last')} ${numeral(-days, 'Int')})`)
  const isNever = and(place.known(), never)
  return since ? { t: after, f: or(isNever, before) } : { t: before, f: or(isNever, after) }
}

const whenKnown = (known: Term, { t, f }: TruthPair): TruthPair => ({ t: and(known, t), f: and(known, f) })

/** A number of verdicts compared, when some may still turn out either way: true or false only where every outcome agrees. */
function countedPair(sure: readonly Term[], possible: readonly Term[], cmp: Comparator, value: number): TruthPair {
  const low = countOf(sure)
  const high = countOf(possible)
  // a count is whole: comparing with 1.5 is comparing with a whole number beside it
  switch (cmp) {
    case '>=':
      return { t: `(>= ${low} ${numeral(Math.ceil(value), 'Int')})`, f: `(< ${high} ${numeral(Math.ceil(value), 'Int')})` }
    case '>':
      return { t: `(> ${low} ${numeral(Math.floor(value), 'Int')})`, f: `(<= ${high} ${numeral(Math.floor(value), 'Int')})` }
    case '<=':
      return { t: `(<= ${high} ${numeral(Math.floor(value), 'Int')})`, f: `(> ${low} ${numeral(Math.floor(value), 'Int')})` }
    case '<':
      return { t: `(< ${high} ${numeral(Math.ceil(value), 'Int')})`, f: `(>= ${low} ${numeral(Math.ceil(value), 'Int')})` }
    case '=': {
      if (!Number.isInteger(value)) return { t: FALSE, f: TRUE }
      const limit = numeral(value, 'Int')
      return { t: and(`(= ${low} ${limit})`, `(= ${high} ${limit})`), f: or(`(< ${high} ${limit})`, `(> ${low} ${limit})`) }
    }
  }
}
