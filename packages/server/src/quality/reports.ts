import { isoDay } from '@secondwind/core'
import type { MeasureReportInput, ReportGroup } from '@secondwind/fhir'
import type { Period } from './subjects.ts'
import type { MeasureRow, MeasureSummary } from './summary.ts'
import { NOT_RECORDED, type ReportHead } from './text.ts'

/** The tables as FHIR wants them: one report a measure and period, its sites as strata. Where a site is not recorded, the stratum says so. */
export function reportsOf(
  head: ReportHead,
  summaries: readonly MeasureSummary[],
  period: Period | undefined,
  withSubjects: boolean,
): readonly MeasureReportInput[] {
  return summaries.flatMap(({ measure, rows, patients }) => {
    const report = (
      steps: readonly MeasureRow[],
      whole: MeasureRow | undefined,
      name: string,
      days: MeasureReportInput['period'],
    ): MeasureReportInput => ({
      measure,
      asOf: head.asOf,
      name,
      period: days,
      ...(whole ? { whole: groupOf(whole) } : {}),
      sites: steps
        .filter(({ site }) => steps.length > 1 || site !== undefined)
        .map((row) => ({ site: row.site ?? NOT_RECORDED, group: groupOf(row) })),
      ...(withSubjects && patients && whole?.isTotal ? { patients } : {}),
    })
    const [total, ...strata] = rows
    const days = period ? { start: isoDay(period.first), end: isoDay(period.last) } : { end: head.asOf }
    const byStep = Map.groupBy(strata, ({ step, isUndated }) => (isUndated ? '' : (step ?? 'all')))
    const isStepped = strata.some(({ step }) => step !== undefined)
    if (!isStepped)
      return [
        report(
          strata.filter(({ site }) => site !== undefined || strata.length > 1),
          total,
          'all',
          days,
        ),
      ]
    return [
      report([], total, 'all', days),
      ...[...byStep].map(([step, own]) => {
        const single = own.length === 1 && own[0]!.site === undefined ? own[0] : undefined
        return report(single ? [] : own, single, step === '' ? 'undated' : step, step === '' ? undefined : stepDays(step))
      }),
    ]
  })
}

function groupOf(row: MeasureRow): ReportGroup {
  const { population, met, notKnown, excluded, excepted, counted, perhaps, rate } = row
  const denominator = counted === null || excluded === null || excepted === null ? null : counted + excluded + excepted
  return { population, denominator, numerator: met, excluded, excepted, notKnown, perhaps, rate }
}

/** First and last day of a month, quarter or year by its name. */
function stepDays(step: string): { readonly start: string; readonly end: string } {
  const quarter = /^(\d{4})-Q(\d)$/.exec(step)
  const from = quarter ? `${quarter[1]}-${String(Number(quarter[2]) * 3 - 2).padStart(2, '0')}` : step.length === 4 ? `${step}-01` : step
  const months = quarter ? 3 : step.length === 4 ? 12 : 1
  const [year, month] = from.split('-').map(Number) as [number, number]
  return { start: `${from}-01`, end: new Date(Date.UTC(year, month - 1 + months, 0)).toISOString().slice(0, 10) }
}
