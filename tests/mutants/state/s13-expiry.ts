import { setTimeout } from 'node:timers/promises'
import { allOfTenant, type EventId, type Identity } from '@harborage/core'
import {
  slotId,
  StateStore,
  type CheckedRecord,
  type CheckedTransaction,
  type CommitOutcome,
  type Condition,
  type DumpedSlot,
  type KindRange,
  type ListPage,
  type PrunableSlot,
  type PrunePage,
  type SaveOutcome,
  type SlotKey,
  type StateDriver,
  type StateRecord,
  type Touch,
} from '@harborage/state'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'
import { UncheckedStore } from './unchecked-store.ts'

const ALL = { after: undefined, limit: Number.POSITIVE_INFINITY }

/** A driver that is to be broken about what has expired. */
abstract class ExpiryDriver extends DelegatingDriver {
  protected hasExpired(slot: SlotKey): boolean {
    return this.records.generationOf(slot)?.isExpired === true
  }

  /** Resolves to what a slot holds, whether or not it has expired. */
  protected async held(slot: SlotKey): Promise<DumpedSlot | undefined> {
    const all = await this.records.dumpPage({ ...ALL, maxBytes: Number.POSITIVE_INFINITY })
    return all.find((each) => slotId(each) === slotId(slot))
  }

  /** Gives the record of a slot another expiry, whether or not it has expired. */
  protected async revive(slot: SlotKey, expiresAt: Date | undefined): Promise<boolean> {
    const held = await this.held(slot)
    if (held === undefined) return false
    await this.records.delete(slot, undefined)
    await this.records.loadDump([{ ...held, expiresAt }])
    return true
  }
}

class ForgetfulDriver extends ExpiryDriver {
  override save(record: CheckedRecord, condition: Condition): Promise<SaveOutcome> {
    return super.save({ ...record, expiresAt: undefined }, condition)
  }

  override commit({ save, saveIfEmpty, ...rest }: CheckedTransaction): Promise<CommitOutcome> {
    const forgotten = (record: CheckedRecord) => ({ ...record, expiresAt: undefined })
    return super.commit({
      ...rest,
      save: save.map(forgotten),
      saveIfEmpty: saveIfEmpty.map(forgotten),
    })
  }
}

/** Deletes what has expired as soon as it is saved over, as a cache does. */
export class EvictingDriver extends ExpiryDriver {
  override async save(record: CheckedRecord, condition: Condition): Promise<SaveOutcome> {
    const page = { ...ALL, subtree: allOfTenant({ tenantId: record.identity.tenantId }) }
    const all = await this.records.prunePage(page)
    await this.records.prune(all.filter(({ isExpired }) => isExpired))
    return super.save(record, condition)
  }
}

/** Takes a repeated save of an expired record for a new one. */
export class RevivingDriver extends ExpiryDriver {
  override async save(record: CheckedRecord, condition: Condition): Promise<SaveOutcome> {
    const outcome = await super.save(record, condition)
    if (outcome === 'unchanged' && this.hasExpired(record)) {
      await this.revive(record, record.expiresAt)
    }
    return outcome
  }
}

class CountingDriver extends ExpiryDriver {
  override async count({ identity, kindPrefix, ...range }: KindRange): Promise<number> {
    const { tenantId } = identity
    const all = await this.records.prunePage({ ...ALL, subtree: allOfTenant({ tenantId }) })
    const expired = all.filter(
      (each) => each.isExpired && slotId({ ...each, identity }) === slotId(each),
    )
    const under = expired.filter(({ kind }) => kind.startsWith(kindPrefix))
    return (await super.count({ identity, kindPrefix, ...range })) + under.length
  }
}

class LoadingDriver extends ExpiryDriver {
  override load(slot: SlotKey): Promise<StateRecord | undefined> {
    return this.held(slot)
  }
}

class FindingDriver extends ExpiryDriver {
  override async loadByEventId(
    identity: Identity,
    eventId: EventId,
  ): Promise<StateRecord | undefined> {
    const found = await super.loadByEventId(identity, eventId)
    if (found !== undefined) return found
    const { tenantId } = identity
    const all = await this.records.prunePage({ ...ALL, subtree: allOfTenant({ tenantId }) })
    const holder = all.find((each) => each.eventId === eventId)
    return holder && this.held(holder)
  }
}

/** Fills a page before it leaves out what has expired. */
class ShortPagesDriver extends ExpiryDriver {
  override async listPage(page: ListPage): Promise<readonly StateRecord[]> {
    const { tenantId } = page.identity
    const all = await this.records.prunePage({ ...ALL, subtree: allOfTenant({ tenantId }) })
    const expired = all.filter(({ isExpired }) => isExpired).length
    return super.listPage({ ...page, limit: Math.max(1, page.limit - expired) })
  }
}

