import { newEventId, type EventId } from '@harborage/core'

/** The ids that an entry without a uuid had in an append that failed. */
interface Failed {
  readonly transcript: string
  /** One for each time that the append had the entry. */
  readonly ids: readonly EventId[]
}

/** The id of an entry in an append. */
export interface AppendId {
  readonly id: EventId
  /** Whether an append that failed had it, so that the transcript may hold it. */
  readonly isRepeated: boolean
}

/** The ids of the entries without a uuid of one append. */
export interface AppendIds {
  /** Returns the id of an entry; another one each time if the append has it several times. */
  readonly idOf: (entry: object) => AppendId
  /** Remembers the ids: the append failed, and may have been applied. */
  readonly failed: () => void
  /** Forgets what was remembered of these entries: the append succeeded. */
  readonly succeeded: () => void
}

/**
 * Remembers the ids of entries without a uuid whose append failed. The SDK passes the same objects
 * again, and the append may have been applied: with the same ids it is not applied twice. An object
 * whose append succeeded is a new entry the next time.
 */
export class FailedEntries {
  readonly #failed = new WeakMap<object, Failed>()

  /** Returns the ids of an append to a transcript. */
  begin(transcript: string): AppendIds {
    const used = new Map<object, EventId[]>()
    return {
      idOf: (entry) => {
        const ids = used.get(entry) ?? []
        const failed = this.#failed.get(entry)
        const earlier = failed?.transcript === transcript ? failed.ids[ids.length] : undefined
        const id = earlier ?? newEventId()
        used.set(entry, [...ids, id])
        return { id, isRepeated: earlier !== undefined }
      },
      failed: () => {
        for (const [entry, ids] of used) this.#failed.set(entry, { transcript, ids })
      },
      succeeded: () => {
        for (const entry of used.keys()) this.#failed.delete(entry)
      },
    }
  }
}
