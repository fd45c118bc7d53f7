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

export interface Cohort {
  readonly patients: readonly CohortPatient[]
  /** What could not be read: those patients are not compared, and the result must say so. */
  readonly unread: readonly Issue[]
}

/**
 * The patients of a file (a FHIR bundle, a list of resources, NDJSON) or of every `.json` and `.ndjson` file below a folder, in the order of their names.
 * A file that cannot be read is named in `unread`. Refuses a path that is not there, and a cohort without any patient that can be read.
 */
export function readCohort(over: string): Result<Cohort> {
  if (!fs.existsSync(over)) return refuse(over, 'there is no such file or folder', 'give a FHIR bundle, an NDJSON file or a folder of them')
  const isFolder = fs.statSync(over).isDirectory()
  const files = isFolder ? chartFiles(over) : ['']
  const patients: CohortPatient[] = []
  const unread: Issue[] = []
  for (const name of files) {
    const file = name === '' ? over : path.join(over, name)
    const charts = parseCharts(fs.readFileSync(file))
    const shown = name === '' ? path.basename(over) : name
    if (charts.ok)
      for (const chart of charts.value) patients.push({ file: shown, patient: `Patient/${chart.chart.patient.id ?? '?'}`, chart })
    else unread.push(...charts.error.slice(0, 1).map((issue) => ({ ...issue, path: `${shown}: ${issue.path}` })))
  }
  if (patients.length === 0 && unread.length > 0) return err(unread)
  if (patients.length === 0) return refuse(over, 'holds no patient', 'give a folder with .json or .ndjson files of FHIR R4')
  return ok({ patients, unread })
}

const chartFiles = (folder: string): readonly string[] =>
  fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(nd)?json$/.test(name))
    .map((name) => name.split(path.sep).join('/'))
    .sort()

const refuse = (at: string, message: string, remedy: string): Result<never> =>
  err([{ code: 'missing-input', severity: 'error', path: at, message, remedy }])
