import {
  slotId,
  type Condition,
  type SaveOutcome,
  type SlotKey,
  type StateRecord,
} from '@harborage/state'
import { brokenDriver, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

/** Takes each save for the first one. */
class NewbornDriver extends DelegatingDriver {
  override async save(record: StateRecord, condition: Condition): Promise<SaveOutcome> {
    const outcome = await super.save(record, condition)
    if (outcome === 'saved') await this.force(record)
    return outcome
  }
}

/** Goes on with the date of a slot after it was emptied. */
class RememberingDriver extends DelegatingDriver {
  readonly #first = new Map<string, Date>()

  override async load(slot: SlotKey): Promise<StateRecord | undefined> {
    const held = await super.load(slot)
    if (held === undefined) return undefined
    const createdAt = this.#first.get(slotId(slot)) ?? held.createdAt
    this.#first.set(slotId(slot), createdAt)
    return { ...held, createdAt: new Date(createdAt) }
  }
}

export const createdAtFaults: readonly BrokenStore[] = [
  brokenDriver('S14', 'takes the newest save for the one that filled the slot', NewbornDriver),
  brokenDriver('S14', 'remembers when a slot was filled before it was emptied', RememberingDriver),
]
