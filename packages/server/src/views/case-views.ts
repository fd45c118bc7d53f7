import { DIALECTS } from '@secondwind/compiler'
import type { FactDefinition, KnowledgeBase } from '@secondwind/core'

/**
 * The case snapshot as SQL on FHIR v2, as far as it can be said that way: ViewDefinitions that flatten Patient and Observation, and one SQL query over
 * their tables that gives the same columns as `case_snapshot`. Others can reproduce these facts with their own runner and database.
 *
 * Only what stands in the knowledge is written out: codes, units and factors, plausible ranges, answers of a scale.
 */
export interface CaseViews {
  readonly definitions: readonly ViewDefinition[]
  /** Over tables with the names of the views; columns named as in the snapshot, a row a patient. */
  readonly sql: string
  /** Ids of the facts that are expressed. */
  readonly expressed: readonly string[]
  readonly notExpressed: readonly { readonly fact: string; readonly why: string }[]
}

export interface ViewDefinition {
  readonly resourceType: 'http://hl7.org/fhir/uv/sql-on-fhir/StructureDefinition/ViewDefinition'
  readonly name: string
  readonly status: 'active'
  readonly description: string
  readonly resource: string
  readonly select: readonly object[]
  readonly where?: readonly { readonly path: string }[]
}

interface Laboratory {
  readonly measurements: readonly {
    readonly fact?: string
    readonly loinc?: readonly string[]
    readonly unitsOf?: string
    readonly needsExact?: boolean
  }[]
}
interface Units {
  readonly sameDayTolerance: number
  readonly spellings: { readonly [unit: string]: readonly string[] }
  readonly units: { readonly [fact: string]: { readonly [unit: string]: number | { readonly factor: number; readonly offset: number } } }
}
interface BiomarkerCodes {
  readonly tests: readonly { readonly code: string; readonly measure?: string }[]
}
interface Histology {
  readonly values: readonly { readonly value: string; readonly snomed?: readonly string[]; readonly icdo3?: readonly string[] }[]
  /** A general value says nothing against these. */
  readonly general: { readonly [value: string]: readonly string[] }
  /** What words may still refine. */
  readonly open: readonly string[]
}
interface Performance {
  readonly ecog: Scale
  readonly karnofsky: Scale
  readonly ecogFromKarnofsky: { readonly [grade: string]: number }
}
interface Scale {
  readonly loinc: readonly string[]
  readonly answers: { readonly [code: string]: number }
}

/** A code that means a fact by itself, with what its value may be. */
interface Coded {
  readonly fact: FactDefinition
  readonly code: string
  /** Comparators with which the number is no value. */
  readonly refuses: string
  readonly unitsOf: string
}

const DIALECT = DIALECTS.duckdb
const text = (value: string): string => DIALECT.text(value)

export function caseViews({ facts, terminology }: KnowledgeBase, asOf: string): CaseViews {
  const definition = new Map(facts.map((fact) => [fact.id, fact]))
  const laboratory = terminology.laboratory as Laboratory
  const units = terminology.units as Units
  const performance = terminology.performance as Performance
  const coded: Coded[] = laboratory.measurements.flatMap(({ fact = '', loinc = [], needsExact = false, unitsOf = fact }) => {
    const known = definition.get(fact)
    // what is also worked out from other values is not what the laboratory says alone
    if (known === undefined || known.derivedFrom !== undefined) return []
    return loinc.map((code) => ({ fact: known, code, refuses: needsExact ? '> >=' : '', unitsOf }))
  })
  const tps = definition.get('pd-l1-tps')
  if (tps !== undefined)
    for (const { code, measure } of (terminology['biomarker-codes'] as BiomarkerCodes).tests)
      if (measure === 'tps') coded.push({ fact: tps, code, refuses: '< <= > >=', unitsOf: tps.id })
  const scales = (['ecog', 'karnofsky'] as const).map((id) => ({ id, ...performance[id] }))
  const codes = [...new Set([...coded.map(({ code }) => code), ...scales.flatMap(({ loinc }) => loinc)])].sort()
  const measured = [...new Set(coded.map(({ fact }) => fact))]
  const expressed = ['sex', 'birth-date', 'deceased', 'histology', ...scales.map(({ id }) => id), ...measured.map(({ id }) => id)]
  return {
    definitions: [patientView(), conditionView(), observationView(codes), componentView(codes)],
    sql: snapshotSql({ asOf, coded, measured, scales, units, performance, histology: terminology.histology as Histology }),
    expressed,
    notExpressed: facts.filter(({ id }) => !expressed.includes(id)).map((fact) => ({ fact: fact.id, why: whyNot(fact) })),
  }
}

