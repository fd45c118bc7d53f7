import type { Issue, KnowledgeBase, PatientCase } from '@secondwind/core'
import { chartsOfList, type ParsedChart, readPatientCase } from '@secondwind/fhir'
import { readerFor } from '../compose.ts'
import type { ChartLine, ChartLines } from './bucket.ts'
import { siteOf } from './owner.ts'
import { parsedJson, type SharedResources } from './shared-index.ts'

/** What became of the lines of one patient. */
export interface ChartOutcome {
  /** Undefined: left out, and the issues say why. */
  readonly projected: { readonly patientCase: PatientCase; readonly site: string | null } | undefined
  readonly issues: readonly (Issue & { readonly at?: ChartLine })[]
}

export interface ChartSettings {
  readonly knowledge: KnowledgeBase
  readonly asOf: string
  readonly shared: SharedResources
  /** Whether any Patient resource is in the input, and whether this is the only one: decides what a chart without one means. */
  readonly persons: 'none' | 'one' | 'several'
}

const OPEN = '['.charCodeAt(0)
const COMMA = ','.charCodeAt(0)
const CLOSE = ']'.charCodeAt(0)

/** The case of one patient from all their lines: what `readPatientCase` says of the chart that these lines are. */
export function projectChart({ key, bytes, lines, isTooLarge }: ChartLines, settings: ChartSettings): ChartOutcome {
  if (isTooLarge)
    return leftOut(
      'too-large',
      key,
      'the chart is larger than can be read at once',
      'plan this patient alone, with the resources that matter',
    )
  const own = listOf(bytes, lines)
  const resources = parsedList(own)
  if (resources === undefined) return unreadable(key, bytes, lines, [NOT_JSON])
  const shared = new Map<number, Buffer>()
  if (settings.persons === 'one') settings.shared.all(shared)
  else if (!settings.shared.isEmpty) settings.shared.collect(resources, shared)
  for (const text of shared.values()) {
    const resource = parsedJson(text)
    if (resource === undefined) return unreadable(key, bytes, lines, [NOT_JSON])
    resources.push(resource)
  }
  const parsed = chartsOfList(resources)
  if (!parsed.ok) return unreadable(key, bytes, lines, parsed.error)
  const [only, second] = parsed.value
  if (only === undefined || second !== undefined)
    return leftOut('several-patients', key, 'these lines are of more than one patient', 'give each Patient an id of its own')
  const { chart } = only
  if (settings.persons !== 'none' && only.issues.some(({ code, path }) => code === 'missing-patient' && path === key)) {
    const message = `${lines.length} lines belong to ${key}, whose Patient is not in the input: not projected`
    return leftOut('foreign-patient', key, message, 'send that Patient too, or correct the references', lines[0])
  }
  const read = readPatientCase(only, readerFor(settings.knowledge), { asOf: settings.asOf })
  if (!read.ok) throw new Error('invariant: without corrections by hand every chart is read')
  return {
    // a Patient without an id has the name by which the lines refer to it
    projected: { patientCase: named(read.value.patientCase, key), site: siteOf(chart.patient) },
    // what no reader understood is listed by `secondwind facts`, patient by patient
    issues: read.value.issues.filter(({ severity }) => severity !== 'information').map((issue) => placed(issue, own, lines, only)),
  }
}

const named = (patientCase: PatientCase, key: string): PatientCase =>
  patientCase.patient === 'Patient' ? { ...patientCase, patient: key } : patientCase

/** Said where each line of the patient can be parsed: it is something that they refer to that cannot. */
const NOT_JSON: Issue = {
  code: 'not-json',
  severity: 'error',
  path: 'input',
  message: 'a resource that the chart refers to is not valid JSON',
  remedy: 'check that the files are complete, and project again',
}

/** Charts of this many bytes are put together in the same place, one after another. */
const ROOM = 4 * 1024 * 1024
let room: Buffer | undefined

/** The lines as one list of JSON. Valid until the next chart. */
function listOf(bytes: Buffer, lines: readonly ChartLine[]): Buffer {
  const size = lines.reduce((sum, { start, end }) => sum + end - start + 1, 1)
  if (size <= ROOM) room ??= Buffer.allocUnsafeSlow(ROOM)
  const list = size <= ROOM ? room!.subarray(0, size) : Buffer.allocUnsafe(size)
  list[0] = OPEN
  let at = 1
  for (const { start, end } of lines) {
    at += bytes.copy(list, at, start, end)
    list[at++] = COMMA
  }
  list[at - 1] = CLOSE
  return list
}

function parsedList(list: Buffer): unknown[] | undefined {
  const value = parsedJson(list)
  return Array.isArray(value) ? value : undefined
}

function leftOut(code: Issue['code'], path: string, message: string, remedy: string, at?: ChartLine): ChartOutcome {
  return { projected: undefined, issues: [{ code, severity: 'error', path, message, remedy, ...(at ? { at } : {}) }] }
}

/** A chart with a hole in it is not a chart: the lines that cannot be read are named, and their patient is left out. */
function unreadable(key: string, bytes: Buffer, lines: readonly ChartLine[], errors: readonly Issue[]): ChartOutcome {
  const issues: (Issue & { readonly at?: ChartLine })[] = []
  for (const at of lines) {
    try {
      JSON.parse(bytes.toString('utf8', at.start, at.end))
    } catch (error) {
      const why = error instanceof Error ? error.message.slice(0, 160) : 'unreadable'
      const message = `not valid JSON: ${why}; ${key} is left out`
      issues.push({
        code: 'not-json',
        severity: 'error',
        path: key,
        message,
        remedy: 'check that the line is complete, and project again',
        at,
      })
    }
  }
  if (issues.length > 0) return { projected: undefined, issues }
  return {
    projected: undefined,
    issues: errors.map((error) => {
      const index = /^\[(\d+)\]/.exec(error.path)?.[1]
      const at = index === undefined ? undefined : lines[Number(index)]
      return { ...error, message: `${error.message}; ${key} is left out`, ...(at ? { at } : {}) }
    }),
  }
}

/** The line that an issue is about, where the resource it names is found in one. `own`: the lines one after another, a byte before each. */
function placed(issue: Issue, own: Buffer, lines: readonly ChartLine[], { chart }: ParsedChart): Issue & { readonly at?: ChartLine } {
  if (lines.length === 1) return { ...issue, at: lines[0]! }
  const named = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]+)/.exec(issue.path)
  const id = named?.[2] ?? (issue.path.startsWith('Patient') ? chart.patient.id : undefined)
  if (id === undefined) return issue
  const words = Buffer.from(`"${id}"`)
  const type = Buffer.from(`"${named?.[1] ?? 'Patient'}"`)
  // the id is looked for in all lines at once: most of them do not hold it
  let found = own.indexOf(words)
  let start = 1
  for (const at of lines) {
    const end = start + at.end - at.start
    if (found < 0) break
    if (found < end) {
      if (own.subarray(start, end).includes(type)) return { ...issue, at }
      found = own.indexOf(words, end)
    }
    start = end + 1
  }
  return issue
}
