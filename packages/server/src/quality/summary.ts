import { define, type KnowledgeBase, type QualityMeasure, type Vocabulary, vocabulary } from '@secondwind/core'
import { COUNTED, type CountedOutcome, type MeasureCount, type MissingFact, type Stratum } from './evaluate.ts'
import { type Cell, hiddenCells, type Sum, type SumTable } from './suppress.ts'

/** A number of a table; null: hidden, because it is small or would give a small one away. */
export type Shown = number | null

/** One row of a measure: a site in a period, or all together. */
export interface MeasureRow {
  readonly site: string | undefined
  readonly step: string | undefined
  readonly isUndated: boolean
  readonly isTotal: boolean
  /** In the population: the sum of the next five. */
  readonly population: Shown
  readonly met: Shown
  readonly notMet: Shown
  readonly notKnown: Shown
  readonly excluded: Shown
  readonly excepted: Shown
  /** met and notMet: what the rate is of. */
  readonly counted: Shown
  /** Not known whether in the population: in none of the others. */
  readonly perhaps: Shown
  /** Percent of those counted; null where nobody is, or a number of it is hidden. */
  readonly rate: number | null
  /** What the rate would be if all that is not known were not reached, and if all were. */
  readonly lowest: number | null
  readonly highest: number | null
  readonly isHidden: boolean
}

export interface MissingCount {
  readonly fact: string
  readonly label: string
  readonly count: Shown
}

export interface MeasureSummary {
  readonly measure: QualityMeasure
  /** The whole first, then the strata where some were asked for. */
  readonly rows: readonly MeasureRow[]
  readonly missing: readonly MissingCount[]
  readonly missingOfPopulation: readonly MissingCount[]
  /** Patients of an outcome by name, where nothing is suppressed. */
  readonly patients?: { readonly [outcome in CountedOutcome]: readonly string[] }
}

interface Group extends Cell {
  readonly subjects: readonly number[]
}

type Column = CountedOutcome | 'population' | 'counted'

interface Line {
  readonly stratum: Pick<Stratum, 'site' | 'step' | 'isUndated'>
  readonly isTotal: boolean
  readonly groups: { readonly [column in Column]: Group }
}

export interface QualitySummary {
  readonly measures: readonly MeasureSummary[]
  /** Patients of the cohort; null where that number is small, or would say how few are outside a measure. */
  readonly patients: Shown
}

/**
 * The counts of measures as tables of numbers that may be shown, of a cohort of so many patients. Sites are added up and then divided: percentages are never
 * averaged.
 */
export function summarise(
  counts: readonly MeasureCount[],
  knowledge: KnowledgeBase,
  suppressBelow: number,
  patients: number,
): QualitySummary {
  const words = vocabulary(knowledge.facts, knowledge.criteria)
  const cohort: Cell = { key: 'cohort', size: patients, people: patients }
  const tables = counts.map((one) => ({
    one,
    lines: linesOf(one, suppressBelow),
    missing: lacking(one, one.missing),
    open: lacking(one, one.missingOfPopulation),
  }))
  const hidden = hiddenCells(
    [
      ...tables.flatMap(({ one, lines, missing, open }) => [
        [...sumsOf(lines), ...(one.measure.each === undefined ? [outside(one, cohort, lines[0]!.groups)] : [])],
        ...rests(one, missing, lines[0]!.groups['not-known']),
        ...rests(one, open, lines[0]!.groups.perhaps),
      ]),
      // no measure: the cohort alone
      [{ total: cohort, parts: [{ ...cohort, key: 'everybody', isUnlisted: true }] }],
    ],
    suppressBelow,
  )
  const shown = ({ key, size }: Cell): Shown => (hidden.has(key) ? null : size)
  const listed = (one: MeasureCount, list: readonly Lacked[], whole: Group): readonly MissingCount[] =>
    // what few people lack, or do not lack, is said of none of them
    whole.people < suppressBelow
      ? []
      : list.map(({ fact, group }) => ({
          fact,
          label: labelOf(one.measure, fact, words),
          // a part that is shown says how many the whole are at least
          count: shown(whole) === null ? null : shown(group),
        }))
  return {
    patients: shown(cohort),
    measures: tables.map(({ one, lines, missing, open }) => ({
      measure: one.measure,
      rows: lines.map((line) => rowOf(line, shown)),
      missing: listed(one, missing, lines[0]!.groups['not-known']),
      missingOfPopulation: listed(one, open, lines[0]!.groups.perhaps),
      ...(suppressBelow > 0 ? {} : { patients: namesOf(one) }),
    })),
  }
}