const view = (name: string, resource: string, description: string): Omit<ViewDefinition, 'select'> => ({
  resourceType: 'http://hl7.org/fhir/uv/sql-on-fhir/StructureDefinition/ViewDefinition',
  name,
  status: 'active',
  description,
  resource,
})

const column = (name: string, path: string, type: string) => ({ name, path, type })

const patientView = (): ViewDefinition => ({
  ...view('case_patient', 'Patient', 'Sex, birth date and death, a row a patient'),
  select: [
    {
      column: [
        column('case_id', 'getResourceKey()', 'string'),
        column('gender', 'gender', 'code'),
        column(
          'birth_sex',
          "extension('http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex').value.ofType(code).first()",
          'code',
        ),
        column('birth_date', 'birthDate', 'date'),
        column('deceased', 'deceased.ofType(boolean)', 'boolean'),
        column('deceased_on', 'deceased.ofType(dateTime)', 'dateTime'),
      ],
    },
  ],
})

const conditionView = (): ViewDefinition => ({
  ...view('case_condition', 'Condition', 'Codes of conditions, the morphology of a primary cancer (mCODE) among them, a row a code'),
  select: [
    {
      column: [
        column('id', 'getResourceKey()', 'string'),
        column('case_id', 'subject.getReferenceKey(Patient)', 'string'),
        column('verification', 'verificationStatus.coding.code.first()', 'code'),
      ],
    },
    {
      forEach:
        "(code.coding | extension('http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior').value.ofType(CodeableConcept).coding)",
      column: [column('system', 'system', 'uri'), column('code', 'code', 'code')],
    },
  ],
})

const listed = (codes: readonly string[]): string =>
  `system = 'http://loinc.org' and (${codes.map((code) => `code = '${code}'`).join(' or ')})`

const VALUE = [
  column('value', 'value.ofType(Quantity).value', 'decimal'),
  column('unit', '(value.ofType(Quantity).code | value.ofType(Quantity).unit).first()', 'string'),
  column('comparator', 'value.ofType(Quantity).comparator', 'code'),
  column('grade', 'value.ofType(integer)', 'integer'),
  column('answer', 'value.ofType(CodeableConcept).coding.code.first()', 'code'),
]

const ABOUT = [
  column('id', 'getResourceKey()', 'string'),
  column('case_id', 'subject.getReferenceKey(Patient)', 'string'),
  column('status', 'status', 'code'),
  column('on', '(effective.ofType(dateTime) | effective.ofType(instant)).first()', 'dateTime'),
]

const observationView = (codes: readonly string[]): ViewDefinition => ({
  ...view('case_observation', 'Observation', 'Values that a LOINC code names: performance status, laboratory, vital signs'),
  where: [{ path: `code.coding.where(${listed(codes)}).exists()` }],
  select: [{ column: [...ABOUT, column('code', `code.coding.where(${listed(codes)}).code.first()`, 'code'), ...VALUE] }],
})

const componentView = (codes: readonly string[]): ViewDefinition => ({
  ...view('case_component', 'Observation', 'The same in the components of an Observation, such as a blood pressure'),
  select: [
    { column: ABOUT },
    {
      forEach: `component.where(code.coding.where(${listed(codes)}).exists())`,
      column: [column('code', `code.coding.where(${listed(codes)}).code.first()`, 'code'), ...VALUE],
    },
  ],
})

