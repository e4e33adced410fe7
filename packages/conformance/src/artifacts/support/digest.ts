import { createHash } from 'node:crypto'

/** Returns the SHA-256 of bytes, or of the UTF-8 of a text, in hex. */
export function digestOf(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex')
}
