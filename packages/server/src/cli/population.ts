import { type Issue, type KnowledgeBase, ok, type Result, type Standing } from '@secondwind/core'
import { today } from '../compose.ts'
import type { CountedPopulation, Group } from '../population/engines/counted.ts'
import { type PopulationSummary, populationOf, populationOfSnapshots, STANDINGS } from '../population/summary.ts'
import { isSnapshot } from '../project/read-snapshots.ts'
import { readCohort } from '../what-changed/cohort.ts'
import { print, printIssues } from './input.ts'
import { concernedCommand, concernsWritten, optionConcerns } from './population-concerned.ts'
import { type EngineAsked, isEngineAsked, populationByEngine } from './population-engine.ts'
import { populationText } from './population-text.ts'

export interface PopulationOptions extends EngineAsked {
  readonly asOf?: string
  readonly option?: string
  readonly rule?: string
  readonly test?: string
  readonly show?: 'options' | 'tests' | 'rules'
  readonly suppressBelow?: number
  readonly format: 'text' | 'csv' | 'json' | 'fhir'
}

/**
 * `secondwind population <cohort>` (charts, or the snapshots of `secondwind project`): for whom each option stands how, and whom each exclusion concerns. Counts below `--suppress-below`,
 * and those that would give them away, are hidden, and nobody is named then. Exit status 0, or 2 where the cohort cannot be read.
 */
export async function populationCommand(over: string, options: PopulationOptions, knowledge: KnowledgeBase): Promise<number> {
  if (isEngineAsked(options)) return populationByEngine(over, options, knowledge)
  if (options.show === 'tests' || options.show === 'rules' || options.test !== undefined) return concernedCommand(over, options, knowledge)
  const asOf = options.asOf ?? today()
  const counted = isSnapshot(over) ? await populationOfSnapshots(over, knowledge, asOf) : overCharts(over, knowledge, asOf)
  if (!counted.ok) {
    printIssues(counted.error)
    return 2
  }
  const summary = counted.value
  const unknown = unknownName(options, knowledge)
  if (unknown !== undefined) {
    printIssues([unknown])
    return 1
  }
  const asked = selected(summary, options)
  for (const issue of summary.unread) printIssues([issue])
  print(
    options.format === 'fhir'
      ? concernsWritten(optionConcerns(asked), {
          ...options,
          asOf,
          knowledge,
          patients: asked.patients,
          refused: asked.refused.length,
          named: true,
        })
      : populationText(byName(asked), { ...options, format: options.format }),
  )
  return 0
}

function overCharts(over: string, knowledge: KnowledgeBase, asOf: string): Result<PopulationSummary, readonly Issue[]> {
  const cohort = readCohort(over)
  return cohort.ok ? ok(populationOf(cohort.value, knowledge, asOf)) : cohort
}

/** A name that is not in the knowledge: to answer "nobody" would say something of patients. */
function unknownName({ option, rule }: PopulationOptions, { options, safety }: KnowledgeBase): Issue | undefined {
  const isOption = option === undefined || options.some(({ id }) => id === option || option.startsWith(`${id}:`))
  const isRule = rule === undefined || safety.some(({ id }) => id === rule)
  if (isOption && isRule) return undefined
  const [path, name] = isOption ? ['--rule', rule] : ['--option', option]
  return {
    code: 'missing-input',
    severity: 'error',
    path,
    message: `there is no ${path.slice(2)} ${name} in the knowledge`,
    remedy: 'secondwind knowledge explain lists what there is',
  }
}

/** What was asked for; everything where nothing was. */
function selected(summary: PopulationSummary, { option, rule }: PopulationOptions): PopulationSummary {
  if (option === undefined && rule === undefined) return summary
  return {
    ...summary,
    options: option === undefined ? [] : summary.options.filter((one) => one.option === option || one.option.startsWith(`${option}:`)),
    notAdvised: rule === undefined ? [] : summary.notAdvised.filter((one) => one.rule === rule),
  }
}

/** The same as an engine counts it, everybody by name. */
function byName({ options, notAdvised, refused, unread, ...rest }: PopulationSummary): CountedPopulation {
  const group = (patients: readonly string[]): Group => ({ count: patients.length, patients })
  return {
    ...rest,
    options: options.map(({ patients, ...one }) => ({
      ...one,
      of: Object.fromEntries(STANDINGS.map((standing) => [standing, group(patients[standing])])) as unknown as {
        readonly [standing in Standing]: Group
      },
    })),
    notAdvised: notAdvised.map(({ patients, ...one }) => ({ ...one, of: group(patients) })),
    refused: group(refused),
    issues: unread,
  }
}
