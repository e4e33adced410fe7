import { HarborageError } from '@harborage/core'
import { isArray } from './header-shapes.ts'

/** The first byte of a payload: the number of its format. */
const FORMAT = 1

/** The size of the format number and of the length of the header. */
const HEAD_BYTES = 5

/** Bytes as a serializer returned them, with its name for their type. */
export interface TypedBytes {
  readonly type: string
  readonly bytes: Uint8Array
}

/** The type that the framework's own serializer gives to all but bytes. */
export const JSON_TYPE = 'json'

/** The length of a part of a payload, and its type if that is not {@link JSON_TYPE}. */
export type Part = readonly [length: number, type?: string | undefined]

/** A payload: a header, which is JSON, and parts of bytes, whose lengths the header has. */
export interface Frame<Header> {
  readonly header: Header
  /** Returns the next part, which shares its memory with the payload. */
  readonly next: (part: Part) => TypedBytes
}

/** Returns how a header describes a part. */
export function partOf({ type, bytes }: TypedBytes): Part {
  return type === JSON_TYPE ? [bytes.length] : [bytes.length, type]
}

/** Returns whether a value describes a part. */
export function isPart(value: unknown): boolean {
  if (!isArray(value)) return false
  const [length, type] = value
  return Number.isSafeInteger(length) && (type === undefined || typeof type === 'string')
}

/** Returns the payload with a header and parts. */
export function joinFrame(header: object, parts: readonly Uint8Array[]): Uint8Array {
  const json = Buffer.from(JSON.stringify(header))
  const size = parts.reduce((sum, { length }) => sum + length, HEAD_BYTES + json.length)
  const bytes = Buffer.allocUnsafe(size)
  bytes[0] = FORMAT
  bytes.writeUInt32BE(json.length, 1)
  bytes.set(json, HEAD_BYTES)
  let at = HEAD_BYTES + json.length
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/**
 * Returns the header and the parts of a payload.
 *
 * @param isHeader Returns whether a value is a header as the payload should have it.
 * @throws `schema_too_new` if a newer release wrote it; `store_unavailable`, not retryable, if it
 * is damaged.
 */
export function splitFrame<Header>(
  payload: Uint8Array,
  isHeader: (value: unknown) => value is Header,
): Frame<Header> {
  const bytes = checkFormat(payload)
  if (bytes.length < HEAD_BYTES) throw damaged()
  let at = HEAD_BYTES + bytes.readUInt32BE(1)
  const header = parse(bytes.toString('utf8', HEAD_BYTES, at))
  if (!isHeader(header)) throw damaged()
  return {
    header,
    next([length, type = JSON_TYPE]) {
      if (length < 0 || at + length > bytes.length) throw damaged()
      const part = bytes.subarray(at, at + length)
      at += length
      return { type, bytes: part }
    },
  }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch (cause) {
    throw damaged(cause)
  }
}

/** Returns the payload of bytes alone. */
export function joinBytes(bytes: Uint8Array): Uint8Array {
  const payload = Buffer.allocUnsafe(bytes.length + 1)
  payload[0] = FORMAT
  payload.set(bytes, 1)
  return payload
}

/**
 * Returns the bytes of a payload that has no header.
 *
 * @throws `schema_too_new` if a newer release wrote it.
 */
export function splitBytes(payload: Uint8Array): Uint8Array {
  return new Uint8Array(checkFormat(payload).subarray(1))
}

function checkFormat(payload: Uint8Array): Buffer {
  const [format] = payload
  if (format === undefined || format < FORMAT) throw damaged()
  if (format === FORMAT) return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
  throw new HarborageError(
    'schema_too_new',
    `a slot of the thread has the format ${format}, and this release of @harborage/langgraph reads ${FORMAT}: update it`,
  )
}

function damaged(cause?: unknown): HarborageError {
  return new HarborageError(
    'store_unavailable',
    'a slot of the thread is damaged: restore it from a backup, or delete the thread',
    { retryable: false, ...(cause === undefined ? {} : { cause }) },
  )
}
