import type { Criterion } from '../criteria/ast.ts'
import type { Entry } from './knowledge.ts'

/** A group of a measure: in words, and as a criterion. */
export interface MeasureGroup {
  readonly say: string
  readonly when: Criterion
}

export interface MeasureReason extends MeasureGroup {
  readonly id: string
}

/**
 * One quality measure (`knowledge/quality/`): for whom it asks, who is left out, and who has what it asks for.
 *
 * It counts patients, or with `each` the items of a list fact (visits, treatment days, episodes): then the criteria of its groups speak of
 * the fields of one item, and `patients` says of which patients.
 */
export interface QualityMeasure extends Entry {
  readonly title: string
  /** Names under which others know it, with the system: `MIPS 453`. */
  readonly identifiers: readonly string[]
  /** endorsed: in a national programme; published: used in a study; concept: under development; internal: our own proposal. */
  readonly status: 'endorsed' | 'published' | 'concept' | 'internal'
  readonly direction: 'higher' | 'lower'
  /** The date fact (with `each`: the field) that puts a patient (an item) into a period. */
  readonly anchor: string
  readonly each?: string
  readonly patients?: MeasureGroup
  readonly population: MeasureGroup
  /** Not counted whatever was done. */
  readonly exclusions: readonly MeasureReason[]
  readonly numerator: MeasureGroup
  /** Not counted where the numerator was not reached. */
  readonly exceptions: readonly MeasureReason[]
  /** Why it is worth measuring, one or two sentences. */
  readonly because: string
  /** What the count cannot see, said wherever it is shown. */
  readonly limits: readonly string[]
}
