import type { Criterion } from './ast.ts'
import type { Vocabulary } from './view.ts'

/** Every leaf of a criterion outside list rows, named criteria included. */
export function* leaves(criterion: Criterion, words: Vocabulary): Generator<Extract<Criterion, { fact: string }>> {
  switch (criterion.op) {
    case 'const':
      return
    case 'ref': {
      const target = words.named.get(criterion.id)
      if (target) yield* leaves(target.when, words)
      return
    }
    case 'all':
    case 'any':
    case 'atLeast':
      for (const c of criterion.of) yield* leaves(c, words)
      return
    case 'not':
      yield* leaves(criterion.of, words)
      return
    default:
      yield criterion
  }
}

/** The facts that a criterion looks at. */
export function factsOf(criterion: Criterion, words: Vocabulary): Set<string> {
  const facts = new Set<string>()
  for (const leaf of leaves(criterion, words)) facts.add(leaf.fact)
  return facts
}
