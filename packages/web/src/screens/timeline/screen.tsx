import { useLocalStorage } from '@mantine/hooks'
import type { Timeline, TimelineItem, TimelineLaneId } from '@secondwind/server/contract'
import { useParams } from '@tanstack/react-router'
import { useEffect, useMemo, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { useApi } from '../../shared/api.ts'
import { Empty } from '../../shared/parts/empty.tsx'
import { Fault } from '../../shared/parts/fault.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { Unhurried } from '../../shared/parts/unhurried.tsx'
import { Waiting } from '../../shared/parts/waiting.tsx'
import { When } from '../../shared/parts/when.tsx'
import { useWords } from '../../shared/words.ts'
import { Details } from './details.tsx'
import { dayNumber, daysOf, laneRows, nextStop, type Stop } from './layout.ts'
import { Legend } from './legend.tsx'
import { Plot } from './plot.tsx'
import { compressedLine, panned, plainLine, type View, zoomed } from './scale.ts'
import { TimelineTable } from './table.tsx'
import classes from './timeline.module.css'
import { Toolbar } from './toolbar.tsx'
import { useHeightAbove } from './use-height-above.ts'

/** The course of one patient: a swimmer plot, and the same as tables. */
export function TimelineScreen() {
  const t = useWords('timeline')
  const { patient } = useParams({ strict: false }) as { readonly patient: string }
  const { data, error, refetch } = useApi<Timeline>(`/charts/${patient}/timeline`)
  return (
    <Page
      isWide
      title={t('timeline:title')}
      windowTitle={t('timeline:title')}
      lead={
        data === undefined ? undefined : (
          <>
            <span lang="en">{data.story}</span>
            {data.isPartial && <strong> {t('timeline:partial')}</strong>}
          </>
        )
      }
    >
      {error !== null && <Fault error={error} again={() => void refetch()} />}
      {data === undefined ? (
        error === null && <Waiting lines={9} />
      ) : (
        <Unhurried until={<Waiting lines={9} />}>
          <Lanes key={data.patient} timeline={data} />
        </Unhurried>
      )}
    </Page>
  )
}

/** Paper, landscape: the plot is drawn this wide before it is printed. */
const PAPER = 980
const ROOM = 0.02

function Lanes({ timeline }: { readonly timeline: Timeline }) {
  const t = useWords('timeline')
  const today = dayNumber(timeline.asOf)
  const [mode, setMode] = useState<'plot' | 'table'>('plot')
  // which lanes somebody likes to see tells nothing of a patient
  const [hiddenList, setHidden] = useLocalStorage<readonly TimelineLaneId[]>({
    key: 'second-wind.timeline.hidden',
    defaultValue: [],
    getInitialValueInEffect: false,
  })
  const hidden = useMemo(() => new Set(hiddenList), [hiddenList])
  const [folded, setFolded] = useState<ReadonlySet<TimelineLaneId>>(new Set())
  const [allSeries, setAllSeries] = useState(false)
  const [isCompressed, compress] = useState(false)
  const [isFromDiagnosis, setFromDiagnosis] = useState(false)
  const [selected, select] = useState<Stop>()
  const [isPrinting, setPrinting] = useState(false)
  const days = useMemo(() => daysOf(timeline, today), [timeline, today])
  const line = useMemo(() => (isCompressed ? compressedLine(days.events) : plainLine), [isCompressed, days])
  const whole = useMemo((): View => {
    const [from, to] = [line.at(days.first), line.at(Math.max(days.last, today + 30))]
    const room = (to - from) * ROOM + 7
    return { from: from - room, to: to + room * 2 }
  }, [line, days, today])
  const [view, setView] = useState<View>(whole)
  const before = useRef(line)
  useEffect(() => {
    // compressing keeps the whole in sight: the same days are elsewhere
    if (before.current !== line) setView(whole)
    before.current = line
  }, [line, whole])
  useEffect(() => {
    const begin = (): void => flushSync(() => setPrinting(true))
    const end = (): void => setPrinting(false)
    window.addEventListener('beforeprint', begin)
    window.addEventListener('afterprint', end)
    return () => {
      window.removeEventListener('beforeprint', begin)
      window.removeEventListener('afterprint', end)
    }
  }, [])
  const shownLanes = useMemo(() => timeline.lanes.filter(({ id }) => !hidden.has(id)), [timeline, hidden])
  const lanes = useMemo(() => shownLanes.map((lane) => laneRows(lane, today, allSeries)), [shownLanes, today, allSeries])
  const rows = useMemo(() => lanes.flatMap((one) => one.rows), [lanes])
  const toggled = (set: ReadonlySet<TimelineLaneId>, lane: TimelineLaneId): ReadonlySet<TimelineLaneId> =>
    set.has(lane) ? new Set([...set].filter((one) => one !== lane)) : new Set([...set, lane])
  const show = (what: { readonly months: number } | { readonly line: number } | 'all'): void => {
    if (what === 'all') {
      setView(whole)
      return
    }
    const span =
      'months' in what
        ? { from: today - what.months * 30.44, to: today + Math.max(what.months * 6, 14) }
        : spanOf(timeline.lines[what.line]!, today)
    const [from, to] = [line.at(span.from), line.at(span.to)]
    setView(panned({ from, to: Math.max(to, from + 14) }, 0, whole))
  }
  const undatedStop = (lane: TimelineLaneId): void => {
    const item: TimelineItem | undefined = lanes.find((one) => one.lane.id === lane)?.undated[0]
    if (item !== undefined) select({ id: item.id, lane, row: `${lane}/${item.row}`, day: today, item })
  }
  const beside = useHeightAbove()
  const isEmpty = timeline.lanes.every(({ items, series }) => items.length + series.length === 0)
  if (isEmpty)
    return (
      <Empty title={t('timeline:empty')}>
        <p>{t('timeline:empty-why')}</p>
      </Empty>
    )
  return (
    <>
      <Toolbar
        timeline={timeline}
        mode={mode}
        setMode={setMode}
        hidden={hidden}
        hide={(lane) => setHidden([...toggled(hidden, lane)])}
        isCompressed={isCompressed}
        compress={compress}
        isFromDiagnosis={isFromDiagnosis}
        setFromDiagnosis={setFromDiagnosis}
        zoom={(factor) => setView(zoomed(view, factor, selected === undefined ? (view.from + view.to) / 2 : line.at(selected.day), whole))}
        pan={(share) => setView(panned(view, (view.to - view.from) * share, whole))}
        show={show}
      />
      {(mode === 'plot' || isPrinting) && (
        <div ref={beside} className={classes.beside}>
          <div className={classes.main}>
            <Plot
              timeline={timeline}
              lanes={lanes}
              line={line}
              whole={whole}
              view={view}
              setView={setView}
              isFromDiagnosis={isFromDiagnosis}
              selected={selected}
              select={select}
              folded={folded}
              fold={(lane) => setFolded(toggled(folded, lane))}
              allSeries={allSeries}
              setAllSeries={setAllSeries}
              showUndated={undatedStop}
              {...(isPrinting ? { fixedWidth: PAPER } : {})}
            />
            <Legend />
          </div>
          <Details
            stop={selected}
            asOf={timeline.asOf}
            step={(way) => select(nextStop(rows, selected?.id, way) ?? selected)}
            close={() => select(undefined)}
          />
        </div>
      )}
      {(mode === 'table' || isPrinting) && <TimelineTable timeline={timeline} lanes={shownLanes} isWhole={isPrinting} />}
      <p className="quiet">
        {t('timeline:as-of')} <When day={timeline.asOf} /> · {t('timeline:english')}
      </p>
    </>
  )
}

function spanOf({ start, end }: Timeline['lines'][number], today: number): { readonly from: number; readonly to: number } {
  const from = start === undefined ? today : dayNumber(start.first)
  const to = end === undefined ? today : dayNumber(end.last)
  const room = Math.max((to - from) * 0.08, 10)
  return { from: from - room, to: to + room }
}
