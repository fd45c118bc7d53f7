import type { Fact, FactSource, FactValue, Issue } from '@secondwind/core'

/** Where a fact stands, as a person names it. */
export interface NamedSource {
  readonly reference: string
  readonly path?: string
  /** What the entry is called in the chart: "ECOG performance status". */
  readonly title?: string
  /** ISO day. */
  readonly on?: string
  /** Who said so, where the entry names somebody. */
  readonly by?: string
}

/** One of the values that contradict each other. */
export interface SaidValue {
  readonly fact: Fact
  readonly source: NamedSource
}

/** One fact of the one-pager. Label, unit and values stand in the registry (`GET /knowledge/facts`). */
export interface CaseFact {
  readonly id: string
  readonly fact: Fact
  readonly sources: readonly NamedSource[]
  /** Where the chart contradicts itself: what each entry says alone. */
  readonly said?: readonly SaidValue[]
  /** Why it cannot be entered by hand; absent: it can. */
  readonly fixed?: string
}

/** A part of the one-pager: its facts in the order in which they are read. */
export interface CaseSection {
  readonly id: 'tumour' | 'sites' | 'biomarkers' | 'fitness' | 'organs' | 'illnesses' | 'medicines' | 'wishes'
  readonly facts: readonly CaseFact[]
  /** How many of them, from the first, are always asked for; what follows was found besides. */
  readonly main: number
}

export interface CaseLine {
  readonly number?: number
  readonly intent?: string
  readonly drugs: readonly string[]
  readonly start?: string
  readonly end?: string
  readonly isRunning: boolean
  readonly cycles?: number
  readonly bestResponse?: string
  readonly stopReason?: string
}

/** A result that is on its way. */
export interface PendingResult {
  readonly title: string
  /** Ids of the facts that wait for it. */
  readonly facts: readonly string[]
  readonly orderedOn?: string
  readonly dueOn?: string
  readonly sources: readonly NamedSource[]
}

/** Something that is not known and that would matter. */
export interface OpenQuestion {
  /** Id of the test that would settle it, as the plan names it; absent: somebody has to be asked. */
  readonly test?: string
  readonly title: string
  readonly urgency?: string
  /** By when, in the words of the plan. */
  readonly before?: string
  /** How many options it could settle. */
  readonly settles: number
  readonly facts: readonly string[]
}

export interface CasePerson {
  readonly name?: string
  readonly birthDate?: string
  readonly sex?: string
  readonly recordNumber?: string
  readonly deceasedOn?: string
  readonly isDeceased?: true
  /** ISO code or words. */
  readonly language?: string
  readonly carers: readonly { readonly name?: string; readonly relation?: string; readonly phone?: string }[]
}

/** What is different from the day of the last decision. */
export interface SinceDecision {
  readonly number: number
  readonly at: string
  readonly by: string
  readonly chosen: string | null
  readonly chosenTitle?: string
  readonly reason: string
  /** Facts that came out differently; `before` or `after` unknown is a difference too. */
  readonly facts: readonly { readonly id: string; readonly before: Fact; readonly after: Fact }[]
  /** Differences of the plan in words. */
  readonly plan: readonly { readonly kind: string; readonly subject: string; readonly before?: string; readonly after?: string }[]
  /** The plan cannot be made again as it was known then. */
  readonly unclear?: string
}

/** One entry by hand, as it was recorded. */
export interface HandEntry {
  /** Id of its Provenance. */
  readonly id: string
  readonly fact: string
  readonly at: string
  readonly by: string
  readonly why?: string
  readonly isUndone: boolean
}

/** `GET /charts/:patient/case` */
export interface CaseView {
  readonly patient: string
  readonly asOf: string
  /** Of the chart; what is written must name it (`If-Match: W/"…"`). */
  readonly revision: number
  readonly person: CasePerson
  readonly plan: {
    readonly version: string
    readonly digest: string
    readonly knowledgeDigest: string
    readonly status: 'proposed' | 'refused'
    readonly firstOption?: string
    readonly firstStanding?: string
    /** Ids of the alerts that must be handled before it may begin. */
    readonly firstWaitsFor?: readonly string[]
  }
  readonly story: string
  /** The header: weight, height, BSA, ECOG, code status, allergies. */
  readonly header: readonly CaseFact[]
  readonly sections: readonly CaseSection[]
  readonly lines: readonly CaseLine[]
  readonly alerts: readonly {
    readonly id: string
    readonly urgency: 'emergency' | 'urgent' | 'soon'
    readonly title: string
    readonly suspected?: true
    /** What set it off, with its value and day. */
    readonly facts: readonly CaseFact[]
  }[]
  readonly pending: readonly PendingResult[]
  readonly problems: readonly Issue[]
  /** Of the last 14 days, newest first. */
  readonly symptoms: readonly CaseFact[]
  /** In the patient's own words. */
  readonly goals: readonly { readonly words: string; readonly on?: string; readonly reference: string }[]
  readonly open: readonly OpenQuestion[]
  readonly since?: SinceDecision
  readonly entries: readonly HandEntry[]
}

