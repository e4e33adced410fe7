import type { CheckpointPendingWrite, DeltaChannelHistory } from '@langchain/langgraph-checkpoint'
import type { StateRecord } from '@harborage/state'
import { findCheckpoint, findNewest, isCheckpoint, ofCheckpoint } from './find-checkpoint.ts'
import { deserialize } from './deserialize.ts'
import { isBlobRef } from './checkpoint-payload.ts'
import { compareText } from './compare-text.ts'
import type { TypedBytes } from './frames.ts'
import { checkpointKind, namespacePrefix } from './kinds.ts'
import { loadBlobs } from './load-blobs.ts'
import { openCheckpoint, type OpenedCheckpoint, pendingWritesOf, whole } from './load-tuples.ts'
import type { Place } from './place.ts'
import type { SaverCall } from './saver-call.ts'

/** After the kind of a checkpoint, this sorts behind all of its writes. */
const AFTER_WRITES = '0'

/** What was collected for a channel so far. */
interface Collected {
  /** The writes of each ancestor, the newest ancestor first. */
  readonly steps: CheckpointPendingWrite[][]
  seed?: unknown
}

/**
 * Returns the writes of channels since their last stored values, from the ancestors of a
 * checkpoint. Reads the namespace in pages, and the large values of the seeds once more.
 */
export async function deltaHistory(
  call: SaverCall,
  place: Place,
  channels: readonly string[],
): Promise<Record<string, DeltaChannelHistory>> {
  const collected = new Map<string, Collected>(channels.map((channel) => [channel, { steps: [] }]))
  const remaining = new Set(channels)
  for await (const ancestor of remaining.size === 0 ? [] : ancestorsOf(call, place)) {
    const writes = await pendingWritesOf(call.serde, ancestor.writes, (channel) =>
      remaining.has(channel),
    )
    for (const channel of remaining) {
      const ofChannel = writes.filter(([, name]) => name === channel)
      if (ofChannel.length > 0) collected.get(channel)?.steps.push(ofChannel)
    }
    for (const channel of remaining) {
      const value = await storedValue(call, place, ancestor, channel)
      if (value === undefined) continue
      const seed = await deserialize(call.serde, { ...value, channel })
      Object.assign(collected.get(channel) ?? {}, { seed })
      remaining.delete(channel)
    }
    if (remaining.size === 0) break
  }
  return Object.fromEntries(
    Array.from(collected, ([channel, { steps, ...seed }]) => [
      channel,
      { writes: steps.toReversed().flat(), ...seed },
    ]),
  )
}

/** Yields the ancestors of a checkpoint, from its parent on. */
async function* ancestorsOf(call: SaverCall, place: Place): AsyncGenerator<OpenedCheckpoint> {
  const { state } = call
  const { thread, namespace, checkpointId } = place
  const found =
    checkpointId === undefined
      ? await findNewest(state, thread.session, namespace)
      : await findCheckpoint(state, thread.session, checkpointKind(namespace, checkpointId))
  let parentId = found && openCheckpoint(found).content.parentId
  while (parentId !== undefined) {
    const walk = ancestorsFrom(call, place, parentId)
    const { value: last } = await walk.next()
    // The parent is gone, for example because the thread was pruned.
    if (last === undefined) return
    parentId = last.content.parentId
    yield last
    for await (const ancestor of walk) {
      parentId = ancestor.content.parentId
      yield ancestor
    }
  }
}

/**
 * Yields a checkpoint and its ancestors, as long as each sorts before its child. One that does not,
 * since the clocks of two writers differed, begins another walk.
 */
async function* ancestorsFrom(
  { state }: SaverCall,
  { thread: { session }, namespace }: Place,
  id: string,
): AsyncGenerator<OpenedCheckpoint, undefined> {
  let wanted = checkpointKind(namespace, id)
  let writes: StateRecord[] = []
  const records = state.list(session, namespacePrefix(namespace), {
    order: 'descending',
    to: wanted + AFTER_WRITES,
  })
  for await (const record of records) {
    if (!isCheckpoint(record)) writes.push(record)
    else if (record.kind === wanted) {
      const opened = openCheckpoint({ checkpoint: record, writes: ofCheckpoint(record, writes) })
      yield opened
      const { parentId } = opened.content
      if (parentId === undefined) return
      wanted = checkpointKind(namespace, parentId)
      writes = []
    } else if (compareText(record.kind, wanted) < 0) return
    else writes = []
  }
}

/** Resolves to the value of a channel that a checkpoint has, as it is stored. */
async function storedValue(
  { state }: SaverCall,
  { thread: { session } }: Place,
  { content: { values } }: OpenedCheckpoint,
  channel: string,
): Promise<TypedBytes | undefined> {
  const value = values.get(channel)
  if (value === undefined || !isBlobRef(value)) return value
  const { type, digest } = value
  const blobs = await loadBlobs(state, session, [digest])
  return whole({ type, bytes: blobs.get(digest) })
}
