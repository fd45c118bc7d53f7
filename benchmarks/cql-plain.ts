import { columnsOf, type ElmLibrary, elmJson, type FactCell, snapshotRow } from '@secondwind/compiler'
import type { FactDefinition, PatientCase } from '@secondwind/core'
import cql from 'cql-execution'

/**
 * The engine at its best: all libraries in one, and facts as plain values of the patient, so that nothing is retrieved and no FHIR is unwrapped.
 * The rules are the same ELM, but for the names.
 */
export function plainLibrary(libraries: readonly ElmLibrary[]): readonly object[] {
  const definitions = libraries.flatMap((library) => {
    const own = library.id.replace('SecondWind', '')
    const isMain = library === libraries.at(-1)
    const named = (name: string, of: string): string => (of === 'Questions' ? name : `${of}.${name}`)
    const renamed = (node: unknown): unknown => {
      if (Array.isArray(node)) return node.map(renamed)
      if (typeof node !== 'object' || node === null) return node
      const { libraryName, ...rest } = node as { readonly libraryName?: string; readonly type?: string; readonly name?: string }
      const inner = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, renamed(value)]))
      return rest.type === 'ExpressionRef' ? { ...inner, name: named(rest.name!, libraryName ?? own) } : inner
    }
    const isRead = (expression: unknown): boolean => JSON.stringify(expression).includes('"Retrieve"')
    return library.definitions.map(({ name, expression }) => ({
      name: isMain ? name : `${own}.${name}`,
      // what is read from an Observation is a value of the patient here
      expression: isRead(expression)
        ? { type: 'Property', path: name, source: { type: 'ExpressionRef', name: 'Patient' } }
        : renamed(expression),
    }))
  })
  const main = libraries.at(-1)!
  const one = elmJson({ ...main, includes: [], hasAsOf: true, definitions: definitions as ElmLibrary['definitions'] })
  return [one]
}

interface Record {
  readonly [name: string]: unknown
}

/** One patient of the plain model, as `cql-execution` wants a patient. */
export function plainSource(patientCase: PatientCase, facts: readonly FactDefinition[]) {
  const columns = columnsOf(facts)
  const row = snapshotRow(patientCase, columns, new Set())
  const values: { [name: string]: unknown } = {}
  for (const column of columns) {
    const cell = row.cells.get(column.fact.id)!
    values[column.fact.id] = factValue(cell)
    values[`${column.fact.id} usable until`] = cell.freshUntil === null ? null : cql.Date.parse(cell.freshUntil)
  }
  const id = patientCase.patient.replace('Patient/', '')
  const patient = {
    ...values,
    getId: () => id,
    id: () => id,
    findRecords: (): readonly Record[] => [patient],
    findRecord: (): Record => patient,
  }
  return patient
}

function factValue({ value }: FactCell): unknown {
  if (Array.isArray(value))
    return value.map((item) =>
      typeof item === 'string' ? coded(item) : Object.fromEntries(Object.entries(item).map(([k, v]) => [k, plain(v)])),
    )
  return plain(value)
}

function plain(value: unknown): unknown {
  if (typeof value === 'string') return coded(value)
  if (Array.isArray(value)) return value.map(coded)
  if (typeof value !== 'object' || value === null) return value
  const { first, last, never } = value as { first: string | null; last: string | null; never: boolean }
  if (never) return { never, first: null, last: null }
  return first === null || last === null ? null : { never, first: cql.Date.parse(first), last: cql.Date.parse(last) }
}

/** As in case features: FHIR has no empty word. */
const coded = (word: string): string => (word === '' ? 'not-in-terminology' : word)
