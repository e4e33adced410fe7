import type { ChannelVersions, Checkpoint } from '@langchain/langgraph-checkpoint'
import {
  ChannelNames,
  type CheckpointHeader,
  isCheckpointHeader,
  longSeen,
  shortSeen,
} from './checkpoint-header.ts'
import { compactId, idOfCompact } from './compact-id.ts'
import { joinFrame, partOf, splitFrame, type TypedBytes } from './frames.ts'

/** The value of a channel in a slot of its own. */
export interface BlobRef {
  readonly type: string
  readonly digest: string
}

/** What the slot of a checkpoint holds. */
export interface CheckpointContent {
  readonly v: number
  readonly ts: string
  readonly parentId: string | undefined
  readonly versions: ChannelVersions
  readonly seen: Checkpoint['versions_seen']
  readonly metadata: TypedBytes
  /** Fields of the checkpoint that this release does not know, if there are any. */
  readonly others?: TypedBytes | undefined
  /** The values of the channels: in the slot itself, or in slots of their own. */
  readonly values: ReadonlyMap<string, TypedBytes | BlobRef>
  /** Its id and namespace, if the kind of the slot has only a digest of one. */
  readonly names?: { readonly id: string; readonly namespace: string } | undefined
}

/** Begins the name of a parent that is no compact id. */
const OTHER = '~'

/** Returns whether the value of a channel is in a slot of its own. */
export function isBlobRef(value: TypedBytes | BlobRef): value is BlobRef {
  return 'digest' in value
}

/** Returns the values of channels that are in slots of their own. */
export function blobRefsOf({ values }: CheckpointContent): readonly BlobRef[] {
  return [...values.values()].filter(isBlobRef)
}

/** Returns the payload of a checkpoint's slot. */
export function encodeCheckpoint(content: CheckpointContent): Uint8Array {
  const { v, ts, parentId, versions, seen, metadata, others, values, names } = content
  const channels = new ChannelNames()
  for (const channel of Object.keys(versions)) channels.indexOf(channel)
  const time = Date.parse(ts)
  const header: CheckpointHeader = {
    v,
    t: isExactTime(ts, time) ? time : ts,
    ...(parentId === undefined ? {} : { p: shortParent(parentId) }),
    n: Object.values(versions),
    s: shortSeen(seen, channels),
    m: partOf(metadata),
    ...(others === undefined ? {} : { o: partOf(others) }),
    x: Array.from(values, ([channel, value]) =>
      isBlobRef(value)
        ? [channels.indexOf(channel), value.digest, value.type]
        : [channels.indexOf(channel), ...partOf(value)],
    ),
    ...(names === undefined ? {} : { id: names.id, ns: names.namespace }),
    // The last one, since the others add to it.
    c: channels.list,
  }
  const parts = [metadata.bytes, ...(others === undefined ? [] : [others.bytes])]
  for (const value of values.values()) if (!isBlobRef(value)) parts.push(value.bytes)
  return joinFrame(header, parts)
}

/**
 * Returns what the payload of a checkpoint's slot says.
 *
 * @throws `schema_too_new` if a newer release wrote it; `store_unavailable` if it is damaged.
 */
export function decodeCheckpoint(payload: Uint8Array): CheckpointContent {
  const { header, next } = splitFrame(payload, isCheckpointHeader)
  const { v, t, p, c, n, m, o, x, id, ns } = header
  const metadata = next(m)
  const others = o && next(o)
  const values = new Map<string, TypedBytes | BlobRef>()
  for (const [channel, size, type] of x) {
    const value = typeof size === 'string' ? { digest: size, type: type ?? '' } : next([size, type])
    values.set(c[channel] ?? '', value)
  }
  return {
    v,
    ts: typeof t === 'number' ? new Date(t).toISOString() : t,
    parentId: p === undefined ? undefined : longParent(p),
    versions: Object.fromEntries(n.map((version, index) => [c[index] ?? '', version])),
    seen: longSeen(header),
    metadata,
    others,
    values,
    names: id === undefined || ns === undefined ? undefined : { id, namespace: ns },
  }
}

function isExactTime(text: string, time: number): boolean {
  return !Number.isNaN(time) && new Date(time).toISOString() === text
}

function shortParent(id: string): string {
  const compact = compactId(id)
  return compact.startsWith(OTHER) ? OTHER + id : compact
}

function longParent(parent: string): string {
  return parent.startsWith(OTHER) ? parent.slice(1) : (idOfCompact(parent) ?? '')
}
