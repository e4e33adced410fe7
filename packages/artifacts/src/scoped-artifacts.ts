import { type CallOptions, HarborageError, type PageOptions } from '@harborage/core'
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
  ArtifactRef,
  ArtifactScope,
  Offloaded,
  OffloadOptions,
  OffloadValue,
  PutOptions,
} from './artifact.ts'
import { checkArtifactId, checkScope } from './internal/check-artifact.ts'
import { checkOffload } from './internal/check-offload.ts'

/**
 * The artifacts of one scope, for handing to a task. The scope is fixed: every put is stamped with it, nothing else can
 * be reached, and a ref of another scope is refused with `scope_mismatch`.
 */
export class ScopedArtifacts {
  readonly #store: ArtifactCalls
  readonly scope: Required<ArtifactScope>

  /** @throws `identity_required`, `invalid_identity`. */
  constructor(store: ArtifactCalls, scope: ArtifactScope) {
    this.#store = store
    this.scope = checkScope(scope)
    Object.freeze(this)
  }

  /** As `ArtifactStore.putBytes`. */
  putBytes(data: Uint8Array, options?: PutOptions): Promise<ArtifactRef> {
    return this.#store.putBytes(this.scope, data, options)
  }

  /** As `ArtifactStore.putText`. */
  putText(text: string, options?: PutOptions): Promise<ArtifactRef> {
    return this.#store.putText(this.scope, text, options)
  }

  /** As `ArtifactStore.get`, by id or by ref. */
  async get(target: string | ArtifactRef, options?: CallOptions): Promise<Uint8Array | undefined> {
    return this.#store.get(this.scope, this.#idOf(target), options)
  }

  /** As `ArtifactStore.getText`, by id or by ref. */
  async getText(target: string | ArtifactRef, options?: CallOptions): Promise<string | undefined> {
    return this.#store.getText(this.scope, this.#idOf(target), options)
  }

  /** As `ArtifactStore.getRef`, by id or by ref. */
  async getRef(
    target: string | ArtifactRef,
    options?: CallOptions,
  ): Promise<ArtifactRef | undefined> {
    return this.#store.getRef(this.scope, this.#idOf(target), options)
  }

  /** As `ArtifactStore.exists`, by id or by ref. */
  async exists(target: string | ArtifactRef, options?: CallOptions): Promise<boolean> {
    return this.#store.exists(this.scope, this.#idOf(target), options)
  }

  /** As `ArtifactStore.delete`, by id or by ref. */
  async delete(target: string | ArtifactRef, options?: CallOptions): Promise<boolean> {
    return this.#store.delete(this.scope, this.#idOf(target), options)
  }

  /**
   * Removes every artifact of this scope's own task, one after the other, and gives their number. What is put meanwhile
   * may stay; what a call that failed has removed is gone, and the next one goes on.
   *
   * @throws `artifact_corrupt` as `ArtifactStore.list`.
   */
  async deleteAll(options?: CallOptions): Promise<number> {
    assertStoreOpen(this.#store)
    // Before anything is deleted: the list would take a page size.
    readArguments(() => checkSignal(options))
    let count = 0
    for await (const { id } of this.list(options)) {
      if (await this.#store.delete(this.scope, id, options)) count += 1
    }
    return count
  }

  /** Walks the refs of this scope's own task. */
  list(options?: PageOptions): AsyncIterable<ArtifactRef> {
    return this.#store.list(this.scope, options)
  }

  /**
   * Keeps a heavy value as an artifact: what has more than `thresholdBytes` bytes is stored and comes back as its ref,
   * anything smaller comes back as it is. Bytes and texts are stored as such, any other JSON value as JSON.
   *
   * @throws `invalid_record` if the value is neither bytes nor JSON; what `putBytes` throws.
   *
   * @example
   * ```ts
   * import { openArtifactStore } from '@harborage/artifacts'
   *
   * await using artifacts = await openArtifactStore()
   * const task = artifacts.scoped({ tenantId: 'acme', userId: 'ann', sessionId: 's1', taskId: 't1' })
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

  #idOf(target: string | ArtifactRef): string {
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
