import type { RunnableConfig } from '@langchain/core/runnables'
import {
  type BaseCheckpointSaver,
  type ChannelVersions,
  type Checkpoint,
  type CheckpointMetadata,
  emptyCheckpoint,
  uuid6,
} from '@langchain/langgraph-checkpoint'

/** What a test says about a checkpoint. */
export interface Given {
  readonly id?: string
  readonly ts?: string
  readonly values?: Record<string, unknown>
  readonly versions?: ChannelVersions
  /** Default: the versions of all values. */
  readonly newVersions?: ChannelVersions
  readonly metadata?: Partial<CheckpointMetadata> & Record<string, unknown>
}

/** Returns the config of a thread. */
export function threadConfig(thread_id: unknown, checkpoint_ns?: string): RunnableConfig {
  return { configurable: { thread_id, ...(checkpoint_ns === undefined ? {} : { checkpoint_ns }) } }
}

/** Returns a checkpoint with the given values, each of version 1 unless there are others. */
export function checkpointOf({ id = uuid6(0), ts, values = {}, versions }: Given): Checkpoint {
  const empty = emptyCheckpoint()
  return {
    ...empty,
    id,
    ts: ts ?? empty.ts,
    channel_values: values,
    channel_versions: versions ?? Object.fromEntries(Object.keys(values).map((name) => [name, 1])),
  }
}

/** Puts a checkpoint after the one that the config names. Returns its config. */
export function put(
  saver: BaseCheckpointSaver,
  config: RunnableConfig,
  given: Given = {},
): Promise<RunnableConfig> {
  const checkpoint = checkpointOf(given)
  const metadata = { source: 'loop', step: 0, parents: {}, ...given.metadata } as const
  return saver.put(config, checkpoint, metadata, given.newVersions ?? checkpoint.channel_versions)
}

/** Returns the id of the checkpoint that a config names. */
export function idOf(config: RunnableConfig | undefined): string {
  const id: unknown = config?.configurable?.['checkpoint_id']
  if (typeof id !== 'string') throw new Error('the config names no checkpoint')
  return id
}
