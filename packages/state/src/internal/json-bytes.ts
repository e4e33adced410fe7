import { InvalidRecordError } from '@harborage/core'

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Encodes a value as JSON in UTF-8. The kind is for the message. */
export function encodeJson(kind: string, value: unknown): Uint8Array {
  const text = stringify(kind, value)
  if (text === undefined) {
    throw new InvalidRecordError(
      `the value of ${kind} has no JSON form: pass an object, array, string, number, boolean or null`,
    )
  }
  return new TextEncoder().encode(text)
}

/** Decodes what {@link encodeJson} encoded. */
export function decodeJson(kind: string, bytes: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes))
    return value
  } catch {
    // The parser's own error quotes the text, which is a payload.
    throw new InvalidRecordError(`what is stored under ${kind} is not JSON in UTF-8`)
  }
}

function stringify(kind: string, value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch (cause) {
    throw new InvalidRecordError(`the value of ${kind} cannot be written as JSON`, { cause })
  }
}
