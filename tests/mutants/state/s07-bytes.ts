import { type EventId, HarborageError, type Identity } from '@harborage/core'
import {
  slotId,
  StateStore,
  type CommitOutcome,
  type Condition,
  type InMemoryStateDriver,
  type ListKindPage,
  type ListPage,
  type NewStateRecord,
  type SaveOptions,
  type SaveOutcome,
  type SlotKey,
  type StateRecord,
  type StateTransaction,
} from '@harborage/state'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'
import { turns } from '@harborage/test-kit/turns'
import { UncheckedStore } from './unchecked-store.ts'

/** Changes every record that it returns. */
abstract class AlteringDriver extends DelegatingDriver {
  protected abstract alter(record: StateRecord): StateRecord

  override async load(slot: SlotKey): Promise<StateRecord | undefined> {
    const held = await super.load(slot)
    return held === undefined ? undefined : this.alter(held)
  }

  override async loadByEventId(
    identity: Identity,
    eventId: EventId,
  ): Promise<StateRecord | undefined> {
    const held = await super.loadByEventId(identity, eventId)
    return held === undefined ? undefined : this.alter(held)
  }

  override async listPage(page: ListPage): Promise<readonly StateRecord[]> {
    return (await super.listPage(page)).map((record) => this.alter(record))
  }

  override async listKindPage(page: ListKindPage): Promise<readonly StateRecord[]> {
    return (await super.listKindPage(page)).map((record) => this.alter(record))
  }
}

class PaddingDriver extends AlteringDriver {
  protected override alter(record: StateRecord): StateRecord {
    return { ...record, bytes: Uint8Array.of(...record.bytes.subarray(0, 8), 0) }
  }
}

class PoolingDriver extends AlteringDriver {
  protected override alter(record: StateRecord): StateRecord {
    const pool = new Uint8Array(record.bytes.length + 16)
    pool.set(record.bytes, 8)
    return { ...record, bytes: pool.subarray(8, 8 + record.bytes.length) }
  }
}

class CountingDriver extends AlteringDriver {
  protected override alter(record: StateRecord): StateRecord {
    return { ...record, version: record.version + 1 }
  }
}

class RoundingDriver extends AlteringDriver {
  protected override alter(record: StateRecord): StateRecord {
    return { ...record, updatedAt: new Date(record.updatedAt.getTime() / 2 - 60_000) }
  }
}

const caches = new WeakMap<InMemoryStateDriver, Map<string, StateRecord>>()

/** Returns the same object to all callers. */
class CachingDriver extends AlteringDriver {
  protected override alter(record: StateRecord): StateRecord {
    const cache = caches.get(this.records) ?? new Map<string, StateRecord>()
    caches.set(this.records, cache)
    const id = `${slotId(record)} ${record.eventId}`
    const cached = cache.get(id) ?? record
    cache.set(id, cached)
    return cached
  }
}

class MonotonicDriver extends DelegatingDriver {
  override async save(record: StateRecord, condition: Condition): Promise<SaveOutcome> {
    const held = await this.load(record)
    if (held !== undefined && held.version > record.version) {
      throw new HarborageError('condition_failed', 'the version goes back')
    }
    return super.save(record, condition)
  }
}

/** Captures its arguments too late. */
class LateStore extends StateStore {
  override async save(record: NewStateRecord, options?: SaveOptions): Promise<SaveOutcome> {
    await turns(1)
    return super.save(record, options)
  }

  override async commit(transaction: StateTransaction): Promise<CommitOutcome> {
    await turns(1)
    return super.commit(transaction)
  }
}

export const bytesFaults: readonly BrokenStore[] = [
  brokenDriver('S7', 'pads and truncates bytes', PaddingDriver),
  brokenDriver('S7', 'returns views into a pool', PoolingDriver),
  brokenDriver('S7', 'counts versions by itself', CountingDriver),
  brokenDriver('S7', 'loses the precision of dates', RoundingDriver),
  brokenDriver('S7', 'returns the same object to all callers', CachingDriver),
  brokenDriver('S7', 'enforces versions', MonotonicDriver),
  brokenStore('S7', 'captures its arguments too late', LateStore),
  brokenStore('S7', 'keeps the arrays of its callers', UncheckedStore),
]
