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
  walkDump,
  walkSessions,
  walkTenants,
  walkUsers,
} from '@harborage/core/kit'
import type { ArtifactDriver } from './artifact-driver.ts'
import type { RefPlace } from './artifact.ts'
import type { ArtifactPruneOptions } from './prune-options.ts'
import type { DumpedArtifact } from './dumped-artifact.ts'
import { checkDumpedArtifact, checkPlace } from './internal/check-dumped-artifact.ts'
import { dumpArtifacts } from './internal/dump-artifacts.ts'
import { checkDigests, loadArtifact } from './internal/load-artifact.ts'
import { checkArtifactPrune, pruneArtifacts } from './internal/prune-artifacts.ts'
import { withOwner } from './internal/owned-refs.ts'

/** The calls of an `ArtifactStore` that are wider than one scope. */
export abstract class ArtifactSubtrees {
  readonly #driver: ArtifactDriver
  readonly #gate = new CallGate({ name: 'ArtifactStore', tracedAs: 'artifacts', store: this })

  /** @internal */
  protected constructor(driver: ArtifactDriver) {
    this.#driver = driver
  }

  /** @internal Returns the gate of the store, which all of its calls pass. */
  protected static gateOf(subtrees: ArtifactSubtrees): CallGate {
    return subtrees.#gate
  }

