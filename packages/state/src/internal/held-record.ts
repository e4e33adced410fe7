import type { EventId } from '@harborage/core'
import type { Generation } from '../decide.ts'
import type { DumpedSlot } from '../dumped-slot.ts'
import { eventMark } from '../event-mark.ts'
import type { CheckedRecord } from '../state-driver.ts'
import { REMEMBERED_EVENT_IDS, type StateKey, type StateRecord } from '../state-record.ts'
import { copyRecord } from './copy-record.ts'
import { isSameDump } from './is-same-dump.ts'

/** A stored record, with the marks of the event ids that its slot has replaced. */
export class HeldRecord implements Generation {
  readonly record: StateRecord
  /** Newest first. */
  readonly #replaced: readonly string[]

  private constructor(record: StateRecord, replaced: readonly string[]) {
    this.record = record
    this.#replaced = replaced
  }

  /** Returns the record after a save. */
  static after(previous: HeldRecord | undefined, record: CheckedRecord): HeldRecord {
    if (previous === undefined)
      return new HeldRecord({ ...record, createdAt: record.updatedAt }, [])
    const replaced = [eventMark(previous.eventId), ...previous.#replaced]
    return new HeldRecord(
      { ...record, createdAt: previous.record.createdAt },
      replaced.slice(0, REMEMBERED_EVENT_IDS),
    )
  }

  /** Returns the record of a dump. */
  static ofDump({ replaced, ...record }: DumpedSlot): HeldRecord {
    return new HeldRecord(record, replaced)
  }

  get eventId(): EventId {
    return this.record.eventId
  }

  get version(): number {
    return this.record.version
  }

  get bytes(): Uint8Array {
    return this.record.bytes
  }

  hasReplaced(eventId: EventId): boolean {
    return this.#replaced.length > 0 && this.#replaced.includes(eventMark(eventId))
  }

  /** Returns a copy that the caller may change. */
  copy(): StateRecord {
    return copyRecord(this.record)
  }

  /** Returns a copy for a dump. */
  dump(): DumpedSlot {
    return { ...this.copy(), replaced: [...this.#replaced] }
  }

  /** Returns whether it is the record of a dump. */
  equals(dumped: DumpedSlot): boolean {
    return isSameDump({ ...this.record, replaced: this.#replaced }, dumped)
  }

  /** Returns a copy without the bytes. */
  key(): StateKey {
    const { bytes, identity, updatedAt, createdAt, ...rest } = this.record
    return {
      ...rest,
      identity: { ...identity },
      updatedAt: new Date(updatedAt),
      createdAt: new Date(createdAt),
      size: bytes.byteLength,
    }
  }
}
