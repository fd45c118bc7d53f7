import type { TimelinePoint } from '@secondwind/server/contract'
import { dayNumber, isOutside } from './layout.ts'
import type { Day } from './scale.ts'
import classes from './timeline.module.css'

export const SERIES_HIGH = 30

/** Values over time with the laboratory's limits; what lies beyond them points up or down. */
export function SeriesLine({
  points,
  y,
  x,
  width,
  shown,
}: {
  readonly points: readonly TimelinePoint[]
  readonly y: number
  readonly x: (day: Day) => number
  readonly width: number
  /** The value as this device shows it. */
  readonly shown: (value: number) => string
}) {
  const values = points.flatMap(({ value, low, high }) => [value, low, high].filter((one) => one !== undefined))
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const at = (value: number): number =>
    most === least ? y + SERIES_HIGH / 2 : y + SERIES_HIGH - 5 - ((value - least) / (most - least)) * (SERIES_HIGH - 10)
  const placed = points.map((point) => ({ point, cx: x((dayNumber(point.on.first) + dayNumber(point.on.last)) / 2), cy: at(point.value) }))
  const last = placed.at(-1)
  const limits = last === undefined ? undefined : last.point
  const seen = placed.filter(({ cx }) => cx > -20 && cx < width + 20)
  const label = last === undefined ? '' : shown(last.point.value)
  const isTight = last !== undefined && last.cx + label.length * 6.5 + 10 > width
  return (
    <g className={classes.series}>
      {limits?.low !== undefined && limits.high !== undefined && (
        <rect className={classes.normal} x={0} width={width} y={at(limits.high)} height={Math.max(at(limits.low) - at(limits.high), 1)} />
      )}
      <polyline className={classes.curve} points={placed.map(({ cx, cy }) => `${cx},${cy}`).join(' ')} />
      {seen.map(({ point, cx, cy }) => {
        const way = isOutside(point)
        const key = `${point.on.said}|${point.source.reference}|${point.source.path ?? ''}`
        if (way === undefined) return <circle key={key} className={classes.value} cx={cx} cy={cy} r="2.4" />
        return (
          <path
            key={key}
            className={classes.beyond}
            d={way === 'high' ? `M${cx - 4.5} ${cy + 3.5}h9l-4.5-8z` : `M${cx - 4.5} ${cy - 3.5}h9l-4.5 8z`}
          />
        )
      })}
      {last !== undefined && last.cx > 0 && last.cx <= width && (
        <text
          className={classes.latest}
          x={isTight ? last.cx - 7 : last.cx + 7}
          y={Math.min(Math.max(last.cy + 4, y + 10), y + SERIES_HIGH - 1)}
          textAnchor={isTight ? 'end' : 'start'}
        >
          {label}
        </text>
      )}
    </g>
  )
}
