import {
  type CallOptions,
  type EventId,
  HarborageError,
  type Identity,
  type MaintenanceScope,
  type PageOptions,
  type RunIdentity,
} from '@harborage/core'
import {
  checkEventId,
  checkMaintenanceScope,
  checkPageSize,
  checkRunIdentity,
  checkSignal,
  CallGate,
  MAX_PAGE_BYTES,
  pageOptionNames,
  type StoreOptions,
} from '@harborage/core/kit'
import { conditionNames } from './internal/check-options.ts'
import {
  checkCarriedIdentity,
  checkCondition,
  checkDeleteCondition,
  checkKindPrefix,
  checkRecord,
  checkSession,
  checkAnyRun,
  checkSlot,
} from './internal/check-record.ts'
import { checkTransaction } from './internal/check-transaction.ts'
import type { SlotKey, StateDriver } from './state-driver.ts'
import type { NewStateRecord, SaveOutcome, StateRecord, StateTransaction } from './state-record.ts'

declare module '@harborage/core' {
  interface TracedStores {
    readonly state: true
  }
}

/** Options of {@link StateStore.save}. */
export interface SaveOptions extends CallOptions {
  /**
   * Saves only over the generation with this event id; `null`: only into an empty slot. Left out, the save replaces
   * whatever is there.
   */
  readonly ifEventId?: EventId | null
}

/** Options of {@link StateStore.delete}. */
export interface DeleteOptions extends CallOptions {
  /** Deletes only the generation with this event id. */
  readonly ifEventId?: EventId
}

/**
 * Identity-keyed slots of opaque bytes, idempotent on the caller's event id. Open one with `openStateStore`.
 *
 * Every method first checks that the store is open, then the identity, then the rest, before it does anything; so
 * besides the codes it names, each may reject with `store_closed`, `identity_required`, `invalid_identity`,
 * `invalid_record`, also for an option that it does not have, and with `store_unavailable` or, for writes,
 * `outcome_unknown` if the database fails.
 * A save, and a commit with at least one save, may be repeated with its event ids: a retry applies nothing twice. So may a
 * delete of one event id, and whatever only reads. A commit or a delete without one does its work again, so after
 * `outcome_unknown` look at the slots first: others may have saved since.
 */
export class StateStore implements AsyncDisposable {
  readonly #driver: StateDriver
  readonly #release: () => Promise<void>
  readonly #gate = new CallGate({ name: 'StateStore', tracedAs: 'state', store: this })

  /** @param driver Where the records are kept. */
  constructor(driver: StateDriver, { release = () => driver.close() }: StoreOptions = {}) {
    this.#driver = driver
    this.#release = release
  }

