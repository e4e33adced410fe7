import type { Event } from '@google/adk'
import { HarborageError, parseEventId, type EventId } from '@harborage/core'
import { digestOf } from '@harborage/core/adapter'
import type { Entry, NewEntry } from '@harborage/journal'
import { decodePayload, encodePayload, isObject, type Payload } from '../payload.ts'

/** What the name of the stream of the events begins with. The generation follows. */
export const EVENTS = 'adk.events/'

/** The type of an entry with an event. */
const EVENT = 'event'
/** The type of an entry with an event that takes the place of an earlier one with its id. */
const REPLACEMENT = 'replacement'

/** An event as it was stored: plain data, of which nothing was made. */
export interface StoredEvent {
  readonly id: string
  readonly timestamp: number
  readonly [field: string]: unknown
}

/**
 * Returns the id of an entry of an event. It has a digest, since an id of ADK may be any text.
 *
 * @param replaced How many entries of the event were before: 0 for its own, and more for those that
 * take its place.
 */
export function entryIdOf(eventId: string, replaced: number): EventId {
  const digest = digestOf(eventId)
  return parseEventId(replaced === 0 ? digest : `again-${replaced}-${digest}`)
}

/**
 * Returns an entry of an event.
 *
 * @param replaced See {@link entryIdOf}. Default: 0.
 */
export function entryOf(id: string, bytes: Uint8Array, replaced: number = 0): NewEntry {
  return { entryId: entryIdOf(id, replaced), type: replaced === 0 ? EVENT : REPLACEMENT, bytes }
}

/** Returns whether the event takes the place of an earlier one. */
export function isReplacement({ type }: Pick<Entry, 'type'>): boolean {
  return type === REPLACEMENT
}

/**
 * Returns the id and the timestamp of an event.
 *
 * @throws `invalid_record` if one is missing or malformed.
 */
export function checkEvent(event: Event): Pick<Event, 'id' | 'timestamp'> {
  const { id, timestamp } = event
  const [given, time]: readonly unknown[] = [id, timestamp]
  if (typeof given === 'string' && given !== '' && Number.isFinite(time)) return { id, timestamp }
  throw new HarborageError(
    'invalid_record',
    'the event has no id or no timestamp: make it with createEvent() of ADK',
  )
}

/**
 * Returns the content of an event, without the state that is not kept.
 *
 * @throws `invalid_record` if it holds what JSON cannot represent.
 */
export function encodeEvent(event: Event): Uint8Array {
  const delta = Object.entries(event.actions?.stateDelta ?? {})
  const stateDelta = Object.fromEntries(delta.filter(([key]) => !key.startsWith('temp:')))
  const isWhole = event.actions === undefined
  return encodePayload({
    event: { ...event, ...(isWhole ? {} : { actions: { ...event.actions, stateDelta } }) },
  })
}

/**
 * Returns an event as it was stored.
 *
 * @throws `schema_too_new` if a newer release wrote it; `invalid_record` if it is damaged.
 */
export function readEvent(entry: Pick<Entry, 'bytes'>): StoredEvent {
  return decodePayload(entry, isEventPayload).event
}

function isEventPayload(content: Payload): content is Payload & { readonly event: StoredEvent } {
  const event = content['event']
  return (
    isObject(event) &&
    typeof Reflect.get(event, 'id') === 'string' &&
    typeof Reflect.get(event, 'timestamp') === 'number'
  )
}
