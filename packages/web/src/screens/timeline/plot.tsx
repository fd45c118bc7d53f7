import type { Timeline, TimelineLaneId } from '@secondwind/server/contract'
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useWords } from '../../shared/words.ts'
import { Axis, type Shown, ticksOf } from './axis.tsx'
import { LaneHead } from './lane-head.tsx'
import { dayNumber, type LaneRows, nextStop, type Row, type Stop } from './layout.ts'
import { heightsOf, PlotRow, UNSPOKEN } from './plot-row.tsx'
import { panned, type TimeLine, type View, zoomed } from './scale.ts'
import { useStopWords } from './stop-words.ts'
import classes from './timeline.module.css'
import { usePointers } from './use-pointers.ts'

export interface PlotProps {
  readonly timeline: Timeline
  readonly lanes: readonly LaneRows[]
  readonly line: TimeLine
  readonly whole: View
  readonly view: View
  readonly setView: (view: View) => void
  readonly isFromDiagnosis: boolean
  readonly selected: Stop | undefined
  readonly select: (stop: Stop | undefined) => void
  readonly folded: ReadonlySet<TimelineLaneId>
  readonly fold: (lane: TimelineLaneId) => void
  readonly allSeries: boolean
  readonly setAllSeries: (all: boolean) => void
  readonly showUndated: (lane: TimelineLaneId) => void
  /** Pixels, where the paper decides. */
  readonly fixedWidth?: number
}

const NARROW = 620
const LABELS = 196
const ZOOM = 0.7

