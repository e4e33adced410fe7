import type { Identity } from '@harborage/core'
import type { StateRecord, StateStore } from '@harborage/state'
import { namespacePrefix, parseCheckpointKind } from './kinds.ts'

/** The slot of a checkpoint and those of its writes. */
export interface FoundCheckpoint {
  readonly checkpoint: StateRecord
  readonly writes: readonly StateRecord[]
}

/** The number of slots to read for the newest checkpoint. Most have fewer writes than this. */
const FIRST_SLOTS = 4

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
 * Finds the newest checkpoint of a namespace, or the newest one before another.
 *
 * @param before The kind of the other one.
 */
export async function findNewest(
  state: StateStore,
  session: Identity,
  namespace: string,
  before?: string,
): Promise<FoundCheckpoint | undefined> {
  const prefix = namespacePrefix(namespace)
  let to = before
  for (;;) {
    const writes: StateRecord[] = []
    const options = { order: 'descending', pageSize: FIRST_SLOTS, limit: FIRST_SLOTS } as const
    for await (const record of state.list(
      session,
      prefix,
      to === undefined ? options : { ...options, to },
    )) {
      if (isCheckpoint(record)) return { checkpoint: record, writes: ofCheckpoint(record, writes) }
      writes.push(record)
    }
    const [newest] = writes
    if (newest === undefined) return undefined
    // It has many writes, or its writes were saved before it was.
    const { checkpoint } = parseCheckpointKind(newest.kind)
    const found = await findCheckpoint(state, session, checkpoint)
    if (found !== undefined) return found
    to = checkpoint
  }
}

/** Returns whether a record under the prefix of checkpoints is one, and not writes of one. */
export function isCheckpoint({ kind }: Pick<StateRecord, 'kind'>): boolean {
  return parseCheckpointKind(kind).checkpoint === kind
}

/** Returns the writes that are those of a checkpoint. */
export function ofCheckpoint(
  { kind }: Pick<StateRecord, 'kind'>,
  writes: readonly StateRecord[],
): readonly StateRecord[] {
  return writes.filter((record) => record.kind.startsWith(`${kind}/`))
}
