import { isPart, joinFrame, type Part, partOf, splitFrame, type TypedBytes } from './frames.ts'
import { isArray, isObject, isOptionalText } from './header-shapes.ts'

/** A write of a task. */
export interface Write extends TypedBytes {
  /** The index among the writes of the task; negative for special channels. */
  readonly index: number
  readonly channel: string
}

/** What the slot of a task's writes holds. */
export interface WritesContent {
  readonly taskId: string
  /** `''` if the framework gave none. */
  readonly taskPath: string
  readonly writes: readonly Write[]
}

/** The header of the payload, with short names. */
interface Header {
  /** The task, if the kind has only its digest. */
  readonly t?: string
  /** The path of the task. */
  readonly p?: string
  /** The channel and the index of each write, and its part. */
  readonly w: readonly (readonly [channel: string, index: number, ...part: Part])[]
}

/**
 * Returns the payload of the slot of a task's writes.
 *
 * @param isNamed Whether the kind of the slot has the id of the task.
 */
export function encodeWrites(
  { taskId, taskPath, writes }: WritesContent,
  isNamed: boolean,
): Uint8Array {
  const header: Header = {
    ...(isNamed ? {} : { t: taskId }),
    ...(taskPath === '' ? {} : { p: taskPath }),
    w: writes.map((write) => [write.channel, write.index, ...partOf(write)]),
  }
  return joinFrame(
    header,
    writes.map(({ bytes }) => bytes),
  )
}

/**
 * Returns what the payload of the slot of a task's writes says.
 *
 * @param named The id of the task that the kind has.
 * @throws `schema_too_new` if a newer release wrote it; `store_unavailable` if it is damaged.
 */
export function decodeWrites(payload: Uint8Array, named: string | undefined): WritesContent {
  const { header, next } = splitFrame(payload, isHeader)
  return {
    taskId: header.t ?? named ?? '',
    taskPath: header.p ?? '',
    writes: header.w.map(([channel, index, ...part]) => ({ channel, index, ...next(part) })),
  }
}

function isHeader(value: unknown): value is Header {
  if (!isObject(value)) return false
  const { t, p, w } = value
  return isOptionalText(t) && isOptionalText(p) && isArray(w) && w.every(isWrite)
}

function isWrite(value: unknown): boolean {
  if (!isArray(value)) return false
  const [channel, index, ...part] = value
  return typeof channel === 'string' && Number.isSafeInteger(index) && isPart(part)
}
