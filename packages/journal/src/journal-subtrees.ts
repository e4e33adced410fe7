import type {
  CallOptions,
  DeleteAllOptions,
  DeleteAllResult,
  DumpOptions,
  Identity,
  LoadedDump,
  MaintenanceScope,
  Owner,
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
  ownerAt,
  walkDump,
  walkRuns,
  walkSessions,
  walkTenants,
  walkUsers,
} from '@harborage/core/kit'
import type { DumpedRecord, JournalPlace } from './dumped-record.ts'
import { checkDumpedRecord, checkPlace } from './internal/check-dumped-record.ts'
import { bytesOf } from './internal/is-same-dump.ts'
import { checkStreams } from './internal/check-reads.ts'
import { checkJournalPrune, pruneStreams } from './internal/prune-streams.ts'
import type { FoundStream, JournalDriver, StreamKey, StreamPlace } from './journal-driver.ts'
import type { StreamInfo, StreamListOptions } from './journal-record.ts'
import type { JournalPruneOptions } from './prune-options.ts'

/** The calls of a `JournalStore` that are wider than one stream. */
export abstract class JournalSubtrees {
  readonly #driver: JournalDriver
  readonly #gate = new CallGate({ name: 'JournalStore', tracedAs: 'journal', store: this })

  /** @internal */
  protected constructor(driver: JournalDriver) {
    this.#driver = driver
  }

  /** @internal Returns the gate of the store, which all of its calls pass. */
  protected static gateOf(subtrees: JournalSubtrees): CallGate {
    return subtrees.#gate
  }

