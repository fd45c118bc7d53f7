import type { IncomingHttpHeaders } from 'node:http'
import { refusal, type ServerIssue } from '../issue.ts'
import type { ChartScope, FhirResource, Queries, SetApart, StoredVersion } from '../store/index.ts'
import type { Filter } from '../store/search/request.ts'

/** Who asks, in what role, from which site, for what purpose: known of every request before anything is done for it. */
export interface RequestContext {
  readonly requestId: string
  /** A FHIR reference: `Practitioner/…`, `Patient/…`, `RelatedPerson/…`, `Device/…` (another program). */
  readonly who: string
  readonly role: string
  readonly site: string
  /** Code of v3 PurposeOfUse: TREAT, ETREAT (break-glass), HOPERAT, … */
  readonly purpose: string
  /** The program through which they ask, as the provider names it. */
  readonly client?: string
  /** SMART scopes of the token, where there is one. */
  readonly scopes?: readonly string[]
  /** Until when the sign-in holds, in milliseconds of the epoch: an answer that goes on for long ends with it. */
  readonly endsAt?: number
  /** Anything that access itself wants to find again in `authorize`. */
  readonly grant?: unknown
}

/** What is known of a request before its body is looked at. */
export interface Credentials {
  readonly requestId: string
  readonly method: string
  /** Path without the query: a query may hold identifiers of patients. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly address: string
}

/** FHIR's interactions, and those of our own routes. */
export type Interaction =
  | 'read'
  | 'vread'
  | 'search'
  | 'history'
  | 'create'
  | 'update'
  | 'patch'
  | 'delete'
  | 'batch'
  | 'transaction'
  | 'operation'

/** One thing that someone wants to do. Asked once for the route, and again for each resource as it is reached. */
export interface Action {
  /** Id of the route in the table. */
  readonly route: string
  readonly interaction: Interaction
  /** What it is about: a FHIR type, or `plan`, `decision`, `worklist`, … */
  readonly type?: string
  readonly id?: string
  /** In whose chart, where that is known (`Patient/…` without the type). */
  readonly patient?: string
  /** `$everything`, `$export`, … */
  readonly operation?: string
  /** What is about to be written. */
  readonly resource?: FhirResource
  /** Ids of patients that the same request writes. */
  readonly registers?: readonly string[]
}

export type AccessDecision =
  | { readonly allowed: true; readonly sight?: Sight }
  /** `login-required` (who are you?) or `forbidden`, with a remedy that betrays nothing of a chart. */
  | { readonly allowed: false; readonly issue: ServerIssue }

/** What of the answers may be seen; absent: all. */
export interface Sight {
  /** Only these charts: laid into the search itself, so that counts and pages tell nothing either. */
  readonly within?: ChartScope
  /** A last look at each resource before it goes out: minimum necessary, sensitivity labels. */
  readonly maySee?: (version: StoredVersion) => boolean
  /** The same as `maySee`, for the search: what it lays into its statements is neither counted nor looked through. */
  readonly apart?: SetApart
  /** The patient in whose chart stands what opens this (a document that points at a Binary): for the audit log. */
  readonly through?: string
  /** Only what meets this, where the scopes of a token open a part of a type. Beside `maySee`, which says the same: for the search of that type. */
  readonly only?: Filter
}

/** The port behind which identity, roles and the audit log live. Nothing is open by itself: without an implementation everything is refused. */
export interface Access {
  /** Who this is; undefined: nobody that is known. Throws `Refused` for a credential that is broken or spent. */
  identify(credentials: Credentials): Promise<RequestContext | undefined>
  /** `on`: the open transaction of the caller, to be asked instead of the database: on the embedded one a second statement would wait for it for ever. */
  authorize(context: RequestContext, action: Action, on?: Queries): Promise<AccessDecision>
  /** What was read, after it was read and before it is sent. (What is written is recorded by the store's hook, in the same transaction.) */
  onRead?(context: RequestContext, action: Action, seen: readonly StoredVersion[]): Promise<void>
  /** What was refused. */
  onRefusal?(context: RequestContext | undefined, action: Action, issue: ServerIssue): Promise<void>
}

export const loginRequired = (): ServerIssue =>
  refusal('login-required', 'Authorization', 'this needs to know who you are', 'log in, and send the token as "Authorization: Bearer …"')

export const forbidden = (): ServerIssue =>
  refusal(
    'forbidden',
    'Authorization',
    'this is not open to you',
    'ask for it through a role, care team or site that may, or break the glass with a reason',
  )

/** The default: nobody is known, and nothing is allowed. */
export const DENY: Access = {
  identify: () => Promise.resolve(undefined),
  authorize: () => Promise.resolve({ allowed: false, issue: forbidden() }),
}
