import type { FactValue, ListItem } from '../facts/index.ts'
import type { DayNumber } from '../time/index.ts'
import type { Truth } from '../truth/index.ts'
import type { Criterion, NodeOf, Op } from './ast.ts'
import { type CaseColumn, type CaseTable, dayCode, NEVER_CODE } from './case-table.ts'
import { compileRow, countedTruth } from './decide.ts'
import { compares, isOneOf, rowsOf } from './leaf.ts'
import { NOBODY, type Plane, PlaneCode } from './plane-code.ts'
import { type Connective, connectives, type PlaneCompiler, type Planes } from './plane-logic.ts'
import type { Vocabulary } from './view.ts'

const UNKNOWN: Planes = { isTrue: NOBODY, isFalse: NOBODY }

/**
 * The columns backend: a criterion over all cases of a table at once. Each distinct leaf and combination is computed once a block.
 * `not` costs nothing: it swaps the planes.
 */
export class ColumnCompiler implements PlaneCompiler {
  readonly code: PlaneCode
  /** All cases. */
  readonly everyone: Plane
  readonly #words: Vocabulary
  readonly #ops: { readonly [K in Op]: (node: NodeOf<K>) => Planes }
  readonly #table: CaseTable
  readonly #asOf: DayNumber
  /** By node: a safety rule stands in the question of every option that it is aimed at. */
  readonly #compiled = new Map<Criterion, Planes>()
  /** By column and question: most leaves are asked by many rules, and each goes through all values of its column. */
  readonly #answered: Map<string, Planes>

  /** Two knowledge bases compiled into the same code share what is equal in both. */
  constructor(words: Vocabulary, table: CaseTable, asOf: DayNumber, code = new PlaneCode()) {
    this.code = code
    this.#answered = answeredIn(code, table, asOf)
    this.#words = words
    this.#table = table
    this.#asOf = asOf
    this.everyone = this.code.bits(table.valid)
    this.#ops = { ...connectives(this, words), ...this.#leaves }
  }

  compile = (criterion: Criterion): Planes => {
    let planes = this.#compiled.get(criterion)
    if (planes === undefined) {
      planes = (this.#ops[criterion.op] as (node: Criterion) => Planes)(criterion)
      this.#compiled.set(criterion, planes)
    }
    return planes
  }

  /** The cases with each member of a set fact, known ones alone. */
  membersOf(fact: string): ReadonlyMap<string, Plane> {
    const column = this.#column(fact)
    return column?.kind === 'sets' ? new Map([...column.members].map(([member, at]) => [member, this.code.bits(at)])) : new Map()
  }

  readonly #leaves: { readonly [K in Exclude<Op, Connective>]: (node: NodeOf<K>) => Planes } = {
    is: ({ fact, values, fresh }) => {
      const column = this.#column(fact)
      if (column?.kind === 'days') return this.#isDay(column, values)
      if (column?.kind === 'sets') {
        const isTrue = this.code.or(values.flatMap((value) => column.members.get(value) ?? []).map(this.code.bits))
        return this.#usable(column, { isTrue, isFalse: this.code.andNot(this.#known(column), isTrue) }, fresh)
      }
      return this.#byValue(column, JSON.stringify(values), (value) => isOneOf(value, values), fresh)
    },
    compare: ({ fact, cmp, value: limit, fresh }) => {
      const column = this.#column(fact)
      if (column?.kind !== 'floats') return this.#byValue(column, `${cmp} ${limit}`, (value) => compares(value, cmp, limit), fresh)
      const isTrue = this.#floats(column.at, cmp, limit)
      return this.#usable(column, { isTrue, isFalse: this.code.andNot(this.#known(column), isTrue) }, fresh)
    },
    within: ({ fact, days, since }) => {
      const column = this.#column(fact)
      if (column?.kind !== 'days') return UNKNOWN
      const cutOff = dayCode(this.#asOf - days)
      const never = this.code.range16(column.first, NEVER_CODE, NEVER_CODE)
      const after = this.code.range16(column.first, cutOff, NEVER_CODE - 1)
      const before = this.code.range16(column.last, 1, cutOff - 1)
      return since ? { isTrue: after, isFalse: this.code.or([before, never]) } : { isTrue: before, isFalse: this.code.or([after, never]) }
    },
    some: (node) => this.#counted(node, '>=', 1),
    count: (node) => this.#counted(node, node.cmp, node.value),
    known: ({ fact }) => {
      const column = this.#column(fact)
      const isTrue = column === undefined ? NOBODY : this.#known(column)
      return { isTrue, isFalse: this.code.andNot(this.everyone, isTrue) }
    },
  }

  #counted(node: NodeOf<'some'> | NodeOf<'count'>, cmp: NodeOf<'count'>['cmp'], limit: number): Planes {
    const where = compileRow(node.where)
    const truth = (value: FactValue): Truth =>
      countedTruth(
        rowsOf(value).map((row: ListItem) => where(row, this.#asOf)),
        cmp,
        limit,
      )
    return this.#byValue(this.#column(node.fact), `${cmp} ${limit} ${JSON.stringify(node.where)}`, truth, undefined)
  }

  #column(fact: string): CaseColumn | undefined {
    if (!this.#words.position.has(fact)) throw new Error(`invariant: criterion names fact ${fact}, which is not in the registry`)
    return this.#table.columns.get(fact)
  }

  #known(column: CaseColumn): Plane {
    switch (column.kind) {
      case 'codes':
        return this.code.range8(column.at, 1, 255)
      case 'ranks':
        return this.code.range16(column.at, 1, 65_535)
      case 'floats':
        return this.code.range64(column.at, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
      case 'sets':
        return this.code.bits(column.known)
      case 'days':
        return this.code.range16(column.first, 1, 65_535)
      case 'entries':
        return this.code.lookUp(column.at, 'known', () => tableOf(column.values.map(() => true)))
    }
  }

  /** A question that each distinct value of a column answers once. */
  #byValue(column: CaseColumn | undefined, key: string, truth: (value: FactValue) => Truth, fresh: true | undefined): Planes {
    if (column === undefined || column.kind === 'sets' || column.kind === 'days') return UNKNOWN // a set or a date is no number
    if (column.kind === 'floats') throw new Error(`invariant: a measured number is compared, not listed (${key})`)
    const name = `${column.at} ${key}`
    let planes = this.#answered.get(name)
    if (planes === undefined) {
      planes = this.#valuesWith(column, key, truth)
      this.#answered.set(name, planes)
    }
    return this.#usable(column, planes, fresh)
  }

  #valuesWith(column: ListedColumn, key: string, truth: (value: FactValue) => Truth): Planes {
    const truths = column.values.map(truth)
    switch (column.kind) {
      case 'codes':
      case 'ranks': {
        const range = column.kind === 'codes' ? this.code.range8 : this.code.range16
        const cases = (wanted: Truth): Plane =>
          this.code.or(runsOf(truths.map((one) => one === wanted)).map(([from, to]) => range(column.at, from + 1, to + 1)))
        return { isTrue: cases('true'), isFalse: cases('false') }
      }
      case 'entries': {
        const cases = (wanted: Truth): Plane =>
          this.code.lookUp(column.at, `${wanted} ${key}`, () => tableOf(truths.map((one) => one === wanted)))
        return { isTrue: cases('true'), isFalse: cases('false') }
      }
    }
  }

