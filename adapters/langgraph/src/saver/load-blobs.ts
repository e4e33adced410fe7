import type { Identity } from '@harborage/core'
import type { StateStore } from '@harborage/state'
import { splitBytes } from './frames.ts'
import { blobKind } from './kinds.ts'
import { loadSlots } from '../load-slots.ts'

/**
 * Loads large values of a thread.
 *
 * @returns The bytes of those that are there, by digest.
 */
export async function loadBlobs(
  state: StateStore,
  session: Identity,
  digests: readonly string[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const slots = digests.map((digest) => ({ identity: session, kind: blobKind(digest) }))
  const records = await loadSlots(state, slots)
  const found = new Map<string, Uint8Array>()
  for (const [index, digest] of digests.entries()) {
    const record = records[index]
    if (record !== undefined) found.set(digest, splitBytes(record.bytes))
  }
  return found
}
