/**
 * The state store: slots of bytes, keyed by identity and idempotent on event ids.
 *
 * @module
 */
import './state-errors.ts'

export { compareSlots } from './compare-slots.ts'
export {
  decideCommit,
  decideDelete,
  decideSave,
  decideTouch,
  slotId,
  type CommitDecision,
  type Generation,
  type HeldId,
  type SlotDecision,
  type SlotView,
} from './decide.ts'
export { decideParts, type PartsOutcome } from './decide-parts.ts'
export { defineSlot } from './define-slot.ts'
export { slotFamily } from './define-slot-family.ts'
export type { DumpedSlot } from './dumped-slot.ts'
export { eventMark } from './event-mark.ts'
export { InMemoryStateDriver, type InMemoryDriverOptions } from './in-memory-driver.ts'
export { jsonSlot } from './json-slot.ts'
export { kindIndexOff, type StateDriverOptions } from './kind-index.ts'
export {
  openStateStore,
  registeredStateDrivers,
  registerStateDriver,
  stateContext,
  type StateStoreConfig,
} from './open-state-store.ts'
export { MAX_LEASE_MS, type Lease, type LeaseOptions, type RenewOptions } from './lease.ts'
export type { CountOptions, KindBounds, StateListOptions } from './list-options.ts'
export type {
  CheckedExpectation,
  CheckedPrefix,
  CheckedRecord,
  CheckedTransaction,
  Condition,
  DeleteBatch,
  DeletedBatch,
  DumpPage,
  KindRange,
  ListKeysPage,
  ListKindPage,
  ListPage,
  PrunableSlot,
  PrunePage,
  SlotKey,
  StateDriver,
  StatePart,
  Touch,
} from './state-driver.ts'
export {
  MAX_COMMIT_ENTRIES,
  MAX_LOAD_BYTES,
  MAX_LOAD_SLOTS,
  MAX_PREFIX_SLOTS,
  MAX_STATE_BYTES,
  REMEMBERED_EVENT_IDS,
  type AppliedCommit,
  type CommitOutcome,
  type DeleteOptions,
  type NewStateRecord,
  type RepeatedCommit,
  type SaveIfEmptyOutcome,
  type SaveOptions,
  type SaveOutcome,
  type Slot,
  type SlotExpectation,
  type SlotPrefix,
  type StateKey,
  type StateRecord,
  type StateTransaction,
  type TouchOptions,
} from './state-record.ts'
export type { StatePruneOptions } from './prune-options.ts'
export type { StatePreparations } from './prepare-state.ts'
export type { FamilyMember, SlotFamily, SlotFamilyDefinition } from './slot-family.ts'
export type { SlotInspector } from './slot-inspector.ts'
export { StateStore } from './state-store.ts'
export type {
  SlotDefinition,
  SlotValue,
  TypedExpiry,
  TypedFillOptions,
  TypedSaveOptions,
  TypedSlot,
  UpdateOptions,
} from './typed-slot.ts'
