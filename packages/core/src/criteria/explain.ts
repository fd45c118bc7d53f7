import type { Explanation } from '../model/plan-document.ts'
import { and, not, or, type Truth, truthOf } from '../truth/index.ts'
import type { Criterion, NodeOf, Op } from './ast.ts'
import { countedTruth } from './decide.ts'
import { compares, isOneOf, isWithin, rowsOf } from './leaf.ts'
import { criterionText, define, factText, leafText } from './text.ts'
import { type CaseView, usable, type Vocabulary } from './view.ts'

/**
 * The reference meaning of a criterion, and the words for the screen: a node per AST node, each with its truth,
 * the facts it looked at, and its children. Nothing is short-circuited, so that a reader sees the whole question.
 */
export function explain(criterion: Criterion, view: CaseView, words: Vocabulary, seen: Explained = new Map()): Explanation {
  const key = criterion.op === 'ref' ? criterion.id : criterion
  const before = seen.get(key)
  if (before) return before
  const result = explainOnce(criterion, view, words, seen)
  seen.set(key, result)
  return result
}

/** Explanations already made for this view: named criteria by id, nodes by identity. Shared by all rules of one plan. */
export type Explained = Map<string | Criterion, Explanation>

function explainOnce(criterion: Criterion, view: CaseView, words: Vocabulary, seen: Explained): Explanation {
  const fact = (id: string) => view.facts[words.position.get(id) ?? -1]
  const leaf = (node: NodeOf<'is'> | NodeOf<'compare'> | NodeOf<'within'>, truth: Truth): Explanation => {
    const definition = define(words, node.fact)
    return { claim: `${leafText(node, definition)} (${factText(fact(node.fact), definition)})`, truth, facts: [node.fact] }
  }
  const rows = (node: NodeOf<'some'> | NodeOf<'count'>): readonly Truth[] | undefined => {
    const list = usable(fact(node.fact), false)
    return list ? rowsOf(list.value).map((row) => rowTruth(node.where, row, view.asOf)) : undefined
  }
  const parent = (node: Criterion, children: readonly Explanation[], truth: Truth, claim = criterionText(node, words)): Explanation => ({
    claim,
    truth,
    facts: [...new Set(children.flatMap((c) => c.facts))],
    children,
  })

  const table: { readonly [K in Op]: (node: NodeOf<K>) => Explanation } = {
    const: (node) => ({ claim: criterionText(node, words), truth: node.value, facts: [] }),
    ref: (node) => {
      const target = words.named.get(node.id)
      if (!target) throw new Error(`invariant: criterion refers to ${node.id}, which is not defined`)
      const inner = explain(target.when, view, words, seen)
      return { claim: target.label, truth: inner.truth, facts: inner.facts, children: inner.children ?? [inner] }
    },
    is: (node) => {
      const f = usable(fact(node.fact), node.fresh === true)
      return leaf(node, f ? isOneOf(f.value, node.values) : 'unknown')
    },
    compare: (node) => {
      const f = usable(fact(node.fact), node.fresh === true)
      return leaf(node, f ? compares(f.value, node.cmp, node.value) : 'unknown')
    },
    within: (node) => {
      const f = usable(fact(node.fact), false)
      return leaf(node, f ? isWithin(f.value, view.asOf, node.days, node.since) : 'unknown')
    },
    all: (node) => {
      const children = node.of.map((c) => explain(c, view, words, seen))
      return parent(node, children, children.map((c) => c.truth).reduce(and, 'true'), 'all of these')
    },
    any: (node) => {
      const children = node.of.map((c) => explain(c, view, words, seen))
      return parent(node, children, children.map((c) => c.truth).reduce(or, 'false'), 'any of these')
    },
    not: (node) => {
      const inner = explain(node.of, view, words, seen)
      return parent(node, [inner], not(inner.truth), 'none of this')
    },
    atLeast: (node) => {
      const children = node.of.map((c) => explain(c, view, words, seen))
      return parent(
        node,
        children,
        countedTruth(
          children.map((c) => c.truth),
          '>=',
          node.min,
        ),
        `at least ${node.min} of these`,
      )
    },
    some: (node) => {
      const verdicts = rows(node)
      return { claim: criterionText(node, words), truth: verdicts ? countedTruth(verdicts, '>=', 1) : 'unknown', facts: [node.fact] }
    },
    count: (node) => {
      const verdicts = rows(node)
      return {
        claim: criterionText(node, words),
        truth: verdicts ? countedTruth(verdicts, node.cmp, node.value) : 'unknown',
        facts: [node.fact],
      }
    },
    known: (node) => ({
      claim: criterionText(node, words),
      truth: truthOf(usable(fact(node.fact), false) !== undefined),
      facts: [node.fact],
    }),
  }
  return (table[criterion.op] as (node: Criterion) => Explanation)(criterion)
}

function rowTruth(criterion: Criterion, row: { readonly [field: string]: unknown }, asOf: number): Truth {
  switch (criterion.op) {
    case 'const':
      return criterion.value
    case 'is':
      return isOneOf(row[criterion.fact] ?? undefined, criterion.values)
    case 'compare':
      return compares(row[criterion.fact], criterion.cmp, criterion.value)
    case 'within':
      return isWithin(row[criterion.fact], asOf, criterion.days, criterion.since)
    case 'known':
      return truthOf(row[criterion.fact] !== undefined && row[criterion.fact] !== null)
    case 'not':
      return not(rowTruth(criterion.of, row, asOf))
    case 'all':
      return criterion.of.map((c) => rowTruth(c, row, asOf)).reduce(and, 'true')
    case 'any':
      return criterion.of.map((c) => rowTruth(c, row, asOf)).reduce(or, 'false')
    case 'atLeast':
      return countedTruth(
        criterion.of.map((c) => rowTruth(c, row, asOf)),
        '>=',
        criterion.min,
      )
    default:
      throw new Error(`invariant: ${criterion.op} inside a list criterion (the compiler refuses it)`)
  }
}

/** Facts that can still settle an unknown verdict: unknown leaves whose every ancestor is unknown. A settled arm silences its siblings. */
export function missingFacts(explanation: Explanation, into: Set<string> = new Set()): Set<string> {
  if (explanation.truth !== 'unknown') return into
  if (explanation.children === undefined || explanation.children.length === 0) {
    for (const fact of explanation.facts) into.add(fact)
    return into
  }
  for (const child of explanation.children) missingFacts(child, into)
  return into
}
