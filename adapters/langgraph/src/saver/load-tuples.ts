import type { RunnableConfig } from '@langchain/core/runnables'
import {
  type Checkpoint,
  type CheckpointMetadata,
  type CheckpointPendingWrite,
  type CheckpointTuple,
  maxChannelVersion,
  type SerializerProtocol,
  TASKS,
} from '@langchain/langgraph-checkpoint'
import { HarborageError, isHarborageError } from '@harborage/core'
import type { StateRecord } from '@harborage/state'
import {
  blobRefsOf,
  type CheckpointContent,
  decodeCheckpoint,
  isBlobRef,
} from './checkpoint-payload.ts'
import { compareText } from './compare-text.ts'
import { deserializeAll, type NamedBytes } from './deserialize.ts'
import { findCheckpoint, type FoundCheckpoint } from './find-checkpoint.ts'
import type { TypedBytes } from './frames.ts'
import { checkpointKind, parseCheckpointKind, taskOf } from './kinds.ts'
import { loadBlobs } from './load-blobs.ts'
import type { Thread } from './place.ts'
import type { SaverCall } from './saver-call.ts'
import { decodeWrites, type Write } from './writes-payload.ts'

/** A checkpoint that was found, with its names and what its slot holds. */
export interface OpenedCheckpoint extends FoundCheckpoint {
  readonly id: string
  readonly namespace: string
  readonly content: CheckpointContent
}

/** A write with what it is sorted by. */
interface SortedWrite extends Write {
  readonly taskId: string
  readonly taskPath: string
}

/** From this version on, sends are in the values of their checkpoint. */
const SENDS_AS_VALUES = 4

/** Reads the names and the content of a checkpoint that was found. */
export function openCheckpoint(found: FoundCheckpoint): OpenedCheckpoint {
  const content = decodeCheckpoint(found.checkpoint.bytes)
  const { id, namespace } = parseCheckpointKind(found.checkpoint.kind)
  return {
    ...found,
    content,
    id: content.names?.id ?? id ?? '',
    namespace: content.names?.namespace ?? namespace ?? '',
  }
}

/** Yields checkpoints as the framework wants them. Loads their large values, each once. */
export async function* loadTuples(
  call: SaverCall,
  thread: Thread,
  opened: readonly OpenedCheckpoint[],
): AsyncGenerator<CheckpointTuple> {
  const blobs = await blobsOf(call, thread, opened)
  for (const each of opened) yield await tupleOf(call, thread, each, blobs)
}

/** Returns a checkpoint as the framework wants it. */
export async function loadTuple(
  call: SaverCall,
  thread: Thread,
  opened: OpenedCheckpoint,
): Promise<CheckpointTuple> {
  return tupleOf(call, thread, opened, await blobsOf(call, thread, [opened]))
}

type Blobs = ReadonlyMap<string, Uint8Array>

const NO_BLOBS: Blobs = new Map()

async function blobsOf(
  { state }: SaverCall,
  { session }: Thread,
  opened: readonly OpenedCheckpoint[],
): Promise<Blobs> {
  const refs = opened.flatMap(({ content }) => blobRefsOf(content))
  if (refs.length === 0) return NO_BLOBS
  return loadBlobs(state, session, [...new Set(refs.map(({ digest }) => digest))])
}

async function tupleOf(
  call: SaverCall,
  thread: Thread,
  { id, namespace, content, writes }: OpenedCheckpoint,
  blobs: Blobs,
): Promise<CheckpointTuple> {
  const { serde } = call
  const { v, ts, parentId, metadata, others, versions, seen } = content
  const channels = [...content.values.keys()]
  const sorted = sortedWrites(writes)
  const [known, ...read] = await deserializeAll(serde, [
    metadata,
    ...valuesOf(content, blobs),
    ...sorted,
    ...(others === undefined ? [] : [others]),
  ])
  const written = read.slice(channels.length)
  const checkpoint: Checkpoint = {
    // Only the release that wrote them knows their types.
    ...(others && (written.at(-1) as Partial<Checkpoint>)),
    v,
    id,
    ts,
    channel_values: Object.fromEntries(channels.map((channel, index) => [channel, read[index]])),
    channel_versions: versions,
    versions_seen: seen,
  }
  if (v < SENDS_AS_VALUES && parentId !== undefined) {
    await addPendingSends(call, thread, checkpointKind(namespace, parentId), checkpoint)
  }
  return {
    config: configOf(thread, namespace, id),
    checkpoint,
    // As it was given.
    metadata: known as CheckpointMetadata,
    ...(parentId === undefined ? {} : { parentConfig: configOf(thread, namespace, parentId) }),
    pendingWrites: sorted.map(({ taskId, channel }, index) => [taskId, channel, written[index]]),
  }
}

