import type { StoredType } from '@harborage/core/adapter'
import type { StateRecord } from '@harborage/state'
import { decodeImport } from '../import/import-record.ts'
import {
  type BlobRef,
  type CheckpointContent,
  decodeCheckpoint,
  isBlobRef,
} from '../saver/checkpoint-payload.ts'
import { splitBytes } from '../saver/frames.ts'
import { decodeHead } from '../saver/head-payload.ts'
import { blobKind, IMPORT_KIND, parseCheckpointKind, taskOf, THREAD_KIND } from '../saver/kinds.ts'
import { decodeThread } from '../saver/thread-record.ts'
import { decodeWrites } from '../saver/writes-payload.ts'
import { shownValue } from './shown-value.ts'
import { checkpointNames, digestIn, headNames } from './thread-kinds.ts'
import { withoutUndefined } from './without-undefined.ts'

/** The slots of a thread, which a saver writes. */
export const threadSlots: readonly StoredType<StateRecord>[] = [
  {
    label: 'thread',
    names: (kind) => (kind === THREAD_KIND ? {} : undefined),
    async decode({ bytes }) {
      const { threadId, deletedUntil, isPruning, importing } = decodeThread(bytes)
      return withoutUndefined<unknown>({
        thread_id: threadId,
        deleted_until: deletedUntil,
        is_pruning: isPruning,
        importing,
      })
    },
  },
  {
    label: 'checkpoint',
    names: (kind) => checkpointNames(kind, 'checkpoint'),
    decode: async ({ kind, bytes }) => shownCheckpoint(kind, decodeCheckpoint(bytes)),
  },
  {
    label: 'writes of a task',
    names: (kind) => checkpointNames(kind, 'writes'),
    decode: async ({ kind, bytes }) => shownWrites(kind, bytes),
  },
  {
    label: 'write of a special channel',
    names: (kind) => checkpointNames(kind, 'special write'),
    decode: async ({ kind, bytes }) => shownWrites(kind, bytes),
  },
  {
    label: 'large value of a channel',
    names(kind) {
      const digest = digestIn(kind)
      return digest === undefined ? undefined : { digest }
    },
    decode: async ({ bytes }) => splitBytes(bytes),
  },
  {
    label: 'newest checkpoint',
    names: headNames,
    decode: async ({ bytes }) => ({ checkpoint_id: decodeHead(bytes) }),
  },
  {
    label: 'mark of an import',
    names: (kind) => (kind === IMPORT_KIND ? {} : undefined),
    decode: async ({ bytes }) => ({ first_checkpoint_id: decodeImport(bytes) }),
  },
]

function shownCheckpoint(kind: string, content: CheckpointContent): unknown {
  const { namespace, id } = parseCheckpointKind(kind)
  const { v, ts, parentId, versions, seen, metadata, others, values, names } = content
  return withoutUndefined<unknown>({
    checkpoint_ns: names?.namespace ?? namespace,
    checkpoint_id: names?.id ?? id,
    parent_checkpoint_id: parentId,
    v,
    ts,
    metadata: shownValue(metadata),
    channel_values: Object.fromEntries(
      Array.from(values, ([channel, value]) => [channel, shownChannel(value)]),
    ),
    channel_versions: versions,
    versions_seen: seen,
    others: others && shownValue(others),
  })
}

/** Returns the value of a channel, or where it is. */
function shownChannel(value: Parameters<typeof shownValue>[0] | BlobRef): unknown {
  return isBlobRef(value) ? { type: value.type, slot: blobKind(value.digest) } : shownValue(value)
}

function shownWrites(kind: string, bytes: Uint8Array): unknown {
  const { taskId, taskPath, writes } = decodeWrites(bytes, taskOf(kind))
  return {
    task_id: taskId,
    task_path: taskPath,
    writes: writes.map((write) => {
      const { index, channel } = write
      return { index, channel, value: shownValue(write) }
    }),
  }
}
