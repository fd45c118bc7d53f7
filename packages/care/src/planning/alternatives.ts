import {
  type Answers,
  type Criterion,
  criterionText,
  define,
  type Fact,
  type FactValue,
  leaves,
  type Program,
  type Vocabulary,
} from '@secondwind/core'
import type { Candidate } from './candidate.ts'

type Leaf = Extract<Criterion, { fact: string }>

/** A fact with another value, numbered so that equal ones are one. */
export interface Alternative {
  readonly id: string
  readonly position: number
  readonly value: FactValue
  readonly number: number
  /** The value as a fact entered by hand. */
  readonly fact: Fact
  /** What it answers, where that is the same on every day. */
  readonly answers?: Answers
  /** The change as a plan says it, and as `--set` takes it: lists with commas, quantities with the unit of the registry. */
  readonly said: { readonly facts: { readonly [id: string]: FactValue }; readonly set: readonly string[] }
}

/** Alternatives to try one after the other, with their positions side by side. */
export interface Round {
  readonly items: readonly Alternative[]
  readonly positions: Int32Array
}

/** The two sides of a leaf; a side that no single value stands for is left out. */
interface Sides {
  readonly yes?: Alternative
  readonly no?: Alternative
}

/** What a criterion asks of a fact first, in words, with the sides of it. */
interface Asked extends Sides {
  readonly asks: string
}

/** Values on both sides of every limit of a knowledge base: what a counterfactual tries. Worked out once for each criterion. */
export class Alternatives {
  readonly #words: Vocabulary
  readonly #program: Program
  readonly #numbers = new Map<string, Alternative>()
  readonly #sides = new WeakMap<Leaf, Sides>()
  readonly #asked = new WeakMap<Criterion, ReadonlyMap<string, Asked>>()
  readonly #orders = new WeakMap<Candidate, readonly Round[]>()

  /** `program`: that of the base, when all its criteria are compiled. */
  constructor(words: Vocabulary, program: Program) {
    this.#words = words
    this.#program = program
  }

  /**
   * What may change the standing of a candidate, in three rounds, each value once in a round. What changes from week to week comes first (wishes and
   * fitness in the standing, then organs and medicines in the safety rules); what the tumour is comes last.
   */
  inOrder(candidate: Candidate): readonly Round[] {
    let rounds = this.#orders.get(candidate)
    if (rounds === undefined) {
      const { rule, safety } = candidate
      const bars = safety.items.filter(({ effect }) => effect === 'bar')
      rounds = [rule.standing, bars, [rule]].map((round) => {
        const items = [...new Set(round.flatMap(({ when }) => (when ? this.#of(when) : [])))]
        return { items, positions: Int32Array.from(items, ({ position }) => position) }
      })
      this.#orders.set(candidate, rounds)
    }
    return rounds
  }

  /** For each leaf the value that meets it and the one that does not. What is computed from other facts is changed through them. */
  #of(criterion: Criterion): readonly Alternative[] {
    return leaves(criterion, this.#words).flatMap((leaf) => {
      const definition = define(this.#words, leaf.fact)
      if (definition.derivedFrom && !definition.test) return []
      const { yes, no } = this.#sidesOf(leaf)
      return [...(yes ? [yes] : []), ...(no ? [no] : [])]
    })
  }

  /** What the first of these criteria that looks at a fact asks of it. */
  about(fact: string, criteria: readonly Criterion[]): Asked | undefined {
    for (const criterion of criteria) {
      let asked = this.#asked.get(criterion)
      if (asked === undefined) {
        const firsts = leaves(criterion, this.#words).toReversed()
        asked = new Map(firsts.map((leaf) => [leaf.fact, { ...this.#sidesOf(leaf), asks: criterionText(leaf, this.#words) }]))
        this.#asked.set(criterion, asked)
      }
      const one = asked.get(fact)
      if (one) return one
    }
    return undefined
  }

  #sidesOf(leaf: Leaf): Sides {
    let sides = this.#sides.get(leaf)
    if (sides === undefined) {
      const { type, values } = define(this.#words, leaf.fact)
      const yes = this.#alternative(leaf.fact, satisfying(leaf, type))
      const no = this.#alternative(leaf.fact, violating(leaf, type, Object.keys(values ?? {})))
      sides = { ...(yes ? { yes } : {}), ...(no ? { no } : {}) }
      this.#sides.set(leaf, sides)
    }
    return sides
  }

  #typed(id: string, value: FactValue): string {
    const { type, unit } = define(this.#words, id)
    const text = Array.isArray(value) ? value.join(',') : String(value)
    return `${id}=${text}${type === 'quantity' && unit !== undefined && unit !== '1' ? ` ${unit}` : ''}`
  }

  #alternative(id: string, value: FactValue | undefined): Alternative | undefined {
    if (value === undefined) return undefined
    const key = `${id}=${JSON.stringify(value)}`
    let one = this.#numbers.get(key)
    if (one === undefined) {
      const position = this.#words.position.get(id)!
      const fact: Fact = { value, sources: [], enteredByHand: true }
      const isLasting = !this.#program.isDated(position)
      one = {
        id,
        position,
        value,
        number: this.#numbers.size,
        fact,
        said: { facts: { [id]: value }, set: [this.#typed(id, value)] },
        // the day does not matter
        ...(isLasting ? { answers: this.#program.answers(position, fact, 0) } : {}),
      }
      this.#numbers.set(key, one)
    }
    return one
  }
}

function satisfying(leaf: Leaf, type: string): FactValue | undefined {
  if (leaf.op === 'is') {
    if (type === 'truth') return leaf.values.includes('true')
    return type === 'codes' ? [leaf.values[0]!] : leaf.values[0]
  }
  if (leaf.op === 'compare') return nearby(leaf.cmp, leaf.value, true, type)
  return undefined
}

function violating(leaf: Leaf, type: string, values: readonly string[]): FactValue | undefined {
  if (leaf.op === 'is') {
    if (type === 'truth') return !leaf.values.includes('true')
    if (type === 'codes') return []
    return values.find((v) => !leaf.values.includes(v))
  }
  if (leaf.op === 'compare') return nearby(leaf.cmp, leaf.value, false, type)
  return undefined
}

/** The number nearest to a limit on one side of it, in steps a clinician would say. */
function nearby(cmp: string, limit: number, satisfies: boolean, type: string): number {
  const step = type === 'integer' || limit >= 10 ? 1 : 0.1
  const round = (n: number): number => Number(n.toFixed(3))
  switch (cmp) {
    case '<':
      return satisfies ? round(limit - step) : limit
    case '<=':
      return satisfies ? limit : round(limit + step)
    case '>':
      return satisfies ? round(limit + step) : limit
    case '>=':
      return satisfies ? limit : round(limit - step)
    default:
      return satisfies ? limit : round(limit + step)
  }
}
