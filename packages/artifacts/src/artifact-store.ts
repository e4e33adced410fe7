import { type CallOptions, HarborageError, type Identity, type PageOptions } from '@harborage/core'
import {
  checkPageSize,
  checkSignal,
  KnownNames,
  MAX_PAGE_BYTES,
  pageOptionNames,
  parseJsonObject,
  CallGate,
  type StoreOptions,
} from '@harborage/core/kit'
import type { ArtifactContent, ArtifactDriver, ArtifactKey } from './artifact-driver.ts'
import type { ArtifactFilter, ArtifactRef, ArtifactScope, PutOptions } from './artifact.ts'
import {
  captureData,
  captureText,
  checkArtifactId,
  checkDescription,
  checkFilter,
  checkScope,
  checkSession,
  putNames,
  type Description,
} from './internal/check-artifact.ts'
import { sha256Hex } from './internal/digest.ts'
import { sourceBytes } from './source-bytes.ts'
import { checkMaxBytes } from './internal/max-bytes.ts'
import { BINARY, TEXT } from './internal/mime-types.ts'
import { ScopedArtifacts } from './scoped-artifacts.ts'

/** Options of the constructor of {@link ArtifactStore}. */
export interface ArtifactStoreOptions extends StoreOptions {
  /** The largest artifact, in bytes: at most 256 MiB. Default: 64 MiB. */
  readonly maxBytes?: number
}

const SHORT_ID_DIGITS = 12

const storeNames = new KnownNames('options', ['maxBytes', 'release'], 'invalid_config')

/**
 * Content-addressed blobs: the place for heavy tool outputs. Open one with `openArtifactStore`.
 *
 * Every method first checks that the store is open, then the identity, then the rest, before it does anything; so
 * besides the codes it names, each may reject with `store_closed`, `identity_required`, `invalid_identity`,
 * `invalid_record`, and with `store_unavailable` or, for writes, `outcome_unknown` if the backend fails. Another scope's
 * artifact is simply not there. Every call may be repeated.
 */
export class ArtifactStore implements AsyncDisposable {
  readonly #driver: ArtifactDriver
  readonly #release: () => Promise<void>
  readonly #maxBytes: number
  readonly #gate = new CallGate({ name: 'ArtifactStore', tracedAs: 'artifacts', store: this })

  /** @throws `invalid_config` if `maxBytes` is not a whole number from 1 to 256 MiB. */
  constructor(driver: ArtifactDriver, options: ArtifactStoreOptions = {}) {
    this.#maxBytes = checkMaxBytes(options)
    storeNames.check(options)
    this.#driver = driver
    this.#release = options.release ?? (() => driver.close())
  }

  /**
   * Stores bytes, once per scope and namespace: equal content that is there already keeps its first ref. When it
   * resolves, the artifact is durable.
   *
   * @throws `artifact_too_large` above `maxBytes`, before anything is hashed or written; `artifact_corrupt` if equal
   * content is there and damaged: delete it, then put again.
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

  /** Stores a text as UTF-8, as {@link putBytes} stores bytes. A lone surrogate is `invalid_record`. */
  async putText(scope: ArtifactScope, text: string, options?: PutOptions): Promise<ArtifactRef> {
    return this.#put('putText', scope, () => captureText(text, this.#maxBytes), options, TEXT)
  }

  /**
   * Gives the bytes, your own copy, or `undefined` if the scope has no such artifact.
   *
   * @throws `artifact_corrupt` if what is stored no longer has its digest.
   */
  async get(
    scope: ArtifactScope,
    id: string,
    options?: CallOptions,
  ): Promise<Uint8Array | undefined> {
    return this.#get('get', scope, id, options)
  }

  /**
   * Gives the content as text, or `undefined` if the scope has no such artifact.
   *
   * @throws `invalid_record` if it is not UTF-8; `artifact_corrupt` as {@link get}.
   */
  async getText(
    scope: ArtifactScope,
    id: string,
    options?: CallOptions,
  ): Promise<string | undefined> {
    const bytes = await this.#get('getText', scope, id, options)
    return bytes === undefined ? undefined : decodeText(bytes)
  }

  /**
   * Gives the ref, or `undefined` if the scope has no such artifact.
   *
   * @throws `artifact_corrupt` if what is stored of it, other than its bytes, is damaged; those are not read.
   */
  async getRef(
    scope: ArtifactScope,
    id: string,
    options?: CallOptions,
  ): Promise<ArtifactRef | undefined> {
    return this.#onKey('getRef', scope, id, options, (key) => this.#driver.getRef(key))
  }

