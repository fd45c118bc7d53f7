import { type ListItem, silentValue } from '../facts/index.ts'
import type { DayNumber } from '../time/index.ts'
import { not, type Truth, truthOf } from '../truth/index.ts'
import type { Criterion, NodeOf, Op } from './ast.ts'
import { compares, isOneOf, isWithin, rowsOf } from './leaf.ts'
import { FALSE, Program, TRUE, truthOfVerdict, UNKNOWN, type Verdict, verdictOf } from './program.ts'
import type { CaseView, Vocabulary } from './view.ts'

/**
 * The fast backend: criteria become one program (`program.ts`) in which each distinct leaf and each distinct combination stands once.
 * `explain.ts` is the reference meaning; the differential suite holds the two together.
 */
export type Decide = (view: CaseView) => Truth
export type DecideRow = (row: ListItem, asOf: DayNumber) => Truth

export interface CriteriaCompiler {
  /** The verdict on a criterion. Compile everything before the first view is made. */
  compile(criterion: Criterion): Decide
  /** Where the verdict stands in `CaseView.verdicts`: for loops over many criteria. */
  slotFor(criterion: Criterion): number
  /** What a view is made with: the verdicts on all that was compiled. */
  readonly program: Program
}

export function criteriaCompiler(words: Vocabulary): CriteriaCompiler {
  const program = new Program(words.facts.map(silentValue))
  /** By what is computed: equal nodes in different rules share a slot. */
  const slotOf = new Map<string, number>()
  const named = new Map<string, number>()
  const decides = new Map<number, Decide>()

  function once(key: string, make: () => number): number {
    let slot = slotOf.get(key)
    if (slot === undefined) {
      slot = make()
      slotOf.set(key, slot)
    }
    return slot
  }

  function position(fact: string): number {
    const at = words.position.get(fact)
    if (at === undefined) throw new Error(`invariant: criterion names fact ${fact}, which is not in the registry`)
    return at
  }

  const slotsOf = (of: readonly Criterion[]): readonly number[] => [...new Set(of.map(slotFor))].sort((a, b) => a - b)
  const onlyOr = (parts: readonly number[], key: string, make: (parts: readonly number[]) => number): number =>
    parts.length === 1 ? parts[0]! : once(`${key} ${parts}`, () => make(parts))

  const table: { readonly [K in Op]: (node: NodeOf<K>) => number } = {
    const: ({ value }) => once(`const ${value}`, () => program.constant(verdictOf(value))),
    ref: ({ id }) => {
      const known = named.get(id)
      if (known !== undefined) return known
      const target = words.named.get(id)
      if (!target) throw new Error(`invariant: criterion refers to ${id}, which is not defined`)
      const slot = slotFor(target.when)
      named.set(id, slot)
      return slot
    },
    is: (node) => {
      const { fact, values, fresh = false } = node
      return once(`is ${fact} ${fresh} ${JSON.stringify(values)}`, () => program.isOneOf(position(fact), values, fresh))
    },
    compare: (node) => {
      const { fact, cmp, value: limit, fresh = false } = node
      return once(`compare ${fact} ${fresh} ${cmp} ${limit}`, () =>
        program.leaf(position(fact), {
          fresh,
          otherwise: UNKNOWN,
          isDated: false,
          test: (value) => verdictOf(compares(value, cmp, limit)),
        }),
      )
    },
    within: (node) => {
      const { fact, days, since } = node
      return once(`within ${fact} ${days} ${since}`, () =>
        program.leaf(position(fact), {
          fresh: false,
          otherwise: UNKNOWN,
          isDated: true,
          test: (value, asOf) => verdictOf(isWithin(value, asOf, days, since)),
        }),
      )
    },
    all: (node) => onlyOr(slotsOf(node.of), 'all', program.all),
    any: (node) => onlyOr(slotsOf(node.of), 'any', program.any),
    not: (node) => {
      const part = slotFor(node.of)
      return once(`not ${part}`, () => program.not(part))
    },
    // a part that stands twice counts twice
    atLeast: (node) => {
      const parts = node.of.map(slotFor)
      return once(`atLeast ${node.min} ${parts}`, () => program.atLeast(node.min, parts))
    },
    some: (node) => counted(node, '>=', 1),
    count: (node) => counted(node, node.cmp, node.value),
    known: ({ fact }) =>
      once(`known ${fact}`, () => program.leaf(position(fact), { fresh: false, otherwise: FALSE, isDated: false, test: isTrue })),
  }

  function counted(node: NodeOf<'some'> | NodeOf<'count'>, cmp: NodeOf<'count'>['cmp'], limit: number): number {
    return once(`${cmp} ${limit} of ${node.fact} ${JSON.stringify(node.where)}`, () => {
      const where = compileRow(node.where)
      return program.leaf(position(node.fact), {
        fresh: false,
        otherwise: UNKNOWN,
        isDated: true,
        test: (value, asOf) =>
          verdictOf(
            countedTruth(
              rowsOf(value).map((row) => where(row, asOf)),
              cmp,
              limit,
            ),
          ),
      })
    })
  }

  const slots = new Map<Criterion, number>()

  function slotFor(criterion: Criterion): number {
    let slot = slots.get(criterion)
    if (slot === undefined) {
      slot = (table[criterion.op] as (node: Criterion) => number)(criterion)
      slots.set(criterion, slot)
    }
    return slot
  }

  function compile(criterion: Criterion): Decide {
    const slot = slotFor(criterion)
    let decide = decides.get(slot)
    if (decide === undefined) {
      decide = (view) => {
        const verdict = view.verdicts[slot]
        if (verdict === undefined) throw new Error('invariant: the view was made before this criterion was compiled')
        return truthOfVerdict(verdict)
      }
      decides.set(slot, decide)
    }
    return decide
  }

  return { compile, slotFor, program }
}

