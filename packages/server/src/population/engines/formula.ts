import {
  type Connective,
  type Criterion,
  connectives,
  NOBODY,
  type NodeOf,
  type Op,
  type Plane,
  type PlaneCompiler,
  type Planes,
  type Vocabulary,
} from '@secondwind/core'

/**
 * What the planner asks of a population, as sets of cases, for engines that are told in words (SQL). Every distinct set stands once.
 *
 * A leaf of a criterion is true, false or unknown (null) of a case; an atom is the set of cases for which it is certainly true, or certainly false.
 * Everything above is two-valued, as in the columns backend: Kleene's three values are a pair of sets.
 */
export type Formula =
  | { readonly op: 'nobody' | 'everyone' }
  | { readonly op: 'atom'; readonly leaf: Leaf; readonly value: boolean }
  | { readonly op: 'and' | 'or'; readonly of: readonly number[] }
  | { readonly op: 'and-not'; readonly of: readonly [number, number] }

export type Leaf =
  | Exclude<Criterion, NodeOf<Connective>>
  /** The set fact holds something that is none of these. */
  | { readonly op: 'other-member'; readonly fact: string; readonly members: readonly string[] }

export const partsOf = (formula: Formula): readonly number[] => ('of' in formula ? formula.of : [])

/** All cases: the set after `NOBODY`. */
export const EVERYONE: Plane = 1

/** The name under which `membersOf` gives what no word of the vocabulary names. No fact has such a value. */
const OTHER = '\u0000other'

/** The formulas of one question. Several knowledge bases may be compiled into the same formulas: what is equal in both stands once. */
export class Formulas {
  readonly all: Formula[] = [{ op: 'nobody' }, { op: 'everyone' }]
  readonly #places = new Map<string, number>()

  and = (of: readonly Plane[]): Plane => {
    const parts = distinct(of).filter((part) => part !== EVERYONE)
    if (parts.includes(NOBODY)) return NOBODY
    if (parts.length <= 1) return parts[0] ?? EVERYONE
    return this.#once(`and ${parts}`, { op: 'and', of: parts })
  }

  or = (of: readonly Plane[]): Plane => {
    const parts = distinct(of).filter((part) => part !== NOBODY)
    if (parts.includes(EVERYONE)) return EVERYONE
    if (parts.length <= 1) return parts[0] ?? NOBODY
    return this.#once(`or ${parts}`, { op: 'or', of: parts })
  }

  andNot = (a: Plane, b: Plane): Plane => {
    if (a === NOBODY || a === b || b === EVERYONE) return NOBODY
    if (b === NOBODY) return a
    const of = this.all[b]!
    // "a and not (a and b)" needs b alone
    if (of.op === 'and' && of.of.includes(a)) return this.andNot(a, this.and(of.of.filter((part) => part !== a)))
    return this.#once(`${a} and not ${b}`, { op: 'and-not', of: [a, b] })
  }

  xor = (a: Plane, b: Plane): Plane => this.or([this.andNot(a, b), this.andNot(b, a)])

  /** Cases in at least `min` of these sets. */
  atLeast(min: number, of: readonly Plane[]): Plane {
    // reached[k]: at least k + 1 of the sets so far
    const reached: Plane[] = Array.from({ length: min }, () => NOBODY)
    for (const set of of)
      for (let k = min - 1; k >= 0; k--) reached[k] = this.or([reached[k]!, k === 0 ? set : this.and([reached[k - 1]!, set])])
    return reached[min - 1]!
  }

  atoms(leaf: Leaf): Planes {
    const key = JSON.stringify(leaf)
    const of = (value: boolean): Plane => this.#once(`${value} ${key}`, { op: 'atom', leaf, value })
    return { isTrue: of(true), isFalse: of(false) }
  }

  #once(key: string, formula: Formula): number {
    let place = this.#places.get(key)
    if (place === undefined) {
      place = this.all.push(formula) - 1
      this.#places.set(key, place)
    }
    return place
  }
}

const distinct = (of: readonly number[]): readonly number[] => [...new Set(of)].sort((a, b) => a - b)

/** Criteria of one knowledge base as formulas. */
export class FormulaCompiler implements PlaneCompiler {
  readonly code: Formulas
  readonly everyone = EVERYONE
  readonly #ops: { readonly [K in Op]: (node: NodeOf<K>) => Planes }
  readonly #members: ReadonlyMap<string, readonly string[]>

  /** `members`: for each set fact whose members are asked for by name, the names that the knowledge has. */
  constructor(words: Vocabulary, members: ReadonlyMap<string, readonly string[]>, code = new Formulas()) {
    this.code = code
    this.#members = members
    this.#ops = { ...connectives(this, words), ...this.#leaves }
  }

  readonly compile = (criterion: Criterion): Planes => (this.#ops[criterion.op] as (node: Criterion) => Planes)(criterion)

  membersOf(fact: string): ReadonlyMap<string, Plane> {
    const members = this.#members.get(fact)
    if (members === undefined) throw new Error(`invariant: the members of ${fact} were not given`)
    const planes = members.map((one) => [one, this.compile({ op: 'is', fact, values: [one] }).isTrue] as const)
    return new Map([...planes, [OTHER, this.code.atoms({ op: 'other-member', fact, members }).isTrue]])
  }

  readonly #atom = (leaf: Leaf): Planes => this.code.atoms(leaf)

  readonly #leaves: { readonly [K in Exclude<Op, Connective>]: (node: NodeOf<K>) => Planes } = {
    is: this.#atom,
    compare: this.#atom,
    within: this.#atom,
    some: this.#atom,
    count: this.#atom,
    known: this.#atom,
  }
}
