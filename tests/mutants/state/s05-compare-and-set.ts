import { type EventId, HarborageError } from '@harborage/core'
import {
  decideSave,
  type Condition,
  type SaveOutcome,
  type SlotKey,
  type StateRecord,
} from '@harborage/state'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'
import { turns } from '@harborage/test-kit/turns'
import { UncheckedStore } from './unchecked-store.ts'

class UnconditionalDriver extends DelegatingDriver {
  override save(record: StateRecord): Promise<SaveOutcome> {
    return super.save(record, undefined)
  }

  override delete(slot: SlotKey): Promise<boolean> {
    return super.delete(slot, undefined)
  }
}

class ConditionFirstDriver extends DelegatingDriver {
  override async save(record: StateRecord, condition: Condition): Promise<SaveOutcome> {
    const held = await this.load(record)
    if (condition !== undefined && (held?.eventId ?? null) !== condition) {
      throw new HarborageError('condition_failed', 'the condition does not hold')
    }
    return super.save(record, condition)
  }
}

/** Compares before it sets, without a transaction. */
class CompareThenSetDriver extends DelegatingDriver {
  override async save(record: StateRecord, condition: Condition): Promise<SaveOutcome> {
    const outcome = decideSave(this.records, record, condition)
    await turns(1)
    if (outcome === 'saved') await this.records.save(record, undefined)
    return outcome
  }

  override async delete(slot: SlotKey, ifEventId: EventId | undefined): Promise<boolean> {
    const held = await this.load(slot)
    if (held !== undefined && ifEventId !== undefined && held.eventId !== ifEventId) {
      throw new HarborageError('condition_failed', 'the condition does not hold')
    }
    await turns(1)
    await this.records.delete(slot, undefined)
    return held !== undefined
  }
}

class NeverGuardedDriver extends DelegatingDriver {
  override async save(record: StateRecord, condition: Condition): Promise<SaveOutcome> {
    if (condition !== undefined)
      throw new HarborageError('condition_failed', 'no condition ever holds')
    return super.save(record, condition)
  }
}

export const compareAndSetFaults: readonly BrokenStore[] = [
  brokenDriver('S5', 'ignores every condition', UnconditionalDriver),
  brokenDriver('S5', 'checks the condition before the event id', ConditionFirstDriver),
  brokenDriver('S5', 'compares before it sets, without a transaction', CompareThenSetDriver),
  brokenDriver('S5', 'fails every condition', NeverGuardedDriver),
  brokenStore('S5', 'treats an undefined expectation as none', UncheckedStore),
]
