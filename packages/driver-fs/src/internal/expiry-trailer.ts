import { createHash } from 'node:crypto'

const TIME_BYTES = 8
const CHECK_BYTES = 8
const COPY_BYTES = TIME_BYTES + CHECK_BYTES

/**
 * The size of what follows the content of an artifact that expires, or once did: its expiry, twice.
 * It is overwritten in place, and of a write that a power cut tears one copy is whole.
 */
export const TRAILER_BYTES: number = 2 * COPY_BYTES

/** Returns the bytes of an expiry. Without one they are zeros, as those of a file made longer. */
export function encodeTrailer(expiresAt: Date | undefined): Uint8Array {
  const copy = Buffer.alloc(COPY_BYTES)
  if (expiresAt !== undefined) {
    copy.writeBigInt64BE(BigInt(expiresAt.getTime()))
    copy.set(checkOf(copy.subarray(0, TIME_BYTES)), TIME_BYTES)
  }
  return Buffer.concat([copy, copy])
}

/** Returns the expiry in a trailer, `undefined` for none, or `'damaged'`. */
export function decodeTrailer(bytes: Uint8Array): Date | undefined | 'damaged' {
  const trailer = Buffer.from(bytes)
  for (const from of [0, COPY_BYTES]) {
    const copy = trailer.subarray(from, from + COPY_BYTES)
    if (copy.every((byte) => byte === 0)) return undefined
    const time = copy.subarray(0, TIME_BYTES)
    if (checkOf(time).equals(copy.subarray(TIME_BYTES))) {
      return new Date(Number(time.readBigInt64BE()))
    }
  }
  return 'damaged'
}

function checkOf(time: Uint8Array): Buffer {
  return createHash('sha256').update(time).digest().subarray(0, CHECK_BYTES)
}
