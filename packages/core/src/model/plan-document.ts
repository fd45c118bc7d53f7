import type { Fact } from '../facts/index.ts'
import type { Approach, Availability, Standing, Urgency } from '../knowledge/index.ts'
import type { Issue } from '../result/index.ts'
import type { Truth } from '../truth/index.ts'

/** Why a verdict is what it is: one node per criterion that mattered. `cites` are source ids. */
export interface Explanation {
  readonly claim: string
  readonly truth: Truth
  readonly facts: readonly string[]
  readonly children?: readonly Explanation[]
  readonly cites?: readonly string[]
}

export interface Evidence {
  readonly source: string
  readonly at: string
  readonly says: string
  readonly url?: string
  readonly review?: 'unconfirmed'
}

export interface Need {
  readonly fact: string
  readonly test?: string
  /** The question, where the fact itself is no yes or no: "ECOG at most 1". */
  readonly asks?: string
  readonly ifTrue: string
  readonly ifFalse: string
}

/** One dose of the start, before the lasting dose of its component. `doseMg` is the patient's own; absent where it cannot be told. */
export interface PlannedStep {
  readonly cycle?: number
  readonly day: number
  /** Only where the frequency differs from that of the component. */
  readonly days?: string
  readonly protocolDose: number | null
  readonly doseMg?: number
}

export interface PlannedComponent {
  readonly drug: string
  readonly protocolDose: number | null
  readonly unit: string
  readonly route: string
  readonly days: readonly number[] | string
  /** What is given first: these doses, and not `doseMg`, until they are over. */
  readonly steps?: readonly PlannedStep[]
  readonly doseMg?: number
  readonly derivation?: readonly string[]
  readonly missing?: readonly string[]
  readonly note?: string
  readonly review?: 'unconfirmed'
}

export interface PlannedRegimen {
  readonly id: string
  readonly title: string
  readonly cycleDays?: number
  readonly cycles?: number
  readonly components: readonly PlannedComponent[]
  readonly maintenance?: { readonly title: string; readonly cycleDays?: number; readonly components: readonly PlannedComponent[] }
  /** What must be met before a cycle, beyond the safety checks of the option. */
  readonly startLimits?: readonly string[]
  readonly review?: 'unconfirmed'
}

/** One radiation schedule. Doses in Gy; `bed10` and `eqd2` for the tumour (alpha/beta 10), `late` for the tissue that limits it. Linear-quadratic estimates, not for trading one stereotactic schedule against another. */
export interface PlannedFractionation {
  readonly totalGy: number
  readonly fractions: number
  readonly gyPerFraction: number
  readonly bed10: number
  readonly eqd2: number
  readonly late?: { readonly alphaBeta: number; readonly eqd2: number }
  readonly note?: string
  readonly review?: 'unconfirmed'
}

export interface Option {
  readonly id: string
  readonly title: string
  readonly approaches: readonly Approach[]
  readonly variantOf?: string
  readonly standing: Standing
  readonly standingBecause: string
  readonly rank: number
  readonly rankedBy?: string
  readonly drugs: readonly string[]
  readonly technique?: string
  readonly site?: string
  readonly procedure?: string
  readonly also?: readonly { readonly technique?: string; readonly procedure?: string; readonly site: string }[]
  readonly fractionations?: readonly PlannedFractionation[]
  /** By jurisdiction, and at the site where it has loaded an overlay. */
  readonly availability?: Availability & { readonly site?: SiteAvailability }
  readonly regimen?: PlannedRegimen
  readonly concurrent: readonly { readonly say: string; readonly because: string }[]
  /** What to watch; with `before`, what must be settled by then. */
  readonly cautions: readonly {
    readonly say: string
    readonly facts: readonly string[]
    readonly rule?: string
    readonly before?: string
  }[]
  readonly because: Explanation
  readonly needs: readonly Need[]
  readonly against: string
  readonly evidence: readonly Evidence[]
  readonly review?: 'unconfirmed'
  readonly burden?: Burden
  /** Where the option is a clinical trial: its registry record, dated. */
  readonly trial?: TrialRecord
  /** `set`: the change as `--set` takes it, with its unit. */
  readonly wouldChange: readonly {
    readonly facts: { readonly [factId: string]: unknown }
    readonly to: Standing | 'not-offered'
    readonly set?: readonly string[]
  }[]
}

