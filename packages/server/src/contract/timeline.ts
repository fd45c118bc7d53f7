import type { FactSource } from '@secondwind/core'

/** What the route of the timeline answers. Types only: the browser imports them. */

/** A day, or the span of days in which it lies where the chart gives a month or a year only. ISO days. */
export interface TimelineDay {
  readonly first: string
  readonly last: string
  /** As the chart writes it: `2026-03`. */
  readonly said: string
}

export type TimelineLaneId =
  | 'systemic'
  | 'radiation'
  | 'surgery'
  | 'biomarkers'
  | 'response'
  | 'labs'
  | 'toxicity'
  | 'performance'
  | 'weight'
  | 'symptoms'
  | 'admissions'
  | 'decisions'
  | 'planned'
  | 'conflicts'

/** How a span ends. `unknown`: it is over or not, and nobody wrote when; never taken for `running`. */
export type TimelineEnding = 'ended' | 'running' | 'held' | 'unknown'

/** What the sign of an item says beside its place. */
export type TimelineMark =
  | 'start'
  | 'dose-change'
  | 'complete-response'
  | 'response'
  | 'stable'
  | 'progression'
  | 'undetermined'
  | 'scan'
  | 'new-metastasis'
  | 'reported'
  | 'pending'
  | 'failed'
  | 'grade-1'
  | 'grade-2'
  | 'grade-3'
  | 'grade-4'
  | 'grade-5'
  | 'grade-unknown'
  | 'present'
  | 'absent'
  | 'visit'
  | 'stay'
  | 'decision'
  | 'appointment'
  | 'order'
  | 'due'
  | 'conflict'

/** One line of the details: a number with its unit, a day, words of the chart or the knowledge, or a code that the page has words for. */
export type TimelineDetail = { readonly name: TimelineDetailName } & (
  | { readonly text: string }
  | { readonly code: string }
  | { readonly number: number; readonly unit?: string }
  | { readonly day: TimelineDay }
)

export type TimelineDetailName =
  | 'line'
  | 'intent'
  | 'stopped-because'
  | 'best-response'
  | 'cycles'
  | 'doses'
  | 'dose-before'
  | 'dose-after'
  | 'dose'
  | 'site'
  | 'fractions'
  | 'technique'
  | 'sample'
  | 'taken'
  | 'ordered'
  | 'reported'
  | 'turnaround'
  | 'found'
  | 'absent'
  | 'no-result'
  | 'status'
  | 'sites'
  | 'grade'
  | 'suspected-drugs'
  | 'immune'
  | 'place'
  | 'chosen'
  | 'reason'
  | 'dissent'
  | 'by'
  | 'plan-of'
  | 'between'
  | 'option'
  | 'earliest'
  | 'window'

export interface TimelineItem {
  /** Unique in the answer, the same for the same chart. */
  readonly id: string
  /** Items of one row stand on one line: a drug, a site, a term. */
  readonly row: string
  readonly shape: 'span' | 'point'
  readonly title: string
  /** Absent: nobody recorded it. */
  readonly start?: TimelineDay
  readonly end?: TimelineDay
  /** Of a span. */
  readonly ending?: TimelineEnding
  /** `planned`: it has not happened. */
  readonly time: 'past' | 'now' | 'planned'
  readonly mark: TimelineMark
  /** Single doses within a span. */
  readonly ticks?: readonly TimelineDay[]
  readonly details: readonly TimelineDetail[]
  /** The very words of the chart or the journal. */
  readonly words?: string
  /** Nobody has checked this part of the knowledge against its source. */
  readonly review?: 'unconfirmed'
  /** Rule of the knowledge behind it. */
  readonly rule?: string
  readonly sources: readonly FactSource[]
}

export interface TimelinePoint {
  readonly on: TimelineDay
  readonly value: number
  readonly written?: string
  /** The laboratory's own limits for this value. */
  readonly low?: number
  readonly high?: number
  readonly words?: string
  readonly source: FactSource
}

export interface TimelineSeries {
  readonly fact: string
  readonly title: string
  /** UCUM; absent for grades and scores. */
  readonly unit?: string
  /** A grade or a score: whole numbers. */
  readonly isWhole: boolean
  readonly points: readonly TimelinePoint[]
}

export interface TimelineLane {
  readonly id: TimelineLaneId
  readonly items: readonly TimelineItem[]
  readonly series: readonly TimelineSeries[]
  /** You may not see what stands here. */
  readonly isWithheld?: true
}

/** One line of systemic treatment, for the axis. */
export interface TimelineLine {
  /** Absent: meant to cure, before any line for advanced disease. */
  readonly number?: number
  readonly intent: 'curative' | 'palliative'
  readonly drugs: readonly string[]
  readonly start?: TimelineDay
  readonly end?: TimelineDay
  readonly ending: TimelineEnding
}

export interface Timeline {
  readonly schema: 'secondwind/timeline/1'
  readonly patient: string
  /** The clinical day: what lies behind it has not happened. */
  readonly asOf: string
  readonly revision: number
  /** One-line summary of the plan of that day. */
  readonly story: string
  readonly knowledge: { readonly version: string; readonly digest: string }
  readonly diagnosed?: TimelineDay
  readonly metastatic?: TimelineDay
  readonly died?: TimelineDay
  readonly lines: readonly TimelineLine[]
  /** Every lane, in this order, those without anything too. */
  readonly lanes: readonly TimelineLane[]
  /** Resources set apart that you may not see are left out. */
  readonly isPartial: boolean
}
