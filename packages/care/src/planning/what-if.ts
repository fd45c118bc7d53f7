import {
  type CaseView,
  ChangeableView,
  type ChangedFact,
  type Criterion,
  define,
  deriveChanges,
  type Fact,
  type FactValue,
  isKnown,
  isMarked,
  type Marks,
  type Need,
  type PatientCase,
  type Program,
  setMark,
  type ViewChange,
} from '@secondwind/core'
import type { DoseContext } from '../delivery/index.ts'
import type { Alternative } from './alternatives.ts'
import type { Candidate } from './candidate.ts'
import type { Engine } from './engine.ts'
import { FAILED_BEFORE, judge, type Outcome, type Verdict } from './outcome.ts'
import { standsAs } from './sayings.ts'

/**
 * Tries changes of single facts on the patient's own case. What a change makes of the verdicts is worked out once and shared by all options of a plan.
 */
export class WhatIf {
  readonly #engine: Engine
  readonly #case: PatientCase
  readonly #base: CaseView
  readonly #changeable: ChangeableView
  /** By number of the alternative; of several at once, by their numbers. */
  readonly #changes = new Map<number | string, ViewChange>()
  /** A copy of the facts, to derive in, once something is to be derived. */
  #room: { [id: string]: Fact } | undefined
  /** What the doses of this plan rest on, once the first is asked for. */
  doses: DoseContext | undefined

  /** `candidates`: those that changes are tried on. */
  constructor(engine: Engine, patientCase: PatientCase, base: CaseView, candidates: readonly Candidate[]) {
    this.#engine = engine
    this.#case = patientCase
    this.#base = base
    this.#changeable = new ChangeableView(base, base.program!, wantedBy(candidates, base.program!))
  }

