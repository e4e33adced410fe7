import { createHash, webcrypto } from 'node:crypto'

/** From this size on, hashing moves to a thread, so that it does not hold up the event loop. */
const THREAD_FROM_BYTES = 1024 * 1024

/** The SHA-256 of the bytes, in hex. */
export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  if (bytes.byteLength < THREAD_FROM_BYTES) return createHash('sha256').update(bytes).digest('hex')
  const digest = await webcrypto.subtle.digest('SHA-256', bytes)
  return Buffer.from(digest).toString('hex')
}
