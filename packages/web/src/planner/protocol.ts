import type { Issue, PlanDocument } from '@secondwind/core'
import type { PlannerCase } from '@secondwind/server/contract'
import type { WhatIf } from './page-planner.ts'

/** What the page asks of the planner beside it. */
export type Question =
  | {
      readonly ask: 'open'
      readonly parts: { readonly first: string; readonly later: string; readonly entry: string }
      readonly token?: string
    }
  /** `given` absent: a patient of whom nothing is known, on `asOf`. */
  | { readonly ask: 'case'; readonly given: PlannerCase | { readonly blankOn: string } }
  | { readonly ask: 'change'; readonly set: readonly string[] }

/** `milliseconds`: what reading the change, planning and comparing took. */
export type Changed = WhatIf & { readonly milliseconds: number }

export interface Answers {
  readonly open: { readonly digest: string }
  readonly case: PlanDocument
  readonly change: Changed
}

export type Asked = Question & { readonly id: number }
export type Answered =
  | { readonly id: number; readonly ok: true; readonly value: Answers[keyof Answers] }
  | { readonly id: number; readonly ok: false; readonly issues: readonly Issue[]; readonly status?: number; readonly bug?: string }
