import { escapeName, unescapeName } from '@harborage/core/adapter'
import { compactId, idOfCompact } from './compact-id.ts'

/**
 * The kinds of the slots of a thread. All are slots of its session.
 *
 * | kind                              | holds                                |
 * | --------------------------------- | ------------------------------------ |
 * | `lg`                              | the thread itself                    |
 * | `lg/c<namespace>/<id>`            | a checkpoint                         |
 * | `lg/c<namespace>/<id>/<task>`     | the regular writes of a task         |
 * | `lg/c<namespace>/<id>/<task>/<n>` | the write of a special channel       |
 * | `lg/b<digest>`                    | the large value of a channel         |
 * | `lg/h<namespace>`                 | the newest checkpoint, for the fence |
 * | `lg/i`                            | that the thread was imported         |
 *
 * The writes of a checkpoint sort after it and before the next one. So the newest checkpoint and
 * its writes are the last slots of a namespace.
 */
export const THREAD_KIND = 'lg'

/** The prefix of everything that a thread holds, without the thread itself. */
export const CONTENT_PREFIX = 'lg/'

/** The prefix of all checkpoints and writes of a thread. */
export const CHECKPOINT_PREFIX = 'lg/c'
const BLOB_PREFIX = 'lg/b'
const HEAD_PREFIX = 'lg/h'

/** The kind of the slot that says that a thread was imported. */
export const IMPORT_KIND = 'lg/i'

/** From this size on, a namespace is replaced by its digest. */
const MAX_NAMESPACE_BYTES = 512

/** The names in the kind of a checkpoint, or of writes. */
export interface CheckpointKind {
  /** `undefined` if the kind has only its digest. */
  readonly namespace: string | undefined
  /** `undefined` if the kind has only its digest. */
  readonly id: string | undefined
  /** The kind of the checkpoint. */
  readonly checkpoint: string
  /** The prefix of all checkpoints and writes of the namespace. */
  readonly prefix: string
}

/** Returns the prefix of all checkpoints and writes of a namespace. */
export function namespacePrefix(namespace: string): string {
  return `${CHECKPOINT_PREFIX}${escapeName(namespace, MAX_NAMESPACE_BYTES)}/`
}

/** Returns the kind of a checkpoint. */
export function checkpointKind(namespace: string, id: string): string {
  return namespacePrefix(namespace) + compactId(id)
}

/**
 * Returns the kind of the writes of a task.
 *
 * @param special The number of a special channel, which has writes of its own.
 */
export function writesKind(checkpoint: string, taskId: string, special?: number): string {
  const ofTask = `${checkpoint}/${compactId(taskId)}`
  return special === undefined ? ofTask : `${ofTask}/${-special}`
}

/** Returns the kind of the large value of a channel. */
export function blobKind(digest: string): string {
  return BLOB_PREFIX + digest
}

/** Returns whether a kind is that of the large value of a channel. */
export function isBlobKind(kind: string): boolean {
  return kind.startsWith(BLOB_PREFIX)
}

/** Returns the kind of the slot that holds the newest checkpoint of a namespace. */
export function headKind(namespace: string): string {
  return HEAD_PREFIX + escapeName(namespace, MAX_NAMESPACE_BYTES)
}

/** Returns whether a kind has a namespace and an id themselves, and not only a digest of one. */
export function isFullyNamed(namespace: string, id: string): boolean {
  const named = unescapeName(escapeName(namespace, MAX_NAMESPACE_BYTES))
  return named !== undefined && idOfCompact(compactId(id)) !== undefined
}

/** Returns the task of the kind of writes, or `undefined` if there is only its digest. */
export function taskOf(kind: string): string | undefined {
  const afterNamespace = kind.indexOf('/', CHECKPOINT_PREFIX.length) + 1
  const task = kind.indexOf('/', afterNamespace) + 1
  const end = kind.indexOf('/', task)
  return idOfCompact(kind.slice(task, end === -1 ? undefined : end))
}

/** Returns the names in the kind of a checkpoint or of writes. */
export function parseCheckpointKind(kind: string): CheckpointKind {
  const [namespace = '', id = ''] = kind.slice(CHECKPOINT_PREFIX.length).split('/')
  return {
    namespace: unescapeName(namespace),
    id: idOfCompact(id),
    checkpoint: `${CHECKPOINT_PREFIX}${namespace}/${id}`,
    prefix: `${CHECKPOINT_PREFIX}${namespace}/`,
  }
}
