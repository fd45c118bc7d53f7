import type { CheckedEntry } from '../compile.ts'
import type { Finding } from './finding.ts'

/** Days between two ISO days. */
export const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)

/** The last day that a partial date can mean: `2027-05` is the end of May. */
export function lastDay(date: string): string {
  if (date.length !== 7) return date
  const [year, month] = date.split('-').map(Number) as [number, number]
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10)
}

/**
 * What the calendar says of the base on a day: reviews that are overdue, dates of the future, days that do not exist.
 * Apart from the compiler, since the same base on another day has other findings; the compiler reads no clock.
 */
export function checkDates(entries: readonly CheckedEntry[], asOf: string): readonly Finding[] {
  const findings: Finding[] = []
  for (const { kind, raw, value } of entries) {
    const report = (field: string, code: Finding['code'], message: string, remedy: string, isWarning = false): void => {
      findings.push({
        code,
        file: raw.file,
        line: raw.lineOf([field]),
        entry: value.id,
        message,
        remedy,
        ...(isWarning ? { severity: 'warning' as const } : {}),
      })
    }
    const dayOf = (field: string): string | undefined => {
      const date = value[field]
      if (typeof date !== 'string') return undefined
      const day = lastDay(date)
      if (!Number.isNaN(Date.parse(day)) && new Date(day).toISOString().slice(0, 10) === day) return day
      report(field, 'schema', `${field}: there is no day ${date}`, 'correct the date')
      return undefined
    }
    const due = dayOf('reviewBy')
    if (due !== undefined && due < asOf) {
      report(
        'reviewBy',
        'review',
        `its review was due on ${value.reviewBy}, ${daysBetween(due, asOf)} days before ${asOf}`,
        'read it against its sources again, correct what has changed, set reviewBy to a later day and add a line to knowledge/CHANGELOG.md',
      )
    }
    const effective = dayOf('effective')
    if (effective !== undefined && due !== undefined && effective > due)
      report(
        'effective',
        'review',
        `becomes valid on ${value.effective}, after its review on ${value.reviewBy}`,
        'correct one of the two dates',
      )
    const accessed = kind === 'sources' ? dayOf('accessed') : undefined
    if (accessed !== undefined && accessed > asOf)
      report('accessed', 'review', `was read on ${value.accessed}, which has not come yet`, 'write the day on which the source was opened')
    const year = kind === 'sources' ? (value.year as number | undefined) : undefined
    if (year !== undefined && year > Number(asOf.slice(0, 4)))
      report('year', 'review', `is of the year ${year}, which has not come yet`, 'correct the year')
    const until = kind === 'trials' ? dayOf('until') : undefined
    if (until !== undefined && until < asOf)
      report(
        'until',
        'review',
        `its registry record expected the end on ${value.until}, and no plan after that lists it`,
        'look at the registry: update status, asOf and until, or remove the trial',
        true,
      )
  }
  return findings
}
