import type { Checkpoint, CheckpointMetadata } from '@langchain/langgraph-checkpoint'

/**
 * Where threads are imported from. `sqliteThreads` and `postgresThreads` read the tables of
 * LangGraph's own savers, and `saverThreads` asks any other saver.
 */
export interface ThreadSource {
  /** Returns an async iterable over the ids of all threads, each once. */
  threadIds(): AsyncIterable<string>
  /** Returns the names of all checkpoints of a thread, of every namespace, in any order. */
  checkpointNames(threadId: string): Promise<readonly CheckpointName[]>
  /**
   * Returns a checkpoint with its values and writes.
   *
   * @param threadId An id of {@link threadIds}.
   * @param name A name of {@link checkpointNames}.
   */
  readCheckpoint(threadId: string, name: CheckpointName): Promise<SourceCheckpoint>
}

/** The name of a checkpoint in its thread. */
export interface CheckpointName {
  /** The namespace: `''` for the graph itself, else a subgraph. */
  readonly namespace: string
  readonly id: string
}

/** A checkpoint as its source holds it. */
export interface SourceCheckpoint {
  /** The id of the checkpoint that it follows, or `undefined` if it is the first. */
  readonly parentId: string | undefined
  /** The checkpoint, with the values of its channels. Its versions are those of the source. */
  readonly checkpoint: Checkpoint
  readonly metadata: CheckpointMetadata
  /** The pending writes, in any order. */
  readonly writes: readonly SourceWrite[]
}

/** A pending write as its source holds it. */
export interface SourceWrite {
  readonly taskId: string
  /** The path of the task; `''` if the source does not hold it. */
  readonly taskPath: string
  /** The index among the writes of the task; negative for special channels. */
  readonly index: number
  readonly channel: string
  readonly value: unknown
}
