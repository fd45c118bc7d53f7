import type { Criterion } from '../criteria/ast.ts'
import type { FactDefinition } from '../facts/index.ts'
import type { PatientText } from './patient.ts'
import type { QualityMeasure } from './quality.ts'
import type { ScoreRule } from './scores.ts'
import type { TrialRule } from './trials.ts'

export type Approach =
  | 'chemotherapy'
  | 'targeted-therapy'
  | 'immunotherapy'
  | 'radiation'
  | 'surgery'
  | 'procedure'
  | 'supportive-care'
  | 'clinical-trial'

export type Standing = 'recommended' | 'alternative' | 'conditional' | 'needs-data'
export type Review = 'confirmed' | 'unconfirmed'
export type Urgency = 'emergency' | 'urgent' | 'soon'

export interface Source {
  readonly id: string
  readonly title: string
  readonly kind: 'trial' | 'label' | 'guideline' | 'review' | 'cohort' | 'regimen-library' | 'standard' | 'other'
  readonly year?: number
  readonly url?: string
  readonly pmid?: string
  readonly doi?: string
  readonly nct?: string
  readonly accessed: string
  readonly review: Review
}

/** One claim taken from one source. `at` is the locator inside it. */
export interface Citation {
  readonly source: string
  readonly at: string
  readonly says: string
  /** Nobody has seen this claim in its source. The compiler settles it from the marks of the citation, its entry and its source; absent: confirmed. */
  readonly review?: 'unconfirmed'
}

/** What every entry of the base carries. */
export interface Entry {
  readonly id: string
  readonly cites: readonly Citation[]
  readonly review: Review
  readonly effective?: string
  readonly reviewBy?: string
  /** `file:line` in knowledge/, for messages. */
  readonly from: string
}

export interface NamedCriterion {
  readonly id: string
  readonly label: string
  readonly when: Criterion
}

export interface Drug {
  readonly id: string
  readonly label: string
  readonly classes: readonly string[]
  readonly routes: readonly string[]
  readonly anticancer: boolean
  /** Interaction classes this drug carries as a patient's own medicine. */
  readonly interaction?: readonly string[]
}

export interface DoseBand {
  /** The band applies below this weight in kg; the last band has none. */
  readonly belowKg?: number
  readonly dose: number
}

/**
 * One step of a start. For what is given on days of a cycle, the steps stand in place of `days` in the cycles that they name, and `days` holds from the
 * cycle after; for what is taken continuously a step runs from its day (of the treatment) to the next one, and the last is the lasting dose.
 * `dose` or `bands` in the unit of the component; `days` where the frequency differs (`daily` before `twice-daily`).
 */
export interface DoseStep {
  readonly cycle?: number
  readonly day: number
  readonly dose?: number
  readonly bands?: readonly DoseBand[]
  readonly days?: string
}

export interface RegimenComponent {
  readonly drug: string
  readonly dose?: number
  readonly unit: 'mg' | 'mg/m2' | 'mg/kg' | 'AUC' | 'ug'
  readonly route: string
  /** Days of the cycle, or a phrase for continuous dosing (`daily`, `twice-daily`). */
  readonly days: readonly number[] | string
  readonly bands?: readonly DoseBand[]
  /** Step-up, split or loading doses, see {@link DoseStep}. */
  readonly steps?: readonly DoseStep[]
  /** Length of one infusion, minutes; absent where no source was seen, which makes the burden unknown, not nothing. */
  readonly infusionMinutes?: number
  readonly capMg?: number
  readonly note?: string
  readonly review?: Review
}

export interface Regimen extends Entry {
  readonly title: string
  readonly cycleDays?: number
  readonly cycles?: number
  readonly components: readonly RegimenComponent[]
  readonly maintenance?: { readonly title: string; readonly cycleDays?: number; readonly components: readonly RegimenComponent[] }
  readonly emeticRisk?: 'high' | 'moderate' | 'low' | 'minimal'
  readonly febrileNeutropeniaRisk?: 'high' | 'intermediate' | 'low'
  readonly concurrent: readonly { readonly say: string; readonly because: string }[]
}

export interface Availability {
  readonly fda?: { readonly status: string; readonly date?: string; readonly kind?: string; readonly review: Review }
  readonly ema?: { readonly status: string; readonly date?: string; readonly kind?: string; readonly review: Review }
}

export interface ConditionalText {
  readonly say: string
  readonly when?: Criterion
}

