import {
  type CaseView,
  type Criterion,
  criterionText,
  define,
  type Explanation,
  type FactValue,
  isKnown,
  leaves,
  missingFacts,
  type Need,
  type PatientCase,
  viewRoom,
} from '@secondwind/core'
import type { DoseContext } from '../delivery/index.ts'
import type { Alternative } from './alternatives.ts'
import type { Candidate } from './candidate.ts'
import { changedView, type Engine } from './engine.ts'
import { judge, type Outcome, type Verdict } from './outcome.ts'

/**
 * Tries changes of single facts on the patient's own case. Views are shared by all options of a plan,
 * so that each criterion is computed once per change and not once per option. One plan at a time: the next takes over the rooms of its views.
 */
export class WhatIf {
  readonly #engine: Engine
  readonly #case: PatientCase
  readonly #base: CaseView
  /** By number of the change. */
  readonly #views: (CaseView | undefined)[] = []
  readonly #joint = new Map<string, CaseView>()
  #made = 0
  /** What the doses of this plan rest on, once the first is asked for. */
  doses: DoseContext | undefined

  constructor(engine: Engine, patientCase: PatientCase, base: CaseView) {
    this.#engine = engine
    this.#case = patientCase
    this.#base = base
  }

  outcome(candidate: Candidate, alternative: Alternative): Outcome {
    return judge(candidate, this.#view(alternative), this.#engine.words).outcome
  }

  #view({ number, fact, value }: Alternative): CaseView {
    let view = this.#views[number]
    if (!view) {
      const { rooms, words } = this.#engine
      const room = rooms[this.#made] ?? viewRoom(words, this.#base.program!)
      rooms[this.#made++] = room
      view = changedView(this.#engine, this.#case, this.#base, { [fact]: { value, sources: [], enteredByHand: true } }, room)
      this.#views[number] = view
    }
    return view
  }

  /**
   * The smallest changes of facts that would drop an option or raise it: single facts, each once. What changes from week to week comes first
   * (wishes and fitness in the standing, organs and medicines in the safety rules); what the tumour is comes last.
   * `held` is what an emergency makes of an outcome while it is handled: a change that it hides is none.
   */
  wouldChange(candidate: Candidate, verdict: Verdict, limit: number, held: (outcome: Outcome) => Outcome): readonly Change[] {
    const found: Change[] = []
    const tried = new Set<number>()
    const { alternatives } = this.#engine
    const search = (criterion: Criterion, upTo: number): void => {
      for (const alternative of alternatives.of(criterion)) {
        if (found.length >= upTo) return
        const { fact, position, value, number } = alternative
        const own = this.#base.facts[position]
        if (!isKnown(own) || isSame(value, own.value)) continue
        if (tried.has(number) || found.some((f) => fact in f.facts)) continue
        tried.add(number)
        const to = held(this.outcome(candidate, alternative))
        if (to !== held(verdict.outcome)) found.push({ facts: { [fact]: value }, to, set: [this.#typed(fact, value)] })
      }
    }
    const { rule } = candidate
    for (const { when } of rule.standing) if (when) search(when, limit - 2)
    for (const safety of candidate.safety) if (safety.rule.effect === 'bar') search(safety.rule.when, limit - 1)
    search(rule.when, limit)
    return found
  }

  /** A value as a person types it: lists with commas, quantities with the unit of the registry. */
  #typed(fact: string, value: FactValue): string {
    const { type, unit } = define(this.#engine.words, fact)
    const text = Array.isArray(value) ? value.join(',') : String(value)
    return `${fact}=${text}${type === 'quantity' && unit !== undefined && unit !== '1' ? ` ${unit}` : ''}`
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
      const leaf = firstLeaf(criteria, id, this.#engine)
      const { yes, no } = leaf ? this.#engine.alternatives.sides(leaf) : {}
      // of a truth "no" is false, whatever the rule asks for
      const answer = no?.value === true && yes?.value === false ? yes : no
      return answer && typeof answer.value === 'boolean' ? [answer] : []
    })
    if (open.length < 2) return []
    const outcome = judge(candidate, this.#jointView(open), this.#engine.words).outcome
    if (outcome === verdict.outcome) return []
    return open.map(({ fact }) => {
      const test = define(this.#engine.words, fact).test
      return {
        fact,
        ...(test ? { test } : {}),
        ifTrue: 'would be looked at again',
        ifFalse: `with the others alike: ${outcomeText(outcome)}`,
      }
    })
  }

  #jointView(answers: readonly Alternative[]): CaseView {
    const key = answers.map(({ number }) => number).join(' ')
    let view = this.#joint.get(key)
    if (!view) {
      const { rooms, words } = this.#engine
      const room = rooms[this.#made] ?? viewRoom(words, this.#base.program!)
      rooms[this.#made++] = room
      const changes = Object.fromEntries(answers.map(({ fact, value }) => [fact, { value, sources: [], enteredByHand: true as const }]))
      view = changedView(this.#engine, this.#case, this.#base, changes, room)
      this.#joint.set(key, view)
    }
    return view
  }

  #singleNeeds(candidate: Candidate, verdict: Verdict, missing: readonly string[], criteria: readonly Criterion[]): readonly Need[] {
    const needs: Need[] = []
    for (const id of missing) {
      const definition = define(this.#engine.words, id)
      const leaf = firstLeaf(criteria, id, this.#engine)
      if (!leaf) continue
      const { yes, no } = this.#engine.alternatives.sides(leaf)
      // a rule may ask for "false": the answers are those of the fact, not of the rule
      const isTurned = definition.type === 'truth' && yes?.value === false
      const ifTrue = isTurned ? no && this.outcome(candidate, no) : yes && this.outcome(candidate, yes)
      const ifFalse = isTurned ? this.outcome(candidate, yes) : no && this.outcome(candidate, no)
      if (verdict.outcome !== 'needs-data' && ifTrue === verdict.outcome && ifFalse === verdict.outcome) continue
      // a value that could not be believed asks for itself again, not for the whole test
      const known = this.#case.facts[id]
      const test = (known !== undefined && 'unknown' in known ? known.would : undefined) ?? definition.test
      needs.push({
        fact: id,
        ...(definition.type === 'truth' ? {} : { asks: criterionText(leaf, this.#engine.words) }),
        ...(test ? { test } : {}),
        ifTrue: outcomeText(ifTrue),
        ifFalse: outcomeText(ifFalse),
      })
    }
    return needs
  }
}

type Leaf = Parameters<Engine['alternatives']['sides']>[0]

function firstLeaf(criteria: readonly Criterion[], fact: string, engine: Engine): Leaf | undefined {
  for (const criterion of criteria) {
    const leaf = leaves(criterion, engine.words).find((l) => l.fact === fact)
    if (leaf) return leaf
  }
  return undefined
}

export interface Change {
  readonly facts: { readonly [id: string]: FactValue }
  readonly to: Outcome
  /** As `--set` takes it. */
  readonly set: readonly string[]
}

/** Facts that still decide a candidate: of its eligibility, of standing rows passed over, and of unsettled safety rules. */
export function openFacts(explanations: readonly Explanation[]): Set<string> {
  const open = new Set<string>()
  for (const explanation of explanations) missingFacts(explanation, open)
  return open
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
      return `stands as ${outcome}`
  }
}

const isSame = (a: FactValue, b: FactValue): boolean =>
  typeof a === 'object' && typeof b === 'object' ? JSON.stringify(a) === JSON.stringify(b) : a === b
