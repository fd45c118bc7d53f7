import type { TimelineLaneId } from '@secondwind/server/contract'
import { useFacts } from '../../shared/facts.ts'
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
  const option = (stop: Stop, box: { x: number; y: number; width: number; height: number } | undefined, children: React.ReactNode) => (
    <g
      key={stop.id}
      id={`${idBefore}${stop.id}`}
      role="option"
      aria-selected={stop.id === selected}
      aria-label={wordsOf.label(stop)}
      className={classes.option}
      onClick={() => select(stop)}
    >
      {children}
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
      return `${new Intl.NumberFormat(language, { maximumSignificantDigits: 4 }).format(number)}${unit === '' ? '' : ` ${unit}`}`
    }
    return (
      <>
        <g {...UNSPOKEN}>
          <SeriesLine points={series.points} y={top} x={x} width={width} shown={value} />
        </g>
        {row.stops.map((stop) => {
          const at = x(stop.day)
          return option(stop, at < -10 || at > width + 10 ? undefined : { x: at - 6, y: top, width: 12, height: SERIES_HIGH }, null)
        })}
      </>
    )
  }
  const stops = new Map(row.stops.map((stop) => [stop.id, stop]))
  const spans = row.items.filter(({ item }) => item.shape === 'span')
  return (
    <>
      {spans.map((drawn) => {
        const stop = stops.get(drawn.item.id)!
        const [left, right] = [x(drawn.place.from), x(drawn.place.to + 1)]
        if (right < -20 || left > width + 20) return option(stop, undefined, null)
        const y = top + drawn.track * TRACK
        const box = {
          x: Math.max(left, 0) - 3,
          y: y - 3,
          width: Math.max(Math.min(right, width) - Math.max(left, 0), 10) + 8,
          height: TRACK,
        }
        return option(stop, box, <Bar drawn={drawn} y={y + 1} x={x} t={t} />)
      })}
      {clusters(row.items, x).map((cluster) =>
        cluster.map((drawn, i) => {
          const stop = stops.get(drawn.item.id)!
          const first = x(cluster[0]!.place.from)
          const at = (first + x(cluster.at(-1)!.place.to + 1)) / 2
          if (at < -10 || at > width + 10) return option(stop, undefined, null)
          const chief = cluster.reduce((a, b) =>
            RANK.indexOf(b.item.mark) >= 0 && (RANK.indexOf(a.item.mark) < 0 || RANK.indexOf(b.item.mark) < RANK.indexOf(a.item.mark))
              ? b
              : a,
          )
          const y = top + TRACK / 2 - 2
          const box = { x: at - 11, y: y - 11, width: 22, height: 22 }
          // one sign for all of them; each is an option of its own
          const isShown = i === 0
          const isRinged = cluster.some(({ item }) => item.id === selected)
          return option(
            stop,
            isShown || stop.id === selected ? box : undefined,
            isShown ? (
              <>
                {drawn.place.to - drawn.place.from > 0 && cluster.length === 1 && (
                  <path className={classes.spread} d={`M${first} ${y}H${x(drawn.place.to + 1)}`} />
                )}
                <Sign mark={chief.item.mark} x={at} y={y} />
                {cluster.length > 1 && (
                  <text className={classes.count} x={at + 8} y={y - 4} data-ringed={isRinged}>
                    {cluster.length}
                  </text>
                )}
              </>
            ) : null,
          )
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
