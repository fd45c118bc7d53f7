export { chartOfResource } from './chart-of.ts'
export { type Database, heardByTransaction, type Queries, type Transaction } from './database.ts'
export { appendDecision, type Decision, type RecordedDecision } from './decisions.ts'
export { chartsNaming } from './naming.ts'
export { openStore, type StoreConfig } from './open.ts'
export type { Projection } from './projection.ts'
export { fold } from './search/extract.ts'
export type { ChartScope, FoundPage, SearchRequest, SetApart } from './search/request.ts'
export { offeredWhere, patientsIn, rowsIn } from './search/scope.ts'
export {
  type Author,
  type ChartContent,
  type FhirResource,
  type IdempotencyKey,
  Moved,
  type Readers,
  type Store,
  type StoredVersion,
  type StoreHooks,
  type StoreTransaction,
  type Write,
  type Written,
} from './types.ts'
