import { newEventId, type EventId, type Identity } from '@harborage/core'
import type { NewStateRecord, StateRecord } from '@harborage/state'
import { decodePayload, encodePayload, type Payload } from '../payload.ts'

/** The kind of the slot that says that there is a session. */
export const SESSION = 'adk.session'

/** What is known of a session besides its state and its events. */
export interface SessionHead {
  readonly appName: string
  readonly userId: string
  readonly sessionId: string
  /** Names the stream of the events. A session that is made again has another one. */
  readonly generation: EventId
  /** Grows with each change, in milliseconds. */
  readonly lastUpdateTime: number
  /** What it was before the last event; `0` before the first one. */
  readonly previousUpdateTime: number
}

/** A session as it was loaded. */
export interface LoadedHead extends SessionHead {
  /** The event id of the slot. */
  readonly eventId: EventId
}

/** Returns the record of the head of a session. */
export function headRecord(identity: Identity, head: SessionHead): NewStateRecord {
  const { appName, userId, sessionId, generation, lastUpdateTime, previousUpdateTime } = head
  const times = { lastUpdateTime, previousUpdateTime }
  const bytes = encodePayload({ appName, userId, sessionId, generation, ...times })
  return { identity, kind: SESSION, eventId: newEventId(), bytes }
}

/**
 * Returns the head of a session.
 *
 * @throws `schema_too_new` if a newer release wrote it; `invalid_record` if it is damaged.
 */
export function readHead(record: StateRecord): LoadedHead {
  return { ...decodePayload(record, isHead), eventId: record.eventId }
}

function isHead(content: Payload): content is Payload & SessionHead {
  const { appName, userId, sessionId, generation } = content
  return (
    typeof appName === 'string' &&
    typeof userId === 'string' &&
    typeof sessionId === 'string' &&
    typeof generation === 'string' &&
    typeof content['lastUpdateTime'] === 'number' &&
    typeof content['previousUpdateTime'] === 'number'
  )
}
