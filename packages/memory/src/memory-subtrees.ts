import {
  isHarborageError,
  type CallOptions,
  type DeleteAllOptions,
  type DeleteAllResult,
  type DumpOptions,
  type Identity,
  type LoadedDump,
  type MaintenanceScope,
  type PageOptions,
  type PruneOptions,
  type PruneResult,
  type RunIdentity,
  type Subtree,
  type TenantOwner,
  type UserOwner,
} from '@harborage/core'
import {
  CallGate,
  checkDeleteAll,
  checkDumped,
  checkMaintenanceScope,
  checkSignal,
  deleteAll,
  directoryOf,
  loadedDump,
  walkDump,
  walkRuns,
  walkSessions,
  walkTenants,
  walkUsers,
  type DirectoryPage,
  type SubtreeDeletion,
} from '@harborage/core/kit'
import { checkDumpedConversation, checkPlace } from './internal/check-dumped-conversation.ts'
import {
  dumpConversations,
  loadConversation,
  sizeOf,
  type ConversationPlace,
} from './internal/dump-conversations.ts'
import { checkMemoryPrune, pruneConversations } from './internal/prune-conversations.ts'
import { stepsToHealthy } from './internal/decide-replacement.ts'
import { FoldScheduler } from './internal/fold-scheduler.ts'
import { publishRejection } from './internal/reject-identity.ts'
import type { CheckedMemoryRules } from './memory-config.ts'
import type {
  DeleteBatch,
  DeletedConversation,
  DumpedConversation,
  MemoryDriver,
} from './memory-driver.ts'
import { MemoryEvents } from './memory-events.ts'
import { Passages } from './passages.ts'

/** The largest number of passages of a batch. Each word of them takes a while. */
const MAX_PASSAGE_BATCH = 100

/** The place in a deletion at which passages are left. Conversations follow. */
const AMONG_PASSAGES = 'passages'

/** The parts of a store that all of its calls share. */
interface StoreParts {
  readonly gate: CallGate
  readonly events: MemoryEvents
  /** `undefined` if nothing is folded. */
  readonly folds: FoldScheduler | undefined
}

/** The calls of a `MemoryStore` that are wider than one conversation. */
export abstract class MemorySubtrees {
  readonly #driver: MemoryDriver
  readonly #parts: StoreParts
  readonly #directory = { directoryPage: (page: DirectoryPage) => this.#directoryPage(page) }
  /** Passages that are found by their words. */
  readonly passages: Passages

