import {
  StateStore,
  type Condition,
  type InMemoryStateDriver,
  type SaveOutcome,
  type SlotKey,
  type StateDriver,
  type StateRecord,
} from '@harborage/state'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'
import { turns } from '@harborage/test-kit/turns'
import { UncheckedStore } from './unchecked-store.ts'

class OnceClosableStore extends StateStore {
  #isClosed = false

  override async close(): Promise<void> {
    if (this.#isClosed) throw new Error('closed twice')
    this.#isClosed = true
    return super.close()
  }
}

class UndisposableStore extends StateStore {
  override async [Symbol.asyncDispose](): Promise<void> {}
}

class SlowDriver extends DelegatingDriver {
  override async save(record: StateRecord, condition: Condition): Promise<SaveOutcome> {
    await turns(5)
    return super.save(record, condition)
  }
}

class HastyStore extends StateStore {
  readonly #driver: StateDriver

  constructor(driver: StateDriver) {
    super(driver)
    this.#driver = driver
  }

  override async close(): Promise<void> {
    void super.close()
    await this.#driver.close()
  }
}

/** Acknowledges a write before it is made. */
class BufferingDriver extends DelegatingDriver {
  readonly #buffer = new Map<string, StateRecord>()

  override async load(slot: SlotKey): Promise<StateRecord | undefined> {
    return this.#buffer.get(slot.kind) ?? super.load(slot)
  }

  override async save(record: StateRecord): Promise<SaveOutcome> {
    this.#buffer.set(record.kind, record)
    return 'saved'
  }
}

/** Deletes the records of all stores when it is closed. */
class ClearingDriver extends DelegatingDriver {
  override async close(): Promise<void> {
    const all = await this.records.listKindPage({
      kindPrefix: '',
      after: undefined,
      limit: 100_000,
      maxBytes: Number.POSITIVE_INFINITY,
    })
    for (const record of all) await this.records.delete(record, undefined)
  }
}

export const closeFaults: readonly BrokenStore[] = [
  brokenStore('S10', 'can be closed only once', OnceClosableStore),
  brokenStore('S10', 'stays open when it is disposed of', UndisposableStore),
  brokenStore('S10', 'works after it was closed', UncheckedStore),
  {
    guarantee: 'S10',
    fault: 'does not wait for running calls',
    open: (records: InMemoryStateDriver) => new HastyStore(new SlowDriver(records)),
  },
  brokenDriver('S10', 'acknowledges a write before it is made', BufferingDriver),
  brokenDriver('S10', 'deletes the records of other stores when it is closed', ClearingDriver),
]
