import type { GetSessionConfig } from '@google/adk'
import { HarborageError, type Identity } from '@harborage/core'
import type { JournalStore } from '@harborage/journal'
import { isReplacement, readEvent, type StoredEvent } from './event-payload.ts'

/** The largest number of entries that are read at once. */
const PAGE = 100

/** Which events of a session are wanted. */
export interface EventRange {
  /** The largest number of events, the newest ones; `undefined` for all. */
  readonly limit: number | undefined
  /** The time of the oldest event, in milliseconds since 1970; `undefined` for any. */
  readonly after: number | undefined
}

/**
 * Checks which events are wanted.
 *
 * @throws `invalid_record` if a number is malformed.
 */
export function checkRange(config: GetSessionConfig | undefined): EventRange {
  const limit: unknown = config?.numRecentEvents
  const after: unknown = config?.afterTimestamp
  if (limit !== undefined && !(typeof limit === 'number' && Number.isInteger(limit) && limit >= 0))
    throw malformed('numRecentEvents is no whole number of at least 0')
  if (after !== undefined && !(typeof after === 'number' && Number.isFinite(after)))
    throw malformed('afterTimestamp is no finite number')
  return {
    limit: typeof limit === 'number' ? limit : undefined,
    after: typeof after === 'number' ? after : undefined,
  }
}

/**
 * Resolves to the events of a stream, the oldest first. An event that took the place of another one
 * is where that one was. Those of a range cost what they cost, however long the stream is.
 */
export async function loadEvents(
  journal: JournalStore,
  session: Identity,
  stream: string,
  range: EventRange,
): Promise<readonly StoredEvent[]> {
  if (range.limit !== undefined || range.after !== undefined) {
    return newestEvents(journal, session, stream, range)
  }
  const events = new Map<string, StoredEvent>()
  for await (const entry of journal.read(session, stream)) {
    const event = readEvent(entry)
    events.set(event.id, event)
  }
  return [...events.values()]
}

async function newestEvents(
  journal: JournalStore,
  session: Identity,
  stream: string,
  { limit = Number.POSITIVE_INFINITY, after = Number.NEGATIVE_INFINITY }: EventRange,
): Promise<readonly StoredEvent[]> {
  const found: StoredEvent[] = []
  if (limit === 0) return found
  const replacements = new Map<string, StoredEvent>()
  const pageSize = Math.min(limit, PAGE)
  for await (const entry of journal.read(session, stream, { order: 'descending', pageSize })) {
    const stored = readEvent(entry)
    if (isReplacement(entry)) {
      if (!replacements.has(stored.id)) replacements.set(stored.id, stored)
      continue
    }
    const event = replacements.get(stored.id) ?? stored
    if (event.timestamp < after) break
    found.push(event)
    if (found.length >= limit) break
  }
  return found.toReversed()
}

function malformed(what: string): HarborageError {
  return new HarborageError('invalid_record', `${what}: pass numbers, or leave them out`)
}
