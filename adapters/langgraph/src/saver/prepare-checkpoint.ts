import { hash } from 'node:crypto'
import type {
  ChannelVersions,
  Checkpoint,
  CheckpointMetadata,
  SerializerProtocol,
} from '@langchain/langgraph-checkpoint'
import { type BlobRef, type CheckpointContent, encodeCheckpoint } from './checkpoint-payload.ts'
import type { TypedBytes } from './frames.ts'
import { fitting, serialize } from './serialize.ts'
import { SMALL_BYTES, type StoredValues, storedValuesOf } from './stored-values.ts'

/**
 * The largest new value that a checkpoint holds itself, in bytes. If the next checkpoint still has
 * it, it gets a slot of its own then.
 */
const INLINE_BYTES = 8 * 1024
const DIGEST_DIGITS = 22

const knownFields: ReadonlySet<string> = new Set<keyof Checkpoint>([
  'v',
  'id',
  'ts',
  'channel_values',
  'channel_versions',
  'versions_seen',
])

/** A checkpoint as the framework passes it to `put`. */
export interface NewCheckpoint {
  /** The id of its thread, as the framework knows it. */
  readonly threadId: string
  readonly checkpoint: Checkpoint
  readonly metadata: CheckpointMetadata
  readonly newVersions: ChannelVersions
  readonly parentId: string | undefined
  /** Its namespace, if the kind of its slot has only a digest of one of its names. */
  readonly unnamed: { readonly namespace: string } | undefined
}

/** A large value and its slot. */
export interface Blob extends BlobRef {
  readonly bytes: Uint8Array
}

/** A checkpoint that is ready to be saved. */
export interface PreparedCheckpoint {
  readonly payload: Uint8Array
  /** The large values that may not be stored yet. */
  readonly blobs: readonly Blob[]
  readonly stored: StoredValues
}

/**
 * Makes the slot of a checkpoint, and those of the large values that are not known to be stored.
 *
 * @param known Where the values of the parent are stored, if that is known.
 */
export async function prepareCheckpoint(
  serde: SerializerProtocol,
  { threadId, checkpoint, metadata, newVersions, parentId, unnamed }: NewCheckpoint,
  known: StoredValues | undefined,
): Promise<PreparedCheckpoint> {
  const { channel_values: values, channel_versions: versions } = checkpoint
  const keepsAll = parentId !== undefined || !beginsThread(metadata)
  const placed = new Map<string, TypedBytes | BlobRef>()
  // Two channels may have equal values.
  const blobs = new Map<string, Blob>()
  for (const channel of Object.keys(values)) {
    const isNew = Object.hasOwn(newVersions, channel)
    if (!isNew && !keepsAll) continue
    const held = isNew ? undefined : known?.get(channel)
    const stored = held?.version === versions[channel] ? held : undefined
    if (stored?.place === 'small') placed.set(channel, stored.value)
    else if (stored?.place === 'blob') placed.set(channel, stored.ref)
    else {
      const value = await serialize(serde, values[channel], { threadId, channel })
      if (value.bytes.length <= (isNew ? INLINE_BYTES : SMALL_BYTES)) placed.set(channel, value)
      else {
        const digest = digestOf(value)
        placed.set(channel, { type: value.type, digest })
        blobs.set(digest, { ...value, digest })
      }
    }
  }
  const content: CheckpointContent = {
    v: checkpoint.v,
    ts: checkpoint.ts,
    parentId,
    versions,
    seen: checkpoint.versions_seen,
    metadata: await serialize(serde, metadata, { threadId }),
    others: await serializeOthers(serde, checkpoint, threadId),
    values: placed,
    names: unnamed && { id: checkpoint.id, namespace: unnamed.namespace },
  }
  const payload = fitting(encodeCheckpoint(content), 'all small values of a checkpoint are', {
    threadId,
  })
  return { payload, blobs: [...blobs.values()], stored: storedValuesOf(content) }
}

/**
 * Returns whether a checkpoint is the first of a thread that a run begins. What is not new in it
 * has no value: that is how the cases of LangGraph for savers have it. A later one without a parent
 * is a copy, and so brings all values with it.
 */
function beginsThread({ source, step }: CheckpointMetadata): boolean {
  return source === 'input' && step === -1
}

/** Returns the fields of a checkpoint that this release does not know, if there are any. */
async function serializeOthers(
  serde: SerializerProtocol,
  checkpoint: Checkpoint,
  threadId: string,
): Promise<TypedBytes | undefined> {
  const others = Object.entries(checkpoint).filter(([name]) => !knownFields.has(name))
  return others.length === 0
    ? undefined
    : serialize(serde, Object.fromEntries(others), { threadId })
}

function digestOf({ type, bytes }: TypedBytes): string {
  const ofBytes = hash('sha256', bytes, 'buffer')
  return hash('sha256', Buffer.concat([Buffer.from(`${type}\0`), ofBytes]), 'base64url').slice(
    0,
    DIGEST_DIGITS,
  )
}
