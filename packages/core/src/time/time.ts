/** Days since 1970-01-01 in the proleptic Gregorian calendar. No clock and no time zone is read: a day is a day. */
export type DayNumber = number

/** The number that `length` digits at a place of a text spell; -1 when they are not all digits. */
function digits(text: string, from: number, length: number): number {
  let number = 0
  for (let at = from; at < from + length; at += 1) {
    const digit = text.charCodeAt(at) - 48
    if (!(digit >= 0 && digit <= 9)) return -1
    number = number * 10 + digit
  }
  return number
}

const DASH = 45

/** `-03` at a place of a date; -1 when there is none. Written out: charts hold thousands of dates. */
const partAt = (iso: string, at: number): number => (iso.charCodeAt(at) === DASH ? digits(iso, at + 1, 2) : -1)

/** Day number of the first day an ISO date (possibly partial, possibly with a time) can mean; undefined when it is not a date. */
export function earliestDay(iso: string): DayNumber | undefined {
  const year = digits(iso, 0, 4)
  if (year < 0) return undefined
  const month = partAt(iso, 4)
  const day = month < 0 ? -1 : partAt(iso, 7)
  return dayNumber(year, month < 0 ? 1 : month, day < 0 ? 1 : day)
}

/** Day number of the last day an ISO date can mean: `2026-03` ends on the 31st. */
export function latestDay(iso: string): DayNumber | undefined {
  const year = digits(iso, 0, 4)
  if (year < 0) return undefined
  const written = partAt(iso, 4)
  const month = written < 0 ? 12 : written
  const day = written < 0 ? -1 : partAt(iso, 7)
  return dayNumber(year, month, day < 0 ? daysInMonth(year, month) : day)
}

export function dayNumber(year: number, month: number, day: number): DayNumber | undefined {
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined
  // days from 0000-03-01, so that the leap day ends its year (a year below 100 is read as 19xx, as Date.UTC reads it)
  const full = year < 100 ? year + 1900 : year
  const shifted = month > 2 ? full : full - 1
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  return 365 * shifted + Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400) + dayOfYear - 719_468
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
  const to = partsOf(at)
  const oldest = yearsBetween(partsOf(low), to)
  const youngest = low === high ? oldest : yearsBetween(partsOf(high), to)
  return oldest === youngest ? oldest : undefined
}

interface DayParts {
  readonly year: number
  readonly monthDay: number
}

function partsOf(day: DayNumber): DayParts {
  const date = new Date(day * 86_400_000)
  return { year: date.getUTCFullYear(), monthDay: date.getUTCMonth() * 100 + date.getUTCDate() }
}

const yearsBetween = (from: DayParts, to: DayParts): number => to.year - from.year - (to.monthDay < from.monthDay ? 1 : 0)
