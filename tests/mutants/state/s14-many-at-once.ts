import type { CallOptions, RunIdentity } from '@harborage/core'
import { turns } from '@harborage/test-kit/turns'
import {
  slotId,
  StateStore,
  type KindRange,
  type ListKeysPage,
  type ListPage,
  type Slot,
  type SlotKey,
  type StateKey,
  type StateListOptions,
  type StateRecord,
} from '@harborage/state'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'
import { UncheckedStore } from './unchecked-store.ts'

type Loaded = readonly (StateRecord | undefined)[]

/** Changes what loadMany returns. */
abstract class LoadingDriver extends DelegatingDriver {
  override async loadMany(
    slots: readonly SlotKey[],
    maxBytes: number,
  ): Promise<Loaded | undefined> {
    return this.change((await super.loadMany(slots, maxBytes)) ?? [])
  }

  protected abstract change(records: Loaded): Loaded
}

class CompactingDriver extends LoadingDriver {
  protected override change(records: Loaded): Loaded {
    return records.filter((record) => record !== undefined)
  }
}

class SortingDriver extends LoadingDriver {
  protected override change(records: Loaded): Loaded {
    const held = records.flatMap((record) => record ?? [])
    return held.toSorted((left, right) => (slotId(left) < slotId(right) ? -1 : 1))
  }
}

class BatchOfLoadsDriver extends LoadingDriver {
  protected override change(records: Loaded): Loaded {
    return records.map((record, index) => (index < 100 ? record : undefined))
  }
}

class LosingDriver extends LoadingDriver {
  protected override change(records: Loaded): Loaded {
    return records.with(-1, undefined)
  }
}

/** Loads each slot by itself. */
class OneByOneDriver extends DelegatingDriver {
  override async loadMany(slots: readonly SlotKey[]): Promise<Loaded> {
    const records: (StateRecord | undefined)[] = []
    for (const slot of slots) {
      records.push(await this.load(slot))
      await turns(1)
    }
    return records
  }
}

class NeverNothingStore extends StateStore {
  override async loadMany(slots: readonly Slot[], options?: CallOptions): Promise<Loaded> {
    if (Array.isArray(slots) && slots.length === 0) throw new Error('nothing to load')
    return super.loadMany(slots, options)
  }
}

/** Returns the same object for each time that a slot is named. */
class SharingStore extends StateStore {
  override async loadMany(slots: readonly Slot[], options?: CallOptions): Promise<Loaded> {
    const records = await super.loadMany(slots, options)
    const idOf = (record: StateRecord): string => slotId(record)
    return records.map(
      (record) => record && records.find((each) => each && idOf(each) === idOf(record)),
    )
  }
}

/** Answers a slot that is named several times only once. */
class OnlyOnceStore extends StateStore {
  override async loadMany(slots: readonly Slot[], options?: CallOptions): Promise<Loaded> {
    const seen = new Set<string>()
    return (await super.loadMany(slots, options)).map((record) => {
      if (record === undefined || seen.has(slotId(record))) return undefined
      seen.add(slotId(record))
      return record
    })
  }
}

/** Changes the range of every list and count. */
abstract class RangeDriver extends DelegatingDriver {
  override listPage(page: ListPage): Promise<readonly StateRecord[]> {
    return super.listPage({ ...page, ...this.range(page, page.order) })
  }

  override listKeysPage(page: ListKeysPage): Promise<readonly StateKey[]> {
    return super.listKeysPage({ ...page, ...this.range(page, page.order) })
  }

  override count(range: KindRange): Promise<number> {
    return super.count({ ...range, ...this.range(range, 'ascending') })
  }

  protected abstract range(range: KindRange, order: ListPage['order']): Partial<ListPage>
}

class UnboundedDriver extends RangeDriver {
  protected override range(): Partial<ListPage> {
    return { from: undefined, to: undefined }
  }
}

class InclusiveDriver extends RangeDriver {
  protected override range({ to }: KindRange): Partial<ListPage> {
    return { to: to === undefined ? undefined : `${to}\u0001` }
  }
}

class ExclusiveDriver extends RangeDriver {
  protected override range({ from }: KindRange): Partial<ListPage> {
    return { from: from === undefined ? undefined : `${from}\u0001` }
  }
}

