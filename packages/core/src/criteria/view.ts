import { type Fact, type FactDefinition, isKnown, type KnownFact } from '../facts/index.ts'
import { type DayNumber, latestDay } from '../time/index.ts'
import type { Criterion } from './ast.ts'

/** The names that criteria refer to: facts by position, named criteria by id. Built once per knowledge base. */
export interface Vocabulary {
  readonly facts: readonly FactDefinition[]
  readonly position: ReadonlyMap<string, number>
  readonly named: ReadonlyMap<string, { readonly label: string; readonly when: Criterion }>
}

export function vocabulary(
  facts: readonly FactDefinition[],
  named: readonly { readonly id: string; readonly label: string; readonly when: Criterion }[],
): Vocabulary {
  return {
    facts,
    position: new Map(facts.map((fact, i) => [fact.id, i])),
    named: new Map(named.map((c) => [c.id, c])),
  }
}

/** The facts of one patient laid out by position, with room to remember what has been computed. Cheap to make: one per what-if. */
export interface CaseView {
  readonly facts: readonly (Fact | undefined)[]
  readonly asOf: DayNumber
  /** Verdicts already computed, by slot: 0 not yet, else 1 + index in TRUTHS. */
  readonly memo: Uint8Array
  /** The slots that hang on the fact of a position. Absent: a changed view forgets every verdict. */
  readonly dependents?: Dependents
}

/** Slots of the memo by position of the fact that they look at. */
export type Dependents = readonly (readonly number[])[]

export function caseView(
  words: Vocabulary,
  facts: { readonly [id: string]: Fact },
  asOf: string,
  memoSlots: number,
  dependents?: Dependents,
): CaseView {
  return {
    facts: words.facts.map((definition) => facts[definition.id]),
    asOf: latestDay(asOf) ?? 0,
    memo: new Uint8Array(memoSlots),
    ...(dependents ? { dependents } : {}),
  }
}

/** The fact when it may be used: known, and not stale where freshness is demanded. */
export function usable(fact: Fact | undefined, fresh: boolean): KnownFact | undefined {
  if (!isKnown(fact)) return undefined
  return fresh && fact.stale ? undefined : fact
}

/** The same patient with some facts changed. The base view is not touched; its verdicts hold wherever no changed fact decides. */
export function changedCaseView(words: Vocabulary, base: CaseView, changes: { readonly [id: string]: Fact }): CaseView {
  const { dependents } = base
  const facts = base.facts.slice()
  const memo = dependents ? base.memo.slice() : new Uint8Array(base.memo.length)
  for (const id in changes) {
    const at = words.position.get(id)
    if (at === undefined) continue
    facts[at] = changes[id]
    for (const slot of dependents?.[at] ?? []) memo[slot] = 0
  }
  return { facts, asOf: base.asOf, memo, ...(dependents ? { dependents } : {}) }
}
