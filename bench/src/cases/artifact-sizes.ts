import { randomBytes } from 'node:crypto'

const MIB = 2 ** 20

/** A slice writes at most so much, so that a run fills no disk. */
export const MOST_BYTES_OF_A_SLICE: number = 64 * MIB

export function sizeTitle(bytes: number): string {
  return bytes >= MIB ? `${bytes / MIB} MiB` : `${bytes / 1024} KiB`
}

export function sizeId(bytes: number): string {
  return sizeTitle(bytes).replace(' ', '').toLowerCase()
}

/** Random contents, all different. */
export function differentBlobs(count: number, bytes: number): readonly Uint8Array[] {
  const content = randomBytes(bytes)
  return Array.from({ length: count }, () => {
    const blob = new Uint8Array(content)
    blob.set(randomBytes(8))
    return blob
  })
}

export function mustBeSame(found: Uint8Array | undefined, blob: Uint8Array): void {
  if (found === undefined) throw new Error('what was put is not there')
  if (Buffer.compare(found, blob) !== 0) throw new Error('what was put is not what is there')
}
