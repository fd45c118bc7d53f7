import { type Fact, type FactDefinition, isKnown, type KnownFact } from '../facts/index.ts'
import { type DayNumber, latestDay } from '../time/index.ts'
import type { Criterion } from './ast.ts'
import type { Answers, Marks, Program } from './program.ts'

/** The names that criteria refer to: facts by position, named criteria by id. Built once per knowledge base. */
export interface Vocabulary {
  readonly facts: readonly FactDefinition[]
  /** Of the facts, in their order. */
  readonly ids: readonly string[]
  readonly position: ReadonlyMap<string, number>
  readonly named: ReadonlyMap<string, { readonly label: string; readonly when: Criterion }>
}

export function vocabulary(
  facts: readonly FactDefinition[],
  named: readonly { readonly id: string; readonly label: string; readonly when: Criterion }[],
): Vocabulary {
  return {
    facts,
    ids: facts.map(({ id }) => id),
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
  return isSame(Object.keys(facts), words.ids) ? Object.values(facts) : words.ids.map((id) => facts[id])
}

function isSame(ids: readonly string[], others: readonly string[]): boolean {
  if (ids.length !== others.length) return false
  for (let at = 0; at < ids.length; at++) if (ids[at] !== others[at]) return false
  return true
}

/** A fact put in place of another. */
export interface ChangedFact {
  /** Of the fact in a view. */
  readonly position: number
  readonly fact: Fact
  /** Where they are known beforehand. */
  readonly answers?: Answers
}

/** What a change of facts makes of a view: the facts, and the verdicts that come out otherwise, slot and verdict in turn. */
export interface ViewChange {
  readonly changed: readonly ChangedFact[]
  readonly differences: readonly number[]
}

/** One copy of a view in which changes are tried and taken back: a change costs what hangs on it, not a copy of the case. */
export class ChangeableView {
  readonly #base: CaseView
  readonly #program: Program
  readonly #wanted: Marks
  readonly #facts: (Fact | undefined)[]
  /** The view to judge with; as the base wherever no change is in place. */
  readonly view: CaseView

  /** `wanted`: the slots whose verdicts are asked for, and what they hang on (`Program.mark`); others stay as they are in the base. */
  constructor(base: CaseView, program: Program, wanted: Marks) {
    this.#base = base
    this.#program = program
    this.#wanted = wanted
    this.#facts = base.facts.slice()
    this.view = { facts: this.#facts, asOf: base.asOf, verdicts: base.verdicts.slice(), program }
  }

  /** Works out what a change of facts changes: only verdicts that hang on a changed fact are judged again. Nothing is in place afterwards. */
  changeOf(changed: readonly ChangedFact[]): ViewChange {
    const { asOf, verdicts } = this.view
    const answers = changed.map((one) => one.answers ?? this.#program.answers(one.position, one.fact, asOf))
    return { changed, differences: this.#program.differences(this.#base.verdicts, verdicts, answers, this.#wanted) }
  }

  /** Puts a change in place. Take it back before the next. */
  put({ changed, differences }: ViewChange): void {
    const { verdicts } = this.view
    for (let i = 0; i < changed.length; i++) this.#facts[changed[i]!.position] = changed[i]!.fact
    for (let i = 0; i < differences.length; i += 2) verdicts[differences[i]!] = differences[i + 1]!
  }

  takeBack({ changed, differences }: ViewChange): void {
    const { verdicts } = this.view
    const base = this.#base
    for (let i = 0; i < changed.length; i++) this.#facts[changed[i]!.position] = base.facts[changed[i]!.position]
    for (let i = 0; i < differences.length; i += 2) verdicts[differences[i]!] = base.verdicts[differences[i]!]!
  }
}
