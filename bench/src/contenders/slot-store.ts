import type { EventId, RunIdentity } from '@harborage/core'

/** A slot, in the words of every contender. */
export interface Place {
  readonly identity: Required<RunIdentity>
  readonly kind: string
  /** The same as one text, for stores that know keys only. */
  readonly key: string
}

/** What is written: its bytes, and a text of the same length for stores that hold JSON. */
export interface Payload {
  readonly bytes: Uint8Array
  readonly text: string
}

export interface Write {
  readonly place: Place
  readonly eventId: EventId
  readonly payload: Payload
}

/** Keyed records, as the cases about the state store need them. A method that works at once returns no promise. */
export interface SlotStore {
  readonly name: string
  readonly note?: string
  save(write: Write): unknown
  /** Gives what was saved, or undefined. */
  load(place: Place): unknown
  loadByEventId?(place: Place, eventId: EventId): unknown
  /** All or nothing. */
  commit?(writes: readonly Write[]): unknown
  /** Walks over all records of an identity and gives their number. */
  list?(identity: Place['identity']): number | Promise<number>
  close(): Promise<void>
}
