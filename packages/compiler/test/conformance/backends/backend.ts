import type { Criterion, PatientCase, Truth, Vocabulary } from '@secondwind/core'

export interface Question {
  readonly id: string
  readonly when: Criterion
}

/** One batch: every question is asked of every case, on one day. */
export interface Batch {
  readonly words: Vocabulary
  readonly questions: readonly Question[]
  readonly cases: readonly PatientCase[]
  /** The day that is asked; the day of the cases unless a snapshot is taken to another. */
  readonly asOf: string
}

/** One way of answering criteria. `answer` gives a row a case, a column a question. */
export interface Backend {
  readonly name: string
  answer(batch: Batch): Promise<readonly (readonly Truth[])[]>
  close?(): Promise<void>
}
