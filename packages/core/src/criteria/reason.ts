import type { Explanation } from '../model/plan-document.ts'
import type { Criterion } from './ast.ts'
import type { CriteriaCompiler } from './decide.ts'
import { explainedLeaf } from './explain.ts'
import { type Node, type Nodes, nodesOf } from './nodes.ts'
import { TRUE, truthOfVerdict, type Verdict } from './program.ts'
import type { CaseView, Vocabulary } from './view.ts'

type Under = Required<Pick<Explanation, 'truth' | 'facts' | 'children'>>

/**
 * The explanation of a compiled criterion, cut to what decided it: of an alternative that is met, only what met it; of one that is not, all of it. That
 * keeps the tree as long as the reason, not as the rule. `explain` says what is cut (`deciding` in the property test); here the truth of each part is
 * read from the verdicts, and what is not kept is never put into words.
 */
export class Reasons {
  readonly #view: CaseView
  readonly #words: Vocabulary
  readonly #nodes: Nodes
  readonly #made = new Map<Node, Explanation>()

  constructor(view: CaseView, words: Vocabulary, compiler: CriteriaCompiler) {
    this.#view = view
    this.#words = words
    this.#nodes = nodesOf(compiler)
  }

  /** Why a criterion came out as it did. Equal criteria are explained once. */
  why(criterion: Criterion): Explanation {
    return this.#why(this.#nodes.of(criterion, this.#words))
  }

  /**
   * What a criterion gives to an explanation that makes a claim of its own: the verdict, all facts that it looks at, and as children the parts of what
   * must hold together, or else the one reason.
   */
  under(criterion: Criterion): Under {
    const node = this.#nodes.of(criterion, this.#words)
    return {
      truth: truthOfVerdict(this.#view.verdicts[node.slot]!),
      facts: node.question.facts,
      children: criterion.op === 'all' ? node.parts.map((part) => this.#why(part)) : [this.#why(node)],
    }
  }

  #why(node: Node): Explanation {
    let made = this.#made.get(node)
    if (made === undefined) {
      made = node.hasParts ? this.#cut(node) : explainedLeaf(node.question, this.#view)
      this.#made.set(node, made)
    }
    return made
  }

  #cut(node: Node): Explanation {
    const { question, slot, parts } = node
    const { verdicts } = this.#view
    const kept = keptParts(node, verdicts[slot]!, verdicts)
    return {
      claim: question.claim,
      truth: truthOfVerdict(verdicts[slot]!),
      facts: kept === parts ? question.facts : factsOf(kept),
      children: kept.map((part) => this.#why(part)),
    }
  }
}

function keptParts({ parts, question }: Node, verdict: Verdict, verdicts: Uint8Array): readonly Node[] {
  if (question.criterion.op !== 'any' && verdict !== TRUE) return parts
  const met = parts.filter(({ slot }) => verdicts[slot] === verdict)
  return met.length > 0 && met.length < parts.length ? met : parts
}

/** The facts of several parts, each once. */
function factsOf(parts: readonly Node[]): readonly string[] {
  if (parts.length === 1) return parts[0]!.question.facts
  const facts = new Set<string>()
  for (const { question } of parts) for (const fact of question.facts) facts.add(fact)
  return [...facts]
}
