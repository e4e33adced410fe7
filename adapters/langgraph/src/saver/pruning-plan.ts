import type { CheckpointMetadata } from '@langchain/langgraph-checkpoint'
import type { StateKey } from '@harborage/state'
import { blobRefsOf } from './checkpoint-payload.ts'
import {
  blobKind,
  CHECKPOINT_PREFIX,
  checkpointKind,
  CONTENT_PREFIX,
  isBlobKind,
  namespacePrefix,
  parseCheckpointKind,
} from './kinds.ts'
import { deserialize } from './deserialize.ts'
import { type OpenedCheckpoint, openCheckpoint } from './load-tuples.ts'
import { loadSlots } from '../load-slots.ts'
import type { Thread } from './place.ts'
import type { SaverCall } from './saver-call.ts'

/** What a pruning removes. */
export interface PruningPlan {
  /** The kinds of checkpoints and of their writes. */
  readonly kinds: readonly string[]
  /** The number of checkpoints among them. */
  readonly checkpoints: number
  /** The large values that no checkpoint has that stays. */
  readonly values: readonly StateKey[]
}

/** The slots of a thread, by what they are. */
interface Slots {
  /** The checkpoints that are there, by the prefix of their namespace, the newest first. */
  readonly checkpoints: ReadonlyMap<string, readonly string[]>
  /** The writes, by the kind of their checkpoint. */
  readonly writes: ReadonlyMap<string, readonly string[]>
  readonly values: readonly StateKey[]
}

/** A checkpoint with its metadata. */
interface Kept {
  readonly opened: OpenedCheckpoint
  readonly metadata: CheckpointMetadata
}

const ROOT_PREFIX = namespacePrefix('')

/** Plans which slots of a thread are removed if the newest checkpoints of each namespace stay. */
export async function planPruning(
  call: SaverCall,
  thread: Thread,
  keepLatest: number,
): Promise<PruningPlan> {
  const slots = await readSlots(call, thread)
  const kept = await new Keeping(call, thread, slots).keep(keepLatest)
  const digests = [...kept.values()].flatMap(({ opened }) => blobRefsOf(opened.content))
  const used = new Set(digests.map(({ digest }) => blobKind(digest)))
  const removed = [...slots.checkpoints.values()].flat().filter((kind) => !kept.has(kind))
  return {
    kinds: removed.flatMap((kind) => [kind, ...(slots.writes.get(kind) ?? [])]),
    checkpoints: removed.length,
    values: slots.values.filter(({ kind }) => !used.has(kind)),
  }
}

async function readSlots({ state }: SaverCall, { session }: Thread): Promise<Slots> {
  const checkpoints = new Map<string, string[]>()
  const writes = new Map<string, string[]>()
  const values: StateKey[] = []
  for await (const key of state.listKeys(session, CONTENT_PREFIX, { pageSize: 1000 })) {
    const { kind } = key
    if (isBlobKind(kind)) values.push(key)
    if (!kind.startsWith(CHECKPOINT_PREFIX)) continue
    const { checkpoint, prefix } = parseCheckpointKind(kind)
    if (checkpoint === kind) addTo(checkpoints, prefix, kind)
    else addTo(writes, checkpoint, kind)
  }
  for (const kinds of checkpoints.values()) kinds.reverse()
  return { checkpoints, writes, values }
}

/** Chooses the checkpoints that stay. */
class Keeping {
  readonly #call: SaverCall
  readonly #thread: Thread
  readonly #slots: Slots
  readonly #kept = new Map<string, Kept>()

  constructor(call: SaverCall, thread: Thread, slots: Slots) {
    this.#call = call
    this.#thread = thread
    this.#slots = slots
  }

  async keep(keepLatest: number): Promise<ReadonlyMap<string, Kept>> {
    const newestOf = (prefix: string): readonly string[] =>
      (this.#slots.checkpoints.get(prefix) ?? []).slice(0, keepLatest)
    const ofRoot = await this.#load(newestOf(ROOT_PREFIX))
    const rootIds = new Set(ofRoot.map(({ opened }) => opened.id))
    for (const each of ofRoot) await this.#keep(each)
    for (const prefix of this.#slots.checkpoints.keys()) {
      if (prefix === ROOT_PREFIX) continue
      for (const each of await this.#load(newestOf(prefix))) {
        if (isNeededBy(rootIds, each)) await this.#keep(each)
      }
    }
    return this.#kept
  }

  /** Keeps a checkpoint, and the ancestors whose writes its channels are made of. */
  async #keep(kept: Kept): Promise<void> {
    this.#kept.set(kept.opened.checkpoint.kind, kept)
    const channels = new Set(Object.keys(kept.metadata.counters_since_delta_snapshot ?? {}))
    let next: Kept | undefined = kept
    for (;;) {
      const { values, parentId } = next.opened.content
      for (const channel of values.keys()) channels.delete(channel)
      if (channels.size === 0 || parentId === undefined) return
      const [parent] = await this.#load([checkpointKind(next.opened.namespace, parentId)])
      if (parent === undefined) return
      this.#kept.set(parent.opened.checkpoint.kind, parent)
      next = parent
    }
  }

  async #load(kinds: readonly string[]): Promise<readonly Kept[]> {
    const identity = this.#thread.session
    const records = await loadSlots(
      this.#call.state,
      kinds.map((kind) => ({ identity, kind })),
    )
    const opened = records.flatMap((checkpoint) =>
      checkpoint === undefined ? [] : [openCheckpoint({ checkpoint, writes: [] })],
    )
    return Promise.all(
      opened.map(async (each) => ({
        opened: each,
        metadata: await deserialize<CheckpointMetadata>(this.#call.serde, each.content.metadata),
      })),
    )
  }
}

/**
 * Returns whether a checkpoint of a subgraph may still be needed. The namespace of one task is
 * needed as long as the checkpoint of the whole graph is there at which the task began.
 */
function isNeededBy(rootIds: ReadonlySet<string>, { opened, metadata }: Kept): boolean {
  if (!opened.namespace.includes(':')) return true
  // A caller without types may have left the parents out.
  const parents: Readonly<Record<string, string>> | undefined = metadata.parents
  const rootId = parents?.['']
  return rootId === undefined || rootIds.has(rootId)
}

function addTo(lists: Map<string, string[]>, key: string, item: string): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [item])
  else list.push(item)
}