/** Takes the bounds of a descending list in the order in which it yields them. */
class TurnedDriver extends RangeDriver {
  protected override range({ from, to }: KindRange, order: ListPage['order']): Partial<ListPage> {
    return order === 'ascending' ? {} : { from: to, to: from }
  }
}

class OneOrderDriver extends RangeDriver {
  protected override range(): Partial<ListPage> {
    return { order: 'ascending' }
  }
}

/** Treats the empty prefix as one that nothing begins with. */
class NoPrefixDriver extends RangeDriver {
  protected override range({ kindPrefix }: KindRange): Partial<ListPage> {
    return { kindPrefix: kindPrefix === '' ? '\u0001none' : kindPrefix }
  }
}

/** Treats an empty prefix as a list of the whole session. */
class SessionDriver extends RangeDriver {
  protected override range({ identity, kindPrefix }: KindRange): Partial<ListPage> {
    return kindPrefix === '' ? { identity: { ...identity, runId: '' } } : {}
  }
}

class LimitlessStore extends StateStore {
  override list(identity: RunIdentity, kindPrefix: string, options?: StateListOptions) {
    return super.list(identity, kindPrefix, withoutLimit(options))
  }

  override listKeys(identity: RunIdentity, kindPrefix: string, options?: StateListOptions) {
    return super.listKeys(identity, kindPrefix, withoutLimit(options))
  }
}

function withoutLimit(options: StateListOptions = {}): StateListOptions {
  const { limit: _, ...others } = options
  return others
}

/** Changes each key that it returns. */
abstract class KeysDriver extends DelegatingDriver {
  override async listKeysPage(page: ListKeysPage): Promise<readonly StateKey[]> {
    return this.change(await super.listKeysPage(page))
  }

  protected abstract change(keys: readonly StateKey[]): readonly StateKey[]
}

class WrongSizeDriver extends KeysDriver {
  protected override change(keys: readonly StateKey[]): readonly StateKey[] {
    return keys.map((key) => ({ ...key, size: key.size + 1 }))
  }
}

class LosingKeysDriver extends KeysDriver {
  protected override change(keys: readonly StateKey[]): readonly StateKey[] {
    return keys.slice(0, -1)
  }
}

/** Returns a key that it has returned before, as the caller left it. */
class KeepingKeysDriver extends KeysDriver {
  readonly #kept = new Map<string, StateKey>()

  protected override change(keys: readonly StateKey[]): readonly StateKey[] {
    return keys.map((key) => {
      const kept = this.#kept.get(key.eventId) ?? key
      this.#kept.set(key.eventId, kept)
      return kept
    })
  }
}

export const manyAtOnceFaults: readonly BrokenStore[] = [
  brokenDriver('S14', 'leaves empty slots out of what it loads', CompactingDriver),
  brokenDriver('S14', 'returns what it loads in an order of its own', SortingDriver),
  brokenDriver('S14', 'loads at most 100 slots', BatchOfLoadsDriver),
  brokenDriver('S14', 'loses the last slot that it loads', LosingDriver),
  brokenDriver('S14', 'loads many slots one by one', OneByOneDriver),
  brokenStore('S14', 'rejects an empty array of slots', NeverNothingStore),
  brokenStore('S14', 'returns the same object for a slot that is named twice', SharingStore),
  brokenStore('S14', 'answers a slot that is named twice only once', OnlyOnceStore),
  brokenDriver('S14', 'ignores the bounds of a list', UnboundedDriver),
  brokenDriver('S14', 'lists the kind that is the upper bound', InclusiveDriver),
  brokenDriver('S14', 'leaves out the kind that is the lower bound', ExclusiveDriver),
  brokenDriver('S14', 'exchanges the bounds of a descending list', TurnedDriver),
  brokenDriver('S14', 'ignores the order of a list', OneOrderDriver),
  brokenDriver('S14', 'lists nothing under the empty prefix', NoPrefixDriver),
  brokenDriver('S14', 'lists the session under the empty prefix', SessionDriver),
  brokenStore('S14', 'ignores the limit of a list', LimitlessStore),
  brokenDriver('S14', 'returns keys with a wrong size', WrongSizeDriver),
  brokenDriver('S14', 'loses the last key of a page', LosingKeysDriver),
  brokenDriver('S14', 'returns keys that it keeps', KeepingKeysDriver),
  brokenStore('S14', 'checks nothing', UncheckedStore),
]
