/** What the routes of the tumour board answer and take. Types only: the browser imports them. */

export type BoardUrgency = 'urgent' | 'soon' | 'routine'
export type Specialty = 'pathology' | 'radiology' | 'oncology' | 'radiation' | 'surgery' | 'support'

export interface BoardPerson {
  /** A FHIR reference. */
  readonly who: string
  readonly name: string
  /** Roles, and where, as far as the directory says. */
  readonly roles: readonly string[]
  readonly sites: readonly string[]
}

/** A site of the network, as its hospital is called. */
export interface BoardSite {
  readonly id: string
  readonly name: string
}

/** Answer of `GET /board/people`: who can be asked, and which sites there are. */
export interface BoardDirectory {
  readonly items: readonly BoardPerson[]
  readonly sites: readonly BoardSite[]
}

export interface BoardInterest {
  readonly who: string
  /** Id of the case; absent: the whole meeting. */
  readonly case?: string
  readonly text: string
  readonly at: string
}

export interface BoardMember {
  readonly who: string
  readonly name: string
  readonly specialty: Specialty
}

export interface BoardMeeting {
  readonly id: string
  readonly title: string
  readonly startsAt: string
  readonly minutes: number
  /** From `opensAt` to `endsAt` its members may read the charts on its agenda. */
  readonly opensAt: string
  readonly endsAt: string
  readonly site: string
  readonly sites: readonly string[]
  readonly chair: string
  readonly state: 'planned' | 'closed'
  readonly version: number
  readonly members: readonly BoardMember[]
  readonly cases: number
  readonly undecided: number
}

/** One thing that the plan of a case waits for, with who sees to it. */
export interface ReadinessItem {
  readonly id: string
  readonly kind: 'test' | 'problem' | 'plan'
  readonly title: string
  /** Of a test: what must wait for it. */
  readonly before?: string
  readonly remedy?: string
  /** The case cannot be decided soundly without it. */
  readonly isBlocking: boolean
  readonly owner?: string
  readonly ownerName?: string
  readonly dueOn?: string
}

export interface Readiness {
  /** `no-plan`: none was made yet. `withheld`: you may not read the plan. */
  readonly state: 'ready' | 'gaps' | 'blocked' | 'no-plan' | 'withheld'
  /** Clinical day of the plan that says so. */
  readonly asOf?: string
  readonly items: readonly ReadinessItem[]
}

/** One thing that the plan says against what was decided: `says` in its words, `why`, and the rule of the base that speaks. */
export interface AgainstLine {
  readonly rule: string
  readonly says: string
  readonly why: string
}

/** A decision against what the plan calls unsafe: why it was taken all the same, and what the plan said. */
export interface AgainstPlan {
  readonly reason: string
  readonly lines: readonly AgainstLine[]
}

export interface BoardDecision {
  /** In the decision journal of the patient. */
  readonly number: number
  readonly chosen: string | null
  readonly title: string
  readonly other?: string
  readonly reason: string
  readonly preference?: string
  readonly againstPlan?: AgainstPlan
  readonly dissent: readonly { readonly who: string; readonly reason: string }[]
  readonly owner?: string
  readonly dueOn?: string
  readonly recordedAt: string
  readonly recordedBy: string
  readonly planDigest: string
  readonly asOf: string
}

export interface BoardCase {
  readonly id: string
  /** null: the case stands here, and you may see nothing of it. */
  readonly patient: string | null
  readonly name?: string
  readonly birthDate?: string
  readonly site: string
  /** null: you may see that the case stands here, not what is asked. */
  readonly question: string | null
  readonly urgency: BoardUrgency
  readonly askedBy: string
  readonly askedAt: string
  readonly state: 'waiting' | 'on-agenda' | 'decided' | 'withdrawn'
  readonly meeting?: string
  readonly place?: number
  readonly minutes: number
  readonly version: number
  readonly story?: string
  readonly readiness: Readiness
  readonly decision?: BoardDecision
}

export interface BoardPresence {
  readonly who: string
  readonly name: string
  /** Id of the case that is looked at; '' the agenda. */
  readonly viewing: string
}

