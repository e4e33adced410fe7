import type { CallOptions } from '@harborage/core'
import {
  checkSignal,
  KnownNames,
  MAX_PAGE_BYTES,
  releaseOf,
  type StoreOptions,
} from '@harborage/core/kit'
import type { ArtifactDriver, ArtifactKey } from './artifact-driver.ts'
import { ArtifactSubtrees } from './artifact-subtrees.ts'
import {
  sourceBytes,
  type ArtifactFilter,
  type ArtifactListOptions,
  type ArtifactRef,
  type ArtifactScope,
  type GetOptions,
  type PutOptions,
} from './artifact.ts'
import {
  BINARY,
  captureData,
  captureText,
  checkArtifactId,
  checkDescription,
  checkGetOptions,
  checkIds,
  checkScope,
  putNames,
  TEXT,
} from './internal/check-artifact.ts'
import { checkList } from './internal/check-list.ts'
import { decodeText, verifiedBytes } from './internal/content.ts'
import { checkMaxBytes } from './internal/max-bytes.ts'
import { newArtifact } from './internal/new-artifact.ts'
import { withOwner } from './internal/owned-refs.ts'
import { ArtifactPreparations } from './prepare-artifacts.ts'
import { ScopedArtifacts } from './scoped-artifacts.ts'

/** Options of the constructor of {@link ArtifactStore}. */
export interface ArtifactStoreOptions extends StoreOptions {
  /** The largest artifact, in bytes: at most 256 MiB. Default: 64 MiB. */
  readonly maxBytes?: number
}

const storeNames = new KnownNames('options', ['maxBytes', 'release'], 'invalid_config')

/**
 * A content-addressed store of blobs, for large tool outputs. Open one with `openArtifactStore`.
 *
 * An artifact belongs to a scope: an identity, optionally with a task, or a user (`userOwner`) or a
 * tenant (`tenantOwner`). An artifact of another scope is treated as absent.
 *
 * Every method checks that the store is open, then the identity, then the other arguments, before
 * it reads or writes. So in addition to the codes that it names, each method may fail with
 * `store_closed`, `identity_required`, `invalid_identity`, `invalid_record` for a malformed
 * argument or an unknown option, `store_unavailable` if the backend fails, and for writes
 * `outcome_unknown` if its answer was lost.
 *
 * Safe to repeat are all reads and puts, whose content is their id. A deletion does its work again:
 * after `outcome_unknown`, look first, since others may have put the same content in the meantime.
 */
export class ArtifactStore extends ArtifactSubtrees implements AsyncDisposable {
  readonly #driver: ArtifactDriver
  readonly #release: () => Promise<void>
  readonly #maxBytes: number
  readonly #gate = ArtifactSubtrees.gateOf(this)
  /** Prepares calls as parts of steps, for `commitTogether`. */
  readonly prepare: ArtifactPreparations

