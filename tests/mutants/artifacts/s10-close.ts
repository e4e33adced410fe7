import type { PageOptions } from '@harborage/core'
import {
  ArtifactStore,
  type ArtifactDriver,
  type ArtifactFilter,
  type ArtifactRef,
  type InMemoryArtifactDriver,
  type NewArtifact,
} from '@harborage/artifacts'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'
import { turns } from '@harborage/test-kit/turns'
import { UncheckedStore } from './unchecked-store.ts'

/** Goes on with a walk that was begun, from what it has read ahead. */
class ReadingAheadStore extends ArtifactStore {
  override list(filter: ArtifactFilter, options?: PageOptions): AsyncIterable<ArtifactRef> {
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

/** Takes the artifacts of all stores with it. */
class ClearingDriver extends DelegatingDriver {
  override async close(): Promise<void> {
    for (const ref of await this.all()) await this.delete(ref)
  }
}

export const closeFaults: readonly BrokenStore[] = [
  brokenStore('S10', 'reads ahead and goes on', ReadingAheadStore),
  brokenStore('S10', 'can be closed once only', OnceClosableStore),
  brokenStore('S10', 'stays open when its scope is left', UndisposableStore),
  brokenStore('S10', 'goes on after it was closed', UncheckedStore),
  {
    guarantee: 'S10',
    fault: 'does not wait for calls under way',
    open: (artifacts: InMemoryArtifactDriver) => new HastyStore(new SlowDriver(artifacts)),
  },
  brokenDriver('S10', 'takes the artifacts of other stores with it', ClearingDriver),
]
