import type { Compilation } from '../../compile.ts'

/** One change of an entry, as the repository recorded it. */
export interface EntryChange {
  /** ISO day. */
  readonly on: string
  /** Place in the order of the repository: changes of one day follow each other by it. */
  readonly order: number
  readonly subject: string
  readonly kind: 'added' | 'changed'
  /** Top-level fields that differ. */
  readonly fields: readonly string[]
}

/** What became of an entry, oldest first. */
export interface EntryHistory {
  readonly changes: readonly EntryChange[]
  /** Day since which it has been unconfirmed without a break. */
  readonly unconfirmedSince?: string
}

/** An example patient with the plan that the planner makes. Only what the pages show. */
export interface ExamplePatient {
  readonly id: string
  readonly story: string
  readonly status: 'proposed' | 'refused'
  readonly why?: string
  readonly alerts: readonly { readonly id: string; readonly urgency: string; readonly title: string }[]
  readonly options: readonly {
    /** As in the plan document: the rule, or `rule:regimen`. */
    readonly id: string
    readonly rank: number
    readonly standing: string
    readonly title: string
    readonly because: string
  }[]
  readonly notAdvised: readonly { readonly treatment: string; readonly reason: string; readonly claim: string }[]
  readonly tests: readonly { readonly id: string; readonly title: string; readonly urgency: string }[]
}

/** A rule aimed at an option; `regimens` where it concerns only some of the option's regimens. */
export interface Aim {
  readonly rule: string
  readonly regimens?: readonly string[]
}

/** Everything the site is made of. The compiler cannot plan; what only a planner knows is handed in. */
export interface SiteInput {
  readonly compilation: Compilation
  /** The day of the site: ages and reviews that are due count from it. */
  readonly asOf: string
  /** Option → the safety and interaction rules aimed at it, as the planner matches them. */
  readonly aimed: ReadonlyMap<string, { readonly safety: readonly Aim[]; readonly interactions: readonly Aim[] }>
  readonly patients: readonly ExamplePatient[]
  /** `kind/id` → history; undefined where the knowledge is not kept in a repository. */
  readonly history?: ReadonlyMap<string, EntryHistory>
}
