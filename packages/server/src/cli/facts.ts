import { define, factText, isKnown, type KnowledgeBase, vocabulary } from '@secondwind/core'
import { readPatientCase } from '@secondwind/fhir'
import { readerFor, today } from '../compose.ts'
import { chartsOf, print, printIssues } from './input.ts'

export interface FactsOptions {
  readonly patient?: string
  readonly asOf?: string
  readonly set: readonly string[]
  readonly format: string
}

/** `secondwind facts`: what the chart was understood to say, where each fact stands, and what was not understood; or the facts as FHIR case features, for the printed CQL. */
export async function factsCommand(file: string | undefined, options: FactsOptions, knowledge: KnowledgeBase): Promise<number> {
  if (file === undefined) {
    print(registryText(knowledge))
    return 0
  }
  const charts = chartsOf(file, options.patient)
  if (!charts) return 2
  const words = vocabulary(knowledge.facts, knowledge.criteria)
  let status = 0
  for (const chart of charts) {
    const read = readPatientCase(chart, readerFor(knowledge), { asOf: options.asOf ?? today(), overrides: options.set })
    if (!read.ok) {
      printIssues(read.error)
      status = 2
      continue
    }
    const { patientCase, issues } = read.value
    if (options.format === 'json') {
      print(`${JSON.stringify({ patient: patientCase.patient, asOf: patientCase.asOf, facts: patientCase.facts, issues })}\n`)
      continue
    }
    if (options.format === 'features') {
      // loaded when it is asked for: the compiler takes longer to load than a chart to read
      const { caseFeatures } = await import('@secondwind/compiler')
      print(`${JSON.stringify(caseFeatures(patientCase, knowledge.facts))}\n`)
      continue
    }
    const lines = [`${patientCase.patient}, as of ${patientCase.asOf}`, '', 'Understood']
    const silent: string[] = []
    const open: string[] = []
    for (const [id, fact] of Object.entries(patientCase.facts)) {
      const definition = define(words, id)
      if (!isKnown(fact)) {
        if (fact.unknown !== 'not-recorded' || definition.test) open.push(`  ${id.padEnd(32)} ${factText(fact, definition)}`)
      } else if (fact.absence === 'listed' && fact.sources.length === 0) silent.push(id)
      else {
        const from = fact.sources.map((s) => `${s.reference}${s.path ? `.${s.path}` : ''}`).slice(0, 3)
        const read = fact.words ? `  “${fact.words}”` : ''
        lines.push(
          `  ${id.padEnd(32)} ${factText(fact, definition)}${read}${from.length > 0 ? `  ← ${from.join(', ')}${fact.derived ? ' (computed)' : ''}` : ''}`,
        )
      }
    }
    lines.push('', 'Unknown', ...open, '', `Counted as absent because no list names them: ${silent.join(', ')}`, '')
    lines.push(issues.length > 0 ? 'Problems and what was not understood' : 'Nothing was left unread')
    for (const p of issues)
      lines.push(`  ${p.severity.padEnd(11)} ${p.code.padEnd(22)} ${p.path}: ${p.message}${p.remedy ? ` (${p.remedy})` : ''}`)
    print(`${lines.join('\n')}\n`)
  }
  return status
}

function registryText(knowledge: KnowledgeBase): string {
  const lines = ['Facts that a plan can use, and that --set takes (FACT=VALUE, with the unit in the value):', '']
  let group = ''
  for (const fact of knowledge.facts) {
    if (fact.group !== group) {
      group = fact.group
      lines.push(group)
    }
    const values = fact.values ? ` {${Object.keys(fact.values).join(' | ')}}` : ''
    lines.push(`  ${fact.id.padEnd(34)} ${fact.type}${fact.unit ? ` in ${fact.unit}` : ''}  ${fact.label}${values}`)
  }
  return `${lines.join('\n')}\n`
}