  /**
   * Returns an async iterable over the streams of one owner, or of all owners of a subtree, with
   * their heads. A stream that begins or is deleted meanwhile may be among them or not. In the
   * order `'recent'`, one that is appended to meanwhile may be left out.
   *
   * The cost follows the number of streams, and not that of their entries. In the order `'recent'`
   * it follows the `limit` for a user, and for others the number of all streams that there are.
   * A malformed argument throws here, not at the first iteration.
   *
   * @param of An owner, or a subtree made by `allOfRun`, `allOfSession`, `allOfUser` or
   * `allOfTenant`.
   *
   * @example
   * ```ts
   * import { allOfUser } from '@harborage/core'
   * import { openJournalStore } from '@harborage/journal'
   *
   * await using journal = await openJournalStore()
   * const ann = allOfUser({ tenantId: 'acme', userId: 'ann' })
   * const newestFirst = { prefix: 'chat/', order: 'recent', limit: 20 } as const
   * for await (const { owner, stream, head } of journal.streams(ann, newestFirst)) {
   *   console.log(owner.sessionId, stream, head.length)
   * }
   * ```
   */
  streams(of: Owner | Subtree, options?: StreamListOptions): AsyncIterable<StreamInfo> {
    const found = this.#gate.walk(
      'streams',
      () => checkStreams(of, options),
      (checked, after: StreamPlace | undefined, limit) =>
        this.#driver.streamsPage({ ...checked.found, withExpired: false, after, limit }),
      { placeOf: ({ place }: FoundStream) => place, bytesOf: () => 0 },
    )
    return {
      async *[Symbol.asyncIterator]() {
        for await (const { owner, stream, head } of found) {
          yield { owner: ownerAt(owner), stream, head }
        }
      },
    }
  }

  /**
   * Deletes every stream of a subtree: of a run, of a session and all its runs, of a user and all
   * its sessions, or of a tenant and all its users. Nothing of them is left, and no other store is
   * touched.
   *
   * A run or a session is emptied in one atomic step: a concurrent append takes effect as a whole
   * before it or after it. A user or a tenant is emptied in batches, and what others append
   * meanwhile may stay: then `remaining` is not 0. If the call fails or is canceled, the batches so
   * far stay applied: call it again to go on. The answer counts streams.
   *
   * @param subtree Made by `allOfRun`, `allOfSession`, `allOfUser` or `allOfTenant`.
   * @throws `subtree_required` if it is something else, such as an identity.
   *
   * @example
   * ```ts
   * import { allOfUser } from '@harborage/core'
   * import { openJournalStore } from '@harborage/journal'
   *
   * await using journal = await openJournalStore()
   * const ann = allOfUser({ tenantId: 'acme', userId: 'ann' })
   * await journal.deleteAll(ann) // { deleted: 0, remaining: 0 }
   * ```
   */
  deleteAll(subtree: Subtree, options?: DeleteAllOptions): Promise<DeleteAllResult> {
    return this.#gate.call(
      'deleteAll',
      () => checkDeleteAll(subtree, options),
      (checked) => deleteAll<StreamKey>(this.#driver, checked),
    )
  }

  /**
   * Removes streams of a subtree that have expired, that are old, or that are not among the newest
   * of their owner, by the date of their last append. It walks over all streams of the subtree, in
   * batches of up to 1,000, and removes each of them in one atomic step. A stream that was appended
   * to or touched since it was examined stays. A removed stream leaves nothing, as with `delete`.
   *
   * If the call fails or is canceled, what was removed stays removed: call it again, or go on after
   * the `last` place of a progress. To shorten streams, use `trim`.
   *
   * @param subtree Made by `allOfRun`, `allOfSession`, `allOfUser` or `allOfTenant`.
   * @throws `subtree_required` if it is something else, such as an identity; `invalid_record` if
   * the options name nothing to remove, or rules without a prefix; `outcome_unknown` if the answer
   * to a deletion was lost.
   *
   * @example
   * ```ts
   * import { allOfTenant } from '@harborage/core'
   * import { openJournalStore } from '@harborage/journal'
   *
   * await using journal = await openJournalStore()
   * const olderThan = new Date(Date.now() - 30 * 86_400_000)
   * await journal.prune(allOfTenant({ tenantId: 'acme' }), { olderThan, prefix: 'chat/' })
   * ```
   */
  prune(subtree: Subtree, options?: JournalPruneOptions): Promise<PruneResult> {
    return this.#gate.call(
      'prune',
      () => checkJournalPrune(subtree, options),
      (checked) => pruneStreams(this.#driver, checked),
    )
  }

  /**
   * Returns an async iterable over the sessions that have a stream, of a user or of all users of a
   * tenant. Each appears once, ordered by user and session, each by its UTF-8 bytes. Streams of the
   * user or the tenant itself are of no session.
   *
   * The cost follows the number of sessions, and not that of their streams. They are read in pages
   * of `pageSize`, by default 100. A malformed argument throws here, not at the first iteration.
   *
   * @param subtree Made by `allOfUser` or `allOfTenant`.
   * @throws `subtree_required` if it is something else, such as an identity.
   *
   * @example
   * ```ts
   * import { allOfUser } from '@harborage/core'
   * import { openJournalStore } from '@harborage/journal'
   *
   * await using journal = await openJournalStore()
   * const ann = allOfUser({ tenantId: 'acme', userId: 'ann' })
   * for await (const session of journal.sessions(ann)) console.log(session.sessionId)
   * ```
   */
  sessions(subtree: Subtree<'user' | 'tenant'>, options?: PageOptions): AsyncIterable<Identity> {
    return walkSessions(this.#gate, this.#driver, subtree, options)
  }

  /**
   * Returns an async iterable like {@link sessions} over the users of a tenant: those that have a
   * stream themselves or in a session.
   *
   * @param subtree Made by `allOfTenant`.
   * @throws `subtree_required` if it is something else, such as an identity.
   */
  users(subtree: Subtree<'tenant'>, options?: PageOptions): AsyncIterable<UserOwner> {
    return walkUsers(this.#gate, this.#driver, subtree, options)
  }

  /**
   * Returns an async iterable like {@link sessions} over all tenants, for maintenance: those that
   * have a stream themselves, or with a user.
   *
   * @param scope `{ maintenanceScoped: true }`, which says that the call crosses identities on
   * purpose.
   * @throws `maintenance_scope_required` without it.
   */
  tenants(scope: MaintenanceScope, options?: PageOptions): AsyncIterable<TenantOwner> {
    return walkTenants(this.#gate, this.#driver, scope, options)
  }

  /**
   * Returns an async iterable like {@link sessions} over the runs of a session that have a stream.
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
   * Returns an async iterable over all streams, for {@link loadDump} of another store: the head of
   * each, and then its rows in the order of their positions. Streams are ordered by owner and name,
   * each by its UTF-8 bytes. Records are read in pages of `pageSize` and of about 8 MiB. What is
   * appended meanwhile may be left out.
   *
   * @param scope `{ maintenanceScoped: true }`, which says that the call crosses identities on
   * purpose.
   * @throws `maintenance_scope_required` without it.
   *
   * @example
   * ```ts
   * import { openJournalStore } from '@harborage/journal'
   *
   * await using from = await openJournalStore()
   * await using to = await openJournalStore()
   * const scope = { maintenanceScoped: true } as const
   * for await (const record of from.dump(scope)) await to.loadDump(scope, [record])
   * ```
   */
  dump(scope: MaintenanceScope, options?: DumpOptions<JournalPlace>): AsyncIterable<DumpedRecord> {
    return walkDump<DumpedRecord, JournalPlace>(this.#gate, scope, options, {
      checkPlace,
      beforeAllOf: (owner) => ({ owner, stream: '', generation: '' }),
      ownerOf: ({ owner }) => owner,
      placeOf: ({ owner, stream, generation, position }) => ({
        owner: { ...owner },
        stream,
        generation,
        ...(position === undefined ? {} : { position }),
      }),
      bytesOf: (record) => bytesOf(record).byteLength,
      handOut: (record) => ({ ...record, owner: ownerAt(record.owner) }),
      fetchPage: (after, limit) =>
        this.#driver.dumpPage({ after, limit, maxBytes: MAX_PAGE_BYTES }),
    })
  }

  /**
   * Loads up to 1,000 records of a {@link dump} of this or another store, in the order of the dump.
   * Generations, positions, ids and dates are kept, so that a retried append, a follower or a
   * cursor goes on as where they come from. A record that is there already with the same content is
   * left as it is: repeat the call after a failure.
   *
   * @param scope `{ maintenanceScoped: true }`, which says that the call crosses identities on
   * purpose.
   * @throws `maintenance_scope_required` without it; `dump_conflict` if there is another stream or
   * row, or a row comes before the head of its stream; `invalid_record` if a record is malformed.
   * The first of these names the record as its `entry`.
   */
  loadDump(
    scope: MaintenanceScope,
    records: readonly DumpedRecord[],
    options?: CallOptions,
  ): Promise<LoadedDump> {
    return this.#gate.call(
      'loadDump',
      () => {
        checkMaintenanceScope(scope)
        return { checked: checkDumped(records, checkDumpedRecord), signal: checkSignal(options) }
      },
      async ({ checked }) => loadedDump(await this.#driver.loadDump(checked)),
    )
  }
}
