import type { Owner } from '@harborage/core'
import type { Entry, JournalStore } from '@harborage/journal'

/** The most content that is held at once, in bytes. */
const MAX_HELD_BYTES = 64 * 1024 * 1024

/** Resolves to the newest entries of a stream, the oldest of them first. */
export async function newestEntries(
  journal: JournalStore,
  of: { readonly owner: Owner; readonly stream: string; readonly limit: number },
): Promise<readonly Entry[]> {
  const entries: Entry[] = []
  let bytes = 0
  const options = { order: 'descending', limit: of.limit } as const
  for await (const entry of journal.read(of.owner, of.stream, options)) {
    entries.push(entry)
    bytes += entry.bytes.length
    if (bytes >= MAX_HELD_BYTES) break
  }
  return entries.toReversed()
}
