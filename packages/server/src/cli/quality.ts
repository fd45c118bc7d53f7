import type { Issue, KnowledgeBase, QualityMeasure, Result } from '@secondwind/core'
import { measureReports } from '@secondwind/fhir'
import { today } from '../compose.ts'
import { isSnapshot } from '../project/read-snapshots.ts'
import { evaluateMeasures } from '../quality/evaluate.ts'
import { reportsOf } from '../quality/reports.ts'
import { tableOfSnapshot } from '../quality/snapshot-table.ts'
import { type PeriodStep, periodOf } from '../quality/subjects.ts'
import { summarise } from '../quality/summary.ts'
import { type CohortTable, factsAsked, tableOfCharts } from '../quality/tables.ts'
import { qualityCsv, qualityJson, qualityText, type ReportHead } from '../quality/text.ts'
import { readCohort } from '../what-changed/cohort.ts'
import { print, printIssues } from './input.ts'

export interface QualityOptions {
  readonly asOf?: string
  readonly measure: readonly string[]
  readonly by?: string
  readonly period?: string
  readonly suppressBelow: number
  readonly subjects?: boolean
  readonly format: 'text' | 'csv' | 'json' | 'fhir'
}

const STEPS: readonly string[] = ['month', 'quarter', 'year']

/**
 * `secondwind quality <charts>`: quality measures over a file or folder of charts, or a snapshot. Exit status 0; 1 where the question cannot be asked,
 * 2 where the charts cannot be read.
 */
export async function qualityCommand(over: string, options: QualityOptions, knowledge: KnowledgeBase): Promise<number> {
  const asked = questionOf(options, knowledge)
  if (!asked.ok) {
    printIssues(asked.error)
    return 1
  }
  const { measures, bySite, step, period } = asked.value
  const cohort = await cohortOf(over, options.asOf, measures, knowledge)
  if (!cohort.ok) {
    printIssues(cohort.error)
    return 2
  }
  const { table, asOf, unread } = cohort.value
  for (const issue of unread) printIssues([issue])
  const counts = evaluateMeasures(table, knowledge, measures, { asOf, bySite, ...(step ? { step } : {}), ...(period ? { period } : {}) })
  const { measures: summaries, patients } = summarise(counts, knowledge, options.suppressBelow, table.patients.length)
  const head: ReportHead = {
    asOf,
    period: period?.text,
    knowledge: { version: knowledge.version, digest: knowledge.digest },
    patients,
    suppressBelow: options.suppressBelow,
    unread: unread.length,
  }
  switch (options.format) {
    case 'text':
      print(qualityText(head, summaries))
      break
    case 'csv':
      print(qualityCsv(summaries))
      break
    case 'json':
      print(qualityJson(head, summaries))
      break
    case 'fhir':
      print(`${JSON.stringify(measureReports(reportsOf(head, summaries, period, options.subjects === true), knowledge.version))}\n`)
  }
  return 0
}

interface Question {
  readonly measures: readonly QualityMeasure[]
  readonly bySite: boolean
  readonly step: PeriodStep | undefined
  readonly period: ReturnType<typeof periodOf>
}

function questionOf(options: QualityOptions, knowledge: KnowledgeBase): Result<Question, readonly Issue[]> {
  const refuse = (path: string, message: string, remedy: string): Result<never, readonly Issue[]> => ({
    ok: false,
    error: [{ code: 'missing-input', severity: 'error', path, message, remedy }],
  })
  const all = knowledge.quality ?? []
  const wanted = options.measure.flatMap((names) => names.split(','))
  const named = (name: string): QualityMeasure | undefined =>
    all.find(({ id, identifiers }) => id === name || identifiers.some((one) => plain(one) === plain(name)))
  const strange = wanted.find((name) => named(name) === undefined)
  if (strange !== undefined) return refuse('--measure', `there is no measure ${strange}`, `they are ${all.map(({ id }) => id).join(', ')}`)
  const cuts = options.by === undefined ? [] : options.by.split(',')
  const odd = cuts.find((cut) => cut !== 'site' && cut !== 'period' && !STEPS.includes(cut))
  if (odd !== undefined)
    return refuse('--by', `cannot cut by ${odd}`, 'cut by site, month, quarter, year, or by site and one of these: site,quarter')
  const steps = cuts.filter((cut) => STEPS.includes(cut))
  if (steps.length > 1) return refuse('--by', `cannot cut by ${steps.join(' and ')} at once`, 'choose one of month, quarter and year')
  const period = options.period === undefined ? undefined : periodOf(options.period)
  if (options.period !== undefined && period === undefined)
    return refuse('--period', `${options.period} is no period`, 'give 2026, 2026-Q2, 2026-03 or two of them: 2026-01..2026-06')
  if (options.subjects && options.suppressBelow > 0)
    return refuse(
      '--subjects',
      'names patients, and small counts are to be hidden',
      'give --suppress-below 0 as well, for those who care for these patients',
    )
  if (options.subjects && options.format !== 'fhir')
    return refuse('--subjects', 'belongs to --format fhir', 'the other formats name patients with --suppress-below 0')
  return {
    ok: true,
    value: {
      measures: wanted.length === 0 ? all : wanted.map((name) => named(name)!),
      bySite: cuts.includes('site'),
      // "period" alone: the whole one that is asked
      step: steps[0] as PeriodStep | undefined,
      period,
    },
  }
}

const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '')

async function cohortOf(
  over: string,
  asOf: string | undefined,
  measures: readonly QualityMeasure[],
  knowledge: KnowledgeBase,
): Promise<Result<{ readonly table: CohortTable; readonly asOf: string; readonly unread: readonly Issue[] }, readonly Issue[]>> {
  const asked = factsAsked(measures, knowledge)
  if (isSnapshot(over)) {
    const read = await tableOfSnapshot(over, knowledge, asked, asOf)
    return read.ok ? { ok: true, value: { table: read.value, asOf: read.value.asOf, unread: read.value.unread } } : read
  }
  const cohort = readCohort(over)
  if (!cohort.ok) return { ok: false, error: cohort.error }
  const day = asOf ?? today()
  const { unread, ...table } = tableOfCharts(cohort.value, knowledge, asked, day)
  return { ok: true, value: { table, asOf: day, unread } }
}
