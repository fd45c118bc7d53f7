import fs from 'node:fs'
import path from 'node:path'
import { err, type Issue, ok, type Result } from '@secondwind/core'
import { parseCharts } from '../compose.ts'

type Chart = Extract<ReturnType<typeof parseCharts>, { ok: true }>['value'][number]

/** One patient of a cohort, with the file that holds the chart. */
export interface CohortPatient {
  readonly file: string
  readonly patient: string
  readonly chart: Chart
}

/** A file of a cohort that cannot be read: its patients are not compared, and the result must say so. */
export interface UnreadFile {
  readonly unread: Issue
}

/** Read file by file each time it is asked for, so that a cohort may be larger than memory. */
export interface Cohort {
  members(): Iterable<CohortPatient | UnreadFile>
}

/**
 * The patients of a file (a FHIR bundle, a list of resources, NDJSON) or of every `.json` and `.ndjson` file below a folder, in the order of their names.
 * Refuses a path that is not there, and a folder without such files.
 */
export function readCohort(over: string): Result<Cohort> {
  if (!fs.existsSync(over)) return refuse(over, 'there is no such file or folder', 'give a FHIR bundle, an NDJSON file or a folder of them')
  const isFolder = fs.statSync(over).isDirectory()
  const files = isFolder ? chartFiles(over) : [path.basename(over)]
  if (files.length === 0) return refuse(over, 'holds no .json or .ndjson file', 'give a folder with FHIR R4 charts')
  if (isBulk(files))
    return refuse(
      over,
      'is a Bulk Data export: a file for each type of resource, so that a chart stands in many files',
      'make case snapshots of it: secondwind project FOLDER -o cases.parquet',
    )
  return ok({
    *members() {
      const seen = new Map<string, string>()
      for (const file of files)
        for (const member of membersOf(isFolder ? path.join(over, file) : over, file)) {
          const other = 'patient' in member ? seen.get(member.patient) : undefined
          if ('patient' in member && other === undefined) seen.set(member.patient, file)
          yield other === undefined || other === file ? member : twice(file, other)
        }
    },
  })
}

/** Two or more files that are called as types of FHIR are: `Patient.ndjson`, `Observation.003.ndjson`. */
const isBulk = (files: readonly string[]): boolean =>
  new Set(files.flatMap((file) => /(?:^|\/)([A-Z][A-Za-z]+)(?:[._-]?\d+)?\.ndjson$/.exec(file)?.[1] ?? [])).size > 1

/** The message names no patient: it is printed. */
const twice = (file: string, other: string): UnreadFile => ({
  unread: {
    code: 'duplicate-resource',
    severity: 'error',
    path: file,
    message: `holds a patient who stands in ${other} already: charts in several files are not put together, and the first is taken`,
    remedy: 'put each chart into one file, or use secondwind project',
  },
})

function* membersOf(at: string, file: string): Iterable<CohortPatient | UnreadFile> {
  const charts = parseCharts(fs.readFileSync(at))
  if (charts.ok) for (const chart of charts.value) yield { file, patient: `Patient/${chart.chart.patient.id ?? '?'}`, chart }
  else for (const issue of charts.error.slice(0, 1)) yield { unread: { ...issue, path: `${file}: ${issue.path}` } }
}

const chartFiles = (folder: string): readonly string[] =>
  fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(nd)?json$/.test(name))
    .map((name) => name.split(path.sep).join('/'))
    .sort()

const refuse = (at: string, message: string, remedy: string): Result<never> =>
  err([{ code: 'missing-input', severity: 'error', path: at, message, remedy }])
