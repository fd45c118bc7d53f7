import type { Fact, FactValue, KnownFact } from '../facts/index.ts'
import type { DayNumber } from '../time/index.ts'
import type { Truth } from '../truth/index.ts'

/**
 * Many criteria as one program: every distinct leaf and every distinct combination stands once, parts before wholes,
 * and one pass over numbers gives all verdicts of a case. A change of facts recomputes only what hangs on them.
 *
 * A verdict is a number so that Kleene's `and` is the least, `or` the greatest and `not` the mirror: 0 false, 1 unknown, 2 true.
 */
export type Verdict = number
export const FALSE: Verdict = 0
export const UNKNOWN: Verdict = 1
export const TRUE: Verdict = 2

const TRUTHS: readonly Truth[] = ['false', 'unknown', 'true']
export const truthOfVerdict = (verdict: Verdict): Truth => TRUTHS[verdict]!
export const verdictOf = (truth: Truth): Verdict => (truth === 'true' ? TRUE : truth === 'false' ? FALSE : UNKNOWN)

/** A question about one fact, when that is known (and, with `fresh`, not stale). Otherwise `otherwise`. */
export interface ProgramLeaf {
  readonly slot: number
  readonly fresh: boolean
  readonly otherwise: Verdict
  readonly test: (value: FactValue, asOf: DayNumber) => Verdict
}

/** All questions "is it one of these" about one fact: the slots that each value makes true. */
interface Choices {
  readonly fresh: boolean
  readonly slots: number[]
  readonly trueFor: Map<string, number[]>
}

/** All that is asked of one fact directly. */
interface Asked {
  readonly choices: Choices[]
  readonly leaves: ProgramLeaf[]
}

/** The combinations that hang on a fact, parts first: their slots, and where in the code each starts (and the last ends). */
interface Hanging {
  readonly slots: Int32Array
  readonly starts: Int32Array
  readonly code: Int32Array
}

const LEAST = 0
const GREATEST = 1
const MIRROR = 2
const AT_LEAST = 3

export class Program {
  #slots = 0
  /** The verdicts where every fact is unknown, combinations left out. */
  readonly #silence: Verdict[] = []
  /** By position of the fact. */
  readonly #asked: Asked[]
  /** Of each combination, one after the other: operator, slot, limit, number of parts, the slots of the parts. */
  readonly #code: number[] = []
  /** Where each combination starts, by slot; and the combinations that each slot is part of. */
  readonly #startOf: number[] = []
  readonly #wholesOf: number[][] = []
  #packed: { readonly silence: Uint8Array; readonly code: Int32Array } | undefined
  /** By position of the fact: what combines its leaves, and what combines that, parts first. */
  #hanging: (Hanging | undefined)[] = []
  /** By slot: 1 while a combination waits to be run again. */
  #waiting = new Uint8Array(0)

  constructor(facts: number) {
    this.#asked = Array.from({ length: facts }, () => ({ choices: [], leaves: [] }))
  }

  get slots(): number {
    return this.#slots
  }

  constant(verdict: Verdict): number {
    return this.#slot(verdict)
  }

  leaf(position: number, leaf: Omit<ProgramLeaf, 'slot'>): number {
    const slot = this.#slot(leaf.otherwise)
    this.#asked[position]!.leaves.push({ ...leaf, slot })
    return slot
  }

  /** Whether a fact is (or, for a list, contains) one of these values; unknown where the fact is. */
  isOneOf(position: number, values: readonly string[], fresh: boolean): number {
    const slot = this.#slot(UNKNOWN)
    const { choices } = this.#asked[position]!
    let choice = choices.find((one) => one.fresh === fresh)
    if (choice === undefined) {
      choice = { fresh, slots: [], trueFor: new Map() }
      choices.push(choice)
    }
    choice.slots.push(slot)
    for (const value of values) {
      const slots = choice.trueFor.get(value)
      if (slots === undefined) choice.trueFor.set(value, [slot])
      else slots.push(slot)
    }
    return slot
  }

  all = (parts: readonly number[]): number => this.#combine(LEAST, 0, parts)
  any = (parts: readonly number[]): number => this.#combine(GREATEST, 0, parts)
  not = (part: number): number => this.#combine(MIRROR, 0, [part])
  atLeast = (min: number, parts: readonly number[]): number => this.#combine(AT_LEAST, min, parts)

