import { err, type Issue, ok, type PatientCase, type Result } from '@secondwind/core'
import type { ParsedChart } from '../read/assemble.ts'
import type { ReaderKnowledge } from '../read/context.ts'
import { readChart } from '../read/readers.ts'
import { applyOverrides, stillMissing } from './overrides.ts'
import { project, sortIssues } from './project.ts'

export interface ReadOptions {
  /** ISO day of the plan; no clock is read. */
  readonly asOf: string
  /** `FACT=VALUE`, as in `--set`. */
  readonly overrides?: readonly string[]
}

export interface ReadCase {
  readonly patientCase: PatientCase
  /** Everything that is wrong or doubtful in the input, worst first; what no reader understood included. */
  readonly issues: readonly Issue[]
  /** The part of `issues` that lists what was not read. */
  readonly unread: readonly Issue[]
}

/** What is known about one patient on one day. Refuses only overrides that cannot be applied. */
export function readPatientCase(parsed: ParsedChart, knowledge: ReaderKnowledge, options: ReadOptions): Result<ReadCase, readonly Issue[]> {
  const { chart } = parsed
  const findings = readChart(chart, knowledge, options.asOf)
  const { facts, issues } = project(findings, knowledge, options.asOf)
  const fromChart: PatientCase = { patient: patientName(chart), asOf: options.asOf, facts }
  const overridden = applyOverrides(fromChart, options.overrides ?? [], knowledge)
  if (!overridden.ok) return err(overridden.error)
  const all = sortIssues(stillMissing([...parsed.issues, ...issues, ...overridden.value.issues], overridden.value.patientCase))
  const unread = all.filter(({ code, severity }) => severity === 'information' && (code === 'unmapped-code' || code === 'unread-text'))
  return ok({ patientCase: overridden.value.patientCase, issues: all, unread })
}

/** `Patient/<id>`; the id of a patient who has none is the last part of the entry's full URL (`urn:uuid:…`, `https://…/Patient/…`). */
function patientName({ patient, referenceTo }: ParsedChart['chart']): string {
  const reference = referenceTo(patient)
  const id = /^(?:urn:(?:uuid|oid):|https?:.*\/)([A-Za-z0-9\-.]{1,64})$/.exec(reference)?.[1]
  return id === undefined ? reference : `Patient/${id}`
}
