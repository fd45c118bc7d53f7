import type { QualityMeasure } from '@secondwind/core'
import { indent, wrap } from '../cli/layout.ts'
import type { MeasureRow, MeasureSummary, Shown } from './summary.ts'

/** What a report says of itself, whatever its form. */
export interface ReportHead {
  readonly asOf: string
  readonly period: string | undefined
  readonly knowledge: { readonly version: string; readonly digest: string }
  /** Null: hidden. */
  readonly patients: Shown
  readonly suppressBelow: number
  /** Files that could not be read: their patients are in no count. */
  readonly unread: number
}

const STATUS: { readonly [status in QualityMeasure['status']]: string } = {
  endorsed: 'in a national programme',
  published: 'used in a published study',
  concept: 'a concept, not in force',
  internal: 'our own proposal, endorsed by nobody',
}

const MARK = '*'
export const NOT_RECORDED = 'not recorded'

const number = (shown: Shown): string => (shown === null ? MARK : String(shown))
export const percentText = (value: number | null): string => (value === null ? '–' : `${value.toFixed(1)}%`)

/** Where a row stands: its site and period in words. */
export function rowLabel(row: MeasureRow, isBySite: boolean, isByStep: boolean): string {
  if (row.isTotal) return 'all'
  const parts = [
    ...(isBySite ? [row.site ?? `site ${NOT_RECORDED}`] : []),
    ...(row.isUndated ? ['date not known'] : isByStep ? [row.step ?? ''] : []),
  ]
  return parts.filter(Boolean).join(', ') || 'all others'
}

/** The report for people. */
export function qualityText(head: ReportHead, summaries: readonly MeasureSummary[], width = 110): string {
  const lines = [
    `Quality measures on ${head.asOf}${head.period === undefined ? '' : `, period ${head.period}`}: ${head.patients === null ? 'a hidden number of' : head.patients} patients, knowledge ${head.knowledge.version}`,
  ]
  if (head.unread > 0) lines.push(`${head.unread} files could not be read: their patients are in no count.`)
  for (const summary of summaries) lines.push('', ...measureLines(summary, width))
  if (summaries.length === 0) lines.push('', 'no measure')
  lines.push(
    '',
    ...wrap(
      'Not known is neither reached nor missed: the rate is of those that are known, and the range says what it could be if the rest were known.',
      width,
    ),
  )
  if (head.suppressBelow > 0)
    lines.push(
      ...wrap(
        `${MARK}: hidden, because it is about fewer than ${head.suppressBelow} people or would let such a number be worked out. Runs over other cuts of the same patients can give hidden numbers away: publish one.`,
        width,
      ),
    )
  return `${lines.join('\n')}\n`
}

function measureLines({ measure, rows, missing, missingOfPopulation }: MeasureSummary, width: number): readonly string[] {
  const bySite = rows.some(({ site }) => site !== undefined)
  const byStep = rows.some(({ step }) => step !== undefined)
  const [all] = rows
  const known = [
    measure.id,
    ...measure.identifiers,
    STATUS[measure.status],
    ...(measure.review === 'unconfirmed' ? ['UNCONFIRMED'] : []),
  ].join('; ')
  const lines = [
    `${measure.title} (${measure.direction} is better)`,
    indent(known, 2),
    ...wrap(
      `Of: ${measure.patients ? `${measure.patients.say}, ` : ''}${measure.population.say}. Reached: ${measure.numerator.say}.`,
      width - 2,
    ).map((line) => indent(line, 2)),
  ]
  if (all === undefined || (all.population === 0 && all.perhaps === 0)) return [...lines, indent('nobody', 2)]
  const head = ['', 'asked', 'left out', 'not known', 'known', 'reached', 'rate', 'range', 'unclear']
  const cells = rows.map((row) => [
    rowLabel(row, bySite, byStep),
    number(row.population),
    row.excluded === null || row.excepted === null ? MARK : String(row.excluded + row.excepted),
    number(row.notKnown),
    number(row.counted),
    number(row.met),
    percentText(row.rate),
    row.notKnown === 0 || row.lowest === null || row.highest === null ? '' : `${row.lowest.toFixed(0)}–${row.highest.toFixed(0)}%`,
    number(row.perhaps),
  ])
  lines.push(...table([head, ...cells]).map((line) => indent(line, 2)))
  const told = (list: typeof missing): string =>
    list
      .slice(0, 4)
      .map(({ label, count }) => `${label} (${number(count)})`)
      .join(', ')
  if (missing.length > 0) lines.push(...wrap(`Not known for want of: ${told(missing)}.`, width - 2).map((line) => indent(line, 2)))
  if (missingOfPopulation.length > 0)
    lines.push(...wrap(`Unclear whether asked about, for want of: ${told(missingOfPopulation)}.`, width - 2).map((line) => indent(line, 2)))
  for (const limit of measure.limits) lines.push(...wrap(`Note: ${limit}.`, width - 2).map((line) => indent(line, 2)))
  return lines
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)))
  return rows.map((row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)))
      .join('  ')
      .trimEnd(),
  )
}

/** RFC 4180; an empty number is hidden (`hidden` says so) or there is none. */
export function qualityCsv(summaries: readonly MeasureSummary[]): string {
  const cell = (value: string | number | null | undefined): string => {
    const text = value === null || value === undefined ? '' : String(value)
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  const head = [
    'measure',
    'title',
    'review',
    'better',
    'site',
    'period',
    'population',
    'excluded',
    'excepted',
    'not_known',
    'known',
    'reached',
    'rate_percent',
    'lowest_percent',
    'highest_percent',
    'population_not_known',
    'hidden',
  ]
  const rows = summaries.flatMap(({ measure, rows: own }) =>
    own.map((row) => [
      measure.id,
      measure.title,
      measure.review,
      measure.direction,
      row.isTotal ? 'all' : (row.site ?? NOT_RECORDED),
      row.isTotal ? 'all' : row.isUndated ? 'not known' : (row.step ?? 'all'),
      row.population,
      row.excluded,
      row.excepted,
      row.notKnown,
      row.counted,
      row.met,
      row.rate,
      row.lowest,
      row.highest,
      row.perhaps,
      row.isHidden ? 'yes' : 'no',
    ]),
  )
  return [head, ...rows].map((row) => `${row.map(cell).join(',')}\n`).join('')
}

export function qualityJson(head: ReportHead, summaries: readonly MeasureSummary[]): string {
  const measures = summaries.map(({ measure, rows, missing, missingOfPopulation, patients }) => {
    const { id, title, identifiers, status, direction, review, population, numerator, limits } = measure
    return {
      id,
      title,
      identifiers,
      status,
      direction,
      review,
      population: population.say,
      numerator: numerator.say,
      limits,
      rows: rows.map(({ site, step, ...row }) => ({ site: site ?? null, period: step ?? null, ...row })),
      missing,
      missingOfPopulation,
      ...(patients ? { patients } : {}),
    }
  })
  return `${JSON.stringify({ schema: 'secondwind/quality/1', ...head, period: head.period ?? null, measures })}\n`
}
