import type { Term } from '../emit/smt-terms.ts'
import type { Witness } from './witness.ts'

export type Property = 'gap' | 'conflict' | 'dead' | 'always' | 'monotone'

/** A rule that a finding is about, or a part of one, with its place. */
export interface RulePlace {
  readonly id: string
  readonly file: string
  readonly line: number
}

/** What a finding says, before it is known whether it was accepted. */
export interface Report {
  readonly message: string
  readonly remedy: string
  /** The first is where to look. */
  readonly rules: readonly RulePlace[]
  /** What the planner must show for the witness; a description, and the facts of the plan that prove it. */
  readonly expects?: Expectation
}

/** How the plan of a witness shows that the finding is real. */
export interface Expectation {
  /** No option of the plan but these (by rule). */
  readonly onlyOptions?: readonly string[]
  /** These candidates stand in the plan, with one of these standings; a treatment counts that the plan lists under another rule. */
  readonly options?: readonly { readonly rule: string; readonly drugs?: readonly string[]; readonly standings: readonly string[] }[]
  /** This rule stands under notAdvised. */
  readonly notAdvised?: string
}

/** One question to the solver. The base is sound in this point when the answer is not `fault`. */
export interface Question {
  readonly key: string
  readonly property: Property
  /** All of these at once, under the constraints. */
  readonly terms: readonly Term[]
  readonly fault: 'sat' | 'unsat'
  /** Terms that follow from those, and are refuted faster. */
  readonly weaker?: readonly Term[]
  /** Narrower questions, asked when this one is at fault; without it, the fault is reported. */
  split?(): readonly Question[]
  /** One of the narrower questions is enough: the first at fault is reported. */
  readonly splitToFirst?: true
  /** The witness is there where one exists. */
  report(witness?: Witness): Report
  /** Where the fault is that nothing fits: the parts whose conflict explains it, each with its words. */
  readonly parts?: readonly { readonly term: Term; readonly say: string }[]
}

export interface ProofFinding extends Report {
  readonly key: string
  readonly property: Property
  readonly witness?: Witness
  /** Parts of the rule, and facts of the space, that exclude each other. */
  readonly because?: readonly string[]
  /** Set where `policy/accepted-findings.yaml` names it. */
  readonly accepted?: string
}
