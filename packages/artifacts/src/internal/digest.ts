import { hash, webcrypto } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'

/** Above this size, hashing moves to a thread, so that it does not hold up the event loop; below, that takes longer. */
const THREAD_ABOVE_BYTES = 1024 * 1024

/** The SHA-256 of the bytes, in hex. */
export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  if (bytes.byteLength <= THREAD_ABOVE_BYTES) return hash('sha256', bytes, 'hex')
  const digest = await webcrypto.subtle.digest('SHA-256', bytes)
  // The copy of the bytes that the thread worked on is given back only when the event loop goes on.
  await setImmediate()
  return Buffer.from(digest).toString('hex')
}
