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

  /** Computes once per case. The key is the node itself: equal nodes in different rules share a slot. */
  function once(node: Criterion, compute: Decide): Decide {
    const key = JSON.stringify(node)
    let slot = slotOf.get(key)
    if (slot === undefined) {
      slot = nodes.length
      slotOf.set(key, slot)
      nodes.push(node)
    }
    const at = slot
    return (view) => {
      const seen = view.memo[at]!
      if (seen !== 0) return TRUTHS[seen - 1]!
      const truth = compute(view)
      view.memo[at] = truth === 'true' ? 1 : truth === 'false' ? 2 : 3
      return truth
    }
  }

  function position(fact: string): number {
    const at = words.position.get(fact)
    if (at === undefined) throw new Error(`invariant: criterion names fact ${fact}, which is not in the registry`)
    return at
  }

  const table: { readonly [K in Op]: (node: NodeOf<K>) => Decide } = {
    const:
      ({ value }) =>
      () =>
        value,
    ref: (node) => {
      const { id } = node
      const known = named.get(id)
      if (known) return known
      const target = words.named.get(id)
      if (!target) throw new Error(`invariant: criterion refers to ${id}, which is not defined`)
      const decide = once(node, compile(target.when))
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
    all: (node) => once(node, allOf(node.of.map(compile))),
    any: (node) => once(node, anyOf(node.of.map(compile))),
    not: ({ of }) => {
      const inner = compile(of)
      return (view) => not(inner(view))
    },
    atLeast: (node) => {
      const children = node.of.map(compile)
      return once(node, (view) =>
        countedTruth(
          children.map((child) => child(view)),
          '>=',
          node.min,
        ),
      )
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
    known: ({ fact }) => {
      const at = position(fact)
      return (view) => truthOf(usable(view.facts[at], false) !== undefined)
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

function allOf(children: readonly Decide[]): Decide {
  return (view) => {
    let truth: Truth = 'true'
    for (const child of children) {
      const t = child(view)
      if (t === 'false') return 'false'
      if (t === 'unknown') truth = 'unknown'
    }
    return truth
  }
}

function anyOf(children: readonly Decide[]): Decide {
  return (view) => {
    let truth: Truth = 'false'
    for (const child of children) {
      const t = child(view)
      if (t === 'true') return 'true'
      if (t === 'unknown') truth = 'unknown'
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
