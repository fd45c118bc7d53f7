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

const LEAST = 0
const GREATEST = 1
const MIRROR = 2
const AT_LEAST = 3

export class Program {
  #slots = 0
  readonly #constants: { readonly slot: number; readonly verdict: Verdict }[] = []
  /** By position of the fact. */
  readonly #leaves: ProgramLeaf[][]
  /** Of each combination, one after the other: operator, slot, limit, number of parts, the slots of the parts. */
  readonly #code: number[] = []
  /** Where each combination starts, by slot; and the combinations that each slot is part of. */
  readonly #startOf: number[] = []
  readonly #wholesOf: number[][] = []
  #packed: Int32Array | undefined
  /** By position of the fact: what combines its leaves, and what combines that, parts first. */
  #hanging: (Int32Array | undefined)[] = []

  constructor(facts: number) {
    this.#leaves = Array.from({ length: facts }, () => [])
  }

  get slots(): number {
    return this.#slots
  }

  constant(verdict: Verdict): number {
    const slot = this.#slot()
    this.#constants.push({ slot, verdict })
    return slot
  }

  leaf(position: number, leaf: Omit<ProgramLeaf, 'slot'>): number {
    const slot = this.#slot()
    this.#leaves[position]!.push({ ...leaf, slot })
    return slot
  }

  all = (parts: readonly number[]): number => this.#combine(LEAST, 0, parts)
  any = (parts: readonly number[]): number => this.#combine(GREATEST, 0, parts)
  not = (part: number): number => this.#combine(MIRROR, 0, [part])
  atLeast = (min: number, parts: readonly number[]): number => this.#combine(AT_LEAST, min, parts)

  #slot(): number {
    this.#wholesOf.push([])
    this.#packed = undefined
    this.#hanging = []
    return this.#slots++
  }

  #combine(operator: number, limit: number, parts: readonly number[]): number {
    const slot = this.#slot()
    this.#startOf[slot] = this.#code.length
    this.#code.push(operator, slot, limit, parts.length, ...parts)
    for (const part of parts) this.#wholesOf[part]!.push(slot)
    return slot
  }

  /** All verdicts of one case. */
  judge(facts: readonly (Fact | undefined)[], asOf: DayNumber): Uint8Array {
    const verdicts = new Uint8Array(this.#slots)
    for (const { slot, verdict } of this.#constants) verdicts[slot] = verdict
    const leaves = this.#leaves
    for (let at = 0; at < leaves.length; at++) judgeLeaves(leaves[at]!, facts[at], asOf, verdicts)
    this.#packed ??= Int32Array.from(this.#code)
    run(this.#packed, verdicts)
    return verdicts
  }

  /** The verdicts with the facts of some positions changed; `before` is not touched. */
  rejudge(before: Uint8Array, facts: readonly (Fact | undefined)[], asOf: DayNumber, changed: readonly number[]): Uint8Array {
    const verdicts = before.slice()
    // facts one after the other: a combination of two of them is right once the last has been run
    for (const at of changed) judgeLeaves(this.#leaves[at]!, facts[at], asOf, verdicts)
    for (const at of changed) run(this.#hangingOn(at), verdicts)
    return verdicts
  }

  #hangingOn(position: number): Int32Array {
    let hanging = this.#hanging[position]
    if (hanging === undefined) {
      const slots = new Set<number>()
      const waiting = this.#leaves[position]!.map((leaf) => leaf.slot)
      for (let slot = waiting.pop(); slot !== undefined; slot = waiting.pop()) {
        for (const whole of this.#wholesOf[slot]!) {
          if (slots.has(whole)) continue
          slots.add(whole)
          waiting.push(whole)
        }
      }
      const code: number[] = []
      for (const slot of [...slots].sort((a, b) => a - b)) {
        const start = this.#startOf[slot]!
        code.push(...this.#code.slice(start, start + PARTS + this.#code[start + COUNT]!))
      }
      hanging = Int32Array.from(code)
      this.#hanging[position] = hanging
    }
    return hanging
  }
}

function judgeLeaves(leaves: readonly ProgramLeaf[], fact: Fact | undefined, asOf: DayNumber, verdicts: Uint8Array): void {
  const known = fact !== undefined && 'value' in fact ? (fact as KnownFact) : undefined
  for (let i = 0; i < leaves.length; i++) {
    const leaf = leaves[i]!
    verdicts[leaf.slot] = known === undefined || (leaf.fresh && known.stale === true) ? leaf.otherwise : leaf.test(known.value, asOf)
  }
}

const COUNT = 3
const PARTS = 4

/** Runs combinations in order: the parts of each are settled before it. */
function run(code: Int32Array, verdicts: Uint8Array): void {
  let at = 0
  while (at < code.length) {
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
