import type { EventId, Identity, RunIdentity, Subtree } from '@harborage/core'
import type { DirectoryPage, LoadOutcome } from '@harborage/core/kit'
import type {
  CheckedRecord,
  CheckedTransaction,
  CommitOutcome,
  Condition,
  DeleteBatch,
  DeletedBatch,
  DumpedSlot,
  DumpPage,
  InMemoryStateDriver,
  KindRange,
  ListKeysPage,
  ListKindPage,
  ListPage,
  PrunableSlot,
  PrunePage,
  SaveOutcome,
  SlotKey,
  StateDriver,
  StateKey,
  StateRecord,
  Touch,
} from '@harborage/state'

/** A driver that delegates all calls, to be broken in one method. */
export class DelegatingDriver implements StateDriver {
  protected readonly records: InMemoryStateDriver

  constructor(records: InMemoryStateDriver) {
    this.records = records
  }

  load(slot: SlotKey): Promise<StateRecord | undefined> {
    return this.records.load(slot)
  }

  loadMany(
    slots: readonly SlotKey[],
    maxBytes: number,
  ): Promise<readonly (StateRecord | undefined)[] | undefined> {
    return this.records.loadMany(slots, maxBytes)
  }

  loadByEventId(identity: Identity, eventId: EventId): Promise<StateRecord | undefined> {
    return this.records.loadByEventId(identity, eventId)
  }

  save(record: CheckedRecord, condition: Condition): Promise<SaveOutcome> {
    return this.records.save(record, condition)
  }

  delete(slot: SlotKey, ifEventId: EventId | undefined): Promise<boolean> {
    return this.records.delete(slot, ifEventId)
  }

  touch(touch: Touch): Promise<boolean> {
    return this.records.touch(touch)
  }

  deleteAll(subtree: Subtree<'run' | 'session'>): Promise<number> {
    return this.records.deleteAll(subtree)
  }

  deleteBatch(batch: DeleteBatch): Promise<DeletedBatch> {
    return this.records.deleteBatch(batch)
  }

  countAll(subtree: Subtree<'user' | 'tenant'>): Promise<number> {
    return this.records.countAll(subtree)
  }

  prunePage(page: PrunePage): Promise<readonly PrunableSlot[]> {
    return this.records.prunePage(page)
  }

  prune(slots: readonly PrunableSlot[]): Promise<number> {
    return this.records.prune(slots)
  }

  commit(transaction: CheckedTransaction): Promise<CommitOutcome> {
    return this.records.commit(transaction)
  }

  listPage(page: ListPage): Promise<readonly StateRecord[]> {
    return this.records.listPage(page)
  }

  listKeysPage(page: ListKeysPage): Promise<readonly StateKey[]> {
    return this.records.listKeysPage(page)
  }

  count(range: KindRange): Promise<number> {
    return this.records.count(range)
  }

  listKindPage(page: ListKindPage): Promise<readonly StateRecord[]> {
    return this.records.listKindPage(page)
  }

  directoryPage(page: DirectoryPage): Promise<readonly Required<RunIdentity>[]> {
    return this.records.directoryPage(page)
  }

  dumpPage(page: DumpPage): Promise<readonly DumpedSlot[]> {
    return this.records.dumpPage(page)
  }

  loadDump(records: readonly DumpedSlot[]): Promise<readonly LoadOutcome[]> {
    return this.records.loadDump(records)
  }

  now(): Promise<Date> {
    return this.records.now()
  }

  close(): Promise<void> {
    return this.records.close()
  }

  /** Writes although a precondition fails, which no driver may do. */
  protected async force(record: CheckedRecord): Promise<void> {
    await this.records.delete(record, undefined)
    const holder = await this.records.loadByEventId(record.identity, record.eventId)
    if (holder !== undefined) await this.records.delete(holder, undefined)
    await this.records.save(record, undefined)
  }
}
