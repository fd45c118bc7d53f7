/** What the routes of the knowledge answer and take. Types only: the browser imports them. */

export type KnowledgeKind =
  | 'options'
  | 'safety'
  | 'alerts'
  | 'interactions'
  | 'support'
  | 'tests'
  | 'testRules'
  | 'dosing'
  | 'trials'
  | 'outlook'
  | 'scores'
  | 'quality'
  | 'regimens'
  | 'criteria'
  | 'facts'
  | 'sources'

export interface KnowledgeName {
  readonly kind: KnowledgeKind
  readonly id: string
  readonly title: string
  /** Nobody has checked the whole of it against its sources. */
  readonly review?: 'unconfirmed'
}

export interface KnowledgeSource {
  readonly id: string
  readonly title: string
  readonly kind: string
  readonly year?: number
  readonly url?: string
  readonly pmid?: string
  readonly doi?: string
  readonly nct?: string
  /** ISO day on which it was last looked at. */
  readonly accessed: string
  readonly review: 'confirmed' | 'unconfirmed'
}

export interface KnowledgeCitation {
  readonly source: KnowledgeSource
  /** Place inside the source. */
  readonly at: string
  readonly says: string
  readonly review?: 'unconfirmed'
}

/** One group of lines on the page of a rule; the page has words for its name. */
export interface KnowledgePart {
  readonly name:
    | 'standing'
    | 'against'
    | 'cautions'
    | 'concurrent'
    | 'actions'
    | 'suspected'
    | 'holds'
    | 'applies'
    | 'window'
    | 'between'
    | 'settles'
    | 'trial-criteria'
    | 'check'
    | 'components'
    | 'rests-on'
    | 'limits'
    | 'values'
    | 'cited-by'
  readonly lines: readonly { readonly text: string; readonly when?: string; readonly as?: string; readonly of?: KnowledgeName }[]
}

export interface KnowledgeExample {
  readonly name: string
  /** Facts as the example gives them, in words. */
  readonly given: readonly string[]
  readonly expect: 'true' | 'false' | 'unknown'
  /** Facts without which it stays unknown. */
  readonly missing: readonly string[]
}

/** One entry of the knowledge for a reader. Its sentences are English, as they were written. */
export interface RulePage extends KnowledgeName {
  /** What it says of itself. */
  readonly says: readonly string[]
  /** The criterion in plain words. */
  readonly when?: string
  readonly parts: readonly KnowledgePart[]
  readonly cites: readonly KnowledgeCitation[]
  readonly strength?: 'strong' | 'moderate' | 'weak' | 'consensus'
  readonly evidenceKind?: string
  readonly urgency?: 'emergency' | 'urgent' | 'soon'
  readonly effect?: 'bar' | 'caution' | 'check'
  readonly effective?: string
  readonly reviewBy?: string
  /** The day of its next review has passed. */
  readonly isOverdue: boolean
  readonly examples: readonly KnowledgeExample[]
  /** Of a source: the record itself. */
  readonly source?: KnowledgeSource
  /** `file:line` in the knowledge. */
  readonly from?: string
  /** Other entries of the same id. */
  readonly also: readonly KnowledgeName[]
  readonly affected: RuleAffected | null
}

/** Plans within your sight that show the rule; null where the kind leaves no mark in a plan, or you see no plans. */
export interface RuleAffected {
  readonly plans: number
  /** Plans that were looked through. */
  readonly of: number
}

export interface KnowledgeHit extends KnowledgeName {
  /** The line in which it was found, where that is not the title. */
  readonly line?: string
}

export interface KnowledgeFound {
  readonly query: string
  readonly total: number
  readonly hits: readonly KnowledgeHit[]
}

export interface ReleaseListed {
  readonly version: string
  readonly digest?: string
  readonly isApplied: boolean
  readonly problems: readonly { readonly message: string; readonly remedy?: string }[]
}

export type RuleChangeWeight = 'substance' | 'evidence' | 'wording'

export interface ReleaseChange {
  readonly key: string
  readonly kind: string
  readonly id: string
  readonly title: string
  readonly change: 'added' | 'removed' | 'changed' | 'moved'
  readonly weight: RuleChangeWeight
  /** In plain words; `before` or `after` absent: not there. */
  readonly fields: readonly {
    readonly path: string
    readonly weight: RuleChangeWeight
    readonly before?: string
    readonly after?: string
  }[]
  readonly newlyCited: readonly string[]
  readonly noLongerCited: readonly string[]
}

export interface ReleaseChanges {
  readonly version: string
  readonly digest: string
  /** The release it is compared with; null: the first that is kept, there is nothing to compare with. */
  readonly since: { readonly version: string; readonly digest: string } | null
  readonly counts: { readonly [weight in RuleChangeWeight]: number }
  readonly changes: readonly ReleaseChange[]
  readonly next?: string
}

/** Why a change or a release was handled as it was: the reasons that cards of CDS Hooks offer, and the two that agree. */
export interface CodedReason {
  readonly code: string
  readonly display: string
}

export type Handling = 'approved' | 'snoozed' | 'dismissed' | 'to-board'

export interface Handled {
  readonly as: Handling
  /** A code of `CodedReason`; absent where somebody wrote words only. */
  readonly reason?: string
  readonly comment?: string
  /** Of a snooze: the day on which it comes back. */
  readonly until?: string
  readonly by: string
  readonly at: string
}

export interface AffectedPatient {
  readonly patient: string
  readonly site: string
  readonly story: string
  readonly seq: number
  readonly at: string
  /** 1 is the most pressing. */
  readonly priority: number
  readonly changes: readonly { readonly kind: string; readonly subject: string; readonly before?: string; readonly after?: string }[]
  readonly handled?: Handled
}

export interface AffectedPage {
  readonly version: string
  readonly digest: string
  readonly total: number
  readonly open: number
  readonly items: readonly AffectedPatient[]
  readonly next?: string
}

/** What a site says of a release as a whole, newest first. */
export interface ReleaseReviews {
  readonly version: string
  readonly digest: string
  readonly reasons: readonly CodedReason[]
  /** Longest snooze, days. */
  readonly mostSnoozeDays: number
  readonly reviews: readonly (Handled & { readonly site: string })[]
}

/** The body of a review of a release and of a change of a plan. */
export interface HandlingAsked {
  readonly as: Handling
  readonly reason: string
  readonly comment?: string
  readonly until?: string
}

/** What became of the cards of one rule. */
export interface GovernedRule {
  readonly rule: string
  readonly title?: string
  readonly shown: number
  readonly accepted: number
  readonly overridden: number
  /** Share of the answered cards that were followed; null: none was answered. */
  readonly acceptedPercent: number | null
  readonly isBelowThreshold: boolean
  readonly reasons: readonly { readonly reason: string; readonly count: number }[]
}

export interface GovernorReport {
  readonly since: string
  readonly policy: { readonly fromAnswers: number; readonly acceptedPercent: number }
  readonly rules: readonly GovernedRule[]
}
