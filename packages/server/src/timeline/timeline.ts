import { isKnown, type KnowledgeBase, type PlanDocument } from '@secondwind/core'
import { chartHistory, type ParsedChart } from '@secondwind/fhir'
import { readerFor } from '../compose.ts'
import type { Timeline, TimelineItem, TimelineLane, TimelineLaneId, TimelineSeries } from '../contract/timeline.ts'
import type { RecordedDecision } from '../store/index.ts'
import { admissionsLane, conflictsLane, decisionsLane, plannedLane } from './care-lanes.ts'
import { dated } from './days.ts'
import { biomarkerLane, responseLane, toxicityLane } from './finding-lanes.ts'
import type { Draft, LaneInput } from './lane-input.ts'
import { seriesLane, symptomItems } from './measured-lanes.ts'
import { radiationLane, surgeryLane, systemicLane, treatmentLines } from './treatment-lanes.ts'

export interface TimelineRequest {
  readonly chart: ParsedChart
  readonly knowledge: KnowledgeBase
  /** The plan of that day: what is planned and what clashes is taken from it, never worked out again. */
  readonly document: PlanDocument
  readonly revision: number
  /** Undefined: whoever asks may not read decisions. */
  readonly decisions: readonly RecordedDecision[] | undefined
  readonly isPartial: boolean
}

/** The lanes in the order in which they are shown. */
const LANES: readonly {
  readonly id: TimelineLaneId
  readonly items: (input: LaneInput) => readonly Draft[]
  readonly isMeasured?: true
}[] = [
  { id: 'systemic', items: systemicLane },
  { id: 'radiation', items: radiationLane },
  { id: 'surgery', items: surgeryLane },
  { id: 'conflicts', items: conflictsLane },
  { id: 'biomarkers', items: biomarkerLane },
  { id: 'response', items: responseLane },
  { id: 'labs', items: () => [], isMeasured: true },
  { id: 'toxicity', items: toxicityLane },
  { id: 'performance', items: () => [], isMeasured: true },
  { id: 'weight', items: () => [], isMeasured: true },
  { id: 'symptoms', items: symptomItems, isMeasured: true },
  { id: 'admissions', items: admissionsLane },
  { id: 'decisions', items: decisionsLane },
  { id: 'planned', items: plannedLane },
]

/**
 * The course of one patient in lanes: what happened, what runs and what is planned, each item with its source. Pure.
 *
 * Partial dates stay spans of days. A span that goes on, one that is held and one whose end nobody recorded are three things. Nothing is placed that
 * the chart, the journal or the plan does not say; what has no day has no `start`.
 */
export function timelineOf({ chart, knowledge, document, revision, decisions, isPartial }: TimelineRequest): Timeline {
  const { asOf } = document
  const history = chartHistory(chart.chart, readerFor(knowledge), asOf)
  const input: LaneInput = { history, resources: chart.chart.resources, document, knowledge, asOf, decisions }
  const died = document.case.facts['died-on']
  return {
    schema: 'secondwind/timeline/1',
    patient: document.patient,
    asOf,
    revision,
    story: document.case.story,
    knowledge: document.knowledge,
    ...dated('diagnosed', history.diagnosedOn),
    ...dated('metastatic', history.metastaticOn),
    ...(isKnown(died) && typeof died.value === 'string' ? dated('died', died.value) : {}),
    lines: treatmentLines(input),
    lanes: LANES.map(({ id, items, isMeasured }): TimelineLane => {
      const isWithheld = id === 'decisions' && decisions === undefined
      const series: readonly TimelineSeries[] = isMeasured ? seriesLane(input, id) : []
      return { id, items: numbered(id, items(input)), series, ...(isWithheld ? { isWithheld } : {}) }
    }),
    isPartial,
  }
}

/** By day, what has none last; then by row and source, so that the order of the chart changes nothing. */
function numbered(lane: TimelineLaneId, drafts: readonly Draft[]): readonly TimelineItem[] {
  const key = (draft: Draft): string =>
    `${draft.start?.first ?? '9999'}|${draft.start?.last ?? ''}|${draft.row}|${draft.title}|${draft.sources[0]?.reference ?? ''}|${draft.mark}`
  return [...drafts]
    .map((draft) => [key(draft), draft] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, draft], index) => ({ ...draft, id: `${lane}/${index + 1}` }))
}
