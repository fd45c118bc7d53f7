import type { KnowledgeBase } from '@secondwind/core'
import { writePlan } from '@secondwind/fhir'
import { planChart, today } from '../compose.ts'
import { chartsOf, print, printIssues } from './input.ts'
import { patientText } from './patient-text.ts'
import { overlayOf } from './site.ts'
import { planText } from './text.ts'

export interface PlanOptions {
  readonly patient?: string
  readonly asOf?: string
  readonly set: readonly string[]
  readonly format: string
  /** A file with what the site has. */
  readonly site?: string
}

/** `secondwind plan`: one document a patient on standard output. 0 when every patient got one, 2 when the input a --set or the --site could not be read. */
export async function planCommand(file: string, options: PlanOptions, knowledge: KnowledgeBase): Promise<number> {
  const charts = chartsOf(file, options.patient)
  if (!charts) return 2
  const overlay = options.site === undefined ? undefined : overlayOf(options.site, knowledge)
  if (options.site !== undefined && !overlay) return 2
  const asOf = options.asOf ?? today()
  let status = 0
  for (const chart of charts) {
    const result = planChart(chart, { knowledge, asOf, overrides: options.set, ...(overlay ? { overlay } : {}) })
    if (!result.ok) {
      printIssues(result.error)
      status = 2
      continue
    }
    if (options.format === 'json') print(`${JSON.stringify(result.value)}\n`)
    else if (options.format === 'fhir') print(`${JSON.stringify(writePlan(result.value, knowledge))}\n`)
    else if (options.format === 'patient')
      print(`${patientText(result.value, knowledge, process.stdout.columns || 80, overlay?.value.phone)}\n`)
    else print(`${planText(result.value, knowledge, process.stdout.columns || 100)}\n`)
  }
  return status
}
