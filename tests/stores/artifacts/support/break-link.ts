import promises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { setTimeout } from 'node:timers/promises'

const PIECE_BYTES = 64
const PAUSE_MS = 50

/**
 * Creates files with their name before their content from now on, as if written in place.
 */
export function breakLink(): void {
  promises.link = async (from, to) => {
    const content = await promises.readFile(from)
    const file = await promises.open(to, 'wx', 0o600)
    for (let done = 0; done < content.length; done += PIECE_BYTES) {
      await file.write(content.subarray(done, done + PIECE_BYTES))
      // Most of the time it is in the middle of a file, whenever it is killed.
      if (done === 0) await setTimeout(PAUSE_MS)
    }
    await file.close()
  }
  syncBuiltinESMExports()
}
