import type { EventId, RunIdentity } from '@harborage/core'

/** The most bytes that one slot holds: 64 MiB. Heavier content belongs into an artifact. */
export const MAX_STATE_BYTES: number = 64 * 1024 * 1024

/** How many replaced event ids a slot remembers at least, so that a stale retry of one changes nothing. */
export const REMEMBERED_EVENT_IDS = 16

/** The most expectations, saves or deletes, each, that one commit takes. */
export const MAX_COMMIT_ENTRIES = 1000

/** One keyed place in the store. A save replaces what it holds. */
export interface Slot {
  readonly identity: RunIdentity
  /** The caller's name for what the slot holds, such as `task.checkpoint`: 1 to 256 UTF-8 bytes. */
  readonly kind: string
}

/** What a save puts into a slot. */
export interface NewStateRecord extends Slot {
  /** The idempotency key of this save: make it once, repeat it with every retry. */
  readonly eventId: EventId
  /** Opaque to the store; may be empty. Captured when the method is called. At most {@link MAX_STATE_BYTES}. */
  readonly bytes: Uint8Array
  /** The caller's number, stored and returned but not enforced: a safe integer >= 0. Default: 0. */
  readonly version?: number
  /** When the content changed, to the millisecond. Default: now. */
  readonly updatedAt?: Date
}

/** What a slot holds. The bytes are the caller's own copy. */
export interface StateRecord {
  readonly eventId: EventId
  /** An absent run is `''`. */
  readonly identity: Required<RunIdentity>
  readonly kind: string
  readonly bytes: Uint8Array
  /** The number that the caller saved with the record; 0 if it gave none. */
  readonly version: number
  readonly updatedAt: Date
}

/**
 * What a save did: `'saved'` put the record into its slot; `'unchanged'` found this very record there already;
 * `'superseded'` found that the slot has held it and has gone on since.
 */
export type SaveOutcome = 'saved' | 'unchanged' | 'superseded'

/** What a slot has to hold so that a commit goes ahead. */
export interface SlotExpectation extends Slot {
  /** The event id of the generation that the slot has to hold; `null`: the slot has to be empty. */
  readonly eventId: EventId | null
}

/** Work on several slots of one tenant that is applied as a whole or not at all. Each slot is changed once. */
export interface StateTransaction {
  /** What slots have to hold so that anything is done. Default: no expectation. */
  readonly expect?: readonly SlotExpectation[]
  /** The records to save. Default: none. */
  readonly save?: readonly NewStateRecord[]
  /** The slots to empty. Default: none. */
  readonly delete?: readonly Slot[]
}
