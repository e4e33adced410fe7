const OFFSET_BASIS = 0xcbf29ce484222325n
const PRIME = 0x100000001b3n

/** Returns the FNV-64a hash of a lock's name, as the signed 64-bit integer of an advisory lock. */
export function lockKey(name: string): bigint {
  let hash = OFFSET_BASIS
  for (const byte of Buffer.from(name)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * PRIME)
  }
  return BigInt.asIntN(64, hash)
}