class SpellboundDriver extends ExpiryDriver {
  override async save(record: CheckedRecord, condition: Condition): Promise<SaveOutcome> {
    const expiresAt = record.expiresAt ?? (await this.load(record))?.expiresAt
    return super.save({ ...record, expiresAt }, condition)
  }
}

/** Meets an expectation of an expired record. */
class LenientDriver extends ExpiryDriver {
  override commit(transaction: CheckedTransaction): Promise<CommitOutcome> {
    const expect = transaction.expect.filter(
      (each) => !(this.hasExpired(each) && each.eventId !== null),
    )
    return super.commit({ ...transaction, expect })
  }
}

/** Takes a slot with an expired record for a full one. */
class FullDriver extends ExpiryDriver {
  override save(record: CheckedRecord, condition: Condition): Promise<SaveOutcome> {
    const isFull = condition === null && this.hasExpired(record)
    // No slot holds an event id that is about to be saved.
    return super.save(record, isFull ? record.eventId : condition)
  }
}

/** Goes on with the date of the expired record. */
class AgingDriver extends ExpiryDriver {
  override async save(record: CheckedRecord, condition: Condition): Promise<SaveOutcome> {
    const before = await this.held(record)
    const outcome = await super.save(record, condition)
    const held = await this.held(record)
    if (outcome === 'saved' && before !== undefined && held !== undefined) {
      await this.records.delete(record, undefined)
      await this.records.loadDump([{ ...held, createdAt: before.createdAt }])
    }
    return outcome
  }
}

/** Hides what has expired by the clock of the process. */
class OwnClockDriver extends ExpiryDriver {
  override async load(slot: SlotKey): Promise<StateRecord | undefined> {
    const held = await this.held(slot)
    return held?.expiresAt !== undefined && held.expiresAt <= new Date() ? undefined : held
  }
}

export class RevivingTouchDriver extends ExpiryDriver {
  override async touch(touch: Touch): Promise<boolean> {
    if (!this.hasExpired(touch.slot)) return super.touch(touch)
    return this.revive(touch.slot, touch.expiresAt)
  }
}

class CarelessTouchDriver extends ExpiryDriver {
  override async touch(touch: Touch): Promise<boolean> {
    const held = await this.load(touch.slot)
    return super.touch({ ...touch, ifEventId: held?.eventId ?? touch.ifEventId })
  }
}

class FutileTouchDriver extends ExpiryDriver {
  override async touch({ slot, ifEventId }: Touch): Promise<boolean> {
    const held = await this.load(slot)
    return super.touch({ slot, ifEventId, expiresAt: held?.expiresAt })
  }
}

/** Touches the slots of the kind of all owners in the tenant. */
class WideTouchDriver extends ExpiryDriver {
  override async touch(touch: Touch): Promise<boolean> {
    const { tenantId } = touch.slot.identity
    const all = await this.records.prunePage({ ...ALL, subtree: allOfTenant({ tenantId }) })
    for (const slot of all.filter(({ kind }) => kind === touch.slot.kind)) {
      await this.records.touch({ ...touch, slot, ifEventId: slot.eventId })
    }
    return super.touch(touch)
  }
}

/** Removes what a slot holds, whatever that is by now. */
export class CarelessPruneDriver extends ExpiryDriver {
  override async prune(slots: readonly PrunableSlot[]): Promise<number> {
    for (const slot of slots) await this.records.delete(slot, undefined)
    return slots.length
  }
}

/** Keeps what has the name of a lease, whatever it is. */
class NamesOfLeasesDriver extends ExpiryDriver {
  override prune(slots: readonly PrunableSlot[]): Promise<number> {
    return super.prune(slots.filter(({ kind }) => !kind.endsWith('.until')))
  }
}

/** Loads the second half of many slots only once one of the first half has expired. */
class TornLoadDriver extends ExpiryDriver {
  override async loadMany(
    slots: readonly SlotKey[],
    maxBytes: number,
  ): Promise<readonly (StateRecord | undefined)[] | undefined> {
    const found = await super.loadMany(slots, maxBytes)
    const expiresAt = found?.[0]?.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY
    const left = expiresAt - Date.now()
    if (found === undefined || slots.length === 1 || left > 1_000) return found
    await setTimeout(left + 1)
    const half = slots.length / 2
    const later = await super.loadMany(slots.slice(half), maxBytes)
    return [...found.slice(0, half), ...(later ?? [])]
  }
}

