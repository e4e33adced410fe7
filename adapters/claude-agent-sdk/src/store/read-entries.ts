import type { SessionStoreEntry } from '@anthropic-ai/claude-agent-sdk'
import type { Entry } from '@harborage/journal'
import { damaged, decodePayload, type PartPayload } from './entry-payload.ts'

/**
 * Yields the entries of a transcript, each put together from its parts. The place of an entry is
 * that of its last part. Parts of an entry whose writer died before the last one are left out.
 *
 * @throws `schema_too_new` if a newer release wrote one; `invalid_record` if one is damaged.
 */
export async function* readEntries(
  stored: AsyncIterable<Pick<Entry, 'bytes'>>,
): AsyncGenerator<SessionStoreEntry> {
  const open = new Map<string, Uint8Array[]>()
  for await (const { bytes } of stored) {
    const payload = decodePayload(bytes)
    if ('entry' in payload) yield payload.entry
    else {
      const whole = addPart(open, payload)
      if (whole !== undefined) yield whole
    }
  }
}

/** Adds a part to those before it. Returns the entry that it completes. */
function addPart(
  open: Map<string, Uint8Array[]>,
  part: PartPayload,
): SessionStoreEntry | undefined {
  const parts = open.get(part.of) ?? []
  if (parts.length !== part.index) throw damaged()
  parts.push(part.bytes)
  open.set(part.of, parts)
  if (parts.length < part.count) return undefined
  open.delete(part.of)
  const payload = decodePayload(Buffer.concat(parts))
  if ('entry' in payload) return payload.entry
  throw damaged()
}
