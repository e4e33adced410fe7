import { type EventId, HarborageError, type Identity } from '@harborage/core'
import type {
  CheckedTransaction,
  Condition,
  SaveOutcome,
  SlotKey,
  StateRecord,
} from '@harborage/state'
import { brokenDriver, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'
import { turns } from '@harborage/test-kit/turns'

/** Has a word of its own for a failed condition. */
class OtherCodeDriver extends DelegatingDriver {
  override async delete(slot: SlotKey, ifEventId: EventId | undefined): Promise<boolean> {
    try {
      return await super.delete(slot, ifEventId)
    } catch {
      throw new HarborageError('not_found', 'there is no such generation')
    }
  }
}

/** Forgets what a slot has replaced, but only when a commit replaces it. */
class ForgetfulCommitDriver extends DelegatingDriver {
  override async commit(transaction: CheckedTransaction): Promise<readonly SaveOutcome[]> {
    const outcomes = await super.commit(transaction)
    for (const [index, record] of transaction.save.entries()) {
      if (outcomes[index] === 'saved') await this.force(record)
    }
    return outcomes
  }
}

/** Forgets everything that was replaced when it is closed. */
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

/** Takes a guarded save of a used event id for a failed condition. */
class ContentBlindDriver extends DelegatingDriver {
  override async save(record: StateRecord, condition: Condition): Promise<SaveOutcome> {
    const held = await this.load(record)
    return held?.eventId === record.eventId ? 'unchanged' : super.save(record, condition)
  }
}

/** Empties the slots of a session one after the other, with room for others in between. */
class SlotBySlotDriver extends DelegatingDriver {
  override async deleteScope(identity: Identity): Promise<number> {
    let count = 0
    for (const kind of ['a', 'b', 'c']) {
      const isThere = await this.delete({ identity: { ...identity, runId: '' }, kind }, undefined)
      if (isThere) count += 1
      await turns(1)
    }
    return count + (await super.deleteScope(identity))
  }
}

/** Makes a delete again after a while, as if its answer had been lost. */
class RepeatingDriver extends DelegatingDriver {
  override async delete(slot: SlotKey, ifEventId: EventId | undefined): Promise<boolean> {
    const isThere = await super.delete(slot, ifEventId)
    await turns(2)
    if (ifEventId === undefined) await super.delete(slot, undefined)
    return isThere
  }
}

export const samenessFaults: readonly BrokenStore[] = [
  brokenDriver('S12', 'answers with a code of its own', OtherCodeDriver),
  brokenDriver('S12', 'forgets what a commit has replaced', ForgetfulCommitDriver),
  brokenDriver('S12', 'forgets what was replaced when it is closed', ForgetfulOnCloseDriver),
  brokenDriver('S12', 'does not compare what an event id was used for', ContentBlindDriver),
  brokenDriver('S12', 'empties a session slot by slot', SlotBySlotDriver),
  brokenDriver('S12', 'makes a delete again after a while', RepeatingDriver),
]
