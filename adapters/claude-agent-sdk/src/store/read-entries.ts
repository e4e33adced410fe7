import type { SessionStoreEntry } from '@anthropic-ai/claude-agent-sdk'
import type { Entry } from '@harborage/journal'
import { damaged, decodePayload, type PartPayload } from './entry-payload.ts'

/**
 * Yields the entries of a transcript, each put together from its parts. The place of an entry is
 * that of the part that completes it. Parts of an entry whose writer died before the last one, or
 * that was deleted meanwhile, are left out.
 *
 * @throws `schema_too_new` if a newer release wrote one; `invalid_record` if one is damaged.
 */
export async function* readEntries(
  stored: AsyncIterable<Pick<Entry, 'bytes'>>,
): AsyncGenerator<SessionStoreEntry> {
  const open = new Map<string, Map<number, Uint8Array>>()
  for await (const { bytes } of stored) {
    const payload = decodePayload(bytes)
    if ('entry' in payload) yield payload.entry
    else {
      const whole = addPart(open, payload)
      if (whole !== undefined) yield whole
    }
  }
}

/**
 * Adds a part to those before it. Returns the entry that it completes. Parts need not be in their
 * order: a deletion may have removed the first ones, which a retry appends again.
 */
function addPart(
  open: Map<string, Map<number, Uint8Array>>,
  part: PartPayload,
): SessionStoreEntry | undefined {
  const parts = open.get(part.of) ?? new Map<number, Uint8Array>()
  parts.set(part.index, part.bytes)
  open.set(part.of, parts)
  if (parts.size < part.count) return undefined
  open.delete(part.of)
  const inOrder = [...parts].toSorted(([left], [right]) => left - right)
  const payload = decodePayload(Buffer.concat(inOrder.map(([, bytes]) => bytes)))
  if ('entry' in payload) return payload.entry
  throw damaged()
}
