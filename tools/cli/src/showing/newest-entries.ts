import type { Owner } from '@harborage/core'
import type { Entry, JournalStore } from '@harborage/journal'

/** The most content that is held at once, in bytes. */
const MAX_HELD_BYTES = 64 * 1024 * 1024

/** Which entries are read. */
interface Newest {
  readonly owner: Owner
  readonly stream: string
  readonly limit: number
}

/**
 * Yields the newest entries of a stream, the oldest of them first.
 *
 * @param maxHeldBytes The most content that is held. More is read twice. Default: 64 MiB.
 */
export async function* newestEntries(
  journal: JournalStore,
  { owner, stream, limit }: Newest,
  maxHeldBytes: number = MAX_HELD_BYTES,
): AsyncIterable<Entry> {
  let held: Entry[] | undefined = []
  let bytes = 0
  let first: number | undefined
  for await (const entry of journal.read(owner, stream, { order: 'descending', limit })) {
    first = entry.position
    bytes += entry.bytes.length
    if (bytes > maxHeldBytes) held = undefined
    held?.push(entry)
  }
  if (held !== undefined) yield* held.toReversed()
  else if (first !== undefined) yield* journal.read(owner, stream, { from: first, limit })
}
