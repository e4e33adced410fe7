import { type BlobRef, type CheckpointContent, isBlobRef } from './checkpoint-payload.ts'
import type { TypedBytes } from './frames.ts'
import type { Place, Thread } from './place.ts'
import { RecentMap } from './recent-map.ts'

/**
 * The largest value that every checkpoint holds itself, in bytes. A larger one gets a slot of its
 * own, to which the checkpoints refer.
 */
export const SMALL_BYTES = 256

/** The largest number of namespaces whose last checkpoint is remembered. */
const CAPACITY = 1024

/** Where the value of a channel is stored. */
export type StoredValue =
  /** In every checkpoint. */
  | { readonly place: 'small'; readonly value: TypedBytes }
  /** In the checkpoint for which it was new. */
  | { readonly place: 'once' }
  /** In a slot of its own. */
  | { readonly place: 'blob'; readonly ref: BlobRef }

/** Where the values of a checkpoint are stored, by channel, with their versions. */
export type StoredValues = ReadonlyMap<string, StoredValue & { readonly version: Version }>

type Version = string | number | undefined

/**
 * The stored values of the last checkpoint of each namespace that a saver has read or written. It
 * saves work, and is never the only one to know something.
 */
export class LastStoredValues {
  readonly #entries = new RecentMap<{ readonly id: string; readonly values: StoredValues }>(
    CAPACITY,
  )

  /** Returns where the values of a checkpoint are stored, or `undefined` if it is another one. */
  of(place: Place, id: string | undefined): StoredValues | undefined {
    const last = this.#entries.get(keyOf(place))
    return last?.id === id ? last?.values : undefined
  }

  /** Returns the id of the checkpoint that was read or written last. */
  idOf(place: Place): string | undefined {
    return this.#entries.get(keyOf(place))?.id
  }

  remember(place: Place, id: string, values: StoredValues): void {
    this.#entries.set(keyOf(place), { id, values })
  }

  /** Forgets all namespaces of a thread. */
  forget(thread: Thread): void {
    this.#entries.deleteAll(keyOfThread(thread))
  }
}

/** Returns where the values of a checkpoint are stored. */
export function storedValuesOf({ values, versions }: CheckpointContent): StoredValues {
  const stored = new Map<string, StoredValue & { version: Version }>()
  for (const [channel, value] of values) {
    stored.set(channel, { version: versions[channel], ...placeOf(value) })
  }
  return stored
}

function placeOf(value: TypedBytes | BlobRef): StoredValue {
  if (isBlobRef(value)) return { place: 'blob', ref: value }
  const { type, bytes } = value
  if (bytes.length > SMALL_BYTES) return { place: 'once' }
  // A copy: the bytes may be a part of a payload, which would be kept with them.
  return { place: 'small', value: { type, bytes: new Uint8Array(bytes) } }
}

function keyOf({ thread, namespace }: Place): string {
  return keyOfThread(thread) + namespace
}

function keyOfThread({ session: { tenantId, userId, sessionId } }: Thread): string {
  return `${tenantId}\0${userId}\0${sessionId}\0`
}
