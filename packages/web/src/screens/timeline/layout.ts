import { earliestDay } from '@secondwind/core'
import type {
  Timeline,
  TimelineDay,
  TimelineItem,
  TimelineLane,
  TimelineLaneId,
  TimelinePoint,
  TimelineSeries,
} from '@secondwind/server/contract'
import type { Day } from './scale.ts'

/** Where an item is drawn, in days. Between `from` and `sureFrom`, and between `sureTo` and `to`, it may or may not have been there. */
export interface Place {
  readonly from: Day
  readonly sureFrom: Day
  readonly sureTo: Day
  readonly to: Day
  /** Nobody recorded it: the edge fades. */
  readonly isStartUnknown: boolean
  readonly isEndUnknown: boolean
}

/** How far an edge that nobody recorded is drawn to fade, days: a sign, not a length. */
const FADE = 45

export const dayNumber = (iso: string): Day => earliestDay(iso) ?? 0
const firstOf = (day: TimelineDay): Day => dayNumber(day.first)
const lastOf = (day: TimelineDay): Day => dayNumber(day.last)

/** Undefined: it has no day at all, and is listed instead of drawn. */
export function placeOf(item: TimelineItem, today: Day): Place | undefined {
  const { start, end, ending, time, mark, shape } = item
  if (shape === 'point') {
    if (start === undefined) return undefined
    return {
      from: firstOf(start),
      sureFrom: lastOf(start),
      sureTo: lastOf(start),
      to: lastOf(start),
      isStartUnknown: false,
      isEndUnknown: false,
    }
  }
  const goesOn = ending === 'running' || ending === 'held'
  if (start === undefined && end === undefined && !goesOn && time !== 'planned' && mark !== 'conflict') return undefined
  const isEndUnknown = end === undefined && !goesOn
  // what is planned without a day begins at the earliest tomorrow; what clashes now is drawn from now
  const open = time === 'planned' ? today + 1 : mark === 'conflict' ? today : undefined
  const until = goesOn ? today : end === undefined ? undefined : lastOf(end)
  const from = start !== undefined ? firstOf(start) : (open ?? (until ?? today) - FADE)
  const sureFrom = start !== undefined ? lastOf(start) : open !== undefined ? from : from + FADE
  const to = until ?? sureFrom + FADE
  const sureTo = goesOn ? today : end === undefined ? sureFrom : firstOf(end)
  return {
    from: Math.min(from, to),
    sureFrom: Math.min(sureFrom, to),
    sureTo: Math.max(sureTo, Math.min(sureFrom, to)),
    to,
    isStartUnknown: start === undefined,
    isEndUnknown,
  }
}

/** One thing that the keyboard stops at. */
export interface Stop {
  readonly id: string
  readonly lane: TimelineLaneId
  readonly row: string
  readonly day: Day
  readonly item?: TimelineItem
  readonly series?: TimelineSeries
  readonly point?: TimelinePoint
}

export interface DrawnItem {
  readonly item: TimelineItem
  readonly place: Place
  /** Spans that overlap stand below each other. */
  readonly track: number
}

export interface Row {
  readonly id: string
  readonly lane: TimelineLaneId
  readonly title: string
  readonly items: readonly DrawnItem[]
  readonly series?: TimelineSeries
  readonly tracks: number
  readonly stops: readonly Stop[]
}

export interface LaneRows {
  readonly lane: TimelineLane
  readonly rows: readonly Row[]
  /** Items without any day: listed. */
  readonly undated: readonly TimelineItem[]
  /** Series that are left out because every value is within its limits. */
  readonly hiddenSeries: number
}

/** Whether some value lies beyond the limits that were sent with it. A value without limits is neither in nor out. */
export const isOutside = ({ value, low, high }: TimelinePoint): 'low' | 'high' | undefined =>
  low !== undefined && value < low ? 'low' : high !== undefined && value > high ? 'high' : undefined

