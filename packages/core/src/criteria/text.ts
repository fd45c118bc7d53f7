import { type Fact, type FactDefinition, isKnown } from '../facts/index.ts'
import type { Criterion, NodeOf, Op } from './ast.ts'
import type { Vocabulary } from './view.ts'

const COMPARATORS = { '<': 'below', '<=': 'at most', '>': 'above', '>=': 'at least', '=': 'exactly' } as const

const REASONS = {
  'not-recorded': 'not recorded',
  'not-tested': 'not tested',
  pending: 'result pending',
  'insufficient-sample': 'sample insufficient',
  'not-informative': 'test not informative',
  conflicting: 'results conflict',
  unmapped: 'recorded but not understood',
  stale: 'too old to use',
} as const

/** A criterion in plain words, without a patient. */
export function criterionText(criterion: Criterion, words: Vocabulary): string {
  const table: { readonly [K in Op]: (node: NodeOf<K>) => string } = {
    const: ({ value }) => (value === 'true' ? 'always' : value === 'false' ? 'never' : 'cannot be known'),
    ref: ({ id }) => words.named.get(id)?.label ?? id,
    is: (node) => leafText(node, define(words, node.fact)),
    compare: (node) => leafText(node, define(words, node.fact)),
    within: (node) => leafText(node, define(words, node.fact)),
    all: ({ of }) => of.map((c) => grouped(c, 'any')).join(' and '),
    any: ({ of }) => of.map((c) => grouped(c, 'all')).join(' or '),
    not: ({ of }) => `not (${criterionText(of, words)})`,
    atLeast: ({ min, of }) => `at least ${min} of: ${of.map((c) => grouped(c, 'atLeast')).join('; ')}`,
    some: (node) => `${labelOf(words, node.fact)}: one with ${rowPart(node.where)}`,
    count: (node) => `${labelOf(words, node.fact)}: ${COMPARATORS[node.cmp]} ${node.value} with ${rowPart(node.where)}`,
    known: ({ fact }) => `${labelOf(words, fact)} is known`,
  }
  // a list of parts ends where its bracket ends: without one, what follows would read as one part more
  const grouped = (c: Criterion, parenthesise: Op): string =>
    c.op === parenthesise || c.op === 'atLeast' ? `(${criterionText(c, words)})` : criterionText(c, words)
  return (table[criterion.op] as (node: Criterion) => string)(criterion)
}

export function leafText(node: NodeOf<'is'> | NodeOf<'compare'> | NodeOf<'within'>, definition: FactDefinition): string {
  if (node.op !== 'within' && node.fresh) {
    const { fresh: _fresh, ...plain } = node
    return `${leafText(plain, definition)}, in date`
  }
  const label = definition.label
  if (node.op === 'compare') return `${label} ${COMPARATORS[node.cmp]} ${node.value}${unitText(definition.unit)}`
  if (node.op === 'within') return `${label} ${node.since ? 'within' : 'more than'} ${node.days} days${node.since ? '' : ' ago'}`
  if (definition.type === 'truth' && node.values.length > 1) return `${label}: yes or no`
  if (definition.type === 'truth') return node.values.includes('true') ? label : `no ${lowerFirst(label)}`
  const values = node.values.map((v) => definition.values?.[v] ?? v)
  return `${label}: ${values.join(' or ')}`
}

/** What is known of a fact, in words: the value with its unit and day, or why it is unknown. */
export function factText(fact: Fact | undefined, definition: FactDefinition): string {
  if (fact === undefined) return REASONS['not-recorded']
  if (!isKnown(fact)) return REASONS[fact.unknown]
  const on = fact.on ? ` on ${fact.on}` : ''
  const mark = `${fact.stale ? ', old' : ''}${fact.enteredByHand ? ', entered by hand' : ''}${fact.absence === 'listed' ? ', not on any list' : ''}${fact.disputed ? ', denied by another sample' : ''}`
  return `${valueText(fact.value, definition)}${on}${mark}`
}

export function valueText(value: unknown, definition: FactDefinition): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number') return `${Number.isInteger(value) ? value : Number(value.toPrecision(4))}${unitText(definition.unit)}`
  if (Array.isArray(value)) {
    if (value.length === 0) return 'none'
    if (typeof value[0] === 'object') return `${value.length} listed`
    return value.map((v) => definition.values?.[String(v)] ?? String(v)).join(', ')
  }
  return definition.values?.[String(value)] ?? String(value)
}

function unitText(unit: string | undefined): string {
  if (unit === undefined || unit === '1' || unit.startsWith('{')) return ''
  return unit === '%' ? ' %' : unit === 'a' ? ' years' : ` ${unit.replace('10*9', '10⁹').replace('umol', 'µmol')}`
}

/** The condition on one item; in brackets when it has parts, so that the sentence around it cannot be read as one of them. */
function rowPart(criterion: Criterion): string {
  const text = rowText(criterion)
  return criterion.op === 'all' || criterion.op === 'any' || criterion.op === 'atLeast' ? `(${text})` : text
}

function rowText(criterion: Criterion): string {
  switch (criterion.op) {
    case 'const':
      return criterion.value === 'true' ? 'anything' : criterion.value === 'false' ? 'nothing' : 'something that cannot be known'
    case 'is':
      return `${criterion.fact} ${criterion.values.join(' or ')}`
    case 'compare':
      return `${criterion.fact} ${COMPARATORS[criterion.cmp]} ${criterion.value}`
    case 'within':
      return `${criterion.fact} ${criterion.since ? 'within' : 'more than'} ${criterion.days} days`
    case 'known':
      return `${criterion.fact} known`
    case 'all':
      return criterion.of.map(rowPart).join(' and ')
    case 'any':
      return criterion.of.map(rowPart).join(' or ')
    case 'not':
      return `not ${rowPart(criterion.of)}`
    case 'atLeast':
      return `at least ${criterion.min} of ${criterion.of.map(rowPart).join(', ')}`
    case 'ref':
    case 'some':
    case 'count':
      throw new Error(`invariant: ${criterion.op} inside a list criterion (the compiler refuses it)`)
  }
}

const lowerFirst = (text: string): string => (/^[A-Z][a-z]/.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text)
const labelOf = (words: Vocabulary, fact: string): string => define(words, fact).label

export function define(words: Vocabulary, fact: string): FactDefinition {
  const at = words.position.get(fact)
  return at === undefined ? { id: fact, label: fact, type: 'text', group: '', absence: 'asked' } : words.facts[at]!
}
