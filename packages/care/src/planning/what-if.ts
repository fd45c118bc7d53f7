import {
  type CaseView,
  type Criterion,
  define,
  type Explanation,
  type Fact,
  type FactValue,
  isKnown,
  leaves,
  missingFacts,
  type Need,
  type PatientCase,
} from '@secondwind/core'
import type { Candidate } from './candidate.ts'
import { changedView, type Engine } from './engine.ts'
import { judge, type Outcome, type Verdict } from './outcome.ts'

/**
 * Tries changes of single facts on the patient's own case. Views are shared by all options of a plan,
 * so that each criterion is computed once per change and not once per option.
 */
export class WhatIf {
  readonly #engine: Engine
  readonly #case: PatientCase
  readonly #base: CaseView
  readonly #views = new Map<string, CaseView>()

  constructor(engine: Engine, patientCase: PatientCase, base: CaseView) {
    this.#engine = engine
    this.#case = patientCase
    this.#base = base
  }

  outcome(candidate: Candidate, changes: { readonly [fact: string]: FactValue }): Outcome {
    return judge(candidate, this.#view(changes), this.#engine.words).outcome
  }

  #view(changes: { readonly [fact: string]: FactValue }): CaseView {
    let key = ''
    for (const id in changes) key += `${changeKey(id, changes[id]!)}\n`
    let view = this.#views.get(key)
    if (!view) {
      const facts: Record<string, Fact> = {}
      for (const id in changes) facts[id] = { value: changes[id]!, sources: [], enteredByHand: true }
      view = changedView(this.#engine, this.#case, this.#base, facts)
      this.#views.set(key, view)
    }
    return view
  }

  /**
   * The smallest changes of facts that would drop an option or raise it: single facts, each once. What changes from week to week comes first
   * (wishes and fitness in the standing, organs and medicines in the safety rules); what the tumour is comes last.
   */
  wouldChange(candidate: Candidate, verdict: Verdict, limit: number): readonly Change[] {
    const found: Change[] = []
    const tried = new Set<string>()
    const search = (criteria: readonly Criterion[], upTo: number): void => {
      for (const criterion of criteria) {
        for (const { fact, value } of alternatives(criterion, this.#base, this.#engine)) {
          if (found.length >= upTo) return
          const key = changeKey(fact, value)
          if (tried.has(key) || found.some((f) => fact in f.facts)) continue
          tried.add(key)
          const to = this.outcome(candidate, { [fact]: value })
          if (to !== verdict.outcome) found.push({ facts: { [fact]: value }, to })
        }
      }
    }
    const { rule } = candidate
    search(
      rule.standing.flatMap((row) => (row.when ? [row.when] : [])),
      limit - 2,
    )
    search(
      candidate.safety.filter((s) => s.rule.effect === 'bar').map((s) => s.rule.when),
      limit - 1,
    )
    search([rule.when], limit)
    return found
  }

  /** For each missing fact of an option: what each answer would do. A fact whose answers change nothing is not a need. */
  needs(candidate: Candidate, verdict: Verdict, missing: Iterable<string>, criteria: readonly Criterion[]): readonly Need[] {
    const needs: Need[] = []
    for (const id of missing) {
      const definition = define(this.#engine.words, id)
      const leaf = firstLeaf(criteria, id, this.#engine)
      if (!leaf) continue
      const yes = satisfying(leaf, definition.type)
      const no = violating(leaf, definition.type, Object.keys(definition.values ?? {}))
      const ifTrue = yes === undefined ? undefined : this.outcome(candidate, { [id]: yes })
      const ifFalse = no === undefined ? undefined : this.outcome(candidate, { [id]: no })
      if (verdict.outcome !== 'needs-data' && ifTrue === verdict.outcome && ifFalse === verdict.outcome) continue
      // a value that could not be believed asks for itself again, not for the whole test
      const known = this.#case.facts[id]
      const test = (known !== undefined && 'unknown' in known ? known.would : undefined) ?? definition.test
      needs.push({
        fact: id,
        ...(test ? { test } : {}),
        ifTrue: outcomeText(ifTrue),
        ifFalse: outcomeText(ifFalse),
      })
    }
    return needs
  }
}

/** One word for a change; a number and the same digits as text are told apart. */
const changeKey = (fact: string, value: FactValue): string =>
  `${fact}=${typeof value === 'string' ? `"${value}` : typeof value === 'object' ? JSON.stringify(value) : value}`

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

type Leaf = Extract<Criterion, { fact: string }>

/** For each leaf, a value on the other side of it than the patient's own. */
function* alternatives(
  criterion: Criterion,
  view: CaseView,
  engine: Engine,
): Generator<{ readonly fact: string; readonly value: FactValue }> {
  for (const leaf of leaves(criterion, engine.words)) {
    const definition = define(engine.words, leaf.fact)
    // what is computed from other facts is changed through them
    if (definition.derivedFrom && !definition.test) continue
    const fact = view.facts[engine.words.position.get(leaf.fact) ?? -1]
    if (!isKnown(fact)) continue
    for (const value of [satisfying(leaf, definition.type), violating(leaf, definition.type, Object.keys(definition.values ?? {}))]) {
      if (value !== undefined && !isSame(value, fact.value)) yield { fact: leaf.fact, value }
    }
  }
}

const isSame = (a: FactValue, b: FactValue): boolean =>
  typeof a === 'object' && typeof b === 'object' ? JSON.stringify(a) === JSON.stringify(b) : a === b

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