function linesOf(count: MeasureCount, limit: number): readonly Line[] {
  const all = COUNTED.map((outcome) => [outcome, count.strata.flatMap(({ subjects }) => subjects[outcome])] as const)
  const whole = { site: undefined, step: undefined, isUndated: false }
  const total = lineOf(count, whole, Object.fromEntries(all) as unknown as Stratum['subjects'], { limit, place: 'all' })
  const [only] = count.strata
  const isSplit = count.strata.length > 1 || only?.site !== undefined || only?.step !== undefined || only?.isUndated === true
  if (!isSplit) return [total]
  const strata = count.strata.map((stratum) =>
    lineOf(count, stratum, stratum.subjects, {
      limit,
      place: `${stratum.site ?? ''} ${stratum.step ?? ''} ${stratum.isUndated}`,
      total,
    }),
  )
  return [total, ...strata]
}

interface Place {
  readonly limit: number
  /** Names the row. */
  readonly place: string
  /** The row that this one is a part of. */
  readonly total?: Line
}

function lineOf(
  count: MeasureCount,
  { site, step, isUndated }: Line['stratum'],
  subjects: Stratum['subjects'],
  { limit, place, total }: Place,
): Line {
  const group = (list: readonly number[]): Group => ({ ...groupOf(count, list, place), ...(total ? {} : { worth: TOTAL_WORTH }) })
  const groups: { readonly [column in Column]: Group } = {
    ...(Object.fromEntries(COUNTED.map((outcome) => [outcome, group(subjects[outcome])])) as { [outcome in CountedOutcome]: Group }),
    counted: group([...subjects.met, ...subjects['not-met']]),
    population: group(IN_POPULATION.flatMap((outcome) => subjects[outcome])),
  }
  const isFew = ({ size, people }: Group): boolean => size > 0 && people < limit
  const told = (column: Column): Group => {
    const own = groups[column]
    if (!isFew(groups.population) && !(isFew(groups.counted) && (column === 'met' || column === 'not-met'))) return own
    if (column === 'perhaps') return own
    // where those who are asked about are few, that nobody missed it says what every one of them got; unless it is said of everybody anyway
    const isSaidOfAll = total !== undefined && total.groups[column].size === 0 && !total.groups[column].isTelling
    if (own.size === 0) return isSaidOfAll ? own : { ...own, key: `none ${count.measure.id} ${place} ${column}`, isTelling: true }
    return isFew(own) ? { ...own, key: `${own.key} ${count.measure.id} ${column}` } : own
  }
  const columns = Object.keys(groups) as readonly Column[]
  return {
    stratum: { site, step, isUndated },
    isTotal: total === undefined,
    groups: Object.fromEntries(columns.map((column) => [column, told(column)])) as unknown as Line['groups'],
  }
}

/** The rate of all together is what a measure is for: rather two sites are hidden than that. */
const TOTAL_WORTH = 5

const IN_POPULATION: readonly CountedOutcome[] = ['met', 'not-met', 'not-known', 'excluded', 'excepted']

/** Equal groups of a row have equal keys whatever measure they stand in: what one table hides another must not show. */
function groupOf({ measure, ownerOf }: MeasureCount, subjects: readonly number[], place: string): Group {
  let sum = 0
  let mixed = 0
  for (const subject of subjects) {
    const h = Math.imul((subject + 0x9e3779b9) ^ ((subject + 0x9e3779b9) >>> 15), 0x85ebca6b)
    sum = (sum + (h >>> 0)) >>> 0
    mixed ^= Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  }
  const isOfItems = measure.each !== undefined
  return {
    key: `${measure.each ?? ''} ${place} ${subjects.length} ${sum} ${mixed}`,
    size: subjects.length,
    people: isOfItems ? new Set(subjects.map(ownerOf)).size : subjects.length,
    subjects,
    ...(isOfItems ? { owners: () => subjects.map(ownerOf) } : {}),
  }
}

