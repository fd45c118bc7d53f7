import type { Chart, ReadContext, Resource } from './context.ts'
import type { Findings } from './reading-context.ts'

/**
 * The same reading without the observations that are wholly read. Most of a chart is numbers with a code; the readers of words need not go through them.
 * References to them still resolve.
 */
export function restOf(context: ReadContext, findings: Findings): ReadContext {
  const isOpen = (resource: Resource): boolean => resource.resourceType !== 'Observation' || findings.understanding(resource) !== true
  const { chart } = context
  const resources = chart.resources.filter(isOpen)
  const observations = resources.filter(({ resourceType }) => resourceType === 'Observation')
  const rest: Chart = {
    patient: chart.patient,
    resources,
    ofType: (resourceType) => (resourceType === 'Observation' ? observations : chart.ofType(resourceType)),
    resolve: (reference, from) => chart.resolve(reference, from),
  }
  return { ...context, chart: rest }
}
