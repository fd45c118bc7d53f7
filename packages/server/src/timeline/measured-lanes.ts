import type { ChartHistory } from '@secondwind/fhir'
import type { TimelineLaneId, TimelinePoint, TimelineSeries } from '../contract/timeline.ts'
import { dayOf, timeOf } from './days.ts'
import type { Draft, LaneInput } from './lane-input.ts'

type Measured = ChartHistory['series'][number]

/** In which lane a measured fact stands, by its group in the registry; grades of performance and the weight have lanes of their own. */
function laneOf({ fact }: Measured): TimelineLaneId | undefined {
  if (fact.group === 'fitness') return fact.unit === undefined ? 'performance' : fact.id === 'weight' ? 'weight' : undefined
  return fact.group === 'labs' ? 'labs' : fact.group === 'symptoms' ? 'symptoms' : undefined
}

/** Numbers over time of one lane. A multiple of a limit that was worked out from a value which stands there itself is left out. */
export function seriesLane({ history }: LaneInput, lane: TimelineLaneId): readonly TimelineSeries[] {
  const own = history.series.filter((series) => laneOf(series) === lane)
  const measured = new Set(own.filter(({ fact }) => !isRatio(fact.unit)).flatMap(({ points }) => points.map(keyOf)))
  return own
    .filter(({ fact, points }) => !isRatio(fact.unit) || !points.every((point) => measured.has(keyOf(point))))
    .filter(({ fact }) => fact.derivedFrom === undefined && !isEarlier(own, fact.id))
    .map(({ fact, points }) => ({
      fact: fact.id,
      title: fact.label,
      ...(fact.unit === undefined || fact.type === 'integer' ? {} : { unit: fact.unit }),
      isWhole: fact.type === 'integer',
      points: points.flatMap((point): readonly TimelinePoint[] => {
        const on = dayOf(point.on)
        return on === undefined ? [] : [{ ...point, on }]
      }),
    }))
}

const isRatio = (unit: string | undefined): boolean => unit === '1'
const keyOf = ({ source }: Measured['points'][number]): string => `${source.reference}|${source.path ?? ''}`

/** `creatinine-earlier` repeats values of `creatinine`. */
const isEarlier = (own: readonly Measured[], id: string): boolean => own.some(({ fact }) => id === `${fact.id}-earlier`)

/** Symptoms that are there or not, day by day, as somebody recorded them. Silence is no item. */
export function symptomItems({ history, knowledge, asOf }: LaneInput): readonly Draft[] {
  return knowledge.facts
    .filter(({ group, type }) => group === 'symptoms' && type === 'truth')
    .flatMap((fact) =>
      (history.readings.get(fact.id) ?? []).flatMap((reading): readonly Draft[] => {
        const start = dayOf(reading.on)
        if (typeof reading.value !== 'boolean' || start === undefined) return []
        return [
          {
            row: fact.label,
            shape: 'point',
            title: fact.label,
            start,
            time: timeOf(start, asOf),
            mark: reading.value ? 'present' : 'absent',
            details: [],
            ...(reading.words === undefined ? {} : { words: reading.words }),
            sources: [reading.source],
          },
        ]
      }),
    )
}
