import type { EventId } from '@harborage/core'
import {
  slotId,
  type Condition,
  type InMemoryStateDriver,
  type SaveOutcome,
  type StateRecord,
} from '@harborage/state'
import { brokenDriver, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

class ForgetfulDriver extends DelegatingDriver {
  override async save(record: StateRecord, condition: Condition): Promise<SaveOutcome> {
    const outcome = await super.save(record, condition)
    if (outcome === 'superseded') await this.force(record)
    return outcome === 'superseded' ? 'saved' : outcome
  }
}

const SHORT = 8
const histories = new WeakMap<InMemoryStateDriver, Map<string, EventId[]>>()

/** Remembers half of the event ids that a slot has to remember. */
class ShortMemoryDriver extends DelegatingDriver {
  override async save(record: StateRecord, condition: Condition): Promise<SaveOutcome> {
    const history = histories.get(this.records) ?? new Map<string, EventId[]>()
    histories.set(this.records, history)
    const outcome = await super.save(record, condition)
    const recent = history.get(slotId(record)) ?? []
    if (outcome === 'saved')
      history.set(slotId(record), [record.eventId, ...recent].slice(0, SHORT))
    if (outcome !== 'superseded' || recent.includes(record.eventId)) return outcome
    await this.force(record)
    return 'saved'
  }
}

export const staleRetryFaults: readonly BrokenStore[] = [
  brokenDriver('S4', 'forgets which event ids a slot has replaced', ForgetfulDriver),
  brokenDriver('S4', `remembers ${SHORT} event ids only`, ShortMemoryDriver),
]
