import { randomFill } from 'node:crypto'
import { promisify } from 'node:util'

const fill: (bytes: Uint8Array) => Promise<unknown> = promisify(randomFill)

/** Resolves to `count` random bytes, made without blocking the event loop. */
export async function randomContent(size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size)
  await fill(bytes)
  return bytes
}
