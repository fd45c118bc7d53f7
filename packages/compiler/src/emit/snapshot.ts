import {
  type DayNumber,
  earliestDay,
  type Fact,
  type FactDefinition,
  isKnown,
  isoDay,
  type KnownFact,
  latestDay,
  type PatientCase,
} from '@secondwind/core'

/**
 * One patient as a row of typed columns, made from the fact registry: what SQL, Parquet and the FHIR case features are written from.
 *
 * NULL is unknown, everywhere. A row must not age, so it holds days and never ages or "days since":
 * a date is its earliest and latest day, freshness is the last day on which a value may be used, and the few facts that move with the
 * calendar (`day-facts.ts`) are computed again on the day that is asked.
 */
export type ColumnType = 'truth' | 'number' | 'text' | 'texts' | 'date'

/** What a fact's column holds; `rows` is a list of items with typed fields. */
export interface FactColumn {
  readonly fact: FactDefinition
  /** The fact's id with underscores. */
  readonly name: string
  readonly type: ColumnType | 'rows'
  readonly fields: readonly { readonly field: string; readonly type: ColumnType }[]
}

/** A date: both days are null and `never` false where it is unknown. */
export interface DateCell {
  readonly first: string | null
  readonly last: string | null
  readonly never: boolean
}

export type Cell = boolean | number | string | readonly string[] | DateCell | null

export interface FactCell {
  /** Null: unknown. A number that is `never` (days since something that never was) is Infinity. */
  readonly value: Cell | readonly { readonly [field: string]: Cell }[]
  /** Day of the value (the earliest it can mean). */
  readonly on: string | null
  /** Last day on which the value may decide what demands freshness; null while unknown. */
  readonly freshUntil: string | null
  /** The value follows from other facts on the day that is asked; `value` then holds what stands when it does not. */
  readonly follows: boolean
}

export interface SnapshotRow {
  readonly caseId: string
  readonly projectedOn: string
  readonly cells: ReadonlyMap<string, FactCell>
}

/** After every day and before every day that a chart can hold. */
export const ALWAYS = '9999-12-31'
export const NEVER_FRESH = '1000-01-01'
const LAST_OF_ALL = latestDay(ALWAYS)!

const TYPES = {
  truth: 'truth',
  integer: 'number',
  quantity: 'number',
  code: 'text',
  text: 'text',
  codes: 'texts',
  date: 'date',
  list: 'rows',
} as const

const FIELD_TYPES = { text: 'text', number: 'number', truth: 'truth', date: 'date', texts: 'texts' } as const

export const columnName = (id: string): string => id.replaceAll('-', '_')

export const columnsOf = (facts: readonly FactDefinition[]): readonly FactColumn[] =>
  facts.map((fact) => ({
    fact,
    name: columnName(fact.id),
    type: TYPES[fact.type],
    fields: Object.entries(fact.fields ?? {}).map(([field, type]) => ({ field, type: FIELD_TYPES[type] })),
  }))

/** The snapshot of one case. `dayFacts` are those that are computed again on the day asked. */
export function snapshotRow(patientCase: PatientCase, columns: readonly FactColumn[], dayFacts: ReadonlySet<string>): SnapshotRow {
  const row = new SnapshotCells(columns, dayFacts).of(patientCase)
  const cells = new Map(columns.map(({ fact }, at) => [fact.id, row[at]!]))
  return { caseId: patientCase.patient, projectedOn: patientCase.asOf, cells }
}

/** The rows of many cases, one after another: most cells of a case are what silence says, and are the same object as in the case before. */
export class SnapshotCells {
  readonly #columns: readonly FactColumn[]
  readonly #isDayFact: readonly boolean[]
  readonly #definitions: ReadonlyMap<string, FactDefinition>
  /** Of each column the last fact that hangs on no other fact of its case, with its cell. */
  readonly #lastFacts: (Fact | undefined)[]
  readonly #lastCells: (FactCell | undefined)[]
  #today: DayNumber | undefined

  constructor(columns: readonly FactColumn[], dayFacts: ReadonlySet<string>) {
    this.#columns = columns
    this.#isDayFact = columns.map(({ fact }) => dayFacts.has(fact.id))
    this.#definitions = definitionsOf(columns)
    this.#lastFacts = columns.map(() => undefined)
    this.#lastCells = columns.map(() => undefined)
  }

