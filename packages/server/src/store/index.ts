export type { Database, Queries, Transaction } from './database.ts'
export type { Decision, DecisionJournal, RecordedDecision } from './decisions.ts'
export { openStore, type StoreConfig } from './open.ts'
export type { Outbox, OutboxMessage } from './outbox.ts'
export type { Projection } from './projection.ts'
export type { ChartScope, FoundPage, SearchRequest } from './search/request.ts'
export type {
  Author,
  ChartContent,
  Commit,
  FhirResource,
  HistoryPage,
  HistoryRequest,
  IdempotencyKey,
  Readers,
  Store,
  StoredVersion,
  StoreHooks,
  StoreTransaction,
  TransactionOptions,
  Write,
  Written,
} from './types.ts'