const isTrue = (): Verdict => TRUE

/** Whether a number of true verdicts satisfies a comparison, when some verdicts may still turn out either way. */
export function countedTruth(verdicts: readonly Truth[], cmp: '<' | '<=' | '>' | '>=' | '=', value: number): Truth {
  let sure = 0
  let open = 0
  for (const v of verdicts) {
    if (v === 'true') sure++
    else if (v === 'unknown') open++
  }
  let seen: Truth | undefined
  for (let n = sure; n <= sure + open; n++) {
    const t = compares(n, cmp, value)
    if (seen !== undefined && seen !== t) return 'unknown'
    seen = t
  }
  return seen ?? 'unknown'
}

/** Criteria inside `some` and `count`: the fact of a leaf is a field of the row; a field that is absent is unknown. */
export function compileRow(criterion: Criterion): DecideRow {
  switch (criterion.op) {
    case 'const':
      return () => criterion.value
    case 'is':
      return (row) => isOneOf(row[criterion.fact] ?? undefined, criterion.values)
    case 'compare':
      return (row) => compares(row[criterion.fact], criterion.cmp, criterion.value)
    case 'within':
      return (row, asOf) => isWithin(row[criterion.fact], asOf, criterion.days, criterion.since)
    case 'known':
      return (row) => truthOf(row[criterion.fact] !== undefined && row[criterion.fact] !== null)
    case 'not': {
      const inner = compileRow(criterion.of)
      return (row, asOf) => not(inner(row, asOf))
    }
    case 'all':
    case 'any':
    case 'atLeast': {
      const children = criterion.of.map(compileRow)
      const min = criterion.op === 'all' ? children.length : criterion.op === 'any' ? 1 : criterion.min
      return (row, asOf) =>
        countedTruth(
          children.map((child) => child(row, asOf)),
          '>=',
          min,
        )
    }
    case 'ref':
    case 'some':
    case 'count':
      throw new Error(`invariant: ${criterion.op} inside a list criterion (the compiler refuses it)`)
  }
}
