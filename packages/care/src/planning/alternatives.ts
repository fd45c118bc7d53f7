import { type Criterion, define, type Fact, type FactValue, leaves, type Vocabulary } from '@secondwind/core'
import type { Candidate } from './candidate.ts'

type Leaf = Extract<Criterion, { fact: string }>

/** A fact with another value, numbered so that equal ones are one. */
export interface Alternative {
  readonly fact: string
  readonly position: number
  readonly value: FactValue
  readonly number: number
  /** The value as a fact entered by hand. */
  readonly entered: Fact
}

/** The two sides of a leaf; a side that no single value stands for is left out. */
export interface Sides {
  readonly yes?: Alternative
  readonly no?: Alternative
}

/** Values on both sides of every limit of a knowledge base: what a counterfactual tries. Worked out once for each criterion. */
export class Alternatives {
  readonly #words: Vocabulary
  readonly #numbers = new Map<string, Alternative>()
  readonly #sides = new WeakMap<Leaf, Sides>()
  readonly #orders = new WeakMap<Candidate, readonly (readonly Alternative[])[]>()

  constructor(words: Vocabulary) {
    this.#words = words
  }

  /**
   * What may change the standing of a candidate, in three rounds, each value once in a round. What changes from week to week comes first (wishes and
   * fitness in the standing, then organs and medicines in the safety rules); what the tumour is comes last.
   */
  inOrder(candidate: Candidate): readonly (readonly Alternative[])[] {
    let rounds = this.#orders.get(candidate)
    if (rounds === undefined) {
      const { rule, safety } = candidate
      const bars = safety.items.filter(({ effect }) => effect === 'bar')
      rounds = [rule.standing, bars, [rule]].map((round) => [...new Set(round.flatMap(({ when }) => (when ? this.#of(when) : [])))])
      this.#orders.set(candidate, rounds)
    }
    return rounds
  }

  /** For each leaf the value that meets it and the one that does not. What is computed from other facts is changed through them. */
  #of(criterion: Criterion): readonly Alternative[] {
    return leaves(criterion, this.#words).flatMap((leaf) => {
      const definition = define(this.#words, leaf.fact)
      if (definition.derivedFrom && !definition.test) return []
      const { yes, no } = this.sides(leaf)
      return [...(yes ? [yes] : []), ...(no ? [no] : [])]
    })
  }

  sides(leaf: Leaf): Sides {
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

  #alternative(fact: string, value: FactValue | undefined): Alternative | undefined {
    if (value === undefined) return undefined
    const key = `${fact}=${JSON.stringify(value)}`
    let one = this.#numbers.get(key)
    if (one === undefined) {
      one = {
        fact,
        position: this.#words.position.get(fact) ?? -1,
        value,
        number: this.#numbers.size,
        entered: { value, sources: [], enteredByHand: true },
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
