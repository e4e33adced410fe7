import type pg from 'pg'

/** So many bytes go at once, so that the server begins with them while others are added. */
const ENOUGH_BYTES = 16 * 1024

/**
 * Lets what is sent on a connection from now to the end of this tick go together: each write of its own is a system
 * call, and wakes the server.
 */
export function sendTogether({ connection: { stream } }: pg.Client): void {
  if (stream.writableCorked === 0) process.nextTick(() => stream.uncork())
  else if (stream.writableLength >= ENOUGH_BYTES) stream.uncork()
  else return
  stream.cork()
}
