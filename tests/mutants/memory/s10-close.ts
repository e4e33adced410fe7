import {
  MemoryStore,
  parseMemoryRules,
  type HeldMemory,
  type MemoryChange,
  type MemoryDriver,
  type MemoryStoreOptions,
  type ReadSet,
} from '@harborage/memory'
import type { RunIdentity } from '@harborage/core'
import { turns } from '@harborage/test-kit/turns'
import { brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

class OnceClosableStore extends MemoryStore {
  #isClosed = false

  override async close(): Promise<void> {
    if (this.#isClosed) throw new Error('closed twice')
    this.#isClosed = true
    return super.close()
  }
}

class UndisposableStore extends MemoryStore {
  override async [Symbol.asyncDispose](): Promise<void> {}
}

class SlowDriver extends DelegatingDriver {
  override async change<Result>(
    identity: Required<RunIdentity>,
    readSet: ReadSet,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    await turns(5)
    return super.change(identity, readSet, decide)
  }
}

class HastyStore extends MemoryStore {
  readonly #driver: MemoryDriver

  constructor(driver: MemoryDriver, options: MemoryStoreOptions) {
    super(driver, options)
    this.#driver = driver
  }

  override async close(): Promise<void> {
    void super.close()
    await this.#driver.close()
  }
}

export const storeCloseFaults: readonly BrokenStore[] = [
  brokenStore('can be closed only once', OnceClosableStore),
  brokenStore('stays open when it is disposed of', UndisposableStore),
  {
    fault: 'does not wait for running calls',
    open: (records, rules) =>
      new HastyStore(new SlowDriver(records), { rules: parseMemoryRules(rules) }),
  },
]
