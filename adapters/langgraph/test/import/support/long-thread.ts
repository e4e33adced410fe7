import type { RunnableConfig } from '@langchain/core/runnables'
import {
  type BaseCheckpointSaver,
  emptyCheckpoint,
  type PendingWrite,
  uuid6,
} from '@langchain/langgraph-checkpoint'

/** The size of a value that does not change, in characters. */
const STATIC_SIZE = 20_000

/**
 * Makes a thread of many checkpoints, in two namespaces: each has a value of its own, one that is
 * large and seldom changes, and two writes.
 */
export async function longThread(
  saver: BaseCheckpointSaver,
  threadId: string,
  checkpoints: number,
): Promise<void> {
  for (const checkpoint_ns of ['', 'sub:1']) {
    let config: RunnableConfig = { configurable: { thread_id: threadId, checkpoint_ns } }
    for (let step = 0; step < checkpoints / 2; step += 1) {
      const large = `${Math.floor(step / 10)}`.repeat(STATIC_SIZE)
      const checkpoint = {
        ...emptyCheckpoint(),
        id: uuid6(step),
        channel_values: { count: step, large },
        channel_versions: { count: step + 1, large: Math.floor(step / 10) + 1 },
      }
      const isNew = step % 10 === 0
      const newVersions = {
        count: step + 1,
        ...(isNew ? { large: checkpoint.channel_versions.large } : {}),
      }
      const metadata = { source: 'loop', step, parents: {} } as const
      config = await saver.put(config, checkpoint, metadata, newVersions)
      const writes: PendingWrite[] = [
        ['count', step + 1],
        ['__interrupt__', [{ value: 'why?' }]],
      ]
      await saver.putWrites(config, writes, `task-${step}`)
    }
  }
}
