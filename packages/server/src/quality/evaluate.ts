import {
  ColumnCompiler,
  type Criterion,
  countPlanes,
  factsOf,
  type KnowledgeBase,
  latestDay,
  MEASURE_OUTCOMES,
  type MeasureOutcome,
  measureCriteria,
  measurePlanes,
  type Plane,
  type Planes,
  type QualityMeasure,
} from '@secondwind/core'
import { casesOf } from '../population/threads.ts'
import { type Period, type PeriodStep, spansOf, stepOf, wordsOf } from './subjects.ts'
import { type CohortTable, tableOfItems } from './tables.ts'

export interface EvaluateOptions {
  readonly asOf: string
  readonly bySite?: boolean
  readonly step?: PeriodStep
  readonly period?: Period
}

/** Patients or items of one site and period. `undefined` in a name: not recorded. */
export interface Stratum {
  readonly site: string | undefined
  readonly step: string | undefined
  /** The day that puts it into a period is not known, or known too coarsely. */
  readonly isUndated: boolean
  readonly subjects: { readonly [outcome in CountedOutcome]: readonly number[] }
}

/** Who is outside a measure is in no stratum of it. */
export type CountedOutcome = Exclude<MeasureOutcome, 'outside'>
export const COUNTED: readonly CountedOutcome[] = MEASURE_OUTCOMES.filter((outcome) => outcome !== 'outside')

/** In how many of those that are not known a fact is missing. */
export interface MissingFact {
  readonly fact: string
  readonly subjects: readonly number[]
}

export interface MeasureCount {
  readonly measure: QualityMeasure
  /** Row of the patient of a subject, and the patient's name. */
  readonly ownerOf: (subject: number) => number
  readonly patientOf: (subject: number) => string
  readonly strata: readonly Stratum[]
  /** Of those that are not known: reached or not. Most frequent first. */
  readonly missing: readonly MissingFact[]
  /** Of those of whom it is not known whether the measure is about them. */
  readonly missingOfPopulation: readonly MissingFact[]
}

/** Counts measures over a cohort by the columns backend: every criterion over all patients at once. */
export function evaluateMeasures(
  cohort: CohortTable,
  knowledge: KnowledgeBase,
  measures: readonly QualityMeasure[],
  options: EvaluateOptions,
): readonly MeasureCount[] {
  const ofPatients = measures.filter(({ each }) => each === undefined)
  const compiler = new ColumnCompiler(cohort.words, cohort.table, latestDay(options.asOf)!)
  const lookAt = asking(cohort, compiler)
  const asked = ofPatients.map((measure) => ask(measure, cohort, compiler, lookAt))
  const gates = new Map(
    measures.flatMap((measure) => (measure.patients ? [[measure.id, lookAt.both(measure.patients.when)] as const] : [])),
  )
  countPlanes(compiler.code, cohort.table, cohort.room)
  const counted = new Map(asked.map(({ measure, planes }) => [measure.id, count(measure, cohort, planes, options)]))

  const lists = Map.groupBy(
    measures.filter(({ each }) => each !== undefined),
    ({ each }) => each!,
  )
  for (const [list, own] of lists) {
    const definition = knowledge.facts.find(({ id }) => id === list)!
    const items = tableOfItems(cohort, definition)
    const ofItems = new ColumnCompiler(items.words, items.table, latestDay(options.asOf)!)
    const look = asking(items, ofItems)
    const questions = own.map((measure) => {
      const gate = gates.get(measure.id)!
      return ask(measure, items, ofItems, look, { isTrue: ownedBy(items, gate.isTrue()), isFalse: ownedBy(items, gate.isFalse()) })
    })
    countPlanes(ofItems.code, items.table, items.room)
    const sites = wordsOf(cohort.table, cohort.room.memory, 'care-site')
    for (const { measure, planes } of questions)
      counted.set(
        measure.id,
        count(measure, items, planes, options, {
          of: (item) => items.owner[item]!,
          siteOf: (row) => sites.list[sites.at[row]!] ?? cohort.sites?.[row] ?? undefined,
        }),
      )
    /** The items of some patients, as a plane of the table of items. */
    function ownedBy(table: typeof items, rows: ReadonlySet<number>): Plane {
      const at = table.room.take(table.table.rows / 8)
      const bytes = new Uint8Array(table.room.memory.buffer, at, table.table.rows / 8)
      table.owner.forEach((owner, item) => {
        if (rows.has(owner)) bytes[item >> 3] = bytes[item >> 3]! | (1 << (item & 7))
      })
      return ofItems.code.bits(at)
    }
  }
  return measures.map(({ id }) => counted.get(id)!)
}

