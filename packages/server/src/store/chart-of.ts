import { searchTable } from './search/definitions.ts'
import type { IndexRows } from './search/extract.ts'

/** Names those who are in a cohort: a list of patients is in none of their charts. */
const LISTS: ReadonlySet<string> = new Set(['member'])

/**
 * The chain in which a resource stands: `Patient/x` for the patient, and for what belongs to one (the patient named by the first parameter of FHIR's
 * patient compartment that names any, the subject before those who took part); the resource itself where it belongs to nobody, or to several.
 * The patient need not be there: results may come before registration.
 */
export function chartOf(type: string, id: string, rows: IndexRows): string {
  if (type === 'Patient') return `Patient/${id}`
  const table = searchTable()
  const parameters = table.of(type)
  for (const name of table.compartment(type)) {
    if (LISTS.has(name)) continue
    const number = parameters.get(name)?.number
    const named = new Set(rows.reference.filter((row) => row.param === number && row.type === 'Patient').map((row) => row.id))
    if (named.size === 1) return `Patient/${[...named][0]}`
    if (named.size > 1) break
  }
  return `${type}/${id}`
}
