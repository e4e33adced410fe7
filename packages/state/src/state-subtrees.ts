import type {
  CallOptions,
  DeleteAllOptions,
  DeleteAllResult,
  DumpOptions,
  Identity,
  LoadedDump,
  MaintenanceScope,
  PageOptions,
  PruneResult,
  RunIdentity,
  Subtree,
  TenantOwner,
  UserOwner,
} from '@harborage/core'
import {
  CallGate,
  checkDeleteAll,
  checkDumped,
  checkMaintenanceScope,
  checkSignal,
  deleteAll,
  loadedDump,
  MAX_PAGE_BYTES,
  walkDump,
  walkRuns,
  walkSessions,
  walkTenants,
  walkUsers,
} from '@harborage/core/kit'
import type { DumpedSlot } from './dumped-slot.ts'
import { checkDumpedSlot, checkPlace } from './internal/check-dumped-slot.ts'
import { checkStatePrune } from './internal/check-state-prune.ts'
import { withOwner } from './internal/owned-records.ts'
import { pruneSlots } from './internal/prune-slots.ts'
import type { StatePruneOptions } from './prune-options.ts'
import type { SlotKey, StateDriver } from './state-driver.ts'

declare module '@harborage/core' {
  interface TracedStores {
    readonly state: true
  }
}

/** The calls of a `StateStore` that are wider than one owner. */
export abstract class StateSubtrees {
  readonly #driver: StateDriver
  readonly #gate = new CallGate({ name: 'StateStore', tracedAs: 'state', store: this })

  /** @internal */
  protected constructor(driver: StateDriver) {
    this.#driver = driver
  }

  /** @internal Returns the gate of the store, which all of its calls pass. */
  protected static gateOf(subtrees: StateSubtrees): CallGate {
    return subtrees.#gate
  }

  /**
   * Empties every slot of a subtree: of a run, of a session and all its runs, of a user and all its
   * sessions, or of a tenant and all its users. No other store is touched.
   *
   * A run or a session is emptied in one atomic step: a concurrent commit takes effect as a whole
   * before it or after it. A user or a tenant is emptied in batches of 1,000 slots, and what others
   * save meanwhile may stay: then `remaining` is not 0. If the call fails or is canceled, the
   * batches so far stay applied: call it again to go on.
   *
   * @param subtree Made by `allOfRun`, `allOfSession`, `allOfUser` or `allOfTenant`.
   * @throws `subtree_required` if it is something else, such as an identity.
   *
   * @example
   * ```ts
   * import { allOfUser } from '@harborage/core'
   * import { openStateStore } from '@harborage/state'
   *
   * await using state = await openStateStore()
   * const ann = allOfUser({ tenantId: 'acme', userId: 'ann' })
   * await state.deleteAll(ann) // { deleted: 0, remaining: 0 }
   * ```
   */
  deleteAll(subtree: Subtree, options?: DeleteAllOptions): Promise<DeleteAllResult> {
    return this.#gate.call(
      'deleteAll',
      () => checkDeleteAll(subtree, options),
      (checked) => deleteAll<SlotKey>(this.#driver, checked),
    )
  }

  /**
   * Removes records of a subtree that have expired, that are old, or that are not among the newest
   * of their owner. It walks over all slots of the subtree, and removes in batches of up to 1,000,
   * each in one atomic step. A record that was saved or touched since it was examined stays. A
   * removed record leaves nothing: its slot forgets its event ids, as with a deletion.
   *
   * If the call fails or is canceled, the batches so far stay applied: call it again, or go on
   * after the `last` place of a progress.
   *
   * @param subtree Made by `allOfRun`, `allOfSession`, `allOfUser` or `allOfTenant`.
   * @throws `subtree_required` if it is something else, such as an identity; `invalid_record` if
   * the options name nothing to remove, or lack the `kindPrefix` of a rule; `outcome_unknown` if
   * the answer to a batch was lost.
   *
   * @example
   * ```ts
   * import { allOfTenant } from '@harborage/core'
   * import { openStateStore } from '@harborage/state'
   *
   * await using state = await openStateStore()
   * const acme = allOfTenant({ tenantId: 'acme' })
   * await state.prune(acme) // { examined: 0, pruned: 0 }
   * const days = (count: number) => new Date(Date.now() - count * 86_400_000)
   * await state.prune(acme, { olderThan: days(30), keepLatest: 10, kindPrefix: 'step.' })
   * ```
   */
  prune(subtree: Subtree, options?: StatePruneOptions): Promise<PruneResult> {
    return this.#gate.call(
      'prune',
      () => checkStatePrune(subtree, options),
      (checked) => pruneSlots(this.#driver, checked),
    )
  }