/** A radiation schedule as practised. Fraction size, BED and EQD2 are computed, never written. */
export interface Fractionation {
  readonly totalGy: number
  readonly fractions: number
  /** Alpha/beta (Gy) of the late tissue that limits the schedule, where it matters: 2 for cord and brain. The tumour is always taken at 10. */
  readonly alphaBeta?: number
  readonly note?: string
  readonly review?: Review
}

export interface StandingRow {
  readonly as: Exclude<Standing, 'needs-data'>
  readonly when?: Criterion
  readonly because: string
  /** Sources of the entry that carry this row: shown where it speaks, and not where another does. */
  readonly cites?: readonly string[]
}

export interface OptionRule extends Entry {
  readonly title: string
  /** The population: among options that need data, one per group is shown. */
  readonly group: string
  readonly approaches: readonly Approach[]
  /** One option per regimen, first is preferred; empty for an option without drugs. */
  readonly regimens: readonly string[]
  readonly drugsFrom?: 'current-drugs'
  readonly technique?: string
  readonly site?: string
  readonly procedure?: string
  readonly also?: readonly { readonly technique?: string; readonly procedure?: string; readonly site: string }[]
  /** Radiation schedules in use, the first is preferred. */
  readonly fractionations?: readonly Fractionation[]
  readonly when: Criterion
  readonly standing: readonly StandingRow[]
  readonly strength: 'strong' | 'moderate' | 'weak' | 'consensus'
  readonly evidenceKind:
    | 'randomised-survival'
    | 'randomised-progression'
    | 'randomised-other'
    | 'single-arm'
    | 'retrospective'
    | 'consensus'
  readonly brainActivity?: 'high' | 'moderate' | 'low'
  readonly toxicity: 'low' | 'moderate' | 'high'
  /** Orders options of the same standing and strength, lower first. */
  readonly priority: number
  readonly priorityBecause?: string
  readonly against: readonly ConditionalText[]
  readonly cautions: readonly ConditionalText[]
  readonly concurrent: readonly { readonly say: string; readonly because: string; readonly when?: Criterion }[]
  readonly availability?: Availability
  /** Local treatment that comes before everything else of its standing; other local treatment ranks after systemic. */
  readonly urgency?: 'emergency'
  /** May be given although the disease progressed on every one of its drugs before (platinum again after a long interval). */
  readonly rechallenge?: true
  /** Test ids that this option waits for (procedure test-first). */
  readonly awaits?: readonly string[]
  /** An option without drugs of its own that is sound only while one of these drug sets can be given. */
  readonly restsOn?: RestsOn
}

/**
 * Which options with drugs an option may rest on. Fields that are given must all match, as in a {@link Target}; `brainActivity`: of those that
 * are said to reach the brain so well. It stands no higher than the best of those open to the patient; where none is left it is not advised.
 */
export interface RestsOn extends Pick<Target, 'drugs' | 'classes' | 'approaches' | 'options'> {
  readonly brainActivity?: readonly ('high' | 'moderate' | 'low')[]
}

export interface Target {
  readonly drugs?: readonly string[]
  readonly classes?: readonly string[]
  /** All of these drugs together (`exact`: and no others). */
  readonly set?: readonly string[]
  readonly exact?: true
  /** Both classes together in one option. */
  readonly together?: readonly string[]
  readonly approaches?: readonly Approach[]
  readonly procedures?: readonly string[]
  readonly techniques?: readonly string[]
  readonly sites?: readonly string[]
  readonly options?: readonly string[]
  /** Never applied to these. */
  readonly exceptDrugs?: readonly string[]
  readonly exceptOptions?: readonly string[]
}

export interface NotAdvisedText {
  readonly treatment: string
  readonly drugs?: readonly string[]
  readonly class?: string
  readonly match?: 'exact' | 'contains'
  readonly technique?: string
  readonly site?: string
  readonly procedure?: string
}

export interface SafetyRule extends Entry {
  readonly title: string
  readonly applies: Target
  readonly when: Criterion
  /** bar: not advised while true. caution: shown, and lowers the standing where `lowersTo` says so. check: to be settled before the first dose. */
  readonly effect: 'bar' | 'caution' | 'check'
  readonly reason: 'unsafe' | 'ineffective' | 'displaces-better' | 'caution'
  /** What an unknown does for a bar: needs-data (default), conditional (offered on condition), check (settle before the first dose). */
  readonly whenUnknown: 'needs-data' | 'conditional' | 'check' | 'ignore'
  readonly lowersTo?: 'alternative' | 'conditional'
  /** when-blocking: listed only where it stopped an option that was otherwise open. when-true: listed whenever true. */
  readonly show: 'when-blocking' | 'when-true'
  readonly notAdvised?: NotAdvisedText
  readonly say: string
}