  #slot(silence: Verdict): number {
    this.#wholesOf.push([])
    this.#silence.push(silence)
    this.#packed = undefined
    this.#hanging = []
    return this.#slots++
  }

  #combine(operator: number, limit: number, parts: readonly number[]): number {
    const slot = this.#slot(UNKNOWN)
    this.#startOf[slot] = this.#code.length
    this.#code.push(operator, slot, limit, parts.length, ...parts)
    for (const part of parts) this.#wholesOf[part]!.push(slot)
    return slot
  }

  /** All verdicts of one case. */
  judge(facts: readonly (Fact | undefined)[], asOf: DayNumber): Uint8Array {
    this.#packed ??= { silence: Uint8Array.from(this.#silence), code: Int32Array.from(this.#code) }
    const verdicts = this.#packed.silence.slice()
    const asked = this.#asked
    for (let at = 0; at < asked.length; at++) {
      const fact = facts[at]
      if (fact !== undefined && 'value' in fact) judgeKnown(asked[at]!, fact, asOf, verdicts)
    }
    run(this.#packed.code, verdicts)
    return verdicts
  }

  /**
   * What comes out otherwise once the facts of some positions have changed: slot and verdict in turn. `verdicts` is a copy of `base`, before and after.
   * A combination is run again only when one of its parts came out otherwise.
   */
  differences(
    base: Uint8Array,
    verdicts: Uint8Array,
    facts: readonly (Fact | undefined)[],
    asOf: DayNumber,
    changed: readonly number[],
  ): readonly number[] {
    if (this.#waiting.length < this.#slots) this.#waiting = new Uint8Array(this.#slots)
    const waiting = this.#waiting
    const touched: number[] = []
    const touch = (slot: number): void => {
      touched.push(slot)
      const wholes = this.#wholesOf[slot]!
      for (let i = 0; i < wholes.length; i++) waiting[wholes[i]!] = 1
    }
    for (const at of changed) {
      const fact = facts[at]
      const asked = this.#asked[at]!
      if (fact !== undefined && 'value' in fact) judgeKnown(asked, fact, asOf, verdicts)
      else silence(asked, verdicts)
      for (const { slots } of asked.choices) for (const slot of slots) if (verdicts[slot] !== base[slot]) touch(slot)
      for (const { slot } of asked.leaves) if (verdicts[slot] !== base[slot]) touch(slot)
    }
    // facts one after the other: a combination of two of them is right once the last has been gone through
    for (const at of changed) {
      const { slots, starts, code } = this.#hangingOn(at)
      for (let i = 0; i < slots.length; i++) {
        const slot = slots[i]!
        if (waiting[slot] === 0) continue
        waiting[slot] = 0
        const before = verdicts[slot]
        run(code, verdicts, starts[i]!, starts[i + 1]!)
        if (verdicts[slot] !== before) touch(slot)
      }
    }
    const differences: number[] = []
    for (const slot of touched) {
      const verdict = verdicts[slot]!
      if (verdict === base[slot]) continue
      differences.push(slot, verdict)
      verdicts[slot] = base[slot]!
    }
    return differences
  }

  #hangingOn(position: number): Hanging {
    let hanging = this.#hanging[position]
    if (hanging === undefined) {
      const found = new Set<number>()
      const { choices, leaves } = this.#asked[position]!
      const open = [...choices.flatMap((one) => one.slots), ...leaves.map((leaf) => leaf.slot)]
      for (let slot = open.pop(); slot !== undefined; slot = open.pop()) {
        for (const whole of this.#wholesOf[slot]!) {
          if (found.has(whole)) continue
          found.add(whole)
          open.push(whole)
        }
      }
      const slots = [...found].sort((a, b) => a - b)
      const code: number[] = []
      const starts: number[] = []
      for (const slot of slots) {
        const start = this.#startOf[slot]!
        starts.push(code.length)
        code.push(...this.#code.slice(start, start + PARTS + this.#code[start + COUNT]!))
      }
      hanging = { slots: Int32Array.from(slots), starts: Int32Array.from([...starts, code.length]), code: Int32Array.from(code) }
      this.#hanging[position] = hanging
    }
    return hanging
  }
}

function judgeKnown(asked: Asked, fact: KnownFact, asOf: DayNumber, verdicts: Uint8Array): void {
  const { choices, leaves } = asked
  for (let i = 0; i < choices.length; i++) {
    const { fresh, slots, trueFor } = choices[i]!
    const isUsable = !fresh || fact.stale !== true
    for (let k = 0; k < slots.length; k++) verdicts[slots[k]!] = isUsable ? FALSE : UNKNOWN
    if (!isUsable) continue
    const { value } = fact
    if (Array.isArray(value)) for (const one of value) setTrue(trueFor.get(String(one)), verdicts)
    else setTrue(trueFor.get(typeof value === 'string' ? value : String(value)), verdicts)
  }
  for (let i = 0; i < leaves.length; i++) {
    const leaf = leaves[i]!
    verdicts[leaf.slot] = leaf.fresh && fact.stale === true ? leaf.otherwise : leaf.test(fact.value, asOf)
  }
}

function setTrue(slots: readonly number[] | undefined, verdicts: Uint8Array): void {
  if (slots !== undefined) for (let i = 0; i < slots.length; i++) verdicts[slots[i]!] = TRUE
}

function silence({ choices, leaves }: Asked, verdicts: Uint8Array): void {
  for (const { slots } of choices) for (const slot of slots) verdicts[slot] = UNKNOWN
  for (const { slot, otherwise } of leaves) verdicts[slot] = otherwise
}

const COUNT = 3
const PARTS = 4

/** Runs combinations in order: the parts of each are settled before it. */
function run(code: Int32Array, verdicts: Uint8Array, from = 0, to = code.length): void {
  let at = from
  while (at < to) {
    const operator = code[at]!
    const slot = code[at + 1]!
    const end = at + PARTS + code[at + COUNT]!
    if (operator === LEAST) {
      let least = TRUE
      for (let i = at + PARTS; i < end; i++) {
        const verdict = verdicts[code[i]!]!
        if (verdict < least) least = verdict
      }
      verdicts[slot] = least
    } else if (operator === GREATEST) {
      let greatest = FALSE
      for (let i = at + PARTS; i < end; i++) {
        const verdict = verdicts[code[i]!]!
        if (verdict > greatest) greatest = verdict
      }
      verdicts[slot] = greatest
    } else if (operator === MIRROR) {
      verdicts[slot] = TRUE - verdicts[code[at + PARTS]!]!
    } else {
      let sure = 0
      let possible = 0
      for (let i = at + PARTS; i < end; i++) {
        const verdict = verdicts[code[i]!]!
        if (verdict === TRUE) sure++
        if (verdict !== FALSE) possible++
      }
      const min = code[at + 2]!
      verdicts[slot] = sure >= min ? TRUE : possible >= min ? UNKNOWN : FALSE
    }
    at = end
  }
}
