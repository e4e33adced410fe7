import type { CallOptions, EventId, Owner, RunIdentity } from '@harborage/core'

/** The largest content of a slot, in bytes: 64 MiB. Larger content belongs in an artifact. */
export const MAX_STATE_BYTES: number = 64 * 1024 * 1024

/**
 * How many replaced event ids a slot remembers, at least. A late retry with one of them changes
 * nothing.
 */
export const REMEMBERED_EVENT_IDS = 16

/** The largest number of entries in each list of a commit. */
export const MAX_COMMIT_ENTRIES = 1000

/** The largest number of slots that a commit with prefixes empties in all. */
export const MAX_PREFIX_SLOTS = 10_000

/** The largest number of slots that `StateStore.loadMany` loads. */
export const MAX_LOAD_SLOTS = 1000

/** The largest content of all records that `StateStore.loadMany` returns, in bytes: 64 MiB. */
export const MAX_LOAD_BYTES: number = 64 * 1024 * 1024

/** A place in the store, named by its owner and a kind. It holds one record or nothing. */
export interface Slot {
  /** The owner: a run, a session, a user (`userOwner`) or a tenant (`tenantOwner`). */
  readonly identity: Owner
  /** What the slot is for, such as `task.checkpoint`: 1 to 1,024 UTF-8 bytes. */
  readonly kind: string
}

/**
 * A record to save. It replaces what its slot holds. The `createdAt` of a record that was loaded is
 * ignored: a slot keeps its own. Its `expiresAt` is not.
 */
export interface NewStateRecord extends Slot {
  /**
   * The idempotency key of this save: make it once with `newEventId()`, and repeat it with every
   * retry.
   */
  readonly eventId: EventId
  /**
   * The content, at most {@link MAX_STATE_BYTES}; it may be empty. It is copied when the method is
   * called.
   */
  readonly bytes: Uint8Array
  /** A number of your own, such as a schema version: a safe integer of at least 0. Default: 0. */
  readonly version?: number
  /** When the content changed, to the millisecond. Default: now. */
  readonly updatedAt?: Date
  /**
   * When the record expires, by the clock of the database and to the millisecond: a date after
   * 1970, which may be in the past. From then on the slot counts as empty, until `prune` or a
   * deletion removes what it holds. Default: it does not expire, also if the record before did.
   */
  readonly expiresAt?: Date | undefined
}

/** A stored record. It is the caller's own copy. */
export interface StateRecord {
  /** The event id of the save that wrote it. */
  readonly eventId: EventId
  /**
   * The owner, as every method accepts it. Its `runId` is `''` if the record belongs to the session
   * itself. If it belongs to a user or a tenant, it is a frozen `UserOwner` or `TenantOwner`.
   */
  readonly identity: Required<RunIdentity>
  readonly kind: string
  readonly bytes: Uint8Array
  /** The number that the caller saved with the record; 0 if there was none. */
  readonly version: number
  readonly updatedAt: Date
  /**
   * When the slot was filled: the `updatedAt` of the save that found it empty. Of a record that an
   * earlier release saved, its `updatedAt`.
   */
  readonly createdAt: Date
  /** When it expires, or `undefined` if it does not. */
  readonly expiresAt: Date | undefined
}

/** A stored record without its bytes. It names a slot, for example for `StateStore.loadMany`. */
export interface StateKey extends Omit<StateRecord, 'bytes'> {
  /** The number of its bytes. */
  readonly size: number
}

/**
 * What a save did.
 *
 * - `'saved'`: it wrote the record.
 * - `'unchanged'`: the slot holds this record already, so the call is a retry: of the caller, or of
 *   the engine after a lost answer.
 * - `'superseded'`: the slot held this record earlier and holds a newer one now, so the call is a
 *   late retry.
 */
export type SaveOutcome = 'saved' | 'unchanged' | 'superseded'

/**
 * What a save into an empty slot did.
 *
 * - `'saved'`: the slot was empty, and it wrote the record.
 * - `'unchanged'`: the slot holds this record already, so the call is a retry.
 * - `'kept'`: the slot holds another record, which was kept; or it held the event id before, and
 *   what replaced that has expired: the slot is empty, and only another event id fills it.
 */
export type SaveIfEmptyOutcome = 'saved' | 'unchanged' | 'kept'

/** A precondition of a commit on one slot. */
export interface SlotExpectation extends Slot {
  /** The event id that the slot has to hold; `null` if it has to be empty. */
  readonly eventId: EventId | null
}

/** The slots of one owner whose kind begins with a prefix. */
export interface SlotPrefix {
  readonly identity: Owner
  /** Literal and case-sensitive; `''` for all kinds. */
  readonly kindPrefix: string
}

/**
 * Changes to several slots of one tenant, applied as a whole or not at all. Each list has at most
 * {@link MAX_COMMIT_ENTRIES} entries, and at least one list is not empty. No slot occurs twice
 * among the expectations, or twice among the saves and deletes.
 */
export interface StateTransaction {
  /** Preconditions. If one is not met, nothing is changed. Default: none. */
  readonly expect?: readonly SlotExpectation[]
  /** The records to save. Default: none. */
  readonly save?: readonly NewStateRecord[]
  /** The records to save into slots that are empty. A full slot is kept. Default: none. */
  readonly saveIfEmpty?: readonly NewStateRecord[]
  /** The slots to empty. Default: none. */
  readonly delete?: readonly Slot[]
  /**
   * The prefixes of kinds whose slots to empty, except those that the commit itself names in `save`
   * or `saveIfEmpty`. With `delete`, they may empty up to {@link MAX_PREFIX_SLOTS} slots in all.
   * Default: none.
   */
  readonly deletePrefix?: readonly SlotPrefix[]
}

/** The answer of a commit. */
export type CommitOutcome = AppliedCommit | RepeatedCommit

/** The answer of a commit that was applied. */
export interface AppliedCommit {
  readonly repeated: false
  /** One outcome for each save, in their order. */
  readonly save: readonly SaveOutcome[]
  /** One outcome for each save into an empty slot, in their order. */
  readonly saveIfEmpty: readonly SaveIfEmptyOutcome[]
  /** The number of slots that held something and were emptied. */
  readonly deleted: number
}

/**
 * The answer of a commit that changed nothing, since all of its saves were applied before. What it
 * did then besides them is not known any more.
 */
export interface RepeatedCommit {
  readonly repeated: true
  /** One outcome for each save, in their order; none is `'saved'`. */
  readonly save: readonly SaveOutcome[]
}

/** Options of `StateStore.save`. */
export interface SaveOptions extends CallOptions {
  /**
   * Saves only if the slot holds the record with this event id; `null`: only if the slot is empty.
   * Default: saves unconditionally.
   */
  readonly ifEventId?: EventId | null
}

/** Options of `StateStore.touch`. */
export interface TouchOptions extends CallOptions {
  /** The event id of the record that gets the expiry: what {@link StateRecord.eventId} says. */
  readonly ifEventId: EventId
  /**
   * When the record expires from now on, as in {@link NewStateRecord}; `null` if it does not any
   * more.
   */
  readonly expiresAt: Date | null
}

/** Options of `StateStore.delete`. */
export interface DeleteOptions extends CallOptions {
  /**
   * Deletes only if the slot holds the record with this event id. Default: deletes unconditionally.
   */
  readonly ifEventId?: EventId
}
