/** Days since 1970-01-01 in the proleptic Gregorian calendar. No clock and no time zone is read: a day is a day. */
export type DayNumber = number

const DATE = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?/

/** Day number of the first day an ISO date (possibly partial, possibly with a time) can mean; undefined when it is not a date. */
export function earliestDay(iso: string): DayNumber | undefined {
  const m = DATE.exec(iso)
  if (!m) return undefined
  return dayNumber(Number(m[1]), m[2] ? Number(m[2]) : 1, m[3] ? Number(m[3]) : 1)
}

/** Day number of the last day an ISO date can mean: `2026-03` ends on the 31st. */
export function latestDay(iso: string): DayNumber | undefined {
  const m = DATE.exec(iso)
  if (!m) return undefined
  const year = Number(m[1])
  const month = m[2] ? Number(m[2]) : 12
  return dayNumber(year, month, m[3] ? Number(m[3]) : daysInMonth(year, month))
}

export function dayNumber(year: number, month: number, day: number): DayNumber | undefined {
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined
  return Math.floor(Date.UTC(year, month - 1, day) / 86_400_000)
}

export function isoDay(day: DayNumber): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10)
}

export function daysInMonth(year: number, month: number): number {
  return month === 2 ? (isLeap(year) ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0

/** Whole years between a birth date and a day; undefined when a partial birth date leaves two answers. */
export function ageOn(birthDate: string, on: string): number | undefined {
  const at = latestDay(on)
  const low = earliestDay(birthDate)
  const high = latestDay(birthDate)
  if (at === undefined || low === undefined || high === undefined) return undefined
  const oldest = yearsBetween(isoDay(low), isoDay(at))
  const youngest = yearsBetween(isoDay(high), isoDay(at))
  return oldest === youngest ? oldest : undefined
}

function yearsBetween(from: string, to: string): number {
  const years = Number(to.slice(0, 4)) - Number(from.slice(0, 4))
  return to.slice(5) < from.slice(5) ? years - 1 : years
}
