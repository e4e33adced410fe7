import type { CallOptions, EventId, Owner } from '@harborage/core'
import {
  checkEventId,
  checkOwner,
  checkSignal,
  releaseOf,
  type StoreOptions,
} from '@harborage/core/kit'
import {
  carriedIdentity,
  checkCondition,
  checkDeleteCondition,
  checkRecord,
  checkAnyRun,
  checkSlot,
  conditionNames,
} from './internal/check-record.ts'
import { checkTransaction } from './internal/check-transaction.ts'
import { checkLease, checkLeaseKind } from './internal/check-lease.ts'
import { fillSlot } from './internal/fill-slot.ts'
import { HeldLease } from './internal/held-lease.ts'
import { leaseSlots } from './internal/lease-slots.ts'
import { notFound } from './internal/not-found.ts'
import { ownedBy } from './internal/owned-records.ts'
import { checkTouch } from './internal/check-touch.ts'
import { takeLease } from './internal/take-lease.ts'
import type { Lease, LeaseOptions } from './lease.ts'
import { StatePreparations } from './prepare-state.ts'
import type { StateDriver } from './state-driver.ts'
import { StateLists } from './state-lists.ts'
import type {
  CommitOutcome,
  DeleteOptions,
  NewStateRecord,
  SaveIfEmptyOutcome,
  SaveOptions,
  SaveOutcome,
  StateRecord,
  StateTransaction,
  TouchOptions,
} from './state-record.ts'

/**
 * A store of slots: small state such as checkpoints, keyed by identity and kind. Saves are
 * idempotent on an event id of the caller. Open one with `openStateStore`.
 *
 * Every method checks that the store is open, then the identity, then the other arguments, before
 * it reads or writes. So in addition to the codes that it names, each method may fail with
 * `store_closed`, `identity_required`, `invalid_identity`, `invalid_record` for a malformed
 * argument or an unknown option, `store_unavailable` if the database fails, and for writes
 * `outcome_unknown` if its answer was lost.
 *
 * Safe to repeat are all reads, a save and a commit with at least one save, both with the same
 * event ids, and a delete with `ifEventId`. Any other commit or delete does its work again: after
 * `outcome_unknown`, load the slots first, since others may have saved in the meantime.
 */
export class StateStore extends StateLists implements AsyncDisposable {
  readonly #driver: StateDriver
  readonly #release: () => Promise<void>
  readonly #gate = StateLists.gateOf(this)
  /** Prepares calls as parts of steps, for `commitTogether`. */
  readonly prepare: StatePreparations

  /**
   * Makes a store on a driver. `openStateStore` does this for you.
   *
   * @param driver The storage backend. By default the store closes it when it is closed.
   * @throws `invalid_config` if an option is unknown.
   */
  constructor(driver: StateDriver, options?: StoreOptions) {
    super(driver)
    this.#driver = driver
    this.#release = releaseOf(driver, options)
    this.prepare = new StatePreparations(driver, this.#gate)
  }

  /**
   * Saves a record into its slot, once per event id. The record is durable when the call resolves.
   *
   * @returns `'saved'` if it was written; `'unchanged'` if the slot holds it already;
   * `'superseded'` if the slot held it earlier and holds a newer one now. A slot remembers at least
   * the last 16 event ids that it replaced, until it is deleted. The outcome of a save that an
   * engine repeats after a lost answer is that of the repetition, so it may be no `'saved'`.
   * @throws `idempotency_conflict` if the tenant used the event id for other content or another
   * slot; `condition_failed` if the slot does not hold `ifEventId`.
   *
   * @example
   * ```ts
   * import { newEventId } from '@harborage/core'
   * import { openStateStore } from '@harborage/state'
   *
   * await using state = await openStateStore()
   * const outcome = await state.save({
   *   eventId: newEventId(),
   *   identity: { tenantId: 'acme', userId: 'ann', sessionId: 's1', runId: 'r1' },
   *   kind: 'task.checkpoint',
   *   bytes: new TextEncoder().encode('step 3'),
   * })
   * outcome // 'saved'
   * ```
   */
  save(record: NewStateRecord, options?: SaveOptions): Promise<SaveOutcome> {
    return this.#gate.call(
      'save',
      () => ({
        checked: checkRecord(checkOwner(carriedIdentity('record', record)), record),
        signal: checkSignal(options, conditionNames),
        condition: checkCondition(options),
      }),
      ({ checked, condition }) => this.#driver.save(checked, condition),
      (outcome) => outcome,
    )
  }

