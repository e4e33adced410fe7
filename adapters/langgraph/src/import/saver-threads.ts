import type {
  BaseCheckpointSaver,
  CheckpointPendingWrite,
  CheckpointTuple,
} from '@langchain/langgraph-checkpoint'
import { compareText } from '../saver/compare-text.ts'
import { specialIndexOf } from '../saver/write-slots.ts'
import { goneCheckpoint } from './import-error.ts'
import type {
  CheckpointName,
  SourceCheckpoint,
  SourceWrite,
  ThreadSource,
} from './thread-source.ts'

/** The digits of a path that only keeps the order. Real paths sort after it. */
const PATH_DIGITS = 10

/** What {@link saverThreads} needs of a saver. */
export type SaverReader = Pick<BaseCheckpointSaver, 'getTuple' | 'list'>

/**
 * Returns the threads of any saver, as its own methods return them.
 *
 * For LangGraph's SqliteSaver and PostgresSaver use `sqliteThreads` and `postgresThreads`, which
 * lose less. The methods of a saver do not tell the path of a task and the index of a write, so
 * tasks keep their order, and writes are counted. Many savers read all of their threads at once to
 * list them: pass the ids as `threads` then.
 */
export function saverThreads(saver: SaverReader): ThreadSource {
  return new SaverThreads(saver)
}

class SaverThreads implements ThreadSource {
  readonly #saver: SaverReader

  constructor(saver: SaverReader) {
    this.#saver = saver
  }

  async *threadIds(): AsyncGenerator<string> {
    const seen = new Set<string>()
    for await (const { config } of this.#saver.list({ configurable: {} })) {
      const threadId = String(config.configurable?.['thread_id'])
      if (seen.has(threadId)) continue
      seen.add(threadId)
      yield threadId
    }
  }

  async checkpointNames(threadId: string): Promise<readonly CheckpointName[]> {
    const names: CheckpointName[] = []
    for await (const tuple of this.#saver.list({ configurable: { thread_id: threadId } })) {
      names.push({ namespace: namespaceOf(tuple), id: tuple.checkpoint.id })
    }
    return names
  }

  async readCheckpoint(
    threadId: string,
    { namespace, id }: CheckpointName,
  ): Promise<SourceCheckpoint> {
    const tuple = await this.#saver.getTuple({
      configurable: { thread_id: threadId, checkpoint_ns: namespace, checkpoint_id: id },
    })
    if (tuple === undefined) throw goneCheckpoint(threadId)
    const { checkpoint, metadata, parentConfig, pendingWrites = [] } = tuple
    const parentId: unknown = parentConfig?.configurable?.['checkpoint_id']
    return {
      parentId: typeof parentId === 'string' ? parentId : undefined,
      checkpoint,
      metadata: metadata ?? { source: 'loop', step: -1, parents: {} },
      writes: counted(pendingWrites),
    }
  }
}

function namespaceOf({ config }: CheckpointTuple): string {
  const namespace: unknown = config.configurable?.['checkpoint_ns']
  return typeof namespace === 'string' ? namespace : ''
}

/**
 * Returns writes with their index among the writes of their task. If the order of the tasks is not
 * that of their ids, they get paths that keep it.
 */
function counted(writes: readonly CheckpointPendingWrite[]): readonly SourceWrite[] {
  const taskIds = [...new Set(writes.map(([taskId]) => taskId))]
  const isById = taskIds.every((id, at) => at === 0 || compareText(taskIds[at - 1] ?? '', id) < 0)
  const counts = new Map<string, number>()
  return writes.map(([taskId, channel, value]) => {
    const special = specialIndexOf(channel)
    const count = counts.get(taskId) ?? 0
    if (special === undefined) counts.set(taskId, count + 1)
    const taskPath = isById ? '' : String(taskIds.indexOf(taskId)).padStart(PATH_DIGITS, '0')
    return { taskId, taskPath, index: special ?? count, channel, value }
  })
}
