import { define, type KnowledgeBase, type QualityMeasure, type Vocabulary, vocabulary } from '@secondwind/core'
import { COUNTED, type CountedOutcome, type MeasureCount, type MissingFact, type Stratum } from './evaluate.ts'
import { type Cell, hiddenCells, type Sum } from './suppress.ts'

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

/** The counts of measures as tables of numbers that may be shown. Sites are added up and then divided: percentages are never averaged. */
export function summarise(counts: readonly MeasureCount[], knowledge: KnowledgeBase, suppressBelow: number): readonly MeasureSummary[] {
  const words = vocabulary(knowledge.facts, knowledge.criteria)
  const tables = counts.map((one) => ({
    one,
    lines: linesOf(one),
    missing: lacking(one, one.missing),
    open: lacking(one, one.missingOfPopulation),
  }))
  const hidden = hiddenCells(
    tables.flatMap(({ one, lines, missing, open }) => [
      ...sumsOf(lines),
      ...rests(one, missing, lines[0]!.groups['not-known']),
      ...rests(one, open, lines[0]!.groups.perhaps),
    ]),
    suppressBelow,
  )
  const shown = ({ key, size }: Cell): Shown => (hidden.has(key) ? null : size)
  return tables.map(({ one, lines, missing, open }) => ({
    measure: one.measure,
    rows: lines.map((line) => rowOf(line, shown)),
    missing: missing.map((m) => ({ fact: m.fact, label: labelOf(one.measure, m.fact, words), count: shown(m.group) })),
    missingOfPopulation: open.map((m) => ({ fact: m.fact, label: labelOf(one.measure, m.fact, words), count: shown(m.group) })),
    ...(suppressBelow > 0 ? {} : { patients: namesOf(one) }),
  }))
}

function linesOf(count: MeasureCount): readonly Line[] {
  const all = COUNTED.map((outcome) => [outcome, count.strata.flatMap(({ subjects }) => subjects[outcome])] as const)
  const total = lineOf(
    count,
    { site: undefined, step: undefined, isUndated: false },
    Object.fromEntries(all) as unknown as Stratum['subjects'],
    true,
  )
  const [only] = count.strata
  const isSplit = count.strata.length > 1 || only?.site !== undefined || only?.step !== undefined || only?.isUndated === true
  return isSplit ? [total, ...count.strata.map((stratum) => lineOf(count, stratum, stratum.subjects, false))] : [total]
}

function lineOf(count: MeasureCount, stratum: Line['stratum'], subjects: Stratum['subjects'], isTotal: boolean): Line {
  const group = (list: readonly number[]): Group => groupOf(count, list)
  return {
    stratum,
    isTotal,
    groups: {
      ...(Object.fromEntries(COUNTED.map((outcome) => [outcome, group(subjects[outcome])])) as { [outcome in CountedOutcome]: Group }),
      counted: group([...subjects.met, ...subjects['not-met']]),
      population: group(IN_POPULATION.flatMap((outcome) => subjects[outcome])),
    },
  }
}

const IN_POPULATION: readonly CountedOutcome[] = ['met', 'not-met', 'not-known', 'excluded', 'excepted']

/** Equal groups have equal keys whatever measure they stand in: what one table hides another must not show. */
function groupOf({ measure, ownerOf }: MeasureCount, subjects: readonly number[]): Group {
  let sum = 0
  let mixed = 0
  for (const subject of subjects) {
    const h = Math.imul((subject + 0x9e3779b9) ^ ((subject + 0x9e3779b9) >>> 15), 0x85ebca6b)
    sum = (sum + (h >>> 0)) >>> 0
    mixed ^= Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  }
  const people = measure.each === undefined ? subjects.length : new Set(subjects.map(ownerOf)).size
  return { key: `${measure.each ?? ''} ${subjects.length} ${sum} ${mixed}`, size: subjects.length, people, subjects }
}

/** Every sum that a reader of the table can check. */
function sumsOf(lines: readonly Line[]): readonly Sum[] {
  const rows = lines.flatMap(({ groups }) => [
    { total: groups.counted, parts: [groups.met, groups['not-met']] },
    { total: groups.population, parts: [groups.counted, groups['not-known'], groups.excluded, groups.excepted] },
  ])
  const [total, ...strata] = lines
  if (strata.length === 0) return rows
  const columns: readonly Column[] = [...COUNTED, 'counted', 'population']
  return [...rows, ...columns.map((column) => ({ total: total!.groups[column], parts: strata.map(({ groups }) => groups[column]) }))]
}

interface Lacked {
  readonly fact: string
  readonly group: Group
}

const lacking = (count: MeasureCount, list: readonly MissingFact[]): readonly Lacked[] =>
  list.map(({ fact, subjects }) => ({ fact, group: groupOf(count, subjects) }))

/** Who lacks a fact and who does not are together those that are not known. */
function rests(count: MeasureCount, list: readonly Lacked[], whole: Group): readonly Sum[] {
  return list.map(({ group }) => {
    const own = new Set(group.subjects)
    return {
      total: whole,
      parts: [
        group,
        groupOf(
          count,
          whole.subjects.filter((subject) => !own.has(subject)),
        ),
      ],
    }
  })
}

function rowOf({ stratum, isTotal, groups }: Line, shownAlone: (cell: Cell) => Shown): MeasureRow {
  // where all who are asked about are few, that nobody missed says what every one of them got
  const isFew = shownAlone(groups.population) === null
  const shown = (cell: Cell): Shown => (isFew ? null : shownAlone(cell))
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
    perhaps: shownAlone(groups.perhaps),
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