  /**
   * Makes a store on a driver. `openArtifactStore` does this for you.
   *
   * @param driver The storage backend. By default the store closes it when it is closed.
   * @throws `invalid_config` if `maxBytes` is not a whole number from 1 to 256 MiB.
   */
  constructor(driver: ArtifactDriver, options: ArtifactStoreOptions = {}) {
    super(driver)
    this.#maxBytes = checkMaxBytes(options)
    this.#driver = driver
    this.#release = releaseOf(driver, options, storeNames)
    this.prepare = new ArtifactPreparations(driver, this.#gate, this.#maxBytes)
  }

  /**
   * Stores bytes, once per scope and namespace. The artifact is durable when the call resolves. The
   * bytes are copied when the method is called.
   *
   * @returns The ref of the artifact. If equal content is already stored, its ref is returned, with
   * the expiry of this put or none. If that has expired, the artifact is a new one.
   * @throws `artifact_too_large` above `maxBytes`, before anything is hashed or written;
   * `artifact_corrupt` if equal content is stored but damaged: delete it, then put it again.
   *
   * @example
   * ```ts
   * import { openArtifactStore } from '@harborage/artifacts'
   *
   * await using artifacts = await openArtifactStore()
   * const scope = { tenantId: 'acme', userId: 'ann', sessionId: 's1', taskId: 't1' }
   * const ref = await artifacts.putBytes(scope, new Uint8Array(100_000), { filename: 'image.raw' })
   * ref.id // 'default_' and 12 hex digits
   * ```
   */
  async putBytes(
    scope: ArtifactScope,
    data: Uint8Array,
    options?: PutOptions,
  ): Promise<ArtifactRef> {
    return this.#put('putBytes', scope, () => captureData(data, this.#maxBytes), options, BINARY)
  }

  /**
   * Stores a string as UTF-8; see {@link putBytes}.
   *
   * @throws `invalid_record` if the text has a lone surrogate, which UTF-8 cannot represent; the
   * codes of {@link putBytes}.
   */
  async putText(scope: ArtifactScope, text: string, options?: PutOptions): Promise<ArtifactRef> {
    return this.#put('putText', scope, () => captureText(text, this.#maxBytes), options, TEXT)
  }

  /**
   * Returns a copy of the bytes of the artifact with the id, or `undefined` if the scope has none.
   *
   * @param options With `verify: 'digest'`, the SHA-256 of the bytes is compared as well. With
   * `expired: true`, content that has expired is returned, too.
   * @throws `artifact_corrupt` if the stored bytes do not match their size, or their checksum or
   * digest.
   */
  get(scope: ArtifactScope, id: string, options?: GetOptions): Promise<Uint8Array | undefined> {
    return this.#get('get', scope, id, options)
  }

  /**
   * Returns the content decoded as UTF-8, or `undefined` if the scope has no such artifact.
   *
   * @throws `invalid_record` if it is not UTF-8; `artifact_corrupt` as in {@link get}.
   */
  async getText(
    scope: ArtifactScope,
    id: string,
    options?: GetOptions,
  ): Promise<string | undefined> {
    const bytes = await this.#get('getText', scope, id, options)
    return bytes === undefined ? undefined : decodeText(bytes)
  }

  /**
   * Returns the ref of the artifact with the id, or `undefined` if the scope has none. It does not
   * read the bytes.
   *
   * @throws `artifact_corrupt` if the stored metadata is damaged.
   */
  async getRef(
    scope: ArtifactScope,
    id: string,
    options?: CallOptions,
  ): Promise<ArtifactRef | undefined> {
    return this.#onKey('getRef', scope, id, options, async (key) => {
      const ref = await this.#driver.getRef(key)
      return ref && withOwner(ref)
    })
  }

  /**
   * Returns the refs of up to 1,000 artifacts of a scope, in the order of their ids: `undefined` in
   * each place whose artifact the scope does not have. It does not read the bytes. On SQL and in
   * memory all refs are read at the same instant; on files, each by itself.
   *
   * @throws `artifact_corrupt` as in {@link getRef}, if any of them is damaged.
   *
   * @example
   * ```ts
   * import { openArtifactStore } from '@harborage/artifacts'
   *
   * await using artifacts = await openArtifactStore()
   * const scope = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
   * const { id } = await artifacts.putText(scope, 'a page')
   * const [page, absent] = await artifacts.getRefs(scope, [id, 'default_0123456789ab'])
   * page?.sizeBytes // 6
   * absent // undefined
   * ```
   */
  async getRefs(
    scope: ArtifactScope,
    ids: readonly string[],
    options?: CallOptions,
  ): Promise<(ArtifactRef | undefined)[]> {
    return this.#gate.call(
      'getRefs',
      () => ({
        owner: checkScope(scope),
        checkedIds: checkIds(ids, checkArtifactId),
        signal: checkSignal(options),
      }),
      async ({ owner, checkedIds }) => {
        if (checkedIds.length === 0) return []
        const refs = await this.#driver.getRefs(owner, checkedIds)
        return refs.map((ref) => ref && withOwner(ref))
      },
    )
  }

  /**
   * Returns whether the scope has the artifact.
   *
   * @throws `artifact_corrupt` as in {@link getRef}.
   */
  async exists(scope: ArtifactScope, id: string, options?: CallOptions): Promise<boolean> {
    return this.#onKey(
      'exists',
      scope,
      id,
      options,
      async (key) => (await this.#driver.getRef(key)) !== undefined,
    )
  }

  /** Deletes the artifact with the id, and returns whether it existed. */
  async delete(scope: ArtifactScope, id: string, options?: CallOptions): Promise<boolean> {
    return this.#onKey('delete', scope, id, options, (key) => this.#driver.delete(key))
  }

  /**
   * Returns an async iterable over the refs that match the filter, ordered by tenant, user,
   * session, task, namespace and id, each by its UTF-8 bytes, or in the reverse order. The refs are
   * read in pages of `pageSize`, by default 100; the bytes are not read.
   *
   * A malformed argument throws here, not at the first iteration.
   *
   * @param options `from` is the first artifact of the list and `to` the first one beyond it, in
   * either order. With a `limit`, no more than that are read.
   * @throws `maintenance_scope_required` if the filter leaves out the tenant, the user or the
   * session without `maintenanceScoped: true`; `scope_mismatch` if a bound is outside of the
   * filter; `artifact_corrupt` during the iteration if stored metadata is damaged.
   *
   * @example
   * ```ts
   * import { openArtifactStore } from '@harborage/artifacts'
   *
   * await using artifacts = await openArtifactStore()
   * const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
   * for await (const { id, sizeBytes } of artifacts.list(session)) {
   *   console.log(id, sizeBytes)
   * }
   * ```
   */
  list(filter: ArtifactFilter, options?: ArtifactListOptions): AsyncIterable<ArtifactRef> {
    return this.#gate.walk(
      'list',
      () => checkList(filter, options),
      ({ list }, after: ArtifactRef | undefined, limit) =>
        this.#driver.listPage({ ...list, after, limit, maxBytes: MAX_PAGE_BYTES }),
      {
        // The ref itself, not a copy: a driver may keep the position of its iteration by it.
        placeOf: (ref) => ref,
        bytesOf: sourceBytes,
        handOut: (ref) => withOwner({ ...ref, scope: { ...ref.scope } }),
      },
    )
  }

  /**
   * Returns a view of one scope, to pass to a task. It cannot access any other scope.
   *
   * @throws `store_closed`, `identity_required`, `invalid_identity`.
   */
  scoped(scope: ArtifactScope): ScopedArtifacts {
    this.#gate.assertOpen()
    return new ScopedArtifacts(this, scope)
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

  async #put(
    operation: string,
    scope: ArtifactScope,
    capture: () => Uint8Array,
    options: PutOptions | undefined,
    mimeType: string,
  ): Promise<ArtifactRef> {
    return this.#gate.call(
      operation,
      () => ({
        owner: checkScope(scope),
        bytes: capture(),
        description: checkDescription(options, mimeType),
        signal: checkSignal(options, putNames),
      }),
      async ({ owner, bytes, description }) =>
        withOwner(await this.#driver.put(await newArtifact(owner, bytes, description))),
    )
  }

  #get(
    operation: string,
    scope: ArtifactScope,
    id: string,
    options: GetOptions | undefined,
  ): Promise<Uint8Array | undefined> {
    return this.#gate.call(
      operation,
      () => ({
        key: { scope: checkScope(scope), id: checkArtifactId(id) },
        ...checkGetOptions(options),
      }),
      async ({ key, verify, visibility }) => {
        const content = await this.#driver.get(key, visibility)
        return content === undefined ? undefined : verifiedBytes(content, verify)
      },
    )
  }

  async #onKey<Result>(
    operation: string,
    scope: ArtifactScope,
    id: string,
    options: CallOptions | undefined,
    call: (key: ArtifactKey) => Promise<Result>,
  ): Promise<Result> {
    return this.#gate.call(
      operation,
      () => ({
        key: { scope: checkScope(scope), id: checkArtifactId(id) },
        signal: checkSignal(options),
      }),
      ({ key }) => call(key),
    )
  }
}
