import type { EventId } from '@harborage/core'
import { slotId, type Generation, type SlotView } from '../decide.ts'
import type { CheckedPrefix, CheckedRecord, Condition, SlotKey } from '../state-driver.ts'
import { trailMark } from '../event-mark.ts'
import { isSlot, recordOf, slotKeyOf } from './rows.ts'
import type { KindAndEvent } from './prefix-statement.ts'
import { eventIdOf } from './stored-content.ts'
import type { InspectedRow } from './statements.ts'

/** The rows that were read to decide a save or a commit. */
export class InspectedSlots implements SlotView {
  readonly #bySlot = new Map<string, InspectedRow>()
  readonly #byPrefix = new Map<CheckedPrefix, SlotKey[]>()
  /** The event ids of the slots under the prefixes. */
  readonly #eventIds = new Map<string, EventId>()

  constructor(rows: readonly InspectedRow[] = []) {
    this.add(rows)
  }

  /** Adds the rows of slots and of event ids. */
  add(rows: readonly InspectedRow[]): void {
    for (const row of rows) this.#bySlot.set(slotId(slotKeyOf(row)), row)
  }

  /** Adds further slots of a run that were found under a prefix. */
  addUnder(prefix: CheckedPrefix, rows: readonly KindAndEvent[]): void {
    const slots = this.#byPrefix.get(prefix) ?? []
    this.#byPrefix.set(prefix, slots)
    for (const row of rows) {
      const slot = { identity: prefix.identity, kind: row.kind }
      this.#eventIds.set(slotId(slot), eventIdOf(row))
      slots.push(slot)
    }
  }

  slotsUnder(prefix: CheckedPrefix): readonly SlotKey[] {
    return this.#byPrefix.get(prefix) ?? []
  }

  /** Returns the event id that was read of a slot; `null` if it was empty. */
  eventIdOf(slot: SlotKey): EventId | null {
    return this.generationOf(slot)?.eventId ?? null
  }

  /** Returns whether the record that was read of a slot had expired. */
  hasExpired(slot: SlotKey): boolean {
    return this.generationOf(slot)?.isExpired === true
  }

  /** Returns the event id that was found of a slot under a prefix. */
  eventIdUnderPrefix(slot: SlotKey): EventId | null {
    return this.#eventIds.get(slotId(slot)) ?? null
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

function generation(row: InspectedRow): Generation {
  return {
    ...recordOf(row),
    isExpired: row.is_expired === 1,
    hasReplaced: (eventId) =>
      row.event_id !== eventId && row.event_trail.includes(trailMark(eventId)),
  }
}
