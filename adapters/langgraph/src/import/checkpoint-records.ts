import type { ChannelVersions, Checkpoint } from '@langchain/langgraph-checkpoint'
import type { NewStateRecord } from '@harborage/state'
import { isFullyNamed } from '../saver/kinds.ts'
import type { Thread } from '../saver/place.ts'
import { prepareCheckpoint } from '../saver/prepare-checkpoint.ts'
import { blobRecord, checkpointRecord } from '../saver/put-checkpoint.ts'
import { RecentMap } from '../saver/recent-map.ts'
import type { SaverCall } from '../saver/saver-call.ts'
import { serialize } from '../saver/serialize.ts'
import type { StoredValues } from '../saver/stored-values.ts'
import { WriteSlots } from '../saver/write-slots.ts'
import type { CheckpointName, SourceCheckpoint, SourceWrite } from './thread-source.ts'

/** The largest number of checkpoints whose values are remembered for those that follow them. */
const CAPACITY = 64

/** The slots that a checkpoint becomes. */
export interface CheckpointRecords {
  /** The writes, and the checkpoint itself as the last one. */
  readonly records: readonly NewStateRecord[]
  /** The large values. Several checkpoints may have the same. */
  readonly values: readonly NewStateRecord[]
  /** The number of writes. */
  readonly writes: number
}

interface KnownCheckpoint {
  readonly versions: ChannelVersions
  readonly stored: StoredValues
}

/** Makes the slots of the checkpoints of a thread, as the saver itself would. */
export class CheckpointSlots {
  readonly #call: SaverCall
  readonly #thread: Thread
  readonly #known = new RecentMap<KnownCheckpoint>(CAPACITY)

  constructor(call: SaverCall, thread: Thread) {
    this.#call = call
    this.#thread = thread
  }

  /** Resolves to the slots of a checkpoint. Its parent comes before it, if it has one. */
  async of(
    { namespace, id }: CheckpointName,
    source: SourceCheckpoint,
  ): Promise<CheckpointRecords> {
    const { parentId, metadata, writes } = source
    const checkpoint: Checkpoint = { ...source.checkpoint, id }
    const parent = parentId === undefined ? undefined : this.#known.get(keyOf(namespace, parentId))
    const unnamed = isFullyNamed(namespace, id) ? undefined : { namespace }
    const newVersions = newVersionsOf(checkpoint.channel_versions, parent?.versions)
    const { payload, blobs, stored } = await prepareCheckpoint(
      this.#call.serde,
      { threadId: this.#thread.id, checkpoint, metadata, newVersions, parentId, unnamed },
      parent?.stored,
    )
    this.#known.set(keyOf(namespace, id), { versions: checkpoint.channel_versions, stored })
    const place = { thread: this.#thread, namespace, checkpointId: parentId }
    return {
      records: [
        ...(await this.#writeRecords(namespace, id, writes)),
        checkpointRecord(place, id, payload),
      ],
      values: blobs.map((blob) => blobRecord(this.#thread, blob)),
      writes: writes.length,
    }
  }

  async #writeRecords(
    namespace: string,
    checkpointId: string,
    writes: readonly SourceWrite[],
  ): Promise<readonly NewStateRecord[]> {
    const place = { thread: this.#thread, namespace, checkpointId }
    const threadId = this.#thread.id
    const records: NewStateRecord[] = []
    for (const [taskId, ofTask] of Map.groupBy(writes, (write) => write.taskId)) {
      const taskPath = ofTask.find((write) => write.taskPath !== '')?.taskPath ?? ''
      const typed = ofTask.map(async ({ index, channel, value }) => ({
        index,
        channel,
        ...(await serialize(this.#call.serde, value, { threadId, taskId, channel })),
      }))
      const slots = new WriteSlots(
        { place, checkpointId, taskId, taskPath },
        await Promise.all(typed),
      )
      records.push(...(slots.changes().save ?? []))
    }
    return records
  }
}

/** Returns the versions that a checkpoint does not have from its parent. */
function newVersionsOf(versions: ChannelVersions, before: ChannelVersions = {}): ChannelVersions {
  return Object.fromEntries(
    Object.entries(versions).filter(([channel, version]) => before[channel] !== version),
  )
}

function keyOf(namespace: string, id: string): string {
  return `${namespace}\0${id}`
}