export interface BoardMeetingDetail extends BoardMeeting {
  readonly agenda: readonly BoardCase[]
  readonly interests: readonly BoardInterest[]
  readonly present: readonly BoardPresence[]
  /** The newest change of this meeting. */
  readonly seq: number
  /** What the caller may do here. */
  readonly may: { readonly arrange: boolean; readonly decide: boolean }
  readonly now: string
}

export interface BoardEvent {
  readonly seq: number
  readonly at: string
  readonly who: string
  readonly kind: string
  readonly case?: string
  readonly body: { readonly [key: string]: unknown }
}

export interface FollowUp {
  readonly id: string
  readonly patient: string
  readonly name?: string
  readonly site: string
  readonly decision: number
  readonly case?: string
  readonly meeting?: string
  readonly title: string
  readonly owner: string
  readonly ownerName: string
  readonly dueOn: string
  readonly isOverdue: boolean
  /** Absent: the plan said nothing against it. */
  readonly againstPlan?: AgainstPlan
  readonly decidedBy: string
  readonly decidedAt: string
  readonly version: number
  readonly closed?: {
    readonly at: string
    readonly by: string
    readonly outcome: 'done' | 'not-done' | 'superseded'
    readonly reason?: NotDoneReason
    readonly note?: string
  }
}

export type NotDoneReason =
  | 'patient-wish'
  | 'patient-declined'
  | 'new-finding'
  | 'patient-worse'
  | 'patient-died'
  | 'not-available'
  | 'done-elsewhere'
  | 'other'

export interface DecisionAsked {
  readonly planDigest: string
  readonly asOf: string
  readonly chosen: string | null
  /** Where `chosen` is null. */
  readonly other?: string
  readonly reason: string
  readonly dissent?: readonly { readonly who: string; readonly reason: string }[]
  readonly preference?: string
  /** Needed where the decision names what the plan calls unsafe; elsewhere nothing of it is kept. */
  readonly againstPlan?: { readonly reason: string }
  readonly owner: string
  readonly ownerName: string
  readonly dueOn: string
  /** The case on the queue or agenda that this decides. */
  readonly case?: string
  /** Number of the newest decision that was looked at; 0: none. Another one meanwhile is a clash. */
  readonly after: number
}

export interface DecisionMade {
  readonly decision: BoardDecision
  readonly followUp: string
}

/** A letter or page to be read, corrected and signed by a clinician. */
export interface BoardDraft {
  readonly kind: 'general-practitioner' | 'patient'
  readonly title: string
  readonly notice: string
  readonly sections: readonly { readonly title: string; readonly lines: readonly string[] }[]
  readonly signature: string
}

/** What is beside the issue in the answer to a clash: neither version is lost. */
export interface Clash<Thing> {
  readonly theirs: Thing
  readonly yours: unknown
}

export interface CareTeamMember {
  readonly who: string
  readonly name: string
  readonly role?: string
}

export interface CareTeamView {
  readonly patient: string
  readonly name?: string
  readonly birthDate?: string
  readonly site: string
  /** Id of the CareTeam that is kept here, and its version; absent: none yet. */
  readonly team?: string
  readonly version: number
  readonly members: readonly CareTeamMember[]
  /** Members by other teams of the record, which are kept where they came from. */
  readonly others: readonly CareTeamMember[]
}

export interface PatientFound {
  readonly patient: string
  readonly name?: string
  readonly birthDate?: string
  readonly site: string
}

export interface AuditFound {
  readonly items: readonly AuditItem[]
  /** Give it back as `cursor` to read on; absent on the last page. */
  readonly next?: number
}

export interface AuditItem {
  readonly seq: number
  readonly at: string
  readonly who: string
  /** Of several who were seen together: the one who was asked for. */
  readonly patient?: string
  /** How many were seen together, in one page of a list or a search. */
  readonly patients?: number
  readonly role?: string
  readonly site?: string
  readonly purpose?: string
  readonly interaction: string
  readonly route: string
  readonly what: readonly string[]
  /** How many more were in it than `what` names. */
  readonly more: number
  readonly isRefused: boolean
}