interface SqlInput {
  readonly asOf: string
  readonly coded: readonly Coded[]
  readonly measured: readonly FactDefinition[]
  readonly scales: readonly (Scale & { readonly id: string })[]
  readonly units: Units
  readonly performance: Performance
  readonly histology: Histology
}

const values = (rows: readonly (readonly (string | number)[])[]): string =>
  `values\n    ${rows.map((row) => `(${row.map((cell) => (typeof cell === 'number' ? DIALECT.number(cell) : text(cell))).join(', ')})`).join(',\n    ')}`

/**
 * The latest day with a reading decides. Readings of that day that differ, that have another unit or that cannot be, leave the fact unknown.
 * Not said here: words in notes, names without a code, reports that carry the date, and what the readers weigh against each other.
 */
function snapshotSql({ asOf, coded, measured, scales, units, performance, histology }: SqlInput): string {
  const day = `date ${text(asOf)}`
  const codeRows = coded.map(({ fact, code, refuses }) => [fact.id, code, ` ${refuses} `])
  const unitRows = [...new Map(coded.map((one) => [one.fact.id, one])).values()].flatMap(({ fact, unitsOf }) =>
    unitsFor(fact, unitsOf, units).map(({ unit, factor, offset }) => [fact.id, unit.toLowerCase(), factor, offset] as const),
  )
  const rangeRows = measured.map(({ id, plausible }) => [id, ...(plausible ?? [0, 1e300])])
  const scaleRows = scales.flatMap(({ id, loinc }) => loinc.map((code) => [id, code]))
  const answerRows = scales.flatMap(({ id, answers }) => Object.entries(answers).map(([code, grade]) => [id, code, grade]))
  const approximate = Object.entries(performance.ecogFromKarnofsky).map(([grade, ecog]) => [Number(grade), ecog])
  const columns = [...scales.map(({ id }) => id), ...measured.map(({ id }) => id)].filter((id) => id !== 'ecog')
  const settled = (id: string): string => `max(l.value) filter (where l.fact = ${text(id)})`
  return `-- The facts of case_snapshot that SQL on FHIR can say, as of ${asOf}. NULL is unknown.
with fact_code(fact, code, refuses) as (
  ${values(codeRows)}
),
fact_unit(fact, unit, factor, shift) as (
  ${values(unitRows)}
),
fact_range(fact, low, high) as (
  ${values(rangeRows)}
),
scale_code(fact, code) as (
  ${values(scaleRows)}
),
scale_answer(fact, answer, grade) as (
  ${values(answerRows)}
),
ecog_from_karnofsky(karnofsky, ecog) as (
  ${values(approximate)}
),
histology_code(code, value) as (
  ${values(histology.values.flatMap(({ value, snomed = [], icdo3 = [] }) => [...snomed, ...icdo3].map((code) => [code, value])))}
),
histology_general(value, than) as (
  ${values(Object.entries(histology.general).flatMap(([value, specific]) => specific.map((than) => [value, than])))}
),
histology_said as (
  select distinct c.case_id, h.value from case_condition c join histology_code h on h.code = c.code
  where coalesce(c.verification, '') not in ('refuted', 'entered-in-error')
),
histology_settled as (
  select case_id, case when count(*) = 1 and min(value) not in (${histology.open.map(text).join(', ')}) then min(value) end as value
  from histology_said s
  where not exists (select 1 from histology_said o join histology_general g on g.than = o.value where o.case_id = s.case_id and g.value = s.value)
  group by case_id
),
written as (
  select case_id, code, status, try_cast(substr("on", 1, 10) as date) as day, "on" as instant, value, unit, comparator, grade, answer from case_observation
  union all
  select case_id, code, status, try_cast(substr("on", 1, 10) as date), "on", value, unit, comparator, grade, answer from case_component
),
heard as (
  select * from written where day <= ${day} and status not in ('cancelled', 'entered-in-error')
),
reading as (
  select h.case_id, c.fact, h.day, h.instant,
    case when (h.value + u.shift) * u.factor between r.low and r.high and not (h.comparator is not null and contains(c.refuses, ' ' || h.comparator || ' ')) then (h.value + u.shift) * u.factor end as value
  from heard h join fact_code c on c.code = h.code join fact_range r on r.fact = c.fact
  left join fact_unit u on u.fact = c.fact and u.unit = lower(h.unit)
  where h.value is not null
  union all
  select h.case_id, s.fact, h.day, h.instant, coalesce(h.grade, h.value, a.grade)
  from heard h join scale_code s on s.code = h.code
  left join scale_answer a on a.fact = s.fact and a.answer = h.answer
),
latest as (
  select case_id, fact,
    case when count(*) = count(value) and max(value) - min(value) <= ${units.sameDayTolerance} * max(abs(value)) then arg_max(value, instant) end as value
  from reading r
  where day = (select max(day) from reading o where o.case_id = r.case_id and o.fact = r.fact)
  group by case_id, fact
)
select p.case_id,
  case when p.gender in ('male', 'female', 'other') then p.gender when p.birth_sex = 'M' then 'male' when p.birth_sex = 'F' then 'female' end as sex,
  try_cast(rpad(p.birth_date, 10, '-01') as date) as birth_date_first,
  case length(p.birth_date) when 10 then try_cast(p.birth_date as date) when 7 then last_day(try_cast(p.birth_date || '-01' as date)) when 4 then make_date(cast(p.birth_date as integer), 12, 31) end as birth_date_last,
  coalesce(p.deceased, try_cast(rpad(substr(p.deceased_on, 1, 10), 10, '-01') as date) <= ${day}, false) as deceased,
  (select value from histology_settled h where h.case_id = p.case_id) as histology,
  coalesce(${settled('ecog')}, case when count(*) filter (where l.fact = 'ecog') = 0 then (select ecog from ecog_from_karnofsky k where k.karnofsky = ${settled('karnofsky')}) end) as ecog,
  ${columns.map((id) => `${settled(id)} as ${DIALECT.quote(id.replaceAll('-', '_'))}`).join(',\n  ')}
from case_patient p left join latest l on l.case_id = p.case_id
group by all
order by p.case_id
`
}