/** Every sum that a reader of the table can check. Those of "counted" and "population" over the rows follow from the others. */
function sumsOf(lines: readonly Line[]): SumTable {
  const rows = lines.flatMap(({ groups }) => [
    { total: groups.counted, parts: [groups.met, groups['not-met']] },
    { total: groups.population, parts: [groups.counted, groups['not-known'], groups.excluded, groups.excepted] },
  ])
  const [total, ...strata] = lines
  if (strata.length === 0) return rows
  return [...rows, ...COUNTED.map((column): Sum => ({ total: total!.groups[column], parts: strata.map(({ groups }) => groups[column]) }))]
}

/** Who is outside a measure is printed nowhere: the cohort without those in it. */
function outside({ measure }: MeasureCount, cohort: Cell, { population, perhaps }: Line['groups']): Sum {
  const size = cohort.size - population.size - perhaps.size
  return { total: cohort, parts: [population, perhaps, { key: `outside ${measure.id}`, size, people: size, isUnlisted: true }] }
}

interface Lacked {
  readonly fact: string
  readonly group: Group
}

const lacking = (count: MeasureCount, list: readonly MissingFact[]): readonly Lacked[] =>
  list.map(({ fact, subjects }) => ({ fact, group: groupOf(count, subjects, 'lacking') }))

/** Who lacks a fact and who does not are together those that are not known. Who does not is printed nowhere. */
function rests(count: MeasureCount, list: readonly Lacked[], whole: Group): readonly SumTable[] {
  return list.map(({ fact, group }) => {
    const own = new Set(group.subjects)
    const rest = groupOf(
      count,
      whole.subjects.filter((subject) => !own.has(subject)),
      'having',
    )
    return [{ total: whole, parts: [group, { ...rest, key: `${rest.key} ${count.measure.id} ${fact}`, isUnlisted: true }] }]
  })
}

function rowOf({ stratum, isTotal, groups }: Line, shown: (cell: Cell) => Shown): MeasureRow {
  const met = shown(groups.met)
  const notMet = shown(groups['not-met'])
  const notKnown = shown(groups['not-known'])
  const numbers = {
    population: shown(groups.population),
    met,
    notMet,
    notKnown,
    excluded: shown(groups.excluded),
    excepted: shown(groups.excepted),
    counted: shown(groups.counted),
    perhaps: shown(groups.perhaps),
  }
  const isRated = met !== null && notMet !== null
  const isBounded = isRated && notKnown !== null
  return {
    site: stratum.site,
    step: stratum.step,
    isUndated: stratum.isUndated,
    isTotal,
    ...numbers,
    rate: isRated ? percent(met, met + notMet) : null,
    lowest: isBounded ? percent(met, met + notMet + notKnown) : null,
    highest: isBounded ? percent(met + notKnown, met + notMet + notKnown) : null,
    isHidden: Object.values(numbers).includes(null),
  }
}

/** One decimal, as printed; null of nobody. */
const percent = (part: number, whole: number): number | null => (whole === 0 ? null : Math.round((part / whole) * 1000) / 10)

function labelOf(measure: QualityMeasure, fact: string, words: Vocabulary): string {
  return measure.each === undefined ? define(words, fact).label : fact.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

function namesOf(count: MeasureCount): { readonly [outcome in CountedOutcome]: readonly string[] } {
  return Object.fromEntries(
    COUNTED.map((outcome) => [
      outcome,
      [...new Set(count.strata.flatMap(({ subjects }) => subjects[outcome].map(count.patientOf)))].sort(),
    ]),
  ) as unknown as { [outcome in CountedOutcome]: readonly string[] }
}
