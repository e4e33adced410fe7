import type { RunnableConfig } from '@langchain/core/runnables'
import {
  type ChannelVersions,
  type Checkpoint,
  type CheckpointMetadata,
  type PendingWrite,
  WRITES_IDX_MAP,
} from '@langchain/langgraph-checkpoint'

import { HarborageSaver } from '../../src/saver/harborage-saver.ts'
import type { HarborageSaverOptions } from '../../src/saver/saver-options.ts'
import { digestOf, digestOfCheckpoint } from './digest-of.ts'
import type { Told } from './told.ts'

/** One of this many calls is repeated as if its answer was lost. */
const REPEATED = 3

/** Tells what was acknowledged as soon as a call has resolved. */
export class TellingSaver extends HarborageSaver {
  readonly #tell: (told: Told) => void
  #calls = 0

  constructor(options: HarborageSaverOptions, tell: (told: Told) => void) {
    super(options)
    this.#tell = tell
  }

  override async put(
    config: RunnableConfig,
    checkpoint: Checkpoint,
    metadata: CheckpointMetadata,
    newVersions: ChannelVersions,
  ): Promise<RunnableConfig> {
    const { thread, namespace, id: parent } = namesIn(config)
    const values = digestOfCheckpoint(checkpoint)
    const put = await this.#mayRepeat(() => super.put(config, checkpoint, metadata, newVersions))
    this.#tell({ what: 'put', thread, namespace, id: checkpoint.id, parent, values })
    return put
  }

  override async putWrites(
    config: RunnableConfig,
    writes: PendingWrite[],
    taskId: string,
    taskPath?: string,
  ): Promise<void> {
    const { thread, namespace, id = '' } = namesIn(config)
    const regular = writes.filter(([channel]) => isRegular(channel))
    const values = digestOf(regular)
    await this.#mayRepeat(() => super.putWrites(config, writes, taskId, taskPath))
    if (regular.length === 0) return
    this.#tell({ what: 'writes', thread, namespace, id, task: taskId, values })
  }

  async #mayRepeat<Result>(call: () => Promise<Result>): Promise<Result> {
    this.#calls += 1
    if (this.#calls % REPEATED === 0) await call()
    return call()
  }
}

/** Returns whether the writes of a channel are kept as they were first written. */
export function isRegular(channel: string): boolean {
  return !Object.hasOwn(WRITES_IDX_MAP, channel)
}

/** Returns what a configuration names. */
export function namesIn({ configurable }: RunnableConfig): {
  readonly thread: string
  readonly namespace: string
  readonly id: string | undefined
} {
  const { thread_id, checkpoint_ns, checkpoint_id } = configurable ?? {}
  return {
    thread: String(thread_id),
    namespace: String(checkpoint_ns ?? ''),
    id: typeof checkpoint_id === 'string' ? checkpoint_id : undefined,
  }
}
