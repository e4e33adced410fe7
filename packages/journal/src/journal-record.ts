import type { CallOptions, EventId, ListOptions, Owner, RunIdentity } from '@harborage/core'

/** The largest content of all entries of one append or replacement, in bytes: 16 MiB. */
export const MAX_APPEND_BYTES: number = 16 * 1024 * 1024

/** The largest number of entries of one append or replacement. */
export const MAX_APPEND_ENTRIES = 1000

/** The largest number of ids that `JournalStore.get` takes. */
export const MAX_GET_ENTRIES = 1000

/** The largest content of all entries that `JournalStore.get` returns, in bytes: 64 MiB. */
export const MAX_GET_BYTES: number = 64 * 1024 * 1024

/**
 * How many ids of dropped entries a stream remembers, at least: those of its newest ones. A late
 * retry with one of them appends nothing.
 */
export const REMEMBERED_ENTRY_IDS = 1024

/** How many operation ids of replacements a stream remembers: those of the newest ones. */
export const REMEMBERED_OPERATIONS = 16

/** An entry to append. */
export interface NewEntry {
  /**
   * The idempotency key of this entry within its stream: make it once with `newEventId()`, or take
   * the id that the entry has elsewhere with `parseEventId()`. Repeat it with every retry.
   */
  readonly entryId: EventId
  /** The content; it may be empty. It is copied when the method is called. */
  readonly bytes: Uint8Array
  /** What the entry is, such as `message`: at most 256 UTF-8 bytes. Default: `''`. */
  readonly type?: string
  /** When the entry came to be, to the millisecond. Default: now. */
  readonly createdAt?: Date
}

/** A stored entry. It is the caller's own copy. */
export interface Entry {
  /**
   * The place of the entry in its stream. Positions grow and have gaps: a replacement takes one,
   * and that of a dropped entry is not given again.
   */
  readonly position: number
  readonly entryId: EventId
  /** `''` if it was appended without one. */
  readonly type: string
  readonly bytes: Uint8Array
  readonly createdAt: Date
}

/** What is known of a stream besides its entries. */
export interface StreamHead {
  /**
   * Identifies the stream from its first append to its deletion or its expiry. Positions are those
   * of one.
   */
  readonly generation: string
  /**
   * The first position that was not trimmed; 1 if nothing was. A stream that begins anew after its
   * expiry goes on after the positions that it had.
   */
  readonly first: number
  /** The newest position. Pass it as `ifPosition` to append only if nothing came after it. */
  readonly position: number
  /** The number of entries. */
  readonly length: number
  /** When the stream was last appended to or replaced, by the clock of the process that did it. */
  readonly updatedAt: Date
  /** When the stream expires, or `undefined` if it does not. */
  readonly expiresAt: Date | undefined
}

/**
 * What an append did with an entry.
 *
 * - `'appended'`: it was written.
 * - `'unchanged'`: the stream holds it already, so the call is a retry.
 * - `'superseded'`: the stream held it and dropped it since, by a replacement, by trimming or by
 *   its expiry, so the call is a late retry.
 */
export type AppendOutcome = 'appended' | 'unchanged' | 'superseded'

/** What an append did with one entry. */
export interface AppendedEntry {
  /** The position of the entry; of a dropped entry, the one that it had. */
  readonly position: number
  readonly outcome: AppendOutcome
}

/** What an append did. */
export interface AppendResult {
  /** The head of the stream after the append. */
  readonly head: StreamHead
  /** One for each entry, in their order. */
  readonly entries: readonly AppendedEntry[]
}

/** Options of an append. */
export interface AppendOptions extends CallOptions {
  /**
   * The position that the head has to have; 0 if there must be no stream yet, or one that has
   * expired. Default: any.
   */
  readonly ifPosition?: number
  /**
   * When the stream expires from now on, by the clock of the database and to the millisecond: a
   * date after 1970. `null` if it does not any more. It counts only if an entry is appended.
   * Default: a stream that is there keeps its expiry, and one that begins has none.
   */
  readonly expiresAt?: Date | null
}

/** Options of `JournalStore.touch`. */
export interface StreamTouchOptions extends CallOptions {
  /** The head that the stream has to have: what `head` returned, or an append. */
  readonly ifHead: Pick<StreamHead, 'generation' | 'position'>
  /**
   * When the stream expires from now on, as in {@link AppendOptions}; `null` if it does not any
   * more.
   */
  readonly expiresAt: Date | null
}

/** The replacement of all entries after a position. */
export interface Replacement {
  /** The owner of the stream. */
  readonly owner: Owner
  /** The name of the stream. */
  readonly stream: string
  /** The position after which everything is dropped: 0 for all of it. */
  readonly position: number
  /** What is appended instead, at most 1,000 entries. It may be empty. */
  readonly entries: readonly NewEntry[]
  /** The idempotency key of the replacement within the stream. Repeat it with every retry. */
  readonly operationId: EventId
  /**
   * The position that the head has to have; 0 if there must be no stream yet, or one that has
   * expired.
   */
  readonly ifPosition: number
}

/** Options of a read. */
export interface ReadOptions extends ListOptions {
  /** The first position of the read, in either order. Default: that of the first entry. */
  readonly from?: number
  /** The first position beyond the read, in either order. Default: none. */
  readonly to?: number
}

/** A place in a stream, from which a follower goes on. */
export interface StreamCursor {
  /** The generation of the stream, of its head or of what a follower yielded. */
  readonly generation: string
  /** The position of the last entry or replacement that was seen; 0 for none. */
  readonly position: number
}

/** Options of a follower. */
export interface FollowOptions extends CallOptions {
  /** What was seen last. Default: nothing, so that the first entry comes first. */
  readonly after?: StreamCursor
  /**
   * The number of entries that are fetched at a time, 1 to 1,000, and of about 8 MiB at most. A
   * slow reader holds no more than that. Default: 100.
   */
  readonly pageSize?: number
}

/** An entry that a follower sees. With its generation it is a {@link StreamCursor}. */
export interface FollowedEntry extends Entry {
  readonly generation: string
}

/**
 * A replacement that a follower sees. With its generation it is a {@link StreamCursor}. What came
 * after `replacedAfter` is gone.
 */
export interface FollowedReplacement {
  readonly generation: string
  /** The position of the replacement itself. */
  readonly position: number
  /** The position of the last entry that stayed; less than that of any entry if none did. */
  readonly replacedAfter: number
}

/** What a follower sees, in the order of positions. */
export type Followed = FollowedEntry | FollowedReplacement

/** A stream with its owner, as `JournalStore.streams` yields it. */
export interface StreamInfo {
  /** The owner, as every method accepts it. Its `runId` is `''` if there is no run. */
  readonly owner: Required<RunIdentity>
  /** The name of the stream. */
  readonly stream: string
  readonly head: StreamHead
}

/** The order of a walk over streams. */
export type StreamOrder = 'name' | 'recent'

/** Options of a walk over streams. */
export interface StreamListOptions extends Omit<ListOptions, 'order'> {
  /** What the names of the streams begin with, literally. Default: `''`, all names. */
  readonly prefix?: string
  /**
   * `'name'`: by owner and name, each by its UTF-8 bytes. `'recent'`: the most recently appended to
   * first, by a time that may be a minute old. Default: `'name'`.
   */
  readonly order?: StreamOrder
}
