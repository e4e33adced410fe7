/**
 * For authors of stores, store drivers and layers: checks of arguments, gates, registries and page
 * walks.
 *
 * @module
 */
export {
  checkPageSize,
  pageOptionNames,
  DEFAULT_PAGE_SIZE,
  MAX_PAGE_BYTES,
  MAX_PAGE_SIZE,
} from '../call-options.ts'
export { createContext } from '../context.ts'
export { registerEngine, type Engine } from '../database.ts'
export { checkEventId, parseEventIds } from '../event-id.ts'
export { errorOfFindings } from '../finding.ts'
export { checkIdentity, checkOptionalPart, checkRunIdentity } from '../identity.ts'
export { checkMaintenanceClaim, checkMaintenanceScope } from '../maintenance-scope.ts'
export { currentOperation, traceOperation, type TracedOperation } from '../operation-trace.ts'
export { parseConfig, parseStoreConfig, storeConfigOf } from '../store-config.ts'
export { abortReason, isAborted, onAbort, untilAborted } from './abort-signal.ts'
export {
  captureBytes,
  captureDate,
  checkName,
  checkRequiredName,
  checkSignal,
  describeType,
  KnownNames,
  MAX_EVENT_ID_BYTES,
  MAX_NAME_BYTES,
  readArguments,
} from './argument-checks.ts'
export {
  assertStoreOpen,
  CallGate,
  type CheckedCall,
  type CheckedWalk,
  type Guarded,
  whileOpen,
} from './call-gate.ts'
export { codeOf, isError, messageOf } from './caught-error.ts'
export { compareNames } from './compare-names.ts'
export { DriverRegistry, schemeOf, type Registered } from './driver-registry.ts'
export { turnIfHeld } from './event-loop-turn.ts'
export { parseJsonObject, strictJson, strictJsonObject } from './json.ts'
export { kernelFileSystem } from './kernel-file-system.ts'
export { requireNodeVersion } from './node-version.ts'
export { refusal, unavailable, worstOf, type Objection } from './objection.ts'
export {
  defineStore,
  type ClosableDriver,
  type DefinedStore,
  type DriverSource,
  type OpenedDriver,
  type StoreDriverFactory,
  type StoreOptions,
} from './define-store.ts'
export { walkPages, type PageWalk } from './page-walk.ts'
export { isRawJson } from './raw-json.ts'
export { settlesWithin } from './settles-within.ts'
export { SortedOrder } from './sorted-order.ts'
