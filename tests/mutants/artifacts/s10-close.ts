import {
  ArtifactStore,
  type ArtifactDriver,
  type ArtifactFilter,
  type ArtifactListOptions,
  type ArtifactRef,
  type InMemoryArtifactDriver,
  type NewArtifact,
} from '@harborage/artifacts'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'
import { turns } from '@harborage/test-kit/turns'
import { UncheckedStore } from './unchecked-store.ts'

/** Continues a walk after the close, with refs that it has read ahead. */
class ReadingAheadStore extends ArtifactStore {
  override list(filter: ArtifactFilter, options?: ArtifactListOptions): AsyncIterable<ArtifactRef> {
    const walk = super.list(filter, options)
    return {
      async *[Symbol.asyncIterator]() {
        const ahead: ArtifactRef[] = []
        for await (const ref of walk) ahead.push(ref)
        for (const ref of ahead) {
          options?.signal?.throwIfAborted()
          yield ref
        }
      },
    }
  }
}

class OnceClosableStore extends ArtifactStore {
  #isClosed = false

  override async close(): Promise<void> {
    if (this.#isClosed) throw new Error('closed twice')
    this.#isClosed = true
    return super.close()
  }
}

class UndisposableStore extends ArtifactStore {
  override async [Symbol.asyncDispose](): Promise<void> {}
}

class SlowDriver extends DelegatingDriver {
  override async put(artifact: NewArtifact): Promise<ArtifactRef> {
    await turns(5)
    return super.put(artifact)
  }
}

class HastyStore extends ArtifactStore {
  readonly #driver: ArtifactDriver

  constructor(driver: ArtifactDriver) {
    super(driver)
    this.#driver = driver
  }

  override async close(): Promise<void> {
    void super.close()
    await this.#driver.close()
  }
}

/** Deletes the artifacts of all stores when it is closed. */
class ClearingDriver extends DelegatingDriver {
  override async close(): Promise<void> {
    for (const ref of await this.all()) await this.delete(ref)
  }
}

export const closeFaults: readonly BrokenStore[] = [
  brokenStore('S10', 'reads ahead and continues walks after the close', ReadingAheadStore),
  brokenStore('S10', 'can be closed only once', OnceClosableStore),
  brokenStore('S10', 'stays open when it is disposed of', UndisposableStore),
  brokenStore('S10', 'works after it was closed', UncheckedStore),
  {
    guarantee: 'S10',
    fault: 'does not wait for running calls',
    open: (artifacts: InMemoryArtifactDriver) => new HastyStore(new SlowDriver(artifacts)),
  },
  brokenDriver('S10', 'deletes the artifacts of other stores when it is closed', ClearingDriver),
]