/** Takes records of the same event id and expiry for the same one. */
class ForgivingPruneDriver extends ExpiryDriver {
  override async prune(slots: readonly PrunableSlot[]): Promise<number> {
    let pruned = 0
    for (const slot of slots) {
      const held = await this.held(slot)
      const isSame = held?.expiresAt?.getTime() === slot.expiresAt?.getTime()
      if (held?.eventId !== slot.eventId || !isSame) continue
      pruned += await this.records.prune([{ ...slot, updatedAt: held.updatedAt }])
    }
    return pruned
  }
}

/** Prunes what is old, also if it is a lease. */
class LeasesToo extends StateStore {
  readonly #driver: StateDriver

  constructor(driver: StateDriver) {
    super(driver)
    this.#driver = driver
  }

  override async prune(
    ...[subtree, options]: Parameters<StateStore['prune']>
  ): ReturnType<StateStore['prune']> {
    const result = await super.prune(subtree, options)
    const { olderThan, kindPrefix = '', dryRun } = options ?? {}
    if (olderThan === undefined || dryRun === true) return result
    const found = await this.#driver.prunePage({ ...ALL, subtree })
    const old = found.filter((slot) => slot.kind.startsWith(kindPrefix))
    const pruned = await this.#driver.prune(old.filter((slot) => slot.updatedAt < olderThan))
    return { ...result, pruned: result.pruned + pruned }
  }
}

/** Prunes the whole tenant. */
class WidePruneDriver extends ExpiryDriver {
  override prunePage(page: PrunePage): Promise<readonly PrunableSlot[]> {
    const { tenantId } = page.subtree
    return super.prunePage({ ...page, subtree: allOfTenant({ tenantId }) })
  }
}

/** Does not look at what has expired. */
class BlindPruneDriver extends ExpiryDriver {
  override async prunePage(page: PrunePage): Promise<readonly PrunableSlot[]> {
    const slots = await super.prunePage(page)
    return slots.map((slot) => ({ ...slot, isExpired: false }))
  }
}

/** Takes all slots for ones that were changed at the same time. */
class DatelessPruneDriver extends ExpiryDriver {
  override async prunePage(page: PrunePage): Promise<readonly PrunableSlot[]> {
    const slots = await super.prunePage(page)
    return slots.map((slot) => ({ ...slot, updatedAt: new Date(0) }))
  }
}

/** Ends after the first batch. */
class OneBatchDriver extends ExpiryDriver {
  override async prunePage(page: PrunePage): Promise<readonly PrunableSlot[]> {
    return page.after === undefined ? super.prunePage(page) : []
  }
}

export const expiryFaults: readonly BrokenStore[] = [
  brokenDriver('S13', 'forgets when a record expires', ForgetfulDriver),
  brokenDriver('S13', 'frees the event ids of what has expired', EvictingDriver),
  brokenDriver('S13', 'revives a record by a repeated save', RevivingDriver),
  brokenDriver('S13', 'counts what has expired', CountingDriver),
  brokenDriver('S13', 'loads what has expired', LoadingDriver),
  brokenDriver('S13', 'finds what has expired by its event id', FindingDriver),
  brokenDriver('S13', 'ends a list early where records have expired', ShortPagesDriver),
  brokenDriver('S13', 'keeps an expiry that a save ends', SpellboundDriver),
  brokenDriver('S13', 'lets an expectation of an expired record hold', LenientDriver),
  brokenDriver('S13', 'takes the slot of an expired record for full', FullDriver),
  brokenDriver('S13', 'dates a slot from a record that has expired', AgingDriver),
  brokenDriver('S13', 'tells the time of the process instead of the database', OwnClockDriver),
  brokenDriver('S13', 'revives a record by touch', RevivingTouchDriver),
  brokenDriver('S13', 'touches a record of another event id', CarelessTouchDriver),
  brokenDriver('S13', 'does not touch', FutileTouchDriver),
  brokenDriver('S13', 'touches the slots of other owners', WideTouchDriver),
  brokenDriver('S13', 'prunes what was saved meanwhile', CarelessPruneDriver),
  brokenDriver('S13', 'prunes what was saved again meanwhile', ForgivingPruneDriver),
  brokenStore('S13', 'prunes a lease that is held', LeasesToo),
  brokenDriver('S13', 'does not prune what has the name of a lease', NamesOfLeasesDriver),
  brokenDriver('S13', 'loads many slots at two moments', TornLoadDriver),
  brokenDriver('S13', 'prunes beside the subtree', WidePruneDriver),
  brokenDriver('S13', 'does not prune what has expired', BlindPruneDriver),
  brokenDriver('S13', 'does not look at dates when it prunes', DatelessPruneDriver),
  brokenDriver('S13', 'prunes one batch only', OneBatchDriver),
  brokenStore('S13', 'takes any expiry', UncheckedStore),
]
