import { type Fact, type FactValue, isKnown, isSameSilence, type KnownFact } from '../facts/index.ts'
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
  /** What it answers may change with the day of the plan. */
  readonly isDated: boolean
  readonly test: (value: FactValue, asOf: DayNumber) => Verdict
}

/** The verdicts that a fact gives on all that is asked of it directly: slot and verdict in turn. */
export type Answers = Int32Array

/** All questions "is it one of these" about one fact: the slots that each value makes true. */
interface Choices {
  readonly fresh: boolean
  readonly slots: number[]
  readonly trueFor: Map<string, number[]>
}

/** All that is asked of one fact directly. */
interface Asked {
  /** What most cases hold: where a fact has this value, and is not stale, its verdicts are known beforehand. */
  readonly usual: FactValue | undefined
  readonly choices: Choices[]
  readonly leaves: ProgramLeaf[]
  /** The slots of both. */
  readonly slots: number[]
}

/** A program laid out for running. */
interface Packed {
  /** The verdicts where every fact is as usual, or else unknown, combinations left out. */
  readonly usual: Uint8Array
  /** Of each combination, one after the other: operator, slot, limit, number of parts, the slots of the parts. */
  readonly code: Int32Array
  /** Where each combination starts in the code, by slot. */
  readonly startOf: Int32Array
  /** The combinations that a slot is part of: `wholes` from `firstWhole` of the slot to that of the next. */
  readonly firstWhole: Int32Array
  readonly wholes: Int32Array
  /** A bit for each combination that waits to be run again. */
  readonly waiting: Marks
  /** Room to try what a fact answers in. */
  readonly tried: Uint8Array
}

