import type { SaveArtifactRequest } from '@google/adk'
import { HarborageError } from '@harborage/core'
import { captureObject, isObject } from '../payload.ts'

/** A part of ADK: inline data, a text, or a reference to a file that is elsewhere. */
type Part = SaveArtifactRequest['artifact']

/** What of a part is kept where. */
export interface PartContent {
  /** The part without its content. */
  readonly part: object
  /** Its content; `undefined` if the part only refers to a file. */
  readonly bytes: Uint8Array | undefined
}

/**
 * Takes a part apart, and captures it.
 *
 * @throws `invalid_record` if it has neither inline data, text nor file data, or a malformed one.
 */
export function takeApart(part: Part): PartContent {
  const given: unknown = part
  if (!isObject(given)) throw malformed('the artifact is no part')
  const { inlineData, text, fileData, ...rest } = part
  if (inlineData !== undefined) {
    if (!isObject(inlineData)) throw malformed('the inlineData of the artifact is no object')
    const { data, ...described } = inlineData
    const captured = captureObject({ ...rest, inlineData: described })
    return { part: captured, bytes: bytesOf(data) }
  }
  if (text !== undefined) {
    const value: unknown = text
    if (typeof value !== 'string' || !value.isWellFormed()) {
      throw malformed('the text of the artifact is no well-formed text')
    }
    const captured = captureObject({ ...rest, text: '' })
    return { part: captured, bytes: new TextEncoder().encode(value) }
  }
  if (isObject(fileData)) {
    return { part: captureObject({ ...rest, fileData }), bytes: undefined }
  }
  throw malformed('the artifact has neither inlineData, text nor fileData')
}

/** Returns the part of which {@link takeApart} made these. */
export function putTogether({ part, bytes }: PartContent): Part {
  const stored: Part = part
  if (bytes === undefined) return stored
  if (stored.inlineData === undefined)
    return { ...stored, text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes) }
  return { ...stored, inlineData: { ...stored.inlineData, data: base64Of(bytes) } }
}

/** Returns the media type of a stored part, if it has one. */
export function mimeTypeOf(part: object): string | undefined {
  const { inlineData, fileData }: Part = part
  return inlineData?.mimeType ?? fileData?.mimeType
}

/** Returns where the content of a stored part is, if it refers to a file elsewhere. */
export function fileUriOf(part: object): string | undefined {
  const { fileData }: Part = part
  return fileData?.fileUri
}

function bytesOf(data: unknown): Uint8Array {
  if (data === undefined || data === '') return new Uint8Array()
  if (typeof data === 'string') {
    const bytes = Buffer.from(data, 'base64')
    if (isBase64(data, bytes)) return bytes
  }
  throw malformed('the inlineData of the artifact is no base64')
}

/** Returns whether a text is base64 with or without padding, of either alphabet, of some bytes. */
function isBase64(text: string, bytes: Buffer): boolean {
  const plain = text
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replace(/={0,2}$/, '')
  return bytes.toString('base64').replace(/={0,2}$/, '') === plain
}

function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

function malformed(what: string): HarborageError {
  return new HarborageError('invalid_record', `${what}: pass a Part of ADK`)
}