/** `POST /charts/:patient/facts`, with `If-Match: W/"<revision of the chart>"` */
export interface FactEntry {
  readonly fact: string
  /** As `--set` takes it: `1`, `88 umol/L`, `yes`, `oral-only,few-visits`. */
  readonly value: string
  /** ISO day on which it was so; default today. */
  readonly on?: string
  /** `newer`: the chart was right before and it has changed. `wrong`: what the chart says was never so, and is marked as entered in error. */
  readonly because: 'newer' | 'wrong'
  /** Needed where the entry speaks against what the chart itself says. */
  readonly why?: string
}

export interface FactEntered {
  readonly entry: string
  readonly revision: number
  readonly fact: Fact
  /** Further facts that came out differently by it. */
  readonly also: readonly { readonly id: string; readonly before: Fact; readonly after: Fact }[]
  /** What was written: new resources and new versions. */
  readonly written: readonly string[]
}

/** What a dropped file would do to one resource. */
export type Fate =
  /** Not here yet. */
  | 'new'
  /** Here already, word for word. */
  | 'same'
  /** Here already, as an older version of what stands now: left alone. */
  | 'older'
  /** Here with other content: the file becomes the newer version. */
  | 'changed'
  /** What stands here was marked as entered in error: left alone. */
  | 'withdrawn'
  /** A directory entry that you may not register: the chart names it, and it is left out. */
  | 'left-out'

export interface ReadResource {
  readonly reference: string
  readonly storedAs: string
  readonly title?: string
  readonly fate: Fate
}

export interface ReadPatient {
  /** As the file names the patient. */
  readonly reference: string
  /** Under which id it will stand here. */
  readonly storedAs: string
  readonly name?: string
  readonly birthDate?: string
  readonly sex?: string
  readonly recordNumber?: string
  readonly isHere: boolean
  /** Another person stands here under the same id: stored under a new one. */
  readonly isRenamed?: true
  /** Somebody here has the same record number under another id: two charts of one person, perhaps. */
  readonly sameNumberAs?: string
  /** Whether you may write it here; else why not. */
  readonly refusal?: string
  readonly story: string
  readonly understood: readonly CaseFact[]
  /** What contradicts itself, cannot be or is missing; worst first. */
  readonly problems: readonly Issue[]
  /** What no reader understood. */
  readonly unread: readonly Issue[]
  readonly counts: { readonly [fate in Fate]: number }
  /** The first of them; `new` ones are counted only. */
  readonly resources: readonly ReadResource[]
  readonly plan: {
    readonly status: 'proposed' | 'refused'
    readonly alerts: readonly { readonly id: string; readonly urgency: 'emergency' | 'urgent' | 'soon'; readonly title: string }[]
    readonly options: readonly { readonly id: string; readonly title: string; readonly standing: string }[]
    readonly tests: readonly { readonly id: string; readonly title: string }[]
  }
}

/** `POST /charts/reading`: nothing is stored. */
export interface ReadingReport {
  /** SHA-256 of what was read; storing must name it. */
  readonly digest: string
  readonly patients: readonly ReadPatient[]
  /** Patients beyond those shown. */
  readonly more: number
}

/** `POST /charts`: the same body; all of it is kept, or nothing. */
export interface Brought {
  readonly patients: readonly string[]
  readonly created: number
  readonly updated: number
  readonly unchanged: number
}

/** `GET /charts/sources` */
export interface ChartSources {
  /** FHIR servers from which charts may be pulled. */
  readonly servers: readonly string[]
  /** Those of them at which one can sign in from here (SMART), with what people call them. */
  readonly signIn: readonly { readonly server: string; readonly name?: string }[]
}

/** `POST /charts/pull`: gives the chart as NDJSON, to be read like a dropped file. The token is used once and kept nowhere. */
export interface PullRequest {
  readonly server: string
  readonly patient: string
  readonly token?: string
  /** Instead of a token: the sign-in that is held here (`SignedInThere`). It is forgotten when the chart has come. */
  readonly held?: string
}

/** `POST /charts/pull/sign-in`: where the browser goes to sign in. What it has to bring back stands in a cookie that it cannot read. */
export interface SignInBegun {
  readonly authorize: string
}

/** `POST /charts/pull/signed-in`, after the way to the other server and back: the chart of the patient who was chosen there, or a sign-in that waits for a patient. */
export type SignedInThere =
  | { readonly server: string; readonly patient: string; readonly chart: string }
  | { readonly server: string; readonly held: string }

/** `POST /charts/pull/patients`: patients of the other server. */
export interface FoundThere {
  readonly id: string
  readonly name?: string
  readonly birthDate?: string
  readonly sex?: string
  readonly recordNumber?: string
}

export type { FactSource, FactValue }
