import type { CheckpointTuple } from '@langchain/langgraph-checkpoint'
import { findCheckpoint, findNewest, type FoundCheckpoint } from './find-checkpoint.ts'
import { checkpointKind } from './kinds.ts'
import { isLostValue, loadTuple, openCheckpoint } from './load-tuples.ts'
import type { Place } from './place.ts'
import type { SaverCall } from './saver-call.ts'
import { storedValuesOf } from './stored-values.ts'

/** Resolves to the named checkpoint, or to the newest one of the namespace if none is named. */
export async function findTuple(
  call: SaverCall,
  place: Place,
): Promise<CheckpointTuple | undefined> {
  try {
    return await readTuple(call, place)
  } catch (error) {
    if (!isLostValue(error)) throw error
    // The thread was deleted or pruned between two reads. If not, the value is missing again.
    return readTuple(call, place)
  }
}

async function readTuple(call: SaverCall, place: Place): Promise<CheckpointTuple | undefined> {
  const { state, threads, stored } = call
  const { thread } = place
  const [wasKnown, found] = await Promise.all([threads.learn(state, thread), find(call, place)])
  if (found === undefined) {
    // It may have been remembered, and was removed since.
    stored.forget(thread)
    return undefined
  }
  const opened = openCheckpoint(found)
  const tuple = await loadTuple(call, thread, opened)
  if (wasKnown) stored.remember(place, opened.id, storedValuesOf(opened.content))
  return tuple
}

function find({ state, stored }: SaverCall, place: Place): Promise<FoundCheckpoint | undefined> {
  const { thread, namespace, checkpointId } = place
  const { session } = thread
  return checkpointId === undefined
    ? findNewest(state, session, namespace, stored.idOf(place))
    : findCheckpoint(state, session, checkpointKind(namespace, checkpointId))
}