  /** What comes of a candidate, of which this is the verdict as the case stands. */
  #outcome(candidate: Candidate, verdict: Verdict, alternative: Alternative): Outcome {
    return this.#outcomeWith(candidate, verdict, this.#changeBy(alternative.number, [alternative]))
  }

  #outcomeWith(candidate: Candidate, verdict: Verdict, change: ViewChange): Outcome {
    if (!this.#touches(candidate, change)) return verdict.outcome
    this.#changeable.put(change)
    const { outcome } = judge(candidate, this.#changeable.view, this.#engine.words)
    this.#changeable.takeBack(change)
    return outcome
  }

  /** Whether a change reaches anything that the verdict on a candidate is made of. */
  #touches(candidate: Candidate, { changed, differences }: ViewChange): boolean {
    const { own } = marksOf(candidate, this.#base.program!)
    for (let i = 0; i < differences.length; i += 2) if (isMarked(own, differences[i]!)) return true
    const failed = this.#engine.words.position.get(FAILED_BEFORE)
    return changed.some(({ position }) => position === failed)
  }

  #changeBy(key: number | string, answers: readonly Alternative[]): ViewChange {
    let change = this.#changes.get(key)
    if (change === undefined) {
      const { dependencies } = this.#engine
      const hasMore = answers.some(({ id }) => dependencies.of.has(id))
      change = this.#changeable.changeOf(hasMore ? [...answers, ...this.#derivedFrom(answers)] : answers)
      this.#changes.set(key, change)
    }
    return change
  }

  /** What else differs once these are the answers. */
  #derivedFrom(answers: readonly Alternative[]): readonly ChangedFact[] {
    const { facts, asOf } = this.#case
    const { dependencies, words } = this.#engine
    this.#room ??= { ...facts }
    const entered = new Map(answers.map(({ id, fact }) => [id, fact]))
    const derived: ChangedFact[] = []
    for (const [id, fact] of deriveChanges(facts, entered, asOf, dependencies, this.#room)) {
      const position = entered.has(id) ? undefined : words.position.get(id)
      if (position !== undefined) derived.push({ position, fact })
    }
    return derived
  }

  /**
   * The smallest changes of facts that would drop an option or raise it: single facts, each once, in the order of `Alternatives.inOrder`, of which the first
   * two rounds leave room for the next.
   * `held` is what an emergency makes of an outcome while it is handled: a change that it hides is none.
   */
  wouldChange(candidate: Candidate, verdict: Verdict, limit: number, held: (outcome: Outcome) => Outcome): readonly Change[] {
    const now = held(verdict.outcome)
    const found: Change[] = []
    const changed: number[] = []
    const { facts } = this.#base
    const rounds = this.#engine.alternatives.inOrder(candidate)
    rounds.forEach(({ items, positions }, at) => {
      const upTo = limit + 1 + at - rounds.length
      for (let i = 0; i < items.length && found.length < upTo; i++) {
        const position = positions[i]!
        const own = facts[position]
        if (!isKnown(own) || changed.includes(position)) continue
        const alternative = items[i]!
        const { value, said } = alternative
        if (isSame(value, own.value)) continue
        const to = held(this.#outcome(candidate, verdict, alternative))
        if (to === now) continue
        changed.push(position)
        found.push({ facts: said.facts, to, set: said.set })
      }
    })
    return found
  }

  /**
   * For each missing fact of an option: what each answer would do. A fact whose answers change nothing is not a need, unless it is one of several
   * that are open together and decide together (two drivers of which neither alone clears an immunotherapy).
   */
  needs(candidate: Candidate, verdict: Verdict, missing: Iterable<string>, criteria: readonly Criterion[]): readonly Need[] {
    const ids = [...missing]
    const needs = this.#singleNeeds(candidate, verdict, ids, criteria)
    if (verdict.openRows.length === 0) return needs
    const rest = ids.filter((id) => !needs.some(({ fact }) => fact === id))
    return rest.length < 2 ? needs : [...needs, ...this.#jointNeeds(candidate, verdict, rest, criteria)]
  }

  /** Every open fact of a standing row answered "no" at once: where that changes the standing, all of them are needed. */
  #jointNeeds(candidate: Candidate, verdict: Verdict, missing: readonly string[], criteria: readonly Criterion[]): readonly Need[] {
    const open = missing.flatMap((id) => {
      const { yes, no } = this.#engine.alternatives.about(id, criteria) ?? {}
      // of a truth "no" is false, whatever the rule asks for
      const answer = no?.value === true && yes?.value === false ? yes : no
      return answer && typeof answer.value === 'boolean' ? [answer] : []
    })
    if (open.length < 2) return []
    const outcome = this.#outcomeWith(candidate, verdict, this.#changeBy(open.map(({ number }) => number).join(' '), open))
    if (outcome === verdict.outcome) return []
    return open.map(({ id }) => {
      const test = define(this.#engine.words, id).test
      return {
        fact: id,
        ...(test ? { test } : {}),
        ifTrue: 'would be looked at again',
        ifFalse: `with the others alike: ${outcomeText(outcome)}`,
      }
    })
  }

  #singleNeeds(candidate: Candidate, verdict: Verdict, missing: readonly string[], criteria: readonly Criterion[]): readonly Need[] {
    const needs: Need[] = []
    const outcomeWith = (answer: Alternative): Outcome => this.#outcome(candidate, verdict, answer)
    for (const id of missing) {
      const definition = define(this.#engine.words, id)
      const asked = this.#engine.alternatives.about(id, criteria)
      if (!asked) continue
      const { yes, no } = asked
      // a rule may ask for "false": the answers are those of the fact, not of the rule
      const isTurned = definition.type === 'truth' && yes?.value === false
      const ifTrue = isTurned ? no && outcomeWith(no) : yes && outcomeWith(yes)
      const ifFalse = isTurned ? outcomeWith(yes) : no && outcomeWith(no)
      if (verdict.outcome !== 'needs-data' && ifTrue === verdict.outcome && ifFalse === verdict.outcome) continue
      // a value that could not be believed asks for itself again, not for the whole test
      const known = this.#case.facts[id]
      const test = (known !== undefined && 'unknown' in known ? known.would : undefined) ?? definition.test
      const answers = { ifTrue: outcomeText(ifTrue), ifFalse: outcomeText(ifFalse) }
      if (definition.type === 'truth') needs.push(test ? { fact: id, test, ...answers } : { fact: id, ...answers })
      else needs.push(test ? { fact: id, asks: asked.asks, test, ...answers } : { fact: id, asks: asked.asks, ...answers })
    }
    return needs
  }
}

/** Of one candidate, what it rests on included: the verdicts that its own is made of, and all that those hang on. */
interface CandidateMarks {
  readonly own: Marks
  readonly wanted: Marks
}

const MARKS = new WeakMap<Candidate, CandidateMarks>()

/** Worked out once for each candidate. */
function marksOf(candidate: Candidate, program: Program): CandidateMarks {
  let marks = MARKS.get(candidate)
  if (marks === undefined) {
    marks = { own: program.noMarks(), wanted: program.noMarks() }
    for (const { when, standing, safety } of [candidate, ...(candidate.rests ?? [])]) {
      for (const slot of [when, ...standing.slots, ...safety.slots]) setMark(marks.own, slot)
      program.mark([when, ...standing.slots, ...safety.slots], marks.wanted)
    }
    MARKS.set(candidate, marks)
  }
  return marks
}

/** Every verdict that the outcome of one of these candidates hangs on. */
function wantedBy(candidates: readonly Candidate[], program: Program): Marks {
  const wanted = program.noMarks()
  for (const candidate of candidates) {
    const marks = marksOf(candidate, program).wanted
    for (let i = 0; i < wanted.length; i++) wanted[i]! |= marks[i]!
  }
  return wanted
}

export interface Change {
  readonly facts: { readonly [id: string]: FactValue }
  readonly to: Outcome
  /** As `--set` takes it. */
  readonly set: readonly string[]
}

function outcomeText(outcome: Outcome | undefined): string {
  switch (outcome) {
    case undefined:
      return 'would be looked at again'
    case 'not-offered':
      return 'not an option'
    case 'needs-data':
      return 'other facts would still be needed'
    default:
      return standsAs(outcome)
  }
}

/** Of lists, only codes have alternatives. */
const isSame = (a: FactValue, b: FactValue): boolean =>
  Array.isArray(a) && Array.isArray(b) ? a.length === b.length && a.every((one, i) => one === b[i]) : a === b
