import { type Issue, type KnowledgeBase, ok, type Result, type Standing } from '@secondwind/core'
import { today } from '../compose.ts'
import { type PopulationSummary, populationOf, populationOfSnapshots, STANDINGS } from '../population/summary.ts'
import { isSnapshot } from '../project/read-snapshots.ts'
import { readCohort } from '../what-changed/cohort.ts'
import { print, printIssues } from './input.ts'
import { concernedCommand, concernsWritten, optionConcerns } from './population-concerned.ts'
import { type EngineAsked, isEngineAsked, populationByEngine } from './population-engine.ts'

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
 * `secondwind population <cohort>` (charts, or the snapshots of `secondwind project`): for whom each option stands how, and whom each exclusion concerns. Counts below `--suppress-below` are printed
 * as such, and nobody is named then. Exit status 0, or 2 where the cohort cannot be read.
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
      : written(asked, options),
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

const LABELS: { readonly [standing in Standing]: string } = {
  recommended: 'recommended',
  alternative: 'alternative',
  conditional: 'conditional',
  'needs-data': 'needs data',
}

function written(summary: PopulationSummary, { format, suppressBelow = 0, option, rule }: PopulationOptions): string {
  const isSuppressed = (count: number): boolean => count > 0 && count < suppressBelow
  const shown = (patients: readonly string[]): string => (isSuppressed(patients.length) ? `<${suppressBelow}` : String(patients.length))
  const named = (patients: readonly string[]): readonly string[] => (suppressBelow > 0 ? [] : patients)
  if (format === 'json') {
    const counted = (patients: readonly string[]) => ({
      count: isSuppressed(patients.length) ? null : patients.length,
      ...(suppressBelow > 0 ? {} : { patients }),
    })
    const { options, notAdvised, refused, ...rest } = summary
    return `${JSON.stringify({
      ...rest,
      refused: counted(refused),
      ...(suppressBelow > 0 ? { suppressedBelow: suppressBelow } : {}),
      options: options.map(({ patients, ...one }) => ({ ...one, ...Object.fromEntries(STANDINGS.map((s) => [s, counted(patients[s])])) })),
      notAdvised: notAdvised.map(({ patients, ...one }) => ({ ...one, ...counted(patients) })),
    })}\n`
  }
  const rows = [
    ...summary.options.map(({ option: id, title, patients }) => ['option', id, title, ...STANDINGS.map((s) => shown(patients[s]))]),
    ...summary.notAdvised.map(({ rule: id, says, patients }) => ['not advised', id, says, shown(patients), '', '', '']),
  ]
  if (format === 'csv') {
    const cell = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
    return [['kind', 'id', 'title', ...STANDINGS.map((s) => LABELS[s])], ...rows].map((row) => `${row.map(cell).join(',')}\n`).join('')
  }
  const refused = summary.refused.length > 0 ? `; ${shown(summary.refused)} more are out of scope or must be settled first` : ''
  const lines = [`${summary.patients} patients on ${summary.asOf}, knowledge ${summary.knowledge.version}${refused}`, '']
  const total = (one: PopulationSummary['options'][number]): number =>
    one.patients.recommended.length * 1e6 + one.patients.alternative.length * 1e3 + one.patients.conditional.length
  for (const one of [...summary.options].sort((a, b) => total(b) - total(a) || (a.option < b.option ? -1 : 1))) {
    const counts = STANDINGS.filter((s) => one.patients[s].length > 0).map((s) => `${LABELS[s]} ${shown(one.patients[s])}`)
    lines.push(`${one.option}  ${counts.join(', ')}`, `    ${one.title}`)
    if (option !== undefined)
      for (const standing of STANDINGS)
        for (const patient of named(one.patients[standing])) lines.push(`    ${LABELS[standing]}: ${patient}`)
  }
  if (summary.notAdvised.length > 0) {
    lines.push('', 'Not advised:')
    for (const one of [...summary.notAdvised].sort((a, b) => b.patients.length - a.patients.length || (a.rule < b.rule ? -1 : 1))) {
      lines.push(`${one.rule}  ${shown(one.patients)}`, `    ${one.says}`)
      if (rule !== undefined) for (const patient of named(one.patients)) lines.push(`    ${patient}`)
    }
  }
  if (rows.length === 0) lines.push('nobody')
  return `${lines.join('\n')}\n`
}
