import { searchTable } from './search/definitions.ts'
import { type IndexRows, referencesIn } from './search/extract.ts'
import type { FhirResource } from './types.ts'

/** Names those who are in a cohort: a list of patients is in none of their charts. */
const LISTS: ReadonlySet<string> = new Set(['member'])

/**
 * The chain in which a resource stands: `Patient/x` for the patient, and for what belongs to one (the patient named by the first parameter of FHIR's
 * patient compartment that names any, the subject before those who took part); the resource itself where it belongs to nobody, or to several.
 * The patient need not be there: results may come before registration.
 */
export const chartOf = (type: string, id: string, rows: IndexRows): string =>
  chartBy(type, id, (parameter) => rows.reference.filter((row) => row.param === parameter.number))

/** The same of a resource whose search indexes nobody has worked out, or wants: before it is written it is asked whether it may be. */
export const chartOfResource = (resource: FhirResource & { readonly id: string }): string =>
  chartBy(resource.resourceType, resource.id, (parameter) => referencesIn(parameter, resource))

type Parameter = Parameters<typeof referencesIn>[0]

function chartBy(type: string, id: string, references: (parameter: Parameter) => ReturnType<typeof referencesIn>): string {
  if (type === 'Patient') return `Patient/${id}`
  const table = searchTable()
  const parameters = table.of(type)
  for (const name of table.compartment(type)) {
    const parameter = parameters.get(name)
    if (LISTS.has(name) || parameter === undefined) continue
    const named = new Set(references(parameter).flatMap((row) => (row.type === 'Patient' ? [row.id] : [])))
    if (named.size === 1) return `Patient/${[...named][0]}`
    if (named.size > 1) break
  }
  return `${type}/${id}`
}
