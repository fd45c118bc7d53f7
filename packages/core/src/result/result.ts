/** Every code that a problem in the input or in the knowledge can carry. Closed on purpose: one table maps it to exit status, HTTP and OperationOutcome. */
export type IssueCode =
  | 'not-json'
  | 'not-fhir'
  | 'too-large'
  | 'too-deep'
  | 'missing-patient'
  | 'several-patients'
  | 'unknown-fact'
  | 'stage-mismatch'
  | 'histology-out-of-scope'
  | 'histology-unconfirmed'
  | 'not-metastatic'
  | 'age-out-of-scope'
  | 'implausible-value'
  | 'implausible-unit'
  | 'unknown-unit'
  | 'contradictory-result'
  | 'benign-variant'
  | 'unclassified-variant'
  | 'stale-value'
  | 'unmapped-code'
  | 'unread-text'
  | 'read-from-text'
  | 'duplicate-resource'
  | 'future-date'
  | 'invalid-date'
  | 'invalid-element'
  | 'dangling-reference'
  | 'foreign-patient'
  | 'deceased'
  | 'outdated-profile'
  | 'suspicious-code'
  | 'entered-in-error'
  | 'two-primaries'
  | 'off-label-detail'
  | 'knowledge-incomplete'
  | 'outlook-unavailable'
  | 'words-withheld'
  | 'not-positive'
  | 'out-of-range'
  | 'missing-input'

export interface Issue {
  readonly code: IssueCode
  readonly severity: 'error' | 'warning' | 'information'
  /** Where: `Observation/ecog-1.valueInteger`, `line 12`, or a fact id. */
  readonly path: string
  readonly message: string
  readonly remedy?: string
}

export type Result<T, E = readonly Issue[]> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E }

export const ok = <T>(value: T): Result<T, never> => ({ ok: true, value })
export const err = <E>(error: E): Result<never, E> => ({ ok: false, error })
