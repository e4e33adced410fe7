import { collect } from '@harborage/test-kit/collect'
import type { BaseCheckpointSaver, CheckpointTuple } from '@langchain/langgraph-checkpoint'

/** Names a thread, in all of its namespaces. */
export function ofThread(thread_id: string) {
  return { configurable: { thread_id } }
}

/** Resolves to everything that a saver returns of a thread, the newest checkpoint first. */
export async function allTuplesOf(
  saver: BaseCheckpointSaver,
  threadId: string,
): Promise<readonly CheckpointTuple[]> {
  const tuples = await collect(saver.list(ofThread(threadId)))
  return tuples.toSorted((one, other) => (one.checkpoint.id < other.checkpoint.id ? 1 : -1))
}

/**
 * Resolves to the same without values that have no version: only some savers keep them, and a graph
 * does not read them.
 */
export async function tuplesOf(
  saver: BaseCheckpointSaver,
  threadId: string,
): Promise<readonly CheckpointTuple[]> {
  const tuples = await allTuplesOf(saver, threadId)
  return tuples.map((tuple) => ({ ...tuple, checkpoint: withoutDefaults(tuple.checkpoint) }))
}

function withoutDefaults(checkpoint: CheckpointTuple['checkpoint']): CheckpointTuple['checkpoint'] {
  const { channel_values, channel_versions } = checkpoint
  return {
    ...checkpoint,
    channel_values: Object.fromEntries(
      Object.entries(channel_values).filter(([channel]) =>
        Object.hasOwn(channel_versions, channel),
      ),
    ),
  }
}
