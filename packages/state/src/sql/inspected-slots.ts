import { parseEventId } from '@harborage/core'
import { slotId, type Generation, type SlotView } from '../decide.ts'
import type { SlotKey } from '../state-driver.ts'
import type { StateRecord } from '../state-record.ts'
import { eventMark } from './event-trail.ts'
import { isSlot, slotKeyOf } from './rows.ts'
import type { StateRecordRow } from './tables.ts'

/** Rows that were read to decide about a save or a commit. */
export class InspectedSlots implements SlotView {
  readonly #bySlot = new Map<string, StateRecordRow>()

  constructor(rows: readonly StateRecordRow[]) {
    for (const row of rows) this.#bySlot.set(slotId(slotKeyOf(row)), row)
  }

  generationOf(slot: SlotKey): Generation | undefined {
    const row = this.#bySlot.get(slotId(slot))
    return row === undefined ? undefined : generation(row)
  }

  isHeldElsewhere(record: StateRecord): boolean {
    return [...this.#bySlot.values()].some(
      (row) => row.event_id === record.eventId && !isSlot(row, record),
    )
  }
}

function generation(row: StateRecordRow): Generation {
  return {
    eventId: parseEventId(row.event_id),
    version: row.version,
    bytes: row.bytes,
    hasReplaced: (eventId) =>
      row.event_id !== eventId && row.event_trail.includes(eventMark(eventId)),
  }
}