interface Asking {
  /** The cases of a plane, once the code has run. */
  keep(plane: Plane): () => readonly number[]
  both(criterion: Criterion): { isTrue(): ReadonlySet<number>; isFalse(): ReadonlySet<number> }
  /** The cases in which a fact is not known. */
  unknown(fact: string): Plane
}

function asking({ table, room }: CohortTable, compiler: ColumnCompiler): Asking {
  const keep = (plane: Plane): (() => readonly number[]) => {
    const at = room.take(table.rows / 8)
    compiler.code.keep(plane, at)
    return () => casesOf(room, at, table)
  }
  return {
    keep,
    both(criterion) {
      const { isTrue, isFalse } = compiler.compile(criterion)
      const kept = { isTrue: keep(isTrue), isFalse: keep(isFalse) }
      return { isTrue: () => new Set(kept.isTrue()), isFalse: () => new Set(kept.isFalse()) }
    },
    unknown: (fact) => compiler.compile({ op: 'known', fact }).isFalse,
  }
}

interface Asked {
  readonly measure: QualityMeasure
  readonly planes: {
    readonly [outcome in CountedOutcome]: () => readonly number[]
  } & { readonly missing: readonly Lacking[]; readonly missingOfPopulation: readonly Lacking[] }
}

interface Lacking {
  readonly fact: string
  readonly subjects: () => readonly number[]
}

function ask(measure: QualityMeasure, { words }: CohortTable, compiler: ColumnCompiler, look: Asking, within?: Planes): Asked {
  const criteria = measureCriteria(measure)
  const planes = measurePlanes(compiler, criteria, within)
  const { code } = compiler
  const lacking = (among: Plane, parts: readonly Criterion[]): readonly Lacking[] => {
    const open = new Map<string, Plane[]>()
    const put = (fact: string, plane: Plane): void => void open.set(fact, [...(open.get(fact) ?? []), plane])
    for (const fact of new Set(parts.flatMap((part) => [...factsOf(part, words)]))) {
      const unknown = code.and([among, look.unknown(fact)])
      const definition = words.facts[words.position.get(fact)!]
      // an interval is missing because one of its days is; where both are there, one of them is not known to the day
      const days = (definition?.daysBetween ? (definition.derivedFrom ?? []) : []).map(
        (day) => [day, code.and([unknown, look.unknown(day)])] as const,
      )
      for (const [day, plane] of days) put(day, plane)
      put(
        fact,
        days.reduce((left, [, plane]) => code.andNot(left, plane), unknown),
      )
    }
    return [...open].map(([fact, planes]) => ({ fact, subjects: look.keep(code.or(planes)) }))
  }
  return {
    measure,
    planes: {
      met: look.keep(planes.met),
      'not-met': look.keep(planes['not-met']),
      'not-known': look.keep(planes['not-known']),
      excluded: look.keep(planes.excluded),
      excepted: look.keep(planes.excepted),
      perhaps: look.keep(planes.perhaps),
      missing: lacking(planes['not-known'], [criteria.excluded, criteria.numerator, criteria.excepted]),
      missingOfPopulation: lacking(planes.perhaps, [criteria.population]),
    },
  }
}

