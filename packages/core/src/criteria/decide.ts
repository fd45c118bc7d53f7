import type { ListItem } from '../facts/index.ts'
import type { DayNumber } from '../time/index.ts'
import { not, type Truth, truthOf } from '../truth/index.ts'
import type { Criterion, NodeOf, Op } from './ast.ts'
import { compares, isOneOf, isWithin, rowsOf } from './leaf.ts'
import { type CaseView, type Dependents, usable, type Vocabulary } from './view.ts'
import { factsOf } from './walk.ts'

/**
 * The fast backend: each criterion becomes a closure, each distinct leaf and named criterion is computed once per case.
 * `explain.ts` is the reference meaning; the differential suite holds the two together.
 */
export type Decide = (view: CaseView) => Truth
type DecideRow = (row: ListItem, asOf: DayNumber) => Truth

export interface CriteriaCompiler {
  compile(criterion: Criterion): Decide
  /** Size of `CaseView.memo` once everything has been compiled. */
  slots(): number
  /** The slots that hang on each fact, by its position. */
  dependents(): Dependents
}

const TRUTHS: readonly Truth[] = ['true', 'false', 'unknown']

export function criteriaCompiler(words: Vocabulary): CriteriaCompiler {
  const slotOf = new Map<string, number>()
  const named = new Map<string, Decide>()

  const nodes: Criterion[] = []
  const decides: Decide[] = []
  const slots = new Map<Decide, number>()

  /** Computes once per case. The key says what is computed: equal nodes in different rules share a slot. */
  function once(node: Criterion, compute: Decide, key = JSON.stringify(node)): Decide {
    const before = slotOf.get(key)
    if (before !== undefined) return decides[before]!
    const at = nodes.length
    const decide: Decide = (view) => {
      const seen = view.memo[at]!
      if (seen !== 0) return TRUTHS[seen - 1]!
      const truth = compute(view)
      view.memo[at] = codeOf(truth)
      return truth
    }
    slotOf.set(key, at)
    nodes.push(node)
    decides.push(decide)
    slots.set(decide, at)
    return decide
  }

  function childrenOf(of: readonly Criterion[]): Children {
    const decided = of.map(compile)
    return { decides: decided, slots: decided.map((decide) => slots.get(decide)!) }
  }

  function position(fact: string): number {
    const at = words.position.get(fact)
    if (at === undefined) throw new Error(`invariant: criterion names fact ${fact}, which is not in the registry`)
    return at
  }

  const table: { readonly [K in Op]: (node: NodeOf<K>) => Decide } = {
    const: (node) => once(node, () => node.value),
    ref: (node) => {
      const { id } = node
      const known = named.get(id)
      if (known) return known
      const target = words.named.get(id)
      if (!target) throw new Error(`invariant: criterion refers to ${id}, which is not defined`)
      const decide = once(node, compile(target.when), `ref ${id}`)
      named.set(id, decide)
      return decide
    },
    is: (node) => {
      const at = position(node.fact)
      const fresh = node.fresh === true
      return once(node, (view) => {
        const fact = usable(view.facts[at], fresh)
        return fact ? isOneOf(fact.value, node.values) : 'unknown'
      })
    },
    compare: (node) => {
      const at = position(node.fact)
      const fresh = node.fresh === true
      return once(node, (view) => {
        const fact = usable(view.facts[at], fresh)
        return fact ? compares(fact.value, node.cmp, node.value) : 'unknown'
      })
    },
    within: (node) => {
      const at = position(node.fact)
      return once(node, (view) => {
        const fact = usable(view.facts[at], false)
        return fact ? isWithin(fact.value, view.asOf, node.days, node.since) : 'unknown'
      })
    },
    all: (node) => {
      const children = childrenOf(node.of)
      return once(node, allOf(children), `all ${children.slots}`)
    },
    any: (node) => {
      const children = childrenOf(node.of)
      return once(node, anyOf(children), `any ${children.slots}`)
    },
    not: (node) => {
      const inner = compile(node.of)
      return once(node, (view) => not(inner(view)), `not ${slots.get(inner)}`)
    },
    atLeast: (node) => {
      const children = childrenOf(node.of)
      const compute: Decide = (view) =>
        countedTruth(
          children.decides.map((child) => child(view)),
          '>=',
          node.min,
        )
      return once(node, compute, `atLeast ${node.min} ${children.slots}`)
    },
    some: (node) => {
      const at = position(node.fact)
      const where = compileRow(node.where)
      return once(node, (view) => {
        const fact = usable(view.facts[at], false)
        return fact
          ? countedTruth(
              rowsOf(fact.value).map((row) => where(row, view.asOf)),
              '>=',
              1,
            )
          : 'unknown'
      })
    },
    count: (node) => {
      const at = position(node.fact)
      const where = compileRow(node.where)
      return once(node, (view) => {
        const fact = usable(view.facts[at], false)
        return fact
          ? countedTruth(
              rowsOf(fact.value).map((row) => where(row, view.asOf)),
              node.cmp,
              node.value,
            )
          : 'unknown'
      })
    },
    known: (node) => {
      const at = position(node.fact)
      return once(node, (view) => truthOf(usable(view.facts[at], false) !== undefined))
    },
  }

  function compile(criterion: Criterion): Decide {
    return (table[criterion.op] as (node: Criterion) => Decide)(criterion)
  }

  const dependents: number[][] = words.facts.map(() => [])
  let listed = 0
  function dependentsByFact(): Dependents {
    for (; listed < nodes.length; listed++) for (const fact of factsOf(nodes[listed]!, words)) dependents[position(fact)]!.push(listed)
    return dependents
  }

  return { compile, slots: () => nodes.length, dependents: dependentsByFact }
}

/** How a verdict stands in the memo: 1 + its place in TRUTHS. */
const codeOf = (truth: Truth): number => (truth === 'true' ? TRUE : truth === 'false' ? FALSE : UNKNOWN)
const TRUE = 1
const FALSE = 2
const UNKNOWN = 3

/** The parts of a criterion, each with its slot, so that what is computed already is read without a call. */
interface Children {
  readonly decides: readonly Decide[]
  readonly slots: readonly number[]
}

function codeAt({ decides, slots }: Children, i: number, view: CaseView): number {
  const seen = view.memo[slots[i]!]!
  return seen === 0 ? codeOf(decides[i]!(view)) : seen
}

function allOf(children: Children): Decide {
  const count = children.decides.length
  return (view) => {
    let truth: Truth = 'true'
    for (let i = 0; i < count; i++) {
      const code = codeAt(children, i, view)
      if (code === FALSE) return 'false'
      if (code === UNKNOWN) truth = 'unknown'
    }
    return truth
  }
}

function anyOf(children: Children): Decide {
  const count = children.decides.length
  return (view) => {
    let truth: Truth = 'false'
    for (let i = 0; i < count; i++) {
      const code = codeAt(children, i, view)
      if (code === TRUE) return 'true'
      if (code === UNKNOWN) truth = 'unknown'
    }
    return truth
  }
}

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
function compileRow(criterion: Criterion): DecideRow {
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