  /**
   * Deletes every artifact of a subtree: of a session and all its tasks, of a user and all its
   * sessions, or of a tenant and all its users. An artifact belongs to no run, so of a run nothing
   * is deleted. No other store is touched. To delete the artifacts of one task, use
   * `ScopedArtifacts.deleteAll`.
   *
   * The artifacts of a session are deleted in one step. Those of a user or a tenant are deleted in
   * batches of about 1,000, and what others put meanwhile may stay: then `remaining` is not 0. If
   * the call fails or is canceled, the batches so far stay applied: call it again to go on.
   *
   * @param subtree Made by `allOfSession`, `allOfUser` or `allOfTenant`.
   * @throws `subtree_required` if it is something else, such as an identity.
   *
   * @example
   * ```ts
   * import { openArtifactStore } from '@harborage/artifacts'
   * import { allOfUser } from '@harborage/core'
   *
   * await using artifacts = await openArtifactStore()
   * const ann = allOfUser({ tenantId: 'acme', userId: 'ann' })
   * await artifacts.deleteAll(ann) // { deleted: 0, remaining: 0 }
   * ```
   */
  deleteAll(subtree: Subtree, options?: DeleteAllOptions): Promise<DeleteAllResult> {
    const driver = this.#driver
    return this.#gate.call(
      'deleteAll',
      () => checkDeleteAll(subtree, options),
      (checked) =>
        deleteAll<string>(
          {
            deleteAll: async (given) => (given.level === 'run' ? 0 : driver.deleteAll(given)),
            deleteBatch: (batch) => driver.deleteBatch(batch),
            countAll: (given) => driver.countAll(given),
            steps: driver.steps,
          },
          checked,
        ),
    )
  }

  /**
   * Removes artifacts of a subtree that have expired, and those that are old or not among the
   * newest of their scope, by the date on which their content was first put: putting it again does
   * not change that. It walks over all artifacts of the subtree, in batches of up to 1,000. What
   * was put since a batch was read stays. An artifact belongs to no run, so of a run nothing is
   * removed.
   *
   * If the call fails or is canceled, what was removed stays removed: call it again, or go on after
   * the `last` place of a progress.
   *
   * @param subtree Made by `allOfSession`, `allOfUser` or `allOfTenant`.
   * @throws `subtree_required` if it is something else, such as an identity; `invalid_record` if
   * the options name nothing to remove, or have a rule and no namespace; `outcome_unknown` if the
   * answer to a batch was lost.
   *
   * @example
   * ```ts
   * import { openArtifactStore } from '@harborage/artifacts'
   * import { allOfTenant } from '@harborage/core'
   *
   * await using artifacts = await openArtifactStore()
   * const olderThan = new Date(Date.now() - 30 * 86_400_000)
   * await artifacts.prune(allOfTenant({ tenantId: 'acme' }), { olderThan, namespace: 'pages' })
   * ```
   */
  prune(subtree: Subtree, options?: ArtifactPruneOptions): Promise<PruneResult> {
    return this.#gate.call(
      'prune',
      () => checkArtifactPrune(subtree, options),
      (checked) => pruneArtifacts(this.#driver, checked),
    )
  }

  /**
   * Returns an async iterable over the sessions that have an artifact, of a user or of all users of
   * a tenant. Each appears once, ordered by user and session, each by its UTF-8 bytes. Artifacts of
   * the user or the tenant itself are of no session.
   *
   * The cost follows the number of sessions, and not that of their artifacts. They are read in
   * pages of `pageSize`, by default 100. A malformed argument throws here, not at the first
   * iteration.
   *
   * @param subtree Made by `allOfUser` or `allOfTenant`.
   * @throws `subtree_required` if it is something else, such as an identity.
   *
   * @example
   * ```ts
   * import { openArtifactStore } from '@harborage/artifacts'
   * import { allOfUser } from '@harborage/core'
   *
   * await using artifacts = await openArtifactStore()
   * const ann = allOfUser({ tenantId: 'acme', userId: 'ann' })
   * for await (const session of artifacts.sessions(ann)) console.log(session.sessionId)
   * ```
   */
  sessions(subtree: Subtree<'user' | 'tenant'>, options?: PageOptions): AsyncIterable<Identity> {
    return walkSessions(this.#gate, this.#driver, subtree, options)
  }

  /**
   * Returns an async iterable like {@link sessions} over the users of a tenant: those that have an
   * artifact themselves or in a session.
   *
   * @param subtree Made by `allOfTenant`.
   * @throws `subtree_required` if it is something else, such as an identity.
   */
  users(subtree: Subtree<'tenant'>, options?: PageOptions): AsyncIterable<UserOwner> {
    return walkUsers(this.#gate, this.#driver, subtree, options)
  }

  /**
   * Returns an async iterable like {@link sessions} over all tenants, for maintenance: those that
   * have an artifact themselves, or with a user.
   *
   * @param scope `{ maintenanceScoped: true }`, which says that the call crosses identities on
   * purpose.
   * @throws `maintenance_scope_required` without it.
   */
  tenants(scope: MaintenanceScope, options?: PageOptions): AsyncIterable<TenantOwner> {
    return walkTenants(this.#gate, this.#driver, scope, options)
  }

  /**
   * Returns an async iterable over all artifacts with their bytes, for {@link loadDump} of another
   * store, also over those that have expired, in the order of `compareRefs`. Each is read by itself
   * and compared with its digest. A page ends once it holds 8 MiB. One that is put or deleted
   * meanwhile may be left out.
   *
   * @param scope `{ maintenanceScoped: true }`, which says that the call crosses identities on
   * purpose.
   * @throws `maintenance_scope_required` without it. The walk throws `artifact_corrupt` if bytes do
   * not match their digest.
   *
   * @example
   * ```ts
   * import { openArtifactStore } from '@harborage/artifacts'
   *
   * await using from = await openArtifactStore()
   * await using to = await openArtifactStore()
   * const scope = { maintenanceScoped: true } as const
   * for await (const artifact of from.dump(scope)) await to.loadDump(scope, [artifact])
   * ```
   */
  dump(scope: MaintenanceScope, options?: DumpOptions<RefPlace>): AsyncIterable<DumpedArtifact> {
    return walkDump<DumpedArtifact, RefPlace>(this.#gate, scope, options, {
      checkPlace,
      beforeAllOf: ({ tenantId, userId, sessionId }) => ({
        scope: { tenantId, userId, sessionId, taskId: '' },
        namespace: '',
        id: '',
      }),
      ownerOf: (place) => place.scope,
      // The ref itself, not a copy: a driver may keep the position of its iteration by it.
      placeOf: ({ ref }) => ref,
      bytesOf: ({ bytes }) => bytes.byteLength,
      handOut: ({ ref, bytes }) => ({ ref: withOwner({ ...ref, scope: { ...ref.scope } }), bytes }),
      fetchPage: (after, limit, isInside) => dumpArtifacts(this.#driver, after, limit, isInside),
    })
  }

  /**
   * Loads up to 1,000 artifacts of a {@link dump} of this or another store, each under its own id
   * and with its own dates. One that is there already with the same content is left as it is:
   * repeat the call after a failure.
   *
   * @param scope `{ maintenanceScoped: true }`, which says that the call crosses identities on
   * purpose.
   * @throws `maintenance_scope_required` without it; `dump_conflict` if the id is in use for
   * something else, or the content has another id or dates there; `invalid_record` if an artifact
   * is malformed, or its bytes do not match its digest. The first of these names the artifact as
   * its `entry`.
   */
  loadDump(
    scope: MaintenanceScope,
    records: readonly DumpedArtifact[],
    options?: CallOptions,
  ): Promise<LoadedDump> {
    return this.#gate.call(
      'loadDump',
      () => {
        checkMaintenanceScope(scope)
        return { checked: checkDumped(records, checkDumpedArtifact), signal: checkSignal(options) }
      },
      async ({ checked }) => {
        await checkDigests(checked)
        return loadedDump(
          await Promise.all(checked.map((each) => loadArtifact(this.#driver, each))),
        )
      },
    )
  }
}
