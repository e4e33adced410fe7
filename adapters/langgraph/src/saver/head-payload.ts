import { joinFrame, splitFrame } from './frames.ts'
import { isObject } from './header-shapes.ts'

/** What the slot of a fence holds. */
interface Header {
  /** The newest checkpoint. */
  readonly id: string
}

/** Returns the payload of the slot that names the newest checkpoint of a namespace. */
export function encodeHead(checkpointId: string): Uint8Array {
  const header: Header = { id: checkpointId }
  return joinFrame(header, [])
}

/**
 * Returns the newest checkpoint, as the payload of its slot says it.
 *
 * @throws `schema_too_new` if a newer release wrote it; `store_unavailable` if it is damaged.
 */
export function decodeHead(payload: Uint8Array): string {
  return splitFrame(payload, isHeader).header.id
}

function isHeader(value: unknown): value is Header {
  return isObject(value) && typeof value['id'] === 'string'
}
