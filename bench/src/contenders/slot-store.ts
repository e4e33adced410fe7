import type { EventId, RunIdentity } from '@harborage/core'

/** A slot, in the forms that the contenders need. */
export interface Place {
  readonly identity: Required<RunIdentity>
  readonly kind: string
  /** The same as one text, for key-value stores. */
  readonly key: string
}

/** A payload: bytes, and a text of the same length for stores that hold JSON. */
export interface Payload {
  readonly bytes: Uint8Array
  readonly text: string
}

export interface Write {
  readonly place: Place
  readonly eventId: EventId
  readonly payload: Payload
}

/** A store of slots for the cases about state. Synchronous methods return no promise. */
export interface SlotStore {
  readonly name: string
  readonly note?: string
  save(write: Write): unknown
  /** Returns the payload that was saved, or `undefined`. */
  load(place: Place): unknown
  loadByEventId?(place: Place, eventId: EventId): unknown
  /** Writes all slots or none. */
  commit?(writes: readonly Write[]): unknown
  /** Walks all records of an identity and returns their number. */
  list?(identity: Place['identity']): number | Promise<number>
  close(): Promise<void>
}