function unitsFor(fact: FactDefinition, unitsOf: string, { units, spellings }: Units) {
  const accepted = units[unitsOf] ?? (fact.unit === undefined ? {} : { [fact.unit]: 1 })
  const seen = new Set<string>()
  return Object.entries(accepted).flatMap(([unit, rule]) => {
    const { factor, offset } = typeof rule === 'number' ? { factor: rule, offset: 0 } : rule
    return [unit, ...(spellings[unit] ?? [])].flatMap((spelling) => {
      if (seen.has(spelling.toLowerCase())) return []
      seen.add(spelling.toLowerCase())
      return [{ unit: spelling, factor, offset }]
    })
  })
}

/** Why a fact is not among them, from what the registry says of it. */
function whyNot({ type, derivedFrom, absence, id, group }: FactDefinition): string {
  if (derivedFrom !== undefined) return 'follows from other facts by a formula: compute it from their columns'
  if (id.endsWith('-xuln')) return "is measured against the laboratory's own range, or against a printed one where none was sent"
  if (absence === 'listed')
    return 'is no where nothing in the chart names it: that takes every list and every word of the chart, and a view sees one resource'
  if (type === 'codes' || type === 'list') return 'is gathered from resources of several types, in which one may take another back'
  if (absence === 'witnessed') return `is settled among several reports, of which one may outweigh another (${group})`
  return 'is read from words or from several resource types, which are weighed against each other'
}
