/** A FHIR date, dateTime or instant as the span that it can mean: `2026-03` is the whole of March. Without a time zone: UTC. */
export interface DateRange {
  /** First instant, ISO in UTC. */
  readonly first: string
  /** Last millisecond in it. */
  readonly last: string
}

const FORM = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/

export function dateRange(text: string): DateRange | undefined {
  const parts = FORM.exec(text)
  if (!parts) return undefined
  const [, year, month, day, hour, minute, second, fraction, zone] = parts
  const at = Date.UTC(Number(year), Number(month ?? 1) - 1, Number(day ?? 1), Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0))
  const date = new Date(at)
  // 2026-02-30 would become March
  if (Number(year) < 1 || (month !== undefined && date.getUTCMonth() !== Number(month) - 1)) return undefined
  if (day !== undefined && hour === undefined && date.getUTCDate() !== Number(day)) return undefined
  if (Number(hour ?? 0) > 24 || Number(minute ?? 0) > 59 || Number(second ?? 0) > 60) return undefined
  const milliseconds = fraction === undefined ? 0 : Math.trunc(Number(`0.${fraction}`) * 1000)
  const first = at + milliseconds - offsetOf(zone)
  const end =
    month === undefined
      ? Date.UTC(Number(year) + 1, 0, 1)
      : day === undefined
        ? Date.UTC(Number(year), Number(month), 1)
        : hour === undefined
          ? at + 86_400_000
          : second === undefined
            ? first + 60_000
            : fraction === undefined
              ? first + 1000
              : first + 1
  return { first: new Date(first).toISOString(), last: new Date(end - 1).toISOString() }
}

/** Milliseconds by which local time is ahead of UTC. */
function offsetOf(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0
  const sign = zone.startsWith('-') ? -1 : 1
  return sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6))) * 60_000
}
