import type { FactDefinition, PatientCase } from '@secondwind/core'
import { EMPTY_CODE } from './elm.ts'
import { FACTS_SYSTEM, itemCode, USABLE_UNTIL, VALUE } from './elm-facts.ts'
import { type Cell, type ColumnType, columnsOf, type DateCell, type FactColumn, snapshotRow } from './snapshot.ts'

type Json = { readonly [key: string]: unknown }

/**
 * One case as FHIR: a Patient and an Observation ("case feature") for each fact, as the printed CQL reads them.
 *
 * A known value is in `value[x]`, a list in components with its length as the value; what is unknown has no Observation, or one whose
 * `dataAbsentReason` says why. The features are those of the case's day: a later day needs them made again.
 */
export function caseFeatures(patientCase: PatientCase, facts: readonly FactDefinition[]): Json {
  const columns = columnsOf(facts)
  // what follows from other facts is stated here, not left to the reader
  const row = snapshotRow(patientCase, columns, new Set())
  const id = patientCase.patient.replace(/^Patient\//, '')
  const entries: Json[] = [{ resourceType: 'Patient', id }]
  for (const column of columns) {
    const cell = row.cells.get(column.fact.id)!
    const { fact } = column
    const make = (code: string, display: string, rest: Json): Json => ({
      resourceType: 'Observation',
      id: `${code}-${entries.length}`,
      status: 'final',
      code: { coding: [{ system: FACTS_SYSTEM, code, display }] },
      subject: { reference: `Patient/${id}` },
      ...(cell.on === null ? {} : { effectiveDateTime: cell.on }),
      ...rest,
    })
    const known = patientCase.facts[fact.id]
    if (cell.freshUntil === null) {
      if (known && 'unknown' in known) entries.push(make(fact.id, fact.label, { dataAbsentReason: reason(known.unknown) }))
      continue
    }
    const until = fact.freshDays === undefined ? [] : [component(USABLE_UNTIL, { valueDateTime: cell.freshUntil })]
    if (column.type === 'rows') {
      const items = (cell.value ?? []) as readonly { readonly [field: string]: Cell }[]
      entries.push(make(fact.id, fact.label, { valueInteger: items.length, ...componentsOf(until) }))
      for (const item of items)
        entries.push(make(itemCode(fact.id), `${fact.label}, one of them`, componentsOf(itemComponents(item, column))))
    } else if (column.type === 'texts') {
      const codes = (cell.value ?? []) as readonly string[]
      const values = codes.map((code) => component(VALUE, coded(code)))
      entries.push(make(fact.id, fact.label, { valueInteger: codes.length, ...componentsOf([...values, ...until]) }))
    } else {
      entries.push(make(fact.id, fact.label, { ...single(cell.value as Cell, column.type, fact.unit), ...componentsOf(until) }))
    }
  }
  return { resourceType: 'Bundle', type: 'collection', entry: entries.map((resource) => ({ resource })) }
}

const componentsOf = (list: readonly Json[]): Json => (list.length > 0 ? { component: list } : {})
const component = (code: string, value: Json): Json => ({ code: { coding: [{ system: `${FACTS_SYSTEM}-part`, code }] }, ...value })
const coded = (code: string): Json => ({ valueCodeableConcept: { coding: [{ code: code === '' ? EMPTY_CODE : code }] } })

function itemComponents(item: { readonly [field: string]: Cell }, column: FactColumn): readonly Json[] {
  return column.fields.flatMap(({ field, type }) => {
    const cell = item[field] ?? null
    if (cell === null) return []
    if (type === 'texts') {
      const codes = cell as readonly string[]
      return [component(`${field}-count`, { valueInteger: codes.length }), ...codes.map((code) => component(field, coded(code)))]
    }
    const value = single(cell, type)
    return Object.keys(value).length === 0 ? [] : [component(field, value)]
  })
}

function single(cell: Cell, type: Exclude<ColumnType, 'texts'>, unit?: string): Json {
  if (cell === null) return {}
  if (cell === Number.POSITIVE_INFINITY) return { valueString: 'never' }
  switch (type) {
    case 'truth':
      return { valueBoolean: cell }
    case 'number':
      return { valueQuantity: { value: cell, ...(unit === undefined ? {} : { system: 'http://unitsofmeasure.org', code: unit, unit }) } }
    case 'text':
      return coded(String(cell))
    case 'date': {
      const { first, last, never } = cell as DateCell
      if (never) return { valueString: 'never' }
      return first === null || last === null ? {} : { valuePeriod: { start: first, end: last } }
    }
  }
}

const REASONS: { readonly [reason: string]: string } = {
  'not-recorded': 'unknown',
  'not-tested': 'not-performed',
  pending: 'temp-unknown',
  'insufficient-sample': 'error',
  'not-informative': 'error',
  conflicting: 'error',
  unmapped: 'as-text',
  stale: 'unknown',
}

const reason = (unknown: string): Json => ({
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason', code: REASONS[unknown] ?? 'unknown' }],
  text: unknown,
})
