import type { StoredVersion } from '../types.ts'
import type { SearchParameter } from './definitions.ts'

/** A search that was understood: what it asks, with every parameter looked up. Made by `parse.ts` from a query. */
export interface SearchRequest {
  /** The types asked for; more than one only in a search over all types. */
  readonly types: readonly string[]
  /** All must hold. */
  readonly filters: readonly Filter[]
  readonly sort: readonly SortRule[]
  /** Matches a page; 0: only how many there are. */
  readonly count: number
  /** From the page before. */
  readonly cursor?: string
  readonly include: readonly IncludeRule[]
  readonly revInclude: readonly IncludeRule[]
  /** Whether the number of all matches is wanted even when it must be counted. */
  readonly isTotalWanted: boolean
  /** Who may turn the pages of a kept answer. */
  readonly who: string
  /** Only what stands in each of these scopes (and what belongs to no patient, where `andShared`). Set by access, never by the query. */
  readonly within?: readonly ChartScope[]
  /** What is set apart from the reader by its labels. Set by access as well. */
  readonly apart?: SetApart
  /** What chains and `_has` may look through, by type; a type that is not named is looked through as a whole. */
  readonly through?: ReadonlyMap<string, { readonly within?: ChartScope; readonly apart?: SetApart }>
}

/** Resources with one of these security labels, but for those that `who` wrote and those in `charts`. */
export interface SetApart {
  readonly labels: readonly { readonly system: string; readonly code: string }[]
  readonly who: string
  readonly charts: readonly string[]
}

export interface ChartScope {
  readonly charts: readonly string[]
  /** Every chart of a patient who is registered at this site as well: not as a list, since a site may have a hundred thousand. */
  readonly site?: string
  /** And those of living patients registered at a site whose plan asks for one of these services; not those whose record is set apart. */
  readonly offered?: { readonly site: string; readonly services: readonly string[] }
  /**
   * Resources of no single patient as well: organizations, medications, value sets, …. Types that name patients (Group, List, Appointment of
   * several, Provenance of several) stand there, too: whoever must not see them is refused by type.
   */
  readonly andShared: boolean
}

export type Filter =
  | {
      readonly kind: 'parameter'
      readonly parameter: SearchParameter
      readonly modifier: Modifier | undefined
      readonly values: readonly string[]
    }
  | { readonly kind: 'id'; readonly ids: readonly string[] }
  | { readonly kind: 'last-updated'; readonly values: readonly string[] }
  | { readonly kind: 'chain'; readonly reference: SearchParameter; readonly target: string; readonly filter: Filter }
  | { readonly kind: 'has'; readonly type: string; readonly reference: SearchParameter; readonly filter: Filter }
  /** Codes of a value set that was looked up. */
  | { readonly kind: 'in'; readonly parameter: SearchParameter; readonly url: string; readonly isNot: boolean }
  /** At least one of these: the alternatives of one chain over several target types. */
  | { readonly kind: 'any'; readonly filters: readonly Filter[] }
  /** Every one of these. */
  | { readonly kind: 'all'; readonly filters: readonly Filter[] }
  /** What stands in a patient's compartment. */
  | { readonly kind: 'compartment'; readonly patient: string }
  /** Care that happened between two instants, and what has no date of care. */
  | { readonly kind: 'care-dates'; readonly first: string; readonly last: string }

/** A type's name restricts a reference: `subject:Patient=1`. */
export type Modifier = 'not' | 'missing' | 'exact' | 'contains' | 'below' | 'identifier' | { readonly type: string }

export interface SortRule {
  readonly by: SearchParameter | '_id' | '_lastUpdated'
  readonly isDescending: boolean
}

export interface IncludeRule {
  readonly source: string
  readonly parameter: SearchParameter
  readonly target: string | undefined
  /** Applied to what was included as well. */
  readonly isIterated: boolean
}

export interface FoundPage {
  readonly matches: readonly StoredVersion[]
  readonly included: readonly StoredVersion[]
  /** How many match in all; absent when that was not counted. */
  readonly total?: number
  /** Gives the next page; absent on the last. */
  readonly next?: string
}
