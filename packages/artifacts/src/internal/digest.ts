import { hash, webcrypto } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'

/**
 * Above this size a thread computes the hash, to keep the event loop free. Below it, that would be
 * slower.
 */
const THREAD_ABOVE_BYTES = 1024 * 1024

/** Returns the SHA-256 of the bytes, in hex. */
export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  if (bytes.byteLength <= THREAD_ABOVE_BYTES) return hash('sha256', bytes, 'hex')
  const digest = await webcrypto.subtle.digest('SHA-256', bytes)
  // The copy of the bytes that the thread used is freed only in a later turn of the event loop.
  await setImmediate()
  return Buffer.from(digest).toString('hex')
}