  /**
   * Returns an async iterable over the sessions that have a slot, of a user or of all users of a
   * tenant. Each appears once, ordered by user and session, each by its UTF-8 bytes. Slots of the
   * user or the tenant itself are of no session.
   *
   * The cost follows the number of sessions, and not that of their slots. They are read in pages of
   * `pageSize`, by default 100. A malformed argument throws here, not at the first iteration.
   *
   * @param subtree Made by `allOfUser` or `allOfTenant`.
   * @throws `subtree_required` if it is something else, such as an identity.
   *
   * @example
   * ```ts
   * import { allOfUser } from '@harborage/core'
   * import { openStateStore } from '@harborage/state'
   *
   * await using state = await openStateStore()
   * for await (const session of state.sessions(allOfUser({ tenantId: 'acme', userId: 'ann' }))) {
   *   console.log(session.sessionId)
   * }
   * ```
   */
  sessions(subtree: Subtree<'user' | 'tenant'>, options?: PageOptions): AsyncIterable<Identity> {
    return walkSessions(this.#gate, this.#driver, subtree, options)
  }

  /**
   * Returns an async iterable like {@link sessions} over the users of a tenant: those that have a
   * slot themselves or in a session.
   *
   * @param subtree Made by `allOfTenant`.
   * @throws `subtree_required` if it is something else, such as an identity.
   */
  users(subtree: Subtree<'tenant'>, options?: PageOptions): AsyncIterable<UserOwner> {
    return walkUsers(this.#gate, this.#driver, subtree, options)
  }

  /**
   * Returns an async iterable like {@link sessions} over all tenants, for maintenance: those that
   * have a slot themselves, or with a user.
   *
   * @param scope `{ maintenanceScoped: true }`, which says that the call crosses identities on
   * purpose.
   * @throws `maintenance_scope_required` without it.
   */
  tenants(scope: MaintenanceScope, options?: PageOptions): AsyncIterable<TenantOwner> {
    return walkTenants(this.#gate, this.#driver, scope, options)
  }

  /**
   * Returns an async iterable like {@link sessions} over the runs of a session that have a slot.
   * The session itself is none of them.
   *
   * @throws `invalid_identity` if the identity names a run.
   */
  runs(
    identity: Identity & { readonly runId?: never },
    options?: PageOptions,
  ): AsyncIterable<Required<RunIdentity>> {
    return walkRuns(this.#gate, this.#driver, identity, options)
  }

  /**
   * Returns an async iterable over all that the store holds, for {@link loadDump} of another one.
   * Slots are ordered by tenant, user, session, run and kind, each by its UTF-8 bytes. They are
   * read as {@link StateStore.list} reads them, and nothing is locked: a slot that is changed
   * meanwhile may be from before or after the change.
   *
   * @param scope `{ maintenanceScoped: true }`, which says that the call crosses identities on
   * purpose.
   * @throws `maintenance_scope_required` without it.
   *
   * @example
   * ```ts
   * import { openStateStore } from '@harborage/state'
   *
   * await using from = await openStateStore()
   * await using to = await openStateStore()
   * const scope = { maintenanceScoped: true } as const
   * for await (const slot of from.dump(scope)) await to.loadDump(scope, [slot])
   * ```
   */
  dump(scope: MaintenanceScope, options?: DumpOptions<SlotKey>): AsyncIterable<DumpedSlot> {
    return walkDump(this.#gate, scope, options, {
      checkPlace,
      beforeAllOf: (identity) => ({ identity, kind: '' }),
      ownerOf: ({ identity }) => identity,
      placeOf: ({ identity, kind }) => ({ identity: { ...identity }, kind }),
      bytesOf: ({ bytes }) => bytes.byteLength,
      handOut: withOwner,
      fetchPage: (after, limit) =>
        this.#driver.dumpPage({ after, limit, maxBytes: MAX_PAGE_BYTES }),
    })
  }

  /**
   * Loads up to 1,000 slots of a {@link dump} of this or another store. Their event ids, dates and
   * what they remember are kept, so that a retry, a conditional save or a list has the same result
   * as where they come from. A slot that is there already with the same content is left as it is:
   * repeat the call after a failure.
   *
   * @param scope `{ maintenanceScoped: true }`, which says that the call crosses identities on
   * purpose.
   * @throws `maintenance_scope_required` without it; `dump_conflict` if a slot holds something
   * else, or the tenant uses an event id elsewhere; `invalid_record` if a record is malformed. The
   * first of these names the record as its `entry`.
   */
  loadDump(
    scope: MaintenanceScope,
    records: readonly DumpedSlot[],
    options?: CallOptions,
  ): Promise<LoadedDump> {
    return this.#gate.call(
      'loadDump',
      () => {
        checkMaintenanceScope(scope)
        return { checked: checkDumped(records, checkDumpedSlot), signal: checkSignal(options) }
      },
      async ({ checked }) => loadedDump(await this.#driver.loadDump(checked)),
    )
  }
}
