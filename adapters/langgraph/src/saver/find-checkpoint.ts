import type { Identity } from '@harborage/core'
import type { StateListOptions, StateRecord, StateStore } from '@harborage/state'
import { CHECKPOINT_PREFIX, checkpointKind, namespacePrefix, parseCheckpointKind } from './kinds.ts'

/** The slot of a checkpoint and those of its writes. */
export interface FoundCheckpoint {
  readonly checkpoint: StateRecord
  readonly writes: readonly StateRecord[]
}

/** The number of slots to read for the newest checkpoint. Most have fewer writes than this. */
const FIRST_SLOTS = 4
const NEWEST = { order: 'descending', pageSize: FIRST_SLOTS, limit: FIRST_SLOTS } as const

/** Finds a checkpoint of a namespace. */
export async function findCheckpoint(
  state: StateStore,
  session: Identity,
  kind: string,
): Promise<FoundCheckpoint | undefined> {
  let checkpoint: StateRecord | undefined
  const writes: StateRecord[] = []
  for await (const record of state.list(session, kind)) {
    if (record.kind === kind) checkpoint = record
    else if (record.kind.startsWith(`${kind}/`)) writes.push(record)
  }
  return checkpoint && { checkpoint, writes }
}

/**
 * Finds the newest checkpoint of a namespace.
 *
 * @param known The id of a checkpoint that was there. Nothing older is read, unless it is gone.
 */
export async function findNewest(
  state: StateStore,
  session: Identity,
  namespace: string,
  known?: string,
): Promise<FoundCheckpoint | undefined> {
  const prefix = namespacePrefix(namespace)
  let bounds: Pick<StateListOptions, 'from' | 'to'> =
    known === undefined ? {} : { from: checkpointKind(namespace, known) }
  for (;;) {
    const writes: StateRecord[] = []
    for await (const record of state.list(session, prefix, { ...NEWEST, ...bounds })) {
      if (isCheckpoint(record)) return { checkpoint: record, writes: ofCheckpoint(record, writes) }
      writes.push(record)
    }
    const [newest] = writes
    if (newest === undefined) {
      if (bounds.from === undefined) return undefined
      bounds = {}
      continue
    }
    // It has many writes, or its writes were saved before it was.
    const { checkpoint } = parseCheckpointKind(newest.kind)
    const found = await findCheckpoint(state, session, checkpoint)
    if (found !== undefined) return found
    bounds = { to: checkpoint }
  }
}

/** Returns whether a record under the prefix of checkpoints is one, and not writes of one. */
export function isCheckpoint({ kind }: Pick<StateRecord, 'kind'>): boolean {
  return kind.indexOf('/', kind.indexOf('/', CHECKPOINT_PREFIX.length) + 1) === -1
}

/** Returns the writes that are those of a checkpoint. */
export function ofCheckpoint(
  { kind }: Pick<StateRecord, 'kind'>,
  writes: readonly StateRecord[],
): readonly StateRecord[] {
  return writes.filter((record) => record.kind.startsWith(`${kind}/`))
}
