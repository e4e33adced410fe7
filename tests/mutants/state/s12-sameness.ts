import { type EventId, HarborageError, type Subtree } from '@harborage/core'
import type {
  CheckedTransaction,
  CommitOutcome,
  Condition,
  SaveOutcome,
  SlotKey,
  StateRecord,
} from '@harborage/state'
import { brokenDriver, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'
import {
  CarelessPruneDriver,
  EvictingDriver,
  RevivingDriver,
  RevivingTouchDriver,
} from './s13-expiry.ts'
import { turns } from '@harborage/test-kit/turns'

/** Uses another error code for a failed condition. */
class OtherCodeDriver extends DelegatingDriver {
  override async delete(slot: SlotKey, ifEventId: EventId | undefined): Promise<boolean> {
    try {
      return await super.delete(slot, ifEventId)
    } catch {
      throw new HarborageError('not_found', 'there is no such generation')
    }
  }
}

/** Forgets the event ids that a commit has replaced. */
class ForgetfulCommitDriver extends DelegatingDriver {
  override async commit(transaction: CheckedTransaction): Promise<CommitOutcome> {
    const outcome = await super.commit(transaction)
    for (const [index, record] of transaction.save.entries()) {
      if (outcome.save[index] === 'saved') await this.force(record)
    }
    return outcome
  }
}

/** Forgets the replaced event ids when it is closed. */
class ForgetfulOnCloseDriver extends DelegatingDriver {
  override async close(): Promise<void> {
    const all = await this.records.listKindPage({
      kindPrefix: '',
      after: undefined,
      limit: 100_000,
      maxBytes: Number.POSITIVE_INFINITY,
    })
    for (const record of all) await this.force(record)
  }
}

/** Answers a guarded save of a used event id with a failed condition. */
class ContentBlindDriver extends DelegatingDriver {
  override async save(record: StateRecord, condition: Condition): Promise<SaveOutcome> {
    const held = await this.load(record)
    return held?.eventId === record.eventId ? 'unchanged' : super.save(record, condition)
  }
}

/** Empties the slots of a session one by one, without a transaction. */
class SlotBySlotDriver extends DelegatingDriver {
  override async deleteAll(identity: Subtree<'run' | 'session'>): Promise<number> {
    let count = 0
    for (const kind of ['a', 'b', 'c']) {
      const isThere = await this.delete({ identity: { ...identity, runId: '' }, kind }, undefined)
      if (isThere) count += 1
      await turns(1)
    }
    return count + (await super.deleteAll(identity))
  }
}

/** Repeats a delete after a while, as if its answer was lost. */
class RepeatingDriver extends DelegatingDriver {
  override async delete(slot: SlotKey, ifEventId: EventId | undefined): Promise<boolean> {
    const isThere = await super.delete(slot, ifEventId)
    await turns(2)
    if (ifEventId === undefined) await super.delete(slot, undefined)
    return isThere
  }
}

export const samenessFaults: readonly BrokenStore[] = [
  brokenDriver('S12', 'uses another error code', OtherCodeDriver),
  brokenDriver('S12', 'forgets the event ids that a commit has replaced', ForgetfulCommitDriver),
  brokenDriver('S12', 'forgets the replaced event ids when it is closed', ForgetfulOnCloseDriver),
  brokenDriver('S12', 'does not compare the content of a used event id', ContentBlindDriver),
  brokenDriver('S12', 'deletes the slots of a session one by one', SlotBySlotDriver),
  brokenDriver('S12', 'repeats a delete after a while', RepeatingDriver),
  brokenDriver('S12', 'revives what has expired when its save is repeated', RevivingDriver),
  brokenDriver('S12', 'frees the event ids of what has expired', EvictingDriver),
  brokenDriver('S12', 'revives what has expired when it is touched', RevivingTouchDriver),
  brokenDriver('S12', 'prunes what a slot holds, whatever that is by now', CarelessPruneDriver),
]
