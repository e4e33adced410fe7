import type { EventId } from '@harborage/core'

/** A contender that keeps ordered logs. A synchronous method returns no promise. */
export interface EventLog {
  readonly name: string
  /** A remark on how it differs, such as its durability. */
  readonly note: string
  /** Appends an entry to a log, which begins with the first one. */
  append(log: string, entryId: EventId, bytes: Uint8Array): unknown
  /** Resolves to the number of entries of a log. */
  count(log: string): Promise<number>
  close(): Promise<void>
}
