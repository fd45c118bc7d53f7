import type { Criterion } from '@secondwind/core'
import type { CheckedEntry } from '../compile.ts'

/** One entry of `policy/constraints.yaml`: what no patient can be. Exactly one form is there. */
export interface Constraint {
  readonly id: string
  readonly because: string
  readonly when?: Criterion
  readonly must?: Criterion
  readonly empty?: readonly string[]
  readonly filled?: readonly string[]
  readonly within?: readonly [string, string]
  readonly classes?: readonly [string, string]
  readonly atMost?: readonly [string, string]
  readonly few?: { readonly of: string; readonly beyond?: string; readonly class?: string; readonly atMost: number; readonly per?: string }
}

export interface Situation {
  readonly id: string
  readonly say: string
  readonly when: Criterion
}

/** Which treatments a statement about contradictions means. */
export interface TreatmentKind {
  readonly procedures?: readonly string[]
  /** Any option that starts drugs. */
  readonly newSystemic?: true
}

/** `policy/proof.yaml`. */
export interface ProofPolicy {
  /** What the planner takes on. */
  readonly plans: Criterion
  /** Options that are always open, and so answer nothing. */
  readonly fallbacks: readonly string[]
  readonly drugFacts: readonly string[]
  readonly futureDates: readonly string[]
  readonly situations: readonly Situation[]
  readonly histologies: readonly (readonly string[])[]
  /** Why a patient may have nothing but the fallbacks. */
  readonly reasons: readonly Situation[]
  /** What may be supposed of a patient for whom two options tie, and why. */
  readonly ties?: { readonly suppose: Criterion; readonly because: string }
  /** Two kinds of treatment that cannot both be recommended. */
  readonly exclusive: readonly { readonly id: string; readonly say: string; readonly one: TreatmentKind; readonly other: TreatmentKind }[]
}

/** One entry of `policy/accepted-findings.yaml`. */
export interface Accepted {
  readonly id: string
  /** The key of the finding, as the proof prints it. */
  readonly finding: string
  readonly because: string
  readonly on: string
}

export interface ProofInputs {
  readonly constraints: readonly Constraint[]
  readonly policy: ProofPolicy
  readonly accepted: readonly Accepted[]
}

/** What the proof rests on, out of a compiled base; undefined where the base has no `policy/proof.yaml`. */
export function proofInputs(entries: readonly CheckedEntry[]): ProofInputs | undefined {
  const of = <T>(kind: string): readonly T[] => entries.filter((e) => e.kind === kind).map((e) => e.value as unknown as T)
  const policy = of<ProofPolicy>('proof')[0]
  return policy && { constraints: of<Constraint>('constraints'), policy, accepted: of<Accepted>('accepted') }
}
