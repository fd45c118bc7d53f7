import type { TimelineLaneId, TimelineMark } from '@secondwind/server/contract'
import { useFacts } from '../../shared/facts.ts'
import { shownNumber } from '../../shared/format/number.ts'
import { shownQuantity } from '../../shared/format/quantity.ts'
import { useUnits } from '../../shared/format/units.ts'
import { useLanguage, useWords } from '../../shared/words.ts'
import type { Shown } from './axis.tsx'
import { Bar, TRACK } from './bars.tsx'
import type { DrawnItem, LaneRows, Row, Stop } from './layout.ts'
import { SERIES_HIGH, SeriesLine } from './series-row.tsx'
import { Sign } from './sign.tsx'
import { useStopWords } from './stop-words.ts'
import classes from './timeline.module.css'

/** Drawn for the eye only: what it shows is said by the options. */
export const UNSPOKEN = { 'aria-hidden': true } as const

const LANE_HIGH = 30
const EMPTY_HIGH = 24
/** Signs nearer than this stand for each other. */
const NEAR = 12

const rowHigh = ({ series, tracks }: Row, isNarrow: boolean): number =>
  (series === undefined ? tracks * TRACK + 4 : SERIES_HIGH + 2) + (isNarrow ? 17 : 0)

/** Where every lane and row begins. */
export function heightsOf(lanes: readonly LaneRows[], folded: ReadonlySet<TimelineLaneId>, isNarrow: boolean) {
  let y = 14
  const laneTops: number[] = []
  const rowTops = new Map<string, { readonly top: number; readonly high: number }>()
  for (const { lane, rows } of lanes) {
    laneTops.push(y)
    y += lane.items.length + lane.series.length === 0 ? EMPTY_HIGH : LANE_HIGH
    if (folded.has(lane.id)) continue
    for (const row of rows) {
      const high = rowHigh(row, isNarrow)
      rowTops.set(row.id, { top: y, high })
      y += high
    }
    if (rows.length > 0) y += 6
  }
  return { laneTops, rowTops, height: y + 8 }
}

/** One row: its spans, its signs, or its series. */
export function PlotRow({
  row,
  top,
  shown,
  asOf,
  idBefore,
  selected,
  hasFocus,
  select,
}: {
  readonly row: Row
  readonly top: number
  readonly shown: Shown
  readonly asOf: string
  readonly idBefore: string
  readonly selected: string | undefined
  readonly hasFocus: boolean
  readonly select: (stop: Stop) => void
}) {
  const t = useWords('timeline')
  const language = useLanguage()
  const [units] = useUnits()
  const facts = useFacts()
  const wordsOf = useStopWords(asOf)
  const { x, width } = shown
  const option = (stop: Stop, box?: { x: number; y: number; width: number; height: number }) => (
    <g
      key={stop.id}
      id={`${idBefore}${stop.id}`}
      role="option"
      aria-selected={stop.id === selected}
      aria-label={wordsOf.label(stop)}
      className={classes.option}
      onClick={() => select(stop)}
    >
      {box !== undefined && <rect className={classes.hit} {...box} />}
      {box !== undefined && stop.id === selected && <rect className={classes.ring} data-focus={hasFocus} {...box} rx="4" />}
    </g>
  )
  if (row.series !== undefined) {
    const { series } = row
    const factors = facts?.get(series.fact)?.factors
    const value = (canonical: number): string => {
      const { value: number, unit } =
        series.unit === undefined ? { value: canonical, unit: '' } : shownQuantity(canonical, series.unit, units, factors)
      return `${shownNumber(number, unit, language)}${unit === '' ? '' : ` ${unit}`}`
    }
    return (
      <>
        <g {...UNSPOKEN}>
          <SeriesLine points={series.points} y={top} x={x} width={width} shown={value} />
        </g>
        {row.stops.map((stop) => {
          const at = x(stop.day)
          return option(stop, at < -10 || at > width + 10 ? undefined : { x: at - 6, y: top, width: 12, height: SERIES_HIGH })
        })}
      </>
    )
  }
  const stops = new Map(row.stops.map((stop) => [stop.id, stop]))
  const isSeen = (left: number, right: number): boolean => right >= -20 && left <= width + 20
  const spans = row.items
    .filter(({ item }) => item.shape === 'span')
    .map((drawn) => ({ drawn, left: x(drawn.place.from), right: x(drawn.place.to + 1), y: top + drawn.track * TRACK }))
  const signs = clusters(row.items, x).map((cluster) => {
    const [left, right] = [x(cluster[0]!.place.from), x(cluster.at(-1)!.place.to + 1)]
    return { cluster, left, right, at: (left + right) / 2, y: top + TRACK / 2 - 2 }
  })
  return (
    <>
      <g {...UNSPOKEN}>
        {spans.map(({ drawn, left, right, y }) => isSeen(left, right) && <Bar key={drawn.item.id} drawn={drawn} y={y + 1} x={x} t={t} />)}
        {signs.map(
          ({ cluster, left, right, at, y }) =>
            isSeen(at, at) && (
              <g key={cluster[0]!.item.id}>
                {cluster.length === 1 && cluster[0]!.place.to > cluster[0]!.place.from && (
                  <path className={classes.spread} d={`M${left} ${y}H${right}`} />
                )}
                <Sign mark={weightiest(cluster)} x={at} y={y} />
                {cluster.length > 1 && (
                  <text
                    className={classes.count}
                    x={at > width - 24 ? at - 8 : at + 8}
                    y={y - 4}
                    textAnchor={at > width - 24 ? 'end' : 'start'}
                  >
                    {cluster.length}
                  </text>
                )}
              </g>
            ),
        )}
      </g>
      {spans.map(({ drawn, left, right, y }) => {
        const from = Math.max(left, 0)
        const box = { x: from - 3, y: y - 3, width: Math.max(Math.min(right, width) - from, 10) + 8, height: TRACK }
        return option(stops.get(drawn.item.id)!, isSeen(left, right) ? box : undefined)
      })}
      {signs.flatMap(({ cluster, at, y }) =>
        cluster.map(({ item }, i) => {
          const stop = stops.get(item.id)!
          // one sign stands for all of them; each is an option of its own, the chosen one carries the ring
          const hasBox = isSeen(at, at) && (i === 0 || stop.id === selected)
          return option(stop, hasBox ? { x: at - 12, y: y - 12, width: 24, height: 24 } : undefined)
        }),
      )}
    </>
  )
}

/** What a sign that stands for several shows: the weightiest of them. */
const RANK: readonly string[] = [
  'progression',
  'new-metastasis',
  'failed',
  'pending',
  'conflict',
  'decision',
  'response',
  'complete-response',
  'stable',
  'undetermined',
  'reported',
  'present',
  'dose-change',
]

const weight = ({ item }: DrawnItem): number => (RANK.indexOf(item.mark) + RANK.length + 1) % (RANK.length + 1)
const weightiest = (cluster: readonly DrawnItem[]): TimelineMark => cluster.reduce((a, b) => (weight(b) < weight(a) ? b : a)).item.mark

function clusters(items: readonly DrawnItem[], x: (day: number) => number): readonly (readonly DrawnItem[])[] {
  const found: DrawnItem[][] = []
  let last = Number.NEGATIVE_INFINITY
  for (const drawn of items.filter(({ item }) => item.shape === 'point').sort((a, b) => a.place.sureFrom - b.place.sureFrom)) {
    const at = x(drawn.place.sureFrom)
    if (at - last < NEAR && found.length > 0) found.at(-1)!.push(drawn)
    else {
      found.push([drawn])
      last = at
    }
  }
  return found
}
