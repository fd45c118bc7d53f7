import { searchTable } from './search/definitions.ts'
import type { IndexRows } from './search/extract.ts'

/**
 * The chain in which a resource stands: `Patient/x` for the patient, and for what belongs to one (the first patient named by the parameters of
 * FHIR's patient compartment, the subject before those who took part); the resource itself where it belongs to nobody.
 * The patient need not be there: results may come before registration.
 */
export function chartOf(type: string, id: string, rows: IndexRows): string {
  if (type === 'Patient') return `Patient/${id}`
  const table = searchTable()
  const parameters = table.of(type)
  for (const name of table.compartment(type)) {
    const number = parameters.get(name)?.number
    const target = rows.reference.find((row) => row.param === number && row.type === 'Patient')
    if (target) return `Patient/${target.id}`
  }
  return `${type}/${id}`
}
