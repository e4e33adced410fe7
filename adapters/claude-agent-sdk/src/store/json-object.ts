/** A JSON object whose members may be anything. */
export type JsonRecord = Record<string, unknown>

/** Returns whether a value is an object, and no array. */
export function isJsonRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Returns the JSON object in bytes, or `undefined` if they hold none. */
export function parseJsonRecord(bytes: Uint8Array): JsonRecord | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    const value: unknown = JSON.parse(text)
    return isJsonRecord(value) ? value : undefined
  } catch {
    // Without the cause: the parser's error quotes the text, which is payload.
    return undefined
  }
}