function count(
  measure: QualityMeasure,
  table: CohortTable,
  planes: Asked['planes'],
  { bySite = false, step, period }: EvaluateOptions,
  owner?: { readonly of: (item: number) => number; readonly siteOf: (row: number) => string | undefined },
): MeasureCount {
  const { memory } = table.room
  const spanOf = spansOf(table.table, memory, measure.anchor)
  const own = wordsOf(table.table, memory, owner ? 'site' : 'care-site')
  const siteOf = (subject: number): string | undefined =>
    own.list[own.at[subject]!] ?? (owner ? owner.siteOf(owner.of(subject)) : (table.sites?.[subject] ?? undefined))
  const strata = new Map<number, Growing>()
  const isCounted = new Uint8Array(table.table.size)
  const steps = new StepNames(step)
  const sites = new Places()
  const isDateAsked = period !== undefined || step !== undefined
  for (const outcome of COUNTED) {
    for (const subject of planes[outcome]()) {
      const span = isDateAsked ? spanOf(subject) : undefined
      let isUndated = isDateAsked && span === undefined
      let at = 0
      if (span && period) {
        if (span.last < period.first || span.first > period.last) continue
        isUndated = span.first < period.first || span.last > period.last
      }
      if (span && step && !isUndated) {
        at = steps.at(span.first)
        isUndated = at !== steps.at(span.last)
      }
      if (isUndated) at = UNDATED
      isCounted[subject] = 1
      const site = bySite ? sites.of(siteOf(subject)) : 0
      const key = site * MOST_STEPS + at
      let stratum = strata.get(key)
      if (stratum === undefined) {
        stratum = { site: sites.names[site], step: isUndated ? undefined : steps.names[at], isUndated, subjects: new Map() }
        strata.set(key, stratum)
      }
      const list = stratum.subjects.get(outcome)
      if (list) list.push(subject)
      else stratum.subjects.set(outcome, [subject])
    }
  }
  const missing = (list: readonly Lacking[]): readonly MissingFact[] =>
    list
      .map(({ fact, subjects }) => ({ fact, subjects: subjects().filter((subject) => isCounted[subject] === 1) }))
      .filter(({ subjects }) => subjects.length > 0)
      .sort((a, b) => b.subjects.length - a.subjects.length || (a.fact < b.fact ? -1 : 1))
  return {
    measure,
    ownerOf: owner ? owner.of : (subject) => subject,
    patientOf: (subject) => table.patients[subject]!,
    strata: [...strata.values()].sort(inOrder).map(({ subjects, ...stratum }) => ({
      ...stratum,
      subjects: Object.fromEntries(COUNTED.map((outcome) => [outcome, subjects.get(outcome) ?? []])) as unknown as Stratum['subjects'],
    })),
    missing: missing(planes.missing),
    missingOfPopulation: missing(planes.missingOfPopulation),
  }
}

interface Growing extends Pick<Stratum, 'site' | 'step' | 'isUndated'> {
  readonly subjects: Map<CountedOutcome, number[]>
}

/** More months than there are in the days that a column can hold. */
const MOST_STEPS = 4096
const UNDATED = MOST_STEPS - 1

/** Steps as small numbers; 0 where none is asked. */
class StepNames {
  readonly names: (string | undefined)[] = [undefined]
  readonly #step: PeriodStep | undefined
  readonly #ofDay = new Map<number, number>()
  readonly #ofName = new Map<string, number>()

  constructor(step: PeriodStep | undefined) {
    this.#step = step
  }

  at(day: number): number {
    let known = this.#ofDay.get(day)
    if (known !== undefined) return known
    const name = stepOf(day, this.#step!)
    known = this.#ofName.get(name) ?? this.names.push(name) - 1
    this.#ofName.set(name, known)
    this.#ofDay.set(day, known)
    return known
  }
}

/** Sites as small numbers; 0 is not recorded. */
class Places {
  readonly names: (string | undefined)[] = [undefined]
  readonly #known = new Map<string, number>()

  of(site: string | undefined): number {
    if (site === undefined) return 0
    let known = this.#known.get(site)
    if (known === undefined) {
      known = this.names.push(site) - 1
      this.#known.set(site, known)
    }
    return known
  }
}

/** By site and period; what is not recorded stands last. */
function inOrder(a: Pick<Stratum, 'site' | 'step'>, b: Pick<Stratum, 'site' | 'step'>): number {
  return compare(a.site, b.site) || compare(a.step, b.step)
}

const compare = (a: string | undefined, b: string | undefined): number =>
  a === b ? 0 : a === undefined ? 1 : b === undefined ? -1 : a < b ? -1 : 1
