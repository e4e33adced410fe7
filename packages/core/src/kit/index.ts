/**
 * For authors of stores, store drivers and layers: checks of arguments, gates, registries and page
 * walks.
 *
 * @module
 */
// Options of calls and of pages.
export {
  checkLimit,
  checkOrder,
  checkPageSize,
  listOptionNames,
  pageOptionNames,
  DEFAULT_PAGE_SIZE,
  MAX_PAGE_BYTES,
  MAX_PAGE_SIZE,
} from '../call-options.ts'
// What a store carries along, and engines.
export { createContext } from '../context.ts'
export { registerEngine, type Engine } from '../database.ts'
export { answersWithin, checkPing } from '../ping.ts'
// Checks of ids, identities and claims.
export { checkEventId, parseEventIds } from '../event-id.ts'
export { errorOfFindings } from '../finding.ts'
export {
  checkIdentity,
  checkOptionalPart,
  checkOwner,
  checkRunIdentity,
  checkWideOwner,
  ownerAt,
} from '../identity.ts'
export { checkStoredOwner } from './check-stored-owner.ts'
export { checkMaintenanceClaim, checkMaintenanceScope } from '../maintenance-scope.ts'
export {
  currentOperation,
  shareTrace,
  traceOperation,
  type TracedOperation,
} from '../operation-trace.ts'
export { clockOfMachine } from './clock-of-machine.ts'
export { parseConfig, parseStoreConfig, storeConfigOf } from '../store-config.ts'
export { checkSubtree } from '../subtree.ts'
// Signals of callers.
export { abortReason, isAborted, onAbort, untilAborted } from './abort-signal.ts'
// Checks of arguments, which never throw anything but a HarborageError.
export {
  captureBytes,
  captureDate,
  checkDateOrNow,
  checkName,
  checkOptionNames,
  checkRequiredName,
  checkSignal,
  describeType,
  KnownNames,
  MAX_EVENT_ID_BYTES,
  MAX_KIND_BYTES,
  MAX_NAME_BYTES,
  readArguments,
} from './argument-checks.ts'
// The gate that every call of a store passes.
export {
  assertStoreOpen,
  CallGate,
  type CheckedCall,
  type CheckedWalk,
  type Guarded,
  whileOpen,
} from './call-gate.ts'
// Calls that are wider than one owner.
export {
  checkDeleteAll,
  deleteAll,
  type CheckedDeleteAll,
  type SubtreeDeletion,
} from './delete-all.ts'
// The entry of a list that an error is about.
export { withEntry } from './error-entry.ts'
export {
  checkDumped,
  entryAt,
  loadedDump,
  MAX_LOADED_RECORDS,
  type LoadOutcome,
} from './load-dump.ts'
export {
  checkFlag,
  checkPrefixOfRules,
  checkPrune,
  MAX_KEPT_RECORDS,
  pruneOptionNames,
  type CheckedPrune,
  type CheckedPruneRules,
  type PruneChecks,
} from './check-prune.ts'
export { prune, type Prunable, type PruneWalk } from './prune.ts'
export { checkExpiredRule } from './check-expired-rule.ts'
export { checkExpiry, checkRequiredDate } from './check-expiry.ts'
export { requirePruneRule } from './require-prune-rule.ts'
export { walkDump, type DumpWalk } from './walk-dump.ts'
export { compareOwners, directoryOf, isWithin, type DirectoryPage } from './directory.ts'
export {
  walkRuns,
  walkSessions,
  walkTenants,
  walkUsers,
  type DirectoryDriver,
} from './walk-directory.ts'
// Reading what others threw.
export { codeOf, isError, messageOf } from './caught-error.ts'
// Names in the order of their bytes, registries, and turns of the event loop.
export { compareNames } from './compare-names.ts'
export { DriverRegistry, schemeOf, type Registered } from './driver-registry.ts'
export { turnIfHeld } from './event-loop-turn.ts'
export { isOfEveryObject, readProperty, withoutInherited } from './object-of-names.ts'
// Strict JSON.
export { parseJsonObject, strictJson, strictJsonObject } from './json.ts'
// What an engine runs on.
export { kernelFileSystem } from './kernel-file-system.ts'
export { requireNodeVersion } from './node-version.ts'
// Findings of `diagnose`.
export { refusal, unavailable, worstOf, type Objection } from './objection.ts'
// A store: its registry, its context and the function that opens it.
export {
  defineStore,
  type ClosableDriver,
  type DefinedStore,
  type DriverSource,
  type OpenedDriver,
  releaseOf,
  type StoreDriverFactory,
  type StoreOptions,
} from './define-store.ts'
// Parts of steps.
export { inPart, withPart } from './steps/error-part.ts'
export { inMemorySide, type StagedParts, type StageParts } from './steps/in-memory-side.ts'
export { makePart, type PartRules } from './steps/make-part.ts'
export type {
  CheckedStep,
  CommittedStep,
  NamedPart,
  PartResult,
  StepId,
  StepPlace,
  SteppedPart,
  StepSide,
} from './steps/step-side.ts'
// Lists, page by page.
export { walkPages, type PageWalk } from './page-walk.ts'
export { isRawJson } from './raw-json.ts'
export { settlesWithin } from './settles-within.ts'
export { SortedOrder } from './sorted-order.ts'