/** Returns the stored values of the channels of a checkpoint. */
function valuesOf({ values }: CheckpointContent, blobs: Blobs): readonly NamedBytes[] {
  return Array.from(values, ([channel, value]) => {
    const { type, bytes } = isBlobRef(value)
      ? whole({ type: value.type, bytes: blobs.get(value.digest) })
      : value
    return { type, bytes, channel }
  })
}

/** Returns a value that was loaded. Throws {@link lostValue} if it was not found. */
export function whole({
  type,
  bytes,
}: {
  readonly type: string
  readonly bytes: Uint8Array | undefined
}): TypedBytes {
  if (bytes === undefined) throw lostValue()
  return { type, bytes }
}

const lostValues = new WeakSet<HarborageError>()

/** Returns the error for a value that is not in its slot. */
function lostValue(): HarborageError {
  const error = new HarborageError(
    'store_unavailable',
    'the value of a channel is missing: something other than the saver has removed it',
    { retryable: false },
  )
  lostValues.add(error)
  return error
}

/** Returns whether an error was made by {@link lostValue}. */
export function isLostValue(error: unknown): boolean {
  return isHarborageError(error) && lostValues.has(error)
}

/** Returns the writes of a checkpoint in the order in which the framework applies them. */
export async function pendingWritesOf(
  serde: SerializerProtocol,
  records: readonly StateRecord[],
  isWanted: (channel: string) => boolean = () => true,
): Promise<CheckpointPendingWrite[]> {
  const wanted = sortedWrites(records).filter(({ channel }) => isWanted(channel))
  const values = await deserializeAll(serde, wanted)
  return wanted.map(({ taskId, channel }, index) => [taskId, channel, values[index]])
}

function sortedWrites(records: readonly StateRecord[]): readonly SortedWrite[] {
  const sorted: SortedWrite[] = []
  for (const record of records) {
    const { writes, taskId, taskPath } = decodeWrites(record.bytes, taskOf(record.kind))
    for (const { index, channel, type, bytes } of writes) {
      sorted.push({ taskId, taskPath, index, channel, type, bytes })
    }
  }
  return sorted.sort(
    (left, right) =>
      compareText(left.taskPath, right.taskPath) ||
      compareText(left.taskId, right.taskId) ||
      left.index - right.index,
  )
}

/** Adds the sends of a checkpoint of an old version, which are writes of its parent. */
async function addPendingSends(
  { state, serde }: SaverCall,
  { session }: Thread,
  parentKind: string,
  checkpoint: Checkpoint,
): Promise<void> {
  const parent = await findCheckpoint(state, session, parentKind)
  const sends = await pendingWritesOf(serde, parent?.writes ?? [], (channel) => channel === TASKS)
  const versions = Object.values(checkpoint.channel_versions)
  checkpoint.channel_values = {
    ...checkpoint.channel_values,
    [TASKS]: sends.map(([, , value]) => value),
  }
  checkpoint.channel_versions = {
    ...checkpoint.channel_versions,
    [TASKS]: versions.length === 0 ? 1 : maxChannelVersion(...versions),
  }
}

/** Returns the config that names a checkpoint. */
export function configOf(
  { id: thread_id }: Thread,
  checkpoint_ns: string,
  checkpoint_id: string,
): RunnableConfig {
  return { configurable: { thread_id, checkpoint_ns, checkpoint_id } }
}
