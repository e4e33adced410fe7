import { createHash } from 'node:crypto'

const SIZES = 6
const SMALLEST_BYTES = 8

/**
 * Returns the content for a seed: the seed, and noise derived from it, of 8 bytes to 8 KiB.
 */
export function contentOf(seed: string): Uint8Array {
  const pick = createHash('sha256').update(seed).digest().readUInt8(0) % SIZES
  const outputLength = SMALLEST_BYTES * 4 ** pick
  const noise = createHash('shake256', { outputLength }).update(seed).digest()
  return Buffer.concat([Buffer.from(`${seed}\n`), noise])
}

/**
 * Returns the seed of bytes that were read, or `undefined` if they are not exactly its content.
 */
export function seedOf(bytes: Uint8Array): string | undefined {
  const content = Buffer.from(bytes)
  const seed = content.subarray(0, content.indexOf('\n')).toString()
  return content.equals(contentOf(seed)) ? seed : undefined
}