/** The lanes one below the other over one line of days. One stop for the tab key; arrows move inside. */
export function Plot(props: PlotProps) {
  const { timeline, lanes, line, whole, view, setView, isFromDiagnosis, selected, select, folded } = props
  const t = useWords('timeline')
  const words = useStopWords(props.timeline.asOf)
  const id = useId()
  const frame = useRef<HTMLDivElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const measured = useWidth(frame)
  const width = props.fixedWidth ?? measured
  const isNarrow = width < NARROW
  const labels = isNarrow ? 0 : LABELS
  const plotWidth = Math.max(width - labels, 80)
  const shown = useMemo((): Shown => {
    const scale = plotWidth / (view.to - view.from)
    const [from, to] = [line.dayAt(view.from), line.dayAt(view.to)]
    return { line, x: (day) => (line.at(day) - view.from) * scale, width: plotWidth, from, to, pixels: plotWidth / (to - from) }
  }, [line, view, plotWidth])
  const rows = useMemo((): readonly Row[] => lanes.filter(({ lane }) => !folded.has(lane.id)).flatMap((one) => one.rows), [lanes, folded])
  const [isFocused, setFocused] = useState(false)
  const { laneTops, rowTops, height } = useMemo(() => heightsOf(lanes, folded, isNarrow), [lanes, folded, isNarrow])
  usePointers(list, {
    zoom: (factor, pixel) => setView(zoomed(view, factor, view.from + (pixel / plotWidth) * (view.to - view.from), whole)),
    pan: (pixels) => setView(panned(view, (pixels / plotWidth) * (view.to - view.from), whole)),
  })

  const reveal = (stop: Stop): void => {
    select(stop)
    const at = line.at(stop.day)
    const margin = (view.to - view.from) * 0.06
    if (at < view.from + margin) setView(panned(view, at - view.from - margin * 2, whole))
    else if (at > view.to - margin) setView(panned(view, at - view.to + margin * 2, whole))
    requestAnimationFrame(() => bringIntoSight(document.getElementById(`${id}${stop.id}`), frame.current!))
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const way = KEYS[event.key]
    const middle = (view.from + view.to) / 2
    if (event.altKey || event.ctrlKey || event.metaKey) return
    if (way !== undefined && event.shiftKey && (way === 'left' || way === 'right'))
      setView(panned(view, (view.to - view.from) * (way === 'left' ? -0.25 : 0.25), whole))
    else if (way !== undefined) {
      const stop = nextStop(rows, selected?.id, way)
      if (stop !== undefined) reveal(stop)
    } else if (event.key === '+' || event.key === '=')
      setView(zoomed(view, ZOOM, selected === undefined ? middle : line.at(selected.day), whole))
    else if (event.key === '-') setView(zoomed(view, 1 / ZOOM, selected === undefined ? middle : line.at(selected.day), whole))
    else if (event.key === '0') setView(whole)
    else if (event.key === 'Escape') select(undefined)
    else return
    event.preventDefault()
  }
  const today = dayNumber(timeline.asOf)
  const marks = [
    { key: 'diagnosed', day: timeline.diagnosed, words: t('timeline:diagnosed') },
    { key: 'died', day: timeline.died, words: t('timeline:died') },
  ]
  const isOnList = selected !== undefined && rows.some(({ stops }) => stops.some((stop) => stop.id === selected.id))
  return (
    <div ref={frame} className={classes.frame} data-narrow={isNarrow} style={{ ['--labels' as never]: `${labels}px` }}>
      <div className={classes.top}>
        <div className={classes.plotSide} dir="ltr">
          <Axis timeline={timeline} shown={shown} isFromDiagnosis={isFromDiagnosis} />
        </div>
      </div>
      <div className={classes.body} style={{ blockSize: height }}>
        {lanes.map((one, i) => (
          <LaneHead key={one.lane.id} of={one} y={laneTops[i]!} isFolded={folded.has(one.lane.id)} {...props} />
        ))}
        {rows.map((row) => (
          <div
            key={row.id}
            className={classes.label}
            style={{ insetBlockStart: rowTops.get(row.id)!.top }}
            aria-hidden="true"
            title={words.rowTitle(row.title).text}
            lang={words.rowTitle(row.title).lang}
          >
            {words.rowTitle(row.title).text}
          </div>
        ))}
        <div
          ref={list}
          className={classes.plotSide}
          dir="ltr"
          role="listbox"
          tabIndex={0}
          aria-label={t('timeline:plot-label')}
          aria-describedby={`${id}keys`}
          aria-orientation="horizontal"
          {...(isOnList ? { 'aria-activedescendant': `${id}${selected.id}` } : {})}
          onKeyDown={onKeyDown}
          onFocus={() => setFocused(true)}
          onBlur={() => setFocused(false)}
        >
          <svg role="presentation" width={plotWidth} height={height} className={classes.plot}>
            <defs>
              <pattern id="timeline-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <path d="M0 0V6" className={classes.hatch} />
              </pattern>
            </defs>
            <g {...UNSPOKEN}>
              <rect
                className={classes.future}
                x={Math.max(shown.x(today + 1), 0)}
                width={Math.max(plotWidth - Math.max(shown.x(today + 1), 0), 0)}
                height={height}
              />
              {line.gaps.map(({ from, to }) => (
                <rect
                  key={from}
                  className={classes.gapBand}
                  x={shown.x(from)}
                  width={Math.max(shown.x(to) - shown.x(from), 0)}
                  height={height}
                />
              ))}
              {ticksOf(shown, isFromDiagnosis && timeline.diagnosed !== undefined ? dayNumber(timeline.diagnosed.first) : undefined).map(
                ({ day, iso }) => (
                  <path key={iso} className={classes.grid} d={`M${shown.x(day)} 0V${height}`} />
                ),
              )}
              {lanes.map(({ lane }, i) => (
                <path key={lane.id} className={classes.laneLine} d={`M0 ${laneTops[i]! + 0.5}H${plotWidth}`} />
              ))}
              {marks.map(({ key, day, words: said }) =>
                day === undefined ? null : (
                  <g key={key} className={classes.moment}>
                    <path d={`M${shown.x(dayNumber(day.first))} 0V${height}`} />
                    <text x={shown.x(dayNumber(day.first)) + 4} y={11}>
                      {said}
                    </text>
                  </g>
                ),
              )}
            </g>
            {lanes.map(({ lane, rows: own }) =>
              folded.has(lane.id) || own.length === 0 ? null : (
                <g key={lane.id} {...groupOf(t(`timeline:lane.${lane.id}`))}>
                  {own.map((row) => (
                    <PlotRow
                      key={row.id}
                      row={row}
                      top={rowTops.get(row.id)!.top + (isNarrow ? 17 : 0)}
                      shown={shown}
                      asOf={timeline.asOf}
                      idBefore={id}
                      selected={selected?.id}
                      hasFocus={isFocused}
                      select={select}
                    />
                  ))}
                </g>
              ),
            )}
            <g className={classes.today} {...UNSPOKEN}>
              <path d={`M${shown.x(today + 0.5)} 0V${height}`} />
              <text x={shown.x(today + 0.5) - 4} y={11} textAnchor="end">
                {t('timeline:today')}
              </text>
            </g>
          </svg>
        </div>
      </div>
      {rows.length === 0 && <p className="quiet">{t('timeline:nothing')}</p>}
      <p id={`${id}keys`} className="visually-hidden">
        {t('timeline:keys-words')}
      </p>
    </div>
  )
}

/** Scrolls as little as possible, so that it stands below what sticks to the top and above what sticks to the bottom. */
function bringIntoSight(option: HTMLElement | null, frame: HTMLElement): void {
  if (option === null) return
  const { top, bottom } = option.getBoundingClientRect()
  const above = Number.parseFloat(getComputedStyle(frame).getPropertyValue('--above')) || 0
  const [from, to] = [above + 56, window.innerHeight - window.innerHeight * 0.25]
  if (top < from) window.scrollBy({ top: top - from })
  else if (bottom > to) window.scrollBy({ top: bottom - to })
}

/** Options of one lane, for who hears them. */
const groupOf = (label: string) => ({ role: 'group', 'aria-label': label }) as const

const KEYS: { readonly [key: string]: Parameters<typeof nextStop>[2] } = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
  Home: 'first',
  End: 'last',
}

function useWidth(frame: React.RefObject<HTMLDivElement | null>): number {
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => setWidth(frame.current?.clientWidth ?? 0), [frame])
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry!.contentRect.width)))
    observer.observe(frame.current!)
    return () => observer.disconnect()
  }, [frame])
  return width
}