export interface TestDefinition {
  readonly id: string
  readonly title: string
  readonly settles: readonly string[]
  readonly urgency: Urgency
  readonly before?: string
  readonly say: string
}

export interface TestRule extends Entry {
  readonly test: string
  /** While it is true the test is not planned to settle an option: what it would find cannot be there yet. A rule that asks for the test still does. */
  readonly defers?: true
  readonly when: Criterion
  readonly urgency: Urgency
  readonly before?: string
  readonly say: string
}

/** Drugs that an alert forbids to go on with while it stands, where they run; `when` narrows it further. */
export interface AlertHold {
  readonly drugs?: readonly string[]
  readonly classes?: readonly string[]
  readonly when?: Criterion
}

export interface AlertRule extends Entry {
  readonly alert: string
  readonly urgency: Urgency
  readonly title: string
  readonly when: Criterion
  /** Suspected, not yet shown: asks for the deciding test instead of staying silent. */
  readonly suspect?: {
    readonly when: Criterion
    readonly title: string
    readonly actions: readonly string[]
    readonly test?: string
    readonly holds?: AlertHold
    readonly avoid?: readonly string[]
  }
  readonly actions: readonly string[]
  /** Facts whose value and age are told first: nobody should act on a finding without seeing how old it is. */
  readonly tells?: readonly string[]
  /** What runs now and is held while the alert stands; a suspicion names its own. */
  readonly holds?: AlertHold
  /** Interaction classes of medicines that are not to be given while the alert stands, and are asked for where they are taken; a suspicion names its own. */
  readonly avoid?: readonly string[]
  /** Systemic options wait until this is handled. */
  readonly defersSystemic?: true
  readonly exceptOptions?: readonly string[]
}

export interface SupportRule extends Entry {
  readonly service: string
  readonly title: string
  readonly when: Criterion
  readonly actions: readonly ConditionalText[]
  readonly dueInDays?: number
}

export interface InteractionRule extends Entry {
  readonly title: string
  readonly between: readonly string[]
  readonly applies: Target
  readonly when: Criterion
  /** Earliest safe date: this many days after the date fact. */
  readonly window?: { readonly daysAfter: number; readonly of: string; readonly text: string }
  readonly say: string
}

export interface OutlookPopulation extends Entry {
  readonly population: string
  readonly when: Criterion
  readonly endpoint: string
  readonly medianMonths: number
  readonly alive: readonly { readonly years: number; readonly percent: number }[]
  readonly immunotherapyTail?: true
  readonly priority: number
  readonly limits: readonly string[]
}

/** How worst, typical and best case follow from a median: multiples of it. */
export interface OutlookMethod extends Entry {
  readonly worst10: number
  readonly typical: readonly [number, number]
  readonly best10: number
  readonly says: string
}

export interface RankingPolicy {
  readonly order: readonly (
    | 'standing'
    | 'first-step'
    | 'local-place'
    | 'strength'
    | 'evidence-kind'
    | 'brain-activity'
    | 'fitness'
    | 'preferences'
    | 'priority'
    | 'variant'
    | 'id'
  )[]
  readonly strength: readonly string[]
  readonly evidenceKind: readonly string[]
  readonly preferences: readonly {
    readonly preference: string
    readonly favours: Target
    readonly disfavours: Target
    readonly say: string
  }[]
}

/** The choices of the site that a dose rests on (`knowledge/policy/dosing.yaml`), each with its source. */
/** Antiemetics of a class of regimens: by its emetic risk, or by one drug from a protocol dose on. All conditions of the row must hold. */
export interface AntiemeticRow {
  readonly risk?: 'high' | 'moderate' | 'low' | 'minimal'
  /** In the unit that the protocol uses for the drug. */
  readonly drug?: string
  readonly unit?: RegimenComponent['unit']
  readonly atLeast?: number
  /** Only where something is given by this route. */
  readonly route?: string
  readonly say: string
  readonly because: string
}

