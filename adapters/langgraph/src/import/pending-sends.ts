import { type Checkpoint, maxChannelVersion, TASKS } from '@langchain/langgraph-checkpoint'

/** The first format of checkpoints that hold their sends themselves. */
const WITH_SENDS = 4

/** Returns whether the sends of a checkpoint are still among the writes of its parent. */
export function lacksSends({ v }: Checkpoint): boolean {
  return v < WITH_SENDS
}

/** Returns an old checkpoint with its sends, as LangGraph's savers return it. */
export function withSends(checkpoint: Checkpoint, sends: readonly unknown[]): Checkpoint {
  const versions = Object.values(checkpoint.channel_versions)
  return {
    ...checkpoint,
    channel_values: { ...checkpoint.channel_values, [TASKS]: sends },
    channel_versions: {
      ...checkpoint.channel_versions,
      [TASKS]: versions.length === 0 ? 1 : maxChannelVersion(...versions),
    },
  }
}
