import { type CallOptions, HarborageError } from '@harborage/core'
import {
  abortReason,
  checkSignal,
  describeType,
  isAborted,
  readArguments,
  assertStoreOpen,
} from '@harborage/core/kit'
import type { ArtifactCalls } from './artifact-calls.ts'
import type {
  ArtifactListOptions,
  ArtifactRef,
  ArtifactScope,
  GetOptions,
  Offloaded,
  OffloadOptions,
  OffloadValue,
  PutOptions,
} from './artifact.ts'
import { checkArtifactId, checkIds, checkScope } from './internal/check-artifact.ts'
import { checkOffload } from './internal/check-offload.ts'

/**
 * A view of one scope of an `ArtifactStore`, to pass to a task. The scope is fixed: the view cannot
 * access another one.
 *
 * Its methods fail with the codes of those of `ArtifactStore`, and with `scope_mismatch` for a ref
 * of another scope.
 */
export class ScopedArtifacts {
  readonly #store: ArtifactCalls
  /** The scope of every call. It is frozen. */
  readonly scope: Required<ArtifactScope>

  /**
   * Makes a view. `ArtifactStore.scoped` does this for you.
   *
   * @throws `identity_required`, `invalid_identity`.
   */
  constructor(store: ArtifactCalls, scope: ArtifactScope) {
    this.#store = store
    this.scope = checkScope(scope)
    Object.freeze(this)
  }

  /** Stores bytes; see `ArtifactStore.putBytes`. */
  putBytes(data: Uint8Array, options?: PutOptions): Promise<ArtifactRef> {
    return this.#store.putBytes(this.scope, data, options)
  }

  /** Stores a string as UTF-8; see `ArtifactStore.putText`. */
  putText(text: string, options?: PutOptions): Promise<ArtifactRef> {
    return this.#store.putText(this.scope, text, options)
  }

  /** Returns the bytes of an artifact, by id or by ref; see `ArtifactStore.get`. */
  async get(target: string | ArtifactRef, options?: GetOptions): Promise<Uint8Array | undefined> {
    return this.#store.get(this.scope, this.#idOf(target), options)
  }

  /** Returns the text of an artifact, by id or by ref; see `ArtifactStore.getText`. */
  async getText(target: string | ArtifactRef, options?: GetOptions): Promise<string | undefined> {
    return this.#store.getText(this.scope, this.#idOf(target), options)
  }

  /** Returns the ref of an artifact, by id or by ref; see `ArtifactStore.getRef`. */
  async getRef(
    target: string | ArtifactRef,
    options?: CallOptions,
  ): Promise<ArtifactRef | undefined> {
    return this.#store.getRef(this.scope, this.#idOf(target), options)
  }

  /** Returns the refs of artifacts, by ids or by refs; see `ArtifactStore.getRefs`. */
  async getRefs(
    targets: readonly (string | ArtifactRef)[],
    options?: CallOptions,
  ): Promise<(ArtifactRef | undefined)[]> {
    assertStoreOpen(this.#store)
    const ids = readArguments(() => checkIds(targets, (target) => this.#idOf(target)))
    return this.#store.getRefs(this.scope, ids, options)
  }

  /** Returns whether an artifact exists, by id or by ref; see `ArtifactStore.exists`. */
  async exists(target: string | ArtifactRef, options?: CallOptions): Promise<boolean> {
    return this.#store.exists(this.scope, this.#idOf(target), options)
  }

  /**
   * Deletes an artifact, by id or by ref, and returns whether it existed; see
   * `ArtifactStore.delete`.
   */
  async delete(target: string | ArtifactRef, options?: CallOptions): Promise<boolean> {
    return this.#store.delete(this.scope, this.#idOf(target), options)
  }

  /**
   * Deletes every artifact of this scope, one after the other. Artifacts that are put meanwhile may
   * stay. A call that fails may have deleted some; the next call continues.
   *
   * @returns The number of deleted artifacts.
   * @throws `artifact_corrupt` as in `ArtifactStore.list`.
   */
  async deleteAll(options?: CallOptions): Promise<number> {
    assertStoreOpen(this.#store)
    // Checked here, since `list` would also accept a page size.
    readArguments(() => checkSignal(options))
    let count = 0
    for await (const { id } of this.list({ ...options, expired: true })) {
      if (await this.#store.delete(this.scope, id, options)) count += 1
    }
    return count
  }

  /**
   * Returns an async iterable over the refs of this scope; see `ArtifactStore.list`. An id is
   * enough for a bound.
   */
  list(options?: ArtifactListOptions): AsyncIterable<ArtifactRef> {
    return this.#store.list(this.scope, options)
  }

  /**
   * Stores a large value as an artifact. A value of more than `thresholdBytes` bytes is stored and
   * its ref is returned; a smaller one is returned as it is. Bytes and strings are stored as such,
   * any other value as JSON.
   *
   * @throws `invalid_record` if the value is neither bytes nor JSON; the codes of `putBytes`.
   *
   * @example
   * ```ts
   * import { openArtifactStore } from '@harborage/artifacts'
   *
   * await using artifacts = await openArtifactStore()
   * const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
   * const task = artifacts.scoped({ ...session, taskId: 't1' })
   * const output = await task.offload('a long tool output '.repeat(10_000))
   * output.kind // 'artifact'
   * ```
   */
  async offload<Value extends OffloadValue>(
    value: Value,
    options?: OffloadOptions,
  ): Promise<Offloaded<Value>> {
    assertStoreOpen(this.#store)
    const checked = readArguments(() => checkOffload(value, options))
    if (!checked.isSmall) {
      return { kind: 'artifact', ref: await this.putBytes(checked.bytes, checked.options) }
    }
    const { signal } = checked
    if (signal !== undefined && isAborted(signal)) throw abortReason(signal)
    return { kind: 'inline', value }
  }

  #idOf(target: string | ArtifactRef | undefined): string {
    if (typeof target === 'string') return target
    assertStoreOpen(this.#store)
    const { scope, id } = readArguments(() => readRef(target))
    if (isSameScope(scope, this.scope)) return id
    throw new HarborageError(
      'scope_mismatch',
      'the ref is of another scope: use a view of that scope, or put the content here',
    )
  }
}

function readRef(target: unknown): Pick<ArtifactRef, 'scope' | 'id'> {
  if (isRef(target)) return { scope: checkScope(target.scope), id: checkArtifactId(target.id) }
  throw new HarborageError(
    'invalid_record',
    `the artifact is named by ${describeType(target)}: pass an id or an ArtifactRef`,
  )
}

function isRef(target: unknown): target is Pick<ArtifactRef, 'scope' | 'id'> {
  return (
    typeof target === 'object' &&
    target !== null &&
    'id' in target &&
    'scope' in target &&
    typeof target.scope === 'object' &&
    target.scope !== null
  )
}

function isSameScope(left: Required<ArtifactScope>, right: Required<ArtifactScope>): boolean {
  return (
    left.tenantId === right.tenantId &&
    left.userId === right.userId &&
    left.sessionId === right.sessionId &&
    left.taskId === right.taskId
  )
}