export function laneRows(lane: TimelineLane, today: Day, allSeries: boolean): LaneRows {
  const byRow = Map.groupBy(lane.items, ({ row }) => row)
  const undated: TimelineItem[] = []
  const rows: Row[] = []
  for (const [name, items] of byRow) {
    const placed = items.flatMap((item) => {
      const place = placeOf(item, today)
      if (place === undefined) undated.push(item)
      return place === undefined ? [] : [{ item, place }]
    })
    if (placed.length === 0) continue
    const id = `${lane.id}/${name}`
    const drawn = tracked(placed)
    rows.push({
      id,
      lane: lane.id,
      title: titleOf(lane.id, name, items),
      items: drawn,
      tracks: 1 + Math.max(0, ...drawn.map(({ track }) => track)),
      stops: drawn
        .map(({ item, place }): Stop => ({ id: item.id, lane: lane.id, row: id, day: place.sureFrom, item }))
        .sort((a, b) => a.day - b.day),
    })
  }
  rows.sort((a, b) => a.items[0]!.place.from - b.items[0]!.place.from)
  const series = allSeries ? lane.series : lane.series.filter(({ points }) => lane.id !== 'labs' || points.some(isOutside))
  for (const one of series) {
    const id = `${lane.id}/${one.fact}`
    rows.push({
      id,
      lane: lane.id,
      title: one.title,
      items: [],
      series: one,
      tracks: 1,
      stops: one.points.map((point, i) => ({ id: `${id}/${i}`, lane: lane.id, row: id, day: lastOf(point.on), series: one, point })),
    })
  }
  return { lane, rows, undated, hiddenSeries: lane.series.length - series.length }
}

/** Rows of drugs and of conflicts are called what their items are called; the others by their own name. */
const titleOf = (lane: TimelineLaneId, name: string, items: readonly TimelineItem[]): string =>
  lane === 'systemic' || lane === 'conflicts' ? (items.find(({ title }) => title !== '')?.title ?? name) : name

/** Spans one below the other where they overlap; points stand on the first track. */
function tracked(items: readonly { readonly item: TimelineItem; readonly place: Place }[]): readonly DrawnItem[] {
  const ends: Day[] = []
  return [...items]
    .sort((a, b) => a.place.from - b.place.from)
    .map(({ item, place }) => {
      if (item.shape === 'point') return { item, place, track: 0 }
      const free = ends.findIndex((end) => end < place.from)
      const track = free < 0 ? ends.length : free
      ends[track] = place.to
      return { item, place, track }
    })
}

/** First and last day of anything, with today among them, and every day on which something happens. */
export function daysOf(timeline: Timeline, today: Day): { readonly first: Day; readonly last: Day; readonly events: readonly Day[] } {
  const events = new Set<Day>([today])
  const add = (day: TimelineDay | undefined): void => {
    if (day === undefined) return
    events.add(firstOf(day))
    events.add(lastOf(day))
  }
  for (const { items, series } of timeline.lanes) {
    for (const { start, end, ticks = [] } of items) {
      add(start)
      add(end)
      for (const tick of ticks) add(tick)
    }
    for (const { points } of series) for (const { on } of points) add(on)
  }
  add(timeline.diagnosed)
  add(timeline.died)
  const sorted = [...events].sort((a, b) => a - b)
  return { first: sorted[0]!, last: sorted.at(-1)!, events: sorted }
}

/** The stop beside this one: along its row, or in the next row with any, nearest in time. */
export function nextStop(
  rows: readonly Row[],
  from: string | undefined,
  way: 'left' | 'right' | 'up' | 'down' | 'first' | 'last',
): Stop | undefined {
  const filled = rows.filter(({ stops }) => stops.length > 0)
  if (filled.length === 0) return undefined
  const at = filled.findIndex(({ stops }) => stops.some(({ id }) => id === from))
  if (at < 0) return way === 'last' || way === 'up' ? filled.at(-1)!.stops[0] : filled[0]!.stops[0]
  const row = filled[at]!
  const place = row.stops.findIndex(({ id }) => id === from)
  switch (way) {
    case 'left':
      return row.stops[place - 1] ?? row.stops[place]
    case 'right':
      return row.stops[place + 1] ?? row.stops[place]
    case 'first':
      return row.stops[0]
    case 'last':
      return row.stops.at(-1)
    default: {
      const other = filled[at + (way === 'up' ? -1 : 1)]
      if (other === undefined) return row.stops[place]
      const { day } = row.stops[place]!
      return other.stops.reduce((best, stop) => (Math.abs(stop.day - day) < Math.abs(best.day - day) ? stop : best))
    }
  }
}
