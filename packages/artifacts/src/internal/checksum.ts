import { turnIfHeld } from '@harborage/core/kit'
import type { XXHashAPI } from 'xxhash-wasm'

/** Up to this size the checksum is computed at once. */
const AT_ONCE_BYTES = 1024 * 1024

/** Hashes once it is loaded. `undefined` before, and where a process cannot run WebAssembly. */
let xxHash: XXHashAPI | undefined
let loading: Promise<void> | undefined

/**
 * Returns the checksum of content, its XXH64 as 16 hex digits. It is a promise at first, while
 * WebAssembly is loaded, and for larger content, which takes turns of the event loop. It resolves
 * to `undefined` where the process cannot run WebAssembly, as under `--jitless`.
 *
 * Damage leaves it as it was by chance only. It is not made to resist forgery, as a digest is, and
 * takes a fifth of its time.
 */
export function checksumOf(bytes: Uint8Array): Promise<string | undefined> | string {
  if (xxHash === undefined || bytes.byteLength > AT_ONCE_BYTES) return checksumInTurns(bytes)
  return hexOf(xxHash.h64Raw(bytes))
}

async function checksumInTurns(bytes: Uint8Array): Promise<string | undefined> {
  await (loading ??= load())
  if (xxHash === undefined) return undefined
  const sum = xxHash.create64()
  for (let done = 0; done < bytes.byteLength; done += AT_ONCE_BYTES) {
    const turn = turnIfHeld()
    if (turn !== undefined) await turn
    sum.update(bytes.subarray(done, done + AT_ONCE_BYTES))
  }
  return hexOf(sum.digest())
}

async function load(): Promise<void> {
  try {
    const { default: loadXxHash } = await import('xxhash-wasm')
    xxHash = await loadXxHash()
  } catch {
    // A process without a compiler, or without the address space for it.
  }
}

function hexOf(sum: bigint): string {
  return sum.toString(16).padStart(16, '0')
}
