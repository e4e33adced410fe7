import {
  ArtifactStore,
  DEFAULT_MAX_BYTES,
  type ArtifactDriver,
  type ArtifactStoreOptions,
} from '@harborage/artifacts'
import { brokenStore, type BrokenStore } from './broken-store.ts'
import { UncheckedStore } from './unchecked-store.ts'

class GenerousStore extends ArtifactStore {
  constructor(driver: ArtifactDriver, { maxBytes = DEFAULT_MAX_BYTES }: ArtifactStoreOptions = {}) {
    super(driver, { maxBytes: maxBytes + 1 })
  }
}

class StingyStore extends ArtifactStore {
  constructor(driver: ArtifactDriver, { maxBytes = DEFAULT_MAX_BYTES }: ArtifactStoreOptions = {}) {
    super(driver, { maxBytes: maxBytes - 1 })
  }
}

/** Refuses to read artifacts above its limit. */
class GrudgingStore extends ArtifactStore {
  readonly #maxBytes: number

  constructor(driver: ArtifactDriver, { maxBytes = DEFAULT_MAX_BYTES }: ArtifactStoreOptions = {}) {
    super(driver, { maxBytes })
    this.#maxBytes = maxBytes
  }

  override async get(
    ...[scope, id, options]: Parameters<ArtifactStore['get']>
  ): Promise<Uint8Array | undefined> {
    const bytes = await super.get(scope, id, options)
    return bytes !== undefined && bytes.byteLength > this.#maxBytes ? undefined : bytes
  }
}

export const sizeFaults: readonly BrokenStore[] = [
  brokenStore('A5', 'accepts one byte more', GenerousStore),
  brokenStore('A5', 'accepts one byte less', StingyStore),
  brokenStore('A5', 'accepts any size', UncheckedStore),
  brokenStore('A5', 'refuses to read artifacts above its limit', GrudgingStore),
]
