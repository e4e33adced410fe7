import type { AgentInputItem } from '@openai/agents'
import { HarborageError, newEventId, type EventId } from '@harborage/core'
import { decodeJsonObject, encodeJson, sessionNameOf } from '@harborage/core/adapter'
import type { Entry, NewEntry } from '@harborage/journal'

/** The format of the entries that this release writes. */
export const ITEM_FORMAT = 1

/** What is encoded, in messages. */
export const ITEM = 'an item'

/** What an entry says. */
export interface ItemPayload {
  readonly item: AgentInputItem
  /** The id of the session, if its name is a digest of the id. */
  readonly sessionId: string | undefined
}

/**
 * Returns the entry of an item.
 *
 * @throws `invalid_record` if the item is no object, or holds what JSON cannot represent.
 */
export function entryOf(
  sessionId: string,
  item: AgentInputItem,
  entryId: EventId = newEventId(),
): NewEntry {
  if (!isItem(item)) {
    throw new HarborageError('invalid_record', 'an item is no object: pass items of the SDK')
  }
  const isNamed = sessionNameOf(sessionId) === sessionId
  const payload = { format: ITEM_FORMAT, ...(isNamed ? {} : { sessionId }), item }
  return { entryId, type: typeOf(item), bytes: new TextEncoder().encode(encodeJson(payload, ITEM)) }
}

/**
 * Returns what an entry says.
 *
 * @throws `schema_too_new` if a newer release wrote it; `invalid_record` if it is damaged.
 */
export function decodeItem({ bytes }: Pick<Entry, 'bytes'>): ItemPayload {
  const payload = decodeJsonObject(bytes)
  const format: unknown = payload?.['format']
  if (typeof format === 'number' && format > ITEM_FORMAT) {
    throw new HarborageError(
      'schema_too_new',
      `the item has format ${format}, and this release reads up to ${ITEM_FORMAT}: update @harborage/openai-agents`,
    )
  }
  const item = payload?.['item']
  const sessionId = payload?.['sessionId']
  if (format === ITEM_FORMAT && isItem(item)) {
    return { item, sessionId: typeof sessionId === 'string' ? sessionId : undefined }
  }
  throw new HarborageError(
    'invalid_record',
    'a stored item is not as this package writes it: restore it from a backup, or clear the session',
  )
}

/** Takes every object for an item: which items there are is the matter of the framework. */
function isItem(value: unknown): value is AgentInputItem {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Returns what the entry is in lists of a tool: a message has no type but a role. */
function typeOf(item: AgentInputItem): string {
  const type: unknown = Reflect.get(item, 'type') ?? 'message'
  return typeof type === 'string' && Buffer.byteLength(type) <= 256 ? type : ''
}
