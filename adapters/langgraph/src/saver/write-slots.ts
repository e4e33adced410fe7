import {
  type PendingWrite,
  type SerializerProtocol,
  WRITES_IDX_MAP,
} from '@langchain/langgraph-checkpoint'
import { type Identity, newEventId } from '@harborage/core'
import type { NewStateRecord, StateRecord, StateStore } from '@harborage/state'
import { compactId, idOfCompact } from './compact-id.ts'
import { eventIdOf } from './event-ids.ts'
import { checkpointKind, writesKind } from './kinds.ts'
import type { Place } from './place.ts'
import { fitting, serialize } from './serialize.ts'
import type { ThreadChanges } from './threads.ts'
import { decodeWrites, encodeWrites, type Write } from './writes-payload.ts'

/** The writes of a task, as the framework passes them to `putWrites`. */
export interface NewWrites {
  readonly place: Place
  readonly checkpointId: string
  readonly taskId: string
  readonly taskPath: string
  readonly writes: readonly PendingWrite[]
}

/**
 * The slots of the writes of a task. Regular writes share one, and are kept as they were first
 * written. Each special channel has its own, and its last write replaces the others.
 */
export class WriteSlots {
  readonly #threadId: string
  readonly #session: Identity
  readonly #checkpoint: string
  readonly #compactCheckpointId: string
  readonly #taskId: string
  readonly #taskPath: string
  readonly #regular: readonly Write[]
  readonly #special: readonly Write[]
  /** The slot of the regular writes. */
  readonly #kind: string

  /** @param writes The writes as bytes, each with its index. */
  constructor(
    { place, checkpointId, taskId, taskPath }: Omit<NewWrites, 'writes'>,
    writes: readonly Write[],
  ) {
    this.#threadId = place.thread.id
    this.#session = place.thread.session
    this.#checkpoint = checkpointKind(place.namespace, checkpointId)
    this.#compactCheckpointId = compactId(checkpointId)
    this.#taskId = taskId
    this.#taskPath = taskPath
    this.#regular = writes.filter(({ index }) => index >= 0)
    this.#special = writes.filter(({ index }) => index < 0)
    this.#kind = writesKind(this.#checkpoint, taskId)
  }

  /** Serializes the writes. */
  static async of(serde: SerializerProtocol, given: NewWrites): Promise<WriteSlots> {
    const { place, taskId } = given
    const writes = new Map<number, Write>()
    for (const [position, [channel, value]] of given.writes.entries()) {
      const index = specialIndexOf(channel) ?? position
      const name = { threadId: place.thread.id, taskId, channel }
      writes.set(index, { index, channel, ...(await serialize(serde, value, name)) })
    }
    return new WriteSlots(given, [...writes.values()])
  }

  /** Returns the changes if the task has no regular writes yet. */
  changes(): ThreadChanges {
    const save = this.#special.map((write) => this.#specialRecord(write))
    if (this.#regular.length === 0) return { save }
    const { record } = this.#regularRecord(this.#regular)
    return { expect: [{ ...slotOf(record), eventId: null }], save: [record, ...save] }
  }

  /**
   * Returns the changes if the task has regular writes already: those with another index are added.
   *
   * @returns `undefined` if there is nothing to save.
   */
  async changesOver(state: StateStore): Promise<ThreadChanges | undefined> {
    const held = await state.load(this.#session, this.#kind)
    if (held === undefined) return this.changes()
    const save = this.#special.map((write) => this.#specialRecord(write))
    const merged = this.#merge(held)
    if (merged === undefined) return save.length === 0 ? undefined : { save }
    const { record } = this.#regularRecord(merged)
    return { expect: [{ ...slotOf(record), eventId: held.eventId }], save: [record, ...save] }
  }

  /**
   * Returns the writes that are held with the new ones, or `undefined` if there are no new ones.
   */
  #merge({ bytes }: StateRecord): readonly Write[] | undefined {
    const held = decodeWrites(bytes, this.#taskId).writes
    const indexes = new Set(held.map(({ index }) => index))
    const added = this.#regular.filter(({ index }) => !indexes.has(index))
    return added.length === 0 ? undefined : [...held, ...added]
  }

  #regularRecord(writes: readonly Write[]): { record: NewStateRecord } {
    const kind = this.#kind
    const bytes = this.#payload(writes)
    const eventId = eventIdOf(this.#compactCheckpointId, this.#session, kind, bytes)
    return { record: { identity: this.#session, kind, eventId, bytes } }
  }

  /** Returns the record with an event id of its own: a value that was replaced may come back. */
  #specialRecord(write: Write): NewStateRecord {
    const kind = writesKind(this.#checkpoint, this.#taskId, write.index)
    return {
      identity: this.#session,
      kind,
      eventId: newEventId(),
      bytes: this.#payload([write]),
    }
  }

  #payload(writes: readonly Write[]): Uint8Array {
    const taskId = this.#taskId
    const isNamed = idOfCompact(compactId(taskId)) !== undefined
    const payload = encodeWrites({ taskId, taskPath: this.#taskPath, writes }, isNamed)
    return fitting(payload, `the writes of the task ${taskId} are together`, {
      threadId: this.#threadId,
      taskId,
      channel: writes.length === 1 ? writes[0]?.channel : undefined,
    })
  }
}

/** Returns the index of a special channel, which is negative. */
export function specialIndexOf(channel: string): number | undefined {
  return Object.hasOwn(WRITES_IDX_MAP, channel) ? WRITES_IDX_MAP[channel] : undefined
}

function slotOf({ identity, kind }: NewStateRecord): Pick<NewStateRecord, 'identity' | 'kind'> {
  return { identity, kind }
}