  /**
   * Whether the scope has the artifact.
   *
   * @throws `artifact_corrupt` as {@link getRef}.
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

  /** Removes an artifact and tells whether it was there. */
  async delete(scope: ArtifactScope, id: string, options?: CallOptions): Promise<boolean> {
    return this.#onKey('delete', scope, id, options, (key) => this.#driver.delete(key))
  }

  /**
   * Removes every artifact of the session, of all its tasks, and gives their number. What names a task or
   * a run is `invalid_record`: `ScopedArtifacts.deleteAll` removes those of one task.
   */
  async deleteScope(
    identity: Identity & { readonly taskId?: never; readonly runId?: never },
    options?: CallOptions,
  ): Promise<number> {
    return this.#gate.call(
      'deleteScope',
      () => ({ owner: checkSession(identity), signal: checkSignal(options) }),
      ({ owner }) => this.#driver.deleteScope(owner),
    )
  }

  /**
   * Walks the refs that match the filter, ordered by tenant, user, session, task, namespace and id, by bytes, page by
   * page and without reading any artifact. It throws at once, not at the first step, if an argument is wrong.
   *
   * @throws `maintenance_scope_required` if the filter leaves out the tenant, the user or the session and does not say
   * `maintenanceScoped: true`; on the way
   * `artifact_corrupt` if a ref is damaged.
   */
  list(filter: ArtifactFilter, options?: PageOptions): AsyncIterable<ArtifactRef> {
    return this.#gate.walk(
      'list',
      () => ({
        parts: checkFilter(filter),
        limit: checkPageSize(options),
        signal: checkSignal(options, pageOptionNames),
      }),
      ({ parts, limit }, after: ArtifactRef | undefined) =>
        this.#driver.listPage({ ...parts, after, limit, maxBytes: MAX_PAGE_BYTES }),
      {
        // A driver may know by the very ref where its own walk stands.
        placeOf: (ref) => ref,
        bytesOf: sourceBytes,
        handOut: (ref) => ({ ...ref, scope: { ...ref.scope } }),
      },
    )
  }

  /**
   * A view of one scope, for handing to a task: it can reach nothing else.
   *
   * @throws `store_closed`, `identity_required`, `invalid_identity`.
   */
  scoped(scope: ArtifactScope): ScopedArtifacts {
    this.#gate.assertOpen()
    return new ScopedArtifacts(this, scope)
  }

  /** Lets calls in flight finish, refuses later ones with `store_closed`, and releases everything. Idempotent. */
  close(): Promise<void> {
    return this.#gate.close(this.#release)
  }

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
      ({ owner, bytes, description }) => this.#store(owner, bytes, description),
    )
  }

  async #store(
    scope: Required<ArtifactScope>,
    bytes: Uint8Array,
    { sourceText, ...description }: Description,
  ): Promise<ArtifactRef> {
    const sha256 = await sha256Hex(bytes)
    const { namespace } = description
    return this.#driver.put({
      ref: {
        ...description,
        // Nothing of a ref is frozen: it is the caller's own.
        scope: { ...scope },
        sizeBytes: bytes.byteLength,
        sha256,
        source: parseJsonObject(sourceText),
        createdAt: new Date(),
      },
      shortId: `${namespace}_${sha256.slice(0, SHORT_ID_DIGITS)}`,
      fullId: `${namespace}_${sha256}`,
      sourceText,
      bytes,
    })
  }

  async #get(
    operation: string,
    scope: ArtifactScope,
    id: string,
    options: CallOptions | undefined,
  ): Promise<Uint8Array | undefined> {
    return this.#onKey(operation, scope, id, options, async (key) => {
      const content = await this.#driver.get(key)
      return content === undefined ? undefined : verified(content)
    })
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

async function verified({ bytes, sha256 }: ArtifactContent): Promise<Uint8Array> {
  if ((await sha256Hex(bytes)) === sha256) return bytes
  throw new HarborageError(
    'artifact_corrupt',
    'the stored bytes no longer have their digest: delete the artifact and put its content again, or restore a backup',
  )
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new HarborageError('invalid_record', 'the artifact is not a text in UTF-8: use get()')
  }
}
