import type { Result } from '@secondwind/core'
import type { ServerIssue } from '../issue.ts'
import type { Database, Transaction } from './database.ts'
import type { DecisionJournal } from './decisions.ts'
import type { Outbox } from './outbox.ts'
import type { ChartScope, FoundPage, SearchRequest } from './search/request.ts'

/** A FHIR resource as far as the store must know it. */
export interface FhirResource {
  readonly resourceType: string
  readonly id?: string
  readonly meta?: { readonly versionId?: string; readonly lastUpdated?: string; readonly [key: string]: unknown }
  readonly [element: string]: unknown
}

/** Who writes, and from which site. `who` is a reference (`Practitioner/…`, `Device/…`) or the name of a part of this program. */
export interface Author {
  readonly who: string
  readonly site: string
}

/** One version of one resource as it was recorded. */
export interface StoredVersion {
  readonly site: string
  readonly type: string
  readonly id: string
  readonly version: number
  readonly chart: string
  readonly revision: number
  /** Instant in UTC; inside one chart it never goes back, whatever the clocks of the servers say. */
  readonly recordedAt: string
  readonly recordedBy: string
  readonly method: 'create' | 'update' | 'delete'
  /** The resource as served, in JSON; null is a tombstone. */
  readonly body: string | null
  readonly hash: string
  readonly priorHash: string
}

export type Write =
  | { readonly kind: 'create'; readonly resource: FhirResource & { readonly id: string } }
  /** Creates where there is none. `ifMatch`: only when this is the newest version. */
  | { readonly kind: 'update'; readonly resource: FhirResource & { readonly id: string }; readonly ifMatch?: number; readonly seen?: Seen }
  | { readonly kind: 'delete'; readonly type: string; readonly id: string; readonly ifMatch?: number; readonly seen?: Seen }

/**
 * What stood there when access allowed the write: version 0 and no chart where nothing did. If something else stands there when it is our turn, nothing is
 * recorded and `Moved` is thrown: access must be asked again.
 */
export interface Seen {
  readonly version: number
  readonly chart?: string
}

export class Moved extends Error {
  constructor() {
    super('the resource is not as the writer saw it')
    this.name = 'Moved'
  }
}

/** What became of one write. `unchanged`: an update that changes nothing makes no version; a delete of what is not there neither. */
export interface Written {
  readonly outcome: 'created' | 'updated' | 'deleted' | 'unchanged'
  /** Absent only for the delete of what never was. */
  readonly version: StoredVersion | undefined
}

export interface HistoryRequest {
  readonly type?: string
  readonly id?: string
  /** Recorded at or after. */
  readonly since?: string
  /** Recorded at or before. */
  readonly at?: string
  /** From an earlier page. */
  readonly cursor?: string
  readonly count: number
  /** Only of these charts. */
  readonly within?: ChartScope
}

export interface HistoryPage {
  readonly versions: readonly StoredVersion[]
  readonly next?: string
  readonly total?: number
}

/** All that one patient's plan is made from, at one moment. */
export interface ChartContent {
  readonly chart: string
  /** Number of the newest version in it: the revision of the chart. 0: nothing was ever recorded. */
  readonly revision: number
  readonly recordedAt: string | undefined
  /** Living resources of the chart, and those of no patient to which they refer (medications, organizations, …). */
  readonly resources: readonly StoredVersion[]
}

/** What can be asked, inside a transaction or outside. Tombstones are given as versions without a body. */
export interface Readers {
  read(type: string, id: string): Promise<StoredVersion | undefined>
  readMany(keys: readonly { readonly type: string; readonly id: string }[]): Promise<readonly StoredVersion[]>
  readVersion(type: string, id: string, version: number): Promise<StoredVersion | undefined>
  /** What was the newest version at that instant, by recorded time. */
  readAsOf(type: string, id: string, knownAt: string): Promise<StoredVersion | undefined>
  history(request: HistoryRequest): Promise<HistoryPage>
  /** The chart of a patient, now or as it was known at an instant. */
  chart(patient: string, knownAt?: string): Promise<ChartContent>
  search(request: SearchRequest): Promise<FoundPage>
}

export interface StoreTransaction extends Readers {
  /** Adds versions. Refuses all of them together; whoever gets a refusal returns it, and the transaction is rolled back. */
  append(writes: readonly Write[]): Promise<Result<readonly Written[], readonly ServerIssue[]>>
  /** Waits until no other transaction holds this key: makes "is there one? else create it" safe between servers. */
  lock(key: string): Promise<void>
  /** For tables of other modules that must be written together with the chart (audit, jobs). */
  readonly sql: Transaction
  readonly author: Author
}

export interface StoreHooks {
  /**
   * Runs at the end of every transaction that added versions, inside it: what it writes is kept with them or not at all. The versions may be of several
   * authors, each named in its own (`recordedBy`, `site`). A statement for which it does not wait goes to the database together with the commit, which it
   * stops where it fails.
   */
  readonly beforeCommit?: (tx: Transaction, versions: readonly StoredVersion[]) => Promise<void> | void
}

export interface IdempotencyKey {
  readonly key: string
  /** SHA-256 of what was asked: the same key with another request is refused. */
  readonly requestHash: string
}

export interface TransactionOptions {
  readonly idempotency?: IdempotencyKey
  /** Leaves the case snapshots for later (`catchUp`): a patient whose resources come in many pieces is worked out once. Until then there is no snapshot. */
  readonly isBulk?: boolean
}

export interface Store extends Readers {
  readonly database: Database
  /**
   * Runs `work` in one transaction. What it returns as an error rolls everything back; a serialisation failure runs it again.
   * With an idempotency key whose request was already answered, `work` does not run and the first answer is given.
   */
  transaction<T>(
    author: Author,
    work: (tx: StoreTransaction) => Promise<Result<T, readonly ServerIssue[]>>,
    options?: TransactionOptions,
  ): Promise<Result<T, readonly ServerIssue[]>>
  /** A transaction that only appends. One write goes together with those of others that come at the same time (`group.ts`). */
  commit(
    author: Author,
    writes: readonly Write[],
    options?: TransactionOptions,
  ): Promise<Result<readonly Written[], readonly ServerIssue[]>>
  readonly decisions: DecisionJournal
  readonly outbox: Outbox
  /** Works out the cases that were left for later; gives how many. `calm` is awaited between them, so that whoever waits for an answer comes first. */
  catchUp(calm?: () => Promise<void>): Promise<number>
  /** Every version recorded at or before this instant can be seen, and none will come that is recorded so early. */
  settledAt(): Promise<string>
  /** Takes away what is kept only for a while: answers to repeated requests, pages of searches, exports. */
  sweep(): Promise<void>
  /** Is the database there? Throws what the driver says. */
  ping(): Promise<void>
  close(): Promise<void>
}