  /**
   * Puts a record into its slot, once per event id.
   *
   * `'saved'`: it is durable now. `'unchanged'`: it was there already. `'superseded'`: the slot held it before and has
   * gone on since; at least the last 16 event ids that a slot replaced are remembered, until the slot is deleted.
   *
   * @throws `idempotency_conflict` if the tenant used the event id for something else; `condition_failed` if
   * `ifEventId` does not match.
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
        checked: checkRecord(checkCarriedIdentity('record', record), record),
        signal: checkSignal(options, conditionNames),
        condition: checkCondition(options),
      }),
      ({ checked, condition }) => this.#driver.save(checked, condition),
      itself,
    )
  }

  /** Gives what the slot holds, or `undefined` if it is empty. */
  load(
    identity: RunIdentity,
    kind: string,
    options?: CallOptions,
  ): Promise<StateRecord | undefined> {
    return this.#gate.call(
      'load',
      () => ({
        slot: checkSlot(checkRunIdentity(identity), kind),
        signal: checkSignal(options),
      }),
      ({ slot }) => this.#driver.load(slot),
    )
  }

  /**
   * As {@link load}.
   *
   * @throws `not_found` if the slot is empty.
   */
  async loadOrThrow(
    identity: RunIdentity,
    kind: string,
    options?: CallOptions,
  ): Promise<StateRecord> {
    const record = await this.load(identity, kind, options)
    return record ?? notFound('the slot is empty: save into it first, or use load()')
  }

  /**
   * Gives the record that was saved with the event id in any run of the session, or `undefined` if it was never saved
   * there or has been replaced since. A `runId` may be given and does not narrow that.
   */
  loadByEventId(
    identity: RunIdentity,
    eventId: EventId,
    options?: CallOptions,
  ): Promise<StateRecord | undefined> {
    return this.#gate.call(
      'loadByEventId',
      () => ({
        owner: checkAnyRun(identity),
        checkedEventId: checkEventId('eventId', eventId),
        signal: checkSignal(options),
      }),
      ({ owner, checkedEventId }) => this.#driver.loadByEventId(owner, checkedEventId),
    )
  }

  /**
   * As {@link loadByEventId}.
   *
   * @throws `not_found` if no slot of the session holds it.
   */
  async loadByEventIdOrThrow(
    identity: RunIdentity,
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
   * Empties a slot and tells whether it held anything. The slot also forgets which event ids it replaced.
   *
   * @throws `condition_failed` if `ifEventId` is given and the slot holds another generation.
   */
  delete(identity: RunIdentity, kind: string, options?: DeleteOptions): Promise<boolean> {
    return this.#gate.call(
      'delete',
      () => ({
        slot: checkSlot(checkRunIdentity(identity), kind),
        signal: checkSignal(options, conditionNames),
        condition: checkDeleteCondition(options),
      }),
      ({ slot, condition }) => this.#driver.delete(slot, condition),
    )
  }

  /**
   * Empties every slot of the session, of all its runs, in one step, and gives their number. A commit
   * that is made at the same time comes before or after it as a whole. An identity that names a run is
   * `invalid_record`: empty the slots of one run with `list` and `delete`.
   */
  deleteScope(
    identity: Identity & { readonly runId?: never },
    options?: CallOptions,
  ): Promise<number> {
    return this.#gate.call(
      'deleteScope',
      () => ({ owner: checkSession(identity), signal: checkSignal(options) }),
      ({ owner }) => this.#driver.deleteScope(owner),
    )
  }

  /**
   * Checks every expectation and applies every save and delete, or does nothing at all. Answers with one outcome per
   * save, in their order. A commit whose saves have all been applied before is a retry: it changes nothing and
   * answers `'unchanged'` or `'superseded'`, so give each commit at least one save to make it safe to repeat.
   *
   * @throws `condition_failed` if an expectation is not met; `idempotency_conflict` as in {@link save};
   * `invalid_record` for a slot or event id that is named twice, a second tenant, no entry at all, or more than 1,000
   * of one sort.
   */
  commit(transaction: StateTransaction, options?: CallOptions): Promise<readonly SaveOutcome[]> {
    return this.#gate.call(
      'commit',
      () => ({ checked: checkTransaction(transaction), signal: checkSignal(options) }),
      ({ checked }) => this.#driver.commit(checked),
    )
  }

  /**
   * Walks the records of one run, or of the session itself, whose kind begins with the prefix, ordered by kind. The
   * prefix is literal and case-sensitive. A record that stays put during the walk appears exactly once.
   *
   * It throws at once, not at the first step, if an argument is wrong.
   */
  list(
    identity: RunIdentity,
    kindPrefix: string,
    options?: PageOptions,
  ): AsyncIterable<StateRecord> {
    return this.#gate.walk(
      'list',
      () => ({
        owner: checkRunIdentity(identity),
        prefix: checkKindPrefix(kindPrefix),
        signal: checkSignal(options, pageOptionNames),
        limit: checkPageSize(options),
      }),
      ({ owner, prefix, limit }, after: string | undefined) =>
        this.#driver.listPage({
          identity: owner,
          kindPrefix: prefix,
          after,
          limit,
          maxBytes: MAX_PAGE_BYTES,
        }),
      { placeOf: ({ kind }) => kind, bytesOf },
    )
  }

  /**
   * As {@link list} across all identities, for maintenance: ordered by kind, tenant, user, session, run, by bytes.
   *
   * @throws `maintenance_scope_required` without `{ maintenanceScoped: true }`.
   */
  listKind(
    scope: MaintenanceScope,
    kindPrefix: string,
    options?: PageOptions,
  ): AsyncIterable<StateRecord> {
    return this.#gate.walk(
      'listKind',
      () => {
        checkMaintenanceScope(scope)
        return {
          prefix: checkKindPrefix(kindPrefix),
          signal: checkSignal(options, pageOptionNames),
          limit: checkPageSize(options),
        }
      },
      ({ prefix, limit }, after: SlotKey | undefined) =>
        this.#driver.listKindPage({ kindPrefix: prefix, after, limit, maxBytes: MAX_PAGE_BYTES }),
      { placeOf: ({ identity, kind }) => ({ identity: { ...identity }, kind }), bytesOf },
    )
  }

  /** Lets calls in flight finish, refuses later ones with `store_closed`, and releases everything. Idempotent. */
  close(): Promise<void> {
    return this.#gate.close(this.#release)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

function bytesOf({ bytes }: StateRecord): number {
  return bytes.byteLength
}

/** The outcome of a save is what its trace tells. */
function itself(outcome: SaveOutcome): SaveOutcome {
  return outcome
}

function notFound(message: string): never {
  throw new HarborageError('not_found', message)
}
