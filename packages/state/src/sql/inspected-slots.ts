import type { EventId } from '@harborage/core'
import { slotId, type Generation, type SlotView } from '../decide.ts'
import type { CheckedRecord, Condition, SlotKey } from '../state-driver.ts'
import { eventMark } from './event-trail.ts'
import { isSlot, slotKeyOf } from './rows.ts'
import { contentOf } from './stored-content.ts'
import type { StateRecordRow } from './tables.ts'

/** The rows that were read to decide a save or a commit. */
export class InspectedSlots implements SlotView {
  readonly #bySlot = new Map<string, StateRecordRow>()

  constructor(rows: readonly StateRecordRow[]) {
    for (const row of rows) this.#bySlot.set(slotId(slotKeyOf(row)), row)
  }

  generationOf(slot: SlotKey): Generation | undefined {
    const row = this.#bySlot.get(slotId(slot))
    return row === undefined ? undefined : generation(row)
  }

  /**
   * Returns whether the slots prove that no save of a commit was applied. That is so if a slot
   * holds or remembers the event id that its save expected, but not the newer one of the save
   * itself.
   */
  proveNoneApplied(saves: readonly ExpectingSave[]): boolean {
    return saves.some(({ record, expected }) => {
      const held = this.generationOf(record)
      return typeof expected === 'string' && knows(held, expected) && !knows(held, record.eventId)
    })
  }

  isHeldElsewhere(record: CheckedRecord): boolean {
    return [...this.#bySlot.values()].some(
      (row) => row.event_id === record.eventId && !isSlot(row, record),
    )
  }
}

/** A save with its precondition. */
export interface ExpectingSave {
  readonly record: CheckedRecord
  readonly expected: Condition
}

function knows(held: Generation | undefined, eventId: EventId): boolean {
  return held !== undefined && (held.eventId === eventId || held.hasReplaced(eventId))
}

function generation(row: StateRecordRow): Generation {
  return {
    ...contentOf(row),
    hasReplaced: (eventId) =>
      row.event_id !== eventId && row.event_trail.includes(eventMark(eventId)),
  }
}
