import type { Checkpoint, CheckpointMetadata } from '@langchain/langgraph-checkpoint'
import { HarborageError, newEventId } from '@harborage/core'
import type { NewStateRecord, StateStore } from '@harborage/state'
import { compactId } from './compact-id.ts'
import { eventIdOf } from './event-ids.ts'
import { Fence } from './fence.ts'
import { joinBytes } from './frames.ts'
import { blobKind, checkpointKind, isFullyNamed } from './kinds.ts'
import type { Place, Thread } from './place.ts'
import { type Blob, type NewCheckpoint, prepareCheckpoint } from './prepare-checkpoint.ts'
import type { SaverCall } from './saver-call.ts'
import type { StoredValues } from './stored-values.ts'

/** Saves a checkpoint and the large values that are new in it, in one commit. */
export async function putCheckpoint(
  call: SaverCall,
  place: Place,
  given: Omit<NewCheckpoint, 'threadId' | 'parentId' | 'unnamed'>,
): Promise<void> {
  const { checkpoint, metadata } = given
  const { thread, namespace, checkpointId: parentId } = place
  const fence = call.isFenced ? new Fence(call, place, given) : undefined
  const unnamed = isFullyNamed(namespace, checkpoint.id) ? undefined : { namespace }
  let stored: StoredValues | undefined
  await call.threads.commit(call.state, thread, {
    checkpointIds: continuedBy(checkpoint, metadata, parentId),
    async changes({ isPruning = false }) {
      // While values are being removed, no stored one can be relied on.
      const known = isPruning ? undefined : call.stored.of(place, parentId)
      if (known === undefined) await refuseMissingParent(call.state, place, given)
      const whole = { ...given, threadId: thread.id, parentId, unnamed }
      const prepared = await prepareCheckpoint(call.serde, whole, known)
      stored = prepared.stored
      const blobs = prepared.blobs.map((blob) => blobRecord(thread, blob))
      const records = [checkpointRecord(place, checkpoint.id, prepared.payload)]
      if (isPruning) records.push(...blobs)
      if (fence !== undefined) records.push(fence.head)
      return {
        ...(fence === undefined ? {} : { expect: fence.expected }),
        save: records,
        ...(isPruning || blobs.length === 0 ? {} : { saveIfEmpty: blobs }),
      }
    },
    onThreadChanged: () => call.stored.forget(thread),
    onConflict: (error) => (fence === undefined ? Promise.reject(error) : fence.resolve(error)),
  })
  if (stored !== undefined) call.stored.remember(place, checkpoint.id, stored)
}

/**
 * Checks that the parent of a checkpoint is there, if nothing in the checkpoint comes from it. The
 * framework begins with an empty state if it does not find the checkpoint that it is to continue.
 *
 * @throws `checkpoint_missing`
 */
async function refuseMissingParent(
  state: StateStore,
  { thread, namespace, checkpointId }: Place,
  { checkpoint, newVersions }: Pick<NewCheckpoint, 'checkpoint' | 'newVersions'>,
): Promise<void> {
  if (checkpointId === undefined) return
  const isAllNew = Object.keys(checkpoint.channel_versions).every((channel) =>
    Object.hasOwn(newVersions, channel),
  )
  if (!isAllNew) return
  const parent = await state.load(thread.session, checkpointKind(namespace, checkpointId))
  if (parent !== undefined) return
  throw new HarborageError(
    'checkpoint_missing',
    'the checkpoint to go on from is not there, since it was pruned or never saved, and the thread would begin empty: nothing was saved. Take one that the history of the thread has, or leave checkpoint_id out',
  )
}

/** Returns the slot of a checkpoint to save. */
export function checkpointRecord(
  { thread: { session }, namespace }: Place,
  id: string,
  bytes: Uint8Array,
): NewStateRecord {
  const kind = checkpointKind(namespace, id)
  return { identity: session, kind, eventId: eventIdOf(compactId(id), session, kind, bytes), bytes }
}

/** Returns the slot of a large value to save. */
export function blobRecord({ session }: Thread, { digest, bytes }: Blob): NewStateRecord {
  return {
    identity: session,
    kind: blobKind(digest),
    eventId: newEventId(),
    bytes: joinBytes(bytes),
  }
}

/** Returns the checkpoint itself and those that it continues. */
function continuedBy(
  { id }: Checkpoint,
  { parents }: CheckpointMetadata,
  parentId: string | undefined,
): readonly (string | undefined)[] {
  // A caller without types may leave the parents out.
  const given: Readonly<Record<string, string>> | undefined = parents
  return [id, parentId, ...Object.values(given ?? {})]
}