  /**
   * Saves a record into its slot if the slot is empty, once per event id.
   *
   * @returns `'saved'` if it was written; `'unchanged'` if the slot holds it already; `'kept'` if
   * the slot holds another record, or held the event id before another one that has expired.
   * @throws `idempotency_conflict` if the slot holds the event id with other content, or is empty
   * and another slot of the tenant holds the event id; `outcome_unknown` if the answer of the
   * database was lost and the slot does not hold the record.
   *
   * @example
   * ```ts
   * import { newEventId } from '@harborage/core'
   * import { openStateStore } from '@harborage/state'
   *
   * await using state = await openStateStore()
   * const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
   * const bytes = Buffer.from('green')
   * const first = { eventId: newEventId(), identity, kind: 'session.color', bytes }
   * await state.saveIfEmpty(first) // 'saved'
   * await state.saveIfEmpty({ ...first, eventId: newEventId() }) // 'kept'
   * ```
   */
  saveIfEmpty(record: NewStateRecord, options?: CallOptions): Promise<SaveIfEmptyOutcome> {
    return this.#gate.call(
      'saveIfEmpty',
      () => ({
        checked: checkRecord(checkOwner(carriedIdentity('record', record)), record),
        signal: checkSignal(options),
      }),
      ({ checked }) => fillSlot(this.#driver, checked),
      (outcome) => outcome,
    )
  }

  /** Returns the record that the slot of the kind holds, or `undefined` if it is empty. */
  load(identity: Owner, kind: string, options?: CallOptions): Promise<StateRecord | undefined> {
    return this.#gate.call(
      'load',
      () => ({
        slot: checkSlot(checkOwner(identity), kind),
        signal: checkSignal(options),
      }),
      ({ slot }) => ownedBy(slot.identity, this.#driver.load(slot)),
    )
  }

  /**
   * Returns the record that the slot of the kind holds.
   *
   * @throws `not_found` if the slot is empty.
   */
  async loadOrThrow(identity: Owner, kind: string, options?: CallOptions): Promise<StateRecord> {
    const record = await this.load(identity, kind, options)
    return record ?? notFound('the slot is empty: save into it first, or use load()')
  }

  /**
   * Returns the record that was saved with the event id in any run of the session, or `undefined`
   * if no slot holds it: it was never saved there, or was replaced or deleted since. The `runId` of
   * the identity is ignored.
   */
  loadByEventId(
    identity: Owner,
    eventId: EventId,
    options?: CallOptions,
  ): Promise<StateRecord | undefined> {
    return this.#gate.call(
      'loadByEventId',
      () => ({
        owner: checkAnyRun(identity),
        checkedEventId: checkEventId('eventId', eventId, 'pass that of a saved record'),
        signal: checkSignal(options),
      }),
      ({ owner, checkedEventId }) =>
        ownedBy(owner, this.#driver.loadByEventId(owner, checkedEventId)),
    )
  }

  /**
   * Returns the record that was saved with the event id, like {@link loadByEventId}.
   *
   * @throws `not_found` if no slot of the session holds it.
   */
  async loadByEventIdOrThrow(
    identity: Owner,
    eventId: EventId,
    options?: CallOptions,
  ): Promise<StateRecord> {
    const record = await this.loadByEventId(identity, eventId, options)
    return (
      record ??
      notFound('no slot of the session holds this event id: it was replaced or never saved')
    )
  }