  /** The cells of one case, in the order of the columns. */
  of({ asOf, facts }: PatientCase): readonly FactCell[] {
    const today = latestDay(asOf) ?? 0
    if (today !== this.#today) this.#lastFacts.fill(undefined)
    this.#today = today
    return this.#columns.map((column, at) => {
      const fact = facts[column.fact.id]
      if (fact !== undefined && fact === this.#lastFacts[at]) return this.#lastCells[at]!
      const cell = factCell(fact, column, this.#isDayFact[at]!, facts, this.#definitions, today)
      if (fact?.derived === true) return cell
      this.#lastFacts[at] = fact
      this.#lastCells[at] = cell
      return cell
    })
  }
}

function factCell(
  fact: Fact | undefined,
  column: FactColumn,
  isDayFact: boolean,
  facts: PatientCase['facts'],
  definitions: ReadonlyMap<string, FactDefinition>,
  today: DayNumber,
): FactCell {
  // what conflicts is not settled by another day
  const isConflict = fact !== undefined && 'unknown' in fact && fact.unknown === 'conflicting'
  const follows = isDayFact && isOpen(fact) && !isConflict
  const stands = follows && fact?.derived === true ? undefined : fact
  return {
    value: isKnown(stands) ? cellOf(stands.value, column) : unknownCell(column.type),
    on: isKnown(fact) && fact.on !== undefined ? dayOf(earliestDay(fact.on)) : null,
    freshUntil: isKnown(fact) ? dayOf(freshUntil(fact, column.fact, facts, definitions, today)) : null,
    follows,
  }
}

const DEFINITIONS = new WeakMap<readonly FactColumn[], ReadonlyMap<string, FactDefinition>>()

/** Made once for all cases. */
function definitionsOf(columns: readonly FactColumn[]): ReadonlyMap<string, FactDefinition> {
  let known = DEFINITIONS.get(columns)
  if (known === undefined) {
    known = new Map(columns.map(({ fact }) => [fact.id, fact]))
    DEFINITIONS.set(columns, known)
  }
  return known
}

const DAYS = new Map<DayNumber, string>()

/** Most days of a case are one of two, and those of a million cases lie within a lifetime: each is written once. */
function dayOf(day: DayNumber | undefined): string | null {
  if (day === undefined) return null
  let written = DAYS.get(day)
  if (written === undefined) {
    written = isoDay(day)
    if (DAYS.size < 100_000) DAYS.set(day, written)
  }
  return written
}

/** As in `core/facts/derive.ts`: nobody stated the value, so what follows from other facts may fill it. */
const isOpen = (fact: Fact | undefined): boolean =>
  fact === undefined ||
  fact.derived === true ||
  (isKnown(fact)
    ? fact.absence === 'listed' && fact.sources.length === 0
    : fact.unknown === 'not-recorded' || fact.unknown === 'not-tested')

const unknownCell = (type: FactColumn['type']): Cell => (type === 'date' ? { first: null, last: null, never: false } : null)

function cellOf(value: unknown, column: FactColumn): FactCell['value'] {
  if (column.type !== 'rows') return typedCell(value, column.type)
  if (!Array.isArray(value)) return null
  return value
    .filter((row) => typeof row === 'object' && row !== null)
    .map((row) => Object.fromEntries(column.fields.map(({ field, type }) => [field, typedCell(row[field], type)])))
}

function typedCell(value: unknown, type: ColumnType): Cell {
  switch (type) {
    case 'truth':
      return typeof value === 'boolean' ? value : null
    case 'number':
      // "days since" something that never was: above every limit
      return value === 'never' ? Number.POSITIVE_INFINITY : typeof value === 'number' && !Number.isNaN(value) ? value : null
    case 'text':
      return value === undefined || value === null ? null : String(value)
    case 'texts':
      return Array.isArray(value) ? value.map(String) : null
    case 'date': {
      if (value === 'never') return { first: null, last: null, never: true }
      const first = typeof value === 'string' ? earliestDay(value) : undefined
      const last = typeof value === 'string' ? latestDay(value) : undefined
      return first === undefined || last === undefined
        ? { first: null, last: null, never: false }
        : { first: dayOf(first), last: dayOf(last), never: false }
    }
  }
}

/**
 * The last day on which a known value counts as fresh. Values by hand, from silence or without a limit never go stale; one without a day
 * always is. What is derived lives as long as the shortest-lived of the facts it was made from.
 * On the day of the case itself the mark that the case carries has the last word.
 */
function freshUntil(
  fact: KnownFact,
  definition: FactDefinition,
  facts: PatientCase['facts'],
  definitions: ReadonlyMap<string, FactDefinition>,
  today: DayNumber,
): DayNumber {
  const until = lifetime(fact, definition, facts, definitions, today)
  if (fact.stale) return Math.min(until, today - 1)
  return Math.max(until, today)
}

function lifetime(
  fact: KnownFact,
  definition: FactDefinition,
  facts: PatientCase['facts'],
  definitions: ReadonlyMap<string, FactDefinition>,
  today: DayNumber,
): DayNumber {
  if (definition.freshDays === undefined) return LAST_OF_ALL
  if (fact.derived) {
    const stood = (definition.standIns ?? []).find((id) => (facts[id] as KnownFact | undefined)?.value === fact.value)
    const inputs = stood === undefined ? (definition.derivedFrom ?? []) : [stood]
    return Math.min(
      LAST_OF_ALL,
      ...inputs.flatMap((id) => {
        const input = facts[id]
        const of = definitions.get(id)
        return isKnown(input) && of ? [freshUntil(input, of, facts, definitions, today)] : []
      }),
    )
  }
  if (fact.enteredByHand || fact.sources.length === 0) return LAST_OF_ALL
  const day = fact.on === undefined ? undefined : earliestDay(fact.on)
  return day === undefined ? earliestDay(NEVER_FRESH)! : day + definition.freshDays
}
