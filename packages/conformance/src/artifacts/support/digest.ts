import { createHash } from 'node:crypto'

/** The SHA-256 of a text's UTF-8, in hex. */
export function digestOf(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex')
}