  /** @internal */
  protected constructor(driver: MemoryDriver, rules: CheckedMemoryRules) {
    this.#driver = driver
    const events = new MemoryEvents(rules.bus)
    const { strategy, summarizer } = rules
    this.#parts = {
      gate: new CallGate({ name: 'MemoryStore', tracedAs: 'memory', store: this }),
      events,
      folds:
        strategy === 'rolling_summary' && summarizer !== undefined
          ? new FoldScheduler(rules, { driver, summarizer, events })
          : undefined,
    }
    this.passages = new Passages({ gate: this.#parts.gate, driver, strategy, events })
  }

  /** @internal Returns the parts that all calls of the store share. */
  protected static partsOf(subtrees: MemorySubtrees): StoreParts {
    return subtrees.#parts
  }

  /**
   * Deletes every conversation of a subtree, of any strategy: of a run, of a session and all its
   * runs, of a user and all its sessions, or of a tenant and all its users. Each is deleted as
   * `delete` does it, so no row of it is left. No other store is touched.
   *
   * A run or a session is deleted in one atomic step, its passages included. A user or a tenant is
   * deleted in batches, those of passages first, and what others add meanwhile may stay: then
   * `remaining`, which counts conversations and passages, is not 0. If the call fails or is
   * canceled, the batches so far stay applied: call it again to go on. `deleted` counts
   * conversations.
   *
   * @param subtree Made by `allOfRun`, `allOfSession`, `allOfUser` or `allOfTenant`.
   * @throws `subtree_required` if it is something else, such as an identity.
   *
   * @example
   * ```ts
   * import { allOfUser, createEventBus } from '@harborage/core'
   * import { openMemoryStore } from '@harborage/memory'
   *
   * await using memory = await openMemoryStore({ bus: createEventBus() })
   * const ann = allOfUser({ tenantId: 'acme', userId: 'ann' })
   * await memory.deleteAll(ann) // { deleted: 0, remaining: 0 }
   * ```
   */
  deleteAll(subtree: Subtree, options?: DeleteAllOptions): Promise<DeleteAllResult> {
    return this.#parts.gate.call(
      'deleteAll',
      () => checkDeleteAll(subtree, options),
      (checked) => deleteAll(this.#deletion(), checked),
    )
  }

  /**
   * Removes conversations of a subtree that are old, or that are not among the newest of their
   * user, by the time of their last change, by the clock of the process that made it. It walks over
   * all conversations of the subtree, of any strategy, in batches of up to 1,000, and removes each
   * of them as `delete` does, in one atomic step. A conversation that others changed since it was
   * examined stays, and so does one whose header is damaged. A copy was changed when it was loaded.
   * Passages stay: `passages.prune` removes them.
   *
   * If the call fails or is canceled, what was removed stays removed: call it again, or go on after
   * the `last` place of a progress.
   *
   * @param subtree Made by `allOfRun`, `allOfSession`, `allOfUser` or `allOfTenant`.
   * @throws `subtree_required` if it is something else, such as an identity; `invalid_record` if
   * the options name nothing to remove; `outcome_unknown` if the answer to a deletion was lost.
   *
   * @example
   * ```ts
   * import { allOfTenant, createEventBus } from '@harborage/core'
   * import { openMemoryStore } from '@harborage/memory'
   *
   * await using memory = await openMemoryStore({ bus: createEventBus() })
   * const olderThan = new Date(Date.now() - 30 * 86_400_000)
   * await memory.prune(allOfTenant({ tenantId: 'acme' }), { olderThan })
   * ```
   */
  prune(
    subtree: Subtree,
    options?: PruneOptions<Pick<DumpedConversation, 'identity'>>,
  ): Promise<PruneResult> {
    return this.#parts.gate.call(
      'prune',
      () => checkMemoryPrune(subtree, options),
      (checked) => pruneConversations(this.#driver, checked, (removed) => this.#end(removed)),
    )
  }

  /**
   * Returns an async iterable over the sessions that have a conversation or a passage, of a user or
   * of all users of a tenant. Each appears once, ordered by user and session, each by its UTF-8
   * bytes. A session has a conversation if it was begun under any strategy, by the session itself
   * or by a run.
   *
   * The cost follows the number of sessions, and not that of their turns. They are read in pages of
   * `pageSize`, by default 100. A malformed argument throws here, not at the first iteration.
   *
   * @param subtree Made by `allOfUser` or `allOfTenant`.
   * @throws `subtree_required` if it is something else, such as an identity.
   *
   * @example
   * ```ts
   * import { allOfUser, createEventBus } from '@harborage/core'
   * import { openMemoryStore } from '@harborage/memory'
   *
   * await using memory = await openMemoryStore({ bus: createEventBus() })
   * const ann = allOfUser({ tenantId: 'acme', userId: 'ann' })
   * for await (const session of memory.sessions(ann)) console.log(session.sessionId)
   * ```
   */
  sessions(subtree: Subtree<'user' | 'tenant'>, options?: PageOptions): AsyncIterable<Identity> {
    return walkSessions(this.#parts.gate, this.#directory, subtree, options)
  }

  /**
   * Returns an async iterable like {@link sessions} over the users of a tenant that have a
   * conversation or a passage.
   *
   * @param subtree Made by `allOfTenant`.
   * @throws `subtree_required` if it is something else, such as an identity.
   */
  users(subtree: Subtree<'tenant'>, options?: PageOptions): AsyncIterable<UserOwner> {
    return walkUsers(this.#parts.gate, this.#directory, subtree, options)
  }

  /**
   * Returns an async iterable like {@link sessions} over all tenants that have a conversation or a
   * passage, for maintenance.
   *
   * @param scope `{ maintenanceScoped: true }`, which says that the call crosses identities on
   * purpose.
   * @throws `maintenance_scope_required` without it.
   */
  tenants(scope: MaintenanceScope, options?: PageOptions): AsyncIterable<TenantOwner> {
    return walkTenants(this.#parts.gate, this.#directory, scope, options)
  }

  /**
   * Returns an async iterable like {@link sessions} over the runs of a session that have a
   * conversation or a passage. Those of the session itself are of none of them.
   *
   * @throws `invalid_identity` if the identity names a run.
   */
  runs(
    identity: Identity & { readonly runId?: never },
    options?: PageOptions,
  ): AsyncIterable<Required<RunIdentity>> {
    const { gate, events } = this.#parts
    try {
      return walkRuns(gate, this.#directory, identity, options)
    } catch (error) {
      if (isHarborageError(error)) publishRejection(events, 'runs', identity, error)
      throw error
    }
  }

  /**
   * Returns an async iterable over all conversations, of any strategy, for {@link loadDump} of
   * another store. Passages have a dump of their own, `passages.dump`. They are ordered by tenant,
   * user, session and run, each by its UTF-8 bytes, and one of a session comes before those of its
   * runs. Each is held in memory as a whole. What is changed meanwhile may be from before or after
   * the change.
   *
   * @param scope `{ maintenanceScoped: true }`, which says that the call crosses identities on
   * purpose.
   * @throws `maintenance_scope_required` without it. The walk throws `store_unavailable` if the
   * header of a conversation is damaged.
   *
   * @example
   * ```ts
   * import { createEventBus } from '@harborage/core'
   * import { openMemoryStore } from '@harborage/memory'
   *
   * await using from = await openMemoryStore({ bus: createEventBus() })
   * await using to = await openMemoryStore({ bus: createEventBus() })
   * const scope = { maintenanceScoped: true } as const
   * for await (const each of from.dump(scope)) await to.loadDump(scope, [each])
   * ```
   */
  dump(
    scope: MaintenanceScope,
    options?: DumpOptions<Pick<DumpedConversation, 'identity'>>,
  ): AsyncIterable<DumpedConversation> {
    return walkDump<DumpedConversation, ConversationPlace>(this.#parts.gate, scope, options, {
      checkPlace,
      beforeAllOf: (identity) => ({ identity, isBefore: true }),
      ownerOf: ({ identity }) => identity,
      placeOf: ({ identity }) => ({ identity: { ...identity } }),
      bytesOf: sizeOf,
      fetchPage: (after, limit, isInside) =>
        dumpConversations(this.#driver, after, limit, isInside),
    })
  }

  /**
   * Loads up to 1,000 conversations of a {@link dump} of this or another store, each in one step.
   * Their summaries, health, positions and remembered turn ids are kept, so that a retried turn is
   * recognized as where they come from. One that is there already with the same content is left as
   * it is: repeat the call after a failure.
   *
   * @param scope `{ maintenanceScoped: true }`, which says that the call crosses identities on
   * purpose.
   * @throws `maintenance_scope_required` without it; `dump_conflict` if there is another
   * conversation, and `invalid_record` if one is malformed. The first of these names the
   * conversation as its `entry`.
   */
  loadDump(
    scope: MaintenanceScope,
    records: readonly DumpedConversation[],
    options?: CallOptions,
  ): Promise<LoadedDump> {
    return this.#parts.gate.call(
      'loadDump',
      () => {
        checkMaintenanceScope(scope)
        const checked = checkDumped(records, checkDumpedConversation)
        return { checked, signal: checkSignal(options) }
      },
      async ({ checked }) =>
        loadedDump(await Promise.all(checked.map((each) => loadConversation(this.#driver, each)))),
    )
  }

  /** Returns a page of the owners of conversations and of passages. */
  async #directoryPage(page: DirectoryPage): Promise<readonly Required<RunIdentity>[]> {
    const { passages } = this.#driver
    const [ofConversations, ofPassages = []] = await Promise.all([
      this.#driver.directoryPage(page),
      passages?.directoryPage(page),
    ])
    return ofPassages.length === 0
      ? ofConversations
      : directoryOf([...ofConversations, ...ofPassages], page)
  }

  #deletion(): SubtreeDeletion<Required<RunIdentity> | typeof AMONG_PASSAGES> {
    const driver = this.#driver
    return {
      deleteAll: async (subtree) => this.#end(await driver.deleteAll(subtree)),
      deleteBatch: async ({ subtree, after = AMONG_PASSAGES, limit }) => {
        if (after !== AMONG_PASSAGES) return this.#deleteBatch({ subtree, after, limit })
        const batch = { subtree, limit: MAX_PASSAGE_BATCH }
        const passages = (await driver.passages?.deleteBatch(batch)) ?? 0
        return passages > 0
          ? { deleted: 0, last: AMONG_PASSAGES }
          : this.#deleteBatch({ subtree, after: undefined, limit })
      },
      countAll: async (subtree) =>
        (await driver.countAll(subtree)) + ((await driver.passages?.countAll(subtree)) ?? 0),
      steps: driver.steps,
    }
  }

  async #deleteBatch(batch: DeleteBatch) {
    const { deleted, last } = await this.#driver.deleteBatch(batch)
    return { deleted: this.#end(deleted), last }
  }

  /** Ends what is scheduled for deleted conversations, and returns their number. */
  #end(deleted: readonly DeletedConversation[]): number {
    const { events, folds } = this.#parts
    for (const { identity, health } of deleted) {
      events.healthChanged(identity, stepsToHealthy(health, 'deleted'))
      folds?.endPause(identity)
    }
    return deleted.length
  }
}
