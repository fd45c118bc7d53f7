import type { KnowledgeBase, PlanDocument } from '@secondwind/core'
import type { ChartHistory, Resource } from '@secondwind/fhir'
import type { TimelineDetail, TimelineDetailName, TimelineItem } from '../contract/timeline.ts'
import type { RecordedDecision } from '../store/index.ts'
import { dayOf } from './days.ts'

/** What the lanes are made from: the chart as the plan read it, the plan, and what was decided. */
export interface LaneInput {
  readonly history: ChartHistory
  readonly resources: readonly Resource[]
  readonly document: PlanDocument
  readonly knowledge: KnowledgeBase
  readonly asOf: string
  /** Undefined: whoever asks may not read decisions. */
  readonly decisions: readonly RecordedDecision[] | undefined
}

/** An item before it has its id. */
export type Draft = Omit<TimelineItem, 'id'>

export const text = (name: TimelineDetailName, value: string | undefined): readonly TimelineDetail[] =>
  value === undefined || value === '' ? [] : [{ name, text: value }]
export const code = (name: TimelineDetailName, value: string | null | undefined): readonly TimelineDetail[] =>
  value === undefined || value === null ? [] : [{ name, code: value }]
export const amount = (name: TimelineDetailName, value: number | null | undefined, unit?: string): readonly TimelineDetail[] =>
  value === undefined || value === null ? [] : [{ name, number: value, ...(unit === undefined ? {} : { unit }) }]
export const day = (name: TimelineDetailName, said: string | undefined): readonly TimelineDetail[] => {
  const at = dayOf(said)
  return at === undefined ? [] : [{ name, day: at }]
}

/** `whole-brain` as a person reads it. */
export const spoken = (id: string): string => id.replaceAll('-', ' ')
