import type { EventId, RunIdentity } from '@harborage/core'
import type { Entry, StreamHead } from './journal-record.ts'

/** Where a dump of the journal goes on. Every {@link DumpedRecord} is one. */
export interface JournalPlace {
  readonly owner: Required<RunIdentity>
  readonly stream: string
  readonly generation: string
  /**
   * The position of the row of the stream after which it goes on. Default: it goes on after the
   * head, with the first row.
   */
  readonly position?: number
}

/** The head of a stream, which comes before its rows. */
export interface DumpedStream extends JournalPlace {
  readonly kind: 'stream'
  readonly position?: never
  readonly head: Omit<StreamHead, 'generation'>
  /** The time by which streams are ordered: up to a minute before `head.updatedAt`. */
  readonly recentAt: Date
  /** The replacements that it remembers, newest first. */
  readonly operations: readonly { readonly operationId: EventId; readonly digest: string }[]
}

/** A dropped entry whose id the stream remembers. */
export interface DumpedId extends JournalPlace {
  readonly kind: 'dropped'
  /** The negative of the position that the entry had. */
  readonly position: number
  readonly entryId: EventId
}

/** An entry of a stream. */
export interface DumpedEntry extends JournalPlace, Entry {
  readonly kind: 'entry'
  readonly position: number
}

/** A replacement, which its followers see. */
export interface DumpedReplacement extends JournalPlace {
  readonly kind: 'replacement'
  readonly position: number
  /** The position of the last entry that stayed. */
  readonly replacedAfter: number
}

/**
 * A record as `JournalStore.dump` returns it: the head of a stream, and then its rows in the order
 * of their positions.
 */
export type DumpedRecord = DumpedStream | DumpedRow

/** A {@link DumpedRecord} that is no head. */
export type DumpedRow = DumpedId | DumpedEntry | DumpedReplacement
