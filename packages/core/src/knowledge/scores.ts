import type { Citation, Review } from './knowledge.ts'

/** Scores, grades and response criteria (`knowledge/scores/`): points, limits and cut-offs as data; the arithmetic is in `care`. */
interface ScoreEntry {
  readonly id: string
  readonly title: string
  readonly cites: readonly Citation[]
  readonly review: Review
  /** `file:line` in knowledge/, for messages. */
  readonly from: string
}

/** One answer or measurement a score asks for. With `fact` it is a quantity in the unit of the registry; with `values` one of these words. */
export interface ScoreInput {
  readonly key: string
  readonly label: string
  readonly fact?: string
  readonly unit?: string
  readonly range?: readonly [number, number]
  readonly whole?: true
  readonly values?: readonly string[]
  /** Asked for only where another answer makes it count. */
  readonly sometimes?: true
}

/** What an input must be: one of the words it offers, or a number on this side of a limit. */
export type ScoreTest = string | { readonly above?: number; readonly atLeast?: number; readonly below?: number; readonly atMost?: number }

/** Points of one item: the first row of which one alternative holds in all its tests; none: 0. */
export interface ScoreItem {
  readonly label: string
  readonly rows: readonly { readonly points: number; readonly when: readonly { readonly [key: string]: ScoreTest }[] }[]
}

export interface PointsScore extends ScoreEntry {
  readonly kind: 'points'
  readonly inputs: readonly ScoreInput[]
  /** Numbers made from the inputs by a formula of `care/supportive`; usable in tests by their key. */
  readonly derived: readonly { readonly key: string; readonly label: string; readonly formula: string; readonly of: readonly string[] }[]
  readonly items: readonly ScoreItem[]
  /** The possible total, both ends included. */
  readonly total: readonly [number, number]
  readonly bands: readonly { readonly from: number; readonly to: number; readonly label: string }[]
  /** Said with every result, or only where the total lies in the range and the answers are these. */
  readonly remarks: readonly {
    readonly from?: number
    readonly to?: number
    readonly when?: { readonly [key: string]: ScoreTest }
    readonly say: string
  }[]
}

/** Weighted sum of daily doses. `factorSet` names the table: tables differ. */
export interface Equivalents extends ScoreEntry {
  readonly kind: 'equivalents'
  readonly factorSet: string
  readonly unit: string
  readonly factors: readonly {
    readonly key: string
    readonly label: string
    readonly unit: string
    readonly factor: number
    readonly most: number
  }[]
  readonly remarks: readonly { readonly from?: number; readonly to?: number; readonly say: string }[]
}

/**
 * One way to a grade: every key that is present must hold. `Lower` and `Upper` are multiples of the laboratory's own limits,
 * `Baseline` of the value before treatment; `baseline` says for which patients the row is (normal: not above the upper limit).
 */
export interface GradeRow {
  readonly grade: 1 | 2 | 3 | 4
  readonly below?: number
  readonly above?: number
  readonly atLeast?: number
  readonly belowLower?: number
  readonly aboveUpper?: number
  readonly aboveBaseline?: number
  readonly atLeastBaseline?: number
  readonly riseAbove?: number
  readonly baseline?: 'normal' | 'abnormal'
  readonly symptoms?: boolean
}

/** Grades of one term in one version of CTCAE and one unit. Rows from the highest grade down. */
export interface ToxicityGrades extends ScoreEntry {
  readonly kind: 'toxicity'
  readonly term: string
  readonly version: number
  readonly direction: 'low' | 'high'
  /** Values in the registry's unit of this fact, unless `unit` names another one in which this entry states its limits. */
  readonly fact?: string
  readonly unit: string
  readonly rows: readonly GradeRow[]
  readonly remarks: readonly { readonly from?: number; readonly to?: number; readonly say: string }[]
}

/** Limits of RECIST 1.1 and iRECIST. */
export interface ResponseCriteria extends ScoreEntry {
  readonly kind: 'response'
  readonly risePercent: number
  readonly riseMm: number
  readonly fallPercent: number
  readonly normalNodeBelowMm: number
  readonly targetFromMm: number
  readonly nodeTargetFromMm: number
  readonly mostTargets: number
  readonly confirmAfterDays: number
  readonly immune: {
    readonly confirmFromDays: number
    readonly confirmToDays: number
    readonly toleranceDays: number
    readonly furtherRiseMm: number
  }
  readonly remarks: readonly { readonly from?: number; readonly to?: number; readonly say: string }[]
}

/** The version of the criteria that grades are made in unless another one is asked for. */
export interface ToxicityVersion extends ScoreEntry {
  readonly kind: 'toxicity-version'
  readonly version: number
  readonly versions: readonly number[]
}

/** A score that is not computed, and why. */
export interface NotComputed extends ScoreEntry {
  readonly kind: 'not-computed'
  readonly because: string
}

export type ScoreRule = PointsScore | Equivalents | ToxicityGrades | ToxicityVersion | ResponseCriteria | NotComputed
