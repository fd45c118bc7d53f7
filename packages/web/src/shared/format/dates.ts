/** How long ago (or ahead) a day is, in the words of the language: "3 weeks ago". `day` and `today` are ISO days; a partial day counts from its middle. */
export function relativeDay(day: string, today: string, language: string): string {
  const days = Math.round((Date.parse(whole(day)) - Date.parse(today)) / 86_400_000)
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  const size = Math.abs(days)
  if (day.length === 4) return format.format(Math.round(days / 365.25), 'year')
  if (day.length === 7 && size < 320) return format.format(Math.round(days / 30.44), 'month')
  if (size < 14) return format.format(days, 'day')
  if (size < 60) return format.format(Math.round(days / 7), 'week')
  if (size < 700) return format.format(Math.round(days / 30.44), 'month')
  return format.format(Math.round(days / 365.25), 'year')
}

/** An ISO day, month or year as people there write it: "12 Nov 2026", "Nov 2026", "2026". */
export function absoluteDay(day: string, language: string): string {
  const [year, month, date] = day.split('-')
  if (month === undefined) return year!
  const at = new Date(Date.UTC(Number(year), Number(month) - 1, date === undefined ? 15 : Number(date)))
  return new Intl.DateTimeFormat(language, {
    year: 'numeric',
    month: 'short',
    timeZone: 'UTC',
    ...(date === undefined ? {} : { day: 'numeric' }),
  }).format(at)
}

/** Whole years from a birth date to a day; of a partial date the fewest that they can be. */
export function ageOn(birth: string, day: string): number {
  const [year, month = '12', date = '31'] = birth.split('-')
  const [thisYear, thisMonth, thisDate] = day.split('-') as [string, string, string]
  const isBefore = `${thisMonth}-${thisDate}` < `${month}-${date}`
  return Number(thisYear) - Number(year) - (isBefore ? 1 : 0)
}

/** An instant with its time, in the zone of this device. */
export const absoluteInstant = (instant: string, language: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(instant))

export const today = (): string => new Date().toLocaleDateString('sv-SE')

const whole = (day: string): string => (day.length === 4 ? `${day}-07-01` : day.length === 7 ? `${day}-15` : day.slice(0, 10))
