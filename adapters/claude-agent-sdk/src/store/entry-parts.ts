import { hash } from 'node:crypto'
import { parseEventId, type EventId } from '@harborage/core'
import { digestOf } from '@harborage/core/adapter'
import type { NewEntry } from '@harborage/journal'
import { encodePart, type HiddenNames } from './entry-payload.ts'

/** The largest payload that is one entry of the journal. A larger one is in parts of this size. */
const PART_BYTES = 4 * 1024 * 1024

/** A payload as it is stored. */
interface SplitPayload {
  /** What has to be in the stream before the last part, each to be appended by itself. */
  readonly parts: readonly NewEntry[]
  /** The payload itself if it is small enough, else its last part. */
  readonly last: Uint8Array
}

/**
 * Splits a payload into parts, unless it is small enough. Their ids follow from the content, so
 * that a retry finds the parts that are there, and writers of other content do not mix theirs with
 * them.
 *
 * @param entryId The id of the entry, which its last part has.
 */
export function splitPayload(
  entryId: EventId,
  payload: Uint8Array,
  names: HiddenNames,
): SplitPayload {
  const count = Math.ceil(payload.byteLength / PART_BYTES)
  if (count <= 1) return { parts: [], last: payload }
  const of = digestOf(`${entryId} ${hash('sha256', payload, 'base64url')}`)
  const partAt = (index: number): Uint8Array => {
    const bytes = payload.subarray(index * PART_BYTES, (index + 1) * PART_BYTES)
    return encodePart({ of, index, count, bytes, names })
  }
  return {
    parts: Array.from({ length: count - 1 }, (_, index) => ({
      entryId: parseEventId(`%part/${of}/${index}`),
      type: 'part',
      bytes: partAt(index),
    })),
    last: partAt(count - 1),
  }
}
