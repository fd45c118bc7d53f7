/** Day numbers as in core/time: whole days since 1970-01-01. */
export type Day = number

/** A stretch without anything that is drawn narrower than it is. */
export interface Gap {
  readonly from: Day
  readonly to: Day
}

/** Days on a line on which long gaps may be shorter. `at` and `dayAt` undo each other. */
export interface TimeLine {
  at(day: Day): number
  dayAt(place: number): Day
  readonly gaps: readonly Gap[]
}

/** Without anything for longer than this a stretch can be compressed, to this many days' width. Our own choice. */
const GAP_DAYS = 60
const GAP_WIDTH = 20

/** Every day its own width. */
export const plainLine: TimeLine = { at: (day) => day, dayAt: (place) => place, gaps: [] }

/** A line on which stretches without an event are compressed. `days`: those of all events, in any order. */
export function compressedLine(days: readonly Day[]): TimeLine {
  const sorted = [...new Set(days)].sort((a, b) => a - b)
  const gaps: Gap[] = []
  for (let i = 1; i < sorted.length; i += 1) {
    const [from, to] = [sorted[i - 1]! + 1, sorted[i]! - 1]
    if (to - from > GAP_DAYS) gaps.push({ from, to })
  }
  if (gaps.length === 0) return plainLine
  const saved = ({ from, to }: Gap): number => to - from - GAP_WIDTH
  return {
    gaps,
    at: (day) => {
      let place = day
      for (const gap of gaps) {
        if (day >= gap.to) place -= saved(gap)
        else if (day > gap.from) place -= saved(gap) * ((day - gap.from) / (gap.to - gap.from))
      }
      return place
    },
    dayAt: (place) => {
      let day = place
      for (const gap of gaps) {
        if (day <= gap.from) break
        // inside the gap a unit of width is more than a day
        const inside = (day - gap.from) / GAP_WIDTH
        day = inside < 1 ? gap.from + inside * (gap.to - gap.from) : day + saved(gap)
      }
      return day
    },
  }
}

/** The window onto the line, in its places. */
export interface View {
  readonly from: number
  readonly to: number
}

/** Never less than two weeks in sight. */
const LEAST_WIDTH = 14

export const zoomed = ({ from, to }: View, factor: number, around: number, whole: View): View => {
  const width = Math.min(Math.max((to - from) * factor, LEAST_WIDTH), whole.to - whole.from)
  const share = to === from ? 0.5 : (around - from) / (to - from)
  return within({ from: around - width * share, to: around + width * (1 - share) }, whole)
}

export const panned = ({ from, to }: View, by: number, whole: View): View => within({ from: from + by, to: to + by }, whole)

/** Moves a window back onto the whole, without changing its width where that is possible. */
function within({ from, to }: View, whole: View): View {
  const width = Math.min(to - from, whole.to - whole.from)
  const start = Math.min(Math.max(from, whole.from), whole.to - width)
  return { from: start, to: start + width }
}

export interface Tick {
  readonly day: Day
  readonly kind: 'year' | 'month' | 'week'
  /** ISO day, month or year; of a line from diagnosis: months as a number. */
  readonly iso: string
}

const isoOf = (day: Day): string => new Date(day * 86_400_000).toISOString().slice(0, 10)
const dayOf = (year: number, month: number): Day => Date.UTC(year, month, 1) / 86_400_000

/** Calendar ticks between two days, at least `leastPixels` apart where a day is `pixels` wide. */
export function calendarTicks(from: Day, to: Day, pixels: number, leastPixels = 52): readonly Tick[] {
  const ticks: Tick[] = []
  if (pixels * 7 >= leastPixels) {
    // Mondays: day 4 of 1970 was one
    for (let day = Math.ceil((from - 4) / 7) * 7 + 4; day <= to; day += 7) ticks.push({ day, kind: 'week', iso: isoOf(day) })
    return ticks
  }
  const months = [1, 3, 6, 12, 24, 60].find((step) => step * 30.4 * pixels >= leastPixels) ?? 120
  const first = new Date(from * 86_400_000)
  const start = months >= 12 ? Math.floor(first.getUTCFullYear() / (months / 12)) * (months / 12) * 12 : first.getUTCFullYear() * 12
  for (let count = start; ; count += months) {
    const day = dayOf(Math.floor(count / 12), ((count % 12) + 12) % 12)
    if (day > to) return ticks
    if (day < from) continue
    const iso = isoOf(day)
    ticks.push(
      months >= 12 || count % 12 === 0 ? { day, kind: 'year', iso: iso.slice(0, 4) } : { day, kind: 'month', iso: iso.slice(0, 7) },
    )
  }
}

/** Ticks by months from a day, negative ones before it. A month is a twelfth of a year. */
export function monthTicks(from: Day, to: Day, zero: Day, pixels: number, leastPixels = 44): readonly Tick[] {
  const month = 365.25 / 12
  const step = [1, 2, 3, 6, 12, 24, 60].find((size) => size * month * pixels >= leastPixels) ?? 120
  const ticks: Tick[] = []
  for (let count = Math.ceil((from - zero) / month / step) * step; zero + count * month <= to; count += step)
    ticks.push({ day: zero + count * month, kind: 'month', iso: String(count === 0 ? 0 : count) })
  return ticks
}