/** A bit for each slot. */
export type Marks = Uint32Array
export const isMarked = (marks: Marks, slot: number): boolean => (marks[slot >>> 5]! & (1 << (slot & 31))) !== 0
export function setMark(marks: Marks, slot: number): void {
  marks[slot >>> 5]! |= 1 << (slot & 31)
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
  readonly #startOf: number[] = []
  #packed: Packed | undefined

  /** `usual`: of each fact the value that most cases hold, undefined where they leave it unknown. Not a day: what it says changes with the day of the plan. */
  constructor(usual: readonly (FactValue | undefined)[]) {
    this.#asked = usual.map((one) => ({ usual: one, choices: [], leaves: [], slots: [] }))
  }

  get slots(): number {
    return this.#slots
  }

  noMarks = (): Marks => new Uint32Array(Math.ceil(this.#slots / 32))

  constant(verdict: Verdict): number {
    return this.#slot(verdict)
  }

  leaf(position: number, leaf: Omit<ProgramLeaf, 'slot'>): number {
    const slot = this.#slot(leaf.otherwise)
    const { leaves, slots } = this.#asked[position]!
    leaves.push({ ...leaf, slot })
    slots.push(slot)
    return slot
  }

  /** Whether a fact is (or, for a list, contains) one of these values; unknown where the fact is. */
  isOneOf(position: number, values: readonly string[], fresh: boolean): number {
    const slot = this.#slot(UNKNOWN)
    const { choices, slots: about } = this.#asked[position]!
    about.push(slot)
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
    this.#silence.push(silence)
    this.#packed = undefined
    return this.#slots++
  }

  #combine(operator: number, limit: number, parts: readonly number[]): number {
    const slot = this.#slot(UNKNOWN)
    this.#startOf[slot] = this.#code.length
    this.#code.push(operator, slot, limit, parts.length, ...parts)
    return slot
  }

  #pack(): Packed {
    const wholesOf: number[][] = Array.from({ length: this.#slots }, () => [])
    this.#startOf.forEach((start, slot) => {
      const parts = new Set(this.#code.slice(start + PARTS, start + PARTS + this.#code[start + COUNT]!))
      for (const part of parts) wholesOf[part]!.push(slot)
    })
    const usual = Uint8Array.from(this.#silence)
    for (const asked of this.#asked) if (asked.usual !== undefined) judgeKnown(asked, { value: asked.usual, sources: [] }, 0, usual)
    let count = 0
    const firstWhole = [0, ...wholesOf.map((wholes) => (count += wholes.length))]
    return {
      usual,
      code: Int32Array.from(this.#code),
      startOf: Int32Array.from({ length: this.#slots }, (_, slot) => this.#startOf[slot] ?? -1),
      firstWhole: Int32Array.from(firstWhole),
      wholes: Int32Array.from(wholesOf.flat()),
      waiting: this.noMarks(),
      tried: new Uint8Array(this.#slots),
    }
  }

  /** All verdicts of one case. */
  judge(facts: readonly (Fact | undefined)[], asOf: DayNumber): Uint8Array {
    this.#packed ??= this.#pack()
    const verdicts = this.#packed.usual.slice()
    const asked = this.#asked
    for (let at = 0; at < asked.length; at++) {
      const fact = facts[at]
      const about = asked[at]!
      if (isKnown(fact)) {
        if (fact.stale === true || !isSameSilence(fact.value, about.usual)) judgeKnown(about, fact, asOf, verdicts)
      } else if (about.usual !== undefined) silence(about, verdicts)
    }
    run(this.#packed.code, verdicts)
    return verdicts
  }

  /** Marks these slots, and all that they hang on. */
  mark(slots: Iterable<number>, marks: Marks): void {
    this.#packed ??= this.#pack()
    const { code, startOf } = this.#packed
    for (const slot of slots) {
      if (isMarked(marks, slot)) continue
      setMark(marks, slot)
      const start = startOf[slot]!
      if (start >= 0) this.mark(code.subarray(start + PARTS, start + PARTS + code[start + COUNT]!), marks)
    }
  }

  /** What a fact answers to all that is asked of it directly. */
  answers(position: number, fact: Fact, asOf: DayNumber): Answers {
    this.#packed ??= this.#pack()
    const { tried } = this.#packed
    const asked = this.#asked[position]!
    if (isKnown(fact)) judgeKnown(asked, fact, asOf, tried)
    else silence(asked, tried)
    const answers = new Int32Array(asked.slots.length * 2)
    asked.slots.forEach((slot, i) => {
      answers[2 * i] = slot
      answers[2 * i + 1] = tried[slot]!
    })
    return answers
  }

  /** Whether what this fact answers may change with the day of the plan. */
  isDated = (position: number): boolean => this.#asked[position]!.leaves.some((leaf) => leaf.isDated)

  /**
   * What comes out otherwise once some facts answer otherwise: slot and verdict in turn, of the slots that are marked as wanted (`mark`).
   * `verdicts` is a copy of `base`, before and after.
   * A combination is run again only when a part of it came out otherwise in a way that can matter to it, and after all its parts: a part has the lower number.
   */
  differences(base: Uint8Array, verdicts: Uint8Array, changed: readonly Answers[], wanted: Marks): readonly number[] {
    this.#packed ??= this.#pack()
    const { code, startOf, waiting } = this.#packed
    const differences: number[] = []
    for (const answers of changed) {
      for (let i = 0; i < answers.length; i += 2) {
        const slot = answers[i]!
        const verdict = answers[i + 1]!
        const before = base[slot]!
        if (verdict === before || !isMarked(wanted, slot)) continue
        verdicts[slot] = verdict
        differences.push(slot, verdict)
        wake(this.#packed, verdicts, slot, before, verdict, wanted)
      }
    }
    for (let word = 0; word < waiting.length; word++) {
      // the lowest bit first; what a combination wakes stands above it, maybe in the same word
      for (let bits = waiting[word]!; bits !== 0; bits = waiting[word]!) {
        const slot = word * 32 + 31 - Math.clz32(bits & -bits)
        waiting[word] = bits & (bits - 1)
        const start = startOf[slot]!
        run(code, verdicts, start, start + PARTS + code[start + COUNT]!)
        const before = base[slot]!
        const verdict = verdicts[slot]!
        if (verdict === before) continue
        differences.push(slot, verdict)
        wake(this.#packed, verdicts, slot, before, verdict, wanted)
      }
    }
    for (let i = 0; i < differences.length; i += 2) verdicts[differences[i]!] = base[differences[i]!]!
    return differences
  }
}

/**
 * Marks the combinations to run again since one of their parts changed from `before` to `after`. The least of several is not touched by a part that was
 * above it and rose, nor by one that fell and is not below it; the greatest likewise, mirrored.
 */
function wake(
  { code, startOf, firstWhole, wholes, waiting }: Packed,
  verdicts: Uint8Array,
  slot: number,
  before: Verdict,
  after: Verdict,
  wanted: Marks,
): void {
  const end = firstWhole[slot + 1]!
  for (let i = firstWhole[slot]!; i < end; i++) {
    const whole = wholes[i]!
    if (!isMarked(wanted, whole)) continue
    const operator = code[startOf[whole]!]
    const verdict = verdicts[whole]!
    if (operator === LEAST && (after > before ? verdict < before : verdict <= after)) continue
    if (operator === GREATEST && (after < before ? verdict > before : verdict >= after)) continue
    setMark(waiting, whole)
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
      for (let i = at + PARTS; i < end && least !== FALSE; i++) {
        const verdict = verdicts[code[i]!]!
        if (verdict < least) least = verdict
      }
      verdicts[slot] = least
    } else if (operator === GREATEST) {
      let greatest = FALSE
      for (let i = at + PARTS; i < end && greatest !== TRUE; i++) {
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
