import type { StoredDescription } from '@harborage/core'
import { isDigest, unescapeName } from '@harborage/core/adapter'
import { compactId, idOfCompact } from '../saver/compact-id.ts'
import {
  blobKind,
  CHECKPOINT_PREFIX,
  headKind,
  isBlobKind,
  namespacePrefix,
} from '../saver/kinds.ts'
import { withoutUndefined } from './without-undefined.ts'

/** The slots that have the kind of a checkpoint, or one that begins with it. */
type CheckpointSlot = 'checkpoint' | 'writes' | 'special write'

const PARTS: readonly CheckpointSlot[] = ['checkpoint', 'writes', 'special write']

/**
 * Returns what the kind of a checkpoint or of writes names, or `undefined` if a saver gives no such
 * kind to that slot.
 */
export function checkpointNames(
  kind: string,
  slot: CheckpointSlot,
): StoredDescription['names'] | undefined {
  if (!kind.startsWith(CHECKPOINT_PREFIX)) return undefined
  const [namespace = '', checkpoint, task, special, ...others] = kind
    .slice(CHECKPOINT_PREFIX.length)
    .split('/')
  if (checkpoint === undefined || others.length > 0) return undefined
  const parts = special === undefined ? (task === undefined ? 0 : 1) : 2
  const isKind =
    PARTS[parts] === slot &&
    isNamespace(namespace) &&
    isId(checkpoint) &&
    (task === undefined || isId(task)) &&
    (special === undefined || /^[1-9]\d?$/.test(special))
  if (!isKind) return undefined
  return withoutUndefined({
    checkpoint_ns: unescapeName(namespace),
    checkpoint_id: idOfCompact(checkpoint),
    task_id: task === undefined ? undefined : idOfCompact(task),
  })
}

/** Returns what the kind of the fence of a namespace names, or `undefined` if it is none. */
export function headNames(kind: string): StoredDescription['names'] | undefined {
  const prefix = headKind('')
  const namespace = kind.slice(prefix.length)
  if (!kind.startsWith(prefix) || !isNamespace(namespace)) return undefined
  return withoutUndefined({ checkpoint_ns: unescapeName(namespace) })
}

/** Returns the digest in the kind of a large value, or `undefined` if it is none. */
export function digestIn(kind: string): string | undefined {
  const digest = kind.slice(blobKind('').length)
  return isBlobKind(kind) && /^[\w-]{22}$/.test(digest) ? digest : undefined
}

/** Returns whether a saver writes a part of a kind for a namespace. */
function isNamespace(part: string): boolean {
  const name = unescapeName(part)
  if (name === undefined) return isDigest(part)
  return namespacePrefix(name) === `${CHECKPOINT_PREFIX}${part}/`
}

/** Returns whether a saver writes a part of a kind for an id. */
function isId(part: string): boolean {
  const id = idOfCompact(part)
  return id === undefined ? isDigest(part.slice(1)) : compactId(id) === part
}