export interface DosingPolicy {
  /** GFR that enters the Calvert formula is cut off here, mL/min. */
  readonly calvertGfrCapMlPerMin: number
  /** Cockcroft-Gault for Calvert uses the adjusted weight from this body mass index on, kg/m². */
  readonly adjustedWeightFromBmi: number
  /** Creatinine below this is raised to it before Cockcroft-Gault, µmol/L; absent: no floor. */
  readonly creatinineFloorUmolPerL?: number
  /** A delivered dose may differ from the calculated one by at most this share of it, percent. */
  readonly roundingLimitPercent: { readonly cytotoxic: number; readonly biologic: number }
  /** Doses are rounded to a multiple of this many mg, by drug; `other` for the rest. */
  readonly roundingStepMg: { readonly [drug: string]: number }
  /** Drugs of these classes, and of none of `cytotoxicClasses`, take the rounding limit of biologics. */
  readonly biologicClasses: readonly string[]
  readonly cytotoxicClasses: readonly string[]
  /** A single dose above this is printed with the words to verify it. */
  readonly verifyAbove: readonly { readonly drug: string; readonly route: string; readonly mg: number; readonly say: string }[]
  /** What is given against vomiting with a regimen, the first row that fits; absent: nothing is said. */
  readonly antiemetics?: readonly AntiemeticRow[]
  readonly antiemeticCites?: readonly Citation[]
  /** A target AUC above this is dosed by a measured clearance. */
  readonly measuredClearanceAboveAuc?: number
  /** The knowledge and its formulas are for people of this age and over, years. */
  readonly adultFromYears?: number
  readonly cites: readonly Citation[]
}

/**
 * A rule of `knowledge/dosing/`: what a fact does to the dose of a drug. The first rule whose `when` is true applies; one that is unknown
 * before it names its facts as missing. A rule that is unconfirmed, or has none of `factor`, `dose` and `omit`, is said in words beside the number.
 */
export interface DoseAdjustment {
  readonly id: string
  readonly drug: string
  /** Only where the drug is given by this route. */
  readonly route?: string
  readonly when: Criterion
  /** At most one: share of the protocol dose, another dose in the protocol's unit, or no dose at all. */
  readonly factor?: number
  readonly dose?: number
  readonly omit?: true
  /** With `dose`: how often it is then given, where that changes (`daily` instead of `twice-daily`). */
  readonly days?: string
  /** With `dose`, for a stepped dose: each step as it then is; the last equals `dose`. */
  readonly stepDoses?: readonly number[]
  /** `say`: an unknown does not withhold the number but is said beside it; for limits that few patients meet and a test before the first dose settles. */
  readonly whenUnknown?: 'say'
  /** `start-of-cycle`: a limit to meet before a cycle, listed with the regimen instead of the dose. */
  readonly topic?: 'start-of-cycle'
  readonly say: string
  readonly cites: readonly Citation[]
  readonly review: Review
}

export interface KnowledgeBase {
  readonly version: string
  readonly digest: string
  readonly facts: readonly FactDefinition[]
  readonly sources: { readonly [id: string]: Source }
  readonly criteria: readonly NamedCriterion[]
  readonly drugs: readonly Drug[]
  readonly regimens: readonly Regimen[]
  readonly options: readonly OptionRule[]
  readonly safety: readonly SafetyRule[]
  readonly tests: readonly TestDefinition[]
  readonly testRules: readonly TestRule[]
  readonly alerts: readonly AlertRule[]
  readonly support: readonly SupportRule[]
  readonly interactions: readonly InteractionRule[]
  readonly outlook: readonly OutlookPopulation[]
  /** Null in a base without it: then no outlook is given. */
  readonly outlookMethod: OutlookMethod | null
  readonly trials: readonly TrialRule[]
  readonly ranking: RankingPolicy
  /** Absent: no dose is computed. */
  readonly dosingPolicy?: DosingPolicy
  readonly dosing: readonly DoseAdjustment[]
  /** Plain words for the page of the patient; absent in a base made before they were. */
  readonly patient?: readonly PatientText[]
  /** Scores, grades and response criteria; absent in a base made before they were. */
  readonly scores?: readonly ScoreRule[]
  /** Quality measures; absent in a base made before they were. */
  readonly quality?: readonly QualityMeasure[]
  /** Code maps, units, variant classes, phrase lists: read by `fhir` only, typed there. */
  readonly terminology: { readonly [file: string]: unknown }
}
