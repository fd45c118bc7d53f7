import type { FactDefinition } from '@secondwind/core'
import type { ReaderKnowledge } from '../../read/context.ts'
import { findingsOf } from '../../read/findings.ts'
import type { SitesFile } from '../../read/lesions.ts'
import { found, listed } from './found.ts'
import { measured, performance, scored } from './measured.ts'
import { molecular } from './molecular.ts'
import { added, demographic, named, smoking } from './person.ts'
import type { Entering, Proposal, Writer } from './proposal.ts'
import { diseaseStatus, histology, metastases, staged, symptomatic } from './tumour.ts'

/** From the most exact to the plainest. */
const WRITERS: readonly Writer[] = [
  measured,
  performance,
  scored,
  demographic,
  smoking,
  staged,
  histology,
  metastases,
  symptomatic,
  diseaseStatus,
  molecular,
  found,
  listed,
  added,
  named,
]

/**
 * The ways to say one fact in FHIR: the inverse of the readers, from the same tables of the knowledge base. Whoever records one reads the chart again with
 * it and takes it only where the fact comes out as meant: a writer may be wrong about a reader, a chart may hold what contradicts it, and neither may
 * go unnoticed. Derived facts have none.
 */
export const proposalsFor = (entering: Entering): readonly Proposal[] =>
  whyNotEntered(entering.definition, entering.knowledge) === undefined ? WRITERS.flatMap((writer) => writer(entering)) : []

/** Why a fact cannot be entered as such, in words for a person; undefined where it can be tried. */
export function whyNotEntered(definition: FactDefinition, knowledge: ReaderKnowledge): string | undefined {
  const { derivedFrom, daysBetween, group, type, id } = definition
  if (daysBetween === true || group === 'quality') return 'it is counted from the dates of the chart'
  if (derivedFrom !== undefined && derivedFrom.length > 0 && !isSaidByCharts(id, knowledge))
    return 'it follows from other facts: change those'
  if (group === 'treatment-history')
    return 'it follows from the treatments in the chart: record the treatment, its dates and why it stopped'
  if (type === 'list' && id !== 'medicines') return 'it is a list with several columns: record the resource itself'
  if (type === 'date' && id !== 'birth-date') return 'it is the day of an entry of the chart: correct that entry'
  if (ABOUT_THE_CHART.has(id)) return 'it says what the chart holds: bring in what is missing'
  const { measurements } = knowledge.terminology<LaboratoryRows>('laboratory')
  if (measurements.some(({ earlier }) => earlier?.fact === id)) return 'it is an earlier value: record that value with its day'
  if (measurements.some(({ xuln }) => xuln === id))
    return "it is the value over the laboratory's own upper limit: enter the value itself, or bring in the report"
  return undefined
}

/** A fact that follows from others and that charts also say themselves: "brain metastases", "pregnant", "coughing blood". */
function isSaidByCharts(id: string, knowledge: ReaderKnowledge): boolean {
  if (findingsOf(knowledge).all.some(({ sets }) => sets?.[id] !== undefined)) return true
  if (knowledge.terminology<LaboratoryRows>('laboratory').measurements.some(({ fact }) => fact === id)) return true
  if (knowledge.terminology<{ readonly scores: readonly { readonly fact: string }[] }>('scores').scores.some(({ fact }) => fact === id))
    return true
  return knowledge.terminology<SitesFile>('metastatic-sites').sites.some(({ value }) => id === `${value}-metastases`)
}

interface LaboratoryRows {
  readonly measurements: readonly { readonly fact?: string; readonly xuln?: string; readonly earlier?: { readonly fact: string } }[]
}

/** Facts about what was sent and tested, not about the patient: entering them would hide that nothing came. */
const ABOUT_THE_CHART: ReadonlySet<string> = new Set([
  'histology-from-text',
  'squamous-excluded',
  'molecular-testing',
  'rna-tested',
  'tissue-tested',
  'fusions-in-doubt',
  'ici-drivers-open',
  'fusion-partners',
  'acquired-fusion',
  'egfr-variants',
  'egfr-unclassified',
  'staging-complete',
  'metastatic-recurrence',
  'medicine-classes',
  'unmapped-medicines',
  'qt-prolonging-count',
  'anticoagulated',
  'prednisone-mg',
  'medicines-list-received',
  'problem-list-received',
  'goals-recorded',
  'jurisdiction',
  'ancestry-asian',
])
