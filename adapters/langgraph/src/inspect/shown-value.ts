import type { TypedBytes } from '../saver/frames.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Returns a value as a serializer wrote it: JSON and bytes of LangGraph's own, and of another one
 * the bytes with the name of their type.
 */
export function shownValue({ type, bytes }: TypedBytes): unknown {
  switch (type) {
    case 'bytes':
      return copyOf(bytes)
    case 'json':
      return jsonOf(bytes)
    default:
      return { type, bytes: copyOf(bytes) }
  }
}

/** Returns bytes that do not share the memory of the payload, and are no Buffer. */
function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes)
}

/** Returns what bytes of JSON say, or the bytes as those of another serializer. */
function jsonOf(bytes: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(utf8.decode(bytes))
    return value
  } catch {
    return { type: 'json', bytes: copyOf(bytes) }
  }
}
