/** What the routes of "my patients" answer and take. Types only: the browser imports them. */

/** Something that a patient needs of somebody today. */
export type WorkspaceNeed =
  | 'emergency'
  | 'urgent'
  | 'put-right'
  | 'changed'
  | 'decision-due'
  | 'test-decides'
  | 'interaction'
  | 'dose-question'
  | 'local-option'
  | 'surgery-option'
  | 'referral'
  | 'order-overdue'
  | 'order-waiting'
  | 'appointment-missed'

export type WorkspaceSort = 'pressing' | 'name' | 'waiting' | 'changed'

/** How long an open order has been waiting; `late`: by its own day, or by what nine of ten of its kind took in this network. */
export interface WorkspaceOrder {
  readonly id: string
  readonly title: string
  readonly authoredOn?: string
  /** Whole days since it was authored; absent where nobody recorded when. */
  readonly waitingDays?: number
  /** By when it should be back; absent: nothing is known of how long it takes. */
  readonly expectedOn?: string
  /** Where that day comes from. */
  readonly expectedFrom?: 'order' | 'network'
  /** Of `network`: nine of ten came back within so many days, of so many orders. */
  readonly usual?: { readonly ninetiethDays: number; readonly medianDays: number; readonly orders: number }
  readonly isLate: boolean
}

export interface WorkspaceChange {
  /** The newest open change; handling it handles the older ones of this patient too. */
  readonly seq: number
  readonly at: string
  readonly cause: 'first' | 'data' | 'release' | 'calendar'
  /** 1 is the most pressing. */
  readonly priority: number
  /** Open changes of this patient. */
  readonly open: number
  readonly changes: readonly { readonly kind: string; readonly subject: string; readonly before?: string; readonly after?: string }[]
}

export interface WorkspacePatient {
  /** `Patient/…` */
  readonly patient: string
  readonly site: string
  /** Absent: this role may not see who it is, or the record is set apart. */
  readonly person?: { readonly name?: string; readonly birthYear?: number; readonly recordNumber?: string }
  readonly isClosed: boolean
  /** Most pressing first, as this role sees it. */
  readonly needs: readonly WorkspaceNeed[]
  readonly orders: readonly WorkspaceOrder[]
  readonly missedAppointmentOn?: string
  readonly nextAppointmentOn?: string
  /** Absent for roles that see no clinical word. */
  readonly clinical?: WorkspaceClinical
}

export interface WorkspaceClinical {
  readonly status: 'proposed' | 'refused' | 'unplanned'
  /** Code of the problem that keeps it from being planned. */
  readonly reason?: string
  /** In English, from the knowledge base. */
  readonly story: string
  readonly stage?: string
  /** Clinical day of the plan. */
  readonly asOf?: string
  /** The chart has changed since this was worked out: what stands here is of before. */
  readonly isBehind?: true
  readonly knowledge?: string
  readonly first?: {
    readonly id: string
    readonly title: string
    readonly standing: string
    /** Ids of the alerts that must be handled before it may begin. */
    readonly waitsFor?: readonly string[]
  }
  readonly alerts: readonly { readonly id: string; readonly urgency: string; readonly title: string; readonly suspected?: true }[]
  /** Tests that the plan wants before treatment, and those whose result could change what stands first (`decides`); the most urgent first. */
  readonly tests: readonly {
    readonly id: string
    readonly title: string
    readonly urgency: string
    readonly before?: string
    readonly decides?: true
  }[]
  readonly services: readonly string[]
  readonly localSites: readonly string[]
  readonly decidedAt?: string
  readonly change?: WorkspaceChange
}

export interface WorkspaceFacet {
  readonly id: string
  readonly label: string
  readonly count: number
}

export interface WorkspacePage {
  readonly items: readonly WorkspacePatient[]
  /** Give it back to read on; absent on the last page. */
  readonly next?: string
  /** On the first page only. */
  readonly summary?: {
    /** Patients whom the question finds. */
    readonly total: number
    /** Patients whom this person reaches at all, the dead among them. */
    readonly reached: number
    /** Charts in reach that are still being worked out: in no list and no count yet. */
    readonly awaited: number
    /** What this role's patients need, most pressing first: with the search, without the need that is asked for. */
    readonly needs: readonly { readonly need: WorkspaceNeed; readonly count: number }[]
    readonly sites: readonly WorkspaceFacet[]
    readonly stages: readonly WorkspaceFacet[]
    readonly markers: readonly WorkspaceFacet[]
    readonly closed: number
    readonly sees: { readonly identity: boolean; readonly clinical: boolean; readonly mayHandle: boolean }
    /** Why a change may be handled as it is, by answer; absent for those who handle none. */
    readonly reasons?: { readonly [as in WorkspaceAnswer]: readonly string[] }
    /** The newest change of any plan: events after it are news. */
    readonly changesUpTo: number
    readonly today: string
  }
}

/** Answer of `GET /demo/progress`, on a server that is filled with invented patients; empty once all are there. */
export interface DemoProgress {
  readonly loading?: { readonly ready: number; readonly of: number }
}

export type WorkspaceAnswer = 'approved' | 'snoozed' | 'dismissed' | 'to-board'

/** Body of `POST /workspace/patients/:patient/changes`. */
export interface WorkspaceHandle {
  /** Every open change up to this one: what the person saw. */
  readonly upTo: number
  readonly as: WorkspaceAnswer
  /** One of the `reasons` for that answer. */
  readonly code: string
  readonly note?: string
  /** Of `snoozed`: the day on which it comes back. */
  readonly until?: string
}

/** Its answer, and the body of `POST /workspace/patients/:patient/changes/undo`. */
export interface WorkspaceHandled {
  readonly seqs: readonly number[]
}
