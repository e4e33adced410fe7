import type { EventId, Subtree } from '@harborage/core'
import type {
  CheckedTransaction,
  CommitOutcome,
  Condition,
  ListKindPage,
  ListPage,
  SaveOutcome,
  SlotKey,
  StateRecord,
} from '@harborage/state'
import { brokenDriver, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'
import { PrefixByPrefixDriver } from './s14-commit.ts'
import { RenamingDriver } from './renaming-driver.ts'

/** Sees only the first thousand records of a walk. */
class ThousandRecordsDriver extends DelegatingDriver {
  readonly #given = new Map<string, number>()

  override async listPage(page: ListPage): Promise<readonly StateRecord[]> {
    return this.#cut(page.after === undefined, page.kindPrefix, await super.listPage(page))
  }

  override async listKindPage(page: ListKindPage): Promise<readonly StateRecord[]> {
    return this.#cut(page.after === undefined, page.kindPrefix, await super.listKindPage(page))
  }

  #cut(isFirst: boolean, prefix: string, page: readonly StateRecord[]): readonly StateRecord[] {
    const given = isFirst ? 0 : (this.#given.get(prefix) ?? 0)
    const cut = page.slice(0, 1_000 - given)
    this.#given.set(prefix, given + cut.length)
    return cut
  }
}

class BatchOfDeletionsDriver extends DelegatingDriver {
  override async deleteAll(identity: Subtree<'run' | 'session'>): Promise<number> {
    const all = Number.MAX_SAFE_INTEGER
    const page = { kindPrefix: '', after: undefined, limit: all, maxBytes: all }
    const records = (await this.records.listKindPage(page)).filter(
      (record) =>
        record.identity.tenantId === identity.tenantId &&
        record.identity.userId === identity.userId &&
        record.identity.sessionId === identity.sessionId,
    )
    if (records.length <= 200) return super.deleteAll(identity)
    for (const record of records.slice(0, 200)) await this.records.delete(record, undefined)
    return 200
  }
}

class BatchOfEntriesDriver extends DelegatingDriver {
  override commit(transaction: CheckedTransaction): Promise<CommitOutcome> {
    const expect = transaction.expect.slice(0, 250)
    return super.commit({ ...transaction, expect, delete: transaction.delete.slice(0, 250) })
  }
}

/** A column that holds a byte less than 16 MiB. */
class MediumColumnDriver extends DelegatingDriver {
  override save(record: StateRecord, condition: Condition): Promise<SaveOutcome> {
    return super.save({ ...record, bytes: record.bytes.slice(0, 2 ** 24 - 1) }, condition)
  }
}

class NarrowVersionsDriver extends DelegatingDriver {
  override commit(transaction: CheckedTransaction): Promise<CommitOutcome> {
    const save = transaction.save.map((record) => ({ ...record, version: record.version >>> 0 }))
    return super.commit({ ...transaction, save })
  }
}

/** An index whose entries have at most 2,000 bytes. */
class ShortKeysDriver extends RenamingDriver {
  protected override rename({ identity, kind }: SlotKey): SlotKey {
    const { tenantId, userId, sessionId, runId } = identity
    const room = 2_000 - Buffer.byteLength(tenantId + userId + sessionId + runId)
    if (Buffer.byteLength(kind) <= room) return { identity, kind }
    return { identity, kind: Buffer.from(kind).subarray(0, room).toString('latin1') }
  }
}

/** A column of kinds as wide as those of the identity. */
class ShortKindsDriver extends RenamingDriver {
  protected override rename({ identity, kind }: SlotKey): SlotKey {
    return { identity, kind: Buffer.from(kind).subarray(0, 256).toString('latin1') }
  }
}

/** Remembers the replaced event ids of a slot in a column of 1,024 bytes. */
class ShortTrailDriver extends DelegatingDriver {
  readonly #replaced = new Map<string, EventId[]>()

  override async save(record: StateRecord, condition: Condition): Promise<SaveOutcome> {
    const key = JSON.stringify([record.identity, record.kind])
    const ids = this.#replaced.get(key) ?? []
    const outcome = await super.save(record, condition)
    if (outcome === 'saved') this.#replaced.set(key, [record.eventId, ...ids])
    if (outcome !== 'superseded') return outcome
    const place = ids.indexOf(record.eventId)
    if (Buffer.byteLength(ids.slice(1, place + 1).join('')) <= 1_024) return outcome
    await this.force(record)
    return 'saved'
  }
}

/** Caches what it has loaded, and ignores the writes of other stores. */
class CachingDriver extends DelegatingDriver {
  readonly #cache = new Map<string, StateRecord>()

  override async load(slot: SlotKey): Promise<StateRecord | undefined> {
    const key = JSON.stringify([slot.identity, slot.kind])
    const held = this.#cache.get(key) ?? (await super.load(slot))
    if (held === undefined) return undefined
    this.#cache.set(key, held)
    return structuredClone(held)
  }

  override save(record: StateRecord, condition: Condition): Promise<SaveOutcome> {
    this.#cache.clear()
    return super.save(record, condition)
  }

  override delete(slot: SlotKey, ifEventId: EventId | undefined): Promise<boolean> {
    this.#cache.clear()
    return super.delete(slot, ifEventId)
  }

  override deleteAll(identity: Subtree<'run' | 'session'>): Promise<number> {
    this.#cache.clear()
    return super.deleteAll(identity)
  }

  override commit(transaction: CheckedTransaction): Promise<CommitOutcome> {
    this.#cache.clear()
    return super.commit(transaction)
  }
}

/** Faults that only large inputs or several stores reveal. */
export const largeFaults: readonly BrokenStore[] = [
  brokenDriver('S1', 'truncates keys at 2,000 bytes', ShortKeysDriver),
  brokenDriver('S1', 'truncates kinds at 256 bytes', ShortKindsDriver),
  brokenDriver('S4', 'remembers replaced event ids in 1,024 bytes', ShortTrailDriver),
  brokenDriver(
    'S6',
    'ignores deletes and expectations of a commit after the first 250',
    BatchOfEntriesDriver,
  ),
  brokenDriver('S7', 'stores less than 16 MiB', MediumColumnDriver),
  brokenDriver('S7', 'stores versions of a commit in 32 bits', NarrowVersionsDriver),
  brokenDriver('S8', 'deletes at most 200 records of a session', BatchOfDeletionsDriver),
  brokenDriver('S8', 'caches records that another store changes', CachingDriver),
  brokenDriver('S9', 'walks only the first thousand records', ThousandRecordsDriver),
  brokenDriver('S14', 'bounds what each prefix empties, and not all', PrefixByPrefixDriver),
]
