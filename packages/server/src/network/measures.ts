import type { KnowledgeBase, QualityMeasure } from '@secondwind/core'
import type { NetworkMeasure, NetworkQuality, NetworkRate } from '../contract/network.ts'
import { COUNTED, evaluateMeasures, type MeasureCount, type MissingFact, type Stratum } from '../quality/evaluate.ts'
import { type MeasureRow, summarise } from '../quality/summary.ts'
import { factsAsked, tableOfRows } from '../quality/tables.ts'
import type { WayOfPatient } from './waits.ts'

/** Patients of a network above which its measures are cut by months; below, a month holds too few to be shown, and quarters stand in its place. */
const MONTHS_FROM = 2000
/** Steps of a trend. */
const MOST_STEPS = { month: 24, quarter: 12 } as const

/**
 * Quality measures of a whole network, counted in parts so that it need not be in memory at once: each part is a table of its own, and what is counted in them is
 * added up before anything is hidden.
 */
export class MeasureCounter {
  readonly #knowledge: KnowledgeBase
  readonly #measures: readonly QualityMeasure[]
  readonly #asOf: string
  readonly #step: 'month' | 'quarter'
  readonly #byStep: Sum[]
  readonly #bySite: Sum[]
  #patients = 0

  constructor(knowledge: KnowledgeBase, asOf: string, patients: number) {
    this.#knowledge = knowledge
    this.#measures = knowledge.quality ?? []
    this.#asOf = asOf
    this.#step = patients >= MONTHS_FROM ? 'month' : 'quarter'
    this.#byStep = this.#measures.map((measure) => new Sum(measure))
    this.#bySite = this.#measures.map((measure) => new Sum(measure))
  }

  add(part: readonly WayOfPatient[]): void {
    const asked = factsAsked(this.#measures, this.#knowledge)
    const names = part.map((_, i) => String(this.#patients + i))
    const rows = part.map(({ facts }) => asked.map(({ id }) => facts[id]))
    const cohort = { ...tableOfRows(names, rows, this.#knowledge, asked), sites: part.map(({ site }) => site) }
    const count = (options: { readonly bySite?: true; readonly step?: 'month' | 'quarter' }): readonly MeasureCount[] =>
      evaluateMeasures(cohort, this.#knowledge, this.#measures, { asOf: this.#asOf, ...options })
    count({ step: this.#step }).forEach((one, i) => void this.#byStep[i]!.add(one, this.#patients))
    count({ bySite: true }).forEach((one, i) => void this.#bySite[i]!.add(one, this.#patients))
    this.#patients += part.length
  }

  /** Both cuts are hidden together: what one of them hides the other does not give away. */
  result(suppressBelow: number): NetworkQuality {
    const counts = [...this.#byStep, ...this.#bySite].map((sum) => sum.count())
    const { measures } = summarise(counts, this.#knowledge, suppressBelow, this.#patients)
    return {
      knowledge: { version: this.#knowledge.version },
      step: this.#step,
      measures: this.#measures.map((measure, i) =>
        shown(measure, measures[i]!.rows, measures[i + this.#measures.length]!.rows, this.#step),
      ),
    }
  }
}

function shown(
  measure: QualityMeasure,
  steps: readonly MeasureRow[],
  sites: readonly MeasureRow[],
  step: 'month' | 'quarter',
): NetworkMeasure {
  const { id, title, status, direction } = measure
  return {
    id,
    title,
    status,
    direction,
    whole: rateOf(steps[0]!),
    trend: steps
      .filter((row) => row.step !== undefined && !row.isUndated)
      .slice(-MOST_STEPS[step])
      .map((row) => ({ step: row.step!, ...rateOf(row) })),
    bySite: sites.filter(({ isTotal }) => !isTotal).map((row) => ({ site: row.site ?? null, ...rateOf(row) })),
  }
}

const rateOf = ({ rate, counted, met, notKnown, lowest, highest, isHidden }: MeasureRow): NetworkRate => ({
  rate,
  counted,
  met,
  notKnown,
  lowest,
  highest,
  isHidden,
})

/** Items of a part at most. */
const STRIDE = 2 ** 22

/**
 * Counts of one measure over several parts. A subject of a part is moved behind those of the parts before it, in every measure by as much: equal groups must be seen
 * to be equal.
 */
class Sum {
  readonly #measure: QualityMeasure
  readonly #strata = new Map<string, { readonly stratum: Omit<Stratum, 'subjects'>; readonly subjects: Map<string, number[]> }>()
  readonly #missing = new Map<string, number[]>()
  readonly #open = new Map<string, number[]>()
  /** Patients of items; a patient is the owner of itself. */
  readonly #owners = new Map<number, number>()
  #parts = 0

  constructor(measure: QualityMeasure) {
    this.#measure = measure
  }

  /** `before`: patients of the parts before this one. */
  add(count: MeasureCount, before: number): void {
    const isOfItems = this.#measure.each !== undefined
    const base = isOfItems ? this.#parts * STRIDE : before
    const move = (subjects: readonly number[], into: number[]): void => {
      for (const subject of subjects) {
        into.push(subject + base)
        if (isOfItems) this.#owners.set(subject + base, count.ownerOf(subject) + before)
      }
    }
    for (const { subjects, ...stratum } of count.strata) {
      const key = `${stratum.site ?? ''}|${stratum.step ?? ''}|${stratum.isUndated}`
      const own = this.#strata.get(key) ?? { stratum, subjects: new Map<string, number[]>() }
      this.#strata.set(key, own)
      for (const outcome of COUNTED) {
        const list = own.subjects.get(outcome) ?? []
        own.subjects.set(outcome, list)
        move(subjects[outcome], list)
      }
    }
    const gather = (from: readonly MissingFact[], into: Map<string, number[]>): void => {
      for (const { fact, subjects } of from) {
        const list = into.get(fact) ?? []
        into.set(fact, list)
        move(subjects, list)
      }
    }
    gather(count.missing, this.#missing)
    gather(count.missingOfPopulation, this.#open)
    this.#parts += 1
  }

  count(): MeasureCount {
    const facts = (from: ReadonlyMap<string, readonly number[]>): readonly MissingFact[] =>
      [...from]
        .map(([fact, subjects]) => ({ fact, subjects }))
        .sort((a, b) => b.subjects.length - a.subjects.length || (a.fact < b.fact ? -1 : 1))
    return {
      measure: this.#measure,
      ownerOf: (subject) => this.#owners.get(subject) ?? subject,
      patientOf: (subject) => String(this.#owners.get(subject) ?? subject),
      strata: [...this.#strata.values()]
        .sort((a, b) => compare(a.stratum.site, b.stratum.site) || compare(a.stratum.step, b.stratum.step))
        .map(({ stratum, subjects }) => ({ ...stratum, subjects: Object.fromEntries(subjects) as unknown as Stratum['subjects'] })),
      missing: facts(this.#missing),
      missingOfPopulation: facts(this.#open),
    }
  }
}

/** What is not recorded stands last. */
const compare = (a: string | undefined, b: string | undefined): number =>
  a === b ? 0 : a === undefined ? 1 : b === undefined ? -1 : a < b ? -1 : 1
