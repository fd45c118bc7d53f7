import { isKnown, type PatientCase } from '@secondwind/core'
import { readPatientCase } from '@secondwind/fhir'
import { expect, test } from 'vitest'
import { openKnowledge, parseCharts, readerFor } from '../src/compose.ts'
import { caseViews } from '../src/views/case-views.ts'
import { compileView } from '../src/views/view-definition.ts'
import { ViewTables } from '../src/views/view-table.ts'
import { fixtureCharts } from './bulk-export.ts'

const AS_OF = '2026-11-23'
const { knowledge } = openKnowledge()
const { definitions, sql, expressed, notExpressed } = caseViews(knowledge, AS_OF)

type Json = { readonly [key: string]: unknown }

async function viewed(charts: readonly (readonly Json[])[]): Promise<ReadonlyMap<string, Json>> {
  const tables = await ViewTables.open()
  try {
    for (const definition of definitions) {
      const view = compileView(definition)
      if (!view.ok) throw new Error(JSON.stringify(view.error))
      await tables.fill(definition.name, view.value, charts.flat())
    }
    return new Map((await tables.query(sql)).map((row) => [String(row.case_id), row]))
  } finally {
    tables.close()
  }
}

function caseOf(chart: readonly Json[]): PatientCase {
  const parsed = parseCharts(JSON.stringify(chart))
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  const read = readPatientCase(parsed.value[0]!, readerFor(knowledge), { asOf: AS_OF })
  if (!read.ok) throw new Error(JSON.stringify(read.error))
  return read.value.patientCase
}

/** A fact as the view has it: a date by its first day. */
function answerOf(row: Json, id: string): unknown {
  const name = id.replaceAll('-', '_')
  return (id === 'birth-date' ? row.birth_date_first : row[name]) ?? undefined
}

/** What the views cannot see: this laboratory writes names and no codes. Everything it sent is unknown to them, and nothing of it is wrong. */
const WITHOUT_CODES: ReadonlySet<string> = new Set(['Patient/no-driver-pdl1-5-nonsquamous', 'Patient/egfr-qtc-510 qtc'])

test('every fact that the views express is, in every fixture patient, what the projection says', async () => {
  const charts = fixtureCharts()
  const rows = await viewed(charts)
  const differing: string[] = []
  let compared = 0
  for (const chart of charts) {
    const { patient, facts } = caseOf(chart)
    const row = rows.get(patient)
    expect(row, patient).toBeDefined()
    for (const id of expressed) {
      const fact = facts[id]
      const projected = isKnown(fact) ? fact.value : undefined
      const seen = answerOf(row!, id)
      if (seen === undefined && (WITHOUT_CODES.has(patient) || WITHOUT_CODES.has(`${patient} ${id}`))) continue
      if (projected !== undefined) compared++
      const isSame =
        typeof projected === 'number' && typeof seen === 'number'
          ? Math.abs(projected - seen) < 1e-9 * Math.max(1, Math.abs(projected))
          : projected === seen || (id === 'histology' && seen === undefined && projected === 'not-lung')
      if (!isSame) differing.push(`${patient} ${id}: projection ${String(projected)}, view ${String(seen)}`)
    }
  }
  expect(differing).toEqual([])
  expect(compared).toBeGreaterThan(500)
})

const ann = { resourceType: 'Patient', id: 'ann', gender: 'unknown', birthDate: '1960-02' }
const observed = (id: string, code: string, on: string, value: Json, more: Json = {}): Json => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  subject: { reference: 'Patient/ann' },
  code: { coding: [{ system: 'http://loinc.org', code }] },
  effectiveDateTime: on,
  ...value,
  ...more,
})
const quantity = (value: number, unit: string): Json => ({
  valueQuantity: { value, unit, system: 'http://unitsofmeasure.org', code: unit },
})

test.each([
  {
    name: 'another unit is converted',
    fact: 'creatinine',
    chart: [observed('a', '2160-0', '2026-11-01', quantity(1, 'mg/dL'))],
    is: 88.42,
  },
  {
    name: 'the latest counts',
    fact: 'creatinine',
    chart: [observed('a', '2160-0', '2026-11-02', quantity(90, 'umol/L')), observed('b', '2160-0', '2026-11-01', quantity(200, 'umol/L'))],
    is: 90,
  },
  {
    name: 'what contradicts itself on one day is unknown',
    fact: 'weight',
    chart: [observed('a', '29463-7', '2026-11-02', quantity(60, 'kg')), observed('b', '29463-7', '2026-11-02', quantity(90, 'kg'))],
    is: undefined,
  },
  {
    name: 'a unit that is none of the fact leaves it unknown',
    fact: 'creatinine',
    chart: [observed('a', '2160-0', '2026-11-02', quantity(90, 'g'))],
    is: undefined,
  },
  {
    name: 'what cannot be is unknown',
    fact: 'weight',
    chart: [observed('a', '29463-7', '2026-11-02', quantity(7000, 'kg'))],
    is: undefined,
  },
  {
    name: 'a value of tomorrow does not count',
    fact: 'weight',
    chart: [observed('a', '29463-7', '2026-11-24', quantity(70, 'kg'))],
    is: undefined,
  },
  {
    name: 'a cancelled one does not either',
    fact: 'weight',
    chart: [observed('a', '29463-7', '2026-11-02', quantity(70, 'kg'), { status: 'cancelled' })],
    is: undefined,
  },
  {
    name: 'a coded grade',
    fact: 'ecog',
    chart: [
      observed('a', '89247-1', '2026-11-02', { valueCodeableConcept: { coding: [{ system: 'http://loinc.org', code: 'LA9624-3' }] } }),
    ],
    is: 2,
  },
  {
    name: 'a grade from Karnofsky, where no ECOG was ever given',
    fact: 'ecog',
    chart: [observed('a', '89243-0', '2026-11-02', { valueInteger: 80 })],
    is: 1,
  },
  { name: 'a month of birth', fact: 'birth-date', chart: [], is: '1960-02-01' },
])('$name', async ({ fact, chart, is }) => {
  const all = [ann, ...chart]
  const row = (await viewed([all])).get('Patient/ann')!
  const projected = caseOf(all).facts[fact]
  expect(answerOf(row, fact)).toEqual(is)
  expect(isKnown(projected) ? (fact === 'birth-date' ? `${projected.value}-01` : projected.value) : undefined).toEqual(is)
})

test('every fact of the registry is expressed, or it is said why not', () => {
  const all = [...expressed, ...notExpressed.map(({ fact }) => fact)].sort()
  expect(all).toEqual(knowledge.facts.map(({ id }) => id).sort())
  for (const { why } of notExpressed) expect(why.length).toBeGreaterThan(20)
})
