import type { EventId } from '@harborage/core'
import type {
  CheckedTransaction,
  CommitOutcome,
  Condition,
  SaveOutcome,
  SlotKey,
  StateRecord,
} from '@harborage/state'
import { DelegatingDriver } from './delegating-driver.ts'

/**
 * A driver that keeps slots under other names than it was given, so that two slots may become one.
 */
export abstract class RenamingDriver extends DelegatingDriver {
  protected abstract rename(slot: SlotKey): SlotKey

  override async load(slot: SlotKey): Promise<StateRecord | undefined> {
    const { identity, kind } = slot
    const held = await this.records.load(this.rename(slot))
    return held === undefined ? undefined : { ...held, identity, kind }
  }

  override save(record: StateRecord, condition: Condition): Promise<SaveOutcome> {
    return this.records.save({ ...record, ...this.rename(record) }, condition)
  }

  override delete(slot: SlotKey, ifEventId: EventId | undefined): Promise<boolean> {
    return this.records.delete(this.rename(slot), ifEventId)
  }

  override commit(transaction: CheckedTransaction): Promise<CommitOutcome> {
    return this.records.commit({
      expect: transaction.expect.map((each) => ({ ...each, ...this.rename(each) })),
      save: transaction.save.map((each) => ({ ...each, ...this.rename(each) })),
      saveIfEmpty: transaction.saveIfEmpty.map((each) => ({ ...each, ...this.rename(each) })),
      delete: transaction.delete.map((each) => this.rename(each)),
      deletePrefix: transaction.deletePrefix,
    })
  }
}