  /**
   * Empties the slot of the kind. It also forgets which event ids it replaced.
   *
   * @returns Whether the slot held anything.
   * @throws `condition_failed` if `ifEventId` is given and the slot holds another event id.
   */
  delete(identity: Owner, kind: string, options?: DeleteOptions): Promise<boolean> {
    return this.#gate.call(
      'delete',
      () => ({
        slot: checkSlot(checkOwner(identity), kind),
        signal: checkSignal(options, conditionNames),
        condition: checkDeleteCondition(options),
      }),
      ({ slot, condition }) => this.#driver.delete(slot, condition),
    )
  }

  /**
   * Moves the time at which the record in the slot of the kind expires. Nothing else of it changes,
   * not even its event id. An expired record is never revived.
   *
   * @returns Whether the record has the new time; `false` if the slot is empty or the record has
   * expired.
   * @throws `condition_failed` if the slot holds another event id.
   *
   * @example
   * ```ts
   * import { openStateStore } from '@harborage/state'
   *
   * await using state = await openStateStore()
   * const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
   * const held = await state.load(identity, 'cart')
   * const expiresAt = new Date(Date.now() + 600_000)
   * if (held) await state.touch(identity, 'cart', { ifEventId: held.eventId, expiresAt })
   * ```
   */
  touch(identity: Owner, kind: string, options: TouchOptions): Promise<boolean> {
    return this.#gate.call(
      'touch',
      () => ({ slot: checkSlot(checkOwner(identity), kind), ...checkTouch(options) }),
      ({ slot, ifEventId, expiresAt }) => this.#driver.touch({ slot, ifEventId, expiresAt }),
    )
  }

  /**
   * Applies all changes of a transaction if all its expectations are met, or changes nothing.
   *
   * A commit whose saves were all applied before is a retry: it changes nothing, and its answer has
   * `repeated: true`. So a commit is safe to repeat if it has at least one entry in `save`.
   *
   * @returns One outcome for each entry in `save` and `saveIfEmpty`, as of {@link save} and
   * {@link saveIfEmpty}, and the number of slots that were emptied.
   * @throws `condition_failed` if an expectation is not met; `idempotency_conflict` as in
   * {@link save} and {@link saveIfEmpty}; `result_too_large` if `delete` and the prefixes empty
   * more than 10,000 slots in all; `invalid_record` if a slot or an event id occurs twice, if the
   * entries are of more than one tenant, or if there are none or more than 1,000 in one list. An
   * error that is about one entry names it as its `entry`.
   *
   * @example
   * ```ts
   * import { newEventId } from '@harborage/core'
   * import { openStateStore } from '@harborage/state'
   *
   * await using state = await openStateStore()
   * const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
   * await state.commit({
   *   expect: [{ identity, kind: 'session.lease', eventId: null }],
   *   save: [{ eventId: newEventId(), identity, kind: 'session.cart', bytes: Buffer.from('tea') }],
   *   delete: [{ identity, kind: 'session.draft' }],
   *   deletePrefix: [{ identity, kindPrefix: 'session.offers.' }],
   * }) // { repeated: false, save: ['saved'], saveIfEmpty: [], deleted: 0 }
   * ```
   */
  commit(transaction: StateTransaction, options?: CallOptions): Promise<CommitOutcome> {
    return this.#gate.call(
      'commit',
      () => ({ checked: checkTransaction(transaction), signal: checkSignal(options) }),
      ({ checked }) => this.#driver.commit(checked),
    )
  }

  /**
   * Takes a lease, or resolves to `undefined` if someone holds it: there is one unexpired holder of
   * an owner and kind at a time, by the clock of the database. Of any number of callers exactly one
   * gets a lease that is free or has expired.
   *
   * A lease is kept in two slots of the owner, that of the kind and that of the kind with `.until`
   * behind it, which are used for nothing else. Deleting them, as {@link deleteAll} does, ends it.
   * After `outcome_unknown`, or if the call is canceled, the lease may be held until it expires.
   *
   * @param kind What is protected, such as `run.lease`: 1 to 1,018 UTF-8 bytes.
   * @throws `invalid_record` if one of the slots holds anything but a lease.
   *
   * @example
   * ```ts
   * import { newEventId } from '@harborage/core'
   * import { openStateStore } from '@harborage/state'
   *
   * await using state = await openStateStore()
   * const run = { tenantId: 'acme', userId: 'ann', sessionId: 's1', runId: 'r1' }
   * const lease = await state.lease(run, 'run.lease', { ttlMs: 30_000 })
   * if (lease !== undefined) {
   *   const bytes = Buffer.from('step 4')
   *   const checkpoint = { eventId: newEventId(), identity: run, kind: 'run.checkpoint', bytes }
   *   // Refused once another one holds the lease.
   *   await state.commit({ expect: [lease.expectation], save: [checkpoint] })
   *   await lease.release() // true
   * }
   * ```
   */
  lease(identity: Owner, kind: string, options: LeaseOptions): Promise<Lease | undefined> {
    return this.#gate.call(
      'lease',
      () => ({
        slots: leaseSlots(checkOwner(identity), checkLeaseKind(kind)),
        ...checkLease(options),
      }),
      async ({ slots, ttlMs }) => {
        const taken = await takeLease(this.#driver, slots, ttlMs)
        const store = { driver: this.#driver, gate: this.#gate }
        return taken && new HeldLease(store, taken, ttlMs)
      },
      (lease) => (lease === undefined ? 'held' : 'leased'),
    )
  }

  /**
   * Waits for the calls in flight, then releases all resources. Calls made from now on reject with
   * `store_closed`. Idempotent.
   */
  close(): Promise<void> {
    return this.#gate.close(this.#release)
  }

  /** Closes the store. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
