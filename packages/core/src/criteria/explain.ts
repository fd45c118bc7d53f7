import { type Fact, type FactDefinition, isKnown, isSameSilence, type KnownFact, silentValue, type UnknownReason } from '../facts/index.ts'
import type { Explanation } from '../model/plan-document.ts'
import { and, not, or, type Truth, truthOf } from '../truth/index.ts'
import type { Criterion, NodeOf } from './ast.ts'
import { countedTruth } from './decide.ts'
import { compares, isOneOf, isWithin, rowsOf } from './leaf.ts'
import { criterionText, define, factText, leafText } from './text.ts'
import { type CaseView, usable, type Vocabulary } from './view.ts'
import { factsOf } from './walk.ts'

/**
 * The reference meaning of a criterion, and the words for the screen: a node per AST node, each with its truth,
 * the facts it looked at, and its children. Nothing is short-circuited, so that a reader sees the whole question.
 */
export const explain = (criterion: Criterion, view: CaseView, words: Vocabulary, seen: Explained = []): Explanation =>
  explainQuestion(questionOf(criterion, words), view, words, seen)

/** Explanations already made for this view, by number of the question. Shared by all rules of one plan. */
export type Explained = Explanation[]

/** What a criterion says of itself, whoever the patient is. */
export interface Question {
  readonly criterion: Criterion
  /** Named criteria that are referred to by one name have one number. */
  readonly number: number
  readonly facts: readonly string[]
  readonly claim: string
  readonly definition: FactDefinition | undefined
  /** Of the fact in a view; -1 where it asks for none. */
  readonly position: number
  /** Its parts; what a name stands for. Found when first explained, since criteria may refer to what is not defined. */
  parts: readonly Question[] | undefined
  /** What is explained alike for every patient of whom the chart says nothing: by why it is not known, or `listed` for what silence answers. */
  readonly silent: { [why in UnknownReason | 'listed']?: Explanation }
}

/** The facts that a criterion looks at, as its explanation lists them. */
export const explainedFacts = (criterion: Criterion, words: Vocabulary): readonly string[] => questionOf(criterion, words).facts

interface Questions {
  readonly of: Map<Criterion, Question>
  readonly numberOf: Map<string | Criterion, number>
}

const questions = new WeakMap<Vocabulary, Questions>()

/** Worked out once for each criterion of a knowledge base. */
export function questionOf(criterion: Criterion, words: Vocabulary): Question {
  let known = questions.get(words)
  if (known === undefined) {
    known = { of: new Map(), numberOf: new Map() }
    questions.set(words, known)
  }
  let question = known.of.get(criterion)
  if (question === undefined) {
    const key = criterion.op === 'ref' ? criterion.id : criterion
    const number = known.numberOf.get(key) ?? known.numberOf.size
    known.numberOf.set(key, number)
    question = {
      criterion,
      number,
      facts: [...factsOf(criterion, words)],
      claim: claimOf(criterion, words),
      definition: 'fact' in criterion ? define(words, criterion.fact) : undefined,
      position: 'fact' in criterion ? (words.position.get(criterion.fact) ?? -1) : -1,
      parts: undefined,
      silent: {},
    }
    known.of.set(criterion, question)
  }
  return question
}

/** What a criterion is made of; of a name, what it stands for. */
export function partsOf({ criterion }: Question, words: Vocabulary): readonly Question[] {
  switch (criterion.op) {
    case 'ref': {
      const target = words.named.get(criterion.id)
      if (!target) throw new Error(`invariant: criterion refers to ${criterion.id}, which is not defined`)
      return [questionOf(target.when, words)]
    }
    case 'not':
      return [questionOf(criterion.of, words)]
    case 'all':
    case 'any':
    case 'atLeast':
      return criterion.of.map((part) => questionOf(part, words))
    default:
      return []
  }
}

function claimOf(criterion: Criterion, words: Vocabulary): string {
  switch (criterion.op) {
    case 'all':
      return 'all of these'
    case 'any':
      return 'any of these'
    case 'not':
      return 'none of this'
    case 'atLeast':
      return `at least ${criterion.min} of these`
    case 'is':
    case 'compare':
    case 'within':
      return leafText(criterion, define(words, criterion.fact))
    case 'const':
    case 'ref':
    case 'some':
    case 'count':
    case 'known':
      return criterionText(criterion, words)
  }
}

