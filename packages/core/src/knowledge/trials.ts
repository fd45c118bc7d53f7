import type { Criterion } from '../criteria/ast.ts'
import type { Approach, Entry } from './knowledge.ts'

/** One condition of a trial's eligibility, as far as the fact registry can express it. */
export interface TrialCriterion {
  readonly id: string
  /** In our own words; for an exclusion, what excludes. */
  readonly say: string
  readonly kind: 'inclusion' | 'exclusion'
  /** Inclusion: must be true. Exclusion: must be false. */
  readonly when: Criterion
}

/**
 * One arm (or cohort) of a trial. `drugs` are those that everyone in it gets: where the protocol lets the clinician choose (cisplatin or
 * carboplatin), the choice is in `say` alone. A patient may be randomised to any arm, so each must be safe.
 */
export interface TrialArm {
  readonly say: string
  readonly drugs: readonly string[]
  /** What this arm holds beyond the approaches of the trial: a patient who declines it is not asked to take the chance. */
  readonly approaches?: readonly Approach[]
}

/** A registered clinical trial (`knowledge/trials/`). The registry record is dated: whether it still recruits is asked, never assumed. */
export interface TrialRule extends Entry {
  readonly title: string
  readonly nct: string
  readonly phase: string
  readonly status: string
  /** Day of the registry record that was read. */
  readonly asOf: string
  /** Day on which the record expects the trial to be over; a plan after it does not list the trial. */
  readonly until?: string
  /** The population: of trials that need data, one per group is shown. */
  readonly group: string
  /** `clinical-trial` and the approach of what is tested. */
  readonly approaches: readonly Approach[]
  /** The whole experimental drug set, where the protocol leaves no choice. */
  readonly drugs?: readonly string[]
  readonly arms: readonly TrialArm[]
  /** Values of the fact `jurisdiction` in which the record names a site. */
  readonly regions: readonly string[]
  readonly criteria: readonly TrialCriterion[]
  /** All criteria in one: every inclusion and no exclusion. Made by the compiler. */
  readonly when: Criterion
  /** Conditions of the record that no fact expresses: for a person to check. */
  readonly check: readonly string[]
  /** The honest reason against taking part. */
  readonly against: string
}

/** Every inclusion holds and no exclusion does. */
export const trialConjunction = (criteria: readonly TrialCriterion[]): Criterion => ({
  op: 'all',
  of: criteria.map((c) => (c.kind === 'inclusion' ? c.when : { op: 'not', of: c.when })),
})
