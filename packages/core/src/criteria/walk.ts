import type { Criterion } from './ast.ts'
import type { Vocabulary } from './view.ts'

type Leaf = Extract<Criterion, { fact: string }>

const known = new WeakMap<Vocabulary, Map<Criterion, readonly Leaf[]>>()

/** Every leaf of a criterion outside list rows, named criteria included. Listed once for each criterion of a knowledge base. */
export function leaves(criterion: Criterion, words: Vocabulary): readonly Leaf[] {
  let ofWords = known.get(words)
  if (ofWords === undefined) {
    ofWords = new Map()
    known.set(words, ofWords)
  }
  let list = ofWords.get(criterion)
  if (list === undefined) {
    list = gathered(criterion, words)
    ofWords.set(criterion, list)
  }
  return list
}

function gathered(criterion: Criterion, words: Vocabulary): readonly Leaf[] {
  switch (criterion.op) {
    case 'const':
      return []
    case 'ref': {
      const target = words.named.get(criterion.id)
      return target ? leaves(target.when, words) : []
    }
    case 'all':
    case 'any':
    case 'atLeast':
      return criterion.of.flatMap((c) => leaves(c, words))
    case 'not':
      return leaves(criterion.of, words)
    default:
      return [criterion]
  }
}

/** The facts that a criterion looks at. */
export function factsOf(criterion: Criterion, words: Vocabulary): Set<string> {
  const facts = new Set<string>()
  for (const leaf of leaves(criterion, words)) facts.add(leaf.fact)
  return facts
}
