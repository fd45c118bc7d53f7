import type { Timeline } from '@secondwind/server/contract'
import { absoluteDay } from '../../shared/format/dates.ts'
import { useLanguage, useWords } from '../../shared/words.ts'
import { dayNumber } from './layout.ts'
import { calendarTicks, type Day, monthTicks, type TimeLine } from './scale.ts'
import classes from './timeline.module.css'

const AXIS_HIGH = 46

export interface Shown {
  readonly line: TimeLine
  readonly x: (day: Day) => number
  readonly width: number
  /** First and last day in sight, and how wide a day is on average. */
  readonly from: Day
  readonly to: Day
  readonly pixels: number
}

/** The days along the top: the calendar, or months from diagnosis; above it the lines of treatment. */
export function Axis({
  timeline,
  shown,
  isFromDiagnosis,
}: {
  readonly timeline: Timeline
  readonly shown: Shown
  readonly isFromDiagnosis: boolean
}) {
  const t = useWords('timeline')
  const language = useLanguage()
  const { x, width, line } = shown
  const zero = timeline.diagnosed === undefined ? undefined : dayNumber(timeline.diagnosed.first)
  const ticks = ticksOf(shown, isFromDiagnosis ? zero : undefined)
  const today = dayNumber(timeline.asOf)
  return (
    <svg className={classes.axis} width={width} height={AXIS_HIGH} aria-hidden="true">
      <title>{t('timeline:axis')}</title>
      {timeline.lines.map(({ number, start, end, ending, drugs }) => {
        if (start === undefined) return null
        const [left, right] = [
          Math.max(x(dayNumber(start.first)), 0),
          Math.min(x(end === undefined ? (ending === 'unknown' ? dayNumber(start.last) + 45 : today) : dayNumber(end.last) + 1), width),
        ]
        if (right <= 0 || left >= width) return null
        return (
          <g
            key={`${start.said}${drugs.join()}`}
            className={classes.therapy}
            data-intent={number === undefined ? 'curative' : 'palliative'}
          >
            <path d={`M${left + 0.5} 18v-4h${Math.max(right - left - 1, 2)}v4`} />
            <text x={left + 2} y={11}>
              {number === undefined
                ? right - left > 46
                  ? t('timeline:curative-short')
                  : ''
                : right - left > 52
                  ? t('timeline:line-long', { number })
                  : right - left > 9
                    ? number
                    : ''}
            </text>
          </g>
        )
      })}
      {ticks.map(({ day, kind, iso }) => (
        <g key={iso} className={classes.tick} data-kind={kind}>
          <path d={`M${x(day)} 36v10`} />
          <text x={x(day) + 3} y={33}>
            {isFromDiagnosis && zero !== undefined
              ? t('timeline:months-from', { months: iso })
              : kind === 'week'
                ? shortDay(iso, language)
                : absoluteDay(iso, language)}
          </text>
        </g>
      ))}
      {line.gaps.map(({ from, to }) => {
        const at = (x(from) + x(to)) / 2
        return at < 0 || at > width ? null : <path key={from} className={classes.gap} d={`M${at - 6} 41l3-5l4 8l3-5`} />
      })}
      <path className={classes.baseline} d={`M0 ${AXIS_HIGH - 0.5}H${width}`} />
    </svg>
  )
}

export function ticksOf({ from, to, pixels, line, x }: Shown, zero: Day | undefined) {
  const ticks = zero === undefined ? calendarTicks(from, to, pixels) : monthTicks(from, to, zero, pixels)
  if (line.gaps.length === 0) return ticks
  // where gaps are compressed ticks would fall on each other
  let last = Number.NEGATIVE_INFINITY
  return ticks.filter(({ day }) => {
    const at = x(day)
    if (at - last < 48) return false
    last = at
    return true
  })
}

const shortDay = (iso: string, language: string): string =>
  new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(new Date(`${iso}T00:00:00Z`))
