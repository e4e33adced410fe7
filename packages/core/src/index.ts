export {
  checkPageSize,
  checkSignal,
  pageOptionNames,
  DEFAULT_PAGE_SIZE,
  MAX_PAGE_BYTES,
  MAX_PAGE_SIZE,
  type CallOptions,
  type PageOptions,
} from './call-options.ts'
export { createContext, identityContext, type Context } from './context.ts'
export { registerEngine, type Database, type Engine } from './database.ts'
export { DriverRegistry, type Registered } from './driver-registry.ts'
export { schemeOf } from './dsn-scheme.ts'
export {
  ArtifactCorruptError,
  ArtifactTooLargeError,
  ConditionFailedError,
  IdempotencyConflictError,
  IdentityRequiredError,
  InvalidConfigError,
  InvalidHealthTransitionError,
  InvalidIdentityError,
  InvalidRecordError,
  InvalidSnapshotError,
  MaintenanceScopeRequiredError,
  MigrationFailedError,
  NotFoundError,
  OutcomeUnknownError,
  SchemaOutdatedError,
  SchemaTooNewError,
  ScopeMismatchError,
  StoreClosedError,
  StoreUnavailableError,
  StrategyMismatchError,
  StrategyNotImplementedError,
  UnknownDriverError,
} from './errors/errors.ts'
export {
  HarborageError,
  isHarborageError,
  type ErrorCode,
  type HarborageErrorOptions,
} from './errors/harborage-error.ts'
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
export { checkEventId, newEventId, parseEventId, type EventId } from './event-id.ts'
export {
  checkIdentity,
  checkOptionalPart,
  checkRunIdentity,
  type Identity,
  type RunIdentity,
} from './identity.ts'
export { KnownNames } from './known-names.ts'
export { errorOfFindings, type Finding, type FindingGrade } from './finding.ts'
export { refusal, unavailable, worstOf, type Objection } from './objection.ts'
export { checkMaintenanceScope, type MaintenanceScope } from './maintenance-scope.ts'
export { abortReason, isAborted, onAbort } from './abort-signal.ts'
export { captureBytes } from './capture-bytes.ts'
export { captureDate } from './capture-date.ts'
export { turnIfHeld } from './event-loop-turn.ts'
export { codeOf, isError, messageOf } from './caught-error.ts'
export {
  parseJsonObject,
  strictJson,
  strictJsonObject,
  type JsonObject,
  type JsonValue,
} from './json.ts'
export {
  checkName,
  checkRequiredName,
  compareNames,
  describeType,
  MAX_EVENT_ID_BYTES,
  MAX_NAME_BYTES,
} from './named-text.ts'
export { openDatabase } from './open-database.ts'
export { SortedOrder } from './sorted-order.ts'
export { inMemoryFactory } from './in-memory-factory.ts'
export {
  createDriverRegistry,
  driverNames,
  openDriver,
  type ClosableDriver,
  type OpenedDriver,
  type StoreDriverFactory,
  type StoreDrivers,
} from './open-driver.ts'
export {
  currentOperation,
  listenToOperations,
  OPERATION_CHANNEL,
  operationChannel,
  traceOperation,
  type OperationListeners,
  type OperationTrace,
  type TracedOperation,
  type TracedStore,
} from './operation-trace.ts'
export { walkPages, type PageWalk } from './page-walk.ts'
export { readArguments } from './read-arguments.ts'
export { parseConfig, parseStoreConfig, storeConfigOf, type StoreConfig } from './store-config.ts'
export { StoreLifecycle } from './store-lifecycle.ts'
