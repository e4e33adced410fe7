import type { Event, SearchMemoryResponse } from '@google/adk'
import { MAX_PASSAGE_TEXT_BYTES, type FoundPassage, type NewPassage } from '@harborage/memory'
import { decodePayload, encodePayload, isObject, type Payload } from '../payload.ts'
import { appPath } from '../place.ts'
import { checkEvent } from '../session/event-payload.ts'

/** What the names of the collections of memories begin with. The application follows. */
const MEMORIES = 'adk.memory/'

/** A memory of ADK. */
export type MemoryEntry = SearchMemoryResponse['memories'][number]

/** What a passage says: what ADK knows as a memory. */
interface StoredMemory {
  readonly content: MemoryEntry['content']
  readonly author?: string
}

/** Returns the collection of what is remembered of the sessions of an application. */
export function collectionOf(appName: string): string {
  return `${MEMORIES}${appPath(appName)}`
}

/**
 * Returns the passage of an event; none if it says nothing in words.
 *
 * @throws `invalid_record` if the event is malformed or holds what JSON cannot represent.
 */
export function passagesOf(event: Event): readonly NewPassage[] {
  const parts = event.content?.parts ?? []
  const text = parts.flatMap((part) => part.text || []).join(' ')
  if (text === '') return []
  const { timestamp } = checkEvent(event)
  const content = { ...event.content, parts: parts.filter(({ inlineData }) => !inlineData) }
  const bytes = encodePayload({ content, author: event.author })
  return [{ text: beginningOf(text), bytes, createdAt: new Date(timestamp) }]
}

/**
 * Returns the memory that a passage says.
 *
 * @throws `schema_too_new` if a newer release wrote it; `invalid_record` if it is damaged.
 */
export function memoryOf(passage: FoundPassage): MemoryEntry {
  const { content, author } = decodePayload(passage, isStoredMemory)
  const timestamp = passage.createdAt.toISOString()
  return { content, ...(author === undefined ? {} : { author }), timestamp }
}

function isStoredMemory(payload: Payload): payload is Payload & StoredMemory {
  const { content, author } = payload
  return isObject(content) && (author === undefined || typeof author === 'string')
}

/** Returns what of a text a passage or a search takes. */
export function beginningOf(text: string): string {
  if (Buffer.byteLength(text) <= MAX_PASSAGE_TEXT_BYTES) return text
  // Each character has at most three bytes.
  return text.slice(0, Math.floor(MAX_PASSAGE_TEXT_BYTES / 3))
}
