import type { CallOptions, EventId, Owner } from '@harborage/core'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type {
  DeleteOptions,
  NewStateRecord,
  SaveIfEmptyOutcome,
  SaveOptions,
  SaveOutcome,
  StateRecord,
} from './state-record.ts'
import type { StateStore } from './state-store.ts'

/** The argument of `defineSlot`. */
export interface SlotDefinition<Schema extends StandardSchemaV1> {
  /** The kind of the slot, such as `task.checkpoint`: 1 to 1,024 UTF-8 bytes. */
  readonly kind: string
  /** Any Standard Schema, such as one of zod, valibot or arktype. Values are stored as JSON. */
  readonly schema: Schema
  /**
   * The version of the schema, stored with each value: a safe integer of at least 0. Default: 0.
   */
  readonly version?: number
  /**
   * Converts a value of an older version before it is validated. It may return a promise. If it
   * fails, the call fails with `invalid_record`, or with the HarborageError that it threw.
   *
   * @param value The stored value, as parsed from JSON.
   * @param fromVersion The version that it was saved with.
   */
  readonly migrate?: (value: unknown, fromVersion: number) => unknown
}

/** Options of {@link TypedSlot.save}. */
export interface TypedSaveOptions extends SaveOptions, TypedFillOptions {}

/** Options of {@link TypedSlot.saveIfEmpty}. */
export interface TypedFillOptions extends CallOptions, TypedExpiry {
  /** The idempotency key. Default: a new one. Pass your own if the call may be repeated. */
  readonly eventId?: EventId
}

/** The expiry of a saved value. */
export interface TypedExpiry {
  /**
   * When the value expires; see `NewStateRecord`. Default: it does not, also if the one before did.
   */
  readonly expiresAt?: Date | undefined
}

/** Options of {@link TypedSlot.update}. */
export interface UpdateOptions extends CallOptions, TypedExpiry {
  /**
   * The largest number of attempts, each after another writer saved first: at least 1. Default:
   * 100.
   */
  readonly attempts?: number
  /**
   * The idempotency key. With one of your own the call may be repeated, for example after
   * `outcome_unknown`: it is applied once. Default: a new one, so a repeated call is a new update.
   */
  readonly eventId?: EventId
}

/** A value, with the event id of its save for a later `ifEventId`. */
export interface SlotValue<Value> {
  readonly value: Value
  readonly eventId: EventId
}

/**
 * A slot whose values are validated by a schema when they are saved and when they are loaded. Make
 * one with `defineSlot`. Its methods take the store, and reject as those of `StateStore` do
 * in addition to the codes that they name.
 *
 * A schema, a `migrate` and a `change` may be asynchronous. A call waits for them until its signal
 * is aborted or its store is closed. If a schema fails, the call fails with `invalid_record`: the
 * error of the schema is the cause and may quote the value.
 */
export interface TypedSlot<Input, Output> {
  /** The kind of the slot. */
  readonly kind: string
  /**
   * Returns the value, or `undefined` if the slot is empty.
   *
   * @throws `invalid_record` if the stored value does not match the schema, or was saved with a
   * newer version.
   */
  load(store: StateStore, identity: Owner, options?: CallOptions): Promise<Output | undefined>
  /**
   * Returns the values of this slot for up to 1,000 owners of one tenant, in their order, all of
   * the same moment; `undefined` where a slot is empty. See `StateStore.loadMany`.
   *
   * @throws `result_too_large` if they hold more than 64 MiB in all; `invalid_record` as in
   * {@link TypedSlot.load}.
   */
  loadMany(
    store: StateStore,
    owners: readonly Owner[],
    options?: CallOptions,
  ): Promise<readonly (Output | undefined)[]>
  /** Returns the value like {@link TypedSlot.load}, with the event id of its save. */
  loadWithEventId(
    store: StateStore,
    identity: Owner,
    options?: CallOptions,
  ): Promise<SlotValue<Output> | undefined>
  /**
   * Saves a value; see `StateStore.save`.
   *
   * @throws `invalid_record` if the value does not match the schema, or would not once it is read
   * back from JSON.
   */
  save(
    store: StateStore,
    identity: Owner,
    value: Input,
    options?: TypedSaveOptions,
  ): Promise<SaveOutcome>
  /**
   * Saves a value if the slot is empty; see `StateStore.saveIfEmpty`.
   *
   * @throws `invalid_record` as in {@link TypedSlot.save}.
   */
  saveIfEmpty(
    store: StateStore,
    identity: Owner,
    value: Input,
    options?: TypedFillOptions,
  ): Promise<SaveIfEmptyOutcome>
  /** Empties the slot, and returns whether it held anything; see `StateStore.delete`. */
  delete(store: StateStore, identity: Owner, options?: DeleteOptions): Promise<boolean>
  /**
   * Returns the record that {@link TypedSlot.save} would save, to be part of a `StateStore.commit`.
   *
   * @param eventId The idempotency key. Default: a new one.
   * @throws `invalid_record` as in {@link TypedSlot.save}.
   */
  record(identity: Owner, value: Input, eventId?: EventId): Promise<NewStateRecord>
  /**
   * Returns the value of a record that was loaded by other means, such as `StateStore.list`.
   *
   * @throws `invalid_record` if the record is of another kind, or as in {@link TypedSlot.load}.
   */
  decode(record: StateRecord): Promise<Output>
  /**
   * Updates the value by compare-and-set: loads it, calls `change` for the new value, and saves
   * that if the slot still holds what was loaded. If another writer saved first, it starts again,
   * so `change` may be called several times.
   *
   * Concurrent updates of one slot in one process wait for each other, so that any number of them
   * succeed. An update delays the others by a second at most, however long `change` takes. After a
   * conflict with another process an update pauses for a random time of up to 64 ms.
   *
   * @param change Returns the new value, or a promise of it. `current` is `undefined` if the slot
   * is empty. If it throws, the update rejects with that very error and saves nothing.
   * @returns The saved value. With an `eventId` that was applied before, the value that the slot
   * holds now. If its own value has expired since, the same value, if `change` returns that again.
   * @throws `condition_failed` if another writer saved first in every attempt;
   * `idempotency_conflict` if the tenant used the `eventId` for another slot, or the update was
   * applied before and the slot is empty, because the value has expired since;
   * `invalid_record` as in {@link TypedSlot.load} and {@link TypedSlot.save}.
   */
  update(
    store: StateStore,
    identity: Owner,
    change: (current: Output | undefined) => Input | Promise<Input>,
    options?: UpdateOptions,
  ): Promise<Output>
}