/** What a site says of an option: the least available of its parts. Never hides the option. */
export interface SiteAvailability {
  readonly status: 'available' | 'restricted' | 'not-listed' | 'unavailable'
  /** Where it can be had instead. */
  readonly where?: string
  readonly note?: string
}

/** A clinical trial as registered on `asOf`. `check` is what no fact expresses: for a person, before enrolment. */
export interface TrialRecord {
  readonly nct: string
  readonly phase: string
  readonly status: string
  readonly asOf: string
  readonly arms: readonly string[]
  readonly regions: readonly string[]
  readonly criteria: readonly { readonly id: string; readonly kind: 'inclusion' | 'exclusion'; readonly say: string; readonly met: Truth }[]
  readonly check: readonly string[]
}

/** What a regimen asks of the patient in a month of its lasting schedule; the start, where it asks for more, stands apart. */
export interface Burden {
  readonly routes: readonly string[]
  readonly visitsPerMonth: number
  readonly contactDaysPerMonth: number
  /** Absent where the length of an infusion is not known. */
  readonly infusionHoursPerMonth?: number
  /** The first cycle where it has other visits than the later ones. */
  readonly start?: { readonly days: number; readonly visits: number }
}

export interface NotAdvised {
  readonly treatment: string
  readonly drugs?: readonly string[]
  readonly class?: string
  readonly match?: 'exact' | 'contains'
  readonly technique?: string
  readonly site?: string
  readonly procedure?: string
  readonly reason: string
  readonly rule: string
  /** Further rules that say the same of the same treatment: their reasons stand in `because`, their sources in `evidence`. */
  readonly alsoRules?: readonly string[]
  readonly because: Explanation
  readonly evidence: readonly Evidence[]
  readonly review?: 'unconfirmed'
}

export interface Alert {
  readonly id: string
  readonly urgency: Urgency
  readonly title: string
  readonly suspected?: true
  readonly actions: readonly string[]
  /** Interaction classes of medicines that are not to be given while it stands; those that are taken are named among the actions. */
  readonly avoid?: readonly string[]
  readonly because: Explanation
  readonly evidence: readonly Evidence[]
}

export interface PlannedTest {
  readonly id: string
  readonly title: string
  readonly urgency: Urgency
  readonly settles: readonly string[]
  readonly before?: string
  readonly because: Explanation
  readonly facts: readonly string[]
}

export interface Support {
  readonly service: string
  readonly title: string
  readonly actions: readonly string[]
  readonly dueBy?: string
  readonly because: Explanation
  readonly evidence: readonly Evidence[]
  readonly review?: 'unconfirmed'
}

export interface Interaction {
  readonly id: string
  readonly between: readonly string[]
  readonly title: string
  readonly window?: { readonly text: string; readonly earliest?: string }
  readonly because: Explanation
  readonly evidence: readonly Evidence[]
  readonly review?: 'unconfirmed'
}

export interface Outlook {
  readonly population: string
  readonly source: string
  readonly fit: readonly string[]
  readonly endpoint: string
  readonly median: number
  readonly worst10: number
  readonly typical: readonly [number, number]
  readonly best10: number | null
  readonly alive: readonly { readonly years: number; readonly percent: number }[]
  readonly method: string
  readonly limits: readonly string[]
}

/** The one public result. Its JSON Schema: docs/plan-document.schema.json. */
export interface PlanDocument {
  readonly schema: 'secondwind/plan/1'
  readonly patient: string
  readonly asOf: string
  readonly knowledge: { readonly version: string; readonly digest: string }
  readonly inputs: { readonly chartDigest: string; readonly knownAt?: string; readonly software: string; readonly overlayDigest?: string }
  readonly status: 'proposed' | 'refused'
  readonly problems: readonly Issue[]
  readonly case: { readonly facts: { readonly [factId: string]: Fact }; readonly story: string }
  readonly alerts: readonly Alert[]
  readonly options: readonly Option[]
  readonly notAdvised: readonly NotAdvised[]
  readonly tests: readonly PlannedTest[]
  readonly support: readonly Support[]
  readonly interactions: readonly Interaction[]
  readonly outlook: Outlook | null
  /** Where a site's overlay was laid over the plan: its name and what it says of the whole. */
  readonly site?: { readonly name: string; readonly jurisdiction?: string; readonly notes: readonly string[] }
  readonly intendedUse: string
}
