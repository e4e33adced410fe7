import type { EventId } from '@harborage/core'
import type { Generation } from '../decide.ts'
import type { DumpedSlot } from '../dumped-slot.ts'
import { eventMark } from '../event-mark.ts'
import type { CheckedRecord, PrunableSlot } from '../state-driver.ts'
import { REMEMBERED_EVENT_IDS, type StateKey, type StateRecord } from '../state-record.ts'
import { copyRecord } from './copy-record.ts'
import { isSameDump } from './is-same-dump.ts'

/** A stored record, with the marks of the event ids that its slot has replaced. */
export class HeldRecord {
  readonly record: StateRecord
  /** Newest first. */
  readonly #replaced: readonly string[]

  private constructor(record: StateRecord, replaced: readonly string[]) {
    this.record = record
    this.#replaced = replaced
  }

  /** Returns the record after a save. `now` is in milliseconds since 1970. */
  static after(previous: HeldRecord | undefined, record: CheckedRecord, now: number): HeldRecord {
    if (previous === undefined)
      return new HeldRecord({ ...record, createdAt: record.updatedAt }, [])
    const replaced = [eventMark(previous.eventId), ...previous.#replaced]
    const createdAt = previous.isExpired(now) ? record.updatedAt : previous.record.createdAt
    return new HeldRecord({ ...record, createdAt }, replaced.slice(0, REMEMBERED_EVENT_IDS))
  }

  /** Returns the record of a dump. */
  static ofDump({ replaced, ...record }: DumpedSlot): HeldRecord {
    return new HeldRecord(record, replaced)
  }

  /** Returns the same record with another expiry. */
  touched(expiresAt: Date | undefined): HeldRecord {
    return new HeldRecord({ ...this.record, expiresAt }, this.#replaced)
  }

  get eventId(): EventId {
    return this.record.eventId
  }

  get bytes(): Uint8Array {
    return this.record.bytes
  }

  /** Returns whether the record has expired. `now` is in milliseconds since 1970. */
  isExpired(now: number): boolean {
    const { expiresAt } = this.record
    return expiresAt !== undefined && expiresAt.getTime() <= now
  }

  /** Returns what a decision depends on. `now` is in milliseconds since 1970. */
  generationAt(now: number): Generation {
    const { eventId, version, bytes } = this.record
    return {
      eventId,
      version,
      bytes,
      isExpired: this.isExpired(now),
      hasReplaced: (other) =>
        this.#replaced.length > 0 && this.#replaced.includes(eventMark(other)),
    }
  }

  /** Returns what a `prune` examines. `now` is in milliseconds since 1970. */
  prunableAt(now: number): PrunableSlot {
    const { identity, kind, eventId, updatedAt, expiresAt } = this.record
    return { identity, kind, eventId, updatedAt, expiresAt, isExpired: this.isExpired(now) }
  }

  /**
   * Returns whether it is the record that a `prune` examined, with the same expiry. An event id by
   * itself does not tell: it may have been deleted and saved again.
   */
  isStill({ eventId, updatedAt, expiresAt }: PrunableSlot): boolean {
    return (
      this.eventId === eventId &&
      this.record.updatedAt.getTime() === updatedAt.getTime() &&
      this.record.expiresAt?.getTime() === expiresAt?.getTime()
    )
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
    const { bytes, identity, updatedAt, createdAt, expiresAt, ...rest } = this.record
    return {
      ...rest,
      identity: { ...identity },
      updatedAt: new Date(updatedAt),
      createdAt: new Date(createdAt),
      expiresAt: expiresAt && new Date(expiresAt),
      size: bytes.byteLength,
    }
  }
}
