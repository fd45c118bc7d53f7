import type { Criterion } from './ast.ts'
import type { CriteriaCompiler } from './decide.ts'
import { partsOf, type Question, questionOf } from './explain.ts'
import type { Vocabulary } from './view.ts'

/** A criterion of a compiled base as it is explained: its words, the slot of its verdict, and the parts that a reader sees. */
export interface Node {
  readonly question: Question
  readonly slot: number
  /** Of a name those of what it stands for, or that itself where it has none. */
  readonly parts: readonly Node[]
  /** Whether it has parts by its kind, be there none. */
  readonly hasParts: boolean
}

/** The criteria of a compiled base as a graph: one node for all that are explained alike. */
export class Nodes {
  readonly #compiler: CriteriaCompiler
  readonly #of = new Map<Criterion, Node>()
  readonly #alike = new Map<string, Node>()
  readonly #numbers = new Map<Node, number>()

  constructor(compiler: CriteriaCompiler) {
    this.#compiler = compiler
  }

  of(criterion: Criterion, words: Vocabulary): Node {
    let node = this.#of.get(criterion)
    if (node === undefined) {
      node = this.#once(criterion, words)
      this.#of.set(criterion, node)
    }
    return node
  }

  #once(criterion: Criterion, words: Vocabulary): Node {
    const question = questionOf(criterion, words)
    const own = partsOf(question, words).map((part) => this.of(part.criterion, words))
    const [target] = own
    const parts = criterion.op === 'ref' && target!.hasParts ? target!.parts : own
    const slot = this.#compiler.slotFor(criterion)
    const hasParts = !('fact' in criterion || criterion.op === 'const')
    const key = [criterion.op, question.claim, slot, ...own.map((part) => this.#numbers.get(part))].join(' ')
    let node = this.#alike.get(key)
    if (node === undefined) {
      node = { question, slot, parts, hasParts }
      this.#alike.set(key, node)
      this.#numbers.set(node, this.#numbers.size)
    }
    return node
  }
}

const nodes = new WeakMap<CriteriaCompiler, Nodes>()

export function nodesOf(compiler: CriteriaCompiler): Nodes {
  let known = nodes.get(compiler)
  if (known === undefined) {
    known = new Nodes(compiler)
    nodes.set(compiler, known)
  }
  return known
}