function explainQuestion(question: Question, view: CaseView, words: Vocabulary, seen: Explained): Explanation {
  const before = seen[question.number]
  if (before !== undefined) return before
  const result = explainOnce(question, view, words, seen)
  seen[question.number] = result
  return result
}

function explainOnce(question: Question, view: CaseView, words: Vocabulary, seen: Explained): Explanation {
  const { criterion, claim, facts } = question
  question.parts ??= partsOf(question, words)
  switch (criterion.op) {
    case 'ref': {
      const inner = explainQuestion(question.parts[0]!, view, words, seen)
      return { claim, truth: inner.truth, facts, children: inner.children ?? [inner] }
    }
    case 'not': {
      const inner = explainQuestion(question.parts[0]!, view, words, seen)
      return { claim, truth: not(inner.truth), facts, children: [inner] }
    }
    case 'all':
    case 'any':
    case 'atLeast': {
      const children = question.parts.map((part) => explainQuestion(part, view, words, seen))
      return { claim, truth: together(criterion, children), facts, children }
    }
    case 'const':
    case 'is':
    case 'compare':
    case 'within':
    case 'some':
    case 'count':
    case 'known':
      return explainedLeaf(question, view)
  }
}

/** The explanation of a question without parts. */
export function explainedLeaf(question: Question, view: CaseView): Explanation {
  const { criterion, claim, facts, definition } = question
  if (criterion.op === 'const') return { claim, truth: criterion.value, facts }
  if (!('fact' in criterion)) throw new Error(`invariant: ${criterion.op} is explained through its parts`)
  const fact = view.facts[question.position]
  const why = silenceOf(fact, definition!)
  if (why === undefined) return explainLeaf(criterion, question, fact, view)
  question.silent[why] ??= Object.freeze(explainLeaf(criterion, question, fact, view))
  return question.silent[why]
}

/** Why nothing is known of a fact, or that it is absent because nothing names it; undefined where the chart says something of it. */
function silenceOf(fact: Fact | undefined, definition: FactDefinition): UnknownReason | 'listed' | undefined {
  if (fact === undefined) return 'not-recorded'
  if (!isKnown(fact)) return fact.unknown
  const isSilent = fact.absence === 'listed' && fact.on === undefined && fact.stale === undefined && fact.enteredByHand === undefined
  return isSilent && isSameSilence(fact.value, silentValue(definition)) ? 'listed' : undefined
}

type Leaf = Extract<Criterion, { fact: string }>

function explainLeaf(criterion: Leaf, { claim, facts, definition }: Question, fact: Fact | undefined, view: CaseView): Explanation {
  const used = usable(fact, (criterion.op === 'is' || criterion.op === 'compare') && criterion.fresh === true)
  switch (criterion.op) {
    case 'is':
      return leaf(claim, fact, definition!, used ? isOneOf(used.value, criterion.values) : 'unknown', facts)
    case 'compare':
      return leaf(claim, fact, definition!, used ? compares(used.value, criterion.cmp, criterion.value) : 'unknown', facts)
    case 'within':
      return leaf(claim, fact, definition!, used ? isWithin(used.value, view.asOf, criterion.days, criterion.since) : 'unknown', facts)
    case 'some':
      return { claim, truth: used ? countedTruth(rowTruths(criterion.where, used, view), '>=', 1) : 'unknown', facts }
    case 'count':
      return {
        claim,
        truth: used ? countedTruth(rowTruths(criterion.where, used, view), criterion.cmp, criterion.value) : 'unknown',
        facts,
      }
    case 'known':
      return { claim, truth: truthOf(used !== undefined), facts }
  }
}

const leaf = (claim: string, fact: Fact | undefined, definition: FactDefinition, truth: Truth, facts: readonly string[]): Explanation => ({
  claim: `${claim} (${factText(fact, definition)})`,
  truth,
  facts,
})

const rowTruths = (where: Criterion, list: KnownFact, view: CaseView): readonly Truth[] =>
  rowsOf(list.value).map((row) => rowTruth(where, row, view.asOf))

function together(node: NodeOf<'all'> | NodeOf<'any'> | NodeOf<'atLeast'>, children: readonly Explanation[]): Truth {
  if (node.op === 'all') return children.reduce((truth, child) => and(truth, child.truth), 'true' as Truth)
  if (node.op === 'any') return children.reduce((truth, child) => or(truth, child.truth), 'false' as Truth)
  return countedTruth(
    children.map((child) => child.truth),
    '>=',
    node.min,
  )
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
