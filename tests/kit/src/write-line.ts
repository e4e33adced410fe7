import { writevSync } from 'node:fs'

const PAUSE_MS = 1
const neverNotified = new Int32Array(new SharedArrayBuffer(4))

/**
 * Writes a line by itself and at once: one that the process still holds would be lost with it.
 * While the reader is behind, so that there is no room, the whole process waits.
 *
 * It makes a system call that nothing else makes, so that a fault in any other one does not hit it:
 * one piece alone would be an ordinary write.
 */
export function writeLine(descriptor: number, line: string): void {
  for (;;) {
    try {
      writevSync(descriptor, [Buffer.from(line), Buffer.from('\n')])
      return
    } catch (error) {
      const isFull = error instanceof Error && 'code' in error && error.code === 'EAGAIN'
      if (!isFull) throw error
    }
    Atomics.wait(neverNotified, 0, 0, PAUSE_MS)
  }
}
