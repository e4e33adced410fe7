import { randomBytes } from 'node:crypto'

const MIB = 2 ** 20

/** The most bytes that a slice writes, so that a run does not fill the disk. */
export const MAX_SLICE_BYTES: number = 64 * MIB

export function sizeTitle(bytes: number): string {
  return bytes >= MIB ? `${bytes / MIB} MiB` : `${bytes / 1024} KiB`
}

export function sizeId(bytes: number): string {
  return sizeTitle(bytes).replace(' ', '').toLowerCase()
}

/** Returns random contents, all of them different. */
export function differentBlobs(count: number, bytes: number): readonly Uint8Array[] {
  const content = randomBytes(bytes)
  return Array.from({ length: count }, () => {
    const blob = new Uint8Array(content)
    blob.set(randomBytes(8))
    return blob
  })
}

export function mustBeSame(found: Uint8Array | undefined, blob: Uint8Array): void {
  if (found === undefined) throw new Error('the blob is missing')
  if (Buffer.compare(found, blob) !== 0) throw new Error('the blob differs from what was put')
}
