import type { CallOptions, MaintenanceScope, Owner, PageOptions } from '@harborage/core'
import {
  checkMaintenanceScope,
  checkOwner,
  checkPageSize,
  checkSignal,
  MAX_PAGE_BYTES,
  pageOptionNames,
} from '@harborage/core/kit'
import { checkCount, checkList } from './internal/check-list.ts'
import { checkKindPrefix } from './internal/check-record.ts'
import { checkSlots } from './internal/check-slots.ts'
import { loadSlots } from './internal/load-slots.ts'
import { walkOfKeys, walkOfKinds, walkOfSlots } from './internal/owned-records.ts'
import type { CountOptions, StateListOptions } from './list-options.ts'
import type { SlotKey, StateDriver } from './state-driver.ts'
import type { Slot, StateKey, StateRecord } from './state-record.ts'
import { StateSubtrees } from './state-subtrees.ts'

/** The reads of many records of a `StateStore`. */
export abstract class StateLists extends StateSubtrees {
  readonly #driver: StateDriver
  readonly #gate = StateSubtrees.gateOf(this)

  /** @internal */
  protected constructor(driver: StateDriver) {
    super(driver)
    this.#driver = driver
  }

  /**
   * Returns what each of up to 1,000 slots of one tenant holds, in their order; `undefined` where a
   * slot is empty. It is one statement: all records are of the same moment. A slot may be named
   * several times.
   *
   * @param slots Slots, or whole records or keys of {@link listKeys}, which name their slots.
   * @throws `result_too_large` if the records hold more than 64 MiB in all.
   *
   * @example
   * ```ts
   * import { openStateStore } from '@harborage/state'
   *
   * await using state = await openStateStore()
   * const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
   * const [cart, draft] = await state.loadMany([
   *   { identity, kind: 'session.cart' },
   *   { identity, kind: 'session.draft' },
   * ])
   * ```
   */
  loadMany(
    slots: readonly Slot[],
    options?: CallOptions,
  ): Promise<readonly (StateRecord | undefined)[]> {
    return this.#gate.call(
      'loadMany',
      () => ({ asked: checkSlots(slots), signal: checkSignal(options) }),
      ({ asked }) => loadSlots(this.#driver, asked),
    )
  }

  /**
   * Returns an async iterable over the records of one run, or of the session itself, whose kind
   * begins with the prefix, ordered by the UTF-8 bytes of the kind. The records are read in pages
   * of `pageSize` and of about 8 MiB. By default a page holds 100 records, and later ones up to 500
   * if those before them were small. A record that is not replaced or deleted meanwhile appears
   * exactly once.
   *
   * A malformed argument throws here, not at the first iteration.
   *
   * @param kindPrefix Literal and case-sensitive; `''` for all kinds.
   * @param options `from` is the first kind of the list and `to` the first one beyond it, in either
   * order. With a `limit`, no more than that are read.
   *
   * @example
   * ```ts
   * import { openStateStore } from '@harborage/state'
   *
   * await using state = await openStateStore()
   * const run = { tenantId: 'acme', userId: 'ann', sessionId: 's1', runId: 'r1' }
   * const newestFirst = { order: 'descending', limit: 20 } as const
   * for await (const { kind, updatedAt } of state.list(run, 'step.', newestFirst)) {
   *   console.log(kind, updatedAt)
   * }
   * ```
   */
  list(
    identity: Owner,
    kindPrefix: string,
    options?: StateListOptions,
  ): AsyncIterable<StateRecord> {
    return this.#gate.walk(
      'list',
      () => ({ owner: checkOwner(identity), ...checkList(kindPrefix, options) }),
      ({ owner, range }, after: string | undefined, limit) =>
        this.#driver.listPage({
          identity: owner,
          ...range,
          after,
          limit,
          maxBytes: MAX_PAGE_BYTES,
        }),
      walkOfKinds,
    )
  }

  /**
   * Returns an async iterable like {@link list} over the same records without their bytes, which
   * are not read: their kinds, event ids, versions, sizes and dates.
   *
   * @param kindPrefix Literal and case-sensitive; `''` for all kinds.
   */
  listKeys(
    identity: Owner,
    kindPrefix: string,
    options?: StateListOptions,
  ): AsyncIterable<StateKey> {
    return this.#gate.walk(
      'listKeys',
      () => ({ owner: checkOwner(identity), ...checkList(kindPrefix, options) }),
      ({ owner, range }, after: string | undefined, limit) =>
        this.#driver.listKeysPage({ identity: owner, ...range, after, limit }),
      walkOfKeys,
    )
  }

  /**
   * Returns the number of records that {@link list} would yield, all counted at one moment.
   *
   * @param kindPrefix Literal and case-sensitive; `''` for all kinds.
   */
  count(identity: Owner, kindPrefix: string, options?: CountOptions): Promise<number> {
    return this.#gate.call(
      'count',
      () => ({ owner: checkOwner(identity), ...checkCount(kindPrefix, options) }),
      ({ owner, range }) => this.#driver.count({ identity: owner, ...range }),
    )
  }

  /**
   * Returns an async iterable like {@link list} over the records of all identities, for
   * maintenance. They are ordered by kind, tenant, user, session and run, each by its UTF-8 bytes.
   *
   * @param scope `{ maintenanceScoped: true }`, which says that the call crosses identities on
   * purpose.
   * @param kindPrefix Literal and case-sensitive; not empty.
   * @throws `maintenance_scope_required` without it.
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
      walkOfSlots,
    )
  }
}
