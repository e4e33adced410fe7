import { createHash } from 'node:crypto'

const SMALLEST_BYTES = 10
const SIZES = 7

/**
 * Returns the content for a seed: 10 bytes to 160 KiB, always the same for the same seed.
 */
export function contentOf(seed: string): Uint8Array {
  const pick = createHash('sha256').update(seed).digest().readUInt8(0) % SIZES
  const outputLength = SMALLEST_BYTES * 4 ** pick + (pick === 0 ? 10 : 0)
  return createHash('shake256', { outputLength }).update(seed).digest()
}
