import { type Fact, type FactDefinition, isKnown, type KnownFact } from '../facts/index.ts'
import { type DayNumber, latestDay } from '../time/index.ts'
import type { Criterion } from './ast.ts'
import type { Program } from './program.ts'

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

/** The facts of one patient laid out by position, and the verdicts on every criterion of a program. Cheap to make: one per what-if. */
export interface CaseView {
  readonly facts: readonly (Fact | undefined)[]
  readonly asOf: DayNumber
  /** By slot of the program; empty without one. */
  readonly verdicts: Uint8Array
  readonly program?: Program
}

const NO_VERDICTS = new Uint8Array(0)

/** Without a program the view can be explained, not decided on. */
export function caseView(words: Vocabulary, facts: { readonly [id: string]: Fact }, asOf: string, program?: Program): CaseView {
  const laidOut = inOrder(words, facts)
  const day = latestDay(asOf) ?? 0
  if (program === undefined) return { facts: laidOut, asOf: day, verdicts: NO_VERDICTS }
  return { facts: laidOut, asOf: day, verdicts: program.judge(laidOut, day), program }
}

/** The fact when it may be used: known, and not stale where freshness is demanded. */
export function usable(fact: Fact | undefined, fresh: boolean): KnownFact | undefined {
  if (!isKnown(fact)) return undefined
  return fresh && fact.stale ? undefined : fact
}

/** A whole case lists every fact of the registry in its order: then no name has to be looked up. */
function inOrder(words: Vocabulary, facts: { readonly [id: string]: Fact }): readonly (Fact | undefined)[] {
  const ids = Object.keys(facts)
  if (ids.length === words.facts.length && ids.every((id, at) => id === words.facts[at]!.id)) return Object.values(facts)
  return words.facts.map(({ id }) => facts[id])
}

/** Room for a changed view: what it holds is overwritten by the next view that is made in it. */
export interface ViewRoom {
  readonly facts: (Fact | undefined)[]
  readonly verdicts: Uint8Array
}

export const viewRoom = (words: Vocabulary, program: Program): ViewRoom => ({
  facts: words.facts.map(() => undefined),
  verdicts: new Uint8Array(program.slots),
})

/** The same patient with some facts changed. The base view is not touched; only verdicts that hang on a changed fact are judged again. */
export function changedCaseView(words: Vocabulary, base: CaseView, changes: { readonly [id: string]: Fact }, room?: ViewRoom): CaseView {
  const facts = room?.facts ?? base.facts.slice()
  if (room) for (let at = 0; at < facts.length; at++) facts[at] = base.facts[at]
  const changed: number[] = []
  for (const id in changes) {
    const at = words.position.get(id)
    if (at === undefined) continue
    facts[at] = changes[id]
    changed.push(at)
  }
  const { asOf, program } = base
  if (program === undefined) return { facts, asOf, verdicts: NO_VERDICTS }
  const verdicts = room?.verdicts ?? new Uint8Array(program.slots)
  verdicts.set(base.verdicts)
  program.rejudge(verdicts, facts, asOf, changed)
  return { facts, asOf, verdicts, program }
}
