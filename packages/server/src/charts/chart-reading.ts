import { err, type Fact, type Issue, isKnown, type KnowledgeBase, ok, type PatientCase, type Result } from '@secondwind/core'
import { type ParsedChart, parseCharts, type ReadCase, readPatientCase, whyNotEntered } from '@secondwind/fhir'
import { readerFor } from '../compose.ts'
import type { CaseFact, SaidValue } from '../contract/charts.ts'
import { type AnyResource, sourceNamer } from './person.ts'

/** A chart as the readers take it, with its resources as they are kept. */
export interface OpenChart {
  readonly parsed: ParsedChart
  readonly resources: readonly AnyResource[]
}

const keyOf = ({ resourceType, id }: AnyResource): string => `${resourceType}/${id}`

/** The chart of one patient put together from resources; the patient must be among them. */
export function chartFrom(resources: readonly AnyResource[], patient: string): Result<OpenChart, readonly Issue[]> {
  const parsed = parseCharts(resources.map((resource) => JSON.stringify(resource)).join('\n'))
  if (!parsed.ok) return parsed
  const own = parsed.value.find(({ chart }) => chart.patient.id === patient)
  if (own !== undefined) return ok({ parsed: own, resources })
  return err([
    {
      code: 'missing-patient',
      severity: 'error',
      path: `Patient/${patient}`,
      message: 'the chart holds no Patient resource',
      remedy: 'bring in the Patient itself',
    },
  ])
}

/** The same chart with some resources in place of their older versions, or beside them. */
export function withResources(chart: OpenChart, more: readonly AnyResource[], patient: string): Result<OpenChart, readonly Issue[]> {
  const replaced = new Set(more.map(keyOf))
  return chartFrom([...chart.resources.filter((resource) => !replaced.has(keyOf(resource))), ...more], patient)
}

export const readCase = (chart: OpenChart, knowledge: KnowledgeBase, asOf: string): Result<ReadCase, readonly Issue[]> =>
  readPatientCase(chart.parsed, readerFor(knowledge), { asOf })

const MOST_CONFLICTS = 8
const MOST_VOICES = 4

/** Facts as a page shows them: where each stands in words, what contradicting entries say alone, and whether it can be entered by hand. */
export function factShower(
  chart: OpenChart,
  facts: PatientCase['facts'],
  knowledge: KnowledgeBase,
  asOf: string,
): (id: string) => CaseFact {
  const reader = readerFor(knowledge)
  const named = sourceNamer(chart.resources)
  let conflicts = 0
  return (id) => {
    const fact: Fact = facts[id] ?? { unknown: 'not-recorded' }
    const definition = reader.facts.get(id)
    const sources = fact.sources ?? []
    const isConflict = !isKnown(fact) && fact.unknown === 'conflicting' && sources.length > 1 && ++conflicts <= MOST_CONFLICTS
    const said = isConflict ? voices(chart, id, sources, knowledge, asOf, named) : []
    const fixed = definition === undefined ? undefined : whyNotEntered(definition, reader)
    return {
      id,
      fact,
      sources: sources.map(named),
      ...(said.length === 0 ? {} : { said }),
      ...(fixed === undefined ? {} : { fixed }),
    }
  }
}

/** What each of several contradicting entries says alone: the chart is read without the others. */
function voices(
  chart: OpenChart,
  id: string,
  sources: readonly { readonly reference: string; readonly path?: string }[],
  knowledge: KnowledgeBase,
  asOf: string,
  named: ReturnType<typeof sourceNamer>,
): readonly SaidValue[] {
  const references = [...new Set(sources.map(({ reference }) => reference.split('#')[0]!))]
  const patient = chart.parsed.chart.patient.id ?? ''
  return references.slice(0, MOST_VOICES).flatMap((reference) => {
    const others = new Set(references.filter((other) => other !== reference && !other.startsWith('Patient/')))
    const alone = chartFrom(
      chart.resources.filter((resource) => !others.has(keyOf(resource))),
      patient,
    )
    const read = alone.ok ? readCase(alone.value, knowledge, asOf) : alone
    const fact = read.ok ? read.value.patientCase.facts[id] : undefined
    const source = sources.find((one) => one.reference.startsWith(reference))!
    return fact === undefined || !isKnown(fact) ? [] : [{ fact, source: named(source) }]
  })
}
