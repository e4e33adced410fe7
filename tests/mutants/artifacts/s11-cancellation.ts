import {
  ArtifactStore,
  type ArtifactFilter,
  type ArtifactListOptions,
  type ArtifactRef,
  type ArtifactScope,
  type PutOptions,
} from '@harborage/artifacts'
import type { CallOptions } from '@harborage/core'
import { brokenStore, type BrokenStore } from './broken-store.ts'
import { turns } from '@harborage/test-kit/turns'
import { UncheckedStore } from './unchecked-store.ts'

const LONGER_THAN_ANY_ABORT = 10

/** Never removes its listeners from signals. */
class ListeningStore extends ArtifactStore {
  override putBytes(scope: ArtifactScope, data: Uint8Array, options?: PutOptions) {
    listen(options)
    return super.putBytes(scope, data, options)
  }

  override putText(scope: ArtifactScope, text: string, options?: PutOptions) {
    listen(options)
    return super.putText(scope, text, options)
  }

  override get(scope: ArtifactScope, id: string, options?: CallOptions) {
    listen(options)
    return super.get(scope, id, options)
  }

  override getText(scope: ArtifactScope, id: string, options?: CallOptions) {
    listen(options)
    return super.getText(scope, id, options)
  }

  override getRef(scope: ArtifactScope, id: string, options?: CallOptions) {
    listen(options)
    return super.getRef(scope, id, options)
  }

  override getRefs(scope: ArtifactScope, ids: readonly string[], options?: CallOptions) {
    listen(options)
    return super.getRefs(scope, ids, options)
  }

  override exists(scope: ArtifactScope, id: string, options?: CallOptions) {
    listen(options)
    return super.exists(scope, id, options)
  }

  override delete(scope: ArtifactScope, id: string, options?: CallOptions) {
    listen(options)
    return super.delete(scope, id, options)
  }

  override deleteAll(...[subtree, options]: Parameters<ArtifactStore['deleteAll']>) {
    listen(options)
    return super.deleteAll(subtree, options)
  }

  override list(filter: ArtifactFilter, options?: ArtifactListOptions) {
    listen(options)
    return super.list(filter, options)
  }
}

function listen(options: CallOptions | undefined): void {
  if (options?.signal instanceof AbortSignal) options.signal.addEventListener('abort', () => {})
}

/** Acknowledges aborted calls that it has not made. */
class YesSayingStore extends ArtifactStore {
  override async putText(
    scope: ArtifactScope,
    text: string,
    options?: PutOptions,
  ): Promise<ArtifactRef> {
    const { signal, ...rest } = options ?? {}
    if (signal === undefined) return super.putText(scope, text, rest)
    await turns(LONGER_THAN_ANY_ABORT)
    const ref = await super.putText(scope, text, rest)
    if (signal.aborted) await super.delete(scope, ref.id)
    return ref
  }

  override async delete(scope: ArtifactScope, id: string, options?: CallOptions): Promise<boolean> {
    if (options?.signal === undefined) return super.delete(scope, id)
    await turns(LONGER_THAN_ANY_ABORT)
    return options.signal.aborted || super.delete(scope, id)
  }
}

/** Undoes an acknowledged call when its signal is aborted. */
class UndoingStore extends ArtifactStore {
  override async putText(
    scope: ArtifactScope,
    text: string,
    options?: PutOptions,
  ): Promise<ArtifactRef> {
    const ref = await super.putText(scope, text, options)
    options?.signal?.addEventListener('abort', () => {
      void super.delete(scope, ref.id)
    })
    return ref
  }
}

export const cancellationFaults: readonly BrokenStore[] = [
  brokenStore('S11', 'never removes its listeners from signals', ListeningStore),
  brokenStore('S11', 'ignores signals', UncheckedStore),
  brokenStore('S11', 'acknowledges aborted calls that it has not made', YesSayingStore),
  brokenStore('S11', 'undoes acknowledged calls', UndoingStore),
]
