import type { ChannelVersions, Checkpoint } from '@langchain/langgraph-checkpoint'
import { isPart, type Part } from './frames.ts'
import { isArray, isObject, isOptionalText } from './header-shapes.ts'

type Version = ChannelVersions[string]

/**
 * The header of the payload of a checkpoint, with short names. It names each channel once:
 * elsewhere a channel is its index in `c`.
 */
export interface CheckpointHeader {
  /** The version of LangGraph's own format. */
  readonly v: number
  /** The time of the checkpoint: in milliseconds, or as the text that the framework gave. */
  readonly t: number | string
  /** The parent: a compact id, or `~` and the id itself. */
  readonly p?: string
  /** The names of channels. */
  readonly c: readonly string[]
  /** The versions of the first channels. */
  readonly n: readonly Version[]
  /** What each node has seen: channels and their versions in turn. */
  readonly s: Readonly<Record<string, readonly Version[]>>
  /** The metadata. */
  readonly m: Part
  /** Fields that this release does not know. */
  readonly o?: Part
  /** The values: the part of a channel, or its digest and its type. */
  readonly x: readonly (
    | readonly [channel: number, ...part: Part]
    | readonly [channel: number, digest: string, type: string]
  )[]
  /** The id, if the kind has only its digest. */
  readonly id?: string
  /** The namespace, if the kind has only its digest. */
  readonly ns?: string
}

/** The channels of a header, in the order in which they were first named. */
export class ChannelNames {
  readonly list: string[] = []
  readonly #indexes = new Map<string, number>()

  indexOf(channel: string): number {
    const known = this.#indexes.get(channel)
    if (known !== undefined) return known
    this.#indexes.set(channel, this.list.length)
    return this.list.push(channel) - 1
  }
}

/** Returns what each node has seen, with the indexes of the channels. */
export function shortSeen(
  seen: Checkpoint['versions_seen'],
  channels: ChannelNames,
): CheckpointHeader['s'] {
  return Object.fromEntries(
    Object.entries(seen).map(([node, versions]) => [
      node,
      Object.entries(versions).flatMap(([channel, version]) => [
        channels.indexOf(channel),
        version,
      ]),
    ]),
  )
}

/** Returns what each node has seen, with the names of the channels. */
export function longSeen({ s, c }: CheckpointHeader): Checkpoint['versions_seen'] {
  return Object.fromEntries(
    Object.entries(s).map(([node, pairs]) => [node, Object.fromEntries(versionsIn(pairs, c))]),
  )
}

function* versionsIn(
  pairs: readonly Version[],
  channels: readonly string[],
): Generator<[channel: string, version: Version]> {
  for (let at = 0; at + 1 < pairs.length; at += 2) {
    yield [channels[Number(pairs[at])] ?? '', pairs[at + 1] ?? 0]
  }
}

/** Returns whether a value is the header of a checkpoint. */
export function isCheckpointHeader(value: unknown): value is CheckpointHeader {
  if (!isObject(value)) return false
  const { v, t, p, c, n, s, m, o, x, id, ns } = value
  return (
    typeof v === 'number' &&
    isTime(t) &&
    [p, id, ns].every(isOptionalText) &&
    isArray(c) &&
    c.every((name) => typeof name === 'string') &&
    areVersions(n) &&
    isObject(s) &&
    Object.values(s).every(areVersions) &&
    isPart(m) &&
    (o === undefined || isPart(o)) &&
    isArray(x) &&
    x.every((item) => isValue(item, c.length))
  )
}

function areVersions(value: unknown): boolean {
  return isArray(value) && value.every(isVersion)
}

function isVersion(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'string'
}

function isTime(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isNaN(new Date(value).getTime())
  return typeof value === 'string'
}

function isValue(value: unknown, channels: number): boolean {
  if (!isArray(value)) return false
  const [channel, ...rest] = value
  if (typeof channel !== 'number' || !(channel >= 0 && channel < channels)) return false
  const [digest, type] = rest
  return isPart(rest) || (typeof digest === 'string' && typeof type === 'string')
}