  /** A date may be asked whether it is `never`; no other day is listed. */
  #isDay(column: CaseColumn & { readonly kind: 'days' }, values: readonly string[]): Planes {
    if (values.some((value) => value !== 'never')) throw new Error(`invariant: a date is compared, not listed (${values})`)
    const isTrue = this.code.range16(column.first, NEVER_CODE, NEVER_CODE)
    return { isTrue, isFalse: this.code.andNot(this.#known(column), isTrue) }
  }

  /** A stale value decides nothing where freshness is demanded. */
  #usable(column: CaseColumn, { isTrue, isFalse }: Planes, fresh: true | undefined): Planes {
    if (!fresh || column.stale === undefined) return { isTrue, isFalse }
    const stale = this.code.bits(column.stale)
    return { isTrue: this.code.andNot(isTrue, stale), isFalse: this.code.andNot(isFalse, stale) }
  }

  #floats(at: number, cmp: NodeOf<'compare'>['cmp'], limit: number): Plane {
    switch (cmp) {
      case '<':
        return this.code.range64(at, Number.NEGATIVE_INFINITY, below(limit))
      case '<=':
        return this.code.range64(at, Number.NEGATIVE_INFINITY, limit)
      case '>':
        return this.code.range64(at, -below(-limit), Number.POSITIVE_INFINITY)
      case '>=':
        return this.code.range64(at, limit, Number.POSITIVE_INFINITY)
      case '=':
        return this.code.range64(at, limit, limit)
    }
  }
}

type ListedColumn = Extract<CaseColumn, { readonly kind: 'codes' | 'ranks' | 'entries' }>

/** What was asked of the columns of a table on a day, in some code: of two bases that are compiled into the same code the second has most of it answered. */
const answered = new WeakMap<PlaneCode, { readonly table: CaseTable; readonly asOf: DayNumber; readonly planes: Map<string, Planes> }>()

function answeredIn(code: PlaneCode, table: CaseTable, asOf: DayNumber): Map<string, Planes> {
  const known = answered.get(code)
  if (known?.table === table && known.asOf === asOf) return known.planes
  const planes = new Map<string, Planes>()
  answered.set(code, { table, asOf, planes })
  return planes
}

/** A byte for each code: whether its value is wanted. Code 0 is unknown. */
function tableOf(isWanted: readonly boolean[]): Uint8Array {
  const table = new Uint8Array(isWanted.length + 1)
  isWanted.forEach((wanted, place) => {
    if (wanted) table[place + 1] = 1
  })
  return table
}

/** First and last place of each run of `true`. */
function runsOf(flags: readonly boolean[]): readonly (readonly [from: number, to: number])[] {
  const runs: [number, number][] = []
  flags.forEach((flag, at) => {
    const last = runs.at(-1)
    if (!flag) return
    if (last?.[1] === at - 1) last[1] = at
    else runs.push([at, at])
  })
  return runs
}

const bits = new DataView(new ArrayBuffer(8))

/** The greatest float below a number. */
function below(value: number): number {
  if (value === Number.NEGATIVE_INFINITY || Number.isNaN(value)) return Number.NaN
  if (value === 0) return -Number.MIN_VALUE
  bits.setFloat64(0, value)
  bits.setBigInt64(0, bits.getBigInt64(0) + (value > 0 ? -1n : 1n))
  return bits.getFloat64(0)
}
