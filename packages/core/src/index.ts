/**
 * What every store shares: identities, errors, event ids, the event bus and contexts.
 *
 * @module
 */
export { appRows, type DrizzleStatement, type KyselyStatement } from './app-rows.ts'
export type { CallOptions, ListOptions, ListOrder, PageOptions } from './call-options.ts'
export { commitTogether, type Step, type StepAnswers, type StepParts } from './commit-together.ts'
export { identityContext, type Context } from './context.ts'
export type { Database, DatabaseOptions } from './database.ts'
export type { DatabaseGauges } from './database-gauges.ts'
export type { PingOptions } from './ping.ts'
export type { DeleteAllOptions, DeleteAllResult, DeleteProgress } from './deletion.ts'
export type { DumpOptions, LoadedDump } from './dump.ts'
export {
  createEventBus,
  type EventBus,
  type EventBusOptions,
  type EventFilter,
  type EventListener,
  type HarborageEvent,
  type HarborageEvents,
  type Unsubscribe,
} from './event-bus.ts'
export { newEventId, parseEventId, type EventId } from './event-id.ts'
export type { Finding, FindingGrade } from './finding.ts'
export {
  HarborageError,
  isHarborageError,
  type ErrorCode,
  type ErrorEntry,
  type HarborageErrorCodes,
  type HarborageErrorOptions,
} from './harborage-error.ts'
export {
  tenantOwner,
  userOwner,
  type Identity,
  type Owner,
  type RunIdentity,
  type TenantOwner,
  type UserOwner,
} from './identity.ts'
export type {
  InspectedContent,
  ReadableContent,
  StoredDescription,
  UnreadableContent,
} from './inspected-content.ts'
export type { JsonObject, JsonValue } from './kit/json.ts'
export type { MaintenanceScope } from './maintenance-scope.ts'
export { openDatabase } from './open-database.ts'
export {
  listenToOperations,
  OPERATION_CHANNEL,
  operationChannel,
  type OperationListeners,
  type OperationTrace,
  type TracedStore,
  type TracedStores,
} from './operation-trace.ts'
export type { Part } from './part.ts'
export type { PruneOptions, PruneProgress, PruneResult, PruneRules } from './pruning.ts'
export type { StoreConfig } from './store-config.ts'
export {
  allOfRun,
  allOfSession,
  allOfTenant,
  allOfUser,
  type Subtree,
  type SubtreeLevel,
  type SubtreeOf,
} from './subtree.ts'
